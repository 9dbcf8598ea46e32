"""What a person who guesses may be told, a little more each time."""

import sympy as sp

from ..formula.expressions import as_expression

__all__ = ["HINTS", "hint"]

HINTS = 3


def hint(formula, names, number):
    """Hint 0, 1 or 2 to a formula of some inputs: which of them occur, its shape, the formula itself."""
    formula = as_expression(formula, names)
    if number == 0:
        used = [name for name in names if sp.Symbol(name, real=True) in formula.free_symbols]
        left = [name for name in names if name not in used]
        return f"Your formula needs {_listed(used)}" + (f", and not {_listed(left)}." if left else ".")
    return f"It is {_shape(formula)}." if number == 1 else f"It is {formula}."


def _shape(formula):
    if formula.is_Add:
        return f"a sum of {len(formula.args)} parts"
    if formula.is_Mul:
        parts = [part for part in formula.args if part.free_symbols]
        if len(parts) == 1:
            return _shape(parts[0])
        return (
            "a quotient" if formula.as_numer_denom()[1].free_symbols else f"a product of {len(parts)} parts"
        )
    if formula.is_Pow:
        return "a power"
    return "one input" if formula.is_Symbol else f"a function, {type(formula).__name__}, of something"


def _listed(words):
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
