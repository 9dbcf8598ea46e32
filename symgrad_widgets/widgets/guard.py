"""A hidden child that keeps a box's key presses from the page's shortcuts and names its sliders."""

import ipywidgets
from IPython.display import display, update_display

from .cells import adopt
from .frontend import Front, Small, end, shared
from .panel import described

__all__ = ["Described", "DescribedBox"]


class _Guard(Front):
    _script, _style = "guard.js", "boxes.css"

    def __init__(self):
        super().__init__("symgrad-guard")


class Described:
    """A widget with a picture and words beside it. List it before the widget's own class.

    A subclass says in `pictures()` which still pictures, and in `words`, what it shows. It calls `_leave()`
    when work that Python asked for has ended: a cell above may show a picture of the beginning.
    """

    _left = None  # the bundle that was displayed last

    def _ipython_display_(self):
        self._left = self._repr_mimebundle_()
        display(_data(self._left), raw=True, display_id=self.model_id)

    def _leave(self):
        """Update the picture and words wherever the view was displayed."""
        bundle = self._repr_mimebundle_()
        if self._left is not None and self._left != bundle:
            self._left = bundle
            update_display(_data(bundle), raw=True, display_id=self.model_id)

    def _repr_mimebundle_(self, **kwargs):
        pictures = self.pictures()
        svg = pictures[0].svg() if pictures else ""
        return described(super()._repr_mimebundle_(**kwargs), svg, self.words)

    def pictures(self):
        """Still pictures of the view; the first one stands for it."""
        raise NotImplementedError


class DescribedBox(Described, Small, ipywidgets.VBox):
    """Widgets side by side, where there is room, with a picture and words; keys never reach JupyterLab."""

    def __init__(self, children):
        super().__init__([*children, shared(_Guard)], _dom_classes=("symgrad-row",))
        adopt(self)

    def close(self):
        """Close everything in the box, too."""
        end([*self.children, self.layout])
        super().close()


def _data(bundle):
    return bundle[0] if isinstance(bundle, tuple) else bundle
