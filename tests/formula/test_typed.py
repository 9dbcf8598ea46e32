"""What students write, and in what way it is read."""

import drawn_formulas as drawn
import numpy as np
import pytest
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets.errors import ExpressionError
from symgrad_widgets.formula.duals import evaluate_tree
from symgrad_widgets.formula.expressions import evaluate
from symgrad_widgets.formula.language import language
from symgrad_widgets.formula.operators import define_operator
from symgrad_widgets.formula.parser import parse
from symgrad_widgets.formula.typed import read_formula
from symgrad_widgets.search import held_out

NAMES = ("x", "v")


@pytest.mark.parametrize("text", drawn.SPELLINGS)
def test_what_students_write_is_read(text):
    reading = read_formula(text, NAMES)
    assert (reading.written, reading.alternatives) == (drawn.SPELLINGS[text], ())


@pytest.mark.parametrize("text", drawn.AMBIGUOUS)
def test_what_is_ambiguous_is_read_in_one_way_and_the_other_is_told(text):
    reading = read_formula(text, NAMES)
    assert (reading.written, *reading.alternatives) == drawn.AMBIGUOUS[text]
    assert read_formula(reading.alternatives[0], NAMES).alternatives == ()


@pytest.mark.parametrize(
    "text", ["sin x + v", "sin(x) v", "sin x cos v", "v²/2 + x²/4", "x^2/2", "x/2 + v", "1/2*x"]
)
def test_what_is_not_ambiguous_has_no_alternative(text):
    assert read_formula(text, NAMES).alternatives == ()


@pytest.mark.parametrize(
    ("names", "text", "written"),
    [
        (("x", "v", "xv"), "xv", "xv"),
        (("N", "S", "E", "I", "Q", "O"), "N S + E² I/Q O", "N*S + (E^2*I/Q)*O"),
        (("pi", "e"), "2 pi e", "2*pi*e"),
        (("beta", "lambda"), "β λ + \\beta", "beta*lambda + beta"),
        (("β", "λ"), "beta λ", "β*λ"),
        (("x_{1}", "x_{2}"), "x1 x₂ + x_1x_{2}", "x_{1}*x_{2} + x_{1}*x_{2}"),
        (("x_1", "x1"), "x_1 + x1", "x_1 + x1"),
        (("my speed", "my"), "my speed² my", "my speed^2*my"),
        (("скорость", "長さ"), "скорость 長さ", "скорость*長さ"),
        (("a" * 60,), "2" + "a" * 60, "2*" + "a" * 60),
        (("exp",), "exp(exp) exp", "exp(exp)*exp"),
        (("x1", "x4"), "x1x4", "x1*x4"),
    ],
)
def test_inputs_have_any_name(names, text, written):
    assert read_formula(text, names).written == written
    assert {symbol.name for symbol in parse(text, names).free_symbols} <= set(names)


@pytest.mark.sweep
@pytest.mark.parametrize(
    "names",
    [("my speed", "x_{1}"), ("lambda", "if"), ("E", "pi"), ("exp", "β"), ("sepal length (cm)", "mass %")],
)
def test_what_is_found_for_inputs_of_any_name_is_read_again(names, tmp_path):
    points = np.random.default_rng(0).uniform(0.5, 2, (300, 2))
    field = sg.GradientField(points, np.column_stack([points[:, 1], points[:, 0] + 1]), names)
    search = sg.Search(field)
    search.run(generations=2, progress=False)
    text = str(search.best.expression)
    assert read_formula(text, names).alternatives in ((), (text,))
    assert sg.score(field, text).loss < 1e-25
    assert sg.verify(search.best.expression, text, field=field).how == "proved"
    search.save(tmp_path / "search")
    assert sg.Search.load(tmp_path / "search").best.expression == search.best.expression


def test_an_input_that_is_also_a_product_or_a_function_is_told():
    assert read_formula("2xv", ("x", "v", "xv")).alternatives == ("2*x*v",)
    assert read_formula("exp(exp)", ("exp",)).alternatives == ("exp*exp",)


@pytest.mark.parametrize("text", ["E = x", "f(x) = x"])
def test_what_a_formula_is_called_is_no_input(text):
    assert read_formula(text, ("x",)).written == "x"
    with pytest.raises(ExpressionError, match="two sides"):
        read_formula(text, ("x", "E", "f")) if text[0] == "E" else read_formula("x = f(x)", ("x", "f"))


def test_what_is_written_is_read_as_the_same_tree():
    for text in drawn.good(60, seed=5):
        reading = read_formula(text, drawn.NAMES)
        if "/" in "".join(_numbers(reading.tree)):
            continue  # ½ is written as 1/2
        assert _plain(read_formula(reading.written, drawn.NAMES).tree) == _plain(reading.tree), text


def _plain(tree):
    return tree[:2] if tree[0] == "#" else [_plain(part) if isinstance(part, list) else part for part in tree]


def _numbers(tree):
    if tree[0] == "#":
        return [tree[1]]
    return [text for part in tree if isinstance(part, list) for text in _numbers(part)]


@pytest.mark.sweep
def test_values_and_gradients_are_those_of_sympy():
    points, compared = drawn.points(), 0
    for text in drawn.good(60, seed=6):
        own = evaluate_tree(read_formula(text, drawn.NAMES).tree, drawn.NAMES, points)
        try:
            other = evaluate(parse(text, drawn.NAMES), drawn.NAMES, points)
        except ExpressionError:  # of x - x, or of tan(pi), SymPy knows that it is exactly 0
            continue
        both = np.logical_and.reduce([np.isfinite(np.column_stack(pair)).all(1) for pair in (own, other)])
        for mine, theirs in zip(own, other, strict=True):
            mine[~both], theirs[~both] = np.nan, np.nan
            assert drawn.alike(mine, theirs, 1e-7), text
        compared += both.sum()
    assert compared > 1200


def test_nothing_is_simplified_before_it_is_computed():
    points = np.array([[0.0, 1.0], [-1.0, 2.0], [4.0, 3.0]])
    values, gradients = evaluate_tree(read_formula("x/x + (√x)² - v", NAMES).tree, NAMES, points)
    np.testing.assert_array_equal(np.isfinite(values), [False, False, True])
    assert gradients[2].tolist() == [1, -1]
    field = sg.GradientField(np.random.default_rng(0).uniform(-1, 1, (200, 2)), np.ones((200, 2)), NAMES)
    lost = field.points[held_out(field), 0] < 0
    assert sg.score(field, "(√x)² + v").plain_loss == pytest.approx(lost.mean(), abs=1e-12)


@pytest.mark.usefixtures("scratch_table")
def test_an_operator_of_ones_own_is_a_tree_for_the_page_or_none():
    define_operator("gauss", lambda u: sp.exp(-(u**2)))
    define_operator("bell", sp.erf)
    trees = language()["trees"]
    assert trees["gauss"][0] == "exp"
    assert trees["bell"] is None
    points = np.array([[0.3, 0.0], [0.5, 1.0]])
    for text in ("gauss(x) v", "bell(x) v"):
        own = evaluate_tree(read_formula(text, NAMES).tree, NAMES, points)
        other = evaluate(parse(text, NAMES), NAMES, points)
        np.testing.assert_allclose(own[0], other[0], rtol=1e-12)
        np.testing.assert_allclose(own[1], other[1], rtol=1e-12)
