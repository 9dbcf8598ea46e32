"""Compute values and gradients of an unsimplified formula with dual numbers, as a browser does.

Nothing is simplified: if a part of the formula has no value, the whole formula has none. A dual number here
is a value, (N,) or a single number, with a dict of its slopes. The dict maps the column of an input to the
derivative with respect to this input.
"""

import numpy as np

from .constants import number
from .language import expansion, slope
from .operators import OPERATORS
from .vocabulary import ON_ARRAYS, VALUES

__all__ = ["evaluate_tree"]


def evaluate_tree(tree, names, points):
    """Return values (N,) and gradients (N, n) of a tree from `typed` at points (N, n), a column per name.

    Values and gradients are not finite outside the domain of the formula or of its derivative.
    """
    points = np.asarray(points, dtype=np.float64)
    inputs = {name: (points[:, i], {i: 1.0}) for i, name in enumerate(names)}
    with np.errstate(all="ignore"):
        value, slopes = _dual(tree, inputs)
    gradients = np.zeros_like(points)
    for i, along in slopes.items():
        gradients[:, i] = along
    return np.broadcast_to(value, len(points)).astype(np.float64), gradients


def _dual(tree, inputs):
    head, *parts = tree
    if head == "#":
        return np.float64(number(parts[0])), {}
    if head == "@":
        return inputs[parts[0]]
    if head in VALUES:
        return np.float64(VALUES[head]), {}
    given = [_dual(part, inputs) for part in parts]
    if head in _ARITHMETIC:
        first, *others = given
        if not others:
            return _ARITHMETIC[head](first)
        for other in others:
            first = _ARITHMETIC[head](first, other)
        return first
    return _function(head, given) if head in ON_ARRAYS else _operator(OPERATORS[head], given)


def _function(name, given):
    ((u, slopes),) = given
    value = ON_ARRAYS[name](u)
    if not slopes:
        return value, {}
    by, _ = _dual(slope(name), {"u": (u, {}), "w": (value, {})})
    return value, {i: by * along for i, along in slopes.items()}


def _operator(row, given):
    tree = expansion(row)
    if tree is not None:
        return _dual(tree, dict(zip("uv", given, strict=False)))
    shape = np.broadcast_shapes(*(np.shape(value) for value, _ in given))
    values = [np.broadcast_to(value, shape) for value, _ in given]
    value = row.value(*values)
    total = {}
    for partial, (_, slopes) in zip(row.partials, given, strict=True):
        total = _sum(total, slopes, 1.0, partial(*values, value))
    return value, total


def _sum(a, b, times_a=1.0, times_b=1.0):
    """Return the sum of slopes a and b, each times a factor; missing slopes count as 0."""
    total = {i: times_a * along for i, along in a.items()}
    for i, along in b.items():
        total[i] = total[i] + times_b * along if i in total else times_b * along
    return total


def _add(a, b):
    return a[0] + b[0], _sum(a[1], b[1])


def _mul(a, b):
    return a[0] * b[0], _sum(a[1], b[1], b[0], a[0])


def _div(a, b):
    value = a[0] / b[0]
    return value, _sum(a[1], b[1], 1 / b[0], -value / b[0])


def _pow(a, b):
    value = np.power(a[0], b[0])
    if not b[1]:
        return value, _sum(a[1], {}, b[0] * np.power(a[0], b[0] - 1)) if b[0] != 0 else {}
    value = np.where(np.isfinite(b[0]), value, np.nan)  # 1^oo has no value
    by_base = b[0] * value / a[0]
    return value, _sum(a[1], b[1], by_base, value * np.log(a[0]))


_ARITHMETIC = {
    "add": _add,
    "neg": lambda a: (-a[0], _sum(a[1], {}, -1.0)),
    "mul": _mul,
    "div": _div,
    "pow": _pow,
}
