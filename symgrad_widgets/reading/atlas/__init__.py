"""A formula, or none, for every neuron of a layer."""

from .laws import Atlas, NeuronLaw
from .layer import atlas

__all__ = ["Atlas", "NeuronLaw", "atlas"]
