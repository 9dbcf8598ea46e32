"""Marks as short SVG paths, in whole quarters of a pixel, with each step relative to the last pen position.

The paths must be short, because a saved notebook holds every picture twice.
"""

import math

import numpy as np

__all__ = ["STEPS", "draw", "symbol"]

STEPS = 4  # steps of a coordinate in one pixel
_STRIP = 120  # steps; marks are written strip by strip, so that the pen travels little
_DASHES = {"dashed": (6, 4), "dotted": (2, 3)}  # pixels
# Outlines in units of the marker's radius, pointing up.
_OUTLINES = {
    "triangle": [(0, -1), (0.87, 0.5), (-0.87, 0.5)],
    "diamond": [(0, -1.2), (0.8, 0), (0, 1.2), (-0.8, 0)],
    "star": [
        (math.sin(k * math.pi / 5) * r, -math.cos(k * math.pi / 5) * r)
        for k, r in enumerate([1.2, 0.5] * 5)
    ],
}  # fmt: skip


def draw(mark, place):
    """Return the path element of a mark; `place(x, y)` gives pixels (N, 2) or NaN."""
    if mark.kind == "points":
        return _markers(mark, place(mark.data["x"], mark.data["y"]), mark.data.get("angle"))
    if mark.kind == "line":
        return _stroke(mark, _polyline(place(mark.data["x"], mark.data["y"])))
    if mark.kind == "segments":
        starts, ends = place(mark.data["x0"], mark.data["y0"]), place(mark.data["x1"], mark.data["y1"])
        return _stroke(mark, _subpaths(np.stack([starts, ends], axis=1)))
    (left, bottom), (right, top) = (
        place(mark.data[x], mark.data[y]).T for x, y in (("left", "bottom"), ("right", "top"))
    )
    corners = np.stack([[left, bottom], [left, top], [right, top], [right, bottom]]).transpose(2, 0, 1)
    return _filled(mark, _subpaths(corners, "z"), ' fill-opacity=".6"')


def symbol(mark, x, y):
    """Return the mark's symbol for a legend, 16 pixels wide from pixel (x, y)."""
    if mark.kind == "points":
        return _markers(mark, np.array([[x + 8.0, y]]))
    return _stroke(mark, _polyline(np.array([[x, y], [x + 16.0, y]])))


def _stroke(mark, path, more=""):
    dash = " ".join(str(length * STEPS) for length in _DASHES.get(mark.shape, ()))
    more += f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" stroke="{mark.colour}" stroke-width="{mark.size * STEPS:g}"{more}/>'


def _filled(mark, path, more=""):
    return f'<path d="{path}" fill="{mark.colour}" stroke="{mark.colour}" stroke-width="{STEPS}"{more}/>'


def _markers(mark, places, angles=None):
    if mark.shape in _OUTLINES:
        angles = np.zeros(len(places)) if angles is None else np.asarray(angles, dtype=float)
        return _filled(mark, _subpaths(places[:, None] + _turned(mark, angles), "z"))
    if mark.shape == "ring":  # one large arc, nearly a full circle; `z` closes it
        radius = round(mark.size / 2 * STEPS)
        lefts = places - [mark.size / 2, 0]
        rings = _subpaths(lefts[:, None], f"a{radius} {radius} 0 1 1 0 1z")
        return f'<path d="{rings}" stroke="{mark.colour}" stroke-width="{1.5 * STEPS:g}"/>'
    dots = _subpaths(places[:, None], "h0")  # a line without length and with round ends is a dot
    return _stroke(mark, dots, ' stroke-linecap="round"')


def _turned(mark, angles):
    """Return outlines (N, corners, 2) in pixels, turned anticlockwise by angles (N,)."""
    u, v = np.array(_OUTLINES[mark.shape]).T * mark.size / 2
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    return np.stack([cos * u + sin * v, -sin * u + cos * v], axis=2)


def _subpaths(corners, end=""):
    """Write a subpath for each row of corners (N, k, 2) in pixels; near subpaths follow one another.

    `end` is written at the end of each subpath. This end must either close the subpath or leave the pen where
    it is.
    """
    corners = corners[np.isfinite(corners).all(axis=(1, 2))]
    corners = np.round(corners * STEPS).astype(int)
    strips, up = corners[:, 0, 0] // _STRIP, corners[:, 0, 1]
    corners = corners[np.lexsort((np.where(strips % 2, -up, up), strips))]
    pens = corners[:, 0 if end.endswith("z") else -1]
    moves = corners[:, 0] - np.vstack([np.zeros_like(pens[:1]), pens[:-1]])
    steps = np.diff(corners, axis=1).reshape(len(corners), 2 * corners.shape[1] - 2)
    return "".join(
        f"m{_joined(move)}{'l' if step else ''}{_joined(step)}{end}"
        for move, step in zip(moves.tolist(), steps.tolist(), strict=True)
    )


def _polyline(places):
    """Write a line through places (N, 2) in pixels, broken where they are not finite."""
    whole = np.isfinite(places).all(axis=1)
    runs = np.split(np.round(places * STEPS), np.flatnonzero(~whole))
    path, pen = "", np.zeros(2, dtype=int)
    for run in runs:
        corners = run[np.isfinite(run).all(axis=1)].astype(int)
        if len(corners) > 1:
            move, *steps = np.diff(corners, axis=0, prepend=pen[None])
            steps = np.array(steps)[np.any(steps, axis=1)].ravel().tolist()
            path += f"m{_joined(move.tolist())}l{_joined(steps)}"
            pen = corners[-1]
    return path


def _joined(numbers):
    """Write whole numbers with as few separators as a path needs: a minus sign also separates."""
    return "".join(f" {n}" if n >= 0 else str(n) for n in numbers).lstrip()
