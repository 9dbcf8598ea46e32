"""Read formulas, measure their complexity, evaluate them with their gradients, and compare them with a field.

This is the slow, independent way: SymPy takes the derivatives, and NumPy evaluates them. The search has its
own kernels; the tests compare these kernels with this module.
"""

import functools

import mpmath
import numpy as np
import sympy as sp

from ..arrays import floats
from ..errors import DataError, ExpressionError, nearest
from ..field.directions import degrees, misalignment
from .duals import evaluate_tree
from .on_arrays import anonymous, on_arrays
from .parser import parse
from .typed import read_formula

__all__ = [
    "angles",
    "as_expression",
    "compiled",
    "complexity",
    "evaluate",
    "exact_numbers",
    "from_file",
    "gradient",
    "misalignments",
    "parse",
]

_MOST_NODES = 20_000
_MOST_FROM_FILES, _LONGEST_FROM_FILES = 400, 4000  # parts, characters
_REMEMBERED = 2**14  # formulas whose size is remembered
_VANISHING = 1e-9  # share of the largest component: shorter projections are rounding errors
_ONE_OPERATOR = (
    sp.Integer(2),
    sp.Integer(3),
    sp.Rational(1, 2),
)  # powers with a row of their own in the table


def as_expression(formula, names=None):
    """Turn text, a number or a SymPy expression into a SymPy expression in `Symbol(name, real=True)`.

    Symbols are matched by name, whatever their assumptions; with `names=None` any name is allowed.

    Raises
    ------
    ExpressionError
        if the text cannot be read, has an unknown symbol (the message gives the nearest names), or has no
        real value.

    """
    if isinstance(formula, str):
        return parse(formula, names)
    if isinstance(formula, (int, float, np.number)) and not isinstance(formula, bool):
        if not np.isfinite(formula):
            raise ExpressionError(f"a formula that is a number must be finite, got {formula}")
        return parse(repr(float(formula)) if isinstance(formula, (float, np.floating)) else str(int(formula)))
    if not isinstance(formula, sp.Expr):
        raise ExpressionError(
            f"a formula must be text or a SymPy expression, got {type(formula).__name__}: {formula!r}"
        )
    _check_tree(formula)
    renamed = {}
    for symbol in formula.free_symbols:
        if names is not None and symbol.name not in names:
            raise ExpressionError(
                f"unknown symbol {symbol.name!r} in {formula}: {nearest(symbol.name, names)}"
            )
        renamed[symbol] = sp.Symbol(symbol.name, real=True)
    return formula.xreplace(renamed)


def from_file(text, names):
    """Read an untrusted formula, as `as_expression` does; it must be short, to be differentiated fast."""
    if len(text) > _LONGEST_FROM_FILES:
        raise ExpressionError(f"the formula has over {_LONGEST_FROM_FILES:,} characters")
    formula = as_expression(text, names)
    _check_size(formula, _MOST_FROM_FILES)
    return formula


def _check_size(formula, most):
    size = sum(1 for _ in zip(sp.preorder_traversal(formula), range(most + 1), strict=False))
    if size > most:
        raise ExpressionError(f"the formula has more than {most} parts")


def _check_tree(formula):
    _check_size(formula, _MOST_NODES)
    unreal = formula.atoms(sp.zoo.func, sp.nan.func, sp.oo.func, (-sp.oo).func, sp.I.func)
    undone = formula.atoms(sp.Derivative, sp.Integral, sp.core.function.AppliedUndef)
    if unreal or undone:
        raise ExpressionError(
            f"{formula} contains {min(map(str, unreal | undone))}, which has no real value here"
        )


@functools.lru_cache(_REMEMBERED)
def complexity(expression):
    """Return the size of a formula: 1 for each leaf, each operator and each constant other than +-1.

    A sum or product of k parts has k - 1 operators. A minus sign is free, and a / b is one operator. A
    square, a cube, a square root or an inverse is one operator. Any other constant power is an operator and a
    constant.

    >>> complexity(parse("x1*x4 - x2*x3")), complexity(parse("x^2 + v^2"))
    (7, 5)
    """
    if expression.is_Add:
        return sum(complexity(_unsigned(part)) for part in expression.args) + len(expression.args) - 1
    if expression.is_Mul:
        return _product(_unsigned(expression))
    if expression.is_Pow and not isinstance(expression, sp.exp):
        return _power(expression.base, expression.exp)
    return 1 + sum(complexity(part) for part in expression.args if part not in (1, -1))


def _unsigned(expression):
    return -expression if expression.could_extract_minus_sign() and not expression.is_Add else expression


def _product(expression):
    if not expression.is_Mul:
        return complexity(expression)
    below = [part for part in expression.args if part.is_Pow and part.exp.could_extract_minus_sign()]
    above = [part for part in expression.args if part not in below]
    parts = [complexity(part) for part in above] + [complexity(1 / part) for part in below]
    return sum(parts) + max(len(parts) - 1, 0) + (not above)


