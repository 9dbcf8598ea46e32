"""FieldView as an object: its choices, what it refuses, shows and says; no browser."""

import numpy as np
import pytest
from clicks import choose, go, heard

import symgrad_widgets as sg
from symgrad_widgets import plots
from symgrad_widgets.formula.expressions import angles, as_expression
from symgrad_widgets.search import held_out

RNG = np.random.default_rng(0)
POINTS = RNG.uniform(-1, 1, (400, 2))
SPACE = RNG.uniform(-1, 1, (600, 3))


@pytest.fixture
def field():
    return sg.GradientField(POINTS, 2 * POINTS, ("x", "v"), values=(POINTS**2).sum(1))


@pytest.fixture
def space():
    """Of a neuron that is x1^2 + x2^2 + x3 and no other."""
    return sg.GradientField(SPACE, SPACE * [2, 2, 0] + [0, 0, 1])


def mark(view, label):
    return next(mark for mark in view.pictures()[0].marks if mark.label == label)


def near(view, at, band):
    """Rows of points within the band, by hand."""
    others = [view.field.names.index(name) for name in at]
    far = (view.field.points[:, others] - list(at.values())) / view.field.points[:, others].std(axis=0)
    return np.flatnonzero(np.sqrt((far**2).mean(axis=1)) <= band)


def mean_angle(formula, field, rows):
    """The angle of the points' mean squared sine, by hand."""
    shares = np.sin(np.radians(angles(formula, field)[rows])) ** 2
    return np.degrees(np.arcsin(np.sqrt(np.average(shares, weights=field.weights[rows]))))


# -- candidate and inputs ------------------------------------------------------------------------------------


