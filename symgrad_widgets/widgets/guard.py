"""A hidden widget in a box: it names the box's sliders, and keeps key presses from the page's shortcuts."""

import ipywidgets
from IPython.display import display, update_display

from ..words import ENGLISH
from .cells import adopt
from .frontend import Front, Small, end, shared
from .panel import described

__all__ = ["Described", "DescribedBox"]


class _Guard(Front):
    _script, _style = "guard.js", "boxes.css"

    def __init__(self, language):
        super().__init__("symgrad-guard", language=language)


class Described:
    """A widget with a picture and words beside it. As a base class, list this class before the widget's own.

    A subclass returns still pictures of itself from `pictures()`, and says in `words` what it shows. When
    work that Python asked for has ended, the subclass calls `_leave()`, because an earlier cell may still
    show the first picture.
    """

    _left = None  # the bundle that was displayed last

    def _ipython_display_(self):
        self._left = self._repr_mimebundle_()
        display(_data(self._left), raw=True, display_id=self.model_id)

    def _leave(self):
        """Update picture and words wherever the view was displayed."""
        bundle = self._repr_mimebundle_()
        if self._left is not None and self._left != bundle:
            self._left = bundle
            update_display(_data(bundle), raw=True, display_id=self.model_id)

    def _repr_mimebundle_(self, **kwargs):
        pictures = self.pictures()
        svg = pictures[0].svg() if pictures else ""
        return described(super()._repr_mimebundle_(**kwargs), svg, self.words)

    def pictures(self):
        """Return still pictures of the view; the first picture represents the view."""
        raise NotImplementedError


class DescribedBox(Described, Small, ipywidgets.VBox):
    """Widgets side by side, if there is room, with a picture and words; JupyterLab never gets their keys."""

    def __init__(self, children, say=ENGLISH):
        guard = shared(_Guard, say.table["locale"])
        super().__init__([*children, guard], _dom_classes=("symgrad-row",))
        adopt(self)

    def close(self):
        """Close the box and everything in it."""
        end([*self.children, self.layout])
        super().close()


def _data(bundle):
    return bundle[0] if isinstance(bundle, tuple) else bundle
