"""A form for a system of your own: type how it moves, train a network on it, and read the network."""

from contextlib import suppress

import ipywidgets
import traitlets

from .. import plots
from ..errors import SymgradError
from ..formula.velocities import read_velocities
from ..network.experiment import Experiment
from ..words import words
from .ownform import WIDE, OwnForm
from .panel import Panel

__all__ = ["OwnSystem"]

_REACH = 5.0


class OwnSystem(OwnForm):
    """Boxes for velocities and a range of starting points, training on the orbits, and a Workbench.

    >>> sg.OwnSystem("x' = v; v' = -sin(x)")

    Parameters
    ----------
    text : equations in the form that `Experiment.from_flow` reads
    low, high : orbits begin between these two values, the same for all quantities
    seed : int
    language : "en" or "de", the language of all words
    **settings : of the training, as in `Experiment.train`

    Attributes
    ----------
    text, span : can be assigned
    experiment : the Experiment that was read last, or None
    monitor : TrainingMonitor of the experiment, or None
    bench : Workbench of the network, or None until a network has been trained
    said : what is wrong with the text; empty if nothing is wrong

    """

    text = traitlets.Unicode()
    span = traitlets.Tuple(traitlets.Float(), traitlets.Float())

    def __init__(self, text="x' = v\nv' = -sin(x)", low=-1.0, high=1.0, seed=0, *, language="en", **settings):
        say = words(language)
        box = ipywidgets.Textarea(description=say("own.velocities"), rows=4, layout=WIDE)
        span = ipywidgets.FloatRangeSlider(
            value=(low, high), min=-_REACH, max=_REACH, step=0.1, description=say("own.begin"), layout=WIDE
        )
        self._motion = Panel(say=say)
        super().__init__((box, span), say("own.readSystem"), seed, settings, (self._motion,), language)
        self.text, self.span = text, span.value
        traitlets.link((self, "text"), (box, "value"))
        traitlets.link((self, "span"), (span, "value"))
        self._draw()
        self.observe(lambda _: self._draw(), ["text", "span"])

    def _made(self):
        names, _ = read_velocities(self.text)
        return Experiment.from_flow(self.text, [self.span] * len(names), title=self._says("own.yourSystem"))

    def _draw(self):
        """Draw the motion of two quantities or more, as soon as it can be read."""
        with suppress(SymgradError):
            names, rhs = read_velocities(self.text)
            if len(names) > 1:
                self._motion.show(plots.velocities_picture(names, rhs, *self.span, self._says))

    def pictures(self):
        """Return a picture of how the system moves."""
        return [] if self._motion.picture is None else [self._motion.picture]

    @property
    def words(self):
        """Description of the view, in words."""
        return self.said or self._says("own.equations", text=self.text)
