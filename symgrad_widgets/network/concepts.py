"""The concepts that the experiments hide, as SymPy formulas, and the equations that hold on their data.

Each concept is one row: `"P1-07": Concept(x**2 + v**2)`. Only the noise floor and the verdict read these
rows; sampling, training and search never do.
"""

from typing import NamedTuple

import numpy as np
import sympy

__all__ = ["CONCEPTS", "Concept", "gradients_of", "inputs"]


def inputs(names):
    """Return real SymPy symbols for a list of names, such as `"x v"` or `"x1:5"`."""
    return sympy.symbols(names, real=True, seq=True)


class Concept(NamedTuple):
    """Formulas whose values are equal within each pair of an experiment.

    `constraints` are SymPy equations in the same symbols that hold on all data; the verdict's proof may use
    them. `meanings` are keys in the table of words, where a text explains each formula.
    """

    formulas: tuple
    constraints: tuple = ()
    meanings: tuple = ()


def gradients_of(formulas, names, points):
    """Return exact gradients (N, formulas, n) of formulas at points (N, n), by symbolic differentiation."""
    symbols = [sympy.Symbol(name, real=True) for name in names]
    rows = [[formula.diff(symbol) for symbol in symbols] for formula in formulas]
    values = [[sympy.lambdify(symbols, entry, "numpy")(*points.T) for entry in row] for row in rows]
    return np.stack([np.stack([np.broadcast_to(v, len(points)) for v in row], 1) for row in values], 1)


x, v = inputs("x v")
t, y, z = inputs("t y z")
v1, v2 = inputs("v1 v2")
E1, E2, E3, B1, B2, B3 = inputs("E1:4 B1:4")
xs = inputs("x1:17")
x1, x2, x3, x4, x5, x6, x7, x8, x9, *_, x16 = xs
x11 = xs[10]
_ANTISYMMETRIC = tuple(
    sympy.Eq(*pair) for pair in ((x1, 0), (x5, 0), (x9, 0), (x4, -x2), (x7, -x3), (x8, -x6))
)
_MOMENTUM = x1 * v2 - x2 * v1
_RADIUS = sympy.sqrt(x1**2 + x2**2)

CONCEPTS = {
    # arXiv 2409.05305; P1-13 is named in an earlier version of this paper
    "P1-01": Concept((x1 + x4,), meanings=("trace",)),
    "P1-02": Concept((x1 * x4 - x2 * x3,), constraints=(sympy.Eq(x1 + x4, 5),), meanings=("determinant",)),
    "P1-03": Concept((x1 + x5 + x9,), meanings=("trace",)),
    "P1-04": Concept(
        (x1 * x5 + x5 * x9 + x1 * x9 - x2 * x4 - x3 * x7 - x6 * x8,),
        constraints=_ANTISYMMETRIC,
        meanings=("minors",),
    ),
    "P1-05": Concept((x1 + x6 + x11 + x16,), meanings=("trace",)),
    "P1-06": Concept(
        (E1 * B1 + E2 * B2 + E3 * B3, E1**2 + E2**2 + E3**2 - B1**2 - B2**2 - B3**2),
        meanings=("fields product", "fields difference"),
    ),
    "P1-07": Concept((x**2 + v**2,), meanings=("spring",)),
    "P1-08": Concept((v**2 / 2 + x**2 / 2 + x**4 / 4,), meanings=("stiff spring",)),
    "P1-09": Concept((v**2 / 2 + sympy.sin(x),), meanings=("wavy track",)),
    "P1-10": Concept(
        (v**2 / 2 + x**2 / 2 + sympy.exp(x + 1),),
        meanings=("exponential force",),
    ),
    "P1-11": Concept(
        (_MOMENTUM, (v1**2 + v2**2) / 2 - 1 / _RADIUS, v2 * _MOMENTUM - x1 / _RADIUS),
        meanings=("angular momentum", "planet", "runge-lenz"),
    ),
    "P1-12": Concept((t**2 - x**2 - y**2 - z**2,), meanings=("interval",)),
    "P1-13": Concept((sympy.Matrix(3, 3, xs[:9]).det(),), meanings=("determinant",)),
    # arXiv 2401.04978; for F and G, the sum that the paper's networks learnt from two labels that agree
    "P2-A1": Concept((x1**2 + 2 * x2**2,)),
    "P2-A": Concept((x1**2 + 3 * x1 * x2 + 2 * x2**2,)),
    "P2-B": Concept((x1**2 + sympy.sin(x2 + x3),)),
    "P2-C": Concept((sympy.exp(x1 - x2) - sympy.pi * x3,)),
    "P2-D": Concept((x1 * sympy.exp(-(x2**2 + x3**2) / 2),)),
    "P2-E": Concept((x1 * x2 / ((x3 - x4) ** 2 + (x5 - x6) ** 2),)),
    "P2-F": Concept((x1 * x2 + x3 * x4,)),
    "P2-G": Concept((x1 * x2 + x3 + sympy.sin(x2 * x3),)),
}
