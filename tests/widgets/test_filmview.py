"""FilmView as an object: epochs in place of a search's generations; models are known functions."""

import numpy as np
import pytest
from clicks import go, heard
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.reading.film import Film

X = np.random.default_rng(0).uniform(0.5, 2, (400, 2))


class Turning(nn.Module):
    """Nothing, then a product, then a sum of squares."""

    def __init__(self, *shares):
        super().__init__()
        self.shares = shares

    def forward(self, given):
        x, v = given.T
        return (self.shares[0] * x * v + self.shares[1] * (x**2 + v**2))[:, None]


@pytest.fixture(scope="module")
def film():
    return sg.film({0: Turning(0, 0), 5: Turning(1, 0), 10: Turning(1, 1), 20: Turning(0, 1)}, X, ("x", "v"))


@pytest.fixture
def view(film):
    view = sg.FilmView(film)
    yield view
    view.close()


@pytest.mark.sweep
def test_it_begins_with_the_first_field_and_the_last_formula(view, film):
    assert view.epoch == 5  # at 0 there is none
    assert view.field is film[1].field
    assert str(view.candidate) == "v**2 + x**2"
    assert view.words.startswith("epoch 5: ")
    told = heard(view)
    assert [(one["said"], one["kind"]) for one in told["found"]] == [
        ("epoch 5", "match"), ("epoch 10", "match"), ("epoch 20", "match"),
    ]  # fmt: skip
    assert [one["text"] for one in told["found"][0]["front"]] == ["v*x", "v**2 + x**2"]
    assert [one["text"] for one in told["found"][2]["front"]] == ["v**2 + x**2"]
    assert told["found"][0]["front"][1]["loss"] == sg.score(film[1].field, "v**2 + x**2").loss > 0.1


@pytest.mark.sweep
def test_a_page_goes_to_an_epoch_and_a_cell_does(view, film):
    go(view, generation=2, selected="v*x")
    assert (view.epoch, str(view.candidate)) == (10, "v*x")
    assert view.field is film[2].field
    view.epoch = 20
    assert view._state["generation"] == 3
    assert "100% of the points within 5 degrees" not in view.words
    view.candidate = "x**2 + v**2"
    assert "100% of the points within 5 degrees" in view.words
    for beyond, epoch in ((9, 20), (0, 5)):
        go(view, generation=beyond)
        assert view.epoch == epoch


@pytest.mark.sweep
def test_a_guess_stays_as_it_was_typed(view):
    go(view, guesses=["x² + 2 v²"], selected="x² + 2 v²")
    go(view, generation=3)
    assert view._state["selected"] == "x² + 2 v²"
    assert view._state["guesses"] == ["x² + 2 v²"]
    assert str(view.candidate) == "2*v**2 + x**2"


@pytest.mark.sweep
def test_what_it_cannot_show_is_refused_and_nothing_changes(view, film):
    before = view._state
    with pytest.raises(sg.SymgradError, match=r"no epoch 7: it has \[5, 10, 20\]"):
        view.epoch = 7
    with pytest.raises(sg.SymgradError, match="set its epoch"):
        view.field = film[2].field
    go(view, selected="q")
    assert "I don't know q" in view.error
    assert view._state == before
    with pytest.raises(sg.SymgradError, match=r"got list: make one with sg\.film"):
        sg.FilmView([*film])


@pytest.mark.sweep
def test_it_speaks_german(film):
    view = sg.FilmView(film, language="de")
    assert view.words.startswith("Epoche 5: ")
    view.close()


@pytest.mark.sweep
def test_formulas_in_coordinates_cannot_be_played(film):
    other = Film(frame._replace(field=sg.GradientField(X, X, ("a", "b"))) for frame in film)
    with pytest.raises(sg.SymgradError, match="formulas would be in coordinates"):
        sg.FilmView(other)
