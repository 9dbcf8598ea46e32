"""The 21 concepts of the two papers as gradient fields: the data a network would see, and no network.

The gradients are SymPy's, at points drawn as the experiments draw them; where the data lie in a subspace they
carry an arbitrary component across it, as a network's do. `noise` turns the unit gradients independently of
one another until the mean of `1 - cos^2` is the figure asked for.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import misalignments
from symgrad_widgets.search import held_out

__all__ = ["BEYOND", "CASES", "Case", "field_of", "from_formula", "judged", "lawless", "loss"]


class Case(NamedTuple):
    """A concept in the inputs `names`, and `draw(rng, count) -> (count, n)`, the points it is seen at.

    `constraints` are equations that hold on the data, as `verify` takes them.
    """

    concept: sp.Expr
    names: tuple
    draw: Callable
    constraints: tuple = ()


def loss(formula, field):
    """Weighted mean of 1 - cos^2 over all points of a field."""
    return float(np.average(misalignments(formula, field), weights=field.weights))


def judged(formula, field):
    """As much on the points that are held out, of constants too."""
    return float(np.average(misalignments(formula, field), weights=field.weights * held_out(field)))


def field_of(case, count=1000, seed=0, noise=0.0, **options):
    """Field of a case (or of its id) at `count` points; `options` go to the GradientField."""
    case = {**CASES, **BEYOND}[case] if isinstance(case, str) else case
    rng = np.random.default_rng(seed)
    points = case.draw(rng, count)
    gradients = _gradients(case, points)
    field = sg.GradientField(points, gradients, case.names, **options)
    if noise:
        field = sg.GradientField(points, _turned(field, noise, rng), case.names, **options)
    if field.tangent is None:
        return field
    across = rng.normal(size=gradients.shape) * np.linalg.norm(field.gradients, axis=1, keepdims=True)
    across -= across @ field.tangent @ field.tangent.T
    return sg.GradientField(field.points, field.gradients + across, case.names, **options)


def from_formula(formula, low, high, names=None):
    """Case of any formula (text), at points uniform in a box."""
    from symgrad_widgets.formula.expressions import parse

    concept = parse(formula)
    names = tuple(sorted(s.name for s in concept.free_symbols)) if names is None else tuple(names.split())
    return Case(concept, names, box(low, high, len(names)))


def lawless(n, count=1000, seed=0, low=-1, high=1):
    """Field of independent random directions: there is nothing to find."""
    rng = np.random.default_rng(seed)
    return sg.GradientField(rng.uniform(low, high, (count, n)), rng.normal(size=(count, n)))


def _gradients(case, points):
    symbols = [sp.Symbol(name, real=True) for name in case.names]
    slopes = sp.lambdify(symbols, [sp.diff(case.concept, s) for s in symbols], "numpy")(*points.T)
    return np.stack([np.broadcast_to(slope, len(points)) for slope in slopes], axis=1)


def _turned(field, noise, rng):
    """Gradients (N, n) with normal noise on the tangent space, scaled to a mean 1 - cos^2 of `noise`."""
    unit = field.unit[:, 0]
    kick = rng.normal(size=unit.shape)
    low, high = 0.0, 10.0
    for _ in range(60):
        size = (low + high) / 2
        turned = unit + size * kick
        cosines = (turned * unit).sum(1) / np.linalg.norm(turned, axis=1)
        low, high = (size, high) if (1 - cosines**2).mean() < noise else (low, size)
    return field.measure.lift(turned)


# -- where the points come from ------------------------------------------------------------------------------


def box(low, high, n):
    """Uniform in a box: one pair of bounds for all inputs, or one bound for each."""
    return lambda rng, count: rng.uniform(low, high, (count, n))


def trace_five(rng, count):
    """2x2 matrices from U[-10, 10], both diagonal entries shifted equally so that the trace is 5."""
    points = rng.uniform(-10, 10, (count, 4))
    points[:, [0, 3]] += (5 - points[:, [0]] - points[:, [3]]) / 2
    return points


def antisymmetric(rng, count):
    """3x3 matrices with a12, a13, a23 ~ N(0, 1): three constant columns, three pairs of opposite ones."""
    a, b, c = rng.normal(size=(3, count))
    o = np.zeros(count)
    return np.stack([o, a, b, -a, o, c, -b, -c, o], axis=1)


def orbit(force, rng, count, steps=100):
    """(x, v) after a random time in [0, 3] under a force, from U[0, 1]^2; Runge-Kutta of fourth order."""
    state = rng.uniform(size=(2, count))
    h = rng.uniform(0, 3, count) / steps

    def slope(s):
        return np.stack([s[1], force(s[0])])

    for _ in range(steps):
        a = slope(state)
        b = slope(state + h / 2 * a)
        c = slope(state + h / 2 * b)
        state = state + h / 6 * (a + 2 * b + 2 * c + slope(state + h * c))
    return state.T


def kepler_orbit(rng, count, steps=600):
    """(x1, x2, v1, v2) at a random time in [0, 3] of a Kepler orbit from U[0, 1]^4, with k = m = 1.

    Levi-Civita: with position u^2 (complex) and dt = |u|^2 ds the motion is u'' = (E/2) u.
    """
    x1, x2, v1, v2 = rng.uniform(size=(4, count))
    u0 = np.sqrt(x1 + 1j * x2)
    slope = (v1 + 1j * v2) * np.abs(u0) ** 2 / (2 * u0)
    energy = (v1**2 + v2**2) / 2 - 1 / np.abs(u0) ** 2
    w = np.sqrt(energy / 2 + 0j)
    s = np.linspace(0, 1, steps)[:, None] * (8 + 6 * np.abs(energy))  # reaches t = 3
    path = np.abs(u0 * np.cosh(w * s) + slope * np.sinh(w * s) / w) ** 2
    t = np.cumsum(path, axis=0) * (s[1] - s[0])
    at = np.take_along_axis(s, (t < rng.uniform(0, 3, count)).sum(0)[None], axis=0)[0]
    u = u0 * np.cosh(w * at) + slope * np.sinh(w * at) / w
    velocity = 2 * u * (u0 * w * np.sinh(w * at) + slope * np.cosh(w * at)) / np.abs(u) ** 2
    z = u**2
    return np.stack([z.real, z.imag, velocity.real, velocity.imag], axis=1)


def agreeing(n, *labels):
    """Uniform in [0, 2]^n, only where all labels are equal."""

    def draw(rng, count):
        points = rng.uniform(0, 2, (8 * count, n))
        given = np.stack([label(*points.T) > 0 for label in labels])
        return points[given.all(0) | ~given.any(0)][:count]

    return draw


# -- the cases -----------------------------------------------------------------------------------------------

x1, x2, x3, x4, x5, x6, x7, x8, x9, *_, x16 = xs = sp.symbols("x1:17", real=True)
_x11 = xs[10]
x, v = sp.symbols("x v", real=True)


def _names(n):
    return tuple(f"x{i + 1}" for i in range(n))


_ORBIT = ("x", "v")
_ANTISYMMETRIC = ("x1 = 0", "x5 = 0", "x9 = 0", "x4 = -x2", "x7 = -x3", "x8 = -x6")
_MINORS = x1 * x5 + x5 * x9 + x1 * x9 - x2 * x4 - x3 * x7 - x6 * x8

CASES = {
    "P1-01": Case(x1 + x4, _names(4), box(0, 1, 4)),
    "P1-02": Case(x1 * x4 - x2 * x3, _names(4), trace_five, ("x1 + x4 = 5",)),
    "P1-03": Case(x1 + x5 + x9, _names(9), box(0, 1, 9)),
    "P1-04": Case(_MINORS, _names(9), antisymmetric, _ANTISYMMETRIC),
    "P1-05": Case(x1 + x6 + _x11 + x16, _names(16), box(0, 1, 16)),
    "P1-06": Case(x1 * x4 + x2 * x5 + x3 * x6, _names(6), box(0, 2, 6)),
    "P1-07": Case(x**2 + v**2, _ORBIT, partial(orbit, lambda x: -x)),
    "P1-08": Case(v**2 / 2 + x**2 / 2 + x**4 / 4, _ORBIT, partial(orbit, lambda x: -(x + x**3))),
    "P1-09": Case(v**2 / 2 + sp.sin(x), _ORBIT, partial(orbit, lambda x: -np.cos(x))),
    "P1-10": Case(
        v**2 / 2 + x**2 / 2 + sp.exp(x + 1), _ORBIT, partial(orbit, lambda x: -(x + np.exp(x + 1)))
    ),
    "P1-11": Case(x1 * x4 - x2 * x3, _names(4), kepler_orbit),
    "P1-12": Case(x1**2 - x2**2 - x3**2 - x4**2, _names(4), box(0, 1, 4)),
    "P1-13": Case(sp.Matrix(3, 3, xs[:9]).det(), _names(9), box(-1, 1, 9)),
    "P2-A1": Case(x1**2 + 2 * x2**2, _names(2), box(-1, 1, 2)),
    "P2-A": Case(x1**2 + 3 * x1 * x2 + 2 * x2**2, _names(2), box(-2, 0, 2)),
    "P2-B": Case(x1**2 + sp.sin(x2 + x3), _names(3), box(-2, 0, 3)),
    "P2-C": Case(sp.exp(x1 - x2) - sp.pi * x3, _names(3), box(-1, 1, 3)),
    "P2-D": Case(x1 * sp.exp(-(x2**2 + x3**2) / 2), _names(3), box((0, -2, -2), 2, 3)),
    "P2-E": Case(x1 * x2 / ((x3 - x4) ** 2 + (x5 - x6) ** 2), _names(6), box(0, 2, 6)),
    "P2-F": Case(
        x1 * x2 + x3 * x4,
        _names(4),
        agreeing(4, lambda a, b, *_: a * b - 1, lambda _a, _b, c, d: c * d - 1),
    ),
    "P2-G": Case(
        x1 * x2 + x3 + sp.sin(x2 * x3),
        _names(3),
        agreeing(3, lambda a, b, c: a * b + c - 2, lambda _, b, c: np.sin(b * c) - 0.5),
    ),
}

BEYOND = {  # classical invariants that are in neither paper
    "kepler energy": from_formula("(v1^2 + v2^2)/2 - 1/sqrt(x1^2 + x2^2)", 0.2, 1),
    "lotka-volterra": from_formula("x1 - log(x1) + 2*x2 - 3*log(x2)", 0.2, 3),
    "pendulum": from_formula("v^2/2 - cos(x)", -2, 2),
    "cross ratio": from_formula("(x1-x2)*(x3-x4)/((x1-x4)*(x2-x3))", (0, 1, 2, 3), (1, 2, 3, 4)),
    "thin lens": from_formula("1/x1 + 1/x2", 0.5, 3),
    "monomial": from_formula("x1^2*x2/x3", 0.5, 3),
    "inner scale": from_formula("sin(2*x1 + x2) + x2^2", -1, 1),
    "relativistic": from_formula("1/sqrt(1 - x1^2) + x2^2", -0.9, 0.9),
    "morse": from_formula("(1 - exp(-x1))^2 + x2^2", -1, 2),
    "bell": from_formula("x1 + exp(-(x2^2 + x3^2)/2)", -1, 1),
}
