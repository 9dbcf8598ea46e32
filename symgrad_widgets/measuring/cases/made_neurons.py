"""Artificial neurons: formulas on boxes, functions that bend them, and errors in their gradients.

A seed chooses the points. Successive seeds use the formulas of `CASES` in turn, so twenty seeds use each
formula twice.
"""

from typing import NamedTuple

import numpy as np

from ...field import GradientField
from ...formula.expressions import as_expression, evaluate

__all__ = ["CASES", "HARD", "LAWS", "Case", "directions", "disturbed", "of_seed", "waves"]

_WAVES = 30  # cosines in a random smooth function


class Case(NamedTuple):
    """A formula in `names`, bounds of its uniform inputs, and the operators it needs, the most needed last.

    Each bound is a single number for all inputs, or one number for each input.
    """

    formula: str
    names: tuple
    low: float | tuple
    high: float | tuple
    needs: tuple = ()

    @property
    def box(self):
        """Range of each input, by name."""
        low, high = (np.broadcast_to(end, len(self.names)).tolist() for end in (self.low, self.high))
        return dict(zip(self.names, zip(low, high, strict=True), strict=True))

    def points(self, seed, count=1000):
        """Return points (count, n), uniform in the box."""
        return np.random.default_rng([seed, 0]).uniform(self.low, self.high, (count, len(self.names)))

    def field(self, points):
        """Return the exact `GradientField` of the formula."""
        values, gradients = evaluate(as_expression(self.formula, self.names), self.names, points)
        return GradientField(points, gradients, self.names, values)

    def standard(self):
        """Return the SymPy formula minus its median, divided by its spread; both are taken over the box."""
        expression = as_expression(self.formula, self.names)
        values, _ = evaluate(expression, self.names, self.points(0, 10_000))
        return (expression - float(np.median(values))) / float(values.std())


def _case(formula, names, low, high, *needs):
    return Case(formula, tuple(names.split()), low, high, needs)


CASES = (
    _case("x1*x4 - x2*x3", "x1 x2 x3 x4", -1, 1, "add", "sub", "mul"),
    _case("v^2 + x^2 + x^4/2", "x v", -1.5, 1.5, "add", "mul", "square", "pow4"),
    _case("x1^2 + sin(x2 + x3)", "x1 x2 x3", -2, 1, "add", "square", "mul", "sin"),
    _case("exp(x1 - x2) - 3*x3", "x1 x2 x3", -1, 1, "add", "sub", "mul", "exp"),
    _case("x1*x2/x3", "x1 x2 x3", 0.5, 2, "add", "mul", "div"),
    _case("v^2/2 - cos(x)", "x v", -2, 2, "add", "sub", "square", "mul", "cos"),
    _case("1/x1 + 1/x2", "x1 x2", 0.5, 3, "add", "inv"),
    _case("x1*x2 + x3", "x1 x2 x3", -1, 1, "add", "mul"),
    _case("x1^2 - x2^2 - x3^2", "x1 x2 x3", 0, 1, "add", "sub", "mul", "square"),
    _case("x1 - 2*log(x2)", "x1 x2", 0.3, 3, "add", "sub", "mul", "log"),
)
HARD = (
    _case("(v1^2 + v2^2)/2 - 1/sqrt(x1^2 + x2^2)", "x1 x2 v1 v2", 0.2, 1),
    _case("x1*x2/((x3 - x4)^2 + (x5 - x6)^2)", "x1 x2 x3 x4 x5 x6", 0, 2),
    _case("(1 - exp(-x1))^2 + x2^2", "x1 x2", -1, 2),
    _case("x1*x2*x3 + x4*x5*x6 - x1*x5", "x1 x2 x3 x4 x5 x6", -1, 1),
    _case("sin(2*x1 + x2) + x2^2", "x1 x2", -1, 1),
)
# every fifth of fifty laws of the AI Feynman collection (Udrescu and Tegmark 2020)
LAWS = (
    _case("exp(-(theta/sigma)^2/2)/(sqrt(2*pi)*sigma)", "sigma theta", 1, 3),
    _case("q*(Ef + B*v*sin(theta))", "q Ef B v theta", 1, 5),
    _case("r*F*sin(theta)", "r F theta", (1, 1, 0), 5),
    _case("q^2*a^2/(6*pi*epsilon*c^3)", "q a epsilon c", 1, 5),
    _case("n*kb*T/V", "n T V kb", 1, 5),
    _case("kappa*(T2 - T1)*A/d", "kappa T1 T2 A d", 1, 5),
    _case("n_0*(1 + p_d*Ef*cos(theta)/(kb*T))", "n_0 kb T theta p_d Ef", 1, 3),
    _case("sqrt(omega^2/c^2 - pi^2/d^2)", "omega c d", (4, 1, 2), (6, 2, 4)),
    _case("mom*H/(kb*T) + mom*alpha*M/(epsilon*c^2*kb*T)", "mom H kb T alpha epsilon c M", 1, 3),
    _case("n*h/(2*pi)", "n h", 1, 5),
)


def of_seed(seed, cases=CASES):
    """Return the case for a seed."""
    return cases[seed % len(cases)]


def waves(points, seed):
    """Return gradients (N, n) of a random smooth function: 30 cosines, about two waves across the points."""
    rng = np.random.default_rng([seed, 1])
    n, scale = points.shape[1], points.std(0)
    turns = 1.5 * rng.normal(size=(_WAVES, n)) / scale
    phases, sizes = rng.uniform(0, 2 * np.pi, _WAVES), rng.normal(size=_WAVES)
    return -(sizes * np.sin(points @ turns.T + phases)) @ turns


def directions(points, seed):
    """Return random directions (N, n), drawn separately at each point."""
    return np.random.default_rng([seed, 2]).normal(size=points.shape)


def disturbed(field, kicks, noise):
    """Return the field with unit gradients turned by `kicks` (N, n), so that mean 1 - cos^2 is `noise`."""
    from scipy.optimize import brentq

    if not noise:
        return field
    along = field.unit[:, 0]
    kicks = kicks / np.sqrt((kicks**2).sum(1).mean())

    def excess(size):
        turned = along + size * kicks
        cosines = (turned * along).sum(1) / np.linalg.norm(turned, axis=1)
        return (1 - cosines**2).mean() - noise

    turned = along + brentq(excess, 0, 100) * kicks
    return GradientField(field.points, field.measure.lift(turned), field.names, field.values)
