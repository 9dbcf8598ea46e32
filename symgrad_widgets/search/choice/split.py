"""Which points are searched, fitted and judged on: a point that is repeated is on one side only."""

import numpy as np

from ..tuning import SPLIT

__all__ = ["distinct", "held_out", "split"]


def distinct(points):
    """Number of different points among (N, n), and the number of each (N,)."""
    _, number = np.unique(points, axis=0, return_inverse=True)
    number = number.reshape(-1)
    return int(number.max()) + 1, number


def split(field, seed, searched=SPLIT.searched):
    """Indices of points to fit on, to judge on, and the few of the first that the search looks at.

    `searched` is how many these are at most, times dimensions. Where there are too few different ones to hold
    any out, all are on each side.
    """
    rng, count = np.random.default_rng(seed), len(field)
    different, number = distinct(field.points)
    order = rng.permutation(count)
    if different < SPLIT.least_points * (field.points.shape[1] + 1):
        return order, order, order
    least = len(field.names) + 2  # a field of fewer points is none
    most = max(int(np.clip(SPLIT.judged // field.dimension, *SPLIT.judged_points)), least)
    aside = np.zeros(count, dtype=bool)
    aside[order[: min(count // SPLIT.held, most)]] = True
    if different < count:  # whole groups of equal points, a share of the groups
        aside = (rng.permutation(different) < different // SPLIT.held)[number]
    held, fit = order[aside[order]][:most], order[~aside[order]][:most]
    few = max(int(np.clip(searched // field.dimension, *SPLIT.searched_points)), least)
    return fit, held, fit[:few]


def held_out(field, seed=0):
    """Which points of a field losses are measured on (N,)."""
    held = np.zeros(len(field), dtype=bool)
    held[split(field, seed)[1]] = True
    return held
