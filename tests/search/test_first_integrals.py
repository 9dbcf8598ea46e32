"""What flows conserve: found from velocities alone, and judged by SymPy and an integrator."""

import numpy as np
import pytest
import sympy as sp
from budgets import briefly
from scipy.integrate import solve_ivp

import symgrad_widgets as sg
from symgrad_widgets.search import one_after_another

COUNT = 400
TODA = "a: p; b: q; c: r; p: exp(c - a) - exp(a - b); q: exp(a - b) - exp(b - c); r: exp(b - c) - exp(c - a)"


def a_flow(text, box, seed=0):
    """Symbols, rates, velocity, points and velocities of a flow given as "x: v; v: -x"."""
    rows = dict(row.split(":") for row in text.replace(" ", "").split(";"))
    symbols = [sp.Symbol(name, real=True) for name in rows]
    rates = [sp.sympify(rate, {s.name: s for s in symbols}) for rate in rows.values()]
    box = box if isinstance(box, list) else [box] * len(rows)
    points = np.random.default_rng(seed).uniform(*np.transpose(box), (COUNT, len(rows)))
    velocity = sp.lambdify(symbols, rates)
    return symbols, rates, velocity, points, np.stack(np.broadcast_arrays(*velocity(*points.T)), 1)


def field_of(text, box, error=0.0):
    symbols, *_, points, velocities = a_flow(text, box)
    errors = error * velocities.std(0) * np.random.default_rng(5).normal(size=points.shape)
    return sg.GradientField.from_flow(points, velocities + errors, [s.name for s in symbols])


def searched(field, generations=3):
    search = sg.Search(field)
    search.run(generations=generations, progress=False)
    return search


def change(expression, symbols, rates):
    """Rate of change of a formula along a flow."""
    exact = sp.nsimplify(expression, rational=True)
    return sp.simplify(sum(exact.diff(s) * rate for s, rate in zip(symbols, rates, strict=True)))


def by_night(*values):
    return pytest.param(*values, marks=pytest.mark.nightly)


@pytest.mark.parametrize(
    ("text", "box", "number", "generations"),
    [
        ("a: -b*c; b: 2*c*a; c: -a*b", (-1, 1), 2, 2),  # a rigid body: energy and angular momentum
        by_night("x: 2*x - x*y; y: x*y - 3*y", (0.5, 4), 1, 8),  # predators and prey
        by_night("x: v; v: -sin(x)", (-2, 2), 1, 8),
        by_night("s: -3*s*i; i: 3*s*i - i; r: i", [(0.2, 1), (0.1, 0.6), (0, 0.4)], 2, 8),  # an epidemic
        by_night(TODA, (-1, 1), 2, 8),
    ],
)
def test_sympy_says_that_what_is_found_does_not_change(text, box, number, generations):
    symbols, rates, _, points, _ = a_flow(text, box)
    result = briefly(field_of(text, box), count=generations)
    assert result.kinds[:number] == ("match",) * number
    found = [c.expression for c in result.concepts][:number]
    assert [change(expression, symbols, rates) for expression in found] == [0] * number
    jacobian = sp.lambdify(symbols, sp.Matrix(found).jacobian(symbols))
    assert np.linalg.matrix_rank(np.array(jacobian(*points[0]), dtype=float)) == number


def test_an_integrator_says_so_too():
    text = "x: v; v: -x - x**3"
    velocity = a_flow(text, (-1, 1))[2]
    orbit = solve_ivp(lambda _, y: velocity(*y), (0, 20), [0.3, 0.8], rtol=1e-11, atol=1e-11).y
    search = searched(field_of(text, (-1, 1)))
    values = sp.lambdify(search.symbols, search.best.expression)(*orbit)
    assert search.kind == "match"
    assert np.ptp(values) < 1e-8 * abs(values[0])


@pytest.mark.nightly
def test_kepler_conserves_three_quantities():
    """Angular momentum, energy, and the excentricity's vector, of which those two leave one number."""
    experiment = sg.experiments["kepler"]
    result = sg.interpret(experiment.flow_field(), concept=experiment.concepts)
    assert result.kinds == ("match",) * 3
    assert result.verdict.same
    assert [v.how for v in result.verdicts] == ["proved"] * 3


def test_the_number_of_integrals_is_found():
    """Three inputs have room for two; the angle of (x, v), which z goes round with, is no single function."""
    result = briefly(field_of("x: v; v: -x; z: 1 + x**2", (-1, 1)), count=2)
    assert sg.verify(result.concepts[0].expression, "x^2 + v^2").same
    assert (result.kinds[0], result.rank) == ("match", 2)
    assert "match" not in result.kinds[1:]


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("x: v; v: -sin(x) - 3*v/10", (-2, 2)),  # friction
        by_night("x: v; v: v*(1 - x**2) - x", (-2, 2)),  # van der Pol
        by_night("x: v; v: -sin(x) + 7*cos(t)/10; t: 1", [(-2, 2), (-2, 2), (0, 6)]),  # driven
        by_night("x: 10*(y - x); y: x*(28 - z) - y; z: x*y - 8*z/3", [(-20, 20), (-20, 20), (5, 45)]),
    ],
)
def test_what_has_no_integral_is_no_match(text, box):
    assert searched(field_of(text, box), generations=4).kind in ("approximation", "none")


def cubic(seed):
    """Text of a flow of two to four inputs whose rates are random cubic polynomials."""
    rng = np.random.default_rng(seed)
    symbols = sp.symbols("x y z w")[: 2 + seed % 3]
    terms = sorted(sp.itermonomials(symbols, 3), key=str)
    rates = [
        sum(round(c, 3) * t for c, t in zip(rng.normal(size=len(terms)), terms, strict=True)) for _ in symbols
    ]
    return "; ".join(f"{s}: {rate}" for s, rate in zip(symbols, rates, strict=True))


@pytest.mark.parametrize("seed", [0, *map(by_night, range(1, 30))])
def test_random_flows_are_no_match(seed):
    assert searched(field_of(cubic(seed), (-1, 1)), 10 if seed else 3).kind != "match"


def test_directions_without_a_law_have_no_integral():
    points, velocities = np.random.default_rng(3).normal(size=(2, COUNT, 3))
    search = searched(sg.GradientField.from_flow(points, velocities))
    assert (search.kind, search.best) == ("none", None)
    evidence = search.evidence()
    assert evidence.chance == pytest.approx(1 / 3)
    assert evidence.null > 0.2


def test_errors_of_velocities_leave_a_match():
    search = searched(field_of("x: v; v: -sin(x)", (-2, 2), error=0.02), 4)
    assert search.kind == "match"
    assert sg.verify(search.best.expression, "v^2 - 2*cos(x)", field=search.field).same


def test_no_match_comes_after_what_is_not_complete():
    """Directions taken out with a formula that is not complete leave no field of the flow."""
    assert one_after_another([("match", 1e-4), ("match", 1e-3)]) == ("match", "match")
    assert one_after_another([("approximation", 1e-4), ("match", 1e-5)]) == ("approximation",) * 2
    assert one_after_another([("match", 1e-31), ("match", 1e-2)]) == ("match", "approximation")
    assert one_after_another([("match", 1e-31), ("match", 1e-30)]) == ("match", "match")
    assert one_after_another([]) == ()
