"""How terms are weighed: the eigenproblem, elimination, and the constants inside terms."""
