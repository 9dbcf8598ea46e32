"""Terms that are known stand in every sum, and the search finds the others."""

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError
from symgrad_widgets.formula.expressions import evaluate, parse

RNG = np.random.default_rng(2)
NAMES = ("x", "v", "m")


def field_of(formula, count=400):
    points = RNG.uniform(1, 3, (count, 3))
    return sg.GradientField(points, evaluate(parse(formula, NAMES), NAMES, points)[1], names=NAMES)


@pytest.mark.sweep
def test_what_is_known_stands_in_every_formula_of_the_front():
    search = sg.Search(field_of("m*v**2 + 3*m*sin(x)"), known=["m*v**2"])
    state = search.run(generations=12, progress=False)
    known = parse("m*v**2", NAMES)
    assert all(c.expression.coeff(known) or c.expression == known for c in state.front)
    assert sg.verify(state.best.expression, "m*v**2 + 3*m*sin(x)", field=search.field).same


def test_a_term_that_is_wrong_vanishes_or_costs():
    state = sg.Search(field_of("m*v**2 + x"), known=["exp(x*v)"]).run(generations=3, progress=False)
    assert min(c.loss for c in state.front) < 1e-20
    assert all(not c.expression.has(parse("exp(x*v)", NAMES)) for c in state.front if c.loss < 1e-20)


def test_a_known_function_is_kept_whole():
    state = sg.Search(field_of("sqrt(x*v) + m"), known=["sqrt(x*v)"]).run(generations=1, progress=False)
    assert state.best.expression == parse("sqrt(x*v) + m", NAMES)


def test_known_terms_are_saved_and_handed_on(tmp_path):
    search = sg.Search(field_of("m*v**2 + x"), known=["m*v**2"])
    search.step()
    search.save(tmp_path / "search.npz")
    again = sg.Search.load(tmp_path / "search.npz")
    assert again.known == search.known
    assert again.front == search.front
    assert search.like(search.field).known == search.known


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (["x + v"], "is not one term in the inputs"),
        (["3"], "is not one term in the inputs"),
        (["sqrt(x - 2)"], "is constant, or not finite at some point"),
    ],
)
def test_what_cannot_be_known_is_said(known, said):
    with pytest.raises(DataError, match=said):
        sg.Search(field_of("m*v**2 + x"), known=known)


def test_another_engine_knows_no_terms():
    with pytest.raises(DataError, match="PySR cannot use known terms"):
        sg.Search(field_of("m*v**2 + x"), known=["m*v**2"], backend="pysr")
