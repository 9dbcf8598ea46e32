"""Views that people click, drag and watch. The views hold no mathematics, and load nothing from outside."""

from .bender import PhiBender
from .chooser import ExperimentChooser
from .decisionview import DecisionView
from .divisionview import DivisionView
from .expressionview import ExpressionView
from .fieldview import FieldView
from .filmview import FilmView
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
    "DecisionView",
    "DivisionView",
    "ExperimentChooser",
    "ExpressionView",
    "FieldView",
    "FilmView",
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
