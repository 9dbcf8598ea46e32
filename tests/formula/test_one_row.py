"""An operator is one row: what a new one of the table, or of a reader's own, can do everywhere."""

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from concept_cases import field_of, from_formula

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import evaluate
from symgrad_widgets.formula.operators import OPERATORS, Operator, define_operator, examine
from symgrad_widgets.formula.parser import parse
from symgrad_widgets.search.kernel.evaluation import gradients
from symgrad_widgets.search.pysr import julia_words
from symgrad_widgets.search.terms.dimensions import Dimensions
from symgrad_widgets.search.terms.grammar import Grammar
from symgrad_widgets.search.terms.postfix import apply, constant, derivative, from_sympy, leaf, to_sympy
from symgrad_widgets.search.terms.quotients import logarithm

ROWS = {
    "asinh": Operator(
        "asinh",
        lambda sp, u: sp.asinh(u),
        np.arcsinh,
        (lambda u, _: 1 / np.sqrt(u * u + 1),),
        julia="asinh(u)",
    ),
    "atan2": Operator(
        "atan2",
        lambda sp, a, b: sp.atan2(a, b),
        np.arctan2,
        (lambda a, b, _: b / (a * a + b * b), lambda a, b, _: -a / (a * a + b * b)),
        degree=0,
        julia="atan(u, v)",
    ),
}
NAMES = ("x", "y", "z")
SYMBOLS = sp.symbols("x y z", real=True)
LAWS = {"asinh": "asinh(x*y) + z", "atan2": "atan2(x, y) + z^2"}
LEAVES = leaf(0), leaf(1)


@pytest.fixture(params=ROWS)
def row(request, scratch_table):
    """One more row at the end of the table."""
    name = request.param
    scratch_table[name] = replace(ROWS[name], code=len(scratch_table))
    return scratch_table[name]


def exact_field(law):
    """Field of a law over the three inputs, by SymPy's derivatives on mpmath."""
    points = np.random.default_rng(0).uniform(0.5, 2, size=(400, 3))
    slopes = sp.lambdify(SYMBOLS, [sp.diff(law, s) for s in SYMBOLS], "mpmath")
    return sg.GradientField(points, [[float(g) for g in slopes(*p)] for p in points], NAMES)


# A row of the table


def test_a_new_row_is_examined_and_parsed(row):
    examine(row)
    arguments = SYMBOLS[: row.arity]
    text = f"{row.name}({', '.join(NAMES[: row.arity])})"
    assert parse(text, NAMES) == row.sympy(sp, *arguments)
    with pytest.raises(sg.SymgradError, match=f"{row.name} takes "):
        parse(f"{row.name}(x, y, z)", NAMES)


def test_a_new_row_is_evaluated_beside_the_compiled_ones(row):
    X = np.random.default_rng(1).normal(size=(3, 60))
    term = apply("mul", apply(row.name, *LEAVES[: row.arity]), leaf(2))
    (value, _), (gradient, _), ok = gradients([term, leaf(0)], X)
    expected = evaluate(to_sympy(term, SYMBOLS), NAMES, X.T)
    assert ok.all()
    np.testing.assert_allclose(value, expected[0], rtol=1e-12)
    np.testing.assert_allclose(gradient.T, expected[1], rtol=1e-12)


def test_constants_in_a_new_row_have_a_derivative(row):
    X = np.random.default_rng(2).uniform(0.5, 2, size=(2, 40))

    def scaled(c):
        inner = apply("mul", constant(c), leaf(0))
        return apply(row.name, inner, *LEAVES[1 : row.arity])

    slope = gradients([derivative(scaled(1.5), 0)], X)[0][0]
    low, high = gradients([scaled(1.5 - 1e-5), scaled(1.5 + 1e-5)], X)[0]
    np.testing.assert_allclose(slope, (high - low) / 2e-5, rtol=1e-8)


def test_a_new_row_goes_to_sympy_and_to_julia_and_back(row):
    term = apply("mul", leaf(2), apply(row.name, *LEAVES[: row.arity]))
    assert from_sympy(to_sympy(term, SYMBOLS), SYMBOLS) == term
    text = julia_words.written(term)
    assert f"sg_{row.name}(" in text
    assert f"sg_{row.name}({', '.join('uv'[: row.arity])}) = {row.julia}\n" in julia_words.definitions([row])
    assert from_sympy(julia_words.read(text, SYMBOLS), SYMBOLS) == term


def test_a_new_row_is_found_written_and_proved(row):
    law = parse(LAWS[row.name], NAMES)
    field = exact_field(law)
    search = sg.Search(field, operators=["add", "mul", "square", row.name])
    search.run(generations=3, progress=False)
    assert search.best.expression == law
    assert sg.verify(sp.exp(search.best.expression), law, field=field).how == "proved"
    again = sg.Search(field, operators=["add", "mul"], guesses=[LAWS[row.name]])
    again.step()
    assert again.best.expression == law
    assert sg.score(field, LAWS[row.name]).loss < 1e-20
    assert sg.to_numpy(law, NAMES)(field.points) == pytest.approx(evaluate(law, NAMES, field.points)[0])


