"""Both stems together: from a network to formulas that you can read and check."""
