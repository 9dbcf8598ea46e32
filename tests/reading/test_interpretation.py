"""`interpret`: one call from a neuron to formula, bend and verdict, and what it says when there is no law."""

import re
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp
from budgets import briefly
from concept_cases import CASES, field_of, lawless

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, SymgradError, UnknownNameError
from symgrad_widgets.field import directions
from symgrad_widgets.formula.expressions import evaluate, parse
from symgrad_widgets.reading import interpretation
from symgrad_widgets.reading.phi import fit_phi
from symgrad_widgets.search import session
from symgrad_widgets.search.watch import Watch
from symgrad_widgets.verdict import several_concepts

CASE = CASES["P1-07"]
PLAIN = ["square"]  # few operators: a short search
PRODUCTS = ["mul", "square"]


def bent(phi, count=400, seed=0):
    """Field of the oscillator's energy whose neuron has the values phi(energy)."""
    field = field_of(CASE, count, seed)
    return sg.GradientField(field.points, field.gradients, field.names, phi((field.points**2).sum(1)))


def plainly(*args, **options):
    return briefly(*args, operators=PLAIN, **options)


@pytest.fixture(scope="module")
def result():
    field = bent(lambda g: np.tanh(2 - g))
    return sg.interpret(field, concept=CASE.concept, operators=PLAIN, seconds=None)


# -- with a law ----------------------------------------------------------------------------------------------


def test_the_formula_is_the_concept_and_is_proved(result):
    assert result.best.expression == parse("x^2 + v^2")
    assert result.concepts == (result.best,)
    assert result.best in result.front
    assert (result.verdict.same, result.verdict.how) == (True, "proved")


def test_the_evidence_counts_what_was_used(result):
    evidence = result.evidence
    assert (evidence.points, evidence.dropped, evidence.chance) == (400, 0, 0.5)
    assert evidence.loss == result.best.loss < 1e-12
    assert evidence.generations >= 2  # nothing is left to explain
    assert evidence.evaluations > 10


def test_the_evidence_for_an_exact_law_is_overwhelming(result):
    evidence = result.evidence
    assert evidence.null > 0.3  # of 0.5: what the same search finds in random directions
    assert evidence.agreement == 1
    assert evidence.spread < 1e-6


def test_the_spread_of_constants_grows_with_the_noise():
    spread = {}
    for noise in (1e-4, 1e-2):
        search = sg.Search(field_of("P2-A1", 300, noise=noise), operators=["square"])
        search.run(generations=2, progress=False)
        assert search.best.expression == parse("x1^2 + 2*x2^2")
        spread[noise] = search.evidence().spread
    # the ratio of two coefficients from 100 points with an error of sqrt(noise) each: about sqrt(noise / 100)
    assert 5 < spread[1e-2] / spread[1e-4] < 20
    assert 0.003 < spread[1e-2] < 0.1


def test_angles_are_those_at_each_point(result):
    assert result.angles.shape == (400,)
    assert result.angles.max() < 1e-5
    field = field_of(CASE, 400, noise=1e-2)
    noisy = plainly(field)
    unit, along = (directions.unit(some * field.points.std(0)) for some in (field.points, field.gradients))
    cosines = np.abs((unit * along).sum(1))
    assert noisy.angles == pytest.approx(np.degrees(np.arccos(cosines)), abs=1e-4)
    assert noisy.verdict is None


def test_seconds_are_told_apart(result):
    assert result.seconds.keys() >= {"gradients", "search", "verdict"}
    assert all(seconds >= 0 for seconds in result.seconds.values())


def test_what_is_printed_says_it_all(result):
    text = repr(result)
    for part in ("x**2", "v**2", "complexity 5", result.verdict.message, "degrees", "400 used", "search"):
        assert part in text
    assert re.search(r"phi .*100\.00 ?%.*-1\.0000", text)


def test_the_page_form_is_escaped_and_says_the_same(result):
    html = result._repr_html_()
    assert html.count("<tr>") == len(repr(result).splitlines())
    assert result.verdict.message in html
    assert "v**2 + x**2" in html
    wrong = plainly(bent(np.tanh), concept="x - v")
    assert not wrong.verdict.same
    assert "<b>" not in wrong._repr_html_()
    assert wrong.verdict.message in repr(wrong)


def test_the_latex_form_is_the_formula(result):
    assert result._repr_latex_() == f"${sp.latex(result.best.expression)}$"


