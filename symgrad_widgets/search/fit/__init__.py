"""Fit sums of terms: the eigenproblem, elimination, and the constants inside terms."""
