"""Find out whether a formula is a function of others: exact points refute it, or SymPy proves it.

`e` is a function of `g_1 ... g_k` on a surface `h = 0` if all (k+1)-minors of their Jacobian along the
surface vanish. A single point, computed with 100 digits, can refute this, however small the difference. A
proof expands the minors, unless they are too large.
"""

import math
from enum import Enum

import mpmath
import numpy as np
import sympy as sp

from ..formula.expressions import compiled, evaluate, gradient
from ..formula.on_arrays import on_arrays
from ..formula.outer import core
from . import tolerances

__all__ = ["Screening", "proves", "screen", "vanishes"]

_ZERO, _NO_LENGTH = (mpmath.mpf(10) ** power for power in (tolerances.EXACT_ZERO, tolerances.EXACT_LENGTH))


class Screening(Enum):
    """What exact points say about the claim that the formula is a function of the concepts."""

    PARALLEL = "no point refutes it"
    DIFFERENT = "a point refutes it"
    CONSTANT = "the formula is constant on the data, or on a part"
    UNKNOWN = "no point could be computed"


def screen(formula, concepts, surface, chart):
    """Compare gradients along the surface at points `chart` (N, f), to 100 digits, until two differ.

    Without a difference, the answer is UNKNOWN if no point could be computed, CONSTANT if the formula's
    gradient is zero at more than a fifth of the computed points, and otherwise PARALLEL.
    """
    names = surface.coordinates
    rows = [core(surface.restrict(e)) for e in (formula, *concepts)] + list(surface.implicit)
    if rows[0].is_number:
        return Screening.CONSTANT
    rows = [row for row in rows if not row.is_number]
    flat = used = 0
    with mpmath.workdps(tolerances.DIGITS):
        for point in chart[_tame(rows, names, chart)]:
            jacobian = _jacobian(rows, names, surface, point)
            if jacobian is None:
                continue
            along, share = _misalignment(
                jacobian[0], jacobian[len(rows) - len(surface.implicit) :], jacobian[1:]
            )
            used += 1
            flat += along <= _NO_LENGTH
            if along > _NO_LENGTH and share > _ZERO:
                return Screening.DIFFERENT
    if flat > tolerances.CONSTANT_PART * used:
        return Screening.CONSTANT
    return Screening.PARALLEL if used else Screening.UNKNOWN


def _tame(rows, names, chart):
    """Return points at which all arguments of transcendental functions are of moderate size."""
    arguments = set().union(*(_arguments(row) for row in rows))
    tame = np.ones(len(chart), dtype=bool)
    for argument in arguments:
        tame &= np.abs(np.nan_to_num(evaluate(argument, names, chart)[0], nan=np.inf)) <= tolerances.TAME
    return tame


def _arguments(expression):
    functions = {argument for f in expression.atoms(sp.Function) for argument in f.args}
    return functions | {p.exp for p in expression.atoms(sp.Pow) if p.exp.free_symbols}


def _jacobian(rows, names, surface, point):
    """Return gradients at a point, as mpmath numbers; None if one of them has no finite real value."""
    try:
        point = surface.polish([mpmath.mpf(float(x)) for x in point])
        values = [compiled(row, names, "mpmath")(*point) for row in rows]
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    numbers = [mpmath.mpmathify(number) for row in values for number in row]
    if not all(isinstance(number, mpmath.mpf) and mpmath.isfinite(number) for number in numbers):
        return None
    return [[mpmath.mpf(number) for number in row[1:]] for row in values]


def _misalignment(vector, normals, others):
    """Return the length of `vector` along the surface, and its square's share outside the others' span."""
    along = _outside(vector, _orthonormal(normals))
    total = mpmath.fdot(along, along)
    if mpmath.sqrt(total) <= _NO_LENGTH:
        return mpmath.sqrt(total), mpmath.mpf(0)
    rest = _outside(along, _orthonormal([*normals, *others]))
    return mpmath.sqrt(total), mpmath.fdot(rest, rest) / total


def _orthonormal(vectors):
    basis = []
    for vector in vectors:
        rest = _outside(_outside(vector, basis), basis)
        length = mpmath.sqrt(mpmath.fdot(rest, rest))
        if length > _NO_LENGTH * mpmath.sqrt(mpmath.fdot(vector, vector)) and length > 0:
            basis.append([x / length for x in rest])
    return basis


def _outside(vector, basis):
    for axis in basis:
        share = mpmath.fdot(vector, axis)
        vector = [x - share * u for x, u in zip(vector, axis, strict=True)]
    return vector


def proves(formula, concepts, surface, chart):
    """Return whether SymPy shows, within bounds, that the minors vanish on the surface; False is "not shown".

    An input that is positive at all the points `chart` (N, f) is taken to be positive everywhere.
    """
    names = surface.coordinates
    formula, *concepts = (core(surface.restrict(e)) for e in (formula, *concepts))
    if _is_written_in(formula, concepts):
        return True
    rows = [gradient(e, names) for e in (*concepts, *surface.implicit)]
    block = _pivots(rows, surface, chart)
    if block is None:
        return False
    rows = [gradient(formula, names), *(rows[i] for i, _ in block)]
    columns = [j for _, j in block]
    signs = {
        s: sp.Symbol(s.name, positive=True)
        for s, x in zip(surface.free, chart.T, strict=True)
        if (x > 0).all()
    }
    rows = [[entry.xreplace(signs) for entry in row] for row in rows]
    equations = [equation.xreplace(signs) for equation in surface.implicit]
    others = (j for j in range(len(names)) if j not in columns)
    return all(
        vanishes(_determinant([[row[j] for j in (*columns, other)] for row in rows]), equations)
        for other in others
    )


