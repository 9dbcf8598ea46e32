"""A formula, and how well it agrees with a neuron."""

from dataclasses import dataclass
from dataclasses import field as having
from functools import cached_property

import numpy as np
import sympy as sp

from ...errors import AnyFormulaError, DataError, ExpressionError
from ...field import GradientField
from ...field.directions import degrees
from ...formula.expressions import as_expression, complexity, misalignments
from ...formula.on_arrays import on_arrays
from ..kernel.evaluation import gradients
from ..terms.postfix import from_sympy
from ..tuning import KIND
from .numbers import Interval, intervals
from .split import held_out
from .values import left_of, missed, unexplained

__all__ = ["Candidate", "explained", "identifiable", "losses_of", "missed_by", "remaining", "score", "share"]


@dataclass(frozen=True)
class Candidate:
    """A formula, and how well it agrees with the neuron.

    Attributes
    ----------
    expression : sympy.Expr in `Symbol(name, real=True)`; if a search has found it, without an outer function,
        scale or offset
    complexity : number of leaves, operators and constants other than +-1
    loss : weighted mean of `1 - cos^2` on held-out points: 0 for equal directions, 1 for orthogonal ones
    plain_loss : the same mean without weights
    explained : share of the variance of the neuron's values that a smooth function of the formula predicts
        (cross-validated); None without values or with several neurons

    """

    expression: sp.Expr
    complexity: int
    loss: float
    plain_loss: float
    explained: float | None = None
    _on: tuple | None = having(default=None, repr=False, compare=False)  # (field, names of numbers)

    @cached_property
    def intervals(self) -> tuple[Interval, ...]:
        """A 95 % `Interval` (value, low, high, name) for each number that the data determine."""
        if self._on is None:
            return ()
        about, named = self._on
        return intervals(self.expression, about, _sides(self.expression, about), named)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Inputs that explain part of what the formula leaves unexplained, the most important first."""
        if self._on is None or self.explained is None:
            return ()
        about, _ = self._on
        left = remaining(self.expression, about)
        if left is None:
            return ()
        told = {name: 1 - unexplained(x, left) for name, x in zip(about.names, about.points.T, strict=True)}
        return tuple(sorted((n for n in told if told[n] > KIND.missing), key=lambda n: -told[n]))

    @property
    def angle(self) -> float:
        """The angle in degrees at which `1 - cos^2` equals the loss."""
        return float(degrees(self.loss))

    def __repr__(self):
        return f"Candidate({self.expression}, complexity={self.complexity}, loss={self.loss:.3g})"

    def _repr_latex_(self):
        return f"${sp.latex(self.expression)}$"


def score(field: GradientField, guess: str | sp.Expr, random_state: int = 0) -> Candidate:
    """Score your own formula (text or SymPy), to compare it with the front of a search.

    Nothing is fitted. The loss is measured on the points that a search with the same `random_state` holds
    out, so you can compare it with the losses on that search's front. The share `explained` is measured on
    all points. Write text as you would on paper: "½ v² + 1,6 x^4". The formula is not simplified: x/x has no
    value where x is 0.

    >>> score(field, "x1*x4 - x2*x3")  # doctest: +SKIP
    Candidate(x1*x4 - x2*x3, complexity=7, loss=0.00021)

    Raises
    ------
    ExpressionError
        if the text cannot be read, contains unknown symbols, or contains no input.

    """
    identifiable(field)
    expression = as_expression(guess, field.names)
    if not expression.free_symbols:
        raise ExpressionError(f"{guess} is constant: write a formula in {', '.join(field.names)}")
    held = held_out(field, random_state)
    shares = misalignments(guess if isinstance(guess, str) else expression, field)[held]
    left, plain = losses_of(shares, field.weights[held])
    told = explained(expression, field)
    return Candidate(expression, complexity(expression), left, plain, told, (field, None))


def losses_of(shares, weights):
    """Return `loss` and `plain_loss`: the means of 1 - cos^2 (N,), with weights (N,) and without."""
    return float(np.average(shares, weights=weights)), float(shares.mean())


def explained(expression, field):
    """Return the share of one neuron's values that a formula explains, or None without such values."""
    return share(missed_by(expression, field))


def share(squares):
    """Return the share of the variance that a formula with these squared errors (N,) explains, or None."""
    return None if squares is None else float(1 - min(squares.mean(), 1))


def missed_by(expression, field):
    """Predict one neuron's values from a formula; return the squared errors (N,), or None without values."""
    if field.values is None or field.neurons != 1:
        return None
    sides = _sides(expression, field)
    return missed(_values(expression, field), field.values.reshape(-1), sides)


def remaining(expression, field):
    """Predict a neuron's values from a formula; return the errors (N,) in standard deviations, or None."""
    values = _values(expression, field)
    if not np.isfinite(values).all():
        return None
    return left_of(values, field.values.reshape(-1), _sides(expression, field))


def _sides(expression, field):
    """Return a region number (N,) for each point; regions meet where an absolute value |u| is zero."""
    moduli = sorted(expression.atoms(sp.Abs), key=sp.default_sort_key)
    return sum(2**k * (_values(e.args[0], field) < 0) for k, e in enumerate(moduli))


def _values(expression, field):
    """Return the values (N,) of a formula; use the compiled loops if they have all its operators."""
    symbols, points = [sp.Symbol(name, real=True) for name in field.names], field.points
    try:
        values, _, usable = gradients([from_sympy(expression, symbols)], points.T)
        if usable[0]:
            return values[0]
    except ExpressionError:
        pass
    with np.errstate(all="ignore"):
        values = on_arrays(symbols, expression)(*points.T)
    return np.broadcast_to(np.asarray(values, dtype=float), len(points))


def identifiable(field):
    """Raise DataError if this is not a field, or if it has so many neurons that any formula fits."""
    if not isinstance(field, GradientField):
        raise DataError(
            f"field must be a GradientField, got {type(field).__name__}: make one with gradient_field"
        )
    if field.rank >= field.dimension:
        what = (
            "one neuron"
            if field.neurons == 1
            else f"{field.neurons} neurons with {field.rank} independent gradients"
        )
        raise AnyFormulaError(
            f"{what} on data that fill {field.dimension} dimension(s): the gradients span all of them, so "
            "any formula fits; use fewer neurons, more inputs, or data that vary in more directions"
        )
