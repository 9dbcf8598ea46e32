"""Terms: formulas in postfix, and ways to build, vary and enumerate them."""
