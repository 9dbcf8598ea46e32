"""Widgets as objects: state, validation, words, and what they send; no browser."""

import json
import threading
import zlib

import numpy as np
import pytest
import traitlets
from clicks import click, go, heard, send

import symgrad_widgets as sg
from symgrad_widgets import plots
from symgrad_widgets.widgets import stepper as stepper_module

POINTS = np.random.default_rng(0).uniform(-1, 1, (400, 2))


@pytest.fixture
def field():
    return sg.GradientField(POINTS, 2 * POINTS, ("x", "v"), values=(POINTS**2).sum(1))


def search_of(field):
    return sg.Search(field, ["add", "mul", "square", "sin"])


def line(*y, title="t", words="A line."):
    mark = plots.Mark("line", {"x": list(range(len(y))), "y": list(y)})
    return plots.Picture(title, "x", "y", (mark,), words)


def unpacked(bytes_):
    return zlib.decompress(bytes_).decode()


def columns(panel, mark=0):
    """Data of a mark of a panel, as a view gets them."""
    return json.loads(unpacked(panel._live[1]))[mark]


def shown(panel):
    return columns(panel)["y"]


# -- Panel ---------------------------------------------------------------------------------------------------


def test_a_panel_updates_data_alone_while_the_structure_stays():
    panel = sg.Panel(line(1, 2))
    document = panel._live[0]
    assert len(json.loads(unpacked(document))["doc"]["roots"]) == 1
    panel.show(line(3, 4, words="Another."))
    assert panel._live[0] == document
    assert (shown(panel), panel.words) == ([3, 4], "Another.")
    assert "Another." in unpacked(panel._svg)
    panel.show(line(1, title="new"))
    assert panel._live[0] != document


def test_a_panel_keeps_its_last_picture_when_the_next_one_fails():
    panel = sg.Panel(line(1, 2))

    def broken():
        raise sg.SymgradError("no such formula")

    panel.show(broken)
    assert (shown(panel), panel.error) == ([1, 2], "no such formula")
    assert panel._repr_mimebundle_()[0]["text/plain"] == "A line.\nno such formula"
    panel.show(lambda: line(5))
    assert (shown(panel), panel.error) == ([5], "")


def test_a_panel_refuses_what_is_no_picture_and_lets_other_errors_through():
    with pytest.raises(sg.SymgradError, match=r"shows a Picture of symgrad_widgets\.plots, got list"):
        sg.Panel([1, 2])
    with pytest.raises(ZeroDivisionError):
        sg.Panel().show(lambda: 1 / 0)
    with pytest.raises(traitlets.TraitError):
        sg.Panel().words = "mine"


def test_a_panel_holds_no_bokehjs_and_sends_it_on_request():
    panel, sent = sg.Panel(line(1, 2)), []
    panel.send = lambda content, buffers: sent.append((content, buffers))
    assert sum(len(str(value)) for value in panel.get_state().values()) < 25_000
    send(panel, want="live")
    send(panel, want="something else")
    send(panel, want="picture")
    panel.show(line(3, 4))
    (content, [script]), *pictures = sent
    assert [json.loads(unpacked(data))[0]["y"] for _, (_, data) in pictures] == [[1, 2], [3, 4]]
    assert "_live" not in panel.get_state()
    assert content == {"live": panel._version}
    assert b"Bokeh" in script
    assert b"export function attach" in script
    assert len(script) > 500_000


@pytest.mark.parametrize(
    "make", [lambda _: sg.Panel(line(1, 2)), sg.FieldView, lambda f: sg.SearchStepper(sg.Search(f))]
)
def test_every_view_leaves_a_picture_and_words_beside_the_widget(field, make):
    view = make(field)
    bundle = view._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/svg+xml"].startswith("<svg")
    assert data["text/plain"] == "\n".join(filter(None, [view.words]))


def test_no_module_for_the_browser_is_large_or_reaches_outside(root):
    for path in (root / "symgrad_widgets" / "widgets" / "assets").rglob("*.js"):
        assert path.stat().st_size < 20_000, path.name
        lines = [line for line in path.read_text().splitlines() if line.startswith("import ")]
        assert all(' from "./' in line or ' from "../' in line for line in lines), path.name


