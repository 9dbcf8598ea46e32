"""Sweeps over seeds, and studies: how often we find the formula, and which neurons we cannot read."""
