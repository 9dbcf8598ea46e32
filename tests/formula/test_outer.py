"""What is stripped of a formula turns no gradient."""

import numpy as np
import pytest
import sympy as sp

from symgrad_widgets.field.directions import unit
from symgrad_widgets.formula.expressions import evaluate
from symgrad_widgets.formula.outer import core
from symgrad_widgets.formula.parser import parse

POINTS = np.random.default_rng(0).uniform(0.3, 2, size=(50, 2))
STRIPPED = [
    ("3*exp(sin(x + y))^2 - 1", "x + y"),
    ("x*y + 1", "x*y"),
    ("1/(x*y)", "x*y"),
    ("4/(x^2*(x + y)) + pi", "x^2*(x + y)"),
    ("0.5^(x - y) + pi", "x - y"),
    ("abs(x + y)", "x + y"),
    ("x/y", "x/y"),
    ("exp(x)*sin(y)", "exp(x)*sin(y)"),
    ("sign(x + y)", "sign(x + y)"),  # flat: its gradient says nothing
]


@pytest.mark.parametrize(("text", "wanted"), STRIPPED)
def test_the_core_is_what_outer_functions_bend(text, wanted):
    assert core(parse(text)) == parse(wanted)


@pytest.mark.parametrize("text", [text for text, _ in STRIPPED[:-1]])
def test_the_core_has_the_gradients_directions(text):
    whole, inner = (unit(evaluate(e, ("x", "y"), POINTS)[1]) for e in (parse(text), core(parse(text))))
    np.testing.assert_allclose(np.abs((whole * inner).sum(1)), 1, rtol=1e-12)


def test_what_is_flat_between_its_steps_stays():
    x = sp.Symbol("x", real=True)
    for steps in (sp.floor(2 * x), sp.ceiling(x), sp.Heaviside(x), sp.Piecewise((0, x < 1), (1, True))):
        assert core(3 * steps + 1) == steps