def _is_written_in(formula, concepts):
    marks = sp.symbols(f"concept0:{len(concepts)}", cls=sp.Dummy)
    return formula.subs(list(zip(concepts, marks, strict=True))).free_symbols <= set(marks)


def _pivots(rows, surface, chart):
    """Return (row, column) pairs of a largest minor that does not vanish, found by full pivoting at a point.

    If all minors that border this minor vanish, all other minors of their size vanish too and need no check.
    """
    functions = [on_arrays(surface.free, row) for row in rows]
    best = None
    for point in chart[: tolerances.PIVOT_POINTS]:
        with np.errstate(all="ignore"):
            matrix = np.array([[float(np.real(x)) for x in function(*point)] for function in functions])
        pairs = _eliminate(matrix) if np.isfinite(matrix).all() else []
        if pairs and (best is None or len(pairs) > len(best)):
            best = pairs
    return best


def _eliminate(matrix):
    matrix = matrix / np.maximum(np.abs(matrix).max(axis=1, keepdims=True), tolerances.LEAST)
    pairs = []
    for _ in range(min(matrix.shape)):
        i, j = np.unravel_index(np.argmax(np.abs(matrix)), matrix.shape)
        if abs(matrix[i, j]) < tolerances.PIVOT:
            break
        pairs.append((int(i), int(j)))
        matrix = matrix - np.outer(matrix[:, j], matrix[i]) / matrix[i, j]
        matrix[i], matrix[:, j] = 0, 0
    return pairs


def _determinant(rows):
    if len(rows) == 1:
        return rows[0][0]
    return sp.Add(
        *(
            (-1) ** j * entry * _determinant([row[:j] + row[j + 1 :] for row in rows[1:]])
            for j, entry in enumerate(rows[0])
            if entry != 0
        )
    )


def vanishes(expression, equations=()):
    """Return whether SymPy shows that an expression is zero where `equations` are; False means "not shown".

    The expressions that SymPy may expand are limited in size, so the check ends within seconds.
    """
    if expression == 0:
        return True
    for prepare in (_as_it_is, _opaque, _numerator, _signed, _exponentials):
        form = prepare(expression)
        if form is None or _terms(form) > tolerances.EXPANDED_TERMS:
            continue
        if _reduce(_expand(form), equations) == 0:
            return True
    return sp.count_ops(expression) <= tolerances.SIMPLIFIED_OPERATIONS and sp.simplify(expression) == 0


def _as_it_is(expression):
    return expression


def _opaque(expression):
    """Replace sums under roots and in fractions by symbols; terms then stay short until they cancel."""
    sums = {}

    def symbol(power):
        return sums.setdefault(power.base, sp.Dummy("sum", positive=True)) ** power.exp

    opaque = expression.replace(lambda e: e.is_Pow and e.base.is_Add and not e.exp.is_positive, symbol)
    opaque = opaque.replace(lambda e: e.is_Pow and e.base in sums, symbol)
    return opaque if sums else None


def _numerator(expression):
    if sp.count_ops(expression) > tolerances.COMBINED_OPERATIONS:
        return None
    return sp.fraction(sp.together(expression))[0]


def _exponentials(expression):
    """Write sines and tangents as exponentials, which expand to a normal form."""
    if not expression.has(sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh):
        return None
    if sp.count_ops(expression) > tolerances.EXPONENTIAL_OPERATIONS:
        return None
    return _numerator(expression.rewrite(sp.exp))


def _signed(expression):
    """Write |u| as s u, with a symbol s for the sign of each factor of u; the square of s is one."""
    if not expression.has(sp.Abs, sp.sign):
        return None
    signs = {}

    def sign(u):
        bases = (factor.as_base_exp() for factor in sp.Mul.make_args(sp.factor_terms(u)))
        odd = (base if power.is_odd else base**power for base, power in bases if not power.is_even)
        return sp.Mul(
            *(sp.sign(b) if b.is_number else signs.setdefault(b, sp.Dummy("sign", integer=True)) for b in odd)
        )

    return _numerator(expression.replace(sp.Abs, lambda u: sign(u) * u).replace(sp.sign, sign))


def _expand(expression):
    expanded = sp.expand(expression)
    if not expanded.has(sp.Dummy):
        return expanded
    return sp.expand(
        expanded.replace(
            lambda e: e.is_Pow and e.base.is_Dummy and e.base.is_integer, lambda e: e.base ** sp.Mod(e.exp, 2)
        )
    )


def _reduce(expanded, equations):
    """Return a polynomial's remainder modulo polynomial equations; return anything else unchanged."""
    if expanded == 0 or not equations or len(equations) > tolerances.REDUCED_BY:
        return expanded
    if len(sp.Add.make_args(expanded)) > tolerances.REDUCED_TERMS:
        return expanded
    symbols = sorted(set().union(expanded.free_symbols, *(e.free_symbols for e in equations)), key=str)
    if not all(e.is_polynomial(*symbols) for e in (expanded, *equations)):
        return expanded
    return sp.reduced(expanded, sp.groebner(equations, *symbols), *symbols)[1]


def _terms(expression):
    """Return an upper bound on the number of terms after expansion."""
    if expression.is_Add:
        return sum(map(_terms, expression.args))
    if expression.is_Mul:
        return math.prod(map(_terms, expression.args))
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
        n, k = int(expression.exp), _terms(expression.base)
        return math.comb(n + k - 1, n) if k > 1 else 1
    return max(map(_terms, expression.args), default=1)
