"""Read equations of motion as a person writes them, one on each line, such as `x' = v` and `v' = -sin(x)`."""

import re
from functools import partial

import numpy as np

from ..errors import ExpressionError
from .export import to_numpy

__all__ = ["read_velocities"]

_BETWEEN = re.compile(r"[;\n]+|,(?=\s*\w+\s*['′]\s*=)|,(?=\s*d\w+\s*/\s*dt\s*=)")
_LINE = re.compile(r"(?:(\w+)\s*['′]|d(\w+)\s*/\s*dt)\s*=(.*)", re.DOTALL)
_EXAMPLE = "write x' = v and v' = -sin(x), a line for each"


def read_velocities(text):
    """Return the names of n quantities, and a function that maps n arrays (N,) to their n rates of change.

    >>> names, rhs = read_velocities("x' = v; v' = -sin(x)")

    Parameters
    ----------
    text : str
        An equation `x' = ...` or `dx/dt = ...` for each quantity, on separate lines, or separated by
        semicolons or commas. The right-hand sides are formulas in the quantities of the left-hand sides, as
        `read_formula` reads them.

    Raises
    ------
    ExpressionError
        if a line is not such an equation, if a quantity has two equations, or if a formula cannot be read.

    """
    lines = [line.strip() for line in _BETWEEN.split(text) if line.strip()]
    sides = {}
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            raise ExpressionError(f"{line!r} is not a velocity: {_EXAMPLE}")
        name = found[1] or found[2]
        if name in sides:
            raise ExpressionError(f"{name} has two velocities: {sides[name]} and {found[3].strip()}")
        sides[name] = found[3].strip()
    if not sides:
        raise ExpressionError(f"there are no velocities: {_EXAMPLE}")
    names = tuple(sides)
    return names, partial(_rates, [_rate(name, side, names) for name, side in sides.items()])


def _rates(rates, *columns):
    points = np.stack(columns, axis=1)
    return [rate(points) for rate in rates]


def _rate(name, side, names):
    try:
        return to_numpy(side, names)
    except ExpressionError as error:
        raise ExpressionError(f"{name}' = {side}: {error}") from error
