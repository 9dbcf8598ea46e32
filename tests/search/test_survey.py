"""The survey alone, as an atlas has it."""

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import evaluate, parse

NAMES = ("x", "y", "z")
POINTS = np.random.default_rng(0).uniform(-1, 1, size=(300, 3))


def field_of(formula, bend=np.tanh):
    values, gradients = evaluate(parse(formula, NAMES), NAMES, POINTS)
    slope = (bend(values + 1e-6) - bend(values - 1e-6)) / 2e-6
    return sg.GradientField(POINTS, gradients * slope[:, None], NAMES, bend(values))


def random_field():
    rng = np.random.default_rng(1)
    return sg.GradientField(POINTS, rng.normal(size=POINTS.shape), NAMES, rng.normal(size=len(POINTS)))


def to_the_end_of_the_survey(field):
    search = sg.Search(field)
    while search.kind == "undecided":
        search.step()
    return search


@pytest.mark.parametrize("formula", ["x*y", "x**2 + y*z", "sin(x) + y**2", "x*y*z"])
def test_it_says_what_the_search_says_after_its_survey(formula):
    field = field_of(formula)
    found, search = sg.Search(field).survey(), to_the_end_of_the_survey(field)
    assert found.kind == search.kind == "match"
    assert sg.verify(found.best.expression, formula, field=field).same
    assert found.best.expression == search.best.expression
    assert found.loss == pytest.approx(search.best.loss, abs=1e-12)


def test_of_random_directions_it_says_none_and_how_near_any_sum_came():
    found = sg.Search(random_field()).survey()
    assert (found.best, found.kind) == (None, "none")
    assert 0.3 < found.loss < 1


@pytest.mark.sweep
def test_what_is_close_is_an_approximation():
    field = field_of("x*y + z**2 + 0.2*sin(7*x*z)")
    found = sg.Search(field).survey()
    assert found.kind == "approximation"
    assert found.kind == to_the_end_of_the_survey(field).kind


def test_the_search_stays_where_it_is_and_the_same_seed_says_the_same():
    search = sg.Search(field_of("x*y + z"), random_state=3)
    before = search.state
    first = search.survey()
    assert search.state is before
    assert search.generation == 0
    search.step()
    assert search.survey() == first == sg.Search(field_of("x*y + z"), random_state=3).survey()


def test_a_guess_that_leaves_nothing_ends_it_before_anything_else_is_tried(monkeypatch):
    monkeypatch.setattr("symgrad_widgets.search.engine.Engine.step", None)
    found = sg.Search(field_of("x - 2*y + z"), guesses=("x + y + z",)).survey()
    assert found.kind == "match"
    assert sg.verify(found.best.expression, "x - 2*y + z").same
