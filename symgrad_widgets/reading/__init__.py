"""From a neuron to a formula that you can read and check: the search and the network together."""
