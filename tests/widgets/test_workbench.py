"""The Workbench as an object: its views follow one another, and its state is one line."""

import dataclasses
import gc
import json
import threading

import numpy as np
import pytest
import torch
from budgets import generations
from clicks import go, heard, send
from ipywidgets.widgets.widget import _instances
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.widgets import cells

SMALL = {"epochs": 3, "count": 2000, "validation": 300, "held_out": 300}


@pytest.fixture(scope="module")
def run():
    shipped = sg.experiments["oscillator"].pretrained()
    return dataclasses.replace(shipped, x=shipped.x[:400])


@pytest.fixture
def bench(run):
    return sg.Workbench(run)


def test_all_views_follow_the_neuron(bench):
    bench.stepper.step()
    bench.expression.guess = "x*v"
    bench.picker.choose("silu2", 3)
    views = (bench.fieldview, bench.phiview, bench.expression, bench.stepper.search)
    assert all(view.field is bench.field for view in views)
    assert bench.field is bench.picker.field
    assert bench.stepper.state.generation == 0
    assert "Looked at: silu2 3." in bench.words
    assert [str(guess.expression) for guess in bench.stepper.guesses] == ["v*x"]
    assert bench.stepper.guesses[0].loss == sg.score(bench.field, "x*v").loss


def test_all_views_follow_the_candidate(bench):
    front = bench.stepper.step().front
    views = (bench.fieldview, bench.phiview, bench.expression)
    assert bench.state.selected == str(bench.stepper.state.best.expression)
    assert all(view.candidate == bench.stepper.state.best.expression for view in views)
    bench.stepper.selected = front[0]
    assert all(view.candidate == front[0].expression for view in views)
    go(bench, selected=str(bench.stepper.state.best.expression))
    assert bench.stepper.selected == bench.stepper.state.best
    assert bench.fieldview.candidate == bench.stepper.state.best.expression
    go(bench, generation=0, selected=None)
    assert (bench.stepper.state.generation, bench.fieldview.candidate) == (0, None)


def test_what_another_thread_steps_is_heard_while_views_are_turned(bench, monkeypatch):
    turning, stepped = threading.Event(), threading.Event()
    bench.stepper, bench.phiview  # noqa: B018 - made now
    monkeypatch.setattr(bench, "_turn_phiview", lambda _: (turning.set(), stepped.wait(60)))
    thread = threading.Thread(target=lambda: bench._turned("phiview"))
    thread.start()
    turning.wait(60)
    monkeypatch.setattr(bench, "_turn_phiview", lambda _: None)
    bench.stepper.step()
    stepped.set()
    thread.join()
    assert bench.state.generation == 1


def test_a_guess_stands_on_the_front_and_in_the_field(bench):
    bench.stepper.step()
    bench.expression.guess = "x*v"
    assert bench.stepper.guesses == bench.expression.guesses
    assert str(bench.fieldview.candidate) == "v*x"


def test_the_machine_keeps_its_answer_back_until_somebody_has_guessed(run):
    bench = sg.Workbench(run, hidden=True)
    go(bench, selected=None)  # which resembles the answer
    bench.stepper.step()
    everything = (bench, bench.stepper, bench.expression, bench.fieldview, bench.phiview, bench.picker)
    for view in everything:
        assert "v**2 + x**2" not in json.dumps([heard(view), view._state, view._repr_mimebundle_()[0]])
        assert "v**2 + x**2" not in view.words
    go(bench, guesses=["x v"], selected="x v")
    assert "v**2 + x**2" in bench.stepper.words
    assert "v**2 + x**2" in bench.expression.words
    assert "v**2 + x**2" in json.dumps(heard(bench))
    bench.stepper.selected = bench.stepper.state.front[0]
    assert bench.fieldview.candidate == bench.stepper.selected.expression


