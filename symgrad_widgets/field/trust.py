"""How much each point of a field counts: little if an error can turn the point's gradient a lot."""

import functools
from typing import NamedTuple

import numpy as np

from ..arrays import floats
from ..errors import DataError

__all__ = [
    "LONG",
    "LOWER",
    "TURNED",
    "Surroundings",
    "checked_trust",
    "noise",
    "of_normal",
    "surroundings",
    "trusted",
]

TURNED = 0.02  # share of a gradient's length: a smaller error is no reason to trust the gradient less
LONG = 0.5  # share of strong gradients' length: a longer gradient is not short, whatever the error
_DEPENDENT = 1e-9  # share of the largest singular value: a smaller one does not count as a direction
LOWER = 0.1  # quantile of squared differences that measures noise
_COMPARED = 30, 300, 3000  # we compare 3000 / inputs points with their neighbours, from 30 to 300


def trusted(field):
    """Return weights (N,) of a field's points; with several neurons, the mean of the neurons' weights."""
    length = np.linalg.norm(field.projected, axis=2)  # (N, k)
    most = np.where(length.any(0), length.max(0), 1)
    squares = (length / most) ** 2
    if field.error is not None:
        short = (np.reshape(field.error, (-1, 1)) / most / TURNED) ** 2
    else:
        error = noise(field.surroundings, field.projected / most[:, None])
        long = (squares**2).sum(0) / np.where(squares.any(0), squares.sum(0), 1)
        short = np.minimum((error / TURNED) ** 2, LONG**2 * long)
    return (squares / np.where(squares > 0, short + squares, 1)).mean(1)


class Surroundings(NamedTuple):
    """Some of N points (S,), their neighbours (S, J), and the neighbours' weights (S, J) in a prediction."""

    points: np.ndarray
    neighbours: np.ndarray
    shares: np.ndarray


def surroundings(points):
    """Return `Surroundings` among points (N, n), which predict a point by a linear fit to its neighbours.

    The fit uses twice as many neighbours as it needs. The prediction is the value of the fit at the point.
    """
    return _among(np.ascontiguousarray(points, dtype=float).tobytes(), points.shape)


@functools.lru_cache(maxsize=2)  # neurons are often read one after another at the same points
def _among(data, shape):
    from scipy.spatial import cKDTree

    points, (count, n) = np.frombuffer(data).reshape(shape), shape
    least, most, times = _COMPARED
    some = np.linspace(0, count - 1, min(count, int(np.clip(times // n, least, most)))).astype(int)
    index = cKDTree(points).query(points[some], min(2 * (n + 2), count - 1) + 1)[1]
    index = np.where(index[:, :1] == some[:, None], index[:, 1:], index[:, :-1])  # without the point itself
    design = np.concatenate([np.ones((*index.shape, 1)), points[index] - points[some][:, None]], axis=2)
    found = Surroundings(some, index, np.linalg.pinv(design, rcond=_DEPENDENT)[:, 0])
    for array in found:
        array.flags.writeable = False
    return found


def noise(around, vectors):
    """Return the standard deviation (k,) of the part of vectors (N, k, m) that neighbours do not share.

    The result is the standard deviation of one component of the differences between vectors and their
    predictions (`Surroundings`). Only the lower decile of the squares counts, because curvature in some
    places is not noise. With many inputs no two points are near each other, and the result is only an upper
    bound.
    """
    left = vectors[around.points] - np.einsum("sj,sjkm->skm", around.shares, vectors[around.neighbours])
    squares = (left**2).mean(2) / (1 + (around.shares**2).sum(1))[:, None]
    return np.sqrt(np.quantile(squares, LOWER, axis=0) / of_normal(vectors.shape[2]))


def of_normal(dimension):
    """Return the lower decile of the mean square of `dimension` normal random numbers, for `noise`."""
    from scipy.special import chdtri

    return float(chdtri(dimension, 1 - LOWER) / dimension)


def checked_trust(error, weights, count):
    """Return the checked error, a float or an array (N,), and weights (N,); None for what is not given."""
    if error is not None:
        error = floats(error, "error")
        if error.shape not in ((), (count,)) or not (np.isfinite(error) & (error > 0)).all():
            raise DataError(
                f"error must be a number above 0, or one number for each of the {count} points, "
                f"got {_shown(error)}"
            )
        error = error if error.ndim else float(error)
    if weights is not None:
        weights = floats(weights, "weights")
        if weights.shape != (count,) or (weights < 0).any() or not (weights > 0).any():
            raise DataError(
                f"weights must be {count} numbers >= 0, one for each point, and not all 0, "
                f"got {_shown(weights)}"
            )
    return error, weights


def _shown(array):
    least = array.min(initial=np.inf)
    return repr(float(array)) if array.ndim == 0 else f"shape {array.shape}, the least {least:g}"
