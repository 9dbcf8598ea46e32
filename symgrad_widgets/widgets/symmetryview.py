"""Drag a motion's parameter: points move along its orbits, and the neuron's value stays."""

import ipywidgets
import numpy as np

from .. import plots
from ..arrays import floats
from ..errors import DataError
from .frontend import Row
from .guard import DescribedBox
from .panel import Panel

__all__ = ["SymmetryView"]

_REACH = 1.0  # spreads that points move at most, root mean square
_STEPS = 20  # of the slider, to each side


class SymmetryView(DescribedBox):
    """Points that move along the orbits of a symmetry, and the neuron's values now against before.

    >>> found = sg.symmetries(model, x, names=("t", "x", "y", "z"))
    >>> sg.SymmetryView(found, model, x)

    Parameters
    ----------
    found : Symmetries, with at least one motion
    model : torch.nn.Module, or a function from points (N, n) to values (N,)
    x : array (N, n)
    reading : layer, neuron and so on, as in `gradient_field`

    Attributes
    ----------
    motion : widget that chooses one of the motions, by its number in `found.motions`
    slider : widget whose value says how far points move, in spreads of the inputs

    """

    def __init__(self, found, model, x, **reading):
        if not len(found):
            raise DataError("nothing moves: the neuron has no linear symmetry to show")
        self._found, self._points = found, floats(x, "x")
        self._compute = _asked(model, reading)
        self._before = self._values(self._points)
        self._places, self._now = Panel(), Panel()
        names = [(one.name, number) for number, one in enumerate(found.motions)]
        self.motion = ipywidgets.Dropdown(
            options=names, description="motion", layout={"width": "min(100%, 420px)"}
        )
        self.slider = ipywidgets.FloatSlider(
            0, min=-_REACH, max=_REACH, step=_REACH / _STEPS, description="how far",
            layout={"width": "min(100%, 420px)"},
        )  # fmt: skip
        super().__init__([self.motion, self.slider, Row([self._places, self._now])])
        for control in (self.motion, self.slider):
            control.observe(self._draw, "value")
        self._draw()

    @property
    def change(self):
        """Root mean square change of the value, in units of its spread."""
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
        """The points before and now, and the neuron's values now against before."""
        reach = _REACH * self._chosen.time(self._points)
        places = plots.motion_picture(self._points, self._chosen, self._time, reach)
        values = plots.phi_picture(
            self._before,
            self._values(self._moved),
            what="the neuron before",
            title="Values: now against before",
        )
        return [places, values]

    @property
    def words(self):
        """What is shown, in words."""
        return (
            f"{self._places.words} The neuron changes by {self.change:.2g} of its spread. {self._now.words}"
        )


def _asked(model, reading):
    """Function from points to a model's values, or the given one."""
    if callable(model) and not hasattr(model, "named_modules"):
        return model
    from ..network.gradients import values_at

    return lambda points: values_at(model, points, **reading)
