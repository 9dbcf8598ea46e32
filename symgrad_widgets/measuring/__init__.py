"""Sweeps over seeds and studies: they show how often a formula is found, and where reading ends."""
