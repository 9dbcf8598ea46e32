"""The surface on which the data lie: its equations (linear ones are solved) and its tangent spaces.

Formulas and concepts are compared only on the data. Equations that hold on the data make this comparison
exact. Linear equations are solved for some inputs; the other inputs become coordinates. For all other
equations, Newton's method moves the points onto the surface, and directions along the equations' gradients
are left out. Without equations, we use the field's numerical tangent basis, and find the linear equations
behind it if they have simple coefficients.
"""

from dataclasses import dataclass
from fractions import Fraction

import mpmath
import numpy as np
import sympy as sp

from ..errors import DataError, ExpressionError
from ..field import Measure
from ..formula.expressions import as_expression, compiled, evaluate, exact_numbers
from . import tolerances

__all__ = ["Surface", "read_equation"]


def read_equation(equation, names=None):
    """Turn `"x1 + x4 = 5"`, a SymPy equation or an expression into an exact expression that must be zero."""
    if isinstance(equation, str):
        left, *right = equation.replace("==", "=").split("=")
        if len(right) > 1:
            raise ExpressionError(f"the constraint {equation!r} has {len(right)} equals signs: write one")
        sides = [as_expression(side, names) for side in (left, *right)]
    elif isinstance(equation, sp.Eq):
        sides = [as_expression(side, names) for side in equation.args]
    elif equation is sp.true or equation is sp.false:
        sides = [sp.Integer(equation is sp.false)]
    else:
        sides = [as_expression(equation, names)]
    return exact_numbers(sides[0] - sides[1] if len(sides) == 2 else sides[0])


@dataclass(frozen=True)
class Surface:
    """Points of R^n at which equations hold.

    Attributes
    ----------
    names : the n inputs
    equations : expressions that are zero on the surface
    free : symbols of the f inputs that remain as coordinates
    solved : {symbol: expression in the free symbols}, from the linear equations
    implicit : the other equations, in the free symbols
    measure : Measure of the field, with its numerical tangent basis; None without a field
    exact : whether the equations describe the whole surface

    """

    names: tuple
    equations: tuple
    free: tuple
    solved: dict
    implicit: tuple
    measure: Measure | None = None
    exact: bool = True

    @classmethod
    def of(cls, names, equations=(), field=None):
        """Solve `equations`, check them on the field's points, and complete them from the tangent basis.

        Raises
        ------
        DataError
            if the equations contradict one another or the data, or leave no direction to compare in.

        """
        equations = tuple(equations)
        if field is None:
            return cls(names, equations, *_solve(names, equations))
        for equation in equations:
            _check_on_data(equation, field)
        found = _read_off(field) if field.tangent is not None and field.tangent.ndim == 2 else ()
        try:
            solution = _solve(names, (*equations, *found))
            equations = equations or found
        except DataError:  # rounding made a coefficient that was read off differ from the one given
            solution = _solve(names, equations)
        free, _, implicit = solution
        exact = len(free) - len(implicit) <= field.dimension
        return cls(names, equations, *solution, field.measure, exact)

    @property
    def dimension(self):
        """Dimension of the surface, or of the data's tangent space if that is smaller."""
        dimension = len(self.free) - len(self.implicit)
        if self.measure is None or self.measure.basis is None:
            return dimension
        return min(dimension, self.measure.basis.shape[-1])

    @property
    def coordinates(self):
        """Names of the free inputs."""
        return tuple(symbol.name for symbol in self.free)

    def restrict(self, expression):
        """Return an expression in the free inputs that equals `expression` if the linear equations hold."""
        return expression.subs(self.solved, simultaneous=True) if self.solved else expression

    def lift(self, chart):
        """Return points (N, n) whose free inputs are `chart` (N, f)."""
        symbols = dict(zip(self.coordinates, chart.T, strict=True))
        columns = [
            symbols[name]
            if name in symbols
            else evaluate(self.solved[sp.Symbol(name, real=True)], self.coordinates, chart)[0]
            for name in self.names
        ]
        return np.stack(columns, axis=1)

    def chart(self, points):
        """Return free inputs (N, f) of points (N, n)."""
        return points[:, [self.names.index(name) for name in self.coordinates]]

    def settle(self, chart):
        """Move points (N, f) onto the implicit equations' surface; drop points that do not reach it."""
        if not self.implicit:
            return chart
        chart = chart.copy()
        for _ in range(tolerances.SETTLING_STEPS):
            values, slopes = self._implicit_at(chart)
            with np.errstate(all="ignore"):
                step = np.einsum("nfc,nc->nf", np.linalg.pinv(np.nan_to_num(slopes)), np.nan_to_num(values))
            chart -= step
        values, slopes = self._implicit_at(chart)
        size = np.abs(slopes).max(axis=2) * (1 + np.abs(chart).max(axis=1, keepdims=True))
        with np.errstate(all="ignore"):
            return chart[(np.abs(values) <= tolerances.SETTLED * size).all(axis=1)]

    def _implicit_at(self, chart):
        pairs = [evaluate(equation, self.coordinates, chart) for equation in self.implicit]
        return np.stack([v for v, _ in pairs], axis=1), np.stack([g for _, g in pairs], axis=1)

    def polish(self, point):
        """Move one point onto the implicit equations' surface, at mpmath's working precision.

        The point is a list of its f free inputs as mpmath numbers.
        """
        for _ in range(tolerances.POLISHING_STEPS if self.implicit else 0):
            rows = [compiled(equation, self.coordinates, "mpmath")(*point) for equation in self.implicit]
            slopes = mpmath.matrix([row[1:] for row in rows])
            weights = mpmath.lu_solve(slopes * slopes.T, mpmath.matrix([row[0] for row in rows]))
            step = slopes.T * weights
            point = [p - s for p, s in zip(point, step, strict=True)]
        return point

    def measure_at(self, points, index=None):
        """Return the `Measure` for gradients along the surface at points (N, n).

        The inputs' spreads are those of the field's data or, without a field, of the points.

        `index` says which of the data's points these are, if the basis differs from point to point.
        """
        measure = Measure(points.std(0), None) if self.measure is None else self.measure.take(index)
        if not self.equations:
            return measure
        normals = np.stack([evaluate(equation, self.names, points)[1] for equation in self.equations], axis=1)
        basis = np.eye(len(self.names)) if measure.basis is None else measure.basis
        return measure._replace(basis=_without(basis, normals * measure.spread, self.dimension))

    def __str__(self):
        return " and ".join(map(_as_equation, self.equations))


