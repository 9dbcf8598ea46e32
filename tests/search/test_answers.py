"""What an answer is, and that it does not depend on units: of formulas, values, points and ends of runs."""

from typing import NamedTuple

import numpy as np
import pytest
import sympy as sp
from concept_cases import field_of, from_formula

import symgrad_widgets as sg
from symgrad_widgets.search import CAVEAT, WORDS
from symgrad_widgets.search.choice.kind import kind_of
from symgrad_widgets.search.choice.selection import worth_their_length
from symgrad_widgets.search.choice.split import distinct, split
from symgrad_widgets.search.choice.values import gains, tangents, told_by_many, unexplained
from symgrad_widgets.search.terms.decades import decades, in_decades, plain, significand

RNG = np.random.default_rng(0)
X = RNG.uniform(0.5, 2, (600, 2))
PLAIN = ["add", "mul", "div", "square", "log", "exp"]


def product(unit=(1.0, 1.0), noise=0.0, values=None):
    """Field of a * b**2, each input in a unit of its own, with normal errors in units of the spreads."""
    a, b = X.T
    gradients = np.column_stack([b**2, 2 * a * b])
    kicks = np.random.default_rng(1).normal(size=gradients.shape) / X.std(0)
    gradients = gradients + noise * np.linalg.norm(gradients, axis=1, keepdims=True) * kicks
    return sg.GradientField(X * unit, gradients / unit, ("a", "b"), values)


# -- units ---------------------------------------------------------------------------------------------------


@pytest.mark.sweep
@pytest.mark.parametrize("unit", [(1e6, 1e-6), (1e-12, 1.0), (1e3, 1e9)])
def test_a_formula_does_not_depend_on_units_and_its_loss_is_the_same(unit):
    found = [
        sg.Search(field, PLAIN).run(generations=4, progress=False)
        for field in (product(noise=0.03), product(np.array(unit), noise=0.03))
    ]
    assert [str(state.best.expression) for state in found] == ["a*b**2"] * 2
    assert found[1].best.loss == pytest.approx(found[0].best.loss, rel=1e-6)
    assert 1e-3 < found[0].best.loss < 1e-2


def test_numbers_and_tangents_are_rewritten_for_the_unit():
    points = RNG.uniform(1, 2, (500, 3))
    points[:, 2] = 5 - points[:, 0]
    gradients = np.column_stack([points[:, 1], points[:, 0], np.zeros(500)])
    unit = np.array([1e3, 1e-2, 1e6])
    for scale in (np.ones(3), unit):
        field = sg.GradientField(points * scale, gradients / scale, ("x", "y", "z"))
        assert field.dimension == 2
        true = sp.Symbol("x", real=True) * sp.Symbol("y", real=True)
        assert sg.score(field, true).loss < 1e-24
    b = X[:, 1]
    mixed = sg.GradientField(
        X * [1e3, 1e-3], np.column_stack([np.ones(600), np.exp(b)]) / [1e3, 1e-3], ("a", "b")
    )
    best = sg.Search(mixed, PLAIN).run(generations=3, progress=False).best
    assert sg.verify(best.expression, "a + 1000*exp(1000*b)", field=mixed).same, best


def test_inputs_that_do_not_vary_are_named():
    points = np.column_stack([X, np.full(600, 7.0)])
    field = sg.GradientField(points, np.column_stack([X[:, ::-1], np.ones(600)]), ("a", "b", "c"))
    assert field.constant == ("c",)
    assert product().constant == ()


def test_inputs_act_together_in_whatever_ratio_their_units_have():
    a, b = X.T
    slope = np.cos(a + b)
    field = sg.GradientField(X * [1e-2, 1e4], np.column_stack([slope, slope]) / [1e-2, 1e4], ("a", "b"))
    best = sg.Search(field, [*PLAIN, "sin"]).run(generations=3, progress=False).best
    assert sg.verify(best.expression, "100*a + b/10000", field=field).same, best


def test_powers_of_ten_cost_nothing():
    x, y = sp.symbols("x y", real=True)
    assert [significand(sp.Rational(n)) for n in ("3000", "3/100", "-7/3", "0")] == [
        3,
        3,
        sp.Rational(-7, 3),
        0,
    ]
    assert plain(1000 * x * y + y / 100) == x * y + y
    assert plain(3000 * x + sp.Float(0.25) * y) == 3 * x + sp.Float(0.25) * y
    assert decades([1, 40, 0.003, 0]).tolist() == [0, 2, -3, 0]
    assert in_decades([x, y], [3, -1]) == {x: x / 1000, y: 10 * y}


# -- values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bend", [np.tanh, np.square, lambda z: np.sin(3 * z)], ids=["tanh", "square", "sine"]
)
def test_a_bend_explains_all_however_it_folds(bend):
    z = RNG.normal(size=2000)
    assert unexplained(z, bend(z)) < 1e-4
    assert unexplained(z**3 + z, bend(z)) < 1e-3  # of a monotone function of the formula the same