def test_a_guess_of_a_cell_shows_its_own_angle_and_uncovers_nothing(run):
    bench = sg.Workbench(run, hidden=True)
    bench.stepper.step()
    bench.expression.guess = "x*v"  # written before anybody has looked
    everything = (bench, bench.stepper, bench.expression, bench.fieldview, bench.phiview)
    for view in everything:
        told = json.dumps([heard(view), view._state, view._repr_mimebundle_()[0]]) + view.words
        assert "v**2 + x**2" not in told
    assert "Your guess v*x: Angle to the neuron" in bench.expression.words
    assert "The view shows v*x." in bench.words
    assert bench.state.guesses == ("v*x",)
    go(bench.expression, guesses=["v*x", "x + 3 v"], selected="x + 3 v")
    assert "v**2 + x**2" in bench.expression.words
    assert "v**2 + x**2" in json.dumps(heard(bench))
    bench._begin(bench._subject.network)
    assert "v**2 + x**2" not in json.dumps(heard(bench))


def test_a_verdict_is_given_on_request_where_there_is_a_concept(bench, run):
    go(bench, selected=None)
    with pytest.raises(sg.SymgradError, match="no formula is chosen: type one, or step or play"):
        bench.verdict()
    bench.stepper.step()
    assert bench.verdict().how == "proved"
    own = sg.Workbench(run.model, run.x, run.names)
    with pytest.raises(sg.SymgradError, match="no concept is known"):
        own.verdict()


def test_several_neurons_have_no_phi(run):
    bench = sg.Workbench(run)
    bench.picker.choose("silu3", 0, 1)
    assert "any formula fits" in bench.error
    assert bench.error in bench.words
    assert bench.phiview is not None
    x = np.random.default_rng(0).normal(size=(200, 3))
    three = sg.Workbench(nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 2)), x)
    three.picker.choose(None, 0, 1)
    assert (three.field.neurons, three.phiview) == (2, None)
    three.picker.choose(None, 1)
    assert three.phiview.field is three.field


@pytest.mark.sweep
def test_all_concepts_of_several_neurons_are_listed():
    class Two(nn.Module):
        def forward(self, x):
            first, second = x[:, 0] * x[:, 1], x[:, 2] + x[:, 3]
            return torch.stack([torch.tanh(first + second), torch.exp(first - second)], 1)

    bench = sg.Workbench(Two(), np.random.default_rng(0).uniform(-1, 1, (200, 4)), names="abcd")
    bench.picker.choose(None, 0, 1)
    told = []
    bench.send = lambda message, **_: told.append(message["given"])
    with generations(8):
        assert bench.interpret() is bench.interpretation
    assert {str(c.expression) for c in bench.interpretation.concepts} == {"a*b", "c + d"}
    (listed,) = (one["told"] for one in told if one.get("told"))
    assert (listed["name"], set(listed["said"].split("; "))) == ("2 of 2 concepts", {"`a*b`", "`c + d`"})
    bench.picker.choose(None, 0)
    assert bench.interpretation is None


@pytest.mark.sweep
def test_the_list_of_concepts_waits_for_a_guess_where_the_answer_is_hidden(run):
    bench = sg.Workbench(run, hidden=True)
    with pytest.raises(sg.SymgradError, match="type a guess first"):
        bench.interpret()
    go(bench, guesses=["x v"])
    with generations(4):
        assert str(bench.interpret().best.expression) == "v**2 + x**2"


def test_another_experiment_is_shown_as_soon_as_it_is_trained(bench):
    bench.chooser.seed = 5
    assert bench.chooser.run is None
    assert "Press Train" in bench.error
    bench.chooser._monitor(sg.experiments["trace2"].train(seed=5, progress=False, **SMALL))
    assert bench.field.names == ("x1", "x2", "x3", "x4")
    assert bench.error == ""


# -- state ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    bench = sg.Workbench("oscillator")
    bench.stepper.goto(2)
    bench.stepper.selected = bench.stepper.state.front[0]
    bench.expression.guess = "x*v"
    bench.picker.colour_by = "gradient"
    return bench


