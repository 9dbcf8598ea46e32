"""Directions at points: unit vectors, what lies outside of a span, and its squared sine.

Arrays hold a vector of m numbers at each of N points, or the k vectors that span what it is compared with.
"""

from typing import NamedTuple

import numpy as np

__all__ = [
    "Surroundings",
    "misalignment",
    "noise",
    "of_normal",
    "orthonormal",
    "outside",
    "surroundings",
    "unit",
]

_DEPENDENT = 1e-9  # of the largest singular value: less is no direction of its own
_LOWER = 0.1  # quantile of squared differences that noise is told by
_COMPARED = 30, 300, 3000  # points that are compared with their neighbours: least, most, and times inputs


def unit(vectors):
    """Vectors (..., m) of length 1 along those given; not finite where one vanishes."""
    with np.errstate(all="ignore"):
        return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def orthonormal(rows):
    """Orthonormal rows (N, r, m) of the span of k rows (N, k, m), r = min(k, m); zero rows beyond its rank.

    A row counts by its direction alone: rows of length 1e-8 and 1e8 span as much.
    """
    length = np.linalg.norm(rows, axis=2, keepdims=True)
    _, s, basis = np.linalg.svd(np.divide(rows, length, out=np.zeros_like(rows), where=length > 0), False)
    return basis * (s > _DEPENDENT * s[:, :1])[..., None]


def outside(vectors, spanning):
    """What of vectors (N, m) lies outside of the span of orthonormal rows (N, k, m)."""
    return vectors - np.einsum("nkm,nk->nm", spanning, np.einsum("nkm,nm->nk", spanning, vectors))


def misalignment(vectors, spanning):
    """1 - |P g|^2 / |g|^2 for vectors g (N, m); P projects on the orthonormal rows of `spanning` (N, k, m).

    The squared sine of the angle between them; 1 where g vanishes or is not finite. Computed from what is
    outside of the span, so that small values keep their digits.
    """
    with np.errstate(all="ignore"):
        scaled = vectors / np.abs(vectors).max(axis=1, keepdims=True)
        share = (outside(scaled, spanning) ** 2).sum(1) / (scaled**2).sum(1)
    return np.where(np.isfinite(share), np.minimum(share, 1.0), 1.0)


class Surroundings(NamedTuple):
    """Some of N points (S,), their neighbours (S, J), and the shares (S, J) of these in a prediction."""

    points: np.ndarray
    neighbours: np.ndarray
    shares: np.ndarray


def surroundings(points):
    """Return `Surroundings` among points (N, n): a linear function is fitted to what the neighbours say.

    They are twice as many as that takes, and what it says at the point itself is the prediction.
    """
    from scipy.spatial import cKDTree

    count, n = points.shape
    least, most, times = _COMPARED
    some = np.linspace(0, count - 1, min(count, int(np.clip(times // n, least, most)))).astype(int)
    index = cKDTree(points).query(points[some], min(2 * (n + 2), count - 1) + 1)[1]
    index = np.where(index[:, :1] == some[:, None], index[:, 1:], index[:, :-1])  # of repeated ones any
    design = np.concatenate([np.ones((*index.shape, 1)), points[index] - points[some][:, None]], axis=2)
    return Surroundings(some, index, np.linalg.pinv(design, rcond=_DEPENDENT)[:, 0])


def of_normal(dimension):
    """Lower decile of the mean square of so many normal numbers: what `noise` divides by."""
    from scipy.special import chdtri

    return float(chdtri(dimension, 1 - _LOWER) / dimension)


def noise(around, vectors):
    """Standard deviation (k,) of a component of k vectors (N, k, m) that neighbouring points do not share.

    By what they differ by from their predictions (`Surroundings`). The lower decile of the squares counts, as
    what is curved somewhere is no noise. Of many inputs no two points are near, and what is found is an upper
    bound.
    """
    left = vectors[around.points] - np.einsum("sj,sjkm->skm", around.shares, vectors[around.neighbours])
    squares = (left**2).mean(2) / (1 + (around.shares**2).sum(1))[:, None]
    return np.sqrt(np.quantile(squares, _LOWER, axis=0) / of_normal(vectors.shape[2]))
