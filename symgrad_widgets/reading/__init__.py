"""Both stems together: from a network to formulas that can be read and checked."""
