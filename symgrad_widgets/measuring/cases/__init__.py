"""What studies are made of: made neurons, networks and real data, each read blind."""
