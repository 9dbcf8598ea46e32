"""All small formulas are tried: against trees that plain recursion makes, and what the certificate says."""

import re
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from concept_cases import loss

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError
from symgrad_widgets.formula.expressions import evaluate, parse
from symgrad_widgets.measuring.recovery.usage import Usage
from symgrad_widgets.search import certify
from symgrad_widgets.search.engine import Engine
from symgrad_widgets.search.enumeration import Trees, count_of_trees
from symgrad_widgets.search.fit.bank import Sample
from symgrad_widgets.search.kernel.evaluation import gradients
from symgrad_widgets.search.terms.grammar import Grammar, nodes
from symgrad_widgets.search.terms.postfix import to_sympy

NODES = 4
SYMBOLS = sp.symbols("x y", real=True)
ONE = {  # u -> f(u), f'(u)
    "inv": lambda u: (1 / u, -1 / u**2),
    "square": lambda u: (u**2, 2 * u),
    "cube": lambda u: (u**3, 3 * u**2),
    "pow4": lambda u: (u**4, 4 * u**3),
    "sqrt": lambda u: (u**0.5, 0.5 * u**-0.5),
    "inv_sqrt": lambda u: (u**-0.5, -0.5 * u**-1.5),
    "exp": lambda u: (np.exp(u), np.exp(u)),
    "log": lambda u: (np.log(abs(u)), 1 / u),
    "sin": lambda u: (np.sin(u), np.cos(u)),
    "cos": lambda u: (np.cos(u), -np.sin(u)),
    "tan": lambda u: (np.tan(u), 1 + np.tan(u) ** 2),
    "tanh": lambda u: (np.tanh(u), 1 / np.cosh(u) ** 2),
    "abs": lambda u: (abs(u), np.sign(u)),
    "1 + u": lambda u: (1 + u, np.ones_like(u)),
    "1 - u": lambda u: (1 - u, -np.ones_like(u)),
    "u - 1": lambda u: (u - 1, np.ones_like(u)),
    "1/u": lambda u: (1 / u, -1 / u**2),
}
TWO = {  # u, v -> f(u, v), both partial derivatives
    "add": lambda u, v: (u + v, np.ones_like(u), np.ones_like(u)),
    "sub": lambda u, v: (u - v, np.ones_like(u), -np.ones_like(u)),
    "mul": lambda u, v: (u * v, v, u),
    "div": lambda u, v: (u / v, 1 / v, -u / v**2),
}


OPERATORS = [name for name in (*ONE, *TWO) if name.isidentifier()]  # also where others have added some


def field_of(formula, names=("x", "y"), noise=0.0, count=300, most=3.0, signs=(1,)):
    rng = np.random.default_rng(3)
    points = rng.uniform(0.5, most, (count, len(names))) * rng.choice(signs, (count, len(names)))
    values, gradients = evaluate(parse(formula, names), names, points)
    error = noise * np.linalg.norm(gradients, axis=1, keepdims=True) * rng.normal(size=gradients.shape)
    return sg.GradientField(points, gradients + error, names, values)


def recursed(points, size):
    """Values (N,) and gradients (N, 2) of all trees of so many nodes: a list with repetitions."""
    if size == 1:
        return [(x, np.tile(e, (len(points), 1))) for x, e in zip(points.T, np.eye(2), strict=True)]
    made = []
    for f in ONE.values():
        for u, du in recursed(points, size - 1):
            value, slope = f(u)
            made.append((value, slope[:, None] * du))
    for f in TWO.values():
        for left in range(1, size - 1):
            for u, du in recursed(points, left):
                for v, dv in recursed(points, size - 1 - left):
                    value, a, b = f(u, v)
                    made.append((value, a[:, None] * du + b[:, None] * dv))
    return made


def directions(field, size):
    """Unit gradients (K, N, 2) of those trees that vary and are finite, and how many trees there are."""
    with np.errstate(all="ignore"):
        made = recursed(field.points, size)
        values, gradients = (np.stack(some) for some in zip(*made, strict=True))
        usable = np.isfinite(values).all(1) & np.isfinite(gradients).all((1, 2))
        usable &= (gradients**2).sum(2).mean(1) > 1e-24 * np.maximum((values**2).mean(1), 1)
        gradients = gradients[usable] * field.measure.spread
        gradients /= np.abs(gradients).max(2, keepdims=True)  # squares of what is small are 0
        unit = gradients / np.linalg.norm(gradients, axis=2, keepdims=True)
        return np.nan_to_num(unit), len(made)


def left_by(unit, field):
    """Weighted sums of 1 - cos^2 over the points (K,)."""
    return (1 - (unit * field.unit[:, 0]).sum(2) ** 2) @ field.weights


