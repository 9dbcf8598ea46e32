"""What a person is told of a formula: the concept, or how far it is from it."""

import pytest
from clicks import send

import symgrad_widgets as sg
from symgrad_widgets.network.concepts import CONCEPTS


@pytest.fixture(scope="module")
def view():
    view = sg.Instrument("oscillator")
    yield view
    view.close()


@pytest.mark.parametrize("text", ["x² + v²", "E = ½ v² + x²/2", "v^2 + 1.0 x^2"])
def test_the_concept_is_named(view, text):
    assert view.answer(text) == {
        "same": True,
        "name": "",
        "said": "the energy of the spring, up to a factor. You have just read a neuron.",
    }


def test_a_bend_is_told_from_a_factor(view):
    assert "the energy of the spring, up to a bend." in view.answer("exp(x² + v²)")["said"]


def test_a_formula_that_is_far_off_is_told_by_its_angle_alone(view):
    told = view.answer()
    assert (told["same"], told["name"]) == (False, "Not yet")
    assert told["said"].startswith("The arrows are 20° apart in the middle.")


def test_a_formula_that_is_near_is_close_but_not_complete(view):
    told = view.answer("x² + 1.03 v²")
    assert (told["same"], told["name"]) == (False, "Close, not complete")
    assert "apart in the middle. A longer formula would" in told["said"]


@pytest.mark.sweep
def test_a_neuron_of_which_nothing_is_known_has_angles_only(view):
    view.state = view.state.plain() | {"layer": "silu1", "neurons": [3]}
    best = str(sg.interpret(view.field, seconds=5).front[0].expression)
    told = view.answer(best)
    view.state = view.state.plain() | {"layer": None, "neurons": [0]}
    assert not told["same"]
    assert "apart in the middle" in told["said"]
    assert "energy" not in told["said"]


def test_no_formula_is_an_error(view):
    view.state = view.state.plain() | {"selected": None}
    with pytest.raises(sg.SymgradError, match="no formula is shown: give one"):
        view.answer()
    view.state = view.state.plain() | {"selected": "x² + 3.0 v²"}
    with pytest.raises(sg.SymgradError, match="I don't know w"):
        view.answer("w")


def test_each_concept_has_its_words():
    for row in CONCEPTS.values():
        assert len(row.meanings) in (0, len(row.formulas))


def test_the_page_is_told_and_goes_to_a_harder_one(view):
    told = []
    view.send = lambda message, **_: told.append(message["given"])
    send(view, do="what", text="x² + v²")
    view._aside.wait(60)
    said = next(one["told"] for one in told if "told" in one)
    assert (said["text"], said["same"], said["harder"]) == ("x² + v²", True, "P1-08")
    send(view, do="go", experiment=said["harder"])
    view._aside.wait(60)
    assert view.state.experiment == "cubic_force"
    assert view.state.selected == "x² + 3.0 v²"
    assert any("field" in one for one in told)
    before = view.state
    send(view, do="go", experiment="cubic_farce")
    view._aside.wait(60)
    assert view.state == before
    assert "cubic_force" in next(one["error"] for one in reversed(told) if one.get("error"))
