"""Units: what makes no sense is never tried, and what does is found as without them."""

import numpy as np
import pytest
import sympy as sp
from sympy.physics import units as u
from sympy.physics.units.systems.si import SI

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import parse
from symgrad_widgets.network.concepts import gradients_of
from symgrad_widgets.search.terms.dimensions import Dimensions
from symgrad_widgets.search.terms.grammar import Grammar
from symgrad_widgets.search.terms.postfix import from_sympy, to_sympy

NAMES = ("x", "y", "t", "k")
UNITS = {"x": "m", "y": "cm", "t": "s", "k": "1"}
SYMBOLS = [sp.Symbol(name, real=True) for name in NAMES]
QUANTITIES = dict(zip(SYMBOLS, (u.meter, u.meter, u.second, sp.Integer(3)), strict=True))


def kind(text, constants=()):
    return Dimensions(UNITS, constants, NAMES).kind(from_sympy(parse(text), SYMBOLS))


def same_kind(first, second, constants=()):
    dimensions = Dimensions(UNITS, constants, NAMES)
    a, b = (dimensions.kind(from_sympy(parse(text), SYMBOLS)) for text in (first, second))
    return a is not None and a == b


@pytest.mark.parametrize(
    "text", ["x + t", "sin(x)", "x + 1", "exp(k*t)", "x**2 - y", "log(x + t)", "sqrt(x) + x", "sin(log(x))"]
)
def test_what_makes_no_sense_has_no_kind(text):
    assert kind(text) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("x", "y"),
        ("x*y", "x**2"),
        ("sin(x/y)", "k"),
        ("sqrt(x*y)", "x + y"),
        ("1/t", "x/(y*t)"),
        ("log(x)", "log(t)"),
    ],
)
def test_what_may_be_added_is_of_one_kind(first, second):
    assert same_kind(first, second)
    assert not same_kind(first, "x*t")


def test_constants_make_dimensions_equal():
    assert not same_kind("x**2/t**2", "1/x", ())
    assert same_kind("x**2/t**2", "1/x", ["m**3/s**2"])
    assert not same_kind("x", "t", ["m**3/s**2"])
    assert same_kind("x", "t", ["m/s"])
    assert kind("sin(x)", ["m"]) == kind("k")


def sensible(expression):
    """Oracle: SymPy's own bookkeeping refuses to add what has different dimensions."""
    try:
        with sp.evaluate(False):  # else x - x is 0, and of any dimension
            in_units = expression.xreplace(QUANTITIES)
        SI._collect_factor_and_dimension(in_units)
    except ValueError:
        return False
    return True


def test_random_algebraic_terms_are_judged_as_by_sympy():
    grammar = Grammar(["add", "sub", "mul", "div", "square"], range(4))
    dimensions, rng = Dimensions(UNITS, (), NAMES), np.random.default_rng(0)
    judged = []
    for _ in range(300):
        term = grammar.random(rng, int(rng.integers(3, 8)))
        with sp.evaluate(False):
            expression = to_sympy(term, SYMBOLS)
        judged.append(dimensions.kind(term) is not None)
        assert judged[-1] == sensible(expression), expression
    assert 50 < sum(judged) < 250


def field_of(text, names, count=600, low=0.5, high=2.0):
    points = np.random.default_rng(1).uniform(low, high, size=(count, len(names)))
    return sg.GradientField(points, gradients_of((parse(text),), names, points)[:, 0], names)


def exact(state):
    return state.best is not None and state.best.loss < 1e-9


KEPLER = ("x1", "x2", "v1", "v2")
IN_SPACE = {"x1": "m", "x2": "m", "v1": "m/s", "v2": "m/s"}


@pytest.mark.sweep
def test_the_energy_of_an_orbit_needs_the_constant_of_gravitation():
    field = field_of("v1**2/2 + v2**2/2 - 1/sqrt(x1**2 + x2**2)", KEPLER)
    search = sg.Search(field, units=IN_SPACE, constants=["m**3/s**2"])
    best = search.run(generations=20, progress=False, callback=exact).best
    assert sg.verify(best.expression, "v1**2/2 + v2**2/2 - 1/sqrt(x1**2 + x2**2)").same
    without = sg.Search(field, units=IN_SPACE)
    front = without.run(generations=4, progress=False).front
    assert min(c.loss for c in front) > 1e-3


