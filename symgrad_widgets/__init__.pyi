# The public names for type checkers; the module itself loads each when it is first used.
from .errors import SymgradError as SymgradError
from .field import GradientField as GradientField
from .formula.operators import define_operator as define_operator
from .network.checkpoints import from_checkpoint as from_checkpoint
from .network.experiment import Experiment as Experiment
from .network.experiment import experiments as experiments
from .network.gradients import gradient_field as gradient_field
from .network.modules import SideBySide as SideBySide
from .network.training import TrainingResult as TrainingResult
from .notebook_support.parameters import check_parameters as check_parameters
from .notebook_support.report import record as record
from .reading.atlas.layer import Atlas as Atlas
from .reading.atlas.layer import atlas as atlas
from .reading.interpretation import Interpretation as Interpretation
from .reading.interpretation import interpret as interpret
from .search import Candidate as Candidate
from .search import Search as Search
from .search import SearchState as SearchState
from .search import score as score
from .search.pysr.recipe import PySR as PySR
from .verdict.decision import Verdict as Verdict
from .verdict.decision import verify as verify
from .widgets import ExperimentChooser as ExperimentChooser
from .widgets import ExpressionView as ExpressionView
from .widgets import FieldView as FieldView
from .widgets import NeuronPicker as NeuronPicker
from .widgets import Panel as Panel
from .widgets import PhiBender as PhiBender
from .widgets import PhiView as PhiView
from .widgets import SearchStepper as SearchStepper
from .widgets import TrainingMonitor as TrainingMonitor
from .widgets import Workbench as Workbench

__version__: str
