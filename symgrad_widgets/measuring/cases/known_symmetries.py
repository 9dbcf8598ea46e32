"""Formulas whose linear symmetries are known, formulas that have none, and fields that have no law."""

from typing import NamedTuple

import numpy as np

from ...field import GradientField
from ...formula.expressions import as_expression, evaluate
from .made_neurons import directions, waves

__all__ = ["LAWLESS", "SYMMETRIC", "UNSYMMETRIC", "Known", "lawless"]


class Known(NamedTuple):
    """Formulas in `names` on a box, the dimension of their linear symmetries, and the algebra's name."""

    formulas: tuple
    names: tuple
    low: float
    high: float
    dimension: int = 0
    algebra: str | None = None

    def points(self, seed, count=1500):
        """Return points (count, n), uniform in the box."""
        return np.random.default_rng([seed, 0]).uniform(self.low, self.high, (count, len(self.names)))

    def slopes(self, points):
        """Return gradients (N, k, n) of the formulas."""
        return np.stack(
            [evaluate(as_expression(one, self.names), self.names, points)[1] for one in self.formulas], 1
        )

    def field(self, seed, error=0.0):
        """Return the field at 1,500 points; `error` is the gradients' error as a share of their size."""
        points = self.points(seed)
        slopes = self.slopes(points) * points.std(0)
        kicks = np.random.default_rng([seed, 8]).normal(size=slopes.shape)
        size = np.sqrt((slopes**2).mean((0, 2), keepdims=True))
        slopes = (slopes + error * size * kicks) / points.std(0)
        return GradientField(points, slopes[:, 0] if len(self.formulas) == 1 else slopes, self.names)


def lawless(kind, inputs, seed, count=1500):
    """Return a field of random directions, of random waves, or of a random network of 20 neurons."""
    points = np.random.default_rng([seed, 0]).uniform(-1, 1, (count, inputs))
    if kind in LAWLESS[:2]:
        return GradientField(points, (directions, waves)[LAWLESS.index(kind)](points, seed))
    rng = np.random.default_rng([seed, 9])
    weights, shift, outer = rng.normal(size=(inputs, 20)), rng.normal(size=20), rng.normal(size=20)
    return GradientField(points, ((1 - np.tanh(points @ weights + shift) ** 2) * outer) @ weights.T)


LAWLESS = ("directions", "waves", "network")
_L, _E = "x*w - y*v", "(v^2 + w^2)/2 - 1/sqrt(x^2 + y^2)"
_FIELDS = ("E1*B1 + E2*B2 + E3*B3", "E1^2 + E2^2 + E3^2 - B1^2 - B2^2 - B3^2")
_THREE = "a*e*i - a*f*h - b*d*i + b*f*g + c*d*h - c*e*g"
SYMMETRIC = {
    "oscillator": Known(("x^2 + v^2",), ("x", "v"), -1, 1, 1, "abelian"),
    "product bent by a third input": Known(("x*y*exp(z)",), ("x", "y", "z"), 0.5, 1.5, 2, "abelian"),
    "paraboloid": Known(("z - x^2 - y^2",), ("x", "y", "z"), -1, 1, 3, "e(2)"),
    "interval": Known(("t^2 - x^2 - y^2 - z^2",), ("t", "x", "y", "z"), 0, 1, 6, "so(1,3)"),
    "2x2 determinant": Known(("a*d - b*c",), ("a", "b", "c", "d"), -1, 1, 6, "so(2,2)"),
    "square of four": Known(("a^2 + b^2 + c^2 + d^2",), ("a", "b", "c", "d"), -1, 1, 6, "so(4)"),
    "angular momentum": Known((_L,), ("x", "y", "v", "w"), 0.2, 1, 6, "so(2,2)"),
    "momentum and energy": Known((_L, _E), ("x", "y", "v", "w"), 0.2, 1, 1, "abelian"),
    "field strengths": Known(_FIELDS, ("E1", "E2", "E3", "B1", "B2", "B3"), 0, 2, 6, "so(1,3)"),
    "3x3 determinant": Known((_THREE,), tuple("abcdefghi"), -1, 1, 16, "sl(3) + sl(3)"),
}
UNSYMMETRIC = {
    "pendulum": Known(("v^2/2 - cos(x)",), ("x", "v"), -2, 2),
    "stiff spring": Known(("v^2/2 + x^2/2 + x^4/4",), ("x", "v"), -1, 1),
    "three integrals": Known((_L, _E, f"w*({_L}) - x/sqrt(x^2 + y^2)"), ("x", "y", "v", "w"), 0.2, 1),
}
