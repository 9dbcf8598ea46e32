"""Find how precisely a neuron determines each number in a formula, and what the number could be."""

from fractions import Fraction
from functools import cache
from typing import NamedTuple

import numpy as np
import sympy as sp

from ...errors import DataError
from ...formula.expressions import evaluate
from ..fit import combine
from ..tuning import INTERVALS, ROUNDING, WRITING
from .intervals import covariance, derivatives, groups_of
from .values import tangents, unexplained

__all__ = ["Interval", "intervals", "numbers_by_name"]


class Interval(NamedTuple):
    """A number in a formula, and its 95 % confidence interval from `low` to `high`.

    `name` says what the number could be: a fraction, "2*pi", or one of your own numbers. `name` is None if
    the interval is too wide, or contains no such number. `low` and `high` are infinite if the neuron does not
    determine the number.
    """

    value: float
    low: float
    high: float
    name: str | None

    def __str__(self):
        width = (self.high - self.low) / abs(self.value)
        if not np.isfinite(width):
            return f"{self.value:.3g} (the data do not say)"
        digits = 2 - int(np.floor(np.log10(np.clip(width, ROUNDING.share, 1))))
        called = "" if self.name is None else f", {self.name}"
        return f"{self.value:.{digits}g} ({self.low:.{digits}g} to {self.high:.{digits}g}){called}"


def numbers_by_name(named):
    """Check a mapping of names to numbers, and return it with floats; raise DataError if it is wrong."""
    try:
        read = {str(name): float(number) for name, number in dict(named or {}).items()}
    except (TypeError, ValueError):
        read = {"": np.nan}
    if not all(name and np.isfinite(number) and number for name, number in read.items()):
        raise DataError(
            f'named={named!r} must map names to finite nonzero numbers: write named={{"g": 9.81}}'
        )
    return read


def intervals(expression, field, sides=0, named=None):
    """Return an `Interval` for each number of a formula as written, except +-1 and rational powers.

    Values or directions give the intervals, whichever the formula explains better. If the data do not
    determine all numbers, for example because of a common factor, we fix the largest numbers, one by one,
    until the data determine the others. Fixed numbers get no interval. An interval is centred on the best
    number, which can differ slightly from the number in the formula.

    Parameters
    ----------
    expression : sympy.Expr
    field : GradientField
    sides : int (N,), as in `unexplained`
    named : mapping from names to your own numbers

    """
    free, numbers = _freed(expression)
    if not numbers:
        return ()
    curvature, scores, groups = _derivatives(expression, free, numbers, field, sides)
    values = np.array([float(x) for x in numbers.values()])
    held = np.argsort(-np.abs(values), kind="stable")
    for count in range(len(values)):
        kept = np.sort(held[count:])
        C = covariance(curvature[np.ix_(kept, kept)], scores[:, kept], groups)
        if np.isfinite(C).all():
            break
    else:
        return tuple(Interval(x, -np.inf, np.inf, None) for x in values)
    best = values[kept] + np.linalg.solve(curvature[np.ix_(kept, kept)], scores[:, kept].sum(0))
    half = INTERVALS.wide * np.sqrt(np.diag(C))
    return tuple(
        Interval(x, c - h, c + h, _name(c - h, c + h, named))
        for x, c, h in zip(values[kept].tolist(), best.tolist(), half.tolist(), strict=True)
    )


def _freed(e):
    """Replace each number in a formula with a symbol; return the formula, and the numbers by symbol."""
    if e.is_Number:
        if abs(e) in (0, 1):
            return e, {}
        symbol = sp.Dummy(real=True)
        return symbol, {symbol: e}
    numbers, args = {}, []
    for arg in e.args:
        power = e.is_Pow and arg is e.args[1] and arg.is_Rational
        inner, some = (arg, {}) if power else _freed(arg)
        args.append(inner)
        numbers |= some
    return (e.func(*args) if args else e), numbers


def _derivatives(expression, free, numbers, field, sides):
    """Return the curvature (K, K), scores (N, K) and groups (N,) for `covariance`.

    All derivatives are with respect to the numbers of the formula.
    """
    parts = [expression, *(sp.diff(free, symbol).xreplace(numbers) for symbol in numbers)]
    rows = [evaluate(part, field.names, field.points) for part in parts]
    usable = np.all([np.isfinite(v) & np.isfinite(g).all(1) for v, g in rows], axis=0)
    values, groups = np.stack([v for v, _ in rows]), groups_of(field.points)
    G = np.stack([field.project(np.where(usable[:, None], g, 0)) for _, g in rows])
    D = np.einsum("knm,ncm->knc", G, field.unit)
    e, along = G[0], D[0]
    weights = combine.weights_of((e**2).sum(1), field.weights) * usable
    loss = 1 - (weights * (along**2).sum(1)).sum() / max((weights * (e**2).sum(1)).sum(), ROUNDING.divisor)
    if field.values is not None and field.neurons == 1 and usable.all():
        neuron = field.values.reshape(-1)
        if unexplained(values[0], neuron, sides) < loss:
            moved, left, order = tangents(values[1:], neuron, values[0], sides)
            return moved @ moved.T, (moved * left).T, groups[order]
    return *derivatives(G[1:], D[1:], e, along, weights, loss), groups


def _name(low, high, named):
    """Return the simplest name of a number in an interval, or None.

    The name is None if an equally simple number could lie in the interval by chance.
    """
    middle = (low + high) / 2
    if not np.isfinite(middle) or low * high <= 0:
        return None
    width = (high - low) / abs(middle)
    for place, (name, number) in enumerate({**_multiples(named or {}), **_names()}.items(), start=1):
        if width * place > INTERVALS.by_chance:
            return None
        if low <= number <= high or low <= -number <= high:
            return name if number * middle > 0 else f"-{name}"
    return None


def _multiples(named):
    """Return your own numbers, with their halves, doubles and inverses."""
    some = {}
    for name, x in named.items():
        some |= {name: x, f"1/{name}": 1 / x, f"2*{name}": 2 * x, f"{name}/2": x / 2}
        some |= {f"1/(2*{name})": 1 / (2 * x), f"2/{name}": 2 / x}
    return some


@cache
def _names():
    """Return numbers by name, the simplest first: small fractions, and multiples of pi, e and roots."""
    least = range(1, WRITING.largest + 1)
    fractions = sorted(
        {Fraction(p, q) for p in least for q in least}, key=lambda f: f.numerator + f.denominator
    )
    special = (sp.pi, sp.E, *map(sp.sqrt, INTERVALS.roots), sp.pi**2, 1 / sp.pi)
    factors = map(sp.Rational, INTERVALS.multiples)
    multiples = {str(k * base): float(k * base) for k in factors for base in special}
    plain = {str(f): float(f) for f in fractions}
    few = dict(list(plain.items())[: len(multiples)])
    return {**few, **multiples, **plain}
