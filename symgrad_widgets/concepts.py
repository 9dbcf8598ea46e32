"""The concepts that the experiments hide, as plain SymPy formulas, and the equations that their data obey.

One row a concept: `"P1-07": Concept(x**2 + v**2)`. Only the noise floor and the verdict ever read them;
sampling, training and search never do.
"""

from typing import NamedTuple

import numpy as np
import sympy

__all__ = ["CONCEPTS", "Concept", "gradients_of", "inputs"]


def inputs(names):
    """SymPy symbols for a list of names, `"x v"` or `"x1:5"`: real, as everywhere in this package."""
    return sympy.symbols(names, real=True, seq=True)


class Concept(NamedTuple):
    """Formulas that the pairs of an experiment share, and what holds at each of its points.

    `constraints` are SymPy equations in the same symbols, true on all data: the proof may use them.
    """

    formulas: tuple
    constraints: tuple = ()


def gradients_of(formulas, names, points):
    """Exact gradients of formulas at points (N, n), by symbolic differentiation: shape (N, formulas, n)."""
    symbols = [sympy.Symbol(name, real=True) for name in names]
    rows = [[formula.diff(symbol) for symbol in symbols] for formula in formulas]
    values = [[sympy.lambdify(symbols, entry, "numpy")(*points.T) for entry in row] for row in rows]
    return np.stack([np.stack([np.broadcast_to(v, len(points)) for v in row], 1) for row in values], 1)


x1, x2, x3, x4 = inputs("x1:5")
x, v = inputs("x v")

CONCEPTS = {
    "P1-01": Concept((x1 + x4,)),
    "P1-02": Concept((x1 * x4 - x2 * x3,), constraints=(sympy.Eq(x1 + x4, 5),)),
    "P1-07": Concept((x**2 + v**2,)),
}
