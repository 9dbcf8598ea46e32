"""Terms worth having before anything is known: small ones of every shape, and the monomials."""

import itertools
from math import comb

import numpy as np

from .grammar import root

__all__ = ["families", "monomials", "small_terms"]

_DEGREE = 6  # of the monomials that are tried all at once


def small_terms(grammar, inputs, limit):
    """Distinct small terms by rising size: inputs, f(x), x*y, x/y, f(x*y), f(x+y), x*f(y), f(x)*g(y) ...

    `inputs` are the input terms to use; at most about `limit` terms come back. Sums and differences only
    occur inside a function or a quotient: outside, the eigenproblem makes them.
    """
    functions = [grammar[name] for name in grammar.unary if name != "abs"]
    single = [f(x) for f in functions for x in inputs]
    pairs = list(itertools.combinations(inputs, 2))
    squares = [grammar["square"](x) for x in inputs] if "square" in grammar else []
    sums = [grammar[op](a, b) for op in ("add", "sub") if op in grammar for a, b in pairs]
    round_sums = [
        grammar[op](a, b)
        for op in ("add", "sub")
        if op in grammar
        for a, b in itertools.combinations(squares, 2)
    ]
    products = [grammar["mul"](a, b) for a, b in pairs] if "mul" in grammar else []
    quotients = (
        [grammar["div"](a, b) for a, b in itertools.permutations(inputs, 2)] if "div" in grammar else []
    )
    mixed = [grammar["mul"](x, s) for x in inputs for s in single] if "mul" in grammar else []
    layers = [
        inputs,
        single,
        products,
        quotients,
        [f(s) for f in functions for s in sums],
        [f(s) for f in functions for s in round_sums],
        [f(p) for f in functions for p in products],
        mixed,
        [f(q) for f in functions for q in quotients],
        [f(g(x)) for f in functions for g in functions for x in inputs],
    ]
    terms = []
    for layer in layers:
        if terms and len(terms) + len(layer) > limit:
            continue
        terms += layer
    return list(dict.fromkeys(terms))


def monomials(grammar, inputs, degree):
    """All monomials of the inputs up to a degree, as far as the grammar has operators for them."""
    terms = []
    for d in range(1, degree + 1):
        for factors in itertools.combinations_with_replacement(range(len(inputs)), d):
            terms.append(_monomial(grammar, inputs, np.bincount(factors, minlength=len(inputs))))
    return [t for t in terms if t is not None]


def families(grammar, terms, limit):
    """Compact structured bases for backward elimination, each a list of at most `limit` terms.

    Monomials of each degree; functions of single inputs; and those of the small `terms` that are logarithms,
    whose sums are the products and quotients of sums, differences and powers.
    """
    inputs = grammar.inputs
    for degree in range(1, _DEGREE + 1):
        if degree <= 2 or comb(len(inputs) + degree, degree) - 1 <= limit:
            yield monomials(grammar, inputs, degree)
    yield [*inputs, *(grammar[f](x) for f in grammar.unary if f != "abs" for x in inputs)][:limit]
    yield [t for t in terms if root(t) == "log"][:limit]


def _monomial(grammar, inputs, exponents):
    """Product of powers, or None when the grammar lacks an operator for it."""
    factors = []
    for x, e in zip(inputs, exponents, strict=True):
        if e:
            factors.append(grammar.power(x, int(e)))
    if any(f is None for f in factors) or (len(factors) > 1 and "mul" not in grammar):
        return None
    product = factors[0]
    for factor in factors[1:]:
        product = grammar["mul"](product, factor)
    return product
