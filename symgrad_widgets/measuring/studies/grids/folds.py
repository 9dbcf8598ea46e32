"""A bend phi(g) that cannot be undone: |g|, g^2 around zero, saturated tanh, waves."""

import numpy as np
import sympy as sp

from ....field import GradientField
from ....formula.expressions import as_expression, evaluate
from ....reading.phi import fit_phi
from ....verdict import verify
from ...cases.blind_reading import answered
from ...cases.made_neurons import directions, of_seed, waves
from ...cases.study import Study

_BENDS = {  # functions of the standardised formula u, whose median is 0
    "u": "u",
    "exp(u)": "exp(u)",
    "|u|": "Abs(u)",
    "u²": "u**2",
    "tanh 3u": "tanh(3*u)",
    "tanh 30u": "tanh(30*u)",
    "sin 20u": "sin(20*u)",
}
_SATURATED = ("exp(u)", "tanh 3u")


def _measure(seed, bend, error=0.0, steepest=1.0):
    """Read a neuron phi(u) whose gradients have equally large errors at all points.

    `steepest` is the share of points to use: those with the largest gradients.
    """
    case = of_seed(seed)
    formula = as_expression(_BENDS[bend], ("u",)).xreplace({sp.Symbol("u", real=True): case.standard()})
    points = case.points(seed, round(1000 / steepest))
    values, gradients = evaluate(formula, case.names, points)
    size = error * np.sqrt((gradients**2).mean())
    gradients = gradients + size * np.random.default_rng([seed, 3]).normal(size=gradients.shape)
    field = GradientField(points, gradients, case.names, values).steepest(steepest)
    row = answered(field, case.formula, seed) | {"used": len(field)}
    if row["formula"] is not None:
        best = as_expression(row["formula"], case.names)
        row |= {"r2": fit_phi(best, field).r2, "bent": bool(verify(best, formula, field).same)}
    return row


def _lawless(seed, kind):
    case = of_seed(seed)
    points = case.points(seed)
    return answered(GradientField(points, kind(points, seed), case.names), None, seed)


def _any(seed, kind=None, **settings):
    return _lawless(seed, kind) if kind else _measure(seed, **settings)


STUDY = Study(
    title="A bend that cannot be undone",
    question=(
        "A neuron computes phi(g), but phi is not monotone, or is flat in places. Does the search still "
        "find g? What does the verdict say? Let u = (g - median of g)/(spread of g), so that u is negative "
        "at half of the points."
    ),
    groups={
        "exact gradients": {bend: {"bend": bend} for bend in _BENDS},
        "errors of 3 % of the mean gradient": {bend: {"bend": bend, "error": 0.03} for bend in _BENDS},
        "the same errors, at the 10 % of points with the largest gradients": {
            bend: {"bend": bend, "error": 0.03, "steepest": 0.1} for bend in _SATURATED
        },
        "no law": {
            "random directions": {"kind": directions},
            "random smooth function": {"kind": waves},
        },
    },
    measure=_any,
    figures={"points": "used", "phi's R²": "r2", "same as phi(g)": "bent"},
)
