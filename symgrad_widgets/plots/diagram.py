"""The neurons of a network's layers as a still picture, and one neuron's activation over the data."""

from dataclasses import dataclass
from html import escape

import numpy as np

from ..errors import DataError
from .angles import comparable, thin
from .picture import BLUE, GREEN, ORANGE, RED, Mark, Picture

__all__ = ["LEVELS", "NeuronsPicture", "activation_picture", "levels_of"]

LEVELS = 8  # of strength that an eye can tell apart; 255 means none
_NONE = 255
_POINTS = 400
_WIDTH, _GAP, _LABEL = 520, 18, 16
_WIDEST, _LETTER = 140, 6.2  # of a label; of a letter in it
_CELLS = (22, 18, 15, 12, 10, 8, 7)
_HEIGHT = 470
_RAMP = ("#949494", "#7F8A91", "#6A818E", "#55778B", "#3F6D88", "#2A6385", "#155A82", "#00507F")
_QUARTERS = (
    (BLUE, "circle", "lowest"),
    (GREEN, "ring", "low"),
    (ORANGE, "triangle", "high"),
    (RED, "diamond", "highest"),
)


def levels_of(strength):
    """Levels 0 to LEVELS - 1 of strengths between 0 and 1; 255 for NaN."""
    strength = np.asarray(strength, dtype=float)
    levels = np.minimum(np.nan_to_num(strength) * LEVELS, LEVELS - 1).astype(np.uint8)
    return np.where(np.isfinite(strength), levels, np.uint8(_NONE)).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class NeuronsPicture:
    """A block of dots for each layer: larger and bluer is stronger, a cross has no value, rings are chosen.

    Attributes
    ----------
    layers : sequence of (label, number of neurons)
    levels : array of uint8, one for each neuron, all layers in a row; see `levels_of`
    chosen : numbers of neurons
    legend : (what, low end, high end)
    words : str

    """

    layers: tuple
    levels: np.ndarray
    chosen: tuple
    legend: tuple
    words: str

    def svg(self):
        """Return the picture as the text of an SVG file, about nine bytes a neuron."""
        cell, blocks, height = _arranged(self.layers)
        what, low, high = self.legend
        parts, start = [], 0
        for (label, count), (x, y, columns, width) in zip(self.layers, blocks, strict=True):
            parts.append(_text(x, y + 11, _shortened(label, width)))
            chosen = [neuron - start for neuron in self.chosen if start <= neuron < start + count]
            dots = _block(self.levels[start : start + count], columns, chosen)
            parts.append(f'<g transform="translate({x} {y + _LABEL}) scale({cell})">{dots}</g>')
            start += count
        parts.append(_text(2, height + 14, f"{what}: small and grey {low}, large and blue {high}"))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height + 20}" width="{_WIDTH}" '
            f'height="{height + 20}" font-family="sans-serif" font-size="11" role="img" '
            'stroke-linecap="round" style="color:#222;background:#fff;max-width:100%">'
            f"<title>{escape(self.words)}</title>{''.join(parts)}</svg>"
        )

    def _repr_mimebundle_(self, **_):
        return {"image/svg+xml": self.svg(), "text/plain": self.words}


def _arranged(layers):
    """Cell size, (x, y, columns, width) of each block, and height: the largest cells that fit."""
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
    """Dots of one layer, in cells of width 1; a line of length 0 with round ends makes a dot."""
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


def activation_picture(points, values, names, inputs=None, what="the neuron"):
    """One neuron's values (N,) over the points (N, n).

    With two inputs (given by position), it draws quarters by value; with a single input, a curve of dots;
    without `inputs`, a histogram.
    """
    points, values = np.asarray(points, dtype=float), np.asarray(values, dtype=float)
    if values.shape != (len(points),):
        raise DataError(f"{len(points)} points and values of shape {values.shape}: give one for each point")
    words = f"Values of {what} at {len(values)} points, from {values.min():.3g} to {values.max():.3g}"
    chosen = thin(len(points), _POINTS)
    points, values = points[chosen], values[chosen]
    if points.shape[1] == 1:
        mark = Mark("points", {"x": points[:, 0], "y": values}, BLUE, "", "circle", 4)
        return Picture("Activation over the data", names[0], "activation", (mark,), f"{words}.")
    if inputs is None:
        return _histogram(values, words)
    i, j = inputs
    quarter = np.searchsorted(np.quantile(values, [0.25, 0.5, 0.75]), values)
    marks = tuple(
        Mark("points", {"x": points[quarter == q, i], "y": points[quarter == q, j]}, colour, label, shape, 6)
        for q, (colour, shape, label) in enumerate(_QUARTERS)
    )
    return Picture(
        title="Activation over the data",
        x_label=names[i],
        y_label=names[j],
        marks=marks,
        words=f"{words}, over {names[i]} and {names[j]}, in four equal groups by value.",
        equal=comparable(points[:, [i, j]]),
    )


def _histogram(values, words):
    counts, edges = np.histogram(values, bins=30)
    bars = {"left": edges[:-1], "right": edges[1:], "bottom": np.zeros(30), "top": counts, "points": counts}
    mark = Mark("bars", bars, BLUE, hover=("points",))
    return Picture("Activation over the data", "activation", "points", (mark,), f"{words}.")
