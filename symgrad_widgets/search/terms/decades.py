"""Scale inputs by powers of ten, so that the search does not depend on their physical units.

Terms are built from `x / 10**k`, where 10**k is the power of ten nearest to the spread of x. So exp(x), sin(x
+ y) or 1 + x have the same meaning in any unit. Formulas are written in the original inputs.
"""

import numpy as np
import sympy as sp

from ..tuning import ROUNDING

__all__ = ["decade", "decades", "in_decades", "nearest_decade", "plain", "power_of_ten", "significand"]

_TEN = 10


def decades(spread):
    """Return the exponents (n,) of the powers of ten nearest to the spreads of inputs; 0 if a spread is 0."""
    return np.rint(_exponent(spread)).astype(int)


def decade(size):
    """For each positive number, return the largest power of ten that does not exceed it."""
    return float(_TEN) ** np.floor(_exponent(size) + ROUNDING.share)


def nearest_decade(size):
    """For each positive number, return the nearest power of ten."""
    return float(_TEN) ** np.rint(_exponent(size))


def _exponent(size):
    size = np.asarray(size, dtype=float)
    return np.log10(np.where(size > 0, size, 1.0))


def power_of_ten(exponent):
    """Return 10**exponent as an exact SymPy number."""
    return sp.Integer(_TEN) ** int(exponent)


def in_decades(symbols, exponents):
    """Return a dict that maps each symbol x to x / 10**k."""
    return {s: s / power_of_ten(k) for s, k in zip(symbols, exponents, strict=True)}


def significand(number):
    """Return a rational number without its power of ten: 3/10 and 3000 both give 3."""
    while number and number.p % _TEN == 0:
        number = number / _TEN
    while number.q % _TEN == 0:
        number = number * _TEN
    return number


def plain(expression):
    """Remove powers of ten from the products in a formula.

    Parts that become equal in this way are not merged: log(x + y) and log(x + 10 y) still count as two.
    """
    if not expression.args or not expression.has(sp.Rational, sp.Float):
        return expression
    parts = [plain(part) for part in expression.args]
    if expression.is_Mul and parts[0].is_Rational:
        parts[0] = significand(parts[0])
    parts = [part for part in parts if part != 1 or not expression.is_Mul]
    whole = expression.func(*parts)
    if len(parts) == 1 or (whole.func == expression.func and len(whole.args) == len(parts)):
        return whole
    return expression.func(*parts, evaluate=False)
