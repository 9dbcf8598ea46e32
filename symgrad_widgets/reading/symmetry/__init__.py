"""Find motions of the inputs that leave a neuron unchanged, and their algebra; also exchanges of inputs."""

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
