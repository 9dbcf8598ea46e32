"""A formula held against a concept: proved, up to its constants, numerically, or not the same."""
