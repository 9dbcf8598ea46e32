"""The operators a formula may be built from, one row each, and the examination a row has to pass.

Outside its domain an operator is not finite: nothing is "protected" into another function, and a term that
leaves its domain at one point is rejected. The one convention: `log` is log|u| (its derivative is 1/u either
way), so that factors that change sign survive in a product written as a sum of logarithms.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from ..errors import DataError, ExpressionError, UnknownNameError, nearest

__all__ = ["DEFAULT", "NATIVE", "OPERATORS", "Operator", "define_operator", "examine", "lookup"]


@dataclass(frozen=True, eq=False)
class Operator:
    """One row of the table.

    Attributes
    ----------
    name : identifier
    arity : 1 or 2
    code : the token that stands for it in a term, 0 <= code < 1000
    sympy : callable (sympy, *arguments) -> sympy.Expr; the module is passed: the table loads without it
    value : callable (*arguments) -> array, elementwise on float64 arrays
    partials : one callable for each argument, (*arguments, value) -> array, the partial derivative
    cost : complexity of one use
    commutative : whether the two arguments may be exchanged

    """

    name: str
    arity: int
    code: int
    sympy: Callable
    value: Callable
    partials: tuple
    cost: int = 1
    commutative: bool = False


def _one(*arguments):
    return np.ones_like(arguments[0])


# name, arity, SymPy form, value, partial derivatives (arguments first, then the value), commutative
_ROWS: tuple[tuple[str, int, Callable, Callable, tuple, bool], ...] = (
    ("add", 2, lambda _, a, b: a + b, np.add, (_one, _one), True),
    ("sub", 2, lambda _, a, b: a - b, np.subtract, (_one, lambda a, *_: -np.ones_like(a)), False),
    ("mul", 2, lambda _, a, b: a * b, np.multiply, (lambda _a, b, _: b, lambda a, *_: a), True),
    ("div", 2, lambda _, a, b: a / b, np.divide, (lambda _a, b, _: 1 / b, lambda _a, b, v: -v / b), False),
    ("neg", 1, lambda _, u: -u, np.negative, (lambda u, _: -np.ones_like(u),), False),
    ("inv", 1, lambda _, u: 1 / u, lambda u: 1 / u, (lambda _, v: -v * v,), False),
    ("square", 1, lambda _, u: u**2, np.square, (lambda u, _: 2 * u,), False),
    ("cube", 1, lambda _, u: u**3, lambda u: u * u * u, (lambda u, _: 3 * u * u,), False),
    ("pow4", 1, lambda _, u: u**4, lambda u: (u * u) ** 2, (lambda u, _: 4 * u * u * u,), False),
    ("sqrt", 1, lambda sp, u: sp.sqrt(u), np.sqrt, (lambda _, v: 0.5 / v,), False),
    (
        "inv_sqrt",
        1,
        lambda sp, u: 1 / sp.sqrt(u),
        lambda u: 1 / np.sqrt(u),
        (lambda u, v: -0.5 * v / u,),
        False,
    ),
    ("exp", 1, lambda sp, u: sp.exp(u), np.exp, (lambda _, v: v,), False),
    ("log", 1, lambda sp, u: sp.log(sp.Abs(u)), lambda u: np.log(np.abs(u)), (lambda u, _: 1 / u,), False),
    ("sin", 1, lambda sp, u: sp.sin(u), np.sin, (lambda u, _: np.cos(u),), False),
    ("cos", 1, lambda sp, u: sp.cos(u), np.cos, (lambda u, _: -np.sin(u),), False),
    ("tan", 1, lambda sp, u: sp.tan(u), np.tan, (lambda _, v: 1 + v * v,), False),
    ("tanh", 1, lambda sp, u: sp.tanh(u), np.tanh, (lambda u, _: np.cosh(u) ** -2.0,), False),
    ("abs", 1, lambda sp, u: sp.Abs(u), np.abs, (lambda u, _: np.sign(u),), False),
)

OPERATORS = {
    name: Operator(name, arity, code, form, value, partials, commutative=commutative)
    for code, (name, arity, form, value, partials, commutative) in enumerate(_ROWS)
}
NATIVE = len(OPERATORS)  # codes below are compiled into the kernels; others run on NumPy
DEFAULT = tuple(OPERATORS)
_LAST_CODE = 999  # tokens from 1000 on are constants


def lookup(names: str | Iterable[str] | None = None) -> tuple[Operator, ...]:
    """Rows of the named operators, in the order of the table; None stands for the default set.

    >>> [op.name for op in lookup(["mul", "add"])]
    ['add', 'mul']

    Raises
    ------
    UnknownNameError
        for a name that is not in the table, with the nearest ones.
    DataError
        for an empty set.

    """
    wanted = DEFAULT if names is None else ((names,) if isinstance(names, str) else tuple(names))
    if not wanted:
        raise DataError(
            "the operator set is empty: leave operators=None for the default set, or name at least one"
        )
    for name in wanted:
        if name not in OPERATORS:
            raise UnknownNameError(
                f"no operator {name!r}: {nearest(name, OPERATORS)} "
                "(define_operator(name, lambda u: ...) adds one)"
            )
    return tuple(sorted({OPERATORS[name] for name in wanted}, key=lambda op: op.code))


def define_operator(name: str, function: Callable, cost: int = 1) -> Operator:
    """Add an operator of one or two arguments, given as a function of SymPy expressions; returns its row.

    Value and derivatives are derived from the function and examined. Terms that use it run on NumPy, some ten
    times slower than the compiled ones.

    >>> define_operator("gauss", lambda u: sympy.exp(-(u**2)))  # doctest: +SKIP

    Raises
    ------
    DataError
        for a name that is taken, or when a row fails the examination.
    ExpressionError
        for a function that does not return a SymPy expression of its arguments.

    """
    name, cost = str(name), int(cost)
    form, arguments = _symbolic(name, function)
    if name in OPERATORS:
        return _same_or_raise(OPERATORS[name], form, arguments)
    code = max(op.code for op in OPERATORS.values()) + 1
    if code > _LAST_CODE or not name.isidentifier():
        raise DataError(
            f"operator name {name!r} must be an identifier, and at most {_LAST_CODE} can be defined"
        )
    row = _derived(name, code, form, arguments, cost)
    examine(row)
    OPERATORS[name] = row
    return row


def _symbolic(name, function):
    import sympy as sp

    if not callable(function):
        raise ExpressionError(f"operator {name!r}: give a function of SymPy expressions, got {function!r}")
    try:
        arity = len(inspect.signature(function).parameters)
    except ValueError:
        raise ExpressionError(
            f"operator {name!r}: the arguments of {function!r} are unknown, use a lambda"
        ) from None
    if arity not in (1, 2):
        raise ExpressionError(f"operator {name!r} takes {arity} arguments: one or two are possible")
    arguments = sp.symbols("u v", real=True)[:arity]
    try:
        form = function(*arguments)
    except (TypeError, AttributeError, ValueError) as error:
        raise ExpressionError(
            f"operator {name!r} could not be applied to SymPy symbols ({error}): "
            "write it with sympy.sin, not numpy.sin"
        ) from None
    if not isinstance(form, sp.Expr) or form.free_symbols != set(arguments):
        raise ExpressionError(
            f"operator {name!r} must return a SymPy expression of its {arity} argument(s), got {form!r}"
        )
    return form, arguments


def _same_or_raise(existing, form, arguments):
    import sympy as sp

    if existing.arity == len(arguments) and existing.sympy(sp, *arguments) == form:
        return existing
    raise DataError(f"operator {existing.name!r} exists already with another meaning: choose another name")


def _derived(name, code, form, arguments, cost):
    import sympy as sp

    def compiled(expression):
        run = sp.lambdify(arguments, expression, "numpy")
        return lambda *at: np.broadcast_to(run(*at[: len(arguments)]), np.shape(at[0])).astype(float)

    def rebuilt(_, *at):
        return form.subs(dict(zip(arguments, at, strict=True)), simultaneous=True)

    partials = tuple(compiled(sp.diff(form, symbol)) for symbol in arguments)
    symmetric = len(arguments) == 2 and sp.simplify(form - rebuilt(sp, *reversed(arguments))) == 0
    return Operator(name, len(arguments), code, rebuilt, compiled(form), partials, cost, symmetric)


_GRID = (0.0, 0.3, -0.3, 1.0, -1.0, 1.7, -2.4, 3.9, 25.0, -31.0, 650.0, -650.0, 1e5, -1e5, 1e12, -1e12, 1e-12)


def examine(operator: Operator, tolerance: float = 1e-6) -> None:
    """Admit a row, or say where it fails: on zeros, negatives and values from 1e-12 to 1e12.

    Shapes; the value against SymPy's with 40 digits, and not finite where SymPy has no finite real number;
    the derivatives against central differences of the value.

    Raises
    ------
    DataError
        with the point and both numbers.

    """
    grid = np.meshgrid(*[_GRID] * operator.arity, indexing="ij")
    at = [axis.ravel() for axis in grid]
    with np.errstate(all="ignore"):
        value = _shaped(operator, operator.value(*at), at[0].shape)
        _compare(operator, "value", at, value, _exact(operator, at), 1e-9)
        for i in range(operator.arity):
            slope = _shaped(operator, operator.partials[i](*at, value), at[0].shape)
            _compare_slopes(operator, at, i, slope, tolerance)


def _shaped(operator, result, shape):
    result = np.asarray(result)
    if result.shape != shape or result.dtype != np.float64:
        raise DataError(
            f"operator {operator.name!r} must return float64 numbers of shape {shape}, one for each point, "
            f"got {result.dtype} of shape {result.shape}"
        )
    return result


def _exact(operator, at):
    """Values from SymPy's form with 40 digits; nan where there is no finite real number."""
    import sympy as sp
    from mpmath import mp, mpf

    symbols = sp.symbols("u v", real=True)[: operator.arity]
    run = sp.lambdify(symbols, operator.sympy(sp, *symbols), "mpmath")
    with mp.workdps(40):
        return [_real(run, [mpf(float(x)) for x in point]) for point in zip(*at, strict=True)]


