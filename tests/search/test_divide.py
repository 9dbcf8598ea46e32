"""Which inputs act together: the tree that `divide` gives, from gradients whose formula is known."""

import numpy as np
import pytest
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError
from symgrad_widgets.formula.expressions import evaluate, parse
from symgrad_widgets.plots import division_picture

RNG = np.random.default_rng(5)


def field_of(formula, names, noise=0.0, count=1200, scale=1.0):
    points = RNG.uniform(1, 3, (count, len(names)))
    values, gradients = evaluate(parse(formula, names), names, points)
    gradients = gradients * np.exp(-values / values.std())[:, None]  # whatever bends the concept
    error = noise * np.linalg.norm(gradients, axis=1, keepdims=True) * RNG.normal(size=gradients.shape)
    return sg.GradientField(points * scale, (gradients + error) / scale, names=names)


def sets(division):
    """Sets of inputs that act together, at any height of the tree."""
    found, waiting = set(), [*division.parts]
    while waiting:
        part = waiting.pop()
        waiting += part.parts
        if part.parts:
            found.add(frozenset(part.inputs))
    return found


def same(a, b, names):
    """Whether two formulas are functions of each other."""
    symbols = [sp.Symbol(name, real=True) for name in names]
    slopes = [[sp.diff(e, s) for s in symbols] for e in (a, parse(b, names))]
    minors = (
        slopes[0][i] * slopes[1][j] - slopes[0][j] * slopes[1][i] for i in range(len(names)) for j in range(i)
    )
    return all(sp.simplify(minor) == 0 for minor in minors)


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize(
    ("formula", "names", "together"),
    [
        ("q*(e + b*v)", "qebv", [{"b", "v"}, {"b", "v", "e"}, {"q", "b", "v", "e"}]),
        ("m*sqrt(1 + v**2/c**2)", "mvc", [{"v", "c"}]),
        ("(a - b)**2 + (c - d)**2", "abcd", [{"a", "b"}, {"c", "d"}]),
        ("exp(-h*w/(k*t)) + h", "hwkt", [{"w", "k", "t"}]),
    ],
)
def test_inputs_that_act_together_are_found(formula, names, together, noise):
    division = sg.divide(field_of(formula, tuple(names), noise))
    assert {*map(frozenset, together)} <= sets(division)
    assert division.residual < 0.1


def test_a_division_that_is_whole_is_the_formula():
    names = tuple("qebv")
    (whole,) = sg.divide(field_of("q*(e + b*v)", names)).parts
    assert same(whole.expression, "q*(e + b*v)", names)
    assert "exact" in repr(sg.divide(field_of("q*(e + b*v)", names)))


def test_another_unit_gives_the_same_tree():
    names = tuple("mvc")
    scale = np.array([1e3, 1e-2, 10.0])
    first, again = (sg.divide(field_of("m*sqrt(1 + v**2/c**2)", names, scale=s)) for s in (1.0, scale))
    assert sets(first) == sets(again)


@pytest.mark.parametrize("seed", range(4))
def test_a_smooth_field_without_a_division_has_none(seed):
    rng = np.random.default_rng(seed)
    points, weights, shift, outer = (rng.normal(size=s) for s in ((1500, 4), (4, 20), 20, 20))
    hidden = np.tanh(points @ weights + shift)
    division = sg.divide(sg.GradientField(points, ((1 - hidden**2) * outer) @ weights.T))
    assert sets(division) == set()
    assert "No inputs act together" in repr(division)
    assert "No inputs act together" in division_picture(division).words


def test_pairs_that_overlap_are_all_named():
    division = sg.divide(field_of("a*b*c + d", tuple("abcd")))
    least = {frozenset(pair.inputs) for pair in division.pairs[:3]}
    assert least == {frozenset("ab"), frozenset("bc"), frozenset("ac")}
    assert all(pair.left < 1e-9 for pair in division.pairs[:3])


def test_a_pair_without_a_small_formula_is_still_seen():
    division = sg.divide(field_of("c*(a**b + b)", tuple("abc")))
    pair = next(p for p in division.pairs if set(p.inputs) == {"a", "b"})
    others = [p.residual for p in division.pairs if p is not pair]
    assert pair.residual < min(others) / 10


def test_the_picture_names_what_acts_together():
    picture = division_picture(sg.divide(field_of("m*sqrt(1 + v**2/c**2)", tuple("mvc"))))
    assert "c and v act" in picture.words or "v and c act" in picture.words
    assert {"c", "m", "v"} < {text for mark in picture.marks for text in mark.data.get("text", ())}
    assert "<svg" in picture.svg()


def test_what_cannot_be_divided_is_said():
    points = RNG.normal(size=(200, 4))
    with pytest.raises(DataError, match="2 neurons cannot be divided"):
        sg.divide(sg.GradientField(points, RNG.normal(size=(200, 2, 4))))
    flat = points.copy()
    flat[:, 3] = 5 - flat[:, 0]
    with pytest.raises(DataError, match="data on a surface cannot be divided"):
        sg.divide(sg.GradientField(flat, RNG.normal(size=(200, 4))))