def test_the_formula_can_be_evaluated(result):
    points = np.random.default_rng(1).uniform(-2, 2, (20, 2))
    assert result.to_numpy()(points) == pytest.approx((points**2).sum(1))


def test_without_values_there_is_no_phi():
    field = field_of(CASE, 200)
    result = plainly(field)
    assert (result.phi, result.verdict) == (None, None)
    assert "phi" not in repr(result)


# -- phi -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [1, -1])
def test_phi_recovers_a_bend_and_its_direction(sign):
    def bend(g):
        return sign * np.tanh(3 * (g - 0.7))

    phi = fit_phi(CASE.concept, bent(bend))
    assert phi.monotonicity == pytest.approx(sign)
    assert phi.r2 == pytest.approx(1)
    assert (np.diff(phi.formula) >= 0).all()
    assert (sign * np.diff(phi.neuron) >= 0).all()
    at = np.linspace(phi.formula[5], phi.formula[-5], 50)
    assert phi(at) == pytest.approx(bend(at), abs=0.02)


def test_phi_of_a_formula_that_runs_the_other_way_is_monotone_all_the_same():
    phi = fit_phi(parse("1/(x^2 + v^2)"), bent(np.tanh))
    assert phi.monotonicity == pytest.approx(-1)
    assert phi.r2 == pytest.approx(1)


def test_r2_is_the_share_that_a_monotone_function_explains():
    rng = np.random.default_rng(0)
    field = bent(lambda g: g + 0.3 * rng.normal(size=len(g)))
    phi = fit_phi(CASE.concept, field)
    values, _ = evaluate(CASE.concept, field.names, field.points)
    signal = values.var() / field.values.var()
    assert phi.r2 == pytest.approx(signal, abs=0.08)
    fitted = phi(values)
    rest = ((field.values - fitted) ** 2).sum() / ((field.values - field.values.mean()) ** 2).sum()
    assert phi.r2 == pytest.approx(1 - rest, abs=1e-9)
    assert phi.monotonicity < 0.99


def test_a_formula_of_something_else_explains_little():
    phi = fit_phi(parse("x*v"), bent(lambda g: g, 2000))
    assert abs(phi.monotonicity) < 0.6
    assert phi.r2 < 0.6


# -- no law --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nothing():
    return briefly(lawless(3, 200), concept="x1 + x2", count=12, operators=["square"])


@pytest.mark.sweep
def test_where_there_is_no_law_it_says_so(nothing):
    assert nothing.best is None
    assert nothing.concepts == ()
    assert nothing.phi is None
    assert nothing.angles.shape == (0,)
    assert nothing.evidence.loss is nothing.evidence.agreement is nothing.evidence.spread is None
    assert nothing.evidence.null == pytest.approx(2 / 3, abs=0.1)
    assert nothing.evidence.chance == pytest.approx(2 / 3)
    assert nothing._repr_latex_() is None
    assert "no closed form found" in repr(nothing)
    assert "no closed form found" in nothing._repr_html_()
    assert "0.67" in repr(nothing)


@pytest.mark.sweep
def test_no_law_is_not_the_concept(nothing):
    assert (nothing.verdict.same, nothing.verdict.how) == (False, "different")


@pytest.mark.sweep
def test_no_law_cannot_be_evaluated(nothing):
    for export in (nothing.to_numpy, nothing.to_torch):
        with pytest.raises(DataError, match=r"no closed form.*result\.front"):
            export()


# -- several neurons -----------------------------------------------------------------------------------------


def two_concepts(seed=0):
    """Points (200, 4), and the gradients of x1 x2 and of x3^2 + x4^2 there."""
    points = np.random.default_rng(seed).uniform(0.2, 2, (200, 4))
    a, b, c, d = points.T
    o = np.zeros(200)
    return points, np.stack([b, a, o, o], 1), np.stack([o, o, 2 * c, 2 * d], 1)


@pytest.fixture(scope="module")
def several():
    points, first, second = two_concepts()
    b = points[:, 1:2]
    mixed = [first + 0.4 * second, second - 0.3 * b * first, b * (first + second), np.sin(b) * second]
    concepts = ["x1*x2", "x3^2 + x4^2"]
    return briefly(sg.GradientField(points, np.stack(mixed, axis=1)), concept=concepts, operators=PRODUCTS)


@pytest.mark.sweep
def test_all_concepts_of_several_neurons_are_found(several):
    assert {c.expression for c in several.concepts} == {parse("x1*x2"), parse("x3^2 + x4^2")}
    assert (several.rank, several.best) == (2, several.concepts[0])
    assert several.verdict.same
    assert [verdict.how for verdict in several.verdicts] == ["proved", "proved"]


