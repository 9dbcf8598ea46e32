"""What a person clicks, drags and watches: no mathematics in it, and nothing loaded from outside."""

from .bender import PhiBender
from .chooser import ExperimentChooser
from .expressionview import ExpressionView
from .fieldview import FieldView
from .monitor import TrainingMonitor
from .neuronpicker import NeuronPicker
from .ownsystem import OwnSystem
from .owntable import OwnTable
from .pages import page
from .panel import Panel
from .phiview import PhiView
from .stepper import SearchStepper
from .symmetryview import SymmetryView
from .workbench import Workbench

Instrument = Workbench

__all__ = [
    "ExperimentChooser",
    "ExpressionView",
    "FieldView",
    "Instrument",
    "NeuronPicker",
    "OwnSystem",
    "OwnTable",
    "Panel",
    "PhiBender",
    "PhiView",
    "SearchStepper",
    "SymmetryView",
    "TrainingMonitor",
    "Workbench",
    "page",
]
