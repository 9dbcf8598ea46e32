"""Which terms: formulas in postfix, how they are built, varied and enumerated."""