@pytest.mark.sweep
def test_a_state_is_one_short_line_and_comes_back(shipped):
    line = shipped.state_line
    assert len(line) < 500
    assert "\n" not in line
    again = sg.Workbench.from_state(line)
    assert again.state_line == line
    assert again.stepper.state.front == shipped.stepper.state.front
    assert sg.Workbench.from_state(shipped.state_dict()).state_line == line


def test_a_pasted_state_is_gone_to(shipped):
    other = sg.Workbench("oscillator")
    send(other, do="state", text=shipped.state_line)
    assert other.stepper.state.generation == 2
    before = other.state
    for text in ("", "[1]", shipped.state_line.replace("oscillator", "oscilator")):
        send(other, do="state", text=text)
        assert other.error
        assert other.state == before


def test_the_state_of_a_network_of_ones_own_needs_the_network(run):
    bench = sg.Workbench(run.model, run.x, run.names)
    bench.picker.choose("silu1", 4)
    line = bench.state_line
    with pytest.raises(sg.SymgradError, match=r"from_state\(state, model, x, names\)"):
        sg.Workbench.from_state(line)
    assert sg.Workbench.from_state(line, run.model, run.x, run.names).state_line == line


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"symgrad": 7}, "version 7, but this release reads version 2"),
        ({"seed": "a"}, "damaged: 'seed' is 'a'"),
        ({"seed": -1}, "damaged: 'seed' is -1: seed must be a whole number from 0 to 2147483648, got -1"),
        ({"seed": True}, "damaged: 'seed' is True"),
        ({"seed": 10**30}, "damaged: 'seed' is 1000"),
        ({"neurons": []}, r"damaged: 'neurons' is \[\]"),
        ({"neurons": [0.0]}, r"damaged: 'neurons' is \[0.0\]"),
        ({"inputs": ["x", "x"]}, r"damaged: 'inputs' is \['x', 'x'\]"),
        ({"inputs": ["x", "v", "x"]}, "damaged: 'inputs'"),
        ({"generation": 10**12}, "damaged: 'generation' is 1000000000000"),
        ({"guesses": [None]}, r"damaged: 'guesses' is \[None\]"),
        ({"guesses": ["x*v", "v + x", "y"]}, "I don't know y"),
        ({"hidden": 1}, "damaged: 'hidden' is 1"),
        ({"experiment": None}, "belongs to a network of one's own, not to what this Workbench shows"),
        ({"experiment": "trace2", "layer": "silu9"}, "no layer 'silu9'"),
        ({"neurons": None}, "damaged: 'neurons' is None"),
        ({"experiment": "oscilator"}, "did you mean 'oscillator'"),
        ({"layer": "silu9"}, "no layer 'silu9'"),
        ({"neurons": [99]}, "has neurons 0 to 0, got 99"),
        ({"generation": -1}, "'generation' is -1: generation must be a whole number from 0 to 100000, got"),
        ({"inputs": ["x", "y"]}, "no input 'y'"),
        ({"guesses": ["import os"]}, "import"),
    ],
)
def test_a_state_that_is_wrong_is_refused_and_the_last_one_stays(shipped, change, message):
    before, views = shipped.state_line, (shipped.picker, shipped.field, shipped.stepper.search)
    with pytest.raises(sg.SymgradError, match=message):
        shipped.load_state(shipped.state_dict() | change)
    assert shipped.state_line == before
    assert (shipped.picker, shipped.field, shipped.stepper.search) == views
    assert shipped.picker.colour_by == "gradient"
    go(shipped, **change)
    assert shipped.error
    assert shipped.state_line == before