def test_closing_a_view_ends_what_it_plays():
    noise = np.random.default_rng(1).normal(size=(300, 4))
    stepper = sg.SearchStepper(sg.Search(sg.GradientField(noise, noise[::-1], tuple("abcd"))))
    click(stepper, "play", wait=False)
    assert stepper._worker.running
    stepper.close()
    stepper._worker.wait(60)
    assert not stepper._worker.running
    assert stepper.error == ""


def test_a_stop_is_acknowledged_at_once_and_leaves_the_state(field):
    stepper = sg.SearchStepper(search_of(field))
    click(stepper, "play", wait=False)
    click(stepper, "stop")
    assert stepper.words.startswith(f"Generation {stepper.state.generation},")
    assert not stepper._worker.running


# -- PhiBender -----------------------------------------------------------------------------------------------


def bent(points, bend):
    value = np.tanh(bend * (points**2).sum(1))
    return value, (bend * (1 - value**2))[:, None] * 2 * points


def test_bending_moves_values_and_lengths_and_leaves_directions():
    view = sg.PhiBender(bent, POINTS, ("x", "v"))
    assert "1 to 1 times as long as before" in view.words
    values, gradients = view._values._live[1], view._gradients._live[1]
    view.slider.value = 2.0
    assert view._values._live[1] != values
    assert view._gradients._live[1] != gradients
    assert view.words.startswith("bend = 2.")
    lengths = [np.linalg.norm(bent(POINTS, bend)[1], axis=1) for bend in (1.0, 2.0)]
    factors = lengths[1] / lengths[0]
    assert f"{factors.min():.2g} to {factors.max():.2g} times as long as before" in view.words
    assert "turn by less than 0.01 degrees" in view.words
    before, now = view.pictures()[1].marks
    np.testing.assert_allclose(*(np.stack([m.data["x0"], m.data["y0"]]) for m in (before, now)))


def test_a_bend_that_turns_gradients_is_noticed():
    def turning(points, bend):
        angle = np.radians(30) * (bend - 1)
        turn = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        return bent(points, 1.0)[0], bent(points, 1.0)[1] @ turn

    view = sg.PhiBender(turning, POINTS, ("x", "v"))
    view.slider.value = 2.0
    assert "turn by up to 30 degrees" in view.words


def test_a_bender_starts_within_its_range():
    with pytest.raises(sg.SymgradError, match=r"got low=0\.2, bend=9, high=3\.0"):
        sg.PhiBender(bent, POINTS, ("x", "v"), bend=9)


# -- SearchStepper -------------------------------------------------------------------------------------------


def test_a_click_takes_one_generation_and_the_front_appears(field):
    stepper = sg.SearchStepper(search_of(field))
    assert heard(stepper)["found"] == []
    click(stepper, "step")
    assert stepper.search.generation == 1
    (found,) = heard(stepper)["found"]
    assert [row["text"] for row in found["front"]] == [str(c.expression) for c in stepper.search.front]
    assert found["front"][found["best"]]["text"] == stepper._state["selected"] == "v**2 + x**2"
    assert "Generation 1" in stepper.words
    assert "v**2 + x**2" in stepper.words


@pytest.mark.sweep
def test_what_is_played_to_its_end_says_that_no_small_formula_does_better(field):
    stepper = sg.SearchStepper(sg.Search(field, max_complexity=5))
    click(stepper, "play")
    claim = "No formula of up to 5 nodes over these operators does better: "
    assert claim in stepper.words
    click(stepper, "step")
    go(stepper, generation=stepper.state.generation - 1)
    assert claim in stepper.words  # of the same answer
    assert heard(stepper)["certain"].startswith(claim)
    stepper.goto(0)
    assert claim not in stepper.words


def test_clicks_and_a_plain_search_find_the_same(field):
    stepped, plain = sg.SearchStepper(search_of(field)), search_of(field)
    click(stepped, "step")
    click(stepped, "step")
    stepped.run(generations=1)
    assert stepped.step() == stepped.search.state
    plain.run(generations=4, progress=False)
    assert stepped.search.front == plain.front


