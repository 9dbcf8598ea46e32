"""What studies consist of: made neurons, networks and real data, each read blind."""
