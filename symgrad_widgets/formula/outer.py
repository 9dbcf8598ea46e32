"""Remove what does not turn a formula's gradient: outer functions, powers, factors and offsets."""

import sympy as sp

__all__ = ["core"]

_STEPS = (sp.sign, sp.Heaviside, sp.floor, sp.ceiling, sp.Piecewise)  # flat between their steps


def core(expression):
    """Strip outer functions of one argument: `3*exp(u)**2 + 1` becomes `u`, `1/(u*v)` becomes `u*v`.

    The derivatives of these functions vanish nowhere or only at isolated values, so parallel gradients stay
    parallel.
    """
    while True:
        inner = _inside(expression)
        if inner is expression:
            return expression
        expression = inner


def _inside(expression):
    if expression.is_Add or expression.is_Mul:
        rest = expression.as_independent(*expression.free_symbols, as_Add=expression.is_Add)[1]
        if rest == expression and expression.is_Mul and all(_is_below(factor) for factor in expression.args):
            return 1 / expression
        return expression if rest == expression else rest
    if expression.is_Function and len(expression.args) == 1 and not isinstance(expression, _STEPS):
        return expression.args[0]
    if expression.is_Pow and not expression.exp.free_symbols:
        return expression.base
    if expression.is_Pow and not expression.base.free_symbols:
        return expression.exp
    return expression


def _is_below(factor):
    return factor.is_Pow and factor.exp.is_number and factor.exp.is_negative