def test_going_back_shows_what_was_and_costs_no_generation(field):
    stepper = sg.SearchStepper(search_of(field))
    states = [stepper.state, *(stepper.step() for _ in range(3))]
    assert stepper.back() == states[2]
    go(stepper, generation=1)
    assert (stepper.state, stepper._state["generation"]) == (states[1], 1)
    assert "Generation 1," in stepper.words
    go(stepper, generation=0)
    assert (stepper.state.front, stepper._state["selected"]) == ((), None)
    assert stepper.back().generation == 0
    assert stepper.goto(3) is states[3]
    assert stepper.search.generation == 3
    fresh = search_of(field).goto(5)
    ahead = stepper.goto(5)
    assert (ahead.front, ahead.best, ahead.evaluations) == (fresh.front, fresh.best, fresh.evaluations)


def test_generations_before_the_first_one_seen_are_replayed(field):
    search = search_of(field)
    states = [search.step() for _ in range(3)]
    stepper = sg.SearchStepper(search)
    assert [len(one["front"]) > 0 for one in heard(stepper)["found"]] == [False, False, True]
    go(stepper, generation=2)
    stepper._worker.wait(60)
    assert stepper.state.front == states[1].front
    assert [len(one["front"]) > 0 for one in heard(stepper)["found"]] == [True, True, True]
    assert stepper.goto(1).front == states[0].front
    assert search.generation == 3


@pytest.mark.parametrize("generation", [-1, 1.5, "2", True])
def test_only_whole_generations_can_be_gone_to(field, generation):
    stepper = sg.SearchStepper(search_of(field))
    with pytest.raises(sg.SymgradError, match=f"whole number of at least 0, got {generation!r}"):
        stepper.goto(generation)
    go(stepper, generation="two")
    assert "the state is damaged: 'generation' is 'two'" in stepper.error
    assert stepper._state["generation"] == 0
    assert stepper.state.generation == 0


def test_a_point_a_row_and_python_select_the_same_candidate(field):
    stepper = sg.SearchStepper(search_of(field))
    front = stepper.step().front
    assert len(front) > 1
    assert stepper.selected == stepper.state.best
    go(stepper, selected=str(front[0].expression))
    assert stepper.selected == front[0]
    go(stepper, selected=str(front[1].expression))
    assert stepper.selected == front[1]
    stepper.selected = front[0]
    assert stepper._state["selected"] == str(front[0].expression)
    stepper.guesses = (sg.score(field, "sin(x) + v"),)
    go(stepper, selected="v + sin(x)")  # a guess is looked at beside the front
    assert (stepper._state["selected"], stepper.selected) == ("v + sin(x)", front[0])
    with pytest.raises(sg.SymgradError, match="not on the front shown"):
        stepper.selected = sg.score(field, "x*v")
    assert stepper.selected == front[0]
    stepper.goto(0)
    assert stepper.selected is None


class Endless:
    """A search that never settles, and fails once, in generation `fails`."""

    field, best, front, generation = None, None, (), 0

    def __init__(self, fails=None):
        self.fails, self.seen, self.stopped = fails, threading.Event(), False

    @property
    def state(self):
        return sg.SearchState(self.generation, (), None, 0, 0.0)

    def step(self):
        if self.generation + 1 == self.fails:
            self.fails = None
            raise sg.SymgradError("out of luck")
        self.generation += 1
        return self.state

    def run(self, callback, progress):  # noqa: ARG002 - the signature of Search
        while not callback(self.step()):
            self.seen.set()
        return self.state

    def stop(self):
        self.stopped = True


@pytest.mark.parametrize("button", ["stop", "close"])
def test_a_run_is_ended_and_a_second_click_starts_no_second_run(button):
    stepper = sg.SearchStepper(Endless())
    click(stepper, "play", wait=False)
    worker = stepper._worker._thread
    assert stepper.search.seen.wait(10)
    click(stepper, "play", wait=False)
    assert stepper._worker._thread is worker
    assert heard(stepper)["running"]
    getattr(stepper, button)() if button == "close" else click(stepper, button)
    worker.join(10)
    assert not worker.is_alive()
    assert stepper.search.stopped


