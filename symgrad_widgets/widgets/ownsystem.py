"""A form for a system of one's own: how it moves, as text; then a network is trained on it and read."""

from contextlib import suppress

import ipywidgets
import traitlets

from .. import plots
from ..errors import SymgradError
from ..formula.velocities import read_velocities
from ..network.experiment import Experiment
from .ownform import WIDE, OwnForm
from .panel import Panel

__all__ = ["OwnSystem"]

_REACH = 5.0


class OwnSystem(OwnForm):
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

    def __init__(self, text="x' = v\nv' = -sin(x)", low=-1.0, high=1.0, seed=0, **settings):
        box = ipywidgets.Textarea(description="Velocities", rows=4, layout=WIDE)
        span = ipywidgets.FloatRangeSlider(
            value=(low, high), min=-_REACH, max=_REACH, step=0.1, description="Begin in", layout=WIDE
        )
        self._motion = Panel()
        super().__init__((box, span), "Read the equations, ready to train", seed, settings, (self._motion,))
        self.text, self.span = text, span.value
        traitlets.link((self, "text"), (box, "value"))
        traitlets.link((self, "span"), (span, "value"))
        self._draw()
        self.observe(lambda _: self._draw(), ["text", "span"])

    def _made(self):
        names, _ = read_velocities(self.text)
        return Experiment.from_flow(self.text, [self.span] * len(names), title="Your own system")

    def _draw(self):
        """Draw the motion of two quantities or more, as soon as it can be read."""
        with suppress(SymgradError):
            names, rhs = read_velocities(self.text)
            if len(names) > 1:
                self._motion.show(plots.velocities_picture(names, rhs, *self.span))

    def pictures(self):
        """How it moves."""
        return [] if self._motion.picture is None else [self._motion.picture]

    @property
    def words(self):
        """What is shown, in words."""
        return self.said or f"Equations to read: {self.text}"
