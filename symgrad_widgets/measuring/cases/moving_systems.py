"""Systems that move, with and without first integrals: their rates as text, and a box of usual states.

A seed chooses the points. Successive seeds use the systems in turn, so twelve seeds use each system once.
Systems with integrals are from textbooks; `integrals` counts the independent integrals that are formulas.
Systems without integrals are damped or driven, settle on a point or a cycle, or are known to be chaotic.
"""

from typing import NamedTuple

import numpy as np

from ...formula.expressions import as_expression, evaluate

__all__ = ["CONSERVING", "OTHERS", "System", "cubic", "leak"]


class System(NamedTuple):
    """Rates of change of `names`, bounds of `names` (states are uniform), and the number of integrals."""

    title: str
    names: tuple
    rates: tuple
    box: tuple
    integrals: int = 0

    def points(self, seed, count=1000):
        """Return points (count, n), uniform in the box."""
        low, high = np.transpose(self.box)
        return np.random.default_rng([seed, 0]).uniform(low, high, (count, len(self.names)))

    def velocities(self, points):
        """Return velocities (N, n) at points (N, n)."""
        formulas = (as_expression(rate, self.names) for rate in self.rates)
        return np.stack([_values(formula, self.names, points) for formula in formulas], axis=1)

    def followed(self, seed, error, count=20, often=100, duration=4.0):
        """Return lists of times (often,) and of states (often, n) of motions that start at random points.

        `error` is the standard deviation of a measured state's error, as a share of its spread.
        """
        from scipy.integrate import solve_ivp

        times = np.linspace(0, duration, often)
        flow = lambda _, state: self.velocities(state[None])[0]  # noqa: E731
        begins = self.points(seed, count)
        solved = (solve_ivp(flow, (0, duration), one, t_eval=times, rtol=1e-9, atol=1e-9) for one in begins)
        states = np.stack([each.y.T for each in solved])
        noise = np.random.default_rng([seed, 8]).normal(size=states.shape)
        return [times] * count, list(states + error * states.std((0, 1)) * noise)


def leak(expression, system, points):
    """Return the mean squared cosine between a formula's gradient and the velocity: 0 for an integral."""
    slopes, rates = evaluate(expression, system.names, points)[1], system.velocities(points)
    with np.errstate(all="ignore"):
        squares = (slopes * rates).sum(1) ** 2 / ((slopes**2).sum(1) * (rates**2).sum(1))
    return float(np.nanmean(squares))


def cubic(seed):
    """Return a system of two to four inputs whose rates are random cubic polynomials."""
    rng = np.random.default_rng([seed, 6])
    names = ("x", "y", "z", "w")[: 2 + seed % 3]
    powers = [p for p in np.ndindex(*(4,) * len(names)) if sum(p) <= 3]
    terms = ["*".join(f"{n}^{p}" for n, p in zip(names, some, strict=True) if p) or "1" for some in powers]
    sums = [zip(rng.normal(size=len(terms)), terms, strict=True) for _ in names]
    rates = tuple(" + ".join(f"({c:.3f})*{term}" for c, term in some) for some in sums)
    return System("cubic", names, rates, ((-1, 1),) * len(names))


def _values(formula, names, points):
    if not formula.free_symbols:
        return np.full(len(points), float(formula))
    return evaluate(formula, names, points)[0]


def _system(title, rates, *box, integrals=0):
    rows = dict(row.split(": ") for row in rates.split("; "))
    return System(
        title, tuple(rows), tuple(rows.values()), box * len(rows) if len(box) == 1 else box, integrals
    )


CONSERVING = (
    _system("oscillator", "x: v; v: -2.1*x", (-1, 1), integrals=1),
    _system("pendulum", "x: v; v: -0.9*sin(x)", (-2, 2), integrals=1),
    _system("double well", "x: v; v: x - x^3", (-1.5, 1.5), integrals=1),
    _system(
        "bead on a turning hoop", "x: v; v: sin(x)*(cos(x) - 0.93)", (-2.5, 2.5), (-1.5, 1.5), integrals=1
    ),
    _system("predators and prey", "x: 1.8*x - 1.4*x*y; y: 1.6*x*y - 3*y", (0.4, 6), (0.3, 4), integrals=1),
    _system("epidemic", "s: -3*s*i; i: 3*s*i - i; r: i", (0.2, 1), (0.05, 0.6), (0, 0.4), integrals=2),
    _system("rigid body", "a: -b*c; b: 2*c*a; c: -a*b", (-1, 1), integrals=2),
    _system(
        "planet",
        "x: u; y: v; u: -x/(x^2 + y^2)^1.5; v: -y/(x^2 + y^2)^1.5",
        *((0.3, 1.5), (0.3, 1.5), (-0.8, 0.8), (-0.8, 0.8)),
        integrals=3,
    ),
    _system("two bodies on springs", "x: u; y: v; u: y - 2*x; v: x - 2*y", (-1, 1), integrals=2),
    _system("Henon and Heiles", "x: u; y: v; u: -x - 2*x*y; v: -y - x^2 + y^2", (-0.5, 0.5), integrals=1),
    _system(
        "Toda chain",
        "a: p; b: q; c: r; p: exp(c - a) - exp(a - b); q: exp(a - b) - exp(b - c); "
        "r: exp(b - c) - exp(c - a)",
        (-1, 1),
        integrals=3,
    ),
    _system("charge in a magnet", "x: u; y: v; u: 1.3*v; v: -1.3*u", (-1, 1), integrals=3),
)
OTHERS = (
    _system("damped oscillator", "x: v; v: -4.5*x - 0.43*v", (-0.4, 0.4), (-0.8, 0.8)),
    _system("damped pendulum", "x: v; v: -sin(x) - 0.3*v", (-2, 2)),
    _system("damped double well", "x: v; v: x - x^3 - 0.18*v", (-1.8, 1.8)),
    _system("van der Pol", "x: v; v: 0.9*(1 - x^2)*v - x", (-2.5, 2.5)),
    _system("rivals", "x: x*(3 - x - 2*y); y: y*(2 - x - y)", (0.2, 5)),
    _system("Brusselator", "x: 1 - 4*x + 3.1*x^2*y; y: 3*x - 3.1*x^2*y", (0.2, 3)),
    _system("magnets", "x: 0.33*sin(x - y) - sin(x); y: 0.33*sin(y - x) - sin(y)", (-1, 2)),
    _system("Lorenz", "x: 5.1*(y - x); y: 12*x - y - x*z; z: x*y - 1.67*z", (-8, 8), (-8, 8), (2, 20)),
    _system("Roessler", "x: -y - z; y: x - 0.2*y; z: 0.2 + z*(x - 5.7)", (-6, 6), (-6, 6), (0, 3)),
    _system("driven pendulum", "x: v; v: -sin(x) + 0.7*cos(t); t: 1", (-2, 2), (-2, 2), (0, 6)),
    _system(
        "ABC flow",
        "x: sin(z) + 0.8*cos(y); y: 1.2*sin(x) + cos(z); z: 0.8*sin(y) + 1.2*cos(x)",
        (-2, 2),
    ),
    _system("two damped bodies", "x: u; y: v; u: y - 2*x - 0.2*u; v: x - 2*y", (-1, 1)),
)
