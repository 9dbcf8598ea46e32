"""A formula and how well it agrees with a neuron."""

from dataclasses import dataclass
from dataclasses import field as having
from functools import cached_property

import numpy as np
import sympy as sp

from ...errors import DataError, ExpressionError
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
    """A formula and how it agrees with the neuron.

    Attributes
    ----------
    expression : sympy.Expr in `Symbol(name, real=True)`, without outer function, scale or offset
    complexity : 1 for each leaf, operator and constant other than +-1
    loss : weighted mean of `1 - cos^2` on held-out points, 0 = same direction everywhere, 1 = orthogonal
    plain_loss : the same without weights
    explained : share of the variance of the neuron's values that a smooth function of the formula predicts,
        each value left out in turn; None without values, and for several neurons

    """

    expression: sp.Expr
    complexity: int
    loss: float
    plain_loss: float
    explained: float | None = None
    _on: tuple | None = having(default=None, repr=False, compare=False)  # the field, and names for numbers

    @cached_property
    def intervals(self) -> tuple[Interval, ...]:
        """An `Interval` (value, low, high, name) at 95 % for each number in it that the data tell."""
        if self._on is None:
            return ()
        about, named = self._on
        return intervals(self.expression, about, _sides(self.expression, about), named)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Inputs of which a smooth function predicts part of what the formula leaves of the values."""
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
        """Angle in degrees at which `1 - cos^2` equals the loss."""
        return float(degrees(self.loss))

    def __repr__(self):
        return f"Candidate({self.expression}, complexity={self.complexity}, loss={self.loss:.3g})"

    def _repr_latex_(self):
        return f"${sp.latex(self.expression)}$"


def score(field: GradientField, guess: str | sp.Expr, random_state: int = 0) -> Candidate:
    """Candidate for a person's own formula (text or SymPy), to be placed on the front of a search.

    Nothing is fitted. The loss is over the points that a search of the same `random_state` holds out, so that
    its formulas have the losses that they have on its front; what is explained is over all points. Text is
    read as people write it, "½ v² + 1,6 x^4", and counts as it is written: x/x has no value where x is 0.

    >>> score(field, "x1*x4 - x2*x3")  # doctest: +SKIP
    Candidate(x1*x4 - x2*x3, complexity=7, loss=0.00021)

    Raises
    ------
    ExpressionError
        for text that cannot be read, unknown symbols, and a formula without any input in it.

    """
    identifiable(field)
    expression = as_expression(guess, field.names)
    if not expression.free_symbols:
        raise ExpressionError(f"{guess} is constant: write a formula of {', '.join(field.names)}")
    held = held_out(field, random_state)
    shares = misalignments(guess if isinstance(guess, str) else expression, field)[held]
    left, plain = losses_of(shares, field.weights[held])
    told = explained(expression, field)
    return Candidate(expression, complexity(expression), left, plain, told, (field, None))


def losses_of(shares, weights):
    """`loss` and `plain_loss` of a formula that leaves shares (N,) at points of some weights (N,)."""
    return float(np.average(shares, weights=weights)), float(shares.mean())


def explained(expression, field):
    """Share of one neuron's values that a formula explains, or None where there are no such values."""
    return share(missed_by(expression, field))


def share(squares):
    """Share of the values that is explained where squares (N,) are left, or None without squares."""
    return None if squares is None else float(1 - min(squares.mean(), 1))


def missed_by(expression, field):
    """Share (N,) of each point in what a formula leaves of one neuron's values; None without values."""
    if field.values is None or field.neurons != 1:
        return None
    sides = _sides(expression, field)
    return missed(_values(expression, field), field.values.reshape(-1), sides)


def remaining(expression, field):
    """What a formula leaves of one neuron's values (N,), in their spread; None where it lacks values."""
    values = _values(expression, field)
    if not np.isfinite(values).all():
        return None
    return left_of(values, field.values.reshape(-1), _sides(expression, field))


def _sides(expression, field):
    """Numbers (N,) of the parts into which the zeros of moduli divide the data."""
    moduli = sorted(expression.atoms(sp.Abs), key=sp.default_sort_key)
    return sum(2**k * (_values(e.args[0], field) < 0) for k, e in enumerate(moduli))


def _values(expression, field):
    """Values (N,) of a formula, by the compiled loops where they can."""
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
    """Raise DataError for no field, and where every formula fits: as many neurons as tangent dimensions."""
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
        raise DataError(
            f"{what} on data that fill {field.dimension} dimension(s): every gradient lies in their span, "
            "so any formula fits; use fewer neurons, more inputs, or data that vary in more directions"
        )
