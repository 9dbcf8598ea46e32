"""Find out whether other constants, within 1 %, would make a formula an exact function of the concept."""

from dataclasses import dataclass

import numpy as np
import sympy as sp

from ..field.directions import outside, unit
from ..formula.expressions import evaluate
from . import tolerances

__all__ = ["Refit", "refit"]


@dataclass(frozen=True)
class Refit:
    """A formula, with the constants for which it is exact.

    Attributes
    ----------
    expression : the formula with the constants found
    changes : ((given, found), ...), a pair of floats for each constant that differs

    """

    expression: sp.Expr
    changes: tuple


def refit(expression, field):
    """Find the nearest constants for which the formula's gradient lies in the span of the field's gradients.

    Parameters
    ----------
    expression : sympy.Expr
        Decimals and long fractions in the formula are constants. Small integers, small fractions and all
        exponents belong to the structure of the formula and stay as they are.
    field : GradientField
        The field of the concept, on the points of the comparison.

    Returns
    -------
    Refit, or None if there are no such constants within 1 % of the given ones, or if the constants found
    would make the formula independent of one of its inputs (0.99**x would become 1).

    """
    given = []
    form = _freed(expression, given)
    if not 0 < len(given) <= tolerances.REFIT_CONSTANTS:
        return None
    given = np.array(given)
    scales = _solved(_Residual(form, given, field), len(given))
    if scales is None or np.abs(scales).max() > tolerances.REFIT_WITHIN:
        return None
    found = given * (1 + scales)
    exact = form.xreplace({_constant(i): sp.Float(value, 17) for i, value in enumerate(found)})
    if _loses_an_input(expression, exact, field):
        return None
    changes = tuple(
        (float(a), float(b))
        for a, b in zip(given, found, strict=True)
        if abs(a - b) > tolerances.REFIT_CHANGED * abs(a)
    )
    return Refit(exact, changes)


def _constant(i):
    return sp.Symbol(f"constant{i}_", real=True)  # no input has such a name


def _freed(expression, given):
    """Return the expression with symbols in place of its constants, whose values are appended to `given`."""
    if _is_free(expression):
        given.append(float(expression))
        return _constant(len(given) - 1)
    if not expression.args or not expression.has(sp.Float, sp.Rational):
        return expression
    if expression.is_Pow and expression.exp.is_number:
        return _freed(expression.base, given) ** expression.exp
    return expression.func(*(_freed(part, given) for part in expression.args))


def _is_free(number):
    if number.is_Rational:
        return max(abs(number.p), number.q) > tolerances.FORM_NUMBER
    return number.is_Float


class _Residual:
    """Part of a formula's unit gradients outside the field's span, if constants change by given fractions."""

    def __init__(self, form, given, field):
        self.given, self.field, self.form = given, field, form
        self.names = (*field.names, *(_constant(i).name for i in range(len(given))))

    def __call__(self, scales):
        constants = np.broadcast_to(self.given * (1 + scales), (len(self.field), len(self.given)))
        _, gradients = evaluate(self.form, self.names, np.hstack([self.field.points, constants]))
        along = self.field.project(gradients[:, : self.field.points.shape[1]])
        return outside(unit(along), self.field.unit).ravel()

    def slopes(self, scales):
        step = tolerances.REFIT_STEP
        shifts = step * np.eye(len(scales))
        return np.stack([(self(scales + s) - self(scales - s)) / (2 * step) for s in shifts], axis=1)


def _solved(residual, count):
    """Find relative changes of the constants by damped Gauss-Newton steps; return them, or None.

    Some constants do not matter, for instance the weight of each concept in a function of several concepts.
    These constants are not changed. The damping (Yamashita and Fukushima 2001) falls with the residual, so
    that convergence stays fast.
    """
    scales = np.zeros(count)
    for _ in range(tolerances.REFIT_STEPS):
        rest = residual(scales)
        if not np.isfinite(rest).all() or np.abs(scales).max() > tolerances.REFIT_BOUND:
            return None
        if _mean(rest, residual) < tolerances.REFIT_DONE:
            break
        slopes = residual.slopes(scales)
        if not np.isfinite(slopes).all():
            return None
        damping = np.sqrt(np.linalg.norm(rest) * np.linalg.norm(slopes)) * np.eye(count)
        system = np.vstack([slopes, damping]), np.append(rest, np.zeros(count))
        scales = scales - np.linalg.lstsq(*system, rcond=tolerances.REFIT_RANK)[0]
    rest = residual(scales)
    return scales if np.isfinite(rest).all() and _mean(rest, residual) < tolerances.REFIT_EXACT else None


def _mean(rest, residual):
    return float((rest**2).sum() / len(residual.field))


def _loses_an_input(before, after, field):
    old, new = (np.abs(evaluate(e, field.names, field.points)[1]).max(axis=0) for e in (before, after))
    return bool(((new <= tolerances.REFIT_LOST * old) & (old > 0)).any())
