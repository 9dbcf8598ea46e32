"""How to build and vary terms: the operators in use, and random changes of a term."""

from functools import partial

from ...formula.operators import lookup, whole_powers
from ..tuning import EVOLUTION
from .decades import nearest_decade
from .postfix import (
    CONSTANT,
    apply,
    arity,
    constant,
    fold,
    leaf,
    operator,
    replace,
    start,
    subtree,
    with_constant,
)

__all__ = ["Grammar", "arguments", "nodes", "root"]


class Grammar:
    """The operators a search may use on some inputs (numbers, the most important first).

    `grammar["mul"](a, b)` builds a term.
    """

    def __init__(self, operators, inputs):
        self.rows = [op for op in lookup(operators) if op.name != "neg"]  # the eigenproblem sets every sign
        self.names = tuple(op.name for op in self.rows)
        self.unary = tuple(op.name for op in self.rows if op.arity == 1)
        self.binary = tuple(op.name for op in self.rows if op.arity == 2)
        self._powers = whole_powers(self.rows)
        self.inputs = [leaf(int(i)) for i in inputs]

    def __contains__(self, name):
        return name in self.names

    def __getitem__(self, name):
        return partial(apply, name)

    def power(self, term, exponent):
        """term ** exponent for a whole exponent >= 1, or None if the operators for it are missing."""
        if exponent == 1:
            return term
        for degree, name in self._powers:
            if exponent % degree == 0:
                inner = self.power(term, exponent // degree)
                return inner and self[name](inner)
        inner = self.power(term, exponent - 1)
        return inner and self["mul"](term, inner) if "mul" in self else None

    def random(self, rng, size):
        """Return a random term of about `size` nodes."""
        if size <= 1 or not (self.unary or self.binary):
            if rng.random() < EVOLUTION.constants:
                return constant(rng.normal() * EVOLUTION.constant_spread)
            return self.inputs[rng.integers(len(self.inputs))]
        if self.unary and (size == 2 or not self.binary or rng.random() < EVOLUTION.functions):
            return self[_pick(rng, self.unary)](self.random(rng, size - 1))
        left = int(rng.integers(1, max(size - 1, 2)))
        return self[_pick(rng, self.binary)](self.random(rng, left), self.random(rng, size - 1 - left))

    def vary(self, rng, term):
        """Return the term with one random change: of a leaf, operator, subtree, wrapping or constant."""
        end = int(rng.integers(len(term.tokens)))
        if term.constants and rng.random() < EVOLUTION.nudged:
            return _nudged(rng, term)
        change = _pick(
            rng, (self._swap, self._swap, self._regrow, self._wrap, self._extend, self._extend, _hoist)
        )
        return change(rng, term, end)

    def _swap(self, rng, term, end):
        token = term.tokens[end]
        if token < 0 or token >= CONSTANT:
            return replace(term, end, self.inputs[rng.integers(len(self.inputs))])
        same = [op.code for op in self.rows if op.arity == arity(token)]
        if not same:
            return term
        tokens = list(term.tokens)
        tokens[end] = same[rng.integers(len(same))]
        return term._replace(tokens=tuple(tokens))

    def _regrow(self, rng, term, end):
        return replace(term, end, self.random(rng, int(rng.integers(*EVOLUTION.regrown_nodes))))

    def _wrap(self, rng, term, end):
        if not self.unary:
            return term
        return replace(term, end, self[_pick(rng, self.unary)](subtree(term, end)))

    def _extend(self, rng, term, end):
        if not self.binary:
            return term
        pair = [subtree(term, end), self.random(rng, int(rng.integers(*EVOLUTION.added_nodes)))]
        joined = self[_pick(rng, self.binary)]
        return replace(term, end, joined(*(pair if rng.random() < EVOLUTION.appended else pair[::-1])))


def root(term):
    """Name of the operator at the root, or None for a leaf."""
    token = term.tokens[-1]
    return operator(token).name if 0 <= token < CONSTANT else None


def nodes(term):
    """Complexity of a term as it will be written: +-1 is free, and so is a power of ten that multiplies."""
    if not term.constants:
        return len(term.tokens)
    return fold(term, lambda _: 1, _nodes_of_constant, _nodes_of_operator)


def _nodes_of_constant(value):
    """0 for +-1, 1 for others, and None for a power of ten, whose place is not known yet."""
    size = abs(value)
    if size == 1:
        return 0
    return None if size > 0 and size == nearest_decade(size) else 1


def _nodes_of_operator(row, counts):
    others = [count for count in counts if count is not None]
    if row.name == "mul" and len(others) < len(counts):
        return sum(others)
    return 1 + sum(others) + len(counts) - len(others)


def arguments(term):
    """Terms under the root operator, first to last."""
    end, found = len(term.tokens) - 2, []
    for _ in range(arity(term.tokens[-1])):
        found.append(subtree(term, end))
        end = start(term.tokens, end) - 1
    return found[::-1]


def _hoist(rng, term, end):
    del rng
    return subtree(term, end)


def _nudged(rng, term):
    j = int(rng.integers(len(term.constants)))
    scaled = term.constants[j] * (1 + rng.normal() * 10 ** rng.uniform(*EVOLUTION.nudge_decades))
    return with_constant(term, j, scaled + (rng.random() < EVOLUTION.moved) * rng.normal())


def _pick(rng, options):
    return options[rng.integers(len(options))]
