"""DivisionView as an object: a tree, and the field of the branch that is chosen; gradients are known."""

import numpy as np
import pytest
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import evaluate, parse

NAMES = ("m", "v", "c", "A")
X = np.random.default_rng(3).uniform(1, 3, (900, 4))
LAW = "m*(c + v)"


def field_of(formula, names=NAMES):
    values, gradients = evaluate(parse(formula, names), names, X)
    return sg.GradientField(X, gradients * np.exp(-values / values.std())[:, None], names)


@pytest.fixture(scope="module")
def division():
    return sg.divide(field_of(f"sin({LAW}) + A"))


@pytest.fixture
def view(division):
    view = sg.DivisionView(field_of(f"sin({LAW}) + A"), division)
    yield view
    view.close()


def columns(picture, kind, shape):
    return [mark.data for mark in picture.marks if (mark.kind, mark.shape) == (kind, shape)]


def written(picture):
    return [text for data in columns(picture, "text", "above") for text in data["text"]]


@pytest.mark.sweep
def test_the_tree_names_inputs_branches_and_what_joins_nothing(view):
    tree = view.pictures()[0]
    assert {*NAMES} < {*written(tree)}
    first, second = (text for text in written(tree) if " = " in text)
    assert first == "B = c + v"  # A is an input
    assert second == "C = B·m"
    (below,) = columns(tree, "text", "below")
    assert below["text"] == ["exact", "exact"]
    (apart,) = columns(tree, "segments", "dashed")
    whole = [branch.name for branch in view.branches].index("C")
    assert {whole, -1} < {*apart["branch"]}  # the product and A meet in the neuron only
    assert "C = B*m, exact" in tree.words
    assert "Inputs that act alone: A." in tree.words
    assert tree.words in view.words
    assert "C = B·m" in tree.svg()


@pytest.mark.sweep
def test_the_field_of_a_branch_has_the_directions_of_its_formula(view):
    for name in "BC":
        view.choose(name)
        field = view.branch.field(view.field)
        assert field.names == tuple(one.name for one in view.branch.joined)
        assert sg.score(field, view.branch.formula).loss < 1e-20
        other = "/".join(field.names)
        assert sg.score(field, other).loss > 0.01
        drawn = view.pictures()[1]
        assert drawn.title == str(view.branch) in view.words
        assert "under 0.01 degrees" in drawn.words
    across, up = view.branch.joined
    assert (drawn.x_label, drawn.y_label) == (str(across), str(up))


@pytest.mark.sweep
def test_a_click_on_a_line_or_a_place_chooses_its_branch(view):
    for i, branch in enumerate(view.branches):
        for number, mark in enumerate(view.pictures()[0].marks):
            for row in np.flatnonzero(np.asarray(mark.data["branch"]) == i).tolist():
                view._list.value = (i + 1) % len(view.branches)
                view._tree.picked = (number, row)
                assert view.branch is branch
                assert view._tree.picked == ()


@pytest.mark.sweep
def test_an_input_says_where_it_acts(view):
    view.choose("A")
    assert "A acts alone" in view._told.value
    assert len(view.pictures()) == 1
    assert view._field.layout.display == "none"
    view.choose("m")
    assert "The input m is part of C = B*m" in view.words
    with pytest.raises(sg.SymgradError, match="m acts by itself: choose a branch"):
        view.branch.field(view.field)


@pytest.mark.sweep
def test_nothing_is_shown_before_it_may_be_seen(division):
    view = sg.DivisionView(field_of(f"sin({LAW}) + A"), division, hidden=True)
    told = str([view._repr_mimebundle_(), *(child.get_state() for child in view.children)])
    assert view.pictures() == []
    assert view.branch is None
    with pytest.raises(sg.SymgradError, match="set hidden to False first"):
        view.choose("A")
    assert not any(word in told for word in ("B = ", "C = ", "act as", "exact"))
    view.hidden = False
    assert "C = B*m" in view.words
    assert view._tree in view.children[2].children
    with pytest.raises(sg.SymgradError, match="True or False, got 1"):
        view.hidden = 1
    view.close()


@pytest.mark.sweep
def test_it_speaks_german(division):
    view = sg.DivisionView(field_of(f"sin({LAW}) + A"), division, language="de")
    assert "Für sich: A." in view.words
    view.close()


@pytest.mark.sweep
def test_without_a_division_it_divides_and_says_if_nothing_joins():
    rng = np.random.default_rng(1)
    view = sg.DivisionView(sg.GradientField(X, rng.normal(size=X.shape), NAMES))
    assert "No inputs act together" in view.words
    assert view.branch.joined == ()
    view.close()


@pytest.mark.sweep
def test_what_it_cannot_show_is_said(view, division):
    with pytest.raises(sg.SymgradError, match="got int: make one with gradient_field"):
        sg.DivisionView(3)
    with pytest.raises(sg.SymgradError, match=r"got str: make one with sg\.divide"):
        sg.DivisionView(view.field, "m*v")
    with pytest.raises(sg.SymgradError, match="division of A, c, m, v does not fit a neuron of a, b, d, e"):
        sg.DivisionView(sg.GradientField(X, X, tuple("abde")), division)
    with pytest.raises(sg.SymgradError, match="no branch 'Z': choose one of"):
        view.choose("Z")


def test_a_formula_that_its_parts_do_not_make_is_written_in_inputs():
    x, y, z = sp.symbols("x y z", real=True)
    from symgrad_widgets.search import Division, Part, branches

    inner = Part(("x", "y"), x + y, 0.0, (Part(("x",), x), Part(("y",), y)))
    whole = Part(("x", "y", "z"), z * sp.exp(2 * x) * sp.exp(2 * y), 0.0, (inner, Part(("z",), z)))
    last = branches(Division((whole,), (), 0.0, 10))[-1]
    assert not last.short
    assert last.formula == whole.expression