@pytest.mark.sweep
def test_how_many_concepts_and_which_is_printed(several):
    text = repr(several)
    assert f"2 independent concepts: {', '.join(str(c.expression) for c in several.concepts)}" in text
    for candidate, verdict in zip(several.concepts, several.verdicts, strict=True):
        assert f"{candidate.expression}: Same concept, proved" in text
        which = verdict.message.split("(of the 2 concepts: ")[1].rstrip(")")
        assert parse(which) == candidate.expression
    assert several._repr_latex_().count("$") == 4


@pytest.mark.sweep
def test_a_mixture_is_a_function_of_the_concepts_and_none_of_them():
    points, first, second = two_concepts()
    field = sg.GradientField(points, first - second)
    result = briefly(field, concept=["x1*x2", "x3^2 + x4^2"], operators=PRODUCTS)
    assert len(result.concepts) == len(result.verdicts) == 1
    assert result.verdict.same
    assert result.verdict.message.startswith("A function of the 2 concepts, proved")
    assert "independent concept" not in repr(result)


@pytest.mark.sweep
@pytest.mark.parametrize("order", [1, -1])
def test_the_verdict_on_several_formulas_is_no_surer_than_that_on_any(order):
    """A trace that is proved lends nothing to a determinant with a constant that is 1 % off."""
    points = np.random.default_rng(0).uniform(-1, 1, (200, 4))
    a, b, c, d = points.T
    determinant, trace = np.stack([d, -1.01 * c, -1.01 * b, a], 1), np.tile([1.0, 0, 0, 1], (200, 1))
    field = sg.GradientField(points, np.stack([trace, determinant][::order], 1))
    concepts = ["x1 + x4", "x1*x4 - x2*x3"][::order]
    result = briefly(field, concept=concepts, operators=PRODUCTS)
    each = {str(c.expression): v.how for c, v in zip(result.concepts, result.verdicts, strict=True)}
    assert each == {"x1 + x4": "proved", "x1*x4 - 1.01*x2*x3": "constants"}
    assert (result.verdict.same, result.verdict.how) == (True, "constants")


@pytest.mark.sweep
def test_a_direction_without_a_formula_is_counted():
    points, first, _ = two_concepts()
    other = np.random.default_rng(1).normal(size=points.shape)
    field = sg.GradientField(points, np.stack([first, other], 1))
    result = briefly(field, count=12, operators=["mul"])
    assert [c.expression for c in result.concepts] == [parse("x1*x2")]
    assert result.rank == 2
    assert "1 independent concept: x1*x2, 1 more direction without a closed form" in repr(result)


def test_the_null_of_several_neurons_has_the_rank_that_they_have():
    points, first, second = two_concepts()
    third = np.tile([1.0, 0, 0, 1], (200, 1))
    neurons = np.stack([first, second, third, first + second + third], 1)  # as many as dimensions
    search = sg.Search(sg.GradientField(points, neurons), operators=PRODUCTS)
    search.run(generations=1, progress=False)
    assert search.evidence().chance == pytest.approx(1 / 4)


@pytest.mark.sweep
def test_many_inputs_that_act_through_few_coordinates_are_read():
    points = np.random.default_rng(0).uniform(-1, 1, (300, 66))
    first, second = np.tile([1.0, 0.0], 33), np.tile([0.0, 1.0], 33)
    gradients = (points @ second)[:, None] * first + (points @ first)[:, None] * second
    values = (points @ first) * (points @ second)
    result = briefly(sg.GradientField(points, gradients, values=values), operators=PRODUCTS)
    assert result.best.loss < 1e-12
    assert result.angles.max() < 1e-5
    assert result.phi.r2 == pytest.approx(1)
    assert np.corrcoef(result.to_numpy()(points), values)[0, 1] ** 2 == pytest.approx(1)


# -- the concept is read last --------------------------------------------------------------------------------


def test_the_verdict_is_asked_once_the_search_has_ended(monkeypatch):
    happened = []
    run, verify = sg.Search.run, several_concepts.verify

    def seen_run(self, *args, **options):
        happened.append("search begins")
        state = run(self, *args, **options)
        happened.append("search ends")
        return state

    def seen_verify(expression, concept, **options):
        happened.append("verdict")
        return verify(expression, concept, **options)

    monkeypatch.setattr(sg.Search, "run", seen_run)
    monkeypatch.setattr(several_concepts, "verify", seen_verify)
    assert plainly(field_of(CASE, 200), concept=CASE.concept).verdict.same
    assert happened.index("verdict") == len(happened) - 1 > 1
    assert happened[:2] == ["search begins", "search ends"]


