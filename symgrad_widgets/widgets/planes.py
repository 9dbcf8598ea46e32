"""A neuron's value over two inputs as plain data for a page."""

import numpy as np

from .fielddata import packed

__all__ = ["plain_section", "shades"]

_STEEP = 1.8  # standard deviations of a neuron's value to the end of the greys


def plain_section(plane, number):
    """JSON-able dict of one of the neurons of a `Section`, by number."""
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
    """Greys 0 to 255 of values, where there are data: the mean in the middle."""
    weight = near + 1e-9
    mean = np.average(values, weights=weight)
    spread = np.sqrt(np.average((values - mean) ** 2, weights=weight)) or 1.0
    return 127.5 * (1 + np.clip((values - mean) / (_STEEP * spread), -1, 1))
