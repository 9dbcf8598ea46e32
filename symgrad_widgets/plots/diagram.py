"""The neurons of a network's layers as a still picture, and one neuron's activation over the data."""

from dataclasses import dataclass
from html import escape

import numpy as np

from ..errors import DataError
from ..words import ENGLISH, Words
from .angles import comparable, thin
from .picture import BLUE, GREEN, ORANGE, RED, Mark, Picture

__all__ = ["LEVELS", "NeuronsPicture", "activation_picture", "levels_of"]

LEVELS = 8  # levels of strength that an eye can tell apart; 255 means no value
_NONE = 255
_POINTS = 400
_WIDTH, _GAP, _LABEL = 520, 18, 16
_WIDEST, _LETTER = 140, 6.2  # largest width of a label, and width of one of its letters
_CELLS = (22, 18, 15, 12, 10, 8, 7)
_HEIGHT = 470
_RAMP = ("#949494", "#7F8A91", "#6A818E", "#55778B", "#3F6D88", "#2A6385", "#155A82", "#00507F")
_QUARTERS = (
    (BLUE, "circle", "plots.lowest"),
    (GREEN, "ring", "plots.low"),
    (ORANGE, "triangle", "plots.high"),
    (RED, "diamond", "plots.highest"),
)


def levels_of(strength):
    """Return levels 0 to LEVELS - 1 of strengths between 0 and 1; 255 for NaN."""
    strength = np.asarray(strength, dtype=float)
    levels = np.minimum(np.nan_to_num(strength) * LEVELS, LEVELS - 1).astype(np.uint8)
    return np.where(np.isfinite(strength), levels, np.uint8(_NONE)).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class NeuronsPicture:
    """A block of dots for each layer. Larger, bluer dots are stronger neurons.

    A cross stands for a neuron without a value. A ring marks a chosen neuron.

    Attributes
    ----------
    layers : sequence of (label, number of neurons)
    levels : array of uint8, the level (see `levels_of`) of each neuron, one layer after another
    chosen : numbers of the chosen neurons
    legend : (what, low end, high end)
    words : str
    say : Words, the language

    """

    layers: tuple
    levels: np.ndarray
    chosen: tuple
    legend: tuple
    words: str
    say: Words = ENGLISH

    def svg(self):
        """Return the picture as the text of an SVG file, with about nine bytes for each neuron."""
        cell, blocks, height = _arranged(self.layers)
        what, low, high = self.legend
        parts, start = [], 0
        for (label, count), (x, y, columns, width) in zip(self.layers, blocks, strict=True):
            parts.append(_text(x, y + 11, _shortened(label, width)))
            chosen = [neuron - start for neuron in self.chosen if start <= neuron < start + count]
            dots = _block(self.levels[start : start + count], columns, chosen)
            parts.append(f'<g transform="translate({x} {y + _LABEL}) scale({cell})">{dots}</g>')
            start += count
        parts.append(_text(2, height + 14, self.say("plots.dots", what=what, low=low, high=high)))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height + 20}" width="{_WIDTH}" '
            f'height="{height + 20}" font-family="sans-serif" font-size="11" role="img" '
            'stroke-linecap="round" style="color:#222;background:#fff;max-width:100%">'
            f"<title>{escape(self.words)}</title>{''.join(parts)}</svg>"
        )

    def _repr_mimebundle_(self, **_):
        return {"image/svg+xml": self.svg(), "text/plain": self.words}


def _arranged(layers):
    """Return the size of the largest cells that fit, (x, y, columns, width) of each block, and the height."""
    for cell in _CELLS:
        blocks, height = _flow(layers, cell)
        if height <= _HEIGHT:
            break
    return cell, blocks, height


def _flow(layers, cell):
    blocks, x, y, row = [], 2, 0, 0
    for label, count in layers:
        columns = min(int(np.ceil(np.sqrt(count))), (_WIDTH - 4) // cell)
        width = max(columns * cell, min(_WIDEST, _LETTER * len(label)))
        if x > 2 and x + width > _WIDTH:
            x, y, row = 2, y + row + 8, 0
        blocks.append((x, y, columns, width))
        row = max(row, _LABEL + -(-count // columns) * cell)
        x += width + _GAP
    return blocks, y + row


def _block(levels, columns, chosen):
    """Return dots of one layer, in cells of width 1; a line of length 0 with round ends makes a dot."""
    places = [(neuron % columns, neuron // columns) for neuron in range(len(levels))]
    parts = []
    for level in np.unique(levels):
        path = "".join(f"M{x} {y}h0" for (x, y), own in zip(places, levels, strict=True) if own == level)
        if level == _NONE:
            path = path.replace("h0", "m-.2-.2l.4.4m0-.4l-.4.4")
        colour = "currentColor" if level == _NONE else _RAMP[level]
        width = 0.1 if level == _NONE else 0.25 + 0.65 * level / (LEVELS - 1)
        parts.append(f'<path d="{path}" stroke="{colour}" stroke-width="{width:.2g}"/>')
    for x, y in (places[neuron] for neuron in chosen):
        parts.append(f'<circle cx="{x}" cy="{y}" r=".55" fill="none" stroke="{RED}" stroke-width=".2"/>')
    return f'<g transform="translate(.5 .5)">{"".join(parts)}</g>'


def _text(x, y, text):
    return f'<text x="{x}" y="{y}" fill="currentColor">{escape(text)}</text>'


def _shortened(label, width):
    most = max(int(width / _LETTER), 4)
    return label if len(label) <= most else "…" + label[1 - most :]


def activation_picture(points, values, names, inputs=None, what=None, say=ENGLISH):
    """Draw one neuron's values (N,) over the points (N, n).

    If two inputs are given, by position, the picture shows the points over these inputs, in four groups from
    low to high values. If the data have a single input, the picture is a curve of dots; otherwise it is a
    histogram.
    """
    points, values = np.asarray(points, dtype=float), np.asarray(values, dtype=float)
    if values.shape != (len(points),):
        raise DataError(f"pass one value for each of the {len(points)} points, got shape {values.shape}")
    title, what = say("plots.activation"), what or say("plots.neuron")
    words = say("plots.valuesOf", what=what, count=len(values), low=values.min(), high=values.max())
    chosen = thin(len(points), _POINTS)
    points, values = points[chosen], values[chosen]
    if points.shape[1] == 1:
        mark = Mark("points", {"x": points[:, 0], "y": values}, BLUE, "", "circle", 4)
        return Picture(title, names[0], say("plots.activationAxis"), (mark,), f"{words}.", say=say)
    if inputs is None:
        return _histogram(values, title, words, say)
    i, j = inputs
    quarter = np.searchsorted(np.quantile(values, [0.25, 0.5, 0.75]), values)
    marks = tuple(
        Mark(
            "points", {"x": points[quarter == q, i], "y": points[quarter == q, j]}, colour, say(key), shape, 6
        )
        for q, (colour, shape, key) in enumerate(_QUARTERS)
    )
    return Picture(
        title=title,
        x_label=names[i],
        y_label=names[j],
        marks=marks,
        words=say("plots.overFour", words=words, across=names[i], up=names[j]),
        equal=comparable(points[:, [i, j]]),
        say=say,
    )


def _histogram(values, title, words, say):
    counts, edges = np.histogram(values, bins=30)
    points = say("plots.points")
    bars = {"left": edges[:-1], "right": edges[1:], "bottom": np.zeros(30), "top": counts, points: counts}
    mark = Mark("bars", bars, BLUE, hover=(points,))
    return Picture(title, say("plots.activationAxis"), points, (mark,), f"{words}.", say=say)
