"""The language of formulas: it turns text, SymPy expressions and numbers into one another."""
