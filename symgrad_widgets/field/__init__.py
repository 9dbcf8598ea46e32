"""The meeting place: the gradient field of neurons, all that the search sees, and its measure."""

from .gradient_field import GradientField
from .measure import Measure, measured

__all__ = ["TRAINING_ERROR", "GradientField", "Measure", "measured"]

TRAINING_ERROR = 3e-5  # 1 - cos^2, an angle of 0.3 degrees: what less turns a network's gradient is training