class LeakError(BaseException):
    """Not an `Exception`, so that no handler on the way can hide it."""


class Sealed:
    """A concept that cannot be looked at in any way."""

    def __getattribute__(self, name):
        raise LeakError(name)


def test_nothing_looks_at_the_concept_before_the_verdict(monkeypatch):
    field = field_of(CASE, 200)
    asked = []

    def verify(expression, concept, **_):
        asked.append((expression, type(concept)))
        return sg.verify(expression, CASE.concept, field)

    monkeypatch.setattr(several_concepts, "verify", verify)
    result = plainly(field, concept=Sealed())
    assert asked == [(result.best.expression, Sealed)]


# -- what is asked -------------------------------------------------------------------------------------------


@pytest.mark.sweep
def test_constraints_reach_the_verdict():
    case = CASES["P1-02"]
    on_data = "(x1*x4 - x2*x3) / (x1 + x4)"  # the determinant where the trace is 5, and nowhere else
    field = field_of(case, 300)
    result = briefly(field, concept=on_data, constraints=case.constraints, operators=PRODUCTS)
    assert result.verdict.how == "proved", result.verdict


def test_seed_cap_and_options_reach_the_search(monkeypatch):
    asked = {}

    class Seen(sg.Search):
        def __init__(self, field, **options):
            asked.update({} if asked else options)  # the first search; others are for the evidence
            super().__init__(field, **options)

        def run(self, *args, seconds=None, **options):
            asked.setdefault("seconds", seconds)
            return super().run(*args, **options | {"generations": 3})

    monkeypatch.setattr(interpretation, "Search", Seen)
    plainly(field_of(CASE, 60), random_state=7, seconds=9, max_complexity=9, guesses=["x*v"])
    seconds = asked.pop("seconds")
    assert asked == {"random_state": 7, "operators": PLAIN, "max_complexity": 9, "guesses": ["x*v"]}
    assert 8 < seconds <= 9


def test_bad_options_are_the_searchs_own_errors():
    with pytest.raises(UnknownNameError, match="'sine'"):
        sg.interpret(field_of(CASE, 60), operators=["sine"])


def test_a_field_brings_its_own_points():
    field = field_of(CASE, 50)
    for extra in ({"x": field.points}, {"layer": "net.0"}, {"neuron": 3}, {"names": ("a", "b")}):
        with pytest.raises(DataError, match=r"own points.*leave out"):
            sg.interpret(field, **extra)


@pytest.fixture(scope="module")
def model():
    import torch

    class Energy(torch.nn.Module):
        def forward(self, points):
            return torch.tanh(1 - (points**2).sum(1, keepdim=True))

    return Energy()


def test_a_model_needs_points(model):
    with pytest.raises(DataError, match=r"points.*interpret\(model, x\)"):
        sg.interpret(model)


def test_a_model_is_read_to_its_formula(model):
    import torch

    points = field_of(CASE, 300).points.copy()
    result = plainly(model, points, names=("x", "v"), concept="x^2 + v^2")
    assert result.best.expression == parse("x^2 + v^2")
    assert result.verdict.how == "proved"
    assert result.phi.monotonicity == pytest.approx(-1)
    assert result.seconds["gradients"] > 0
    inputs = torch.tensor(points.copy())
    assert result.to_torch()(inputs).numpy() == pytest.approx((points**2).sum(1))


@pytest.mark.parametrize("what", [None, 3, "P1-07", np.zeros((9, 2))])
def test_what_is_neither_model_nor_field_is_one_clear_error(what):
    with pytest.raises(SymgradError, match=r"GradientField|Module|model"):
        sg.interpret(what, np.zeros((9, 2)))


# -- a search that was begun ---------------------------------------------------------------------------------


def begun(generations):
    search = sg.Search(bent(np.tanh), operators=PLAIN, random_state=4)
    search.run(generations=generations, progress=False)
    return search


