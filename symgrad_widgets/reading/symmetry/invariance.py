"""Find all linear vector fields along which neurons do not change, by one eigenproblem.

Along a field `v = A x + b`, a neuron changes at the rate `grad f . v`, which is linear in (A, b). We divide
the mean square of this rate by its chance value: the value expected for gradients independent of the points.
The eigenvalues are 0 for a symmetry and 1 for pure chance, whatever the inputs' scales. (Moskalev et al.
2022, LieGG, arXiv 2210.04345, find the null space of these products for a network.)
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...field import TRAINING_ERROR
from .sample import shared

__all__ = ["Invariance", "invariance"]

_SHARE = 3e-4  # largest change along a symmetry, apart from noise, as a share of the change by chance
_SMOOTH = 0.1  # or, if that is larger, as a share of the symmetry's own change
_GAP = 3.0  # the next motion's residual is at least this times the last symmetry's
_CLEAR = 10.0  # the mean square along a seen direction is at least this times that along an unseen one
_LOW = 0.2  # a symmetry's residual is below this share of the smallest residual by chance
_SHUFFLES = 5
_EXACT = 1e-12  # residuals below this share of chance are only rounding
_SPARE = 0.5  # share of the largest: an input that moves this much may be chosen to stay fixed


@dataclass(frozen=True)
class Invariance:
    """Motions that do not change the neurons.

    Attributes
    ----------
    residuals : array (K,), mean squares of the rate divided by their chance values, in rising order
    least : float, the smallest residual that occurs by chance
    unseen : array (m, q), directions in which the neurons do not change at all
    motions : array (d, m, m + 1), A and b of each motion, in units of the spread, from the middle of the data
    effective : arrays (r, m) and (m, r): the first turns motions of the inputs into motions in the r seen
        directions, and the second turns them back

    """

    residuals: np.ndarray
    least: float
    unseen: np.ndarray
    motions: np.ndarray
    effective: tuple

    @property
    def count(self):
        """The number d of symmetries."""
        return len(self.motions)

    @property
    def trivial(self):
        """The number of motions that move points only in unseen directions."""
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
    """Count residuals too small to occur by chance. If some are 0 up to rounding, count only these."""
    limit = _LOW * least if not len(residuals) or residuals[0] > _EXACT else _EXACT / _LOW
    return int((residuals < limit).sum())


def _before_a_gap(residuals, fine, gap):
    """Return how many residuals to keep: as many good ones as possible before a jump by the factor `gap`."""
    count = int(np.logical_and.accumulate(fine).sum())
    steps = np.maximum(np.append(residuals, np.inf), _EXACT)
    gaps = np.flatnonzero(steps[1 : count + 1] >= gap * steps[:count])
    return int(gaps[-1]) + 1 if len(gaps) else 0


def _unseen(sample):
    """Return unseen directions (m, q), seen directions (m, r), and mean squares (r,) along the seen ones."""
    rows = sample.rows
    size, axes = np.linalg.eigh(np.einsum("n,nka,nkb->ab", sample.weights, rows, rows))
    gone = (size < _LOW * size.mean()) & (shared(sample, rows @ axes) < TRAINING_ERROR)
    gone = np.arange(len(size)) < _before_a_gap(size, gone, _CLEAR)
    return axes[:, gone], axes[:, ~gone], size[~gone]


def _still(motions, unseen):
    """Add motions along unseen directions to motions (m, r), so that as few inputs as possible move."""
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
    """Rows (N, k, r) and places (N, r + 1), both scaled to mean square 1 along every direction."""

    def __init__(self, sample, rows, places):
        self.weights, self.rows = sample.weights, rows
        ones = np.column_stack([places, np.ones(len(places))])
        moments = (sample.weights[:, None] * ones).T @ ones
        size, axes = np.linalg.eigh(moments)
        self.white = axes / np.sqrt(np.maximum(size, _EXACT * size.max()))
        self.places = ones @ self.white

    @cached_property
    def shape(self):
        """The shape of (A, b)."""
        return self.rows.shape[2], self.places.shape[1]

    def fields(self, vectors):
        """Reshape columns of numbers into vector fields (r, r + 1, d)."""
        return vectors.reshape(*self.shape, -1)

    def from_places(self, into):
        """Return the matrix (r + 1, m + 1) that turns a point's m inputs and a 1 into its row of `places`."""
        whole = np.zeros((len(into) + 1, into.shape[1] + 1))
        whole[:-1, :-1], whole[-1, -1] = into, 1
        return self.white.T @ whole

    def quadratic(self, rows):
        """Return the quadratic form (K, K) of the mean square change."""
        products = np.einsum("nkr,nb->nkrb", rows, self.places).reshape(-1, np.prod(self.shape))
        scaled = products * np.repeat(np.sqrt(self.weights), rows.shape[1])[:, None]
        return scaled.T @ scaled

    def by_chance(self, seed):
        """Shuffle the rows among the points, several times; return the mean of the smallest residuals."""
        rng = np.random.default_rng(seed)
        least = []
        for _ in range(_SHUFFLES):
            order = rng.permutation(len(self.rows))
            least.append(np.linalg.eigvalsh(self.quadratic(self.rows[order]))[0])
        return max(float(np.mean(least)), 0.0)
