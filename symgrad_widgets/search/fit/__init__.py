"""How the search weighs terms: the eigenproblem, elimination, and the constants inside terms."""