def distinct(unit):
    """Number of different ones, whatever their sign; some are flat by rounding at few points, as tanh(99)."""
    kept = []
    for one in unit:
        some = np.array(kept).reshape(-1, *one.shape)
        flat = (some == 0).all(2) ^ (one == 0).all(1)
        apart = np.minimum(*(np.abs(some - sign * one).max(2) for sign in (1, -1)))
        apart = np.where(flat, 0, apart).max(1) + (flat.mean(1) > 1 / 4)
        if not (apart < 1e-7).any():
            kept.append(one)
    return len(kept)


@pytest.fixture(
    params=[("x*exp(y)", 0.05, [1]), ("y*sin(x*y) + x**2", 0.0, [1, -1]), ("x - log(y)", 0.5, [1])],
    ids=str,
    scope="module",
)
def field(request):
    formula, noise, signs = request.param
    return field_of(formula, noise=noise, count=200, most=1.2, signs=signs)


@pytest.fixture(scope="module")
def by_recursion(field):
    """For each number of nodes, the directions of all trees of as many on all points, and their number."""
    return [directions(field, size) for size in range(1, NODES + 1)]


@pytest.fixture
def grown(field):
    few, grammar = field.take(slice(32)), Grammar(OPERATORS, range(2))
    with np.errstate(all="ignore"):
        return Trees(Sample(few), grammar, NODES - 2)


@pytest.mark.sweep
def test_as_many_trees_directions_and_the_same_best_as_by_plain_recursion(field, grown):
    few = field.take(slice(32))
    recursive = [directions(few, size) for size in range(1, NODES + 1)]
    with np.errstate(all="ignore"):
        found = grown.directions(NODES)
    assert count_of_trees(Grammar(OPERATORS, range(2)), NODES) == sum(count for _, count in recursive)
    assert len(found.made) == distinct(np.concatenate([unit for unit, _ in recursive]))
    for most in range(1, NODES + 1):
        least = min(left_by(unit, few).min() for unit, _ in recursive[:most])
        assert found.left[found.nodes <= most].min() == pytest.approx(least, rel=1e-9, abs=1e-12)


@pytest.mark.sweep
def test_the_best_of_each_length_at_all_points_are_those_of_all_trees(field, grown, by_recursion):
    grammar = Grammar(OPERATORS, range(2))
    with np.errstate(all="ignore"):
        best = certify.best_by_nodes(grown, grown.directions(NODES), Engine(Sample(field), grammar))
    losses = [(nodes(term), loss(to_sympy(term, SYMBOLS), field)) for term in best]
    for most in range(1, NODES + 1):
        least = min(left_by(unit, field).min() for unit, _ in by_recursion[:most]) / field.weights.sum()
        assert min(own for size, own in losses if size <= most) == pytest.approx(least, rel=1e-6, abs=1e-12)


def test_none_is_better_at_all_points_than_those_found_by_the_bound_of_a_few(monkeypatch):
    monkeypatch.setattr(certify, "MEMORY", replace(certify.MEMORY, compared=8))  # it ends as soon as it can
    field, grammar = field_of("x*exp(y)", noise=0.7), Grammar(OPERATORS, range(2))
    engine = Engine(Sample(field), grammar)
    with np.errstate(all="ignore"):
        trees = Trees(Sample(field.take(slice(32))), grammar, 3)
        every = trees.directions(5)
        best = certify.best_by_nodes(trees, every, engine)
        slopes = gradients([trees.term(made) for made in every.made], field.points.T)
        usable = slopes[2]
        unit = np.moveaxis(slopes[1], 1, 2)[usable] * field.measure.spread
        left = left_by(unit / np.linalg.norm(unit, axis=2, keepdims=True), field)
    for size in (3, 4, 5):
        least = np.sort(left[every.nodes[usable] == size])[: certify.CERTIFICATE.kept]
        found = [term for term in best if nodes(term) == size]
        losses = sorted(loss(to_sympy(term, SYMBOLS), field) for term in found)
        assert losses == pytest.approx((least / field.weights.sum()).tolist(), rel=1e-6)


# -- what is said of an answer -------------------------------------------------------------------------------


def run(field, generations=8, **settings):
    search = sg.Search(field, **settings)
    search.run(generations=generations, progress=False)
    return search


@pytest.mark.sweep
def test_an_answer_that_nothing_beats_gets_it_in_writing():
    search = run(field_of("x*y/z", ("x", "y", "z"), noise=0.01))
    certificate = search.certificate(progress=False)
    tried, sums = certificate.tried, certificate.sums
    assert certificate.better is None
    assert certificate.best == certificate.answer == search.best
    assert tried == count_of_trees(Grammar(None, range(3)), 6) > 5e6
    assert sums > 1e7
    assert certificate.text.startswith(
        f"No formula of up to 6 nodes over these operators does better: {tried:,} formulas were tried, "
        f"and {sums:,} sums of two formulas of up to 4 nodes each, with free coefficients. "
        "Operators: add, sub, mul, div, inv, square,"
    )
    assert "no number except 1; at 200 points, x from 0.5" in certificate.text
    assert str(certificate) == certificate.text