def _power(base, exponent):
    if exponent == -1 or exponent in _ONE_OPERATOR:
        return 1 + complexity(base)
    if exponent == sp.Rational(-1, 2):
        return 2 + complexity(base)
    return 1 + complexity(base) + (complexity(exponent) if exponent.is_number is False else 1)


class _Modulus(sp.Function):
    """|u| for real u; to differentiate it, SymPy need not search for real and imaginary parts."""

    def fdiff(self, argindex=1):  # noqa: ARG002 - SymPy's signature
        return _Sign(self.args[0])


class _Sign(sp.Function):
    def fdiff(self, argindex=1):  # noqa: ARG002 - SymPy's signature
        return sp.S.Zero


class _Log(sp.Function):
    """`_Log(u, w)` is log u, but has the derivative of log w, where w is u without moduli."""

    def fdiff(self, argindex=1):
        return sp.S.Zero if argindex == 1 else 1 / self.args[1]


def gradient(expression, names):
    """Return the partial derivatives, a sympy.Expr for each name; in |u| and log|u|, u counts as real."""
    slopes = (slope.replace(_Log, lambda whole, _: sp.log(whole)) for slope in _slopes(expression, names))
    return [slope.replace(_Modulus, sp.Abs).replace(_Sign, sp.sign) for slope in slopes]


def _slopes(expression, names):
    real = expression.replace(sp.log, lambda u: _Log(u, _without_modulus(u)) if u.has(sp.Abs) else sp.log(u))
    real = real.replace(sp.Abs, _Modulus).replace(sp.sign, _Sign)
    return [sp.diff(real, sp.Symbol(name, real=True)) for name in names]


def _without_modulus(product):
    """Return the same factors with u in place of each |u|: log|u| and log u both have the derivative u'/u."""
    factors = (factor.as_base_exp() for factor in sp.Mul.make_args(product))
    return sp.Mul(*((base.args[0] if isinstance(base, sp.Abs) else base) ** power for base, power in factors))


def evaluate(expression, names, points):
    """Return values (N,) and gradients (N, n) of a formula at `points` (N, n), by SymPy and NumPy.

    Values and gradients are not finite outside the formula's domain.
    """
    points = floats(points, "points", copy=False)
    if points.ndim != 2 or points.shape[1] != len(names):
        raise DataError(
            f"points must have shape (N, {len(names)}), one column for each of {names}, got {points.shape}"
        )
    function = compiled(expression, tuple(names))
    with np.errstate(all="ignore"):
        columns = function(*points.T)
    columns = [np.broadcast_to(np.asarray(column, dtype=np.float64), len(points)) for column in columns]
    return columns[0].copy(), np.stack(columns[1:], axis=1)


@functools.lru_cache(maxsize=512)
def compiled(expression, names, library="numpy"):
    """Return a function that maps the inputs to [value, *partial derivatives], in NumPy or in mpmath."""
    symbols = [sp.Symbol(name, real=True) for name in names]
    rows = [expression, *_slopes(expression, names)]
    if library == "numpy":
        ours = {"_Modulus": np.abs, "_Sign": np.sign, "_Log": lambda whole, _: np.log(whole)}
        return on_arrays(symbols, rows, ours, cse=True)
    ours = {"_Modulus": abs, "_Sign": mpmath.sign, "_Log": lambda whole, _: mpmath.log(whole)}
    return sp.lambdify(*anonymous(symbols, rows), [ours, library], cse=True, dummify=True)


def exact_numbers(expression):
    """Replace each decimal with the same number as a fraction: 0.5 becomes 1/2."""
    return expression.xreplace({number: sp.Rational(str(number)) for number in expression.atoms(sp.Float)})


def _projected(expression, field):
    """Return the tangent coordinates (N, m) of a formula's gradients; NaN if it has no value or direction."""
    if isinstance(expression, str):  # evaluated as it is written, as in a browser
        values, gradients = evaluate_tree(
            read_formula(expression, field.names).tree, field.names, field.points
        )
    else:
        values, gradients = evaluate(as_expression(expression, field.names), field.names, field.points)
    with np.errstate(all="ignore"):
        length = np.abs(gradients * field.measure.spread).max(1, initial=0)
        projected = field.project(gradients / np.where(length > 0, length, 1)[:, None])
        lost = np.abs(projected).max(1, initial=0) <= _VANISHING  # what is left is rounding error
    return np.where((lost | ~np.isfinite(values))[:, None], np.nan, projected)


def misalignments(expression, field):
    """Return `1 - |P grad e|^2 / |grad e|^2` of a formula at each point of a field, shape (N,).

    P projects onto the span of the neurons' gradients, and all gradients are taken on the data's tangent
    space. The result is 1 where the formula has no value, or where its gradient vanishes on the tangent
    space.
    """
    return misalignment(_projected(expression, field), field.unit)


def angles(expression, field):
    """Return angles (N,) in degrees between a formula's gradient and the neuron's, or the neurons' span.

    Opposite gradients count as the same direction, so angles go from 0 to 90.
    """
    return degrees(misalignments(expression, field))
