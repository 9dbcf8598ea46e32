"""A bokeh plot as a widget that needs no set-up cell and no outside address, and little room in a notebook.

The widget's state is the picture as packed SVG. The state does not hold what a live plot needs: a page asks
the kernel once for BokehJS and `live.js`, and each view asks for the bokeh document and its data. Until these
have come, or if no kernel runs, a view shows the SVG. Pictures go one way, from Python to every view. So all
views agree, and a reload shows the current picture. Only `picked` comes back.
"""

import functools
import json
import zlib
from dataclasses import dataclass, field

import traitlets
from bokeh.embed import json_item

from ..errors import DataError, SymgradError
from ..plots import Picture
from ..words import ENGLISH
from . import bokehjs
from .cells import adopt
from .frontend import Front

__all__ = ["Panel", "described"]


class Panel(Front):
    """A live `Picture`, in which you can zoom, hover and click.

    >>> panel = Panel(plots.history_picture(run.history))
    >>> panel.show(another_picture)

    Attributes
    ----------
    picture : the Picture on show; `show` replaces it
    words : str, what the panel shows, in words (read-only)
    error : str, shown beneath the last good picture; "" for none
    picked : (mark, row) of the last click, or ()

    """

    _script, _style = "panel.js", "panel.css"
    _version = traitlets.Unicode(bokehjs.VERSION).tag(sync=True)
    _live = traitlets.Tuple((b"", b""))  # document and data change together: another thread may ask
    _svg = traitlets.Bytes().tag(sync=True)
    words = traitlets.Unicode(read_only=True).tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    picked = traitlets.Tuple().tag(sync=True)

    def __init__(self, picture=None, say=ENGLISH, **layout):
        # In a row of boxes a bokeh plot shrinks to nothing unless the box itself claims its share.
        super().__init__("symgrad-panel", language=say.table["locale"], layout=layout)
        self._own_width = "max_width" in layout
        self.picture = None
        self.set_trait("words", say("plots.nothing"))
        self.on_msg(self._answer)
        adopt(self)
        if picture is not None:
            self.show(picture)

    def show(self, picture):
        """Show a picture, or the picture that a function without arguments returns.

        If the function raises a `SymgradError`, its text is shown and the last good picture stays.
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
            if not (same or self._own_width):  # wide enough to read, and no empty margins beside a square
                self.layout.max_width = "460px" if picture.equal else "680px"
            document = self._live[0] if same else _document(_Structure(picture.signature, picture.empty()))
            self._live = document, _packed(picture.data())
            self._svg = zlib.compress(picture.svg().encode())
            self.set_trait("words", picture.words)
            self.error = ""
        self._send_picture()

    def _send_picture(self):
        self.send({"picture": True}, buffers=list(self._live))

    def _still(self):
        return "" if self.picture is None else self.picture.svg()

    def _answer(self, _, message, __):
        if message == {"want": "live"}:
            self.send({"live": self._version}, buffers=[bokehjs.script()])
        elif message == {"want": "picture"} and self.picture is not None:
            self._send_picture()

    def _repr_mimebundle_(self, **kwargs):
        return described(super()._repr_mimebundle_(**kwargs), self._still(), self.words, self.error)


def described(bundle, svg, *words):
    """Add a picture and words to a widget's MIME bundle, to be shown where widgets cannot."""
    data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
    data = data | {"text/plain": "\n".join(filter(None, words))}
    if svg:
        data["image/svg+xml"] = svg
    return (data, *rest) if rest else data


@dataclass(frozen=True)
class _Structure:
    """A picture without its data; two such pictures are equal if their signatures are equal."""

    signature: str
    picture: Picture = field(compare=False)


@functools.lru_cache(maxsize=128)
def _document(structure):
    return _packed(json_item(structure.picture.figure()))


def _packed(value):
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode())
