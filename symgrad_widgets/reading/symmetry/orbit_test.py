"""Test symmetries on the network: measure how a neuron changes when points move along orbits."""

from dataclasses import dataclass

import numpy as np

from ...errors import DataError

__all__ = ["Drift", "drifts"]

_NEAR = 3  # a moved point must have this many neighbours, as near as those of a data point
_WITHIN = 95  # by this rule, this percentage of the data points are near others


@dataclass(frozen=True)
class Drift:
    """Root-mean-square change of a neuron's value along orbits, in units of its spread over the data.

    `inside` is the change at moved points that have data points near them, and `outside` is the change at the
    other moved points; each is None if there are no such points. `by_chance` is the change if each point
    makes the step of another point. `within` is the share of moved points that are inside.
    """

    name: str
    inside: float | None
    outside: float | None
    by_chance: float
    within: float

    def __str__(self):
        told = (
            f"{where} {'no points' if change is None else f'{change:.2g}'}"
            for where, change in (("inside", self.inside), ("outside", self.outside))
        )
        return f"{self.name}: {', '.join(told)}, by chance {self.by_chance:.2g}"


def drifts(found, compute, x, reach=0.5, seed=0):
    """Return a `Drift` for each motion of `Symmetries`.

    Parameters
    ----------
    found : Symmetries
    compute : function from points (N, n) to values (N,) or (N, k)
    x : array (N, n), the data
    reach : root mean square distance to move points in both directions, with inputs in units of their spread

    """
    if not reach > 0:
        raise DataError(f"reach must be above 0, in units of the inputs' spread, got {reach!r}")
    before = _values(compute, x)
    size = before.std(0)
    spread = x.std(0)
    live, order = spread > 0, np.random.default_rng(seed).permutation(len(x))
    place = _Place(x[:, live] / spread[live])
    rows = []
    for one in found.motions:
        step = reach * one.time(x)
        moved = [one.moved(x, s) for s in (step, -step)]
        changes = [(((_values(compute, to) - before) / size) ** 2).mean(1) for to in moved]
        near = [place.has(to[:, live] / spread[live]) for to in moved]
        chance = (((_values(compute, x + (moved[0] - x)[order]) - before) / size) ** 2).mean()
        changes, near = np.concatenate(changes), np.concatenate(near)
        sides = (_root(changes[side]) if side.any() else None for side in (near, ~near))
        rows.append(Drift(one.name, *sides, float(np.sqrt(chance)), float(near.mean())))
    return tuple(rows)


class _Place:
    """The region of the data: all places near points (N, n). Points are in units of their spread."""

    def __init__(self, points):
        from scipy.spatial import cKDTree

        self._tree = cKDTree(points)
        self._most = np.percentile(self._tree.query(points, _NEAR + 1)[0][:, -1], _WITHIN)

    def has(self, points):
        return self._tree.query(points, _NEAR)[0][:, -1] <= self._most


def _root(squares):
    return float(np.sqrt(squares.mean()))


def _values(compute, points):
    """Compute values (N, k)."""
    return np.asarray(compute(points), dtype=float).reshape(len(points), -1)
