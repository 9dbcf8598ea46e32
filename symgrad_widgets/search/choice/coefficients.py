"""Replace coefficients with simple numbers, as far as the loss allows."""

from functools import lru_cache

import numpy as np
import sympy as sp

from ..terms.decades import decade, power_of_ten
from ..tuning import MEMORY, ROUNDING, WRITING

__all__ = ["as_number", "is_simple", "mostly_positive", "plainness", "simple_numbers"]

_SIMPLE = np.array(WRITING.simple)


def plainness(numbers):
    """Return a sorting key, which prefers coefficients +-1, then simple numbers, then numbers near 1."""
    size = np.abs(numbers) / decade(np.abs(numbers))
    return (size != 1).sum(), (~is_simple(numbers)).sum(), float(np.abs(np.log(np.abs(numbers))).sum())


def is_simple(numbers):
    """Say for each number whether it is simple."""
    return np.abs(numbers / _nearest(numbers) - 1) < ROUNDING.share


def simple_numbers(c, cost, limit):
    """Yield multiples of the coefficients c, each with as many simple numbers as possible.

    `cost(numbers)` must not exceed the limit. Each multiple sets a different coefficient to 1; if there are
    few coefficients, each is set to 1 once.
    """
    for scale in _scales(c):
        numbers = c / scale
        together = np.where(_near(numbers), _nearest(numbers), numbers)
        fits = cost(together) <= limit
        yield _rounded(together if fits else _one_by_one(numbers, cost, limit), cost, limit)


def mostly_positive(numbers):
    """Return the numbers, or their negatives if most are negative (SymPy would do this more slowly)."""
    return -numbers if 2 * (numbers < 0).sum() > len(numbers) else numbers


def _scales(c):
    """Return the coefficients to set to 1 in turn: all if there are few, otherwise a few of all sizes."""
    size = np.abs(c)
    order = np.argsort(size, kind="stable")
    order = order[size[order] > WRITING.least_scale * size.max()]
    if len(order) > WRITING.scales:
        order = order[np.linspace(0, len(order) - 1, WRITING.scale_ranks).astype(int)]
    return c[order]


def _near(numbers):
    """Say for each number whether the nearest simple number may replace it."""
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
    """Round to the fewest digits for which the cost stays within the limit."""
    for digits in WRITING.digits:
        rounded = np.array([float(f"{x:.{digits}g}") for x in numbers])
        rounded = np.where(is_simple(numbers), numbers, rounded)
        if cost(rounded) <= limit:
            return rounded
    return numbers


@lru_cache(MEMORY.written)
def as_number(x):
    """Return a SymPy number: if possible, a fraction of small numbers times a power of ten."""
    if x == 0:
        return sp.Integer(0)
    ten = power_of_ten(np.log10(decade(abs(x))))
    ratio = sp.Rational(float(x / float(ten))).limit_denominator(WRITING.largest) * ten
    return ratio if abs(float(ratio) - x) <= ROUNDING.share * abs(x) else sp.Float(float(x))
