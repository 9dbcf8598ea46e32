"""The real data that come with the package: cars, and hand-made features of small images."""

from importlib.resources import files

import numpy as np

__all__ = ["cars", "digits"]

_LEVELS = "0123456789abcdefg"


def _lines(name):
    text = (files("symgrad_widgets") / "data" / "tables" / name).read_text(encoding="utf-8")
    return [line.split(",") for line in text.splitlines()[1:]]


def cars():
    """Return names, x (392, 4) and consumption (392,) in litres per 100 km.

    The inputs are displacement in litres, power in hundreds of kW, weight in tonnes, and time to 60 miles an
    hour in tens of seconds.
    """
    table = np.array(_lines("cars.csv"), dtype=float)
    x = table[:, 1:] * (0.016387, 0.0074570, 0.00045359, 0.1)
    return ("displacement", "power", "weight", "time"), x, 235.21 / table[:, 0]


def digits():
    """Return names, x (357, 5), and (357,) whether each image shows an eight and not a three.

    Ink is the mean of the pixels, from 0 to 1. Left and top are shares of the ink. Breadth and height are
    standard deviations of the ink's columns and rows, in pixels.
    """
    rows = _lines("digits.csv")
    images = (
        np.array([[_LEVELS.index(c) for c in row[1]] for row in rows], dtype=float).reshape(-1, 8, 8) / 16
    )
    ink = images.mean((1, 2))
    columns, lines = (images.sum(axis) / (64 * ink[:, None]) for axis in (1, 2))
    features = ink, columns[:, :4].sum(1), lines[:, :4].sum(1), _spread(columns), _spread(lines)
    names = ("ink", "left", "top", "breadth", "height")
    return names, np.stack(features, axis=1), np.array([row[0] == "8" for row in rows], dtype=float)


def _spread(shares):
    place = np.arange(8.0)
    mean = shares @ place
    return np.sqrt(shares @ place**2 - mean**2)
