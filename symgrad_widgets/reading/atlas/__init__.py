"""A formula, or none, for every neuron of a layer."""
