"""A slider that bends a neuron: values and lengths of gradients change, their directions stay."""

import ipywidgets

from .. import plots
from ..arrays import floats
from ..errors import DataError
from .frontend import Row
from .guard import DescribedBox
from .panel import Panel

__all__ = ["PhiBender"]


class PhiBender(DescribedBox):
    """Shows a neuron `neuron(points, bend) -> (values (N,), gradients (N, n))` while a slider sets `bend`.

    Parameters
    ----------
    neuron : callable
    points : array (N, n)
    names : names of the n inputs
    low, high, bend : range of the slider and where it begins

    """

    def __init__(self, neuron, points, names, low=0.2, high=3.0, bend=1.0):
        if not low <= bend <= high:
            raise DataError(f"bend must start between low and high, got {low} <= {bend} <= {high}")
        self._neuron, self._points, self._names = neuron, floats(points, "points"), tuple(names)
        self._before = neuron(self._points, bend)
        self._values, self._gradients = Panel(), Panel()
        self.slider = ipywidgets.FloatSlider(
            bend,
            min=low,
            max=high,
            step=(high - low) / 28,
            description="bend",
            layout={"width": "min(100%, 420px)"},
        )
        super().__init__([self.slider, Row([self._values, self._gradients])])
        self.slider.observe(self._draw, "value")
        self._draw()

    def _draw(self, _=None):
        for panel, picture in zip((self._values, self._gradients), self.pictures(), strict=True):
            panel.show(picture)

    def pictures(self):
        """The neuron's values now against before, and its gradients before and now, at their true length."""
        (old, before), (new, now) = self._before, self._neuron(self._points, self.slider.value)
        values = plots.phi_picture(old, new, what="the neuron before", title="Values: now against before")
        return [values, plots.bent_picture(self._points, before, now, self._names)]

    @property
    def words(self):
        """What is shown, in words."""
        return f"bend = {self.slider.value:.3g}. {self._values.words} {self._gradients.words}"