@pytest.mark.sweep
@pytest.mark.parametrize("formula", ["sin(x)/(y + x)", "sin(x*y) + 0.37*exp(x**2)"])  # one tree, a sum
def test_a_better_formula_is_found_and_named(formula):
    search = run(field_of(formula), generations=1)
    assert search.best is None or search.best.loss > 1e-4
    better = search.certificate(progress=False).better
    assert sg.verify(better.expression, formula, field=search.field).same
    assert search.certificate(progress=False).claim.startswith(
        f"{better.expression}, a formula of up to 6 nodes over these operators "
        "or a sum of two such formulas, does better: "
    )


@pytest.mark.sweep
def test_where_there_is_no_law_no_small_formula_is_one():
    points, slopes = np.random.default_rng(0).normal(size=(2, 300, 2))
    certificate = run(sg.GradientField(points, slopes), generations=1).certificate(progress=False)
    assert certificate.answer is certificate.best is certificate.better is None
    claim = (
        r"No formula of up to 6 nodes over these operators is clearly better than chance: \d,\d+,\d+ formulas"
    )
    assert re.match(claim, certificate.text)


@pytest.mark.sweep
def test_a_certificate_changes_nothing_and_is_made_of_the_answer_of_the_moment():
    field = field_of("x*y**2 + 2*y", noise=0.05)
    asked, plain = (sg.Search(field, ["add", "mul", "square", "exp"]) for _ in range(2))
    assert asked.certificate(progress=False).answer is None
    for search in (asked, plain):
        search.run(generations=7, progress=False)
    assert asked.front == plain.front
    assert asked.certificate(progress=False).answer == asked.best == plain.best
    assert asked.certificate(progress=False) == plain.certificate(progress=False)


@pytest.mark.sweep
def test_evidence_shows_the_certificate_of_its_answer_only():
    search = run(field_of("x*y"), generations=3, max_complexity=4)
    assert search.evidence(resamples=2).certificate is None
    certificate = search.certificate(progress=False)
    assert search.evidence(resamples=2).certificate is certificate
    result = sg.interpret(search)
    assert f"certified  {certificate.text}" in repr(result)
    assert "certified" not in repr(result.with_formula("x + y", search.field))
    search.goto(0)
    assert search.evidence(resamples=2).certificate is None


@pytest.mark.sweep
def test_operators_and_units_of_ones_own_hold():
    field = field_of("x*y + x", noise=0.02)
    certificate = run(field, operators=["add", "mul"], generations=2).certificate(progress=False)
    assert certificate.operators == ("add", "mul")
    assert sp.expand(certificate.best.expression) == parse("x*y + x", ("x", "y"))  # as x*(1 + y), 4 nodes
    with_units = run(field, units={"x": "m", "y": "s"}, generations=2)
    found = with_units.certificate(progress=False)
    assert found.better is None
    assert found.best is None or not found.best.expression.is_Add


@pytest.mark.usefixtures("scratch_table")
def test_an_operator_of_two_arguments_in_both_orders():
    sg.define_operator("skewed", lambda u, v: sp.sqrt(u**2 + 2 * v**2))
    for formula in ("skewed(x, y) + 0.4*y", "skewed(y, x) + 0.4*x"):
        search = sg.Search(field_of(formula), operators=["skewed", "add"])
        assert search.certificate(progress=False).best.loss < 1e-20


def test_a_stop_ends_it_and_it_can_be_asked_again():
    search = run(field_of("x*y"), generations=1, max_complexity=4)
    search.stop()
    assert search.certificate(progress=False) is None
    assert search.certificate(progress=False).best.expression == parse("x*y", ("x", "y"))


@pytest.mark.sweep
def test_it_takes_less_than_200_megabytes():
    search = run(field_of("cos(3*x)*sin(2*y*z)", ("x", "y", "z"), noise=0.3), generations=1)
    with Usage() as before:
        pass
    with Usage() as during:
        search.certificate(progress=False)
    assert during.memory - before.memory < 200


@pytest.mark.sweep
def test_more_inputs_and_known_terms_are_refused():
    with pytest.raises(
        DataError, match="too many small formulas, because 4 inputs matter: hold all but 3 of them fixed"
    ):
        sg.Search(field_of("a*b + c*d", tuple("abcd"))).certificate()
    with pytest.raises(DataError, match=r"do not contain the known terms \['x\*y'\]: leave out known="):
        sg.Search(field_of("x*y + x"), known=["x*y"]).certificate()
    beside = field_of("x*y + z + 0*w", ("x", "y", "z", "w"))  # three of four matter
    assert sg.Search(beside, max_complexity=5).certificate(progress=False).best.loss < 1e-20
