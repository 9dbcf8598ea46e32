"""The two witnesses of a sum's coefficients: the directions of a neuron's gradients, and its values."""

from functools import cached_property

import numpy as np

from ..fit import combine
from ..fit.bank import sides
from ..fit.inner_constants import by_directions, slopes_of
from ..kernel.evaluation import gradients
from ..tuning import ROUNDING, WRITING
from .intervals import covariance, derivatives, ratio_covariance
from .values import polished, tangents, unexplained

__all__ = ["Directions", "Values", "acceptable", "by_values", "constant_errors", "effective_count", "unheard"]


class _Witness:
    """`placed (K,)` are the best coefficients; `limit` is the most that simpler ones may leave."""

    @cached_property
    def _covariance(self):
        return ratio_covariance(self.placed, *self._derivatives())

    def errors_from(self, numbers):
        """Standard errors, root mean square, between coefficients of the same signs and the best ones."""
        largest = np.argmax(np.abs(self.placed))
        ratios = numbers / self.placed
        change = np.log(np.delete(ratios, largest) / ratios[largest])
        if not len(change) or not np.isfinite(self._covariance).all():
            return 0.0
        squares = change @ np.linalg.pinv(self._covariance) @ change
        return float(np.sqrt(max(squares, 0) / len(change)))


class Directions(_Witness):
    """Terms' projected gradients G (K, N, m), not normalised, and components D (K, N, k) along neurons."""

    def __init__(self, G, D, trust, groups):
        self.G, self.D, self.trust, self.groups = G, D, trust, groups
        even, along, size = combine.normalised(G, D)
        c, loss = combine.solve(even, along, trust, rounds=WRITING.rounds)
        self.needed = np.abs(c) > WRITING.nothing * np.abs(c).max()
        self.placed, self.loss = c / size, float(loss)
        self.limit = acceptable(self.loss, effective_count(even, along, trust, c))

    def take(self, kept):
        """Return the witness of some of the terms."""
        return Directions(self.G[kept], self.D[kept], self.trust, self.groups)

    def left_by(self, numbers):
        """Loss of coefficients."""
        return combine.losses(self.G, self.D, numbers, self.trust)[0]

    def _derivatives(self):
        e, along = (np.tensordot(self.placed, part, 1) for part in (self.G, self.D))
        weights = combine.weights_of((e**2).sum(1), self.trust)
        return *derivatives(self.G, self.D, e, along, weights, self.loss), self.groups[: len(e)]


class Values(_Witness):
    """Values of terms (K, N) and of the neuron (N,), and `sides` (N,) as `unexplained` has them."""

    def __init__(self, terms, neuron, sides, groups):
        self.terms, self.neuron, self.sides, self.groups = terms, neuron, sides, groups

    def take(self, kept):
        """Return the witness of some of the terms."""
        return Values(self.terms[kept], self.neuron, self.sides, self.groups)

    def place(self, coefficients):
        """Set `placed (K,)`, what that leaves, `rest`, and `limit`, what simpler coefficients may leave."""
        (self.placed,), (rest,) = polished(self.terms[None], self.neuron, coefficients[None], self.sides)
        self.rest = float(rest)
        self.limit = unheard(self.rest, len(self.neuron))

    def left_by(self, numbers):
        """Share of the values that coefficients leave."""
        return float(unexplained(numbers @ self.terms, self.neuron, self.sides))

    def _derivatives(self):
        moved, left, order = tangents(self.terms, self.neuron, self.placed @ self.terms, self.sides)
        return moved @ moved.T, (moved * left).T, self.groups[order]


def by_values(sample, points, neuron):
    """`left_by` and `coefficients` as `inner_constants.refine` has them, by values (N,) at points (n, N)."""
    _, by_sample = by_directions(sample)

    def placed(terms, slopes=()):
        first, (values, _, usable) = by_sample(terms), gradients([*terms, *slopes], points)
        if first is None or not usable.all():
            return None, np.inf
        start = np.concatenate([first, np.zeros(len(slopes))])
        (c,), (rest,) = polished(values[None], neuron, start[None], sides(terms, points))
        return c, float(rest)

    return lambda terms: placed(terms)[1], lambda terms, slopes=(): placed(terms, slopes)[0]


def constant_errors(terms, coefficients, points, neuron, groups):
    """Standard errors of the constants inside terms, in their order, as the values of a sum know them."""
    owner, slopes = slopes_of(terms)
    if None in slopes or coefficients is None:
        return np.zeros(len(owner))
    values = gradients([*terms, *slopes], points)[0]
    formula = coefficients @ values[: len(terms)]
    by_constant = values[len(terms) :] * coefficients[[k for k, _ in owner], None]
    free = np.delete(values[: len(terms)], np.argmax(np.abs(coefficients)), axis=0)
    moved, left, order = tangents(np.concatenate([free, by_constant]), neuron, formula, sides(terms, points))
    errors = np.sqrt(np.diag(covariance(moved @ moved.T, (moved * left).T, groups[order])))[len(free) :]
    return np.where(np.isfinite(errors), errors, 0)


def acceptable(loss, count):
    """Largest loss at which simpler numbers do not hurt, for a mean of `count` squared residuals.

    1 % more, or what a trained network cannot tell; of few residuals what noise could do: 6 nats.
    """
    return unheard(loss, count) + min(WRITING.untold_share * loss, WRITING.untold) + ROUNDING.loss


def unheard(rest, count):
    """As much, at which simpler numbers do not hurt, of `count` values: 1 % more, or 6 nats."""
    return rest * max(WRITING.slack, np.exp(2 * WRITING.nats / count))


def effective_count(G, D, trust, c):
    """Number of squared residuals that the loss of a sum rests on: few where few points make up most of it.

    Kish's effective sample size (Survey Sampling, 1965) of the points' shares of the loss, times what it
    lacks of their number where residuals are Gaussian: then it is the number of all components.
    """
    e, along = (np.tensordot(c, part, 1) for part in (G, D))
    share = 1 - (along**2).sum(1) / np.maximum((e**2).sum(1), ROUNDING.divisor)
    share = trust * (np.maximum(share, 0) + WRITING.residual)
    return float(share.sum() ** 2 / (share**2).sum() * (G.shape[2] - D.shape[2] + 2))
