"""Coefficients as simple numbers, as many as what they cost allows."""

import numpy as np
import sympy as sp

from ..terms.decades import decade, power_of_ten
from ..tuning import ROUNDING, WRITING

__all__ = ["as_number", "is_simple", "mostly_positive", "plainness", "simple_numbers"]

_SIMPLE = np.array(WRITING.simple)


def plainness(numbers):
    """Rank coefficients that say the same: few that are not +-1, few that are not simple, none far off."""
    size = np.abs(numbers) / decade(np.abs(numbers))
    return (size != 1).sum(), (~is_simple(numbers)).sum(), float(np.abs(np.log(np.abs(numbers))).sum())


def is_simple(numbers):
    """Which numbers are simple ones."""
    return np.abs(numbers / _nearest(numbers) - 1) < ROUNDING.share


def simple_numbers(c, cost, limit):
    """Yield coefficients proportional to c, in each scale with as many simple numbers as the limit allows.

    `cost(numbers)` is what has to stay within the limit. Of a few coefficients each is 1 in turn.
    """
    for scale in _scales(c):
        numbers = c / scale
        together = np.where(_near(numbers), _nearest(numbers), numbers)
        fits = cost(together) <= limit
        yield _rounded(together if fits else _one_by_one(numbers, cost, limit), cost, limit)


def mostly_positive(numbers):
    """Return the numbers with the sign that is the cheaper to choose before SymPy has them."""
    return -numbers if 2 * (numbers < 0).sum() > len(numbers) else numbers


def _scales(c):
    """Coefficients worth being called 1: of a few all, of many those at the quartiles."""
    size = np.abs(c)
    order = np.argsort(size, kind="stable")
    order = order[size[order] > WRITING.least_scale * size.max()]
    if len(order) > WRITING.scales:
        order = order[np.linspace(0, len(order) - 1, WRITING.scale_ranks).astype(int)]
    return c[order]


def _near(numbers):
    """Whether each number may be taken for the nearest simple one."""
    nearest = _nearest(numbers)
    size = np.abs(nearest) / decade(np.abs(nearest))
    easy = (np.abs(size[:, None] / WRITING.easy - 1) < ROUNDING.share).any(1)
    allowed = np.where(easy, WRITING.near_easy, WRITING.near)
    return np.abs(numbers / nearest - 1) < allowed


def _one_by_one(numbers, cost, limit):
    offered, near = _nearest(numbers), _near(numbers)
    for k in np.argsort(np.abs(offered / numbers - 1), kind="stable"):
        trial = numbers.copy()
        trial[k] = offered[k]
        if near[k] and cost(trial) <= limit:
            numbers = trial
    return numbers


def _nearest(numbers):
    ten = decade(np.abs(numbers))
    size = np.abs(numbers) / ten
    return np.sign(numbers) * ten * _SIMPLE[np.argmin(np.abs(_SIMPLE[None, :] - size[:, None]), axis=1)]


def _rounded(numbers, cost, limit):
    """Fewest digits that keep the loss."""
    for digits in WRITING.digits:
        rounded = np.array([float(f"{x:.{digits}g}") for x in numbers])
        rounded = np.where(is_simple(numbers), numbers, rounded)
        if cost(rounded) <= limit:
            return rounded
    return numbers


def as_number(x):
    """SymPy number: a fraction of small numbers times a power of ten, where it is one."""
    if x == 0:
        return sp.Integer(0)
    ten = power_of_ten(np.log10(decade(abs(x))))
    ratio = sp.Rational(float(x / float(ten))).limit_denominator(WRITING.largest) * ten
    return ratio if abs(float(ratio) - x) <= ROUNDING.share * abs(x) else sp.Float(float(x))
