"""Turn a neuron into a formula that you can read and check: the search and the network together."""
