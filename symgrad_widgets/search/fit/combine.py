"""Find the best coefficients of a sum of terms, by a generalized eigenproblem.

Terms have gradients `B_k`, and the neurons have unit gradients `u`. We look for the combination `e = sum c_k
b_k` whose gradients agree best with `u`. The coefficients solve `A c = lambda M c`, with `M = mean w B B^T`
and `A = M - mean w (B u)(B u)^T`. With weights `w = 1`, the smallest eigenvalue is the loss weighted by
`|grad e|^2`. Two or three rounds with `w = 1 / |grad e|^2` remove this factor, and leave the mean of
`1 - cos^2`. We report this mean.

Shapes: `G (K, N, m)` holds the terms' gradients in tangent coordinates, and `D (K, N, k)` their components
along the k neurons; both can have more batch axes in front. `trust (N,)` holds the field's weights. Every
mean over the points uses these weights, and the weights `w` contain them as a factor.
"""

from operator import itemgetter

import numpy as np

from ..tuning import ROUNDING, SUMS

__all__ = [
    "eigen",
    "eliminate",
    "estimate",
    "independent",
    "losses",
    "normalised",
    "solve",
    "sparsest",
    "weights_of",
]


def losses(G, D, c, trust):
    """Return the mean `1 - cos^2` of combinations `c (..., K)`, and their squared gradients (..., N)."""
    e = np.matmul(c[..., None, :], G.reshape(*G.shape[:-2], -1))[..., 0, :]
    e = e.reshape(*G.shape[:-3], *G.shape[-2:])
    along = np.matmul(c[..., None, :], D.reshape(*D.shape[:-2], -1))[..., 0, :]
    along = along.reshape(*D.shape[:-3], *D.shape[-2:])
    q = np.einsum("...nm,...nm->...n", e, e)
    d = np.einsum("...nk,...nk->...n", along, along)
    share = np.divide(d, q, out=np.zeros_like(q), where=q > SUMS.vanishing * _mean(q, trust))
    return _mean(np.maximum(1 - share, 0), trust)[..., 0], q


def solve(G, D, trust, rounds=SUMS.rounds):
    """Return coefficients (..., K) and losses (...) of the best combinations of the terms in G and D."""
    weights = np.broadcast_to(trust, G.shape[:-3] + G.shape[-2:-1])
    best = coefficients = None
    for _ in range(rounds if G.shape[-3] > 1 else 1):  # a single term has the same directions in each round
        c = _smallest(*_moments(G, D, weights))
        loss, q = losses(G, D, c, trust)
        if best is None:
            best, coefficients = loss, c
        else:
            better = loss < best
            best = np.where(better, loss, best)
            coefficients = np.where(better[..., None], c, coefficients)
        weights = weights_of(q, trust)
    return coefficients, best


def estimate(G, D, trust, ridges=(SUMS.constant,)):
    """Estimate the losses (...) of the best combinations by a few steps of inverse iteration.

    If gradients have errors, many terms with large coefficients can cancel one another. The sum of the terms
    then fits a few points and misses the rest. A ridge, which acts on terms scaled to length 1, keeps the
    coefficients small. If there are several ridges, we take the lowest loss.
    """
    A, M = _moments(G, D, np.broadcast_to(trust, G.shape[:-3] + G.shape[-2:-1]))
    scale = 1 / np.sqrt(np.maximum(np.einsum("...kk->...k", M), ROUNDING.divisor))
    M, A = (part * scale[..., :, None] * scale[..., None, :] for part in (M, A))
    left = []
    for ridge in ridges:
        inverse, c = np.linalg.inv(A + ridge * np.eye(len(A[0]))), M.sum(-1, keepdims=True)
        for _ in range(SUMS.estimated):
            c = inverse @ (M @ (c / np.linalg.norm(c, axis=-2, keepdims=True)))
        left.append(losses(G, D, scale * c[..., 0], trust)[0])
    return np.min(left, axis=0)


def eliminate(G, D, trust, ridge=0.0):
    """Yield (kept indices, coefficients, loss) as terms are removed one after another.

    Each step deletes the terms that cost least. The smallest eigenvalue after deleting term k is the root of
    `sum_j V_kj^2 / (lambda_j - mu) = 0` between the two smallest eigenvalues (the secular equation of an
    eigenproblem with one linear constraint). So one decomposition gives the price of all K deletions. A
    `ridge` keeps coefficients small, as in `estimate`, so that errors do not spoil the prices; but then the
    sums fit less well.
    """
    kept = np.arange(len(G))
    weights = trust
    while len(kept):
        g, d, best = G[kept], D[kept], (np.inf, None)
        for _ in range(SUMS.rounds if len(kept) <= SUMS.singly else 1):
            A, M = _moments(g, d, weights)
            values, vectors = eigen(A + ridge * np.diag(np.diag(M)), M)
            c = vectors[:, 0]
            loss, q = losses(g, d, c, trust)
            weights = weights_of(q, trust)
            settled = loss > (1 - SUMS.settled) * best[0] or abs(values[0] - loss) < SUMS.settled * loss
            best = min(best, (float(loss), c), key=itemgetter(0))
            if settled:
                break
        yield kept, best[1], best[0]
        kept = np.delete(kept, _cheapest(_after_deletion(values, vectors) - values[0]))


