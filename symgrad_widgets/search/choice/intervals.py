"""How well a neuron's values, or directions, know the numbers of a formula.

What a network adds to its concept is smooth, so that neighbouring points err together: errors count by groups
of neighbours, not by points (cluster-robust covariance: Liang and Zeger 1986, Biometrika 73).
"""

import numpy as np

from ..tuning import INTERVALS, ROUNDING

__all__ = ["covariance", "derivatives", "groups_of", "ratio_covariance"]


def groups_of(points):
    """Numbers (N,) of groups of neighbours among points (N, n)."""
    from scipy.cluster.vq import kmeans2

    spread = points.std(0)
    scaled = (points - points.mean(0)) / np.where(spread > 0, spread, 1)
    count = min(INTERVALS.groups, len(np.unique(points, axis=0)))
    return kmeans2(scaled, count, minit="++", seed=0, iter=INTERVALS.rounds)[1]


def covariance(curvature, scores, groups):
    """Covariance (K, K) of K numbers that minimise a sum over points; infinite where it does not tell them.

    Parameters
    ----------
    curvature : (K, K), second derivatives of half the sum
    scores : (N, K), half the derivatives of each point's part
    groups : (N,), numbers from 0

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
    """Curvature (K, K) and scores (N, K), as `covariance` takes them, of what a sum leaves of directions.

    G (K, N, m) and D (K, N, k) are gradients and components of what its numbers move it by, `e` and `along`
    its own, `weights (N,)` those of the points.
    """
    M, A = (np.einsum("knm,jnm,n->kj", part, part, weights) for part in (G, D))
    scores = np.einsum("knc,nc,n->nk", D, along, weights)
    scores -= (1 - loss) * np.einsum("knm,nm,n->nk", G, e, weights)
    return (1 - loss) * M - A, scores


def ratio_covariance(coefficients, curvature, scores, groups):
    """Covariance (K - 1, K - 1) of the logarithms of all coefficients but the largest, over the largest.

    Their common factor is free: `curvature` does not tell it.
    """
    rest = np.delete(np.arange(len(coefficients)), np.argmax(np.abs(coefficients)))
    c = coefficients[rest]
    return covariance(curvature[np.ix_(rest, rest)] * np.outer(c, c), scores[:, rest] * c, groups)
