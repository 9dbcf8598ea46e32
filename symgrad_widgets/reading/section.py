"""Compute a neuron's value over two of its inputs, with the others held at values from the data."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Section", "section"]

_SIDE = 32  # points along each input
_NEAREST = 3  # points that must be near: a single one may be an outlier
_HERE, _GONE = 0.15, 0.5  # distances to these points, in units of the spread: near the data, and far
_POINTS = 4000  # at most this many points are checked


@dataclass(frozen=True)
class Section:
    """Values over a plane through the data.

    Attributes
    ----------
    low, high : arrays (2,), the ends of the two inputs' ranges
    values : array (side, side, k) of k neurons; the second input rises from row to row
    points : array (side, side, n) of the points
    near : array (side, side), 1 where data are near, 0 where there are none
    at : dict of the values of the other inputs, taken from one data point
    centre, tilt : arrays (n,), (2, n); the plane consists of the points `centre + (a, b) @ tilt`

    """

    low: np.ndarray
    high: np.ndarray
    values: np.ndarray
    points: np.ndarray
    near: np.ndarray
    at: dict
    centre: np.ndarray
    tilt: np.ndarray

    @property
    def across(self):
        """Whether other inputs also change along the plane, because the plane follows the data's surface."""
        return bool(np.count_nonzero(self.tilt) > 2)


def section(field, inputs, compute, side=_SIDE, where=None):
    """Return the `Section` of a field over two inputs, given by position; None if the data lie on a line.

    The plane goes through a data point: the point nearest to the median, or to `where`, {position: value}.
    `compute` maps points (N, n) to values (N, k).
    """
    from scipy.spatial import KDTree

    inputs = list(inputs)
    plane = field.points[:, inputs]
    spread = field.measure.spread
    tilt = _tilt(field.tangent, inputs, len(field.names))
    if tilt is None or (spread[inputs] == 0).any():
        return None
    aim = dict(enumerate(np.median(field.points, 0))) | (where or {})
    asked = [i for i in where or aim if spread[i] > 0]
    away = (field.points[:, asked] - [aim[i] for i in asked]) / spread[asked]
    centre = field.points[(away**2).sum(1).argmin()]
    low, high = plane.min(0), plane.max(0)
    across, up = (np.linspace(*ends, side) for ends in zip(low, high, strict=True))
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    points = centre + (grid - centre[inputs]) @ tilt
    values = np.asarray(compute(points)).reshape(side, side, -1)
    step = max(1, len(plane) // _POINTS)
    away = KDTree(plane[::step] / spread[inputs]).query(grid / spread[inputs], k=_NEAREST)[0][:, -1]
    near = np.clip((_GONE - away) / (_GONE - _HERE), 0, 1)
    others = [i for i in range(len(field.names)) if i not in inputs]
    return Section(
        low, high, values, points.reshape(side, side, -1), near.reshape(side, side),
        {field.names[i]: float(centre[i]) for i in others}, centre, tilt,
    )  # fmt: skip


def _tilt(tangent, inputs, n):
    """Return two directions (2, n), each of which changes one of two inputs; None if the data forbid this."""
    if tangent is None or tangent.ndim == 3:
        return np.eye(n)[inputs]
    both = tangent[inputs]
    if np.linalg.svd(both, compute_uv=False)[-1] < 1e-6 or both.shape[1] < 2:
        return None
    tilt = np.linalg.pinv(both).T @ tangent.T
    return np.where(np.abs(tilt) < 1e-9, 0, tilt)
