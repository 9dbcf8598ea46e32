"""A network's neurons as tiles for a page; each tile shows what its neuron computes over two inputs.

If a layer's neurons are channels of images, the tiles are the channels' images for one point of the data.
"""

import numpy as np

from ..reading.columns import columns, weights
from .fielddata import packed

__all__ = ["Samples", "layer_data", "network_data"]

_SIDE = 16  # values along each input
_MOST = 64  # at most this many tiles of a layer, the most active ones, are sent with the network
_ALL = 4096  # at most this many, if a layer is sent by itself


class Samples:
    """Points of the data, used in place of a `Section` if a network takes no other points.

    The points are in the order of the first input, column by column.
    """

    def __init__(self, activity):
        points = activity.points[activity.rows]
        some = np.linspace(0, len(points) - 1, _SIDE**2).round().astype(int)
        rows = np.argsort(points[:, 0], kind="stable")[some]
        self.points = points[rows].reshape(_SIDE, _SIDE, -1).transpose(1, 0, 2)
        self.values = activity.values[rows].reshape(_SIDE, _SIDE, -1).transpose(1, 0, 2)
        self.centre = points[((points - np.median(points, 0)) ** 2).sum(1).argmin()]


def network_data(activity, plane, chosen, at, strength=None):
    """Return plain data of columns of tiles, the inputs first, and of the weights between the columns.

    Parameters
    ----------
    activity : Activity
    plane : Section or Samples, of all neurons of the activity
    chosen, at : the chosen neurons and the number of their layer; tiles of chosen neurons are always sent
    strength : array (neurons,) from 0 to 1, how strongly to draw the tiles; with None, more active neurons
        are drawn more strongly

    """
    grid, pictures = _coarse(plane.points), _pictures(activity, plane)
    shown = sorted({*columns(activity), at})
    output = activity.position(None)
    found = [_column("inputs", None, list(activity.names), grid, np.ones(grid.shape[-1]), ())]
    for i in shown:
        layer, own = activity.layers[i], _strong(activity, i, strength)
        column = _column(
            "output" if i == output else layer.title, None if i == output else layer.name, None,
            pictures(i), own, chosen if i == at else (),
        )  # fmt: skip
        found.append(column | {"choosable": True})
    links = []
    for before, after, left, right in zip([None, *shown], shown, found, found[1:], strict=False):
        matrix = weights(activity, before, after)
        if matrix is not None:
            matrix = matrix[np.ix_(right["neurons"], left["neurons"])]
            matrix = packed(np.round(127 * matrix / (np.abs(matrix).max() or 1)), "i1")
        links.append(matrix)
    return {"side": _SIDE, "columns": found, "links": links}


def layer_data(activity, plane, name, strength=None):
    """Return one column with all tiles of a layer, given by name, as plain data."""
    i = activity.position(name)
    tiles, own = _pictures(activity, plane)(i), _strong(activity, i, strength)
    return _column(activity.layers[i].title, name, None, tiles, own, (), _ALL) | {"choosable": True}


def _strong(activity, i, strength):
    """Return the strengths (from 0 to 1) of a layer's neurons."""
    own = slice(activity.starts[i], activity.starts[i + 1])
    if strength is not None:
        return np.nan_to_num(strength[own])
    return np.sqrt(activity.spread[own] / (activity.spread[own].max() or 1))


def _pictures(activity, plane):
    """Return a function from a layer's number to its tiles (side, side, neurons), lowest row first."""
    values, maps = _coarse(plane.values), activity.maps(plane.centre)

    def pictures(i):
        image = maps.get(activity.layers[i].name)
        if image is None:
            return values[..., activity.starts[i] : activity.starts[i + 1]]
        down, across = (np.linspace(0, side - 1, _SIDE).round().astype(int) for side in image.shape[1:])
        return image[:, down[::-1, None], across].transpose(1, 2, 0)

    return pictures


def _coarse(values):
    step = len(values) // _SIDE
    return values[::step, ::step]


def _column(title, layer, names, values, strength, chosen, most=_MOST):
    """Return the tiles of the strongest neurons and of the chosen ones, in the order of their numbers."""
    active = [*chosen, *np.argsort(-strength, kind="stable")]
    neurons = sorted(dict.fromkeys(int(neuron) for neuron in active[:most]))
    some = values[..., neurons].reshape(-1, len(neurons)).T
    deviation = some.std(1, keepdims=True)
    tiles = (some - some.mean(1, keepdims=True)) / np.where(deviation > 0, deviation, 1)
    return {
        "title": title,
        "layer": layer,
        "names": names,
        "count": len(strength),
        "neurons": neurons,
        "strength": [round(float(one), 3) for one in strength[neurons]],
        "tiles": packed(np.clip(127.5 * (1 + tiles / 1.8), 0, 255), "u1"),
        "choosable": False,
    }
