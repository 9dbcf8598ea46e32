"""Motions of the inputs under which a neuron stays the same: linear fields, and their algebra."""

from .algebra import Algebra
from .generator import Coefficient, Generator
from .linear_symmetries import Symmetries, symmetries

__all__ = ["Algebra", "Coefficient", "Generator", "Symmetries", "symmetries"]
