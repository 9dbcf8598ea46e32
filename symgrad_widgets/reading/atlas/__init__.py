"""Find a formula, or none, for every neuron of a layer."""

from .laws import Atlas, ByChance, NeuronLaw
from .layer import atlas, law_of

__all__ = ["Atlas", "ByChance", "NeuronLaw", "atlas", "law_of"]