def _real(run, point):
    try:
        number = run(*point)
        return float(number.real) if number.imag == 0 else np.nan
    except (ZeroDivisionError, OverflowError, ValueError):
        return np.nan


def _compare(operator, what, at, got, expected, tolerance):
    for i, (a, b) in enumerate(zip(got, expected, strict=True)):
        both = np.isfinite(a) and np.isfinite(b)
        if np.isfinite(a) != np.isfinite(b) or (both and abs(a - b) > tolerance * max(abs(b), 1e-12)):
            point = tuple(float(axis[i]) for axis in at)
            raise DataError(f"operator {operator.name!r}: {what} at {point} is {a:.9g}, SymPy says {b:.9g}")


def _compare_slopes(operator, at, i, slope, tolerance):
    step = 1e-3 * np.maximum(np.abs(at[i]), 1e-2)
    wide, narrow = (_difference(operator, at, i, h) for h in (step, step / 2))
    steep = np.abs(wide - narrow)  # where the differences themselves do not agree they say nothing
    expected = (4 * narrow - wide) / 3
    size = np.abs(expected) + np.abs(operator.value(*at)) / np.maximum(np.abs(at[i]), 1e-2) * 1e-6
    sure = np.isfinite(expected) & np.isfinite(size) & (steep <= 1e-3 * size)
    usable = sure & np.isfinite(slope)  # an infinite slope, as at a kink, rejects a term: that is no error
    wrong = usable & ~(np.abs(slope - expected) <= tolerance * np.maximum(size, 1e-9) * 10)
    if usable.sum() < sure.sum() / 2:
        wrong = sure & ~usable
    if wrong.any():
        k = int(np.argmax(wrong))
        point = tuple(float(axis[k]) for axis in at)
        raise DataError(
            f"operator {operator.name!r}: derivative {i + 1} at {point} is {slope[k]:.9g}, "
            f"differences say {expected[k]:.9g}"
        )


def _difference(operator, at, i, step):
    up, down = list(at), list(at)
    up[i], down[i] = at[i] + step, at[i] - step
    return (operator.value(*up) - operator.value(*down)) / (up[i] - down[i])
