"""What a person is told of a formula: the concept, or how far it is from it."""

import re

import numpy as np
import pytest
import torch
from clicks import send

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import angles, as_expression
from symgrad_widgets.network.concepts import CONCEPTS
from symgrad_widgets.widgets.answers import answer
from symgrad_widgets.words import words


@pytest.fixture(scope="module")
def view():
    view = sg.Instrument("oscillator")
    yield view
    view.close()


@pytest.mark.parametrize("text", ["x² + v²", "E = ½ v² + x²/2", "v^2 + 1.0 x^2"])
def test_the_concept_is_named(view, text):
    told = view.answer(text)
    assert (told["same"], told["name"]) == (True, "")
    assert told["said"] == "the energy of the spring, up to a factor: proved. You have just read a neuron."


def test_a_bend_is_told_from_a_factor(view):
    assert "the energy of the spring, up to a bend: proved." in view.answer("exp(x² + v²)")["said"]


def test_a_formula_that_is_far_off_is_told_by_its_angle_alone(view):
    told = view.answer()
    assert (told["same"], told["name"]) == (False, "Not yet")
    assert told["said"].startswith("The arrows are 20° apart on average.")


def test_the_concept_of_a_network_that_has_learnt_it_roughly_is_named_with_its_angle():
    view = sg.Workbench("two_products")
    told = view.answer("x1 x2 + x3 x4")
    assert told["same"]
    angle = sg.score(view.field, "x1 x2 + x3 x4").angle
    assert angle > 2
    assert f"The arrows are {angle:.2g}° apart on average." in told["said"]
    assert told["said"].endswith("This network has learnt the formula only roughly.")
    network = view._subject.network
    told = answer(view._subject.scored("x1 x2 + x3 x4"), view.field, network.experiment, kind="approximation")
    assert told["said"].endswith("roughly. A longer formula would clearly explain more of the neuron.")
    view.close()


def test_a_formula_that_is_near_is_close_but_not_complete(view):
    told = view.answer("x² + 1.03 v²")
    assert (told["same"], told["name"]) == (False, "Close")
    assert "apart on average. A number may be off" in told["said"]


def test_numbers_that_are_nearly_right_are_told_from_a_proof(view):
    assert "the numbers agree within 1 %" in view.answer("x² + 1.004 v²")["said"]


def test_why_opens_numbers_with_their_intervals(view):
    why = view.answer("x² + 1.004 v²")["why"]
    middle, most = np.percentile(angles(as_expression("x**2 + 1.004*v**2", ("x", "v")), view.field), [50, 95])
    assert why[0].endswith(
        f"the two arrows are less than {middle:.2g}° apart; at 95 % of the points, less than {most:.2g}°."
    )
    assert why[1] == "A formula that has nothing to do with the neuron would be about 45° off."
    explained, numbers = why[2:]
    assert float(explained.split()[-6]) > 99
    value, low, high = (float(one) for one in re.findall(r"\d\.\d+", numbers))
    assert value == 1.004
    assert low < high


def test_what_would_change_it_names_what_was_not_tried(view):
    change = view.answer("x² + v²")["change"]
    assert change[0] == "The machine has not tried yet. Let it try."
    assert "of up to 40 parts" in change[1]
    assert "sin" in change[1]
    least, greatest = view.field.points[:, 0].min(), view.field.points[:, 0].max()
    assert f"x from {least:.2g} to {greatest:.2g}, v from" in change[2]
    assert "seed 0" in change[3]


def test_the_machine_s_own_formula_has_the_kind_of_its_search():
    model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    view = sg.Workbench(
        model, np.random.default_rng(0).uniform(-1, 1, (300, 2)), names=("a", "b"), language="de"
    )
    view._subject.reach(1)
    best = str(view.search.in_inputs(view.search.best or view.search.front[-1]))
    told = view.answer(best)
    if view.search.best is None:
        assert told["name"] in ("", "Noch nicht")
    else:
        assert told["name"] in ("Noch nicht", words("de").table["kinds"][view.search.kind][0])
    assert "Die Pfeile liegen im Mittel" in told["said"]
    view.close()


@pytest.mark.parametrize(
    ("text", "kind", "same", "name", "said"),
    [
        ("x² + v²", "match", True, "", "You have just read a neuron."),
        ("x² + v²", "approximation", True, "", "would explain a little more of the neuron."),
        ("x² + v²", "undecided", True, "", "You have just read a neuron."),
        ("x² + 1.03 v²", "match", False, "Match", "not the formula that the network was taught."),
        ("x² + 1.03 v²", "approximation", False, "Close, not complete", "explain more of the neuron."),
        ("x² + 3 v²", "none", False, "Not yet", "Change the formula, and ask again."),
    ],
)
def test_what_a_search_has_judged_is_said_as_the_list_says_it(view, text, kind, same, name, said):
    subject = view._subject
    told = answer(subject.scored(text), view.field, subject.network.experiment, kind=kind)
    assert (told["same"], told["name"]) == (same, name)
    assert told["said"].endswith(said)


def test_a_formula_is_judged_as_the_search_s_best_however_it_is_written(view):
    subject = view._subject
    assert subject._judged(subject.scored("x² + v²")) is None
    subject.reach(1)
    best = subject.search.in_inputs(subject.search.best)
    assert subject._judged(subject.scored(f"exp(3*({best}))")) == subject.search.kind
    assert subject._judged(subject.scored("x² + 1.03 v²")) is None


@pytest.mark.sweep
def test_a_neuron_of_which_nothing_is_known_has_angles_only(view):
    view.state = view.state.plain() | {"layer": "silu1", "neurons": [3]}
    best = str(sg.interpret(view.field, seconds=5).front[0].expression)
    told = view.answer(best)
    view.state = view.state.plain() | {"layer": None, "neurons": [0]}
    assert not told["same"]
    assert "on average" in told["said"]
    assert "energy" not in told["said"]


def test_no_formula_is_an_error(view):
    view.state = view.state.plain() | {"selected": None}
    with pytest.raises(sg.SymgradError, match="no formula is shown: pass one"):
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


def test_a_function_of_all_that_several_neurons_have_learnt_is_told_and_another_is_not():
    view = sg.Workbench("kepler")
    momentum = "(x1*v2 - x2*v1)"
    told = view.answer(f"v1*{momentum} + x2/sqrt(x1**2 + x2**2)")  # the vector's other component
    assert told["same"]
    assert "depends only on the 3 formulas" in told["said"]
    assert not view.answer(f"v1*{momentum}")["same"]
    view.close()