def test_an_error_in_the_worker_is_shown_and_the_next_click_works():
    stepper = sg.SearchStepper(Endless(fails=2))
    click(stepper, "play")
    assert stepper.error == "The search stopped: out of luck"
    assert not stepper._worker.running
    click(stepper, "step")
    assert stepper.error == ""
    assert "Generation 2" in stepper.words


@pytest.mark.sweep
def test_a_run_that_has_settled_is_shown_beside_random_directions(field):
    stepper = sg.SearchStepper(search_of(field))
    click(stepper, "play")
    assert "On random directions, the same search reaches a loss of 0." in stepper.words
    assert heard(stepper)["null"]
    go(stepper, generation=1)
    click(stepper, "play", wait=False)
    click(stepper, "stop")
    assert 1 <= stepper.state.generation <= stepper.search.generation


def test_a_run_in_the_cell_is_not_cut_short_by_an_earlier_stop(field):
    stepper = sg.SearchStepper(search_of(field))
    click(stepper, "stop")
    stepper.stop()
    assert stepper.run(generations=3).generation == 3


def test_a_stepper_wants_a_search(field):
    with pytest.raises(sg.SymgradError, match=r"got GradientField: make one with Search\(field\)"):
        stepper_module.SearchStepper(field)


# -- TrainingMonitor -----------------------------------------------------------------------------------------

SMALL = {"epochs": 3, "count": 2000, "validation": 500, "held_out": 300}


def test_a_press_of_train_shows_the_curve_and_the_latent_against_the_concept():
    monitor = sg.TrainingMonitor(sg.experiments["oscillator"], seed=1, **SMALL)
    assert monitor.run is None
    assert "Not trained yet" in monitor.words
    runs = []
    monitor.observe(lambda change: runs.append(change.new), "run")
    click(monitor, "train")
    assert runs == [monitor.run]
    assert columns(monitor._curve)["x"] == [1, 2, 3]
    assert "Ended (finished)" in monitor.words
    assert f"Floor {monitor.run.floor:.2g}" in monitor.words
    assert "v**2 + x**2" in monitor._latent.words
    plain = sg.experiments["oscillator"].train(seed=1, progress=False, **SMALL)
    assert np.array_equal(plain.latents, monitor.run.latents)
    assert plain.latents.shape == (300, 1)


def test_a_monitor_that_hides_the_concept_shows_it_when_told():
    run = sg.experiments["oscillator"].train(progress=False, **SMALL)
    monitor = sg.TrainingMonitor(run, hidden=True)
    assert len(monitor.pictures()) == 1
    assert "Floor" not in monitor.words
    assert "v**2" not in str(monitor._repr_mimebundle_())
    monitor.hidden = False
    assert f"Floor {run.floor:.2g}" in monitor.words
    assert "v**2 + x**2" in monitor._latent.words


def test_stop_keeps_the_best_weights_so_far():
    monitor = sg.TrainingMonitor(sg.experiments["oscillator"], **SMALL | {"epochs": 10_000})
    seen = threading.Event()
    monitor._curve.observe(lambda _: seen.set(), "_live")
    click(monitor, "train", wait=False)
    assert seen.wait(30)
    assert monitor._controls.running
    assert 0 < monitor._controls.progress < 1
    click(monitor, "stop")
    assert not monitor._controls.running
    assert monitor.run.ending == "callback"
    assert monitor.history is monitor.run.history


def test_a_monitor_starts_from_a_run_and_from_nothing_else():
    run = sg.experiments["oscillator"].train(progress=False, **SMALL)
    assert sg.TrainingMonitor(run).run is run
    with pytest.raises(sg.SymgradError, match=r"got str: take one of sg\.experiments"):
        sg.TrainingMonitor("oscillator")
    with pytest.raises(sg.SymgradError, match="no training setting 'epoch'"):
        sg.TrainingMonitor(sg.experiments["oscillator"], epoch=5)


def test_a_training_that_fails_is_said_and_the_last_run_stays():
    run = sg.experiments["oscillator"].train(progress=False, **SMALL)
    monitor = sg.TrainingMonitor(run, **SMALL | {"rate": float("nan")})
    click(monitor, "train")
    assert monitor._controls.error == "Training failed: Invalid learning rate: nan"
    assert monitor.run is run
