"""Fit on some points, judge on others: from the engine's sums of terms to a front and its answer."""

import numpy as np

from ..expressions import complexity
from . import combine
from .bank import Sample
from .candidates import Candidate
from .canonical import acceptable, formula
from .constants import tidied
from .selection import chance_loss, noise_loss, pareto, select

__all__ = ["Judge"]

_SEARCHED = 4000  # points times dimensions the search looks at; the front is fitted and judged on more
_JUDGED = 20_000  # points times dimensions at most for each of fitting and judging, and 2,000 points
_ALIKE = 1e-8  # two formulas whose directions differ by less are one


class Judge:
    """Splits a field and keeps what was written: `searched`, `fit` and `held` are its three samples."""

    def __init__(self, field, symbols, max_complexity, seed):
        self.field, self.symbols, self.max_complexity = field, symbols, max_complexity
        self.fit, self.held, self.searched = map(Sample, _split(field, seed))
        self._written, self._terms, self._directions = {}, {}, {}

    def front(self, contenders):
        """Front of canonical formulas of some sums, each a tuple of terms."""
        written = {
            terms: self._written[terms] if terms in self._written else self._write(terms)
            for terms in contenders
        }
        self._written = written
        found = [entry for entry in written.values() if entry]
        found.sort(key=lambda entry: -entry[0].loss)  # of those written alike the one of least loss counts
        self._directions = {c.expression: e for c, e, _ in found}
        self._terms = {c.expression: terms for c, _, terms in found}
        judged = {c.expression: c for c, _, _ in found if c.complexity <= self.max_complexity}
        return pareto(judged.values(), self._alike)

    def select(self, front):
        """Return the answer of a front, or None."""
        if not front:
            return None
        closest = self._directions[front[-1].expression]
        noise = noise_loss(self.held.field.points, self.held.unit, closest)
        return select(front, chance_loss(self.field.rank, self.field.dimension), noise)

    def shares(self, candidate):
        """`1 - cos^2` of an entry of the last front at each held-out point."""
        along = np.einsum("nkm,nm->nk", self.held.unit, self._directions[candidate.expression])
        return np.maximum(1 - (along**2).sum(1), 0)

    def fitted(self, candidate):
        """Projected gradients and components of the terms of a front's entry, on the fitted points."""
        return self.fit.features(self._terms[candidate.expression])

    def _write(self, terms):
        """Candidate, its unit gradients on held-out points and its tidied terms; None outside its domain."""
        terms = tidied(terms, self.fit, acceptable)
        fit, held = self.fit.features(terms), self.held.features(terms)
        written = fit and held and formula(terms, *fit, self.symbols, self.field.points)
        if not written:
            return None
        expression, numbers = written
        loss, _ = combine.losses(*held, numbers)
        e = np.tensordot(numbers, held[0], 1)
        e = e / np.maximum(np.linalg.norm(e, axis=1), 1e-300)[:, None]
        return Candidate(expression, complexity(expression), float(loss)), e, terms

    def _alike(self, a, b):
        a, b = (self._directions[c.expression] for c in (a, b))
        return float(1 - (np.einsum("nm,nm->n", a, b) ** 2).mean()) < _ALIKE


def _split(field, seed):
    """Fields to fit on, to judge on, and the few points of the first that the search looks at."""
    order = np.random.default_rng(seed).permutation(len(field))
    if len(order) < 4 * (field.points.shape[1] + 1):
        return field, field, field  # too few to hold any out
    least = len(field.names) + 2  # a field of fewer points is none
    most = max(int(np.clip(_JUDGED // field.dimension, 300, 2000)), least)
    held = order[: min(len(order) // 3, most)]
    fit = order[len(held) :][:most]
    small = fit[: max(int(np.clip(_SEARCHED // field.dimension, 100, 350)), least)]
    return field.take(fit), field.take(held), field.take(small)