def test_a_search_that_was_stepped_goes_on_from_there(monkeypatch):
    search, steps = begun(1), []
    step = type(search)._advance
    monkeypatch.setattr(type(search), "_advance", lambda self: steps.append(self) or step(self))
    found = sg.interpret(search, concept=CASE.concept)
    assert found.verdict.how == "proved"
    assert search.settled
    assert steps.count(search) == search.generation - 1 > 0
    assert found.best is search.best
    assert found.phi.r2 > 0.99
    steps.clear()
    again = sg.interpret(search)
    assert search not in steps
    assert (again.best, again.front) == (found.best, found.front)


def test_a_search_that_was_stepped_gives_what_a_fresh_one_gives():
    fresh = sg.interpret(bent(np.tanh), random_state=4, operators=PLAIN, seconds=None)
    found = sg.interpret(begun(5))
    assert (found.best, found.front) == (fresh.best, fresh.front)


@pytest.mark.parametrize(("before", "after"), [(0, 2), (1, 2), (3, 3)])
def test_a_cap_on_generations_counts_those_before(before, after):
    search = sg.Search(field_of(CASE, 300), operators=PRODUCTS)
    search.run(generations=before, progress=False)
    assert sg.interpret(search, seconds=None, generations=2).evidence.generations == after


def test_a_cap_on_generations_is_a_whole_number():
    with pytest.raises(DataError, match=r"generations must be a whole number of at least 0, got 2\.5"):
        sg.interpret(field_of(CASE, 300), generations=2.5)


@pytest.mark.parametrize(
    "settings",
    [{"x": np.ones((9, 2))}, {"names": ("a", "b")}, {"neuron": 1}, {"operators": PLAIN}, {"random_state": 5}],
    ids=str,
)
def test_a_search_brings_its_own_settings(settings):
    with pytest.raises(DataError, match="a Search brings its own field and settings"):
        sg.interpret(begun(1), **settings)


# -- before the search ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"concept": "x^2 + w^2"}, "I don't know w"),
        ({"concept": "x^2 +* v"}, r"x\^2 \+\* v"),
        ({"concept": ["x", "v + y"]}, "I don't know y"),
        ({"concept": "x", "constraints": "x + z = 1"}, "I don't know z"),
        ({"concept": "x", "constraints": ["x = 1 = v"]}, "equals signs"),
        ({"seconds": "long"}, r"seconds.*'long'"),
        ({"seconds": -2}, r"seconds.*-2"),
    ],
)
def test_what_cannot_be_read_is_said_before_the_search_begins(monkeypatch, given, message):
    monkeypatch.setattr(sg.Search, "_advance", lambda _: pytest.fail("the search began"))
    with pytest.raises(SymgradError, match=message):
        sg.interpret(bent(np.tanh), **given)


# ----------------------------------------------------------------------------------- the cap and the compiler


def test_the_cap_on_the_search_begins_after_the_compiler_has_ended(monkeypatch):
    clock, asked = [0.0], []

    class Seen(sg.Search):
        def run(self, *args, seconds=None, **options):
            asked.append(seconds)
            return super().run(*args, **options | {"generations": 1})

    def compile_slowly():
        clock[0] += 1000

    monkeypatch.setattr(interpretation, "warm_up", compile_slowly)
    counted = SimpleNamespace(monotonic=lambda: clock[0], perf_counter=time.perf_counter)
    monkeypatch.setattr(interpretation, "time", counted)
    monkeypatch.setattr(interpretation, "Search", Seen)
    plainly(field_of(CASE, 60), seconds=9)
    assert asked[0] == 9


def test_a_search_is_compiled_before_its_time_is_counted(monkeypatch):
    order = []

    class Seen(Watch):
        def over(self, *seconds):
            order.append("watch")
            return super().over(*seconds)

    monkeypatch.setattr(session, "Watch", Seen)
    monkeypatch.setattr(session, "warm_up", lambda: order.append("compiler"))
    sg.Search(field_of(CASE, 60)).run(generations=1, progress=False)
    assert order == ["compiler", "watch"]


@pytest.mark.sweep
def test_what_is_compiled_first_is_all_that_a_search_calls():
    code = """
import numpy as np, symgrad_widgets as sg
from symgrad_widgets.search import warm_up
from symgrad_widgets.search.kernel import compiled
warm_up()
before = compiled.evaluate.signatures[:]
x = np.random.default_rng(0).uniform(-1, 1, (200, 2))
sg.Search(sg.GradientField(x, x + x**3)).run(generations=6, progress=False)
assert before == compiled.evaluate.signatures, compiled.evaluate.signatures
"""
    subprocess.run([sys.executable, "-c", code], check=True)
