"""Sweeps over seeds, and studies, which show how often a formula is found and what cannot be read."""
