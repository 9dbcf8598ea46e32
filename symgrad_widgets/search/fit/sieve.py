"""Halve bases of thousands of terms until ordinary elimination can take over.

We sum the moments `M = mean w B B^T` and `A = M - mean w (B u)(B u)^T` over a few points at a time, so that
the terms' gradients are never all in memory. A pivoted Cholesky factor of `A + s M` has three uses. The
factor shows which terms are combinations of others. With the factor, subspace iteration finds the combination
with the lowest loss. And the factor gives the cost of deleting a term, to first order `c_k^2 / (P_kk - c_k^2
/ (lambda + s))`, where `P` is the inverse. This is the secular equation of `eliminate`, without the gap to
the next eigenvalue.
"""

import numpy as np
from scipy.linalg import lapack

from ..tuning import MEMORY, ROUNDING, SIEVE, SUMS
from . import combine

__all__ = ["sieve"]


def sieve(terms, sample, limit, watch=lambda: None):
    """Return the `limit` terms that matter most to the combination that agrees best with the neurons."""
    weights = sample.trust
    while len(terms) > limit:
        M, D, size = _moments(terms, sample, weights, watch)
        kept, c, price = _priced(M, D, watch)
        whole = np.zeros(len(terms))
        whole[kept] = c
        weights = combine.weights_of(_squares(terms, whole / size, sample, watch), sample.trust)
        left = kept[np.sort(np.argsort(-price, kind="stable")[: max(limit, (len(kept) + 1) // 2)])]
        terms = [terms[k] for k in left]
    return terms


def _blocks(terms, sample, watch):
    """Yield slices of a few points, with the gradients (K, P, m) at these points."""
    count = sample.points.shape[1]
    step = max(1, int(MEMORY.sieved / (len(terms) * sample.points[:, 0].nbytes)))
    for first in range(0, count, step):
        watch()
        where = slice(first, min(first + step, count))
        yield where, sample.gradients(terms, where)[0]


def _moments(terms, sample, weights, watch):
    """Return M (K, K) and components D (K, N k) of the terms, scaled to M_kk = 1, and the scales (K,)."""
    K = len(terms)
    M, D = np.zeros((K, K)), []
    for where, gradients in _blocks(terms, sample, watch):
        g = gradients * np.sqrt(weights[where])[:, None]
        D.append(np.einsum("kpm,pcm->kpc", g, sample.unit[where]).reshape(K, -1))
        flat = g.reshape(K, -1)
        M += flat @ flat.T
    size = np.sqrt(np.maximum(np.diag(M), ROUNDING.divisor)) * np.linspace(1, 1 + SIEVE.later, K)
    M /= size
    M /= size[:, None]
    return M, np.concatenate(D, axis=1) / size[:, None], size


def _squares(terms, c, sample, watch):
    """Return the squared gradients (N,) of a combination."""
    return np.concatenate([(np.tensordot(c, g, 1) ** 2).sum(1) for _, g in _blocks(terms, sample, watch)])


def _priced(M, D, watch):
    """Return independent terms, their coefficients of lowest loss, and the price of deleting each term."""
    S = (1 + SIEVE.shift) * M
    S -= D @ D.T
    watch()
    factor, order, rank, _ = lapack.dpstrf(S.T, tol=SIEVE.shift * SUMS.constant, lower=1, overwrite_a=1)
    watch()
    inverse, _ = lapack.dtrtri(np.tril(factor[:rank, :rank]), lower=1)  # P = inverse^T inverse
    kept = order[:rank] - 1
    M = M[np.ix_(kept, kept)]
    V = np.random.default_rng(0).normal(size=(rank, min(SIEVE.vectors, rank)))
    for _ in range(SIEVE.rounds):
        watch()
        V = np.linalg.qr(inverse.T @ (inverse @ (M @ V)))[0]
    W = M @ V
    along = D[kept].T @ V
    values, vectors = combine.eigen(V.T @ W - along.T @ along, V.T @ W)
    c = V @ vectors[:, 0]
    rest = (inverse**2).sum(0) - c**2 / (max(values[0], 0) + SIEVE.shift)
    ordered = np.argsort(kept)
    return kept[ordered], c[ordered], (c**2 / np.maximum(rest, ROUNDING.divisor))[ordered]
