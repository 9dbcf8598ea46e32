"""A form for a system of one's own: how it moves, as text; then a network is trained on it and read."""

from contextlib import suppress
from html import escape

import ipywidgets
import traitlets

from .. import plots
from ..errors import SymgradError
from ..formula.velocities import read_velocities
from ..network.experiment import Experiment
from .guard import DescribedBox
from .monitor import TrainingMonitor
from .panel import Panel
from .workbench import Workbench

__all__ = ["OwnSystem"]

_WIDE = {"width": "min(100%, 520px)"}
_REACH = 5.0


class OwnSystem(DescribedBox):
    """Velocities to type, a range to begin in, the training of a network on its orbits, and its Workbench.

    >>> sg.OwnSystem("x' = v; v' = -sin(x)")

    Parameters
    ----------
    text : equations as `Experiment.from_flow` reads them
    low, high : orbits begin between these, all quantities alike
    seed : int
    **settings : of the training, as in `Experiment.train`

    Attributes
    ----------
    text, span : may be assigned
    experiment : Experiment that was read last, or None
    monitor : TrainingMonitor of it, or None
    bench : Workbench of its network, or None as long as none has been trained
    said : what is wrong with the text, or empty

    """

    text = traitlets.Unicode()
    span = traitlets.Tuple(traitlets.Float(), traitlets.Float())
    said = traitlets.Unicode(read_only=True)

    def __init__(self, text="x' = v\nv' = -sin(x)", low=-1.0, high=1.0, seed=0, **settings):
        self._seed, self._settings = seed, settings
        self.experiment = self.monitor = self.bench = None
        box = ipywidgets.Textarea(description="Velocities", rows=4, layout=_WIDE)
        span = ipywidgets.FloatRangeSlider(
            value=(low, high), min=-_REACH, max=_REACH, step=0.1, description="Begin in", layout=_WIDE
        )
        button = ipywidgets.Button(description="Read it", tooltip="Read the equations, ready to train")
        self._error, self._motion = ipywidgets.HTML(), Panel()
        self._form = (box, span, button, self._error, self._motion)
        super().__init__(self._form)
        self.text, self.span = text, span.value
        traitlets.link((self, "text"), (box, "value"))
        traitlets.link((self, "span"), (span, "value"))
        self._draw()
        self.observe(lambda _: self._draw(), ["text", "span"])
        button.on_click(lambda _: self.read())

    def read(self):
        """Read the equations and show what is to be trained; what cannot be read is said."""
        try:
            names, _ = read_velocities(self.text)
            experiment = Experiment.from_flow(self.text, [self.span] * len(names), title="Your own system")
        except SymgradError as error:
            self._say(str(error))
            return
        self._say("")
        before, self.experiment, self.bench = self.monitor, experiment, None
        self.monitor = TrainingMonitor(experiment, self._seed, **self._settings)
        self.monitor.observe(lambda change: self._trained(change.new), "run")
        self.children = (*self._form, self.monitor)
        if before is not None:
            before.close()

    def _trained(self, run):
        if run is not None and run.experiment is self.experiment:
            self.bench = Workbench(run, seed=self._seed)
            self.children = (*self._form, self.monitor, self.bench)

    def _draw(self):
        """Draw the motion of two quantities or more, as soon as it can be read."""
        with suppress(SymgradError):
            names, rhs = read_velocities(self.text)
            if len(names) > 1:
                self._motion.show(plots.velocities_picture(names, rhs, *self.span))

    def _say(self, text):
        self.set_trait("said", text)
        self._error.value = escape(text)

    def pictures(self):
        """How it moves."""
        return [] if self._motion.picture is None else [self._motion.picture]

    @property
    def words(self):
        """What is shown, in words."""
        return self.said or f"Equations to read: {self.text}"
