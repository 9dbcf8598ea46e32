"""The gradient field of neurons: the only data that the search sees."""

from .gradient_field import GradientField
from .measure import Measure, measured

__all__ = ["TRAINING_ERROR", "GradientField", "Measure", "measured"]

TRAINING_ERROR = 3e-5  # 1 - cos^2, an angle of 0.3 degrees: training turns a network's gradient by this much
