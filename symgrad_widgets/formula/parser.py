"""Turn text into SymPy formulas: `typed` reads the text, and each function in its tree has a SymPy form."""

import sympy as sp

from ..errors import ExpressionError
from .operators import OPERATORS
from .typed import read_formula
from .vocabulary import SENTENCES, SLOPES

__all__ = ["expression_of", "parse"]

_OF = {"add": sp.Add, "mul": sp.Mul, "neg": lambda u: -u, "div": lambda a, b: a / b, "pow": lambda a, b: a**b}
_OF |= {name: getattr(sp, name) for name in SLOPES if name != "abs"} | {"abs": sp.Abs}
_OF |= {"pi": lambda: sp.pi, "e": lambda: sp.E}


def parse(text, names=None):
    """Read a formula such as "x1*x4 - x2^2/3" or "½ v² + sin x" as a SymPy expression.

    Parameters
    ----------
    text : str
        The formula as people write it; `typed` says what can be read, and how. The logarithm of a negative
        number has no value here: write log(abs(u)).
    names : sequence of str, or None
        The inputs. With None, every word that has no other meaning is an input.

    Returns
    -------
    sympy.Expr in `Symbol(name, real=True)`

    Raises
    ------
    ExpressionError
        The message says in one sentence what is wrong. The text is only read, never run as code. Parts
        without inputs may have values up to 1e300.

    """
    reading = read_formula(text, names)
    expression = expression_of(reading.tree)
    if expression.has(sp.zoo, sp.nan, sp.oo, -sp.oo):
        raise ExpressionError(SENTENCES["finite"].format(piece=reading.written))
    if expression.has(sp.I):
        raise ExpressionError(SENTENCES["real"].format(piece=reading.written))
    return expression


def expression_of(tree):
    """Return the SymPy expression of a tree from `typed`."""
    head, *parts = tree
    if head == "@":
        return sp.Symbol(parts[0], real=True)
    if head == "#":
        text = parts[0]
        return (
            sp.Integer(text)
            if text.isdecimal()
            else sp.Rational(text)
            if "/" in text
            else sp.Float(float(text))
        )
    arguments = [expression_of(part) for part in parts]
    return _OF[head](*arguments) if head in _OF else OPERATORS[head].sympy(sp, *arguments)
