"""The operators that a formula may use, one row for each, and the checks that a row has to pass.

Outside its domain, an operator's value is not finite. No operator is "protected", that is, replaced with
another function outside its domain. So a term is rejected if one point is outside its domain. There is one
convention: `log` means log|u|, whose derivative is also 1/u. So factors may change sign even if a product is
written as a sum of logarithms.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from ..errors import DataError, ExpressionError, UnknownNameError, nearest
from .on_arrays import on_arrays

__all__ = [
    "DEFAULT",
    "OPERATORS",
    "Operator",
    "define_operator",
    "examine",
    "lookup",
    "modulus",
    "whole_powers",
]


@dataclass(frozen=True, eq=False)
class Operator:
    """One row of the table: everything that the package knows about an operator.

    Attributes
    ----------
    name : identifier that formulas and settings use
    sympy : callable (sympy, *arguments) -> sympy.Expr; it is given the module, so that the table loads
        without SymPy
    value : callable (*arguments) -> array, elementwise on float64 arrays
    partials : a callable (*arguments, value) -> array for each of the one or two arguments: the partial
        derivatives
    powers : one exponent for each argument, if the operator is a product of powers of its arguments, up to
        the sign. Dimensions then multiply in the same way. With one argument, log|value| is
        then log|argument| times a number
    degree : d, if all arguments must have the same dimension, and the value has the d-th power of this
        dimension. An operator with neither `powers` nor a degree is a function of plain numbers
    julia : "+", or a Julia expression in u and v that is NaN outside the domain and never throws. Without
        such an expression, PySR gets the SymPy form, written with operators that have a Julia expression
    code : place in the table, which is also the operator's token in a term, 0 <= code < 1000

    """

    name: str
    sympy: Callable
    value: Callable
    partials: tuple
    powers: tuple = ()
    degree: int | None = None
    julia: str | None = None
    code: int = -1

    @property
    def arity(self):
        """Number of arguments, 1 or 2."""
        return len(self.partials)


def _one(*arguments):
    return arguments[0] ** 0  # 1 in the shape of the argument, even where that is not finite


def _minus_one(*arguments):
    return -(arguments[0] ** 0)


def modulus(sp, u):
    """Return |u| with unchanged factors exp(w), which SymPy splits if it cannot tell that w is real."""
    positive = sp.Mul(*(part for part in sp.Mul.make_args(u) if isinstance(part, sp.exp)))
    return positive * sp.Abs(u / positive)


_HALF = Fraction(1, 2)
# Name, SymPy form, value, partial derivatives (functions of the arguments and the value), other properties.
# fmt: off
_ROWS = (
    Operator("add", lambda _, a, b: a + b, np.add, (_one, _one), degree=1, julia="+"),
    Operator("sub", lambda _, a, b: a - b, np.subtract, (_one, _minus_one), degree=1, julia="-"),
    Operator("mul", lambda _, a, b: a * b, np.multiply, (lambda _a, b, _: b, lambda a, *_: a),
             powers=(1, 1), julia="*"),
    Operator("div", lambda _, a, b: a / b, np.divide, (lambda _a, b, _: 1 / b, lambda _a, b, v: -v / b),
             powers=(1, -1), julia="/"),
    Operator("neg", lambda _, u: -u, np.negative, (_minus_one,), powers=(1,), julia="-u"),
    Operator("inv", lambda _, u: 1 / u, lambda u: 1 / u, (lambda _, v: -v * v,),
             powers=(-1,), julia="one(u) / u"),
    Operator("square", lambda _, u: u**2, np.square, (lambda u, _: 2 * u,), powers=(2,), julia="u * u"),
    Operator("cube", lambda _, u: u**3, lambda u: u * u * u, (lambda u, _: 3 * u * u,),
             powers=(3,), julia="u * u * u"),
    Operator("pow4", lambda _, u: u**4, lambda u: (u * u) ** 2, (lambda u, _: 4 * u * u * u,),
             powers=(4,), julia="(u * u) * (u * u)"),
    Operator("sqrt", lambda sp, u: sp.sqrt(u), np.sqrt, (lambda _, v: 0.5 / v,),
             powers=(_HALF,), julia="u >= zero(u) ? sqrt(u) : oftype(u, NaN)"),
    Operator("inv_sqrt", lambda sp, u: 1 / sp.sqrt(u), lambda u: 1 / np.sqrt(u), (lambda u, v: -0.5 * v / u,),
             powers=(-_HALF,), julia="u > zero(u) ? one(u) / sqrt(u) : oftype(u, NaN)"),
    Operator("exp", lambda sp, u: sp.exp(u), np.exp, (lambda _, v: v,), julia="exp(u)"),
    Operator("log", lambda sp, u: sp.log(modulus(sp, u)), lambda u: np.log(np.abs(u)), (lambda u, _: 1 / u,),
             julia="log(abs(u))"),
    Operator("sin", lambda sp, u: sp.sin(u), np.sin, (lambda u, _: np.cos(u),),
             julia="isfinite(u) ? sin(u) : oftype(u, NaN)"),
    Operator("cos", lambda sp, u: sp.cos(u), np.cos, (lambda u, _: -np.sin(u),),
             julia="isfinite(u) ? cos(u) : oftype(u, NaN)"),
    Operator("tan", lambda sp, u: sp.tan(u), np.tan, (lambda _, v: 1 + v * v,),
             julia="isfinite(u) ? tan(u) : oftype(u, NaN)"),
    Operator("tanh", lambda sp, u: sp.tanh(u), np.tanh, (lambda u, _: np.cosh(u) ** -2.0,), julia="tanh(u)"),
    Operator("abs", modulus, np.abs, (lambda u, _: np.sign(u),), powers=(1,), julia="abs(u)"),
)
# fmt: on

OPERATORS = {row.name: replace(row, code=code) for code, row in enumerate(_ROWS)}
DEFAULT = tuple(OPERATORS)
_LAST_CODE = 999  # tokens from 1000 on are constants


def lookup(names: str | Iterable[str] | None = None) -> tuple[Operator, ...]:
    """Return the rows of operators with these names, in the table's order; None means the default set.

    >>> [op.name for op in lookup(["mul", "add"])]
    ['add', 'mul']

    Raises
    ------
    UnknownNameError
        if a name is not in the table; the message gives the nearest names.
    DataError
        if the set is empty.

    """
    wanted = DEFAULT if names is None else ((names,) if isinstance(names, str) else tuple(names))
    if not wanted:
        raise DataError(
            "the operator set is empty: leave operators=None for the default set, "
            "or name at least one operator"
        )
    for name in wanted:
        if name not in OPERATORS:
            raise UnknownNameError(
                f"there is no operator {name!r}: {nearest(name, OPERATORS)} "
                "(define_operator(name, lambda u: ...) adds one)"
            )
    return tuple(sorted({OPERATORS[name] for name in wanted}, key=lambda op: op.code))


def whole_powers(rows: Iterable[Operator]) -> list[tuple[int, str]]:
    """Return whole exponents above 1 among some rows, largest first, each with the name of its operator.

    >>> whole_powers(lookup(["square", "sqrt", "cube"]))
    [(3, 'cube'), (2, 'square')]
    """
    powers = ((row.powers[0], row.name) for row in rows if row.arity == 1 and row.powers)
    return sorted((power for power in powers if power[0] > 1 and power[0] % 1 == 0), reverse=True)


def define_operator(name: str, function: Callable) -> Operator:
    """Add an operator of one or two arguments, given as a function of SymPy expressions; return its row.

    Value and derivatives come from the function, and are checked. A term that contains the operator is
    computed by NumPy and SciPy. At 300 points this takes 0.1 ms, instead of 2 us for a built-in operator; the
    time of a whole search hardly changes. The search refines a constant in an operator's argument, as in
    `gauss(2*x)`, if the operator's derivative can be written with the operators of the table.

    >>> define_operator("gauss", lambda u: sympy.exp(-(u**2)))  # doctest: +SKIP
    >>> define_operator("bell", sympy.erf)  # doctest: +SKIP

    Raises
    ------
    DataError
        if the name is taken, or if the row fails a check.
    ExpressionError
        if the function does not return a SymPy expression of its arguments, or if neither NumPy nor SciPy can
        evaluate this expression.

    """
    name = str(name)
    form, arguments = _symbolic(name, function)
    if name in OPERATORS:
        return _same_or_raise(OPERATORS[name], form, arguments)
    code = max(op.code for op in OPERATORS.values()) + 1
    if code > _LAST_CODE or not name.isidentifier():
        raise DataError(
            f"operator name {name!r} must be an identifier, and at most {_LAST_CODE} operators can be defined"
        )
    try:
        row = _derived(name, code, form, arguments)
        examine(row)
    except ExpressionError as error:
        raise ExpressionError(f"operator {name!r}: {error}") from None
    OPERATORS[name] = row
    return row


def _symbolic(name, function):
    import sympy as sp

    if not callable(function):
        raise ExpressionError(f"operator {name!r}: pass a function of SymPy expressions, got {function!r}")
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        parameters = ()
    if not parameters or any(p.kind is p.VAR_POSITIONAL for p in parameters):
        raise ExpressionError(f"operator {name!r}: the arguments of {function!r} are unknown: use a lambda")
    arity = len(parameters)
    if arity not in (1, 2):
        raise ExpressionError(f"operator {name!r} takes {arity} arguments: an operator must take one or two")
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
    raise DataError(f"operator {existing.name!r} already exists with another meaning: choose another name")


def _derived(name, code, form, arguments):
    import sympy as sp

    def compiled(expression):
        run = on_arrays(arguments, expression)
        return lambda *at: np.broadcast_to(run(*at[: len(arguments)]), np.shape(at[0])).astype(float)

    def rebuilt(_, *at):
        return form.subs(dict(zip(arguments, at, strict=True)), simultaneous=True)

    partials = tuple(compiled(sp.diff(form, symbol)) for symbol in arguments)
    return Operator(name, rebuilt, compiled(form), partials, code=code)


_GRID = (0.0, 0.3, -0.3, 1.0, -1.0, 1.7, -2.4, 3.9, 25.0, -31.0, 650.0, -650.0, 1e5, -1e5, 1e12, -1e12, 1e-12)


def examine(operator: Operator) -> None:
    """Accept a row, or say where it fails on zeros, negatives and values from 1e-12 to 1e12.

    Shapes are checked. The value is compared with SymPy's at 40 digits, and must not be finite where SymPy
    has no finite real number. The derivatives are compared with central differences of the value.

    Raises
    ------
    DataError
        if a check fails; for a wrong number, the message gives the point, the row's number and the expected
        number.

    """
    grid = np.meshgrid(*[_GRID] * operator.arity, indexing="ij")
    at = [axis.ravel() for axis in grid]
    with np.errstate(all="ignore"):
        value = _shaped(operator, operator.value(*at), at[0].shape)
        _compare(operator, "value", at, value, _exact(operator, at), 1e-9)
        for i in range(operator.arity):
            slope = _shaped(operator, operator.partials[i](*at, value), at[0].shape)
            _compare_slopes(operator, at, i, slope)


def _shaped(operator, result, shape):
    result = np.asarray(result)
    if result.shape != shape or result.dtype != np.float64:
        raise DataError(
            f"operator {operator.name!r} must return float64 numbers of shape {shape}, one for each point, "
            f"got {result.dtype} of shape {result.shape}"
        )
    return result


def _exact(operator, at):
    """Return values of SymPy's form with 40 digits; NaN where there is no finite real number."""
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
            raise DataError(
                f"operator {operator.name!r}: {what} at {point} is {a:.9g}, but SymPy says {b:.9g}"
            )


