"""Build terms from the allowed operators, and change terms at random."""

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

__all__ = ["Grammar", "arguments", "functions", "nodes", "root"]


class Grammar:
    """The operators that a search may apply to its inputs.

    Inputs are given as numbers, the most important first. `grammar["mul"](a, b)` builds a term.
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
        """Return term ** exponent for a whole exponent >= 1, or None if an operator is missing."""
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
        """Change a leaf, operator, subtree or constant of a term at random, or wrap or extend a part."""
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
    """Return the name of the operator at the root, or None for a leaf."""
    token = term.tokens[-1]
    return operator(token).name if 0 <= token < CONSTANT else None


def functions(term):
    """Count the operators in a term that only make sense for plain numbers, such as sin."""
    rows = [operator(token) for token in term.tokens if 0 <= token < CONSTANT]
    return sum(not row.powers and row.degree is None for row in rows)


def nodes(term):
    """Return the complexity of a written term. Factors +-1 and powers of ten are free."""
    if not term.constants:
        return len(term.tokens)
    return fold(term, lambda _: 1, _nodes_of_constant, _nodes_of_operator)


def _nodes_of_constant(value):
    """Return 0 for +-1, 1 for other numbers, but None for a power of ten, which only sometimes counts."""
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
    """Return the arguments of the operator at the root, in order."""
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
