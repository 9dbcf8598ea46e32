"""What a person clicks, drags and watches: no mathematics in it, and nothing loaded from outside."""

from .bender import PhiBender
from .fieldview import FieldView
from .monitor import TrainingMonitor
from .neuronpicker import NeuronPicker
from .panel import Panel
from .stepper import SearchStepper

__all__ = ["FieldView", "NeuronPicker", "Panel", "PhiBender", "SearchStepper", "TrainingMonitor"]
