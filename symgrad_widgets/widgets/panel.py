"""A bokeh plot as a widget that needs no set-up cell, no outside address and little room in a saved notebook.

The widget's state is the picture: an empty bokeh document, its data, and the same picture as SVG. BokehJS is
not in it. A page that lacks BokehJS asks the kernel for it once, and shows the SVG until then; so it does
where no kernel runs. State goes one way, from Python to every view, so that views agree and a reload shows
what is current; `picked` comes back.
"""

import functools
import json
from pathlib import Path

import anywidget
import bokeh
import traitlets
from bokeh.embed import json_item

from ..errors import DataError, SymgradError
from ..plots import Picture

__all__ = ["Panel", "described"]

_HERE = Path(__file__).parent


class Panel(anywidget.AnyWidget):
    """A `Picture`, live: zoom, hover, click.

    >>> panel = Panel(plots.history_picture(run.history))
    >>> panel.show(another_picture)

    Attributes
    ----------
    picture : Picture, the one on show; `show` replaces it
    words : str, what it shows, in words (read-only)
    error : str, shown beneath the last good picture; "" for none
    picked : (mark, row) that was last clicked, or ()

    """

    _esm = _HERE / "panel.js"
    _css = _HERE / "symgrad.css"
    _version = traitlets.Unicode(bokeh.__version__).tag(sync=True)
    _document = traitlets.Unicode().tag(sync=True)
    _data = traitlets.Unicode().tag(sync=True)
    _svg = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode("Nothing to show yet.", read_only=True).tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    picked = traitlets.Tuple().tag(sync=True)

    def __init__(self, picture=None, **layout):
        super().__init__()
        # In a row of boxes a bokeh plot shrinks to nothing unless the box itself claims its share.
        self.layout = {"flex": "1 1 320px", "min_width": "280px"} | layout
        self._own_width = "max_width" in layout
        self.picture = None
        self.on_msg(self._answer)
        if picture is not None:
            self.show(picture)

    def show(self, picture):
        """Show a picture, or what a function without arguments returns.

        An error of ours that the function raises is shown as text, and the last good picture stays.
        """
        try:
            picture = picture() if callable(picture) else picture
        except SymgradError as error:
            self.error = str(error)
            return
        if not isinstance(picture, Picture):
            raise DataError(f"a Panel shows a Picture of symgrad_widgets.plots, got {type(picture).__name__}")
        self._draw(picture)

    def _draw(self, picture):
        same = self.picture is not None and self.picture.signature == picture.signature
        self.picture = picture
        with self.hold_sync():
            if not same:
                if not self._own_width:  # wide enough to read, and no empty margins beside a square plane
                    self.layout.max_width = "460px" if picture.equal else "680px"
                self._document = _compact(json_item(picture.empty().figure()))
            self._data = _compact(picture.data())
            self._svg = picture.svg()
            self.set_trait("words", picture.words)
            self.error = ""

    def _answer(self, _, message, __):
        if message == {"want": "bokehjs"}:
            self.send({"bokehjs": self._version}, buffers=[_bokehjs()])

    def _repr_mimebundle_(self, **kwargs):
        return described(super()._repr_mimebundle_(**kwargs), self._svg, self.words, self.error)


def described(bundle, svg, *words):
    """Add a picture and words to a widget's MIME bundle, for where widgets cannot be shown."""
    data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
    data = data | {"text/plain": "\n".join(filter(None, words))}
    if svg:
        data["image/svg+xml"] = svg
    return (data, *rest) if rest else data


def _compact(value):
    # As text: a saved notebook would give each number of a list a line of its own.
    return json.dumps(value, separators=(",", ":"))


@functools.cache
def _bokehjs():
    return (Path(bokeh.__file__).parent / "server/static/js/bokeh.min.js").read_bytes()
