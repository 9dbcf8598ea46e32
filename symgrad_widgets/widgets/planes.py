"""A neuron's value over two inputs, as plain data for a page."""

import numpy as np

from ..errors import SymgradError
from ..reading.section import section
from .fielddata import packed

__all__ = ["asked", "plain_section", "shades"]

_STEEP = 1.8  # the greys end this many standard deviations of a neuron's value from the mean


def asked(activity, field, inputs, where=None):
    """`Section` of all neurons over two inputs, given by name; None if the network takes only its points."""
    if len(inputs) != 2 or activity.bound:
        return None
    columns = [field.names.index(name) for name in inputs]
    near = {field.names.index(name): value for name, value in where.items()} if where else None
    try:
        return section(field, columns, activity.at, where=near)
    except SymgradError:
        return None


def plain_section(plane, number):
    """Return a JSON-able dict of one neuron of a `Section`, given by its number."""
    return {
        "low": plane.low.tolist(),
        "high": plane.high.tolist(),
        "side": len(plane.values),
        "shades": packed(shades(plane.values[..., number], plane.near), "u1"),
        "near": packed(plane.near * 255, "u1"),
        "at": plane.at,
        "across": plane.across,
        "centre": plane.centre.tolist(),
        "tilt": plane.tilt.tolist(),
    }


def shades(values, near):
    """Return greys from 0 to 255 for values where there are data; the mean has the middle grey."""
    weight = near + 1e-9
    mean = np.average(values, weights=weight)
    spread = np.sqrt(np.average((values - mean) ** 2, weights=weight)) or 1.0
    return 127.5 * (1 + np.clip((values - mean) / (_STEEP * spread), -1, 1))
