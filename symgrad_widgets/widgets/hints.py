"""Hints for a person who guesses; each hint says a little more than the last."""

import sympy as sp

from ..formula.expressions import as_expression
from ..words import ENGLISH

__all__ = ["HINTS", "hint", "needed"]

HINTS = 3


def needed(formula, names):
    """Return the names of the inputs that occur in a formula, in the order of `names`."""
    symbols = as_expression(formula, names).free_symbols
    return [name for name in names if sp.Symbol(name, real=True) in symbols]


def hint(formula, names, number, say=ENGLISH):
    """Return hint 0, 1 or 2: the inputs of a formula; its shape; or the formula, between backticks."""
    formula = as_expression(formula, names)
    if number == 0:
        used = needed(formula, names)
        left = [name for name in names if name not in used]
        which = "told.needsNot" if left else "told.needs"
        return say(which, used=say.listed(used), unused=say.listed(left) if left else "")
    return say("told.is", what=_shape(formula, say) if number == 1 else f"`{formula}`")


def _shape(formula, say):
    if formula.is_Add:
        return say("told.sum", count=len(formula.args))
    if formula.is_Mul:
        parts = [part for part in formula.args if part.free_symbols]
        if len(parts) == 1:
            return _shape(parts[0], say)
        divides = formula.as_numer_denom()[1].free_symbols
        return say("told.quotient" if divides else "told.product", count=len(parts))
    if formula.is_Pow:
        return say("told.power")
    return say("told.input" if formula.is_Symbol else "told.function", name=type(formula).__name__)