@pytest.mark.parametrize("noise", [0.01, 0.1, 0.5])
def test_noise_is_left_and_nothing_else(noise):
    z, kick = RNG.normal(size=(2, 4000))
    value = np.tanh(z) / np.tanh(z).std() + np.sqrt(noise / (1 - noise)) * kick
    assert unexplained(z, value) == pytest.approx(noise, rel=0.15)


def test_what_says_nothing_explains_nothing():
    z, y = RNG.normal(size=(2, 1000))
    assert unexplained(z, y) > 0.9
    assert unexplained(np.zeros(1000), y) == 1
    assert unexplained(np.where(np.arange(1000) < 300, np.nan, y), y) == pytest.approx(0.3, abs=0.03)


def test_a_candidate_says_what_it_explains_of_the_values():
    a, b = X.T
    field = product(values=np.tanh(a * b**2))
    assert sg.score(field, "a*b**2").explained > 0.9999
    assert 0.05 < sg.score(field, "a").explained < 0.5
    assert sg.score(product(), "a").explained is None


# -- kinds ---------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    effort: int
    loss: float
    smooth: float = 1.0
    rest: float | None = None


@pytest.mark.parametrize(
    ("best", "longer", "kind"),
    [
        (Told(5, 1e-31), Told(9, 1e-32), "match"),  # rounding
        (Told(5, 1e-3), Told(9, 9e-4), "approximation"),  # a smooth rest of exact directions
        (Told(5, 1e-3, 0.02), Told(9, 9.95e-4, 0.02), "match"),  # noise
        (Told(5, 1e-2, 0.02), Told(9, 1e-4, 0.02), "approximation"),  # noise and a missing term
        (Told(5, 1e-2, 1, 1e-3), Told(40, 1e-3, 1, 7e-4), "match"),  # 35 nodes for 30 % of the values
        (Told(5, 1e-2, 1, 1e-3), Told(15, 1e-3, 1, 1e-4), "approximation"),  # 10 nodes for 90 %
        (Told(5, 0.3, 1, 1e-3), Told(40, 0.3, 1, 7e-4), "approximation"),  # directions contradict the values
        (Told(5, 0.3, 0.1, 1e-3), Told(40, 0.3, 0.1, 7e-4), "match"),  # noisy ones do not
        (Told(5, 1e-2, 1, 1e-3), Told(4, 1e-3, 1, 1e-5), "match"),  # shorter ones are the choice's business
    ],
)
def test_the_kind_of_an_answer(best, longer, kind):
    assert kind_of(best, [best, longer], 1000, best.rest is not None, chance=0.8) == kind
    assert WORDS[kind][1].endswith(".")
    assert "need not be a law" in CAVEAT


def test_an_exact_law_is_a_match_known_at_once():
    search = sg.Search(product(), PLAIN)
    state = search.run(progress=False)
    assert (state.kind, state.ended, search.kind) == ("match", "known", "match")
    assert search.generation <= 3
    assert search.step().ended is None


@pytest.mark.sweep
def test_a_field_of_no_law_is_no_match():
    """Orthogonal to a damped oscillator's flow: no first integral, but short formulas come close."""
    points = np.random.default_rng(2).uniform(-1, 1, (300, 2))
    x, v = points.T
    field = sg.GradientField(points, np.column_stack([x + 0.3 * v, v]), ("x", "v"))
    state = sg.Search(field).run(generations=18, progress=False)
    assert state.front
    assert state.kind != "match"


def test_a_run_says_why_it_ended_and_is_undecided_before():
    search = sg.Search(product(noise=0.3), PLAIN)
    state = search.run(generations=1, progress=False)
    assert (state.kind, state.ended) == ("undecided", "budget")
    assert search.run(evaluations=1, progress=False).ended == "budget"
    assert search.run(seconds=0, progress=False).ended == "seconds"
    assert search.run(progress=False, callback=lambda _: True).ended == "stopped"
    search.stop()
    assert search.run(progress=False).ended == "stopped"


def test_an_interpretation_tells_its_kind_in_words():
    a, b = X.T
    result = sg.interpret(product(values=np.tanh(a * b**2)), operators=PLAIN, seconds=None)
    assert result.kind == "match"
    assert "Match. This formula fits the neuron as closely as we can tell. It explains" in str(result)
    assert CAVEAT in str(result)


# -- points --------------------------------------------------------------------------------------------------


def test_repeated_points_fall_on_one_side():
    rows = np.random.default_rng(3).integers(0, 60, 900)
    field = product().take(rows)
    fit, held, few = split(field, 0)
    assert not {*map(tuple, field.points[fit])} & {*map(tuple, field.points[held])}
    assert set(few) <= set(fit)
    assert distinct(field.points)[0] == len({*rows})
    assert len(held) == pytest.approx(300, abs=80)


