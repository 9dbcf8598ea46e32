"""The cases of studies: artificial neurons, networks and real data, all read blind."""