def _compare_slopes(operator, at, i, slope):
    step = 1e-3 * np.maximum(np.abs(at[i]), 1e-2)
    wide, narrow = (_difference(operator, at, i, h) for h in (step, step / 2))
    steep = np.abs(wide - narrow)  # if two differences disagree, they say nothing
    expected = (4 * narrow - wide) / 3
    size = np.abs(expected) + np.abs(operator.value(*at)) / np.maximum(np.abs(at[i]), 1e-2) * 1e-6
    sure = np.isfinite(expected) & np.isfinite(size) & (steep <= 1e-3 * size)
    usable = sure & np.isfinite(slope)  # an infinite slope, as at a kink, is not an error: it rejects a term
    wrong = usable & ~(np.abs(slope - expected) <= 1e-5 * np.maximum(size, 1e-9))
    if usable.sum() < sure.sum() / 2:
        wrong = sure & ~usable
    if wrong.any():
        k = int(np.argmax(wrong))
        point = tuple(float(axis[k]) for axis in at)
        raise DataError(
            f"operator {operator.name!r}: derivative {i + 1} at {point} is {slope[k]:.9g}, "
            f"but finite differences give {expected[k]:.9g}"
        )


def _difference(operator, at, i, step):
    up, down = list(at), list(at)
    up[i], down[i] = at[i] + step, at[i] - step
    return (operator.value(*up) - operator.value(*down)) / (up[i] - down[i])
