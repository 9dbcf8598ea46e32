"""Drag a motion's parameter: points move along its orbits, but the neuron's value stays the same."""

import ipywidgets
import numpy as np

from .. import plots
from ..arrays import floats
from ..errors import DataError
from ..words import words
from .frontend import Row
from .guard import DescribedBox
from .panel import Panel

__all__ = ["SymmetryView"]

_REACH = 1.0  # points move at most this far (root mean square), in units of the inputs' spread
_STEPS = 20  # steps of the slider to each side


class SymmetryView(DescribedBox):
    """Points that move along a symmetry's orbits, and the neuron's new values plotted against the old ones.

    >>> found = sg.symmetries(model, x, names=("t", "x", "y", "z"))
    >>> sg.SymmetryView(found, model, x)

    Parameters
    ----------
    found : Symmetries, with at least one motion
    model : torch.nn.Module, or a function from points (N, n) to values (N,)
    x : array (N, n)
    language : "en" or "de", the language of all words
    reading : layer, neuron and so on, as in `gradient_field`

    Attributes
    ----------
    motion : widget that chooses one of the motions, by its number in `found.motions`
    slider : widget whose value is how far points move, in units of the inputs' spread

    """

    def __init__(self, found, model, x, language="en", **reading):
        if not len(found):
            raise DataError("nothing moves: the neuron has no linear symmetry to show")
        self._found, self._points, self._says = found, floats(x, "x"), words(language)
        self._compute = _asked(model, reading)
        self._before = self._values(self._points)
        self._places, self._now = Panel(say=self._says), Panel(say=self._says)
        names = [(one.name, number) for number, one in enumerate(found.motions)]
        self.motion = ipywidgets.Dropdown(
            options=names, description=self._says("own.motion"), layout={"width": "min(100%, 420px)"}
        )
        self.slider = ipywidgets.FloatSlider(
            0, min=-_REACH, max=_REACH, step=_REACH / _STEPS, description=self._says("own.howFar"),
            layout={"width": "min(100%, 420px)"},
        )  # fmt: skip
        super().__init__([self.motion, self.slider, Row([self._places, self._now])], self._says)
        for control in (self.motion, self.slider):
            control.observe(self._draw, "value")
        self._draw()

    @property
    def change(self):
        """Root-mean-square change of the value, in units of its spread."""
        after = self._values(self._moved)
        return float(np.sqrt(((after - self._before) ** 2).mean()) / self._before.std())

    def _values(self, points):
        return np.asarray(self._compute(points), dtype=float).reshape(len(points), -1)[:, 0]

    @property
    def _chosen(self):
        return self._found.motions[self.motion.value]

    @property
    def _time(self):
        return self.slider.value * self._chosen.time(self._points)

    @property
    def _moved(self):
        return self._chosen.moved(self._points, self._time)

    def _draw(self, _=None):
        for panel, picture in zip((self._places, self._now), self.pictures(), strict=True):
            panel.show(picture)

    def pictures(self):
        """Return the points before and after the motion, and the neuron's new values against the old ones."""
        reach = _REACH * self._chosen.time(self._points)
        places = plots.motion_picture(self._points, self._chosen, self._time, reach, say=self._says)
        values = plots.phi_picture(
            self._before,
            self._values(self._moved),
            what=self._says("plots.neuronBefore"),
            title=self._says("plots.nowAgainst"),
            say=self._says,
        )
        return [places, values]

    @property
    def words(self):
        """Description of the view, in words."""
        changes = self._says("own.changes", change=self.change)
        return f"{self._places.words} {changes} {self._now.words}"


def _asked(model, reading):
    """Return the function from points to values: the model's function, or the function that was given."""
    if callable(model) and not hasattr(model, "named_modules"):
        return model
    from ..network.gradients import values_at

    return lambda points: values_at(model, points, **reading)
