"""Estimate how precisely a neuron's values or directions determine the numbers in a formula.

The error of a network is smooth, so neighbouring points have similar errors. Therefore we treat groups of
neighbours, not single points, as independent (cluster-robust covariance: Liang and Zeger 1986, Biometrika
73).
"""

import numpy as np

from ..tuning import INTERVALS, ROUNDING

__all__ = ["covariance", "derivatives", "groups_of", "ratio_covariance"]


def groups_of(points):
    """Split points (N, n) into groups of neighbours; return the group number (N,) of each point."""
    from scipy.cluster.vq import kmeans2

    spread = points.std(0)
    scaled = (points - points.mean(0)) / np.where(spread > 0, spread, 1)
    count = min(INTERVALS.groups, len(np.unique(points, axis=0)))
    return kmeans2(scaled, count, minit="++", seed=0, iter=INTERVALS.rounds)[1]


def covariance(curvature, scores, groups):
    """Return the covariance (K, K) of K numbers that minimise a sum over points; infinite if undetermined.

    Parameters
    ----------
    curvature : (K, K), second derivatives of half the sum, with respect to the K numbers
    scores : (N, K), half the derivatives of each point's contribution to the sum
    groups : (N,), group numbers from 0

    """
    size = np.sqrt(np.maximum(np.diag(curvature), ROUNDING.divisor))
    even = curvature / np.outer(size, size)
    if not np.isfinite(even).all() or np.linalg.eigvalsh(even)[0] <= INTERVALS.told:
        return np.full_like(curvature, np.inf)
    sums = np.zeros((groups.max() + 1, len(size)))
    np.add.at(sums, groups, scores / size)
    used = len(np.unique(groups))
    root = np.linalg.solve(even, sums.T) / size[:, None]
    return root @ root.T * used / max(used - 1, 1)


def derivatives(G, D, e, along, weights, loss):
    """Return the curvature (K, K) and the scores (N, K) of a sum's loss, for `covariance`.

    G (K, N, m) holds the gradients of the sum's derivatives with respect to the numbers, and D (K, N, k)
    the components of these gradients along the neurons. `e` and `along` are the same arrays for the
    sum itself. `weights (N,)` are the weights of the points.
    """
    M, A = (np.einsum("knm,jnm,n->kj", part, part, weights) for part in (G, D))
    scores = np.einsum("knc,nc,n->nk", D, along, weights)
    scores -= (1 - loss) * np.einsum("knm,nm,n->nk", G, e, weights)
    return (1 - loss) * M - A, scores


def ratio_covariance(coefficients, curvature, scores, groups):
    """Return the covariance (K - 1, K - 1) of log(c / largest) for all coefficients c except the largest.

    We use ratios because `curvature` does not determine a common factor of the coefficients.
    """
    rest = np.delete(np.arange(len(coefficients)), np.argmax(np.abs(coefficients)))
    c = coefficients[rest]
    return covariance(curvature[np.ix_(rest, rest)] * np.outer(c, c), scores[:, rest] * c, groups)