def _as_equation(expression):
    constant, rest = expression.as_coeff_Add()
    if rest.could_extract_minus_sign():
        constant, rest = -constant, -rest
    return f"{rest} = {-constant}"


def _without(basis, normals, dimension):
    """Return `basis` without the directions of `normals` (N, c, n).

    The result is one basis if all points have the same basis and normals; otherwise, one for each point.
    """
    if basis.ndim == 2 and np.allclose(normals, normals[:1], rtol=tolerances.EQUAL_NORMALS, atol=0):
        return _complement(normals[0] @ basis, np.linalg.norm(normals[0], axis=1), basis, dimension)
    bases = np.broadcast_to(basis, (len(normals), *basis.shape[-2:]))
    lengths = np.linalg.norm(normals, axis=2)
    return np.stack(
        [_complement(N @ B, s, B, dimension) for N, s, B in zip(normals, lengths, bases, strict=True)]
    )


def _complement(rows, lengths, basis, dimension):
    rows = rows[np.linalg.norm(rows, axis=1) > tolerances.NORMAL * lengths]
    if not len(rows):
        return basis
    _, _, vt = np.linalg.svd(rows, full_matrices=True)
    return basis @ vt[-dimension:].T


def _solve(names, equations):
    """Return free symbols, {symbol: solution} of the linear equations, and the other equations."""
    symbols = [sp.Symbol(name, real=True) for name in names]
    linear = [e for e in equations if _is_linear(e, symbols)]
    others = [e for e in equations if e not in linear]
    solved = {}
    if linear:
        solution = sp.linsolve(linear, symbols)
        if not solution:
            raise DataError(
                f"the constraints contradict each other: {', '.join(map(_as_equation, equations))}"
            )
        solved = {s: value for s, value in zip(symbols, next(iter(solution)), strict=True) if s != value}
    others = [e for e in (sp.expand(e.subs(solved)) for e in others) if e != 0]
    if any(not e.free_symbols for e in others):
        raise DataError(f"the constraints contradict each other: {', '.join(map(_as_equation, equations))}")
    free = tuple(s for s in symbols if s not in solved)
    if len(free) <= len(others):
        raise DataError(
            f"the constraints {', '.join(map(_as_equation, equations))} leave no direction to compare in"
        )
    return free, solved, tuple(others)


def _is_linear(equation, symbols):
    return all(
        not slope.free_symbols for slope in (sp.expand(sp.diff(equation, symbol)) for symbol in symbols)
    )


def _check_on_data(equation, field):
    values, slopes = evaluate(equation, field.names, field.points)
    spread = np.abs(slopes) @ field.points.std(axis=0) + 1e-12
    with np.errstate(all="ignore"):
        worst = np.nanmax(np.abs(values) / spread, initial=0)
    if worst > tolerances.ON_SURFACE or not np.isfinite(values).all():
        raise DataError(
            f"the data contradict the constraint {_as_equation(equation)}: its two sides differ by up to "
            f"{np.nanmax(np.abs(values), initial=0):.2g} at the field's points"
        )


def _read_off(field):
    """Return the linear equations that hold on the data, or () if any coefficient is not simple."""
    names, points = field.names, field.points
    _, _, vt = np.linalg.svd(field.tangent.T, full_matrices=True)
    rows = _reduced(vt[field.dimension :])
    equations = []
    for row in rows:
        coefficients = [_simple(value) for value in row]
        heights = points @ row
        offset = _simple(heights.mean())
        if None in coefficients or offset is None:
            return ()
        if np.ptp(heights) > tolerances.READ_ERROR * (1 + np.abs(points).max()):
            return ()
        terms = (c * sp.Symbol(name, real=True) for c, name in zip(coefficients, names, strict=True))
        equations.append(sp.Add(*terms) - offset)
    return tuple(equations)


def _simple(value):
    fraction = Fraction(float(value)).limit_denominator(tolerances.READ_DENOMINATOR)
    near = abs(float(fraction) - value) <= tolerances.READ_ERROR * (1 + abs(value))
    return sp.Rational(fraction.numerator, fraction.denominator) if near else None


def _reduced(rows):
    """Return the reduced row echelon form with pivoting, which finds sparse rows if there are any."""
    rows = rows.copy()
    done = 0
    for column in range(rows.shape[1]):
        pivot = done + int(np.argmax(np.abs(rows[done:, column])))
        if abs(rows[pivot, column]) < tolerances.REDUCED_PIVOT:
            continue
        rows[[done, pivot]] = rows[[pivot, done]]
        rows[done] /= rows[done, column]
        for other in range(len(rows)):
            if other != done:
                rows[other] -= rows[other, column] * rows[done]
        done += 1
        if done == len(rows):
            break
    return rows
