"""The language of formulas: text, SymPy expressions and numbers, one into the other."""
