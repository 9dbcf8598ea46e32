"""The language of formulas as plain data: what a browser must know to read and compute typed formulas.

A function is either built in (Python and the browser both have the functions of `SLOPES`), or it is a tree of
built-in functions. If built-in functions can express a row of the operators' table, the browser can compute a
new row at once.
"""

import functools

import sympy as sp

from ..errors import ExpressionError
from ..words import words
from . import vocabulary
from .operators import OPERATORS
from .typed import read_formula
from .vocabulary import ARITHMETIC, SLOPES, arity, inverse

__all__ = ["expansion", "language", "slope"]


@functools.cache
def expansion(row):
    """Return the tree in u and v for an operator's row; None if built-in functions cannot express it."""
    arguments = sp.symbols("u v", real=True)[: row.arity]
    try:
        tree = read_formula(str(row.sympy(sp, *arguments)), ("u", "v")).tree
    except ExpressionError:
        return None
    return tree if _heads(tree) <= {*SLOPES, *ARITHMETIC, *vocabulary.VALUES, "#", "@"} else None


def _heads(tree):
    return {tree[0]}.union(*(_heads(part) for part in tree if isinstance(part, list)))


@functools.cache
def slope(name):
    """Return the derivative of a function in `SLOPES`, as a tree in its argument u and its value w."""
    return read_formula(SLOPES[name], ("u", "w")).tree


def language(spoken="en"):
    """Return everything that a program needs to read and compute formulas, as plain data.

    `functions` maps each name to its number of arguments. `trees` maps the operators to their trees, or
    to None if a page cannot compute them. `slopes` maps the functions of `SLOPES` to their derivatives.
    `sentences` are in the language `spoken`.
    """
    rows = {name: row for name, row in OPERATORS.items() if name not in {*SLOPES, *ARITHMETIC}}
    names = [*SLOPES, *ARITHMETIC, *rows]
    return {
        "functions": {name: arity(name) for name in names},
        "trees": {name: expansion(row) for name, row in rows.items()},
        "slopes": {name: slope(name) for name in SLOPES},
        "inverses": {name: inverse(name) for name in SLOPES if inverse(name)},
        "typed": vocabulary.known_functions(),
        "aliases": vocabulary.ALIASES,
        "constants": vocabulary.CONSTANTS,
        "values": vocabulary.VALUES,
        "typography": vocabulary.TYPOGRAPHY,
        "superscripts": vocabulary.SUPERSCRIPTS,
        "fractions": vocabulary.FRACTIONS,
        "greek": vocabulary.GREEK,
        "limits": vocabulary.LIMITS,
        "point": words(spoken).table["numbers"]["point"],
        "sentences": words(spoken).table["formula"],
    }
