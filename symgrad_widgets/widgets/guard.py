"""A hidden child that keeps a box's key presses from the page's shortcuts and names its sliders."""

from pathlib import Path

import anywidget
import ipywidgets

from .cells import adopt
from .panel import described

__all__ = ["DescribedBox"]


class _Guard(anywidget.AnyWidget):
    _esm = Path(__file__).parent / "guard.js"

    def __init__(self):
        super().__init__(layout={"display": "none"})


def _end(widgets):
    """Close widgets, what is in them, and the models of their looks: each of these is kept by the kernel."""
    for widget in widgets:
        _end(getattr(widget, "children", ()))
        for look in ("layout", "style"):
            if hasattr(widget, look):
                getattr(widget, look).close()
        widget.close()


class DescribedBox(ipywidgets.VBox):
    """A column of widgets with a picture and words beside it, whose keys never reach JupyterLab.

    A subclass says in `pictures()` which still pictures, and in `words`, what it shows.
    """

    def __init__(self, children):
        super().__init__([*children, _Guard()])
        adopt(self)

    def close(self):
        """Close all that is in the box, too."""
        _end(self.children)
        self.layout.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs):
        pictures = self.pictures()
        svg = pictures[0].svg() if pictures else ""
        return described(super()._repr_mimebundle_(**kwargs), svg, self.words)

    def pictures(self):
        """Still pictures of what is shown, the first of which stands for the view."""
        raise NotImplementedError
