"""What notebooks need: their parameters, results and tables, and how they are run and shown."""
