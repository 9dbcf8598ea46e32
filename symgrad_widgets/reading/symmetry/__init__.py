"""Find motions and exchanges of inputs that leave a neuron unchanged, and the algebra of the motions."""

from .algebra import Algebra
from .discrete import Exchange, Exchanges, exchanges
from .generator import Coefficient, Generator
from .linear_symmetries import Symmetries, symmetries
from .orbit_test import Drift

__all__ = [
    "Algebra",
    "Coefficient",
    "Drift",
    "Exchange",
    "Exchanges",
    "Generator",
    "Symmetries",
    "exchanges",
    "symmetries",
]
