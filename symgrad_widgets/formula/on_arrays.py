"""Turn SymPy expressions into functions of arrays: NumPy's, and SciPy's special functions (erf, gamma)."""

from ..errors import ExpressionError

__all__ = ["anonymous", "on_arrays"]

# Errors which show, when an expression is compiled or called, that a library lacks a function.
_UNKNOWN = (AttributeError, NameError, NotImplementedError, TypeError, ValueError)


def anonymous(symbols, expression):
    """Return new symbols, and the expression (or list) written in them: an old name could be a function's."""
    import sympy as sp

    others = [sp.Dummy() for _ in symbols]
    known = dict(zip(symbols, others, strict=True))
    if isinstance(expression, list):
        return others, [one.xreplace(known) for one in expression]
    return others, expression.xreplace(known)


def on_arrays(symbols, expression, own=None, **options):
    """Return a function that maps arrays, one for each symbol, to the value of an expression or of a list.

    `own` maps names to functions that take precedence over NumPy's and SciPy's; `options` go to SymPy's
    lambdify.

    Raises
    ------
    ExpressionError
        if neither NumPy nor SciPy has a function. The error is raised now, or when the result is called.

    """
    import sympy as sp

    def refuse(error):
        return ExpressionError(
            f"{expression} has no values on arrays ({error}): use functions that NumPy or scipy.special have"
        )

    symbols, expression = anonymous(symbols, expression)
    try:
        run = sp.lambdify(symbols, expression, [own or {}, "scipy", "numpy"], dummify=True, **options)
    except _UNKNOWN as error:
        raise refuse(error) from None

    def called(*arrays):
        try:
            return run(*arrays)
        except _UNKNOWN as error:
            raise refuse(error) from None

    return called
