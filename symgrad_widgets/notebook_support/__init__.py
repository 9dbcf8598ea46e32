"""Tools for notebooks: their parameters, results and tables, and ways to run and show notebooks."""