def _cheapest(prices):
    """Return the terms to drop in one step; one term if few are left, otherwise several."""
    order = np.argsort(prices, kind="stable")
    if len(prices) <= SUMS.singly:
        return order[:1]
    some = order[: len(prices) // SUMS.portion]
    cheap = some[prices[some] < SUMS.cheap * prices.mean()]
    return cheap if len(cheap) else some


def independent(G):
    """Return the indices of a largest set of independent terms, early terms first (Gram-Schmidt)."""
    flat = G.reshape(len(G), -1)
    flat = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), ROUNDING.divisor)
    height = np.zeros(len(G))
    diagonal = np.abs(np.diag(np.linalg.qr(flat.T, mode="r")))
    height[: len(diagonal)] = diagonal
    return np.flatnonzero(height > SUMS.dependent)


def sparsest(G, D, trust, kept):
    """Order the terms: those that a sparse best sum needs come first, so that `independent` keeps them.

    If terms depend on one another, as on a surface, one sum can be written in many ways. One way uses only
    the terms `kept`, because the other terms are linear combinations of these. We look for the way with the
    smallest sum of absolute coefficients, by a linear program (basis pursuit: Chen, Donoho and Saunders
    1998).
    """
    from scipy.optimize import linprog

    G, D, _ = normalised(G, D)
    others = np.setdiff1d(np.arange(len(G)), kept)
    flat = G.reshape(len(G), -1)
    mixed = np.linalg.lstsq(flat[kept].T, flat[others].T)[0]  # (kept, others)
    forms = np.zeros((len(kept), len(G)))  # each term, written in the kept terms
    forms[:, kept], forms[:, others] = np.eye(len(kept)), mixed
    best = solve(G[kept], D[kept], trust)[0]
    found = linprog(np.ones(2 * len(G)), A_eq=np.hstack([forms, -forms]), b_eq=best)
    size = found.x.reshape(2, -1).max(0) if found.success else np.zeros(len(G))
    return np.argsort(size <= SUMS.needed * size.max(initial=0), kind="stable")


def _moments(G, D, weights):
    """Return A and M of the eigenproblem."""
    root = np.sqrt(weights)[..., None, :, None]
    g = (G * root).reshape(*G.shape[:-2], -1)
    d = (D * root).reshape(*D.shape[:-2], -1)
    M = np.matmul(g, np.swapaxes(g, -1, -2))
    return M - np.matmul(d, np.swapaxes(d, -1, -2)), M


def eigen(A, M):
    """Return rising eigenvalues and M-orthonormal eigenvectors of A c = lambda M c; M's null space last."""
    scale = 1 / np.sqrt(np.maximum(np.einsum("...kk->...k", M), ROUNDING.divisor))
    M = M * scale[..., :, None] * scale[..., None, :]
    A = A * scale[..., :, None] * scale[..., None, :]
    size, axes = np.linalg.eigh(M)
    null = size < SUMS.constant * size[..., -1:]
    whiten = axes * np.where(null, 0, 1 / np.sqrt(np.where(null, 1, size)))[..., None, :]
    inner = np.swapaxes(whiten, -1, -2) @ A @ whiten
    inner = inner + 2 * np.eye(A.shape[-1]) * null[..., None, :]  # true eigenvalues are at most 1
    values, vectors = np.linalg.eigh(inner)
    return values, scale[..., :, None] * (whiten @ vectors)


def _smallest(A, M):
    return eigen(A, M)[1][..., 0]


def normalised(G, D):
    """Scale each term's gradients to RMS length 1; return G and D, and the old lengths (K,)."""
    size = np.maximum(np.sqrt((G**2).sum(2).mean(1)), ROUNDING.divisor)
    return G / size[:, None, None], D / size[:, None, None], size


def weights_of(q, trust):
    """Return weights trust / |grad e|^2 for squared gradients q (..., N); bounded even where q is 0."""
    return trust / np.maximum(q, SUMS.weight * _mean(q, trust) + ROUNDING.divisor)


def _mean(some, trust):
    """Return the weighted mean (..., 1) of an array (..., N) over points, exactly the same in any batch."""
    return np.einsum("...n,n->...", some, trust)[..., None] / trust.sum()


def _after_deletion(values, vectors):
    """Return the smallest eigenvalue after deleting each term in turn: the roots of the secular equation.

    Let `x` be the distance from the smallest eigenvalue, divided by the gap to the next one. We keep the
    poles at 0 and 1, and replace all other terms with `a + b / (1 - x)`, which has the same value and slope.
    We solve for x, and repeat until x no longer changes. From the second round on, x rises towards the true
    root (Li 1994, "Solving secular equations stably and efficiently").
    """
    if len(values) == 1:
        return np.ones(1)
    gap, squared = values[1] - values[0], vectors**2
    if gap == 0:
        return np.full(len(vectors), values[0])
    first, second, others = squared[:, 0], squared[:, 1], squared[:, 2:]
    poles, x = (values[2:] - values[0]) / gap, np.zeros(len(vectors))
    for _ in range(SUMS.root_rounds):
        before, inverse = x, 1 / (poles - x[:, None])
        rest = others * inverse
        slope = np.einsum("kj,kj->k", rest, inverse) * (1 - x)
        a, b = rest.sum(1) - slope, slope * (1 - x)
        p = first + second + a + b
        root = np.sqrt(np.maximum(p**2 - 4 * a * first, 0))
        x = np.minimum(2 * first / np.maximum(p + root, ROUNDING.divisor), 1 - ROUNDING.share)
        if (np.abs(x - before) <= SUMS.root * x).all():
            break
    return values[0] + gap * x
