"""How often a formula is found, and where reading ends: sweeps over seeds and studies."""