def test_a_state_gone_to_twice_is_gone_to_once(shipped):
    bench = sg.Workbench("oscillator")
    for guess in ("v + x", "x**2"):
        bench.expression.guess = guess
    for _ in range(3):
        bench.load_state(shipped.state_line)
        assert bench.state_line == shipped.state_line
        assert [str(guess.expression) for guess in bench.stepper.guesses] == ["v*x"]
        assert bench.expression.guess == bench.expression.guesses[-1]
    bench.load_state(bench.state_dict() | {"guesses": []})
    assert bench.expression.guesses == bench.stepper.guesses == ()
    assert bench.expression.guess is None
    assert bench.expression._state["guesses"] == []


def test_a_state_of_another_experiment_is_gone_to_and_back(shipped):
    bench = sg.Workbench("trace2")
    line = bench.state_line
    bench.load_state(shipped.state_line)
    assert (bench.chooser.experiment.slug, bench.field.names) == ("oscillator", ("x", "v"))
    assert bench.state_line == shipped.state_line
    bench.load_state(line)
    assert (bench.chooser.experiment.slug, bench.state_line) == ("trace2", line)


def test_the_state_of_an_experiment_of_ones_own_is_gone_to_where_it_is_shown():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 2))
    own = sg.Experiment.from_labels(x, x[:, 0] > x[:, 1], names=("a", "b"))
    bench = sg.Workbench(own.train(epochs=2, progress=False))
    bench.expression.guess = "a - b"
    line = bench.state_line
    bench.load_state(line)
    assert bench.state_line == line


def test_the_state_of_a_network_of_ones_own_brings_its_seed(run):
    bench = sg.Workbench(run.model, run.x, run.names)
    bench.load_state(bench.state_dict() | {"seed": 7, "generation": 1})
    assert (bench.seed, bench.stepper.search.random_state, bench.stepper.state.generation) == (7, 7, 1)
    with pytest.raises(
        sg.SymgradError, match="this state belongs to oscillator, not to what this Workbench shows"
    ):
        bench.load_state(bench.state_dict() | {"experiment": "oscillator"})


@pytest.mark.sweep
def test_a_state_that_is_refused_leaves_no_views_behind(shipped):
    line = json.dumps(shipped.state_dict() | {"layer": "silu9"})
    with pytest.raises(sg.SymgradError, match="silu9"):
        sg.Workbench.from_state(line)
    gc.collect()
    before = len(_instances)
    with pytest.raises(sg.SymgradError, match="silu9"):
        sg.Workbench.from_state(line)
    gc.collect()
    assert len(_instances) == before


@pytest.mark.parametrize("text", ["", "junk", "[1]", "{", "null"])
def test_text_that_is_no_state_is_refused(shipped, text):
    with pytest.raises(sg.SymgradError, match="not a state of a Workbench"):
        shipped.load_state(text)


def test_what_is_no_experiment_is_refused():
    with pytest.raises(sg.SymgradError, match=r"Workbench\(model, x\)"):
        sg.Workbench(nn.Linear(2, 1))
    with pytest.raises(sg.SymgradError, match="did you mean 'oscillator'"):
        sg.Workbench("oscilator")


# -- life ----------------------------------------------------------------------------------------------------


def test_a_closed_workbench_leaves_nothing_behind(run):
    sg.Workbench(run).close()
    before = len(_instances)
    bench = sg.Workbench(run)
    bench.stepper.step()
    bench.picker.choose("silu1", 1)
    bench.close()
    del bench
    gc.collect()
    assert len(_instances) == before


def test_a_cell_that_is_run_again_closes_its_views(run, monkeypatch):
    monkeypatch.setattr(cells, "_running", lambda: ("cell", "first"))
    first, beside = sg.Workbench(run), sg.Workbench(run)
    monkeypatch.setattr(cells, "_running", lambda: ("another", "first"))
    other = sg.Workbench(run)
    monkeypatch.setattr(cells, "_running", lambda: ("cell", "second"))
    second = sg.Workbench(run)
    alive = [view.comm is not None for view in (first, beside, other, second)]
    assert alive == [False, False, True, True]
