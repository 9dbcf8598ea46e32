"""PhiView and ExpressionView as objects: what they show, refuse and say; no browser."""

import json

import numpy as np
import pytest
import sympy as sp
from clicks import go, heard

import symgrad_widgets as sg
from symgrad_widgets import plots
from symgrad_widgets.formula.expressions import as_expression

POINTS = np.random.default_rng(0).uniform(-1, 1, (300, 2))
VALUES = np.tanh((POINTS**2).sum(1))


@pytest.fixture
def field():
    return sg.GradientField(POINTS, (1 - VALUES**2)[:, None] * 2 * POINTS, ("x", "v"), values=VALUES)


# -- PhiView -------------------------------------------------------------------------------------------------


def test_phi_of_the_right_formula_leaves_nothing(field):
    view = sg.PhiView(field, "x**2 + v**2")
    assert view.phi.r2 == pytest.approx(1)
    assert view.phi.monotonicity == pytest.approx(1)
    curve, rest = view.pictures()
    np.testing.assert_allclose(curve.marks[0].data["y"], np.tanh(curve.marks[0].data["x"]), rtol=1e-9)
    np.testing.assert_allclose(rest.marks[0].data["y"], 0, atol=1e-9)
    assert "phi explains 100.00% of the neuron's variance" in view.words
    assert "0.00% of the neuron's variance is left unexplained" in view.words


def test_phi_of_a_wrong_formula_leaves_what_it_does_not_explain(field):
    view = sg.PhiView(field, "x**2 + v**2")
    view.candidate = sg.score(field, "x**2")
    share = float(view.words.rsplit("; ", 1)[1].split("%")[0]) / 100
    assert share == pytest.approx(1 - view.phi.r2, abs=1e-4)
    assert share > 0.1


def test_without_a_formula_or_a_phi_the_neuron_is_shown(field):
    view = sg.PhiView(field)
    assert view.phi is None
    assert "Values of the neuron at 300 points" in view.words
    view.candidate = "log(-1 - x**2)"
    assert view.phi is None
    assert "there is no phi to fit" in view.words
    view.candidate = "x**2 + v**2"
    assert view.phi.r2 == pytest.approx(1)


def test_a_phi_view_refuses_what_it_cannot_show(field):
    view = sg.PhiView(field, "x**2")
    before = view.words
    with pytest.raises(sg.SymgradError, match="I don't know y"):
        view.candidate = "y"
    assert (view.words, str(view.candidate)) == (before, "x**2")
    with pytest.raises(sg.SymgradError, match="got list: make one with gradient_field"):
        sg.PhiView([1])
    with pytest.raises(sg.SymgradError, match="needs its values"):
        sg.PhiView(sg.GradientField(POINTS, POINTS))


def test_a_phi_view_moves_to_another_neuron(field):
    view = sg.PhiView(field, "x**2")
    view.field = sg.GradientField(POINTS, 2 * POINTS * [1, 0], ("x", "v"), values=POINTS[:, 0] ** 2)
    assert view.phi.r2 == pytest.approx(1)
    with pytest.raises(sg.SymgradError, match="needs its values"):
        view.field = sg.GradientField(POINTS, POINTS, ("x", "v"))
    assert view.phi.r2 == pytest.approx(1)
    view.field = sg.GradientField(POINTS, POINTS, values=VALUES)
    assert (view.candidate, view.phi) == (None, None)


# -- ExpressionView ------------------------------------------------------------------------------------------


def test_a_page_is_given_the_formula_and_its_tree(field):
    view = sg.ExpressionView(field, "sqrt(x**2 + 1) * v")
    told = heard(view)
    (found,) = told["found"]
    assert as_expression(found["front"][0]["text"], ("x", "v")) == view.candidate
    assert view._state["selected"] == found["front"][0]["text"]
    assert told["tree"].startswith("<svg")


def test_a_formula_can_be_copied_into_latex_sympy_and_python():
    texts = dict(plots.ExpressionPicture(as_expression("sqrt(x**2 + 1) * v", ("x", "v")), ("x", "v")).texts)
    assert texts["LaTeX"] == r"v \sqrt{x^{2} + 1}"
    assert texts["Python"] == "lambda x, v: v*numpy.sqrt(x**2 + 1)"


