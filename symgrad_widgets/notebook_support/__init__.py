"""What notebooks lean on: their parameters, their results, their tables, and how they are run and shown."""
