"""From a difference P - Q to the quotient P/Q: near P = Q both have nearly the same directions.

A classifier is seen only there. The search meets the difference first, as a sum of terms. The quotient is the
sum of log|P| and log|Q|, whose terms are themselves sums.
"""

from itertools import combinations

from ...formula.operators import OPERATORS
from ..tuning import DICTIONARY, WRITING
from .grammar import arguments, root
from .postfix import constant

__all__ = ["logarithm", "quotients"]


def quotients(grammar, terms, coefficients):
    """Yield pairs of terms, log|P| and log|Q|, for each way to split a sum in two without common inputs."""
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
    """Sets of term numbers: the connected components of the terms that have inputs in common."""
    groups = []
    for k, term in enumerate(terms):
        inputs = {t for t in term.tokens if t < 0}
        touched = [g for g in groups if g[1] & inputs]
        groups = [g for g in groups if not g[1] & inputs]
        groups.append(({k}.union(*(g[0] for g in touched)), inputs.union(*(g[1] for g in touched))))
    return [numbers for numbers, _ in groups]


def logarithm(grammar, terms, coefficients, chosen):
    """Logarithm of the modulus of a sum of terms."""
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
    """Whether the logarithm of a term equals that of its argument, up to a factor."""
    name = root(term)
    return name is not None and len(OPERATORS[name].powers) == 1
