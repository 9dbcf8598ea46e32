"""Determine a sum's coefficients from one of two witnesses: the directions or the values of a neuron."""

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
    """Finds the best coefficients, `placed (K,)`; simpler numbers may leave at most `limit` unexplained."""

    @cached_property
    def _covariance(self):
        return ratio_covariance(self.placed, *self._derivatives())

    def errors_from(self, numbers):
        """Return the RMS distance of coefficients from the best ones, in standard errors.

        Both sets of coefficients must have the same signs.
        """
        largest = np.argmax(np.abs(self.placed))
        ratios = numbers / self.placed
        change = np.log(np.delete(ratios, largest) / ratios[largest])
        if not len(change) or not np.isfinite(self._covariance).all():
            return 0.0
        squares = change @ np.linalg.pinv(self._covariance) @ change
        return float(np.sqrt(max(squares, 0) / len(change)))


class Directions(_Witness):
    """Judges coefficients by directions.

    `G (K, N, m)` are the projected gradients of K terms, not normalised; `D (K, N, k)` are the components of
    these gradients along the k neurons.
    """

    def __init__(self, G, D, trust, groups):
        self.G, self.D, self.trust, self.groups = G, D, trust, groups
        even, along, size = combine.normalised(G, D)
        c, loss = combine.solve(even, along, trust, rounds=WRITING.rounds)
        self.needed = np.abs(c) > WRITING.nothing * np.abs(c).max()
        self.placed, self.loss = c / size, float(loss)
        self.limit = acceptable(self.loss, effective_count(even, along, trust, c))

    def take(self, kept):
        """Return a witness for some of the terms only."""
        return Directions(self.G[kept], self.D[kept], self.trust, self.groups)

    def left_by(self, numbers):
        """Return the loss of the sum with these coefficients."""
        return combine.losses(self.G, self.D, numbers, self.trust)[0]

    def _derivatives(self):
        e, along = (np.tensordot(self.placed, part, 1) for part in (self.G, self.D))
        weights = combine.weights_of((e**2).sum(1), self.trust)
        return *derivatives(self.G, self.D, e, along, weights, self.loss), self.groups[: len(e)]


class Values(_Witness):
    """Judges coefficients by the values of the terms (K, N) and of the neuron (N,).

    `sides (N,)` is explained in `values.unexplained`.
    """

    def __init__(self, terms, neuron, sides, groups):
        self.terms, self.neuron, self.sides, self.groups = terms, neuron, sides, groups

    def take(self, kept):
        """Return a witness for some of the terms only."""
        return Values(self.terms[kept], self.neuron, self.sides, self.groups)

    def place(self, coefficients):
        """Fit the coefficients, and set `placed`, `rest` and `limit`.

        `placed (K,)` are the best coefficients, and `rest` is the share that they leave unexplained. Simpler
        coefficients may leave at most `limit` unexplained.
        """
        (self.placed,), (rest,) = polished(self.terms[None], self.neuron, coefficients[None], self.sides)
        self.rest = float(rest)
        self.limit = unheard(self.rest, len(self.neuron))

    def left_by(self, numbers):
        """Return the share of the values that the sum with these coefficients leaves unexplained."""
        return float(unexplained(numbers @ self.terms, self.neuron, self.sides))

    def _derivatives(self):
        moved, left, order = tangents(self.terms, self.neuron, self.placed @ self.terms, self.sides)
        return moved @ moved.T, (moved * left).T, self.groups[order]


def by_values(sample, points, neuron):
    """Return `left_by` and `coefficients` for `inner_constants.refine`, from a neuron's values (N,)."""
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
    """Return the standard errors of all constants inside terms, estimated from a neuron's values."""
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
    """Return the largest loss that a sum may have with simpler numbers, given `count` squared residuals.

    The loss may rise by 1 %, or by an amount too small for any trained network to show. If there are few
    residuals, the loss may rise by 6 nats, because noise alone can raise it that far.
    """
    return unheard(loss, count) + min(WRITING.untold_share * loss, WRITING.untold) + ROUNDING.loss


def unheard(rest, count):
    """Return the largest share that simpler numbers may leave unexplained.

    The best numbers leave the share `rest`. Simpler numbers may leave 1.01 times as much, or so much that the
    log likelihood of `count` residuals falls by 6 nats, whichever is more.
    """
    return rest * max(WRITING.slack, np.exp(2 * WRITING.nats / count))


def effective_count(G, D, trust, c):
    """Return the number of squared residuals that make up a sum's loss. It is small if few points dominate.

    This is Kish's effective sample size (Survey Sampling, 1965), from the points' shares of the loss, times a
    factor. The factor is chosen so that, for Gaussian residuals of equal weight, the result is the number of
    all residuals.
    """
    e, along = (np.tensordot(c, part, 1) for part in (G, D))
    share = 1 - (along**2).sum(1) / np.maximum((e**2).sum(1), ROUNDING.divisor)
    share = trust * (np.maximum(share, 0) + WRITING.residual)
    return float(share.sum() ** 2 / (share**2).sum() * (G.shape[2] - D.shape[2] + 2))
