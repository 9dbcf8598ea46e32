"""Choose an experiment and a seed, and train."""

import ipywidgets
import traitlets

from ..errors import DataError, SymgradError
from ..network.experiment import experiments
from ..words import words
from .guard import DescribedBox
from .monitor import TrainingMonitor

__all__ = ["ExperimentChooser"]


class ExperimentChooser(DescribedBox):
    """Choose an experiment and a seed, and train. The view begins with the package's weights, if any.

    Parameters
    ----------
    source : name of an experiment, Experiment, or TrainingResult
    seed : int, unless the source is a TrainingResult
    hidden : bool
        Do not reveal the experiments: show numbers in place of titles, and no concept beside the training.
    language : "en" or "de", the language of all words

    Attributes
    ----------
    experiment, seed : can be assigned; `choose` assigns both
    run : TrainingResult, or None until something has been trained
        Can be observed.
    monitor : TrainingMonitor

    """

    experiment = traitlets.Any()
    seed = traitlets.Int(min=0)
    run = traitlets.Any(allow_none=True, read_only=True)

    def __init__(self, source="oscillator", seed=0, hidden=False, *, language="en"):
        self._hidden, self._language, self._says = hidden, language, words(language)
        self._experiment = ipywidgets.Dropdown(
            description=self._says("training.experiment"), layout={"width": "min(100%, 300px)"}
        )
        self._seed = ipywidgets.BoundedIntText(
            min=0, max=2**31, description=self._says("training.seed"), layout={"width": "150px"}
        )
        self._training = ipywidgets.Accordion(_dom_classes=("symgrad-training",))
        super().__init__([self._experiment, self._seed, self._training], self._says)
        self.add_class("symgrad-half")
        self.monitor = self._taken = None
        if hasattr(source, "history"):
            self.experiment, self.seed = source.experiment, source.seed
            self._monitor(source)
        else:
            self.experiment, self.seed = source, seed
            self._monitor(_shipped(self.experiment, self.seed))
        self.observe(self._changed, ["experiment", "seed"])
        self._experiment.observe(lambda change: self._picked(change, "experiment"), "value")
        self._seed.observe(lambda change: self._picked(change, "seed"), "value")

    def choose(self, experiment, seed):
        """Set experiment and seed at the same time, train if necessary, and return the run."""
        return self.take(self.run_of(experiment, seed))

    def run_of(self, experiment, seed):
        """Run of an experiment (or its name) and a seed, trained if necessary; the view does not change."""
        if experiment in (self.experiment, self.experiment.slug):
            experiment = self.experiment
            if self.run is not None and seed == self.seed:
                return self.run
        experiment = _known(experiment)
        return _shipped(experiment, seed) or experiment.train(seed=seed, progress=False)

    def take(self, run):
        """Show a run, its experiment and its seed; return it."""
        if run is not self.run:
            self._taken = run
            try:
                with self.hold_trait_notifications():
                    self.experiment, self.seed = run.experiment, run.seed
                if self.run is not run:  # of the same experiment and seed as before
                    self._monitor(run)
            finally:
                self._taken = None
        return run

    @traitlets.validate("experiment")
    def _checked(self, proposal):
        return _known(proposal.value)

    def _picked(self, change, name):
        setattr(self, name, change.new)

    def _changed(self, _):
        if self._taken is None or self._taken is not self.run:
            self._monitor(self._taken or _shipped(self.experiment, self.seed))

    def _monitor(self, run):
        """Replace the monitor with one for the experiment, with or without a run."""
        before, self.monitor = (
            self.monitor,
            TrainingMonitor(
                run or self.experiment, seed=self.seed, hidden=self._hidden, language=self._language
            ),
        )
        self.monitor.observe(lambda change: self.set_trait("run", change.new), "run")
        own = () if self.experiment in experiments.values() else (self.experiment,)
        self._experiment.options = [(self._called(one), one) for one in (*own, *experiments)]
        self._experiment.value, self._seed.value = self.experiment, self.seed
        self._training.children, self._training.titles = [self.monitor], (self._says("training.label"),)
        self._training.selected_index = 0 if run is None else None
        if before is not None:
            before.stop()
            before.close()
        self.set_trait("run", run)

    def _called(self, experiment):
        """Return the title of an experiment as a person reads it."""
        title = self._says.table["titles"].get(experiment.slug, experiment.title)
        what = ", ".join(experiment.names[:4]) if self._hidden else title
        return f"{experiment.id} {what}".strip()

    def pictures(self):
        """Return the pictures of the training."""
        return self.monitor.pictures()

    @property
    def words(self):
        """Description of the view, in words."""
        chosen = self._says("training.chosen", experiment=self._called(self.experiment), seed=self.seed)
        return f"{chosen} {self.monitor.words}"


def _known(experiment):
    experiment = experiments[experiment] if isinstance(experiment, str) else experiment
    if not hasattr(experiment, "sample"):
        raise DataError(
            f"pass an experiment, or the name of an experiment, got {type(experiment).__name__}; "
            "for your own network, also pass points: Workbench(model, x)"
        )
    return experiment


def _shipped(experiment, seed):
    """Return the run with the package's weights (one seed of each built-in experiment), or None."""
    try:
        run = experiment.pretrained()
    except SymgradError:
        return None
    return run if run.seed == seed else None