def test_a_guess_is_scored_as_by_score(field):
    view = sg.ExpressionView(field, "x**2 + v**2")
    seen = []
    view.observe(lambda change: seen.append(change.new), "guess")
    view.guess = "x*v"
    go(view, guesses=["v*x", "x² + v²"], selected="x² + v²")
    assert seen == [sg.score(field, "x*v"), sg.score(field, "x**2 + v**2")]
    assert view.guesses == tuple(seen)
    assert view._state["guesses"] == ["v*x", "x² + v²"]
    assert "Your guess v**2 + x**2: Angle to the neuron: under 0.01 degrees" in view.words


def test_the_formula_is_hidden_until_somebody_has_guessed(field):
    view = sg.ExpressionView(field, "x**2 + v**2", hidden=True)
    assert (heard(view)["found"], heard(view)["tree"]) == ([], "")
    assert "v**2" not in json.dumps([heard(view), view._state])
    assert "v**2" not in json.dumps(view._repr_mimebundle_())
    assert "hidden until somebody has guessed" in view.words
    view.guess = "x*v"  # a cell that was written beforehand tells of itself alone
    assert "Your guess v*x: Angle to the neuron" in view.words
    assert "v**2" not in json.dumps([heard(view), view._state, view._repr_mimebundle_(), view.words])
    go(view, selected="v*x + 2.5")  # its number was moved: that is no guess
    assert (view._state["selected"], view.guessed, heard(view)["kept"]) == ("v*x + 2.5", False, 0)
    go(view, guesses=["v*x", "x"], selected="x")
    assert "v**2 + x**2" in view.words
    assert heard(view)["tree"]


@pytest.mark.parametrize("guess", ["x*y", "x +", "1", "__import__('os')", ""])
def test_a_guess_that_cannot_be_read_is_said_in_the_view(field, guess):
    view = sg.ExpressionView(field, "x**2 + v**2")
    view.guess = "x"
    before = view.guess, view.guesses
    with pytest.raises(sg.SymgradError):
        view.guess = guess
    shown = view._state
    go(view, guesses=["x", guess], selected=guess)
    assert view.error
    assert view.error in view.words
    assert (view.guess, view.guesses, view._state) == (*before, shown)
    go(view, guesses=["x", "v"], selected="v")
    assert view.error == ""


def test_an_expression_view_wants_a_field_and_a_formula_of_its_inputs(field):
    with pytest.raises(sg.SymgradError, match="must be a GradientField, got str"):
        sg.ExpressionView("x")
    with pytest.raises(sg.SymgradError, match="I don't know y"):
        sg.ExpressionView(field, "y")
    view = sg.ExpressionView(field)
    assert view.words == "No formula yet."
    assert [picture.title for picture in view.pictures()] == ["Gradient field"]
    view.guess = "x*v"  # is what there is to draw, for those who read without a kernel
    assert [picture.words for picture in view.pictures()] == ["The formula v*x: a product of v and x."]


def test_on_another_neuron_guesses_are_scored_anew(field):
    view = sg.ExpressionView(field, "x**2 + v**2")
    view.guess = "x*v"
    view.guess = "log(x + 3)"
    seen = []
    view.observe(lambda change: seen.append(change.new), "guess")
    other = sg.GradientField(POINTS, POINTS[:, ::-1], ("x", "v"))
    view.field = other
    assert view.guesses == tuple(sg.score(other, guess) for guess in ("x*v", "log(x + 3)"))
    assert seen == [view.guess]
    assert view.guess == view.guesses[-1]
    view.field = sg.GradientField(POINTS, POINTS, ("x", "w"))
    assert (view.candidate, [str(guess.expression) for guess in view.guesses]) == (None, ["log(x + 3)"])
    view.field = sg.GradientField(POINTS, POINTS, ("y", "w"))
    assert (view.guess, view.guesses, view.words) == (None, (), "No formula yet.")
    with pytest.raises(sg.SymgradError, match="must be a GradientField, got int"):
        view.field = 1


def test_a_tree_shows_every_operator_and_leaf():
    expression = as_expression("log(x)*v/(x + 2.5)", ("x", "v"))
    picture = plots.ExpressionPicture(expression, ("x", "v"))
    nodes = sum(1 for part in sp.preorder_traversal(expression))
    assert picture.svg().count("<rect") == nodes
    assert picture.svg().count("L") == nodes - 1
    assert picture.words.startswith(f"The formula {expression}: a product of ")
    assert plots.ExpressionPicture(sp.Symbol("x"), ("x",)).words == "The formula x."
