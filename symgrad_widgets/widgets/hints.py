"""Hints for a person who guesses: a little more each time."""

import sympy as sp

from ..formula.expressions import as_expression
from ..words import ENGLISH

__all__ = ["HINTS", "hint"]

HINTS = 3


def hint(formula, names, number, say=ENGLISH):
    """Hint 0, 1 or 2 for a formula: which inputs occur, its shape, the formula itself."""
    formula = as_expression(formula, names)
    if number == 0:
        used = [name for name in names if sp.Symbol(name, real=True) in formula.free_symbols]
        left = [name for name in names if name not in used]
        which = "told.needsNot" if left else "told.needs"
        return say(which, used=say.listed(used), unused=say.listed(left) if left else "")
    return say("told.is", what=_shape(formula, say) if number == 1 else formula)


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
