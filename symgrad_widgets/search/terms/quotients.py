"""Turn a difference P - Q into the quotient P/Q: near P = Q, both have nearly the same gradient direction.

All points of a classifier lie near P = Q. So the search finds the difference first, because it is a sum of
terms. The logarithm of the quotient is the difference of log|P| and log|Q|, where P and Q are themselves
sums.
"""

from itertools import combinations

from ...formula.operators import OPERATORS
from ..tuning import DICTIONARY, WRITING
from .grammar import arguments, root
from .postfix import constant

__all__ = ["logarithm", "quotients"]


def quotients(grammar, terms, coefficients):
    """Yield log|P| and log|Q| for every split of a sum into P and Q without a common input."""
    if not {"log", "add", "sub", "mul"} <= {*grammar.names}:
        return
    groups = _connected(terms)
    if not 2 <= len(groups) <= DICTIONARY.groups:
        return
    whole, (first, *others) = {*range(len(terms))}, groups
    for count in range(len(others)):
        for joined in combinations(others, count):
            part = first.union(*joined)
            yield [logarithm(grammar, terms, coefficients, sorted(p)) for p in (part, whole - part)]


def _connected(terms):
    """Group the numbers of terms such that terms with a common input are in the same set."""
    groups = []
    for k, term in enumerate(terms):
        inputs = {t for t in term.tokens if t < 0}
        touched = [g for g in groups if g[1] & inputs]
        groups = [g for g in groups if not g[1] & inputs]
        groups.append(({k}.union(*(g[0] for g in touched)), inputs.union(*(g[1] for g in touched))))
    return [numbers for numbers, _ in groups]


def logarithm(grammar, terms, coefficients, chosen):
    """Return the logarithm of the absolute value of a sum of the chosen terms."""
    first, *others = chosen
    total = terms[first]
    while not others and _is_power(total):
        (total,) = arguments(total)
    for k in others:
        ratio = coefficients[k] / coefficients[first]
        size = abs(ratio)
        term = terms[k] if abs(size - 1) < WRITING.near_easy else grammar["mul"](constant(size), terms[k])
        total = grammar["add" if ratio > 0 else "sub"](total, term)
    return grammar["log"](total)


def _is_power(term):
    """Return whether the root is a power: then log of the term is a multiple of log of its argument."""
    name = root(term)
    return name is not None and len(OPERATORS[name].powers) == 1
