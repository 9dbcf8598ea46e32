"""A slider that bends a neuron: its values and its gradients' lengths change, but not their directions."""

import ipywidgets

from .. import plots
from ..arrays import floats
from ..errors import DataError
from ..words import words
from .frontend import Row
from .guard import DescribedBox
from .panel import Panel

__all__ = ["PhiBender"]


class PhiBender(DescribedBox):
    """A neuron `neuron(points, bend) -> (values (N,), gradients (N, n))` and a slider that sets `bend`.

    Parameters
    ----------
    neuron : callable
    points : array (N, n)
    names : names of the n inputs
    low, high, bend : range of the slider, and its first value
    language : "en" or "de", the language of all words

    """

    def __init__(self, neuron, points, names, low=0.2, high=3.0, bend=1.0, *, language="en"):
        if not low <= bend <= high:
            raise DataError(f"bend must lie between low and high, got {low=}, {bend=}, {high=}")
        self._neuron, self._points, self._names = neuron, floats(points, "points"), tuple(names)
        self._before, self._says = neuron(self._points, bend), words(language)
        self._values, self._gradients = Panel(say=self._says), Panel(say=self._says)
        self.slider = ipywidgets.FloatSlider(
            bend,
            min=low,
            max=high,
            step=(high - low) / 28,
            description=self._says("own.bend"),
            layout={"width": "min(100%, 420px)"},
        )
        super().__init__([self.slider, Row([self._values, self._gradients])], self._says)
        self.slider.observe(self._draw, "value")
        self._draw()

    def _draw(self, _=None):
        for panel, picture in zip((self._values, self._gradients), self.pictures(), strict=True):
            panel.show(picture)

    def pictures(self):
        """Return the plot of new values against old ones, and the old and new gradients, to scale."""
        (old, before), (new, now) = self._before, self._neuron(self._points, self.slider.value)
        what, title = self._says("plots.neuronBefore"), self._says("plots.nowAgainst")
        values = plots.phi_picture(old, new, what=what, title=title, say=self._says)
        return [values, plots.bent_picture(self._points, before, now, self._names, say=self._says)]

    @property
    def words(self):
        """Description of the view, in words."""
        bend = f"{self.slider.description} = {self._says.number(self.slider.value, '.3g')}"
        return f"{bend}. {self._values.words} {self._gradients.words}"
