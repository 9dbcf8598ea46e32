"""A network, a neuron, its gradient field, the search and the formula: all views, linked."""

from dataclasses import replace

import ipywidgets
import traitlets

from .. import plots
from ..errors import DataError, SymgradError
from ..formula.expressions import from_file
from ..reading.activity import Activity
from ..reading.interpretation import interpret
from ..search import Search, identifiable, score
from ..verdict import verdict_on
from . import benchstate
from .chooser import ExperimentChooser
from .controls import Controls
from .expressionview import ExpressionView
from .fieldview import FieldView
from .frontend import Column, Row
from .guard import DescribedBox
from .neuronpicker import NeuronPicker
from .pages import write_page
from .phiview import PhiView
from .stepper import SearchStepper
from .subject import Network, Subject
from .worker import Worker

__all__ = ["Workbench"]

_BUTTONS = (
    ("interpret", "Interpret", "Search for all concepts that the chosen neurons hold, and list them"),
    ("verdict", "Verdict", "Compare with the concept"),
)


class Workbench(DescribedBox):
    """Choose an experiment, train, click a neuron, step the search, guess: each view follows the others.

    >>> sg.Workbench("oscillator")
    >>> sg.Workbench(my_network, x, names=("x", "v"))

    Parameters
    ----------
    source : name of an experiment, Experiment, TrainingResult, or torch.nn.Module (then with `x`)
        An experiment begins with the weights that come with the package, where they do.
    x : array (N, ...) of points, for a network of your own
    names : names of the n inputs
    seed : int, of trainings and of the search
    hidden : bool
        Keep the machine's formulas back until somebody has guessed.
    **reading : `layers`, `wrt`, `forward_args`, `training` as in `NeuronPicker`, for a network of your own

    Attributes
    ----------
    chooser, picker, fieldview, stepper, phiview, expression
        The views. Each can be driven from Python, and the others follow. None where there is none: a
        network of your own has no chooser, several neurons have no phi, and nothing is there before the
        first training.
    field : GradientField of the neurons chosen, or None; may be observed
    interpretation : Interpretation of them, after `interpret()` or its button, or None
    hidden : may be assigned

    """

    field = traitlets.Any(allow_none=True, read_only=True)
    hidden = traitlets.Bool(False)

    def __init__(self, source="oscillator", x=None, names=None, *, seed=0, hidden=False, **reading):
        self.chooser = self.picker = self.fieldview = self.stepper = self.phiview = self.expression = None
        self.interpretation = None
        self._worker = Worker(self._working)
        self._controls = Controls("symgrad-half", label="Verdict", buttons=list(map(list, _BUTTONS)))
        self._line = ipywidgets.Text(
            description="state", continuous_update=False, layout={"width": "min(100%, 680px)"}
        )
        self._columns = [Column() for _ in range(3)]
        self._views = Row((), "symgrad-line", "symgrad-bench-views")
        self.hidden = hidden
        if x is None:
            self.chooser = ExperimentChooser(source, seed)
            self.chooser.observe(lambda change: self._attempt(self._trained, change.new), "run")
        self._seed = seed
        top = [] if self.chooser is None else [self.chooser]
        super().__init__([*top, self._controls, self._views, self._line])
        self.add_class("symgrad-bench")
        if self.chooser is None:
            self._show(source, x, names, **reading)
        else:
            self._trained(self.chooser.run)
        self._controls.on_msg(self._asked)
        self.observe(self._revealed, "hidden")
        self._line.observe(self._pasted, "value")

    # -- what is looked at -----------------------------------------------------------------------------------

    def _trained(self, run):
        if run is None:
            self._views.children = []
            self._controls.status = "Press Train: no weights come with the package for this seed."
        else:
            self._show(run.model, run.x, run.names, run.neuron)

    def _show(self, model, x, names, neuron=0, **reading):
        """Show a network: choose neurons of its output, and follow the choice."""
        before, self.picker = self.picker, NeuronPicker(model, x, names, beside=False, **reading)
        self.picker.choose(None, *(neuron if isinstance(neuron, list) else [neuron]))
        self.picker.observe(lambda _: self._attempt(self._follow), ["layer", "neurons"])
        if before is not None:
            before.close()
        self._arrange()
        self._follow()

    def _follow(self):
        """Turn all views to the neurons chosen."""
        field = self.picker.field
        if field is self.field:
            return
        search = Search(field, random_state=self.seed)
        self.interpretation = None
        self.set_trait("field", field)
        if self.stepper is None:
            self._make(search)
        else:
            self.fieldview.field = self.expression.field = field
            self.stepper.search = search
            self.stepper.guesses = self.expression.guesses
        if field.neurons > 1 or field.values is None:
            self.phiview = None
        elif self.phiview is None:
            self.phiview = PhiView(field, beside=False)
        else:
            self.phiview.field = field
        self._arrange()
        self._select()

    def _make(self, search):
        self.fieldview, self.stepper = FieldView(search.field, beside=False), SearchStepper(search)
        self.fieldview.add_class("sg-field-view")
        self.stepper.add_class("sg-stepper-view")
        self.expression = ExpressionView(search.field, hidden=self.hidden)
        self.stepper.observe(self._select, ["selected", "state"])
        self.expression.observe(self._guessed, "guess")

    def _arrange(self):
        columns = ((self.picker, self.expression), (self.fieldview, self.phiview), (self.stepper,))
        for column, views in zip(self._columns, columns, strict=True):
            column.children = [view for view in views if view is not None]
        self._views.children = self._columns

    @property
    def seed(self):
        """Seed of the training and of the search."""
        return self._seed if self.chooser is None else self.chooser.seed

    @property
    def _secret(self):
        return self.hidden and not self.expression.guesses

    # -- links -----------------------------------------------------------------------------------------------

    def _select(self, _=None):
        """Show the candidate that is looked at in every view, or keep it back."""
        candidate, secret = self.stepper.selected, self._secret
        formula = candidate and self.stepper.search.in_inputs(candidate)
        self.stepper.layout.display = "none" if secret else ""
        self.expression.candidate = formula
        for view in filter(None, (self.fieldview, self.phiview)):
            view.candidate = None if secret else formula
        self._describe()

    def _guessed(self, change):
        if change.new is not None:
            self.stepper.guesses = self.expression.guesses
            self._select()
            self.fieldview.candidate = (
                change.new
            )  # beside the machine's own only until something else is chosen

    def _revealed(self, _):
        if self.expression is not None:
            self.expression.hidden = self.hidden
            self._select()

    def _describe(self):
        self._controls.status = ""
        try:
            self._line.value = self.state_line
        except DataError as error:
            self._line.value = ""
            self._controls.status = str(error)

    def _asked(self, _, message, __):
        tell = {
            "verdict": lambda: self.verdict().message,
            "interpret": lambda: _listed(self.interpret()),
        }.get(message.get("do"))
        if tell is not None:
            self._worker.start(lambda: self._tell(tell))

    def _tell(self, tell):
        self._controls.status = "Working."
        try:
            self._controls.status = tell()
        except SymgradError:
            self._controls.status = ""
            raise

    def interpret(self, seconds=20):
        """Search for all concepts that the chosen neurons hold; returns the `Interpretation`.

        It is kept as `interpretation` until other neurons are chosen, and its concepts are listed.
        """
        if self.field is None:
            raise DataError("nothing is looked at yet: train a network first")
        if self._secret:
            raise DataError("the machine's answer is hidden until somebody has guessed: type a guess first")
        concepts = () if self.chooser is None else self.chooser.experiment.concepts
        constraints = () if self.chooser is None else self.chooser.experiment.constraints
        field = self.field
        found = interpret(
            field, concept=concepts or None, constraints=constraints, seconds=seconds, random_state=self.seed
        )
        if field is self.field:  # otherwise another neuron has been chosen meanwhile
            self.interpretation = found
        return found

    def verdict(self):
        """Compare the formula that is looked at with the experiment's concept; returns the `Verdict`."""
        concepts = () if self.chooser is None else self.chooser.experiment.concepts
        if not concepts:
            raise DataError("there is no known concept to compare with: the angles and the null have to do")
        if self.stepper is None or self.expression.candidate is None:
            raise DataError("no formula is chosen: step or play the search first")
        constraints = self.chooser.experiment.constraints
        return verdict_on(self.expression.candidate, concepts, self.field, constraints)

    def _working(self, running, error):
        with self._controls.hold_sync():
            self._controls.running = running
            self._controls.error = error

    def _attempt(self, work, *arguments):
        """Do what a click asks for; an error is said, and the last good state stays."""
        try:
            work(*arguments)
            self._controls.error = ""
        except SymgradError as error:
            self._controls.error = str(error)

    # -- state -----------------------------------------------------------------------------------------------

    def state_dict(self):
        """What is looked at, as a dict of JSON values: give it to `from_state`, here or on another machine.

        Networks of your own are not part of it, nor is a training with other settings than the default.
        """
        if self.stepper is None:
            raise DataError("nothing is looked at yet: train a network first")
        selected = self.stepper.selected
        return {
            "symgrad": benchstate.VERSION,
            "experiment": None if self.chooser is None else self.chooser.experiment.slug,
            "seed": self.seed,
            "layer": self.picker.layer,
            "neurons": list(self.picker.neurons),
            "inputs": list(self.fieldview.inputs),
            "generation": self.stepper.state.generation,
            "selected": None if selected is None else str(selected.expression),
            "guesses": [str(guess.expression) for guess in self.expression.guesses],
            "hidden": self.hidden,
        }

    @property
    def state_line(self):
        """`state_dict()` as one line of text to hand out, 2 KB at most: of many guesses the last."""
        return benchstate.line(self.state_dict())

    def export(self, path, **given):
        """Write what is shown, and what has been found, as a page that needs no kernel; returns its `Path`.

        Keywords `atlas`, `word`, `tasks`, `title`, `notebook`, `bokeh` are those of `symgrad_widgets.page`.
        """
        state, activity = self.state_dict(), self.picker.activity
        experiment = None if self.chooser is None else self.chooser.experiment
        network = Network(activity, experiment, self.seed, self.picker.neurons)
        output = activity.position(state["layer"]) == activity.position(None)
        subject = Subject(network, None if output else state["layer"], self.picker.neurons)
        subject.reach(state["generation"])
        shown = {name: state[name] for name in ("inputs", "generation", "selected", "guesses", "hidden")}
        view = replace(subject.view(("network", "formulas", "time")), **shown)
        return write_page(path, view, subject, **{"atlas": self.picker.atlas} | given)

    @classmethod
    def from_state(cls, state, model=None, x=None, names=None, **reading):
        """Workbench as it was when `state_dict()` or its text was taken; the search is replayed.

        Raises
        ------
        DataError
            for a state of another version, one that has been damaged, or one of a network that is not given.

        """
        state = benchstate.read(state)
        if state["experiment"] is None and model is None:
            raise DataError("this state is of a network of one's own: from_state(state, model, x, names)")
        bench = cls(state["experiment"] if model is None else model, x, names, seed=state["seed"], **reading)
        try:
            bench.load_state(state)
        except BaseException:
            bench.close()
            raise
        return bench

    def load_state(self, state):
        """Go to a state, a dict or its text; where it cannot be gone to the present one stays.

        All of it is tried before anything changes. Gone to twice it is the same as once.
        """
        state = benchstate.read(state)
        self._apply(state, self._tried(state))

    def _tried(self, state):
        """Run that a state is of, None for a network of one's own; raises where the state does not fit it."""
        if (self.chooser is None) != (state["experiment"] is None):
            other = "a network of one's own" if state["experiment"] is None else state["experiment"]
            raise DataError(f"this state is of {other}, not of what this Workbench shows: use from_state")
        if self.chooser is None:
            run, activity = None, self.picker.activity
        else:
            run = self.chooser.run_of(state["experiment"], state["seed"])
            shown = self.picker is not None and self.picker.activity.model is run.model
            activity = self.picker.activity if shown else Activity(run.model, run.x, run.names)
        layer = activity.position(state["layer"])
        field = activity.field(layer, activity.neurons(layer, state["neurons"]))
        identifiable(field)
        for guess in state["guesses"]:
            score(field, from_file(guess, field.names))
        for name in state["inputs"]:
            plots.position(field, name)
        return run

    def _apply(self, state, run):
        if run is not None:
            self.chooser.take(run)
        elif state["seed"] != self._seed:
            self._seed = state["seed"]
            self.stepper.search = Search(self.field, random_state=self.seed)
        self.picker.choose(state["layer"], *state["neurons"])
        self.fieldview.inputs = tuple(state["inputs"])
        self.hidden = state["hidden"]
        self.expression.take(state["guesses"])
        self.stepper.guesses = self.expression.guesses
        self._select()
        for candidate in self.stepper.goto(state["generation"]).front:
            if str(candidate.expression) == state["selected"]:
                self.stepper.selected = candidate

    def _pasted(self, change):
        if self.stepper is None or change.new != self.state_line:
            self._attempt(self.load_state, change.new)

    # -- pictures and words ----------------------------------------------------------------------------------

    def pictures(self):
        """Those of the field."""
        return [] if self.fieldview is None else self.fieldview.pictures()

    @property
    def words(self):
        """What is shown, in words."""
        views = (self.chooser, self.picker, self.fieldview, self.expression, self.phiview)
        return "\n".join([*(view.words for view in views if view is not None), self._controls.error]).strip()


def _listed(found):
    """The concepts of an Interpretation in words."""
    if not found.concepts:
        return "No closed form found."
    each = "; ".join(f"{candidate.expression} (loss {candidate.loss:.2g})" for candidate in found.concepts)
    count = f"{len(found.concepts)} of {found.rank} concepts" if found.rank > 1 else "Concept"
    return f"{count}: {each}." + ("" if found.verdict is None else f" {found.verdict.message}")
