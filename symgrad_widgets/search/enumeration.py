"""Enumerate the functions of a few nodes, without repeats, at a few points of a field.

Longer trees are made from shorter ones. If several trees have the same values at the points, we keep the
first, which has the fewest nodes. A function of one argument at the root does not change the direction of the
gradient. So only trees with two branches at the root give new directions.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ..formula.operators import Operator
from .terms.postfix import apply, constant
from .tuning import CERTIFICATE, ROUNDING

__all__ = ["Directions", "Trees", "count_of_trees"]

_ONES = {"add": [(True, False)], "sub": [(True, False), (False, True)], "div": [(True, False)]}


class _Rule(NamedTuple):
    """An operator; `ones` says which of its arguments are replaced with the number 1."""

    row: Operator
    ones: tuple[bool, ...]

    @property
    def arity(self):
        return self.ones.count(False)

    @property
    def turns(self):
        """Whether swapping the arguments changes the direction of the gradient."""
        return not self.row.powers and self.row.degree is None

    def on(self, *arguments):
        """Return values (K, P) and gradients (m, K, P) of the operator applied to these arguments."""
        given = iter(arguments)
        at = [(1.0, None) if one else next(given) for one in self.ones]
        numbers = [values for values, _ in at]
        values, total = self.row.value(*numbers), 0
        for partial, (_, slopes) in zip(self.row.partials, at, strict=True):
            if slopes is not None:
                total = total + partial(*numbers, values) * slopes
        return values, total

    def term(self, *arguments):
        """Return the term that the operator makes from these terms."""
        given = iter(arguments)
        return apply(self.row.name, *(constant(1) if one else next(given) for one in self.ones))


def _rules(grammar):
    """Return one rule per operator, and one each for 1 + u, 1 - u, u - 1 and 1/u."""
    plain = [_Rule(row, (False,) * row.arity) for row in grammar.rows]
    return plain + [_Rule(row, ones) for row in grammar.rows for ones in _ONES.get(row.name, ())]


def count_of_trees(grammar, nodes):
    """Count the trees of up to `nodes` nodes. The 1 in 1 + u, 1 - u, u - 1 and 1/u is not a node here."""
    arities = [rule.arity for rule in _rules(grammar)]
    counts = [0, len(grammar.inputs)]
    for size in range(2, nodes + 1):
        joined = sum(counts[a] * counts[size - 1 - a] for a in range(1, size - 1))
        counts.append(arities.count(1) * counts[-1] + arities.count(2) * joined)
    return sum(counts[: nodes + 1])


class Directions(NamedTuple):
    """Trees with different gradient directions, sorted by number of nodes.

    `made (K, 3)` holds each tree's rule and the two functions that the rule joins. `nodes (K,)` holds the
    numbers of nodes, and `left (K,)` the weighted sums of 1 - cos^2.
    """

    made: np.ndarray
    nodes: np.ndarray
    left: np.ndarray


class _Functions(NamedTuple):
    """K functions: rows of `made` (K, 3), values (K, P), and components of gradients (m, K, P)."""

    made: np.ndarray
    values: np.ndarray
    slopes: np.ndarray

    def take(self, index):
        return _Functions(self.made[index], self.values[index], self.slopes[:, index])

    def with_(self, lots):
        made, values, slopes = zip(self, *lots, strict=True)
        return _Functions(np.concatenate(made), np.concatenate(values), np.concatenate(slopes, axis=1))


class Trees:
    """All functions of up to `nodes` nodes, except constants.

    If several functions have the same values at a sample's points, only the first of them is kept.

    `watch()` is called regularly, and can raise an error to end the work.
    """

    def __init__(self, sample, grammar, nodes, watch=lambda: None):
        self._rules, self._inputs, self._watch = _rules(grammar), grammar.inputs, watch
        count, _, m = sample.unit.shape
        self._trust = sample.trust
        self._neurons = np.moveaxis(sample.unit, 0, 2)[:, :, None]  # (k, m, 1, P)
        random = np.random.default_rng(0)  # so every search keeps the same trees
        self._weights, self._axes = random.normal(size=(2, count, 2)), random.normal(size=(2, m, 1, count))
        numbers = np.arange(len(self._inputs))
        values = sample.points[[-1 - term.tokens[0] for term in self._inputs]]
        slopes = np.moveaxis(sample.gradients(self._inputs, slice(None))[0], 2, 0)
        self._all = _Functions(np.stack([numbers - len(numbers), numbers, numbers], axis=1), values, slopes)
        self._starts = [0, 0, len(numbers)]  # where the functions of each number of nodes start
        self._term = cache(lambda i: self.term(self._all.made[i]))
        for size in range(2, nodes + 1):
            self._all = self._all.with_([*self._bent(size), *self._joined(size)])
            self._all = self._all.take(_first_of_equals(self._signature(self._all.values)))
            self._starts.append(len(self))

    def __len__(self):
        return len(self._all.made)

    @property
    def terms(self):
        """The terms of the functions, sorted by number of nodes."""
        return [self._term(i) for i in range(len(self))]

    def term(self, made):
        """Return the term of a tree, given its row of `made`."""
        number, *functions = made.tolist()
        if number < 0:
            return self._inputs[number]
        rule = self._rules[number]
        return rule.term(*map(self._term, functions[: rule.arity]))

    def directions(self, nodes):
        """Return `Directions` of all trees of up to `nodes` nodes (at most two more than `Trees` has)."""
        lots = [self._compared(1, self._all.take(self._numbers(1)))]
        for size in range(2, nodes + 1):
            lots += [self._compared(size, lot) for lot in self._joined(size, once=True)]
        made, sizes, left, signature = (np.concatenate(some) for some in zip(*lots, strict=True))
        first = _first_of_equals(signature)
        return Directions(made[first], sizes[first], left[first])

    def _compared(self, size, lot):
        """Return each tree's row of `made`, number of nodes, loss, and a signature of its directions."""
        length = np.sqrt((lot.slopes**2).sum(0))
        directions = lot.slopes / np.where(length > 0, length, np.inf)
        along = sum((directions * neuron).sum(0) ** 2 for neuron in self._neurons)
        signature = np.stack([((directions * axis).sum(0) ** 2).sum(1) for axis in self._axes], axis=1)
        return lot.made, np.full(len(lot.made), size), (1 - along) @ self._trust, signature

    def _numbers(self, size):
        return np.arange(self._starts[size], self._starts[size + 1])

    def _bent(self, size):
        """Yield the functions of `size` nodes with an operator of one argument at the root."""
        some = self._numbers(size - 1)
        for number, rule in enumerate(self._rules):
            if rule.arity == 1:
                yield self._made(number, some, some)

    def _joined(self, size, once=False):
        """Yield the functions of `size` nodes with an operator of two arguments at the root.

        If `once` is True, arguments are swapped only where this changes the direction of the gradient.
        """
        for number, rule in enumerate(self._rules):
            if rule.arity == 2:
                for i, j in self._pairs(size, once and not rule.turns):
                    yield self._made(number, i, j)

    def _pairs(self, size, once):
        for a in range(1, size - 1):
            first, second = self._numbers(a), self._numbers(size - 1 - a)
            count = len(first) * len(second)
            for start in range(0, count, CERTIFICATE.together):
                which = np.arange(start, min(start + CERTIFICATE.together, count))
                i, j = first[which // len(second)], second[which % len(second)]
                kept = i < j if once else slice(None)
                yield i[kept], j[kept]

    def _made(self, number, i, j):
        """Return the functions that a rule makes from i and j; leave out constant and non-finite ones."""
        self._watch()
        rule = self._rules[number]
        arguments = ((self._all.values[k], self._all.slopes[:, k]) for k in (i, j)[: rule.arity])
        values, slopes = rule.on(*arguments)
        size, length = (values**2).mean(1), (slopes**2).sum(0).mean(1)
        kept = np.isfinite(size) & np.isfinite(length) & (length > ROUNDING.share**2 * size)
        return _Functions(np.stack([np.full(len(i), number), i, j], axis=1), values, slopes).take(kept)

    def _signature(self, values):
        """Return two numbers (K, 2) that identify each function."""
        size = np.log(np.maximum(np.abs(values), ROUNDING.divisor))
        return size @ self._weights[0] + np.sign(values) @ self._weights[1]


def _first_of_equals(signature):
    """Return the sorted indices of entries (K, 2) that differ from all earlier entries."""
    order = np.argsort(signature[:, 0], kind="stable")
    new = (np.abs(np.diff(signature[order], axis=0)) > CERTIFICATE.alike).any(1)
    starts = np.flatnonzero(np.concatenate([[True], new]))
    return np.sort(np.minimum.reduceat(order, starts))
