"""Find functions inside functions of one quantity, as in `x y + sin(exp(z))`.

A nearly correct sum imitates `sin(exp(z))` with several simpler terms of z. We replace these terms with every
possible `f(g(z))` and `f(g(h(z)))`, and compare the results at some of the points.
"""

import numpy as np

from .terms.dictionary import multiple
from .terms.grammar import root
from .tuning import NESTING

__all__ = ["nested", "without"]


def without(terms, quantity):
    """Return the terms that share no input with a quantity."""
    inputs = {token for token in quantity.tokens if token < 0}
    return [term for term in terms if inputs.isdisjoint(term.tokens)]


def nested(grammar, look, others, quantity, most):
    """Replace the terms of one quantity with a nested function of it; return the best lists of terms.

    Each list holds the terms `others` and one nested function. Lists with a loss of `most` or more are left
    out. If the other terms are logarithms, the nested function becomes another factor of the product.
    """
    functions = [grammar[name] for name in grammar.unary if name != "abs"]
    inner = [quantity, *(multiple(grammar, 1 / c, quantity) for c in quantity.constants)]
    deep = [f(u) for f in functions for u in inner]
    deepest = []
    for _ in range(NESTING.deep - 1):
        deep = [f(u) for f in functions for u in deep]
        deepest += deep
    if root(others[0]) == "log":
        deepest = [grammar["log"](u) for u in deepest]
    deepest = [*dict.fromkeys(deepest)]
    if not deepest:  # no function of one argument is allowed
        return []
    with np.errstate(all="ignore"):  # a term that overflows has an infinite loss
        slopes = look.evaluated(deepest)[1][:, None]
        left = np.nan_to_num(look.left_beside(look.evaluated(others)[1], slopes), nan=np.inf)
    best = np.argsort(left, kind="stable")[: NESTING.kept]
    return [[*others, deepest[i]] for i in best if left[i] < most]