@pytest.mark.sweep
def test_every_formula_of_a_front_makes_sense():
    field = field_of("x1*v2 - x2*v1", KEPLER, low=-2)
    search = sg.Search(field, units=IN_SPACE)
    quantities = dict(
        zip((sp.Symbol(n, real=True) for n in KEPLER), (u.m, u.m, u.m / u.s, u.m / u.s), strict=True)
    )
    for _ in range(14):
        for candidate in search.step().front:
            SI._collect_factor_and_dimension(candidate.expression.xreplace(quantities))
    assert str(search.best.expression) in ("v2*x1 - v1*x2", "-v1*x2 + v2*x1", "v1*x2 - v2*x1")


@pytest.mark.sweep
def test_without_units_formulas_are_found_that_make_none():
    field = field_of("x1*v2 - x2*v1 + 2*x2 + 3*v1", KEPLER, low=-2)
    assert sg.Search(field).run(generations=9, progress=False).best.loss < 1e-9
    assert (
        min(c.loss for c in sg.Search(field, units=IN_SPACE).run(generations=5, progress=False).front) > 1e-3
    )


def test_gravity_is_found_with_its_units():
    names = tuple(f"x{i}" for i in range(1, 7))
    field = field_of("x1*x2/((x3 - x4)**2 + (x5 - x6)**2)", names, count=1500, low=0.0)
    given = dict.fromkeys(names[:2], "kg") | dict.fromkeys(names[2:], "m")
    best = sg.Search(field, units=given).run(generations=30, progress=False, callback=exact).best
    assert sg.verify(best.expression, "x1*x2/((x3 - x4)**2 + (x5 - x6)**2)", field=field).same


@pytest.mark.sweep
def test_a_quotient_that_a_classifier_knows_needs_no_difference_of_masses_and_lengths():
    run = sg.experiments["gravity"].pretrained()
    field = sg.gradient_field(run.model, run.x, names=run.names)
    given = dict.fromkeys(run.names[:2], "kg") | dict.fromkeys(run.names[2:], "m")
    best = sg.Search(field.take(slice(1000)), units=given).run(generations=12, progress=False).best
    assert sg.verify(best.expression, run.experiment.concepts[0], field=field).same


def test_units_are_saved_and_handed_on(tmp_path):
    field = field_of("x1*v2 - x2*v1", KEPLER, low=-2)
    search = sg.Search(field, units=IN_SPACE, constants=["m"])
    search.step()
    search.save(tmp_path / "search.npz")
    again = sg.Search.load(tmp_path / "search.npz")
    assert (again.units, again.constants) == (IN_SPACE, ("m",))
    assert again.front == search.front
    assert search.like(field).units == IN_SPACE


@pytest.mark.parametrize(
    ("units", "more", "said"),
    [
        ({"x1": "m"}, {}, "no unit for x2, v1, v2: use '1' for a plain number"),
        (IN_SPACE | {"x3": "m"}, {}, "units has the name 'x3', which is not an input"),
        (IN_SPACE | {"x1": "metr"}, {}, "'metr' is not a unit"),
        (IN_SPACE | {"x1": "m + s"}, {}, "'m \\+ s' is not a unit: write a product of powers"),
        (IN_SPACE | {"x1": "__import__('os')"}, {}, "is not a unit"),
        ("m", {}, "units must map names to texts"),
        (IN_SPACE, {"constants": ["q"]}, "'q' is not a unit"),
        (IN_SPACE, {"guesses": ["x1 + v1"]}, "the guess v1 \\+ x1 contradicts the units: it adds"),
    ],
)
def test_units_that_cannot_be_meant_are_refused(units, more, said):
    field = field_of("x1*v2 - x2*v1", KEPLER, low=-2)
    with pytest.raises(sg.SymgradError, match=said):
        sg.Search(field, units=units, **more)
