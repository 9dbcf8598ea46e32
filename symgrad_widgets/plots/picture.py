"""A picture as plain data, for bokeh, the SVG writer and a screen reader alike."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..words import ENGLISH, Words

__all__ = ["BLUE", "GREEN", "GREY", "ORANGE", "RED", "Mark", "Picture"]

# Colour-blind readers can distinguish these colours (Okabe and Ito). The blue is lighter, so that it also
# shows on black.
BLUE, GREEN, ORANGE, RED, GREY = "#2B83C6", "#009E73", "#E69F00", "#D55E00", "#8A8A8A"

_COORDINATES = {
    "points": (("x",), ("y",)),
    "line": (("x",), ("y",)),
    "segments": (("x0", "x1"), ("y0", "y1")),
    "bars": (("left", "right"), ("bottom", "top")),
    "text": (("x",), ("y",)),
}
_SIGNIFICANT = 4  # digits sent to a screen
_LEVEL, _FEW = 60, 12  # an axis has room for fewer letters; few ticks get as much room as twelve


@dataclass(frozen=True)
class Mark:
    """One layer of a picture.

    `kind` is points, line, segments, bars or text. `data` holds columns of equal length: x, y (and `angle` in
    radians for turned triangles, or `text` to write there), or x0, y0, x1, y1, or left, right, bottom, top.
    `hover` names further columns, which are shown when the pointer is over the mark. `shape` is a marker
    (circle, ring, triangle, diamond, star) or a dash (solid, dashed, dotted); readers who cannot see the
    colour tell marks apart by their shapes. For text, `shape` says whether the text is above or below its
    place.
    """

    kind: str
    data: dict
    colour: str = BLUE
    label: str = ""
    shape: str = ""
    size: float = 6
    hover: tuple = ()

    def __post_init__(self):
        if self.kind not in _COORDINATES:
            raise DataError(f"mark {self.kind!r} does not exist; use one of {', '.join(_COORDINATES)}")
        lengths = {name: len(column) for name, column in self.data.items()}
        if len(set(lengths.values())) > 1:
            raise DataError(f"the columns of a {self.kind} mark must be equally long, got {lengths}")

    def coordinates(self, axis):
        """Return all coordinates along axis 0 (x) or 1 (y), as one array."""
        columns = [np.asarray(self.data[name], dtype=float) for name in _COORDINATES[self.kind][axis]]
        return np.concatenate(columns)

    def columns(self):
        """Return the data as JSON-ready lists; numbers that are not finite become None.

        A mark without data gets one row of None, so that bokeh's legend still shows the mark's symbol.
        """
        return {name: [_plain(v) for v in column] or [None] for name, column in self.data.items()}


@dataclass(frozen=True)
class Picture:
    """Marks with axes, a title, and `words`: one or two sentences that say what the picture shows.

    `equal` asks for the same scale on both axes. `ticks` are pairs of an x and the words to write there in
    place of a number. A picture without words for its axes has no axes. `say` is the language in which
    numbers are written. IPython shows the picture as SVG, with the words.
    """

    title: str
    x_label: str
    y_label: str
    marks: tuple
    words: str
    log_y: bool = False
    equal: bool = False
    ticks: tuple = ()
    say: Words = ENGLISH

    @property
    def bare(self):
        """Whether there are no axes."""
        return not (self.x_label or self.y_label)

    @property
    def slanted(self):
        """Whether the words at the ticks are too long to be written side by side."""
        longest = max((len(words) for _, words in self.ticks), default=0)
        return longest * max(len(self.ticks), _FEW) >= _LEVEL

    @property
    def signature(self):
        """Everything except data and words: pictures with equal signatures can be updated in place."""
        marks = [(m.kind, m.colour, m.label, m.shape, m.size, m.hover, tuple(m.data)) for m in self.marks]
        return repr(
            (self.title, self.x_label, self.y_label, self.log_y, self.equal, self.ticks, marks, self.say)
        )

    def data(self):
        """Return the columns of every mark, JSON-ready."""
        return [mark.columns() for mark in self.marks]

    def empty(self):
        """Return the same picture without data."""
        bare = [dataclasses.replace(m, data={name: [] for name in m.data}) for m in self.marks]
        return dataclasses.replace(self, marks=tuple(bare))

    def figure(self):
        """Return the picture as a `bokeh.plotting.figure`."""
        from .bokeh import figure

        return figure(self)

    def svg(self):
        """Return the picture as the text of an SVG file."""
        from .svg import svg

        return svg(self)

    def _repr_mimebundle_(self, **_):
        return {"image/svg+xml": self.svg(), "text/plain": self.words}


def _plain(value):
    if isinstance(value, str):
        return value
    return float(f"{value:.{_SIGNIFICANT}g}") if np.isfinite(value) else None
