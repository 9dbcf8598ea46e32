"""All linear vector fields along which neurons do not change, from one eigenproblem.

A field `v = A x + b` changes a neuron by `grad f . v`, which is linear in (A, b). Its mean square is compared
with the mean square by chance, when gradients and points have nothing to do with each other. The eigenvalues
are 0 for a symmetry and 1 by chance, whatever the inputs' scales. (Moskalev et al. 2022, LieGG, arXiv
2210.04345, find the null space of these products for a network.)
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...field import TRAINING_ERROR
from .sample import shared

__all__ = ["Invariance", "invariance"]

_SHARE = 3e-4  # of chance: a symmetry may leave so much change that is not noise
_SMOOTH = 0.1  # of the change: so much need not be noise, either
_GAP = 3.0  # the next motion has at least this times the residual of the last symmetry
_CLEAR = 10.0  # times the mean square along an unseen direction makes a seen one
_LOW = 0.2  # of the least by chance: a motion above this is no symmetry
_SHUFFLES = 5
_EXACT = 1e-12  # of chance: rounding; beside it, what is not, is another law
_SPARE = 0.5  # of the largest: an input that moves this much may be the one that stays


@dataclass(frozen=True)
class Invariance:
    """Motions that change nothing.

    Attributes
    ----------
    residuals : array (K,), mean squares divided by those by chance, rising
    least : float, the least residual by chance
    unseen : array (m, q), directions in which the neurons do not change at all
    motions : array (d, m, m + 1), their A and b, in spreads and from the middle of the data
    effective : arrays (r, m) and (m, r), from motions of the inputs to those in seen directions, and back

    """

    residuals: np.ndarray
    least: float
    unseen: np.ndarray
    motions: np.ndarray
    effective: tuple

    @property
    def count(self):
        """Number d of symmetries."""
        return len(self.motions)

    @property
    def trivial(self):
        """Number of fields whose motion lies in the unseen directions."""
        m, q = self.unseen.shape
        return q * (m + 1)


def invariance(sample, seed=0):
    """Return the `Invariance` of a `Sample`."""
    unseen, kept, size = _unseen(sample)
    into, back = (kept * np.sqrt(size)).T, _still(kept / np.sqrt(size), unseen)
    problem = _Problem(sample, sample.rows @ back, sample.places @ into.T)
    residuals, vectors = np.linalg.eigh(problem.quadratic(problem.rows))
    residuals, least = np.maximum(residuals, 0), problem.by_chance(seed)
    low = _low(residuals, least)
    changes = np.einsum(
        "nkr,nb,rbd->nkd", problem.rows, problem.places, problem.fields(vectors[:, :low]), optimize=True
    )
    fine = shared(sample, changes) < np.maximum(_SHARE, _SMOOTH * residuals[:low])
    count = _before_a_gap(residuals, fine, _GAP)
    motions = np.einsum(
        "mr,rbd,bc->dmc", back, problem.fields(vectors)[..., :count], problem.from_places(into)
    )
    return Invariance(residuals, least, unseen, motions, (into, back))


def _low(residuals, least):
    """How many residuals are too low for chance; if one is exact, how many are exact."""
    limit = _LOW * least if not len(residuals) or residuals[0] > _EXACT else _EXACT / _LOW
    return int((residuals < limit).sum())


def _before_a_gap(residuals, fine, gap):
    """How many of the leading fine ones to keep: the most for which the next is `gap` times worse."""
    count = int(np.logical_and.accumulate(fine).sum())
    steps = np.maximum(np.append(residuals, np.inf), _EXACT)
    gaps = np.flatnonzero(steps[1 : count + 1] >= gap * steps[:count])
    return int(gaps[-1]) + 1 if len(gaps) else 0


def _unseen(sample):
    """Unseen directions (m, q), the others (m, r), and the mean squares (r,) along the others."""
    rows = sample.rows
    size, axes = np.linalg.eigh(np.einsum("n,nka,nkb->ab", sample.weights, rows, rows))
    gone = (size < _LOW * size.mean()) & (shared(sample, rows @ axes) < TRAINING_ERROR)
    gone = np.arange(len(size)) < _before_a_gap(size, gone, _CLEAR)
    return axes[:, gone], axes[:, ~gone], size[~gone]


def _still(motions, unseen):
    """Motions (m, r), plus motions along unseen directions so that as many inputs as possible stay still."""
    motions, unseen = motions.copy(), unseen.copy()
    for column in range(unseen.shape[1]):
        rest = unseen[:, column:]
        size = np.linalg.norm(rest, axis=1)
        pivot = np.flatnonzero(size >= _SPARE * size.max())[-1]
        turned = np.linalg.qr(rest[pivot][:, None], mode="complete")[0]
        unseen[:, column:] = rest @ turned
        lead = unseen[:, column] / unseen[pivot, column]
        motions -= np.outer(lead, motions[pivot])
        unseen[:, column + 1 :] -= np.outer(lead, unseen[pivot, column + 1 :])
    return motions


class _Problem:
    """Rows (N, k, r) with mean square 1 along every direction, and places (N, r + 1) alike."""

    def __init__(self, sample, rows, places):
        self.weights, self.rows = sample.weights, rows
        ones = np.column_stack([places, np.ones(len(places))])
        moments = (sample.weights[:, None] * ones).T @ ones
        size, axes = np.linalg.eigh(moments)
        self.white = axes / np.sqrt(np.maximum(size, _EXACT * size.max()))
        self.places = ones @ self.white

    @cached_property
    def shape(self):
        """Shape of (A, b)."""
        return self.rows.shape[2], self.places.shape[1]

    def fields(self, vectors):
        """Columns of numbers as fields (r, r + 1, d)."""
        return vectors.reshape(*self.shape, -1)

    def from_places(self, into):
        """Matrix (r + 1, m + 1) from the m inputs and 1 to the places."""
        whole = np.zeros((len(into) + 1, into.shape[1] + 1))
        whole[:-1, :-1], whole[-1, -1] = into, 1
        return self.white.T @ whole

    def quadratic(self, rows):
        """Mean square of the change (K, K)."""
        products = np.einsum("nkr,nb->nkrb", rows, self.places).reshape(-1, np.prod(self.shape))
        scaled = products * np.repeat(np.sqrt(self.weights), rows.shape[1])[:, None]
        return scaled.T @ scaled

    def by_chance(self, seed):
        """Least mean square if the rows belong to other points."""
        rng = np.random.default_rng(seed)
        least = []
        for _ in range(_SHUFFLES):
            order = rng.permutation(len(self.rows))
            least.append(np.linalg.eigvalsh(self.quadratic(self.rows[order]))[0])
        return max(float(np.mean(least)), 0.0)
