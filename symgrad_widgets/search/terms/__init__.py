"""Terms: formulas in postfix, and how to build, vary and enumerate them."""