def test_points_that_are_all_different_are_split_by_the_seed_alone():
    fit, held, _ = split(product(), 4)
    order = np.random.default_rng(4).permutation(600)
    np.testing.assert_array_equal(held, order[:200])
    np.testing.assert_array_equal(fit, order[200:])


@pytest.mark.sweep
@pytest.mark.parametrize("places", [4, 12])
def test_chance_at_few_places_is_no_law_however_often_it_is_repeated(places):
    rng = np.random.default_rng(places)
    spots, directions = rng.uniform(-2, 2, (places, 2)), rng.normal(size=(places, 2))
    rows = rng.integers(0, places, 400)
    search = sg.Search(sg.GradientField(spots[rows], directions[rows]))
    assert search.run(generations=14, progress=False).best is None


def test_a_simple_law_needs_few_points():
    field = field_of(from_formula("x*y", 0.5, 2), 8)
    assert str(sg.Search(field).run(generations=4, progress=False).best.expression) == "x*y"


def test_what_is_missing_is_told_by_the_input_it_depends_on():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (1000, 3))
    slopes = np.stack([np.ones(1000), 2 * x[:, 1], 0 * x[:, 2]], 1)
    field = sg.GradientField(x, slopes, ("a", "b", "c"), values=x[:, 0] + x[:, 1] ** 2)
    assert sg.score(field, "a").missing == ("b",)
    assert sg.score(field, "a + b^2").missing == ()
    assert (
        sg.score(sg.GradientField(x, slopes, ("a", "b", "c")), "a").missing == ()
    )  # no values, nothing told


@pytest.mark.parametrize("poles", [False, True])
def test_what_each_term_explains_is_what_a_fit_of_it_alone_takes_away(poles):
    rng = np.random.default_rng(4)
    formula, terms = rng.normal(size=200), rng.normal(size=(7, 200))
    neuron = np.tanh(formula) + 0.1 * terms[3] + 0.01 * rng.normal(size=200)
    sides = (terms[0] > 0).astype(int) if poles else 0
    moved, left, _ = tangents(terms, neuron, formula, sides)
    fitted = [np.linalg.lstsq(m[:, None], left)[1][0] for m in moved]
    np.testing.assert_allclose(gains(terms, neuron, formula, sides), 1 - fitted / (left @ left), atol=1e-12)
    assert gains(terms, neuron, formula, sides).argmax() == 3


def test_values_are_not_heard_if_few_points_make_up_their_variance():
    x = np.random.default_rng(0).uniform(0.5, 2, (1000, 2))
    assert told_by_many(x[:, 0] / x[:, 1])
    assert not told_by_many((x[:, 0] / x[:, 1]) ** 12)
    assert not told_by_many(None)
    assert told_by_many(np.zeros(10))  # a constant: `unexplained` says that it tells nothing


def test_a_sum_is_worth_its_length_if_each_node_lowers_what_is_left():
    left = {1: 1.0, 3: 0.5, 4: 0.495, 9: 0.45, 20: 0.1, 25: 0.2}
    assert worth_their_length(left) == [1, 3, 20]
    assert worth_their_length({}) == []


def test_functions_count_in_what_leaves_least_of_the_values():
    search = sg.Search(field_of(from_formula("x*y", 0.5, 2), 200))
    engine = search._reached.engine
    terms = [engine.grammar[name](x) for name in ("log", "cos", "square") for x in engine.grammar.inputs]
    with search._watch.over():
        log_x, log_y, cos_x, _, square, _ = engine.bank.rows(terms)
        for rows, extra in (((cos_x,), 0), ((log_x, log_y), 0), ((cos_x, square), 2), ((log_x, cos_x), 4)):
            (found,) = engine.score([rows])
            assert found.effort - found.size == extra
        rows, scale = np.array([[log_x, log_y]]), engine.bank.scale[[log_x, log_y]]
        efforts = {power: engine._lengths(rows, scale * [1, power])[1] for power in (2, 50)}
    assert efforts == {2: [4], 50: [11]}  # x*y^2, log(x) + 50*log(y)


def test_terms_that_become_one_are_added():
    """Rounding the constants inside two terms may make them equal."""
    field = field_of(from_formula("exp(x) - 3*y", -1, 1), 300)
    search = sg.Search(field)
    grammar = search._reached.engine.grammar
    x, y = sorted(grammar.inputs, key=lambda term: -term.tokens[0])
    terms = y, grammar["exp"](x), grammar["exp"](x)
    written = search._reached.judge._written_as(terms, terms)
    assert written
    for one in written:
        assert sg.score(field, one.candidate.expression).loss == pytest.approx(one.candidate.loss, abs=1e-12)
