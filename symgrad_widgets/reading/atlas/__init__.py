"""A formula, or none, for every neuron of a layer."""

from .laws import Atlas, UnitLaw
from .layer import atlas

__all__ = ["Atlas", "UnitLaw", "atlas"]
