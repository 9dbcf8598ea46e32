"""Powers of ten: whatever an input's unit, the search uses units near its spread; powers of ten are free.

Terms are built of `x / 10**k`, with 10**k next to the spread of x, so that exp(x), sin(x + y) or 1 + x mean
the same whatever unit x comes in. A formula is written in the inputs as they are.
"""

import numpy as np
import sympy as sp

from ..tuning import ROUNDING

__all__ = ["decade", "decades", "in_decades", "nearest_decade", "plain", "power_of_ten", "significand"]

_TEN = 10


def decades(spread):
    """Exponents (n,) of the powers of ten nearest to the spreads of inputs; 0 where there is none."""
    return np.rint(_exponent(spread)).astype(int)


def decade(size):
    """Powers of ten next below positive numbers, or equal to them."""
    return float(_TEN) ** np.floor(_exponent(size) + ROUNDING.share)


def nearest_decade(size):
    """Powers of ten nearest to positive numbers."""
    return float(_TEN) ** np.rint(_exponent(size))


def _exponent(size):
    size = np.asarray(size, dtype=float)
    return np.log10(np.where(size > 0, size, 1.0))


def power_of_ten(exponent):
    """10**exponent, an exact SymPy number."""
    return sp.Integer(_TEN) ** int(exponent)


def in_decades(symbols, exponents):
    """Symbols in units of powers of ten: {x: x / 10**k}."""
    return {s: s / power_of_ten(k) for s, k in zip(symbols, exponents, strict=True)}


def significand(number):
    """Rational number without its power of ten: 3/10 and 3000 both give 3."""
    while number and number.p % _TEN == 0:
        number = number / _TEN
    while number.q % _TEN == 0:
        number = number * _TEN
    return number


def plain(expression):
    """Return a formula without the powers of ten that its products are multiplied by."""
    if not expression.args or not expression.has(sp.Rational, sp.Float):
        return expression
    parts = [plain(part) for part in expression.args]
    if expression.is_Mul:
        number, *others = parts
        if number.is_Rational:
            return sp.Mul(significand(number), *others)
    return expression.func(*parts)