def test_a_field_view_follows_its_candidate(field):
    view = sg.FieldView(field)
    assert "Angle" not in view.words
    view.candidate = "x**2 + v**2"
    assert "Angle to v**2 + x**2: under 0.01 degrees" in view.words
    view.candidate = sg.score(field, "x*v")
    mean = mean_angle("x*v", field, held_out(field))
    assert mean == pytest.approx(sg.score(field, "x*v").angle)  # the angle of the loss
    assert f"Angle to v*x: {mean:.2g} degrees on average" in view.words
    view.candidate = None
    assert "Angle" not in view.words


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("candidate", "x*y", "I don't know y. The inputs are x and v."),
        ("inputs", ("x", "q"), "no input 'q'"),
        ("inputs", ("x", "x"), "two different inputs, got 'x' twice"),
        ("inputs", "xv", "names of two inputs, got 'xv'"),
        ("slice", {}, "there is nothing left to slice"),
        ("slice", 3, "a slice must be a mapping from inputs to values, or None, got 3"),
        ("band", 0, "above 0, got 0"),
        ("band", float("nan"), "above 0, got nan"),
        ("overlay", "yes", "overlay must be True or False, got 'yes'"),
        ("levels", 2.5, "levels must be a whole number from 0 to 40, got 2.5"),
        ("worst", -1, "worst must be a whole number from 0 to 100, got -1"),
        ("arrows", 10**6, "arrows must be a whole number from 1 to 2000, got 1000000"),
        ("field", [1], "got list: make one with gradient_field"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_changes(field, name, value, message):
    view = sg.FieldView(field, "x*v")
    before = view.words, getattr(view, name), view._state, view._choices
    with pytest.raises(sg.SymgradError, match=message):
        setattr(view, name, value)
    assert (view.words, getattr(view, name), view._state, view._choices) == before


def test_a_field_view_wants_a_field_of_two_inputs_and_choices_it_has(field):
    with pytest.raises(sg.SymgradError, match="got Search: make one with gradient_field"):
        sg.FieldView(sg.Search(field))
    with pytest.raises(sg.SymgradError, match="with one input there are no directions"):
        sg.FieldView(sg.GradientField(POINTS[:, :1], POINTS[:, :1]))
    with pytest.raises(sg.SymgradError, match="has no argument 'level': did you mean 'levels'"):
        sg.FieldView(field, level=3)


def test_what_is_chosen_on_the_page_reaches_python_or_is_said(space):
    view = sg.FieldView(space, "x1*x2", inputs=("x1", "x3"))
    assert "over x1 and x3" in view.words
    go(view, inputs=["x2", "x3"])
    go(view, slice={"x1": 0.25})
    choose(view, band=0.4, overlay=True, worst=3)
    assert (view.inputs, view.slice) == (("x2", "x3"), {"x1": 0.25})
    assert (view.band, view.overlay, view.worst) == (0.4, True, 3)
    assert "over x2 and x3" in view.words
    before = view._state, view._choices
    go(view, slice={"x3": 0.25})
    assert "no input 'x3' to slice" in view.words
    choose(view, levels=-4, candidate="x1")
    assert "levels must be a whole number" in view.words
    assert (view._state, view._choices) == before
    choose(view, levels=4)
    assert "whole number" not in view.words
    assert view.levels == view._choices["levels"] == 4


# -- slices --------------------------------------------------------------------------------------------------


def test_a_slice_shows_the_points_near_it_and_says_how_many(space):
    view = sg.FieldView(space, "x1*x2", slice={"x3": 0.5}, band=0.3, arrows=20)
    rows = near(view, {"x3": 0.5}, 0.3)
    assert f"20 of {len(rows)} points near the slice x3 = 0.5" in view.words
    assert "there are 600 points altogether" in view.words
    assert f"{mean_angle(view.candidate, space, rows):.2g} degrees on average" in view.words
    assert view.pictures()[1].words.startswith(f"Angles between the neuron and x1*x2 at {len(rows)} points")
    starts = np.concatenate([mark.data["x0"] for mark in view.pictures()[0].marks if mark.kind == "segments"])
    assert len(starts) == 20
    assert np.isin(starts, SPACE[rows, 0]).all()
    view.band = 3
    assert "20 of 600 points" in view.words


def test_inputs_that_a_slice_does_not_name_stand_at_their_median(space):
    view = sg.FieldView(space, slice={})
    assert view.slice == {"x3": np.median(SPACE[:, 2])}
    view.inputs = ("x1", "x3")
    assert view.slice == {"x2": np.median(SPACE[:, 1])}
    view.slice = None
    assert "altogether" not in view.words


def test_a_slice_without_points_says_so(space):
    view = sg.FieldView(space, "x1", slice={"x3": 50})
    assert "0 of 0 points near the slice x3 = 50" in view.words
    assert "Widen the band" in view.words
    assert len(view.pictures()) == 1
    with pytest.raises(sg.SymgradError, match="no input 'x1' to slice: "):
        view.slice = {"x1": 0}
    with pytest.raises(sg.SymgradError, match="a number for x3, got 'far'"):
        view.slice = {"x3": "far"}
    assert view.slice == {"x3": 50}


# -- overlay, level lines, worst points ----------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["", "-"])
def test_the_formula_s_arrows_start_where_the_neuron_s_do_and_agree_in_sign(field, sign):
    view = sg.FieldView(field, f"{sign}(x**2 + 4*v**2)", overlay=True, arrows=50)
    own = view.pictures()[0].marks[-2].data
    start = np.stack([own["x0"], own["y0"]], axis=1)
    step = np.stack([own["x1"], own["y1"]], axis=1) - start
    assert len(start) == 50
    assert {tuple(row) for row in start} <= {tuple(row) for row in POINTS}
    expected = start * [1, 4]
    np.testing.assert_allclose(step[:, 0] * expected[:, 1], step[:, 1] * expected[:, 0], atol=1e-12)
    assert ((step * start).sum(1) > 0).all()
    view.overlay = False
    assert "formula" not in [mark.label for mark in view.pictures()[0].marks]


def test_a_formula_s_arrows_lie_along_the_data():
    t = RNG.uniform(-1, 1, (100, 2))
    flat = sg.GradientField(
        np.column_stack([t[:, 0], 5 - t[:, 0], t[:, 1]]), np.tile([1.0, 0.0, 0.0], (100, 1))
    )
    own = plots.formula_arrows(as_expression("2*x2", flat.names), flat, ("x1", "x2"))[0].data
    np.testing.assert_allclose(own["x1"] - own["x0"], own["y0"] - own["y1"], rtol=1e-9)


def test_the_formula_has_one_value_along_each_level_line(field):
    for formula in ("x**2 + v**2", "exp(x**2 + v**2)"):
        view = sg.FieldView(field, formula, levels=6)
        x, v = (mark(view, "levels").data[axis] for axis in "xy")
        assert np.isnan(x[0])
        parts = np.split(x**2 + v**2, np.flatnonzero(np.isnan(x)))
        spreads = [np.ptp(part[1:]) for part in parts if len(part) > 1]
        assert len(spreads) >= 6
        assert max(spreads) < 0.02
        innermost = min(part[1:].mean() for part in parts if len(part) > 1)
        assert innermost == pytest.approx(1 / 12 * 4 / np.pi, abs=0.01)  # a circle of a twelfth of the square
    view.candidate = "log(-1 - x**2)"  # nowhere defined
    assert np.isnan(mark(view, "levels").data["x"]).all()


def test_level_lines_of_many_inputs_are_those_on_the_slice(space):
    view = sg.FieldView(space, "x1 + x2*x3", levels=5)
    assert "levels" not in [mark.label for mark in view.pictures()[0].marks]
    view.slice = {"x3": 0.5}
    x, y = (mark(view, "levels").data[axis] for axis in "xy")
    part = np.split(x + 0.5 * y, np.flatnonzero(np.isnan(x)))[1][1:]
    assert np.ptp(part) < 1e-6
    assert len(part) > 5


def test_the_worst_points_on_show_are_listed(space):
    view = sg.FieldView(space, "x1", worst=4, slice={"x3": 0.5}, band=0.3)
    head, *rows = heard(view)["worst"]
    assert head == ["x1", "x2", "x3", "angle"]
    among = near(view, {"x3": 0.5}, 0.3)
    degrees = angles(view.candidate, space)[among]
    order = np.argsort(-degrees)[:4]
    assert [row[-1] for row in rows] == [f"{degrees[i]:.3g}°" for i in order]
    assert rows[0][:3] == [f"{value:.3g}" for value in SPACE[among[order[0]]]]
    assert f"is {degrees[order[0]]:.3g} degrees off" in view.words
    view.worst = 0
    assert heard(view)["worst"] == []


# -- another field -------------------------------------------------------------------------------------------


def test_on_another_field_the_view_keeps_what_the_field_knows(field, space):
    view = sg.FieldView(space, "x1**2 + x2**2", inputs=("x2", "x3"), slice={"x1": 0.5})
    view.field = sg.GradientField(SPACE, SPACE)
    assert (view.inputs, dict(view.slice), str(view.candidate)) == (
        ("x2", "x3"),
        {"x1": 0.5},
        "x1**2 + x2**2",
    )
    assert f"{mean_angle(view.candidate, view.field, near(view, view.slice, 0.5)):.2g} degrees" in view.words
    view.field = field
    assert (view.inputs, view.slice, view.candidate) == (("x", "v"), None, None)
    assert "400 points, over x and v" in view.words


def test_of_several_neurons_the_words_say_what_angles_are_measured_to():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(60, 3))
    field = sg.GradientField(points, rng.normal(size=(60, 2, 3)), ("a", "b", "c"))
    words = sg.FieldView(field, "a").words
    assert "the first of 2 neurons" in words
    assert "Angle of the span of 2 neurons to a" in words
    assert sg.FieldView(field, "a").pictures()[1].title == "Angle to the span of 2 neurons"
    view = sg.ExpressionView(field)
    view.guess = "a"
    assert "Angle to the span of 2 neurons" in view.words
