"""Laws that are sums of products: over a common divisor, of waves, or with one bent factor."""

import re

import numpy as np
import pytest
from scipy.special import comb

import symgrad_widgets as sg
from symgrad_widgets.field.directions import misalignment
from symgrad_widgets.formula.expressions import evaluate, parse
from symgrad_widgets.search.fit import combine
from symgrad_widgets.search.fit.bank import Sample
from symgrad_widgets.search.fit.inner_constants import by_directions, refine, tidied
from symgrad_widgets.search.kernel.evaluation import gradients
from symgrad_widgets.search.terms.dictionary import laurent_monomials
from symgrad_widgets.search.terms.grammar import Grammar
from symgrad_widgets.search.terms.postfix import Term, constant

RNG = np.random.default_rng(11)


def gradients_at(formula, names, points):
    return evaluate(parse(formula, names), names, points)


def bent_field(formula, names, count=900):
    points = RNG.uniform(1, 3, (count, len(names)))
    values, gradients = gradients_at(formula, names, points)
    return sg.GradientField(points, gradients * np.exp(-values / values.std())[:, None], names=names)


@pytest.mark.parametrize(
    "formula",
    [
        "(3*a*b - 2*a*c)/(b + 3*d)",
        "a**3*b/(exp(0.3*a*c) - 1)",
        "c*((a/b)**12 - 2*(a/b)**6)",
        "a + b + 2*sqrt(a*b)*cos(c)",
        *(
            pytest.param(formula, marks=pytest.mark.nightly)
            for formula in (
                "(a - b*c)/sqrt(1 + b**2)",
                "a**2 + b**2 - 3*a*b*cos(c - d)",
                "a*b*tanh(b*c/d)",
                "b*sin(a*c)**2/c**2",
                "a*b + c/b - a*d + c*d/b**2",
            )
        ),
    ],
)
def test_a_law_of_products_is_read_from_exact_directions(formula):
    names = tuple(name for name in "abcd" if name in re.sub("[a-z]{2,}", "", formula))
    search = sg.Search(bent_field(formula, names))
    search.run(progress=False)
    elsewhere = RNG.uniform(1, 3, (300, len(names)))
    _, found = evaluate(search.best.expression, names, elsewhere)
    _, true = gradients_at(formula, names, elsewhere)
    assert search.kind == "match"
    assert misalignment(found, (true / np.linalg.norm(true, axis=1, keepdims=True))[:, None]).max() < 1e-9


@pytest.mark.nightly
def test_a_law_outside_of_all_bases_is_no_match():
    formula = "a*sin(b*c + a*b) + exp(cos(c*a)/b)"
    search = sg.Search(bent_field(formula, ("a", "b", "c")))
    search.run(generations=8, progress=False)
    assert search.kind != "match"


@pytest.mark.parametrize("n", [3, 4])
def test_laurent_monomials_are_all_of_some_degrees_and_none_twice(n):
    grammar = Grammar(None, range(n))
    terms = laurent_monomials(grammar, grammar.inputs, 10_000)
    at = RNG.uniform(1, 2, (n, 1))
    values, slopes, _ = gradients(terms, at)
    powers = [*map(tuple, np.rint(at * slopes / values[:, None])[..., 0].astype(int).tolist())]
    np.testing.assert_allclose(values[:, 0], np.prod(at[:, 0] ** np.array(powers), axis=1), rtol=1e-12)
    assert len({*powers}) == len(powers)
    assert max(max(map(abs, some)) for some in powers) == 2
    first = [some for some in powers if sum(map(abs, some)) <= 2]
    assert len(first) == 2 * n + 2 * n + 4 * comb(n, 2, exact=True)


def test_the_estimate_of_a_basis_is_near_its_least_loss():
    G = RNG.normal(size=(6, 12, 80, 3))
    unit = RNG.normal(size=(80, 1, 3))
    unit /= np.linalg.norm(unit, axis=2, keepdims=True)
    G[2, 5] = unit[:, 0] * RNG.uniform(0.5, 2, (80, 1)) + G[2, 3]  # one basis holds the directions
    D = np.einsum("bknm,ncm->bknc", G, unit)
    estimated, (_, least) = (find(G, D, np.ones(80)) for find in (combine.estimate, combine.solve))
    assert estimated[2] < 1e-12
    np.testing.assert_allclose(np.delete(estimated, 2), np.delete(least, 2), rtol=0.3)


def test_each_number_of_a_term_is_made_simple_though_another_was_before():
    mul = Grammar(["mul"], [0])["mul"]
    term = mul(constant(1.0000001), mul(constant(0.2500001), Term((-1,))))

    def left_by(terms):
        return sum(abs(c - true) > 1e-3 for c, true in zip(terms[0].constants, (1, 0.25), strict=True))

    assert tidied([term], left_by, lambda loss: loss)[0].constants == (1.0, 0.25)


def test_of_two_numbers_that_do_the_same_work_the_whole_one_stays():
    grammar = Grammar(["add", "mul", "div", "inv"], [0, 1])
    x, y = grammar.inputs
    below = grammar["add"](constant(1.0), grammar["mul"](constant(0.9), x))  # 1.8 + 2*x would do as well
    field = bent_field("b/(1 + a) + b**2", ("a", "b"))
    sample = Sample(field)
    first, _ = refine([grammar["div"](y, below), grammar["mul"](y, y)], *by_directions(sample))
    assert first.constants[0] == 1.0
    assert first.constants[1] == pytest.approx(1, abs=1e-6)


def test_a_planted_false_law_is_told():
    names = ("a", "b", "c")
    field = bent_field("a**3*b/(exp(0.3*a*c) - 1)", names)
    assert sg.score(field, "a**3*b/(exp(0.4*a*c) - 1)").loss > 1e-5
