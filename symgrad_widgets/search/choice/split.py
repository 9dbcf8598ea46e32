"""Choose the points on which we search, fit and judge; all copies of a point are held out, or none."""

import numpy as np

from ..tuning import SPLIT

__all__ = ["distinct", "held_out", "split"]


def distinct(points):
    """Count the different points among points (N, n); return the count, and each point's index (N,)."""
    _, number = np.unique(points, axis=0, return_inverse=True)
    number = number.reshape(-1)
    return int(number.max()) + 1, number


def split(field, seed, searched=SPLIT.searched):
    """Return the indices of the points to fit on, to judge on, and to search on.

    We search on some of the points to fit on; `searched` limits the number of these points times the number
    of dimensions. If there are too few different points to hold any out, we fit and judge on all of them.
    """
    rng, count = np.random.default_rng(seed), len(field)
    different, number = distinct(field.points)
    order = rng.permutation(count)
    if different < SPLIT.least_points * (field.points.shape[1] + 1):
        return order, order, order
    least = len(field.names) + 2  # a field has at least this many points
    most = max(int(np.clip(SPLIT.judged // field.dimension, *SPLIT.judged_points)), least)
    aside = np.zeros(count, dtype=bool)
    aside[order[: min(count // SPLIT.held, most)]] = True
    if different < count:  # hold out all copies of a point together
        aside = (rng.permutation(different) < different // SPLIT.held)[number]
    held, fit = order[aside[order]][:most], order[~aside[order]][:most]
    few = max(int(np.clip(searched // field.dimension, *SPLIT.searched_points)), least)
    return fit, held, fit[:few]


def held_out(field, seed=0):
    """Return a boolean (N,) for each point of a field: whether losses are measured on it."""
    held = np.zeros(len(field), dtype=bool)
    held[split(field, seed)[1]] = True
    return held