def test_the_degree_of_a_row_says_which_dimensions_it_takes(row):
    dimensions = Dimensions({"x": "m", "y": "m", "z": "s"}, (), NAMES)
    lengths, ratio = apply(row.name, *LEAVES[: row.arity]), apply("div", *LEAVES)
    assert (dimensions.kind(lengths) is None) == (row.degree is None)
    assert dimensions.kind(apply(row.name, *[ratio] * row.arity)) == dimensions.kind(constant(1.0))
    if row.arity == 2:
        assert dimensions.kind(lengths) == dimensions.kind(constant(1.0))
        assert dimensions.kind(apply(row.name, leaf(0), leaf(2))) is None


def test_a_row_that_is_a_power_is_one_to_all_that_make_and_take_powers(scratch_table):
    scratch_table["fifth"] = Operator(
        "fifth", lambda _, u: u**5, lambda u: u**5, (lambda u, _: 5 * u**4,), (5,), code=len(scratch_table)
    )
    term = apply("fifth", apply("add", *LEAVES))
    grammar = Grammar(["fifth", "mul"], range(2))
    assert logarithm(Grammar(None, range(2)), [term], [1.0], [0]) == apply("log", apply("add", *LEAVES))
    assert grammar.power(leaf(0), 5) == from_sympy(SYMBOLS[0] ** 5, SYMBOLS) == apply("fifth", leaf(0))
    assert Grammar(["mul"], range(2)).power(leaf(0), 5) != grammar.power(leaf(0), 5)
    kind = Dimensions({"x": "m", "y": "m**5", "z": "s"}, (), NAMES).kind
    assert kind(apply("fifth", leaf(0))) == kind(leaf(1))


# An operator of a reader's own


@pytest.mark.usefixtures("scratch_table")
def test_a_special_function_of_scipy_is_an_operator():
    row = define_operator("bell", sp.erf)
    u = np.array([-0.3, 0.0, 1.1])
    assert row.value(u) == pytest.approx([-0.3286267594591274, 0, 0.8802050695740817], abs=1e-15)
    law = sp.erf(SYMBOLS[0] * SYMBOLS[1]) + SYMBOLS[2]
    search = sg.Search(exact_field(law), operators=["add", "mul", "bell"])
    search.run(generations=3, progress=False)
    assert search.best.expression == law
    assert sg.verify(search.best.expression, "z + bell(x*y)", field=search.field).how == "proved"
    assert sg.verify("bell(x - y)^3", "x - y").how == "proved"
    assert not sg.verify("bell(x - y)", "x + y").same


@pytest.mark.sweep
@pytest.mark.usefixtures("scratch_table")
def test_a_function_whose_derivative_is_no_operator_is_found_all_the_same():
    define_operator("factorial_", lambda u: sp.gamma(u + 1))
    assert derivative(apply("factorial_", apply("mul", constant(2.0), leaf(0))), 0) is None
    x, y, _ = SYMBOLS
    search = sg.Search(exact_field(sp.gamma(x + 1) + y), operators=["add", "factorial_"])
    search.run(generations=30, progress=False)  # evolution is under way: constants are freed and refined
    assert search.best.expression == sp.gamma(x + 1) + y
    with pytest.raises(sg.SymgradError, match=r"torch has no function gamma, in .*: use to_numpy"):
        sg.to_torch("factorial_(x) + y", NAMES)
    assert sg.to_numpy("factorial_(x) + y", NAMES)(np.array([[3.0, 1.0, 0.0]])) == pytest.approx([7])


@pytest.mark.usefixtures("scratch_table")
@pytest.mark.parametrize("guess", ["area(x) + y", "asinh(x) + y", sp.asinh(SYMBOLS[0]) + SYMBOLS[1]])
def test_a_defined_operator_is_taken_in_guesses_however_it_is_written(guess):
    field = field_of(from_formula("asinh(x) + y", -1, 2, "x y"))
    with pytest.raises(
        sg.SymgradError,
        match=r"asinh in asinh\(x\) is not an operator.*define_operator\('asinh', sympy.asinh",
    ):
        sg.Search(field, guesses=["asinh(x) + y"])
    define_operator("area", sp.asinh)
    search = sg.Search(field, guesses=[guess])
    search.step()
    assert search.best.expression == sp.asinh(SYMBOLS[0]) + SYMBOLS[1]
    assert sg.score(field, guess).loss < 1e-20


@pytest.mark.usefixtures("scratch_table")
def test_what_has_no_value_on_arrays_is_refused_when_it_is_defined():
    for form in (sp.zeta, lambda u: sp.polylog(2, u), lambda u: sp.mathieus(1, 1, u)):
        with pytest.raises(sg.SymgradError, match="operator 'mine'"):
            define_operator("mine", form)
    assert "mine" not in OPERATORS
