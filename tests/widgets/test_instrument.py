"""The instrument as objects: what a page is given, and where a state leads."""

import base64
import json
from time import perf_counter, sleep

import numpy as np
import pytest
from clicks import send

import symgrad_widgets as sg
from symgrad_widgets.reading.columns import columns, weights
from symgrad_widgets.reading.section import section
from symgrad_widgets.widgets import frontend, workbench, xray
from symgrad_widgets.widgets.subject import Network, Subject

CUBIC = "v**2/2 + x**4/4 + x**2/2"


@pytest.fixture
def view():
    view = sg.Instrument("cubic_force")
    view.told = []
    view.send = lambda message, **_: view.told.append(message)
    yield view
    view.close()


def given(view):
    """All that the page has been told, later words in the place of earlier ones."""
    together = {}
    for message in view.told:
        together |= message.get("given", {})
    return together


def changed(view, **parts):
    return view.state.plain() | parts


def test_what_a_page_is_given_is_plain_data_of_the_field(view):
    send(view, want="given")
    told = json.loads(json.dumps(given(view)))
    assert told["field"]["names"] == ["x", "v"]
    values = np.frombuffer(base64.b64decode(told["field"]["values"]))
    np.testing.assert_array_equal(values, view.field.values)
    inputs, plane = told["section"]
    assert inputs == ["x", "v"]
    assert len(base64.b64decode(plane["shades"])) == plane["side"] ** 2
    assert set(told["documents"]) == {"field"}
    send(view, want="plots")
    assert set(given(view)["documents"]) == {"front", "bend"}
    assert "network" in told
    assert told["network"] is None
    assert "Cubic" not in told["story"]


def test_taking_a_state_twice_is_taking_it_once(view):
    there = changed(view, guesses=["x v", CUBIC], selected=CUBIC, generation=1, open=["time"])
    view.state = there
    once, told = view.state, len(view.told)
    view.state = json.dumps(there)
    assert view.state == once
    assert view.state.plain() == there == view._state
    assert len(view.told) == told
    assert view.search.generation == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"guesses": ["x + y"]},
        {"selected": "x +"},
        {"inputs": ["x", "w"]},
        {"slice": {"w": 1.0}},
        {"experiment": None},
        {"experiment": "cubic_farce"},
        {"layer": "cellar"},
        {"neurons": [1]},
        {"layer": "silu1", "neurons": [40]},
        {"open": ["cellar"]},
        {"symgrad": 3},
    ],
)
def test_a_refused_state_changes_nothing(view, parts):
    before, field = view.state, view.field
    bad = changed(view, hidden=True, generation=3) | parts
    with pytest.raises(sg.SymgradError):
        view.state = bad
    assert view.state == before
    assert view.field is field
    assert view.told == []
    assert view.search.generation == 0
    send(view, do="set", parts=parts, mark=0.5)  # from a page: the page is told why, and what it goes back to
    assert given(view)["state"] == view._state == before.plain()
    assert given(view)["heard"] == 0.5
    assert given(view)["error"]


def test_a_neuron_that_is_chosen_keeps_its_search(view):
    view.state = changed(view, generation=2)
    view.state = changed(view, layer="silu1", neurons=[3], generation=0)
    assert view.search.generation == 0
    assert given(view)["what"] == "silu1 3"
    assert given(view)["told"] is None  # what was said of the other neuron
    assert given(view)["found"] == []
    view.state = changed(view, layer=None, neurons=[0])
    assert view.search.generation == 2
    assert len(given(view)["found"]) == 2


def test_looking_at_a_neuron_changes_no_state(view):
    before, field = view.state, view.field
    send(view, do="look", layer="silu1", neuron=3)
    told = given(view)["look"]
    assert (told["what"], told["found"]) == ("silu1 3", [])
    assert len(base64.b64decode(told["field"]["span"])) == 8 * len(field) * 2
    assert "points" not in told["field"]  # the page has them
    assert view.state == before
    assert view.field is field
    send(view, do="look", layer="silu1", neuron=99)
    assert "0 to 31" in given(view)["error"]


def test_the_machine_tells_each_generation_and_when_it_has_ended(view):
    send(view, do="play")
    view._worker.wait(120)
    told = [message["given"]["generation"] for message in view.told if "generation" in message["given"]]
    assert [one["generation"] for one in told] == list(range(1, len(told) + 1))
    assert given(view)["ended"] == "known"
    best = told[-1]["front"][told[-1]["best"]]
    assert told[-1]["kind"] == "match"
    assert sg.verify(best["text"], CUBIC, field=view.field).same
    assert not given(view)["running"]


def test_hints_say_more_each_time_and_a_step_is_one_generation(view):
    warned = []
    for _ in range(3):
        send(view, want="given")
        warned.append(given(view)["last"])  # before the button is pressed
        send(view, do="hint")
        view._worker.wait(120)
    assert warned == [False, False, True]
    hints = [message["given"]["told"]["said"] for message in view.told if "told" in message["given"]]
    assert hints == [
        "Your formula needs x and v.",
        "It is a sum of 3 parts.",
        f"It is `{view._subject.answer()}`.",
    ]
    send(view, do="step")
    view._worker.wait(120)
    assert given(view)["generation"]["generation"] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x²", "Your formula needs x and v."),
        ("x² + 3.0 v²", "It is a sum of 3 parts."),  # the inputs are these already
        ("x² + v² + 0.5 x⁴", "Nothing is missing. Ask “What is this?”"),
    ],
)
def test_a_hint_says_what_the_formula_lacks(view, text, said):
    send(view, do="hint", text=text)
    view._worker.wait(120)
    assert given(view)["told"]["said"] == said


def test_a_hint_of_a_formula_that_the_search_matches_says_so(view):
    run = view._subject.network.run
    subject = Subject(Network.of(run.model, run.x, run.names), None, (0,))  # as if nobody knew the concept
    assert subject.hint(str(subject.answer())).startswith("Nothing is missing.")
    assert subject.hint("x²") == "Your formula needs x and v."


def test_what_runs_stops_within_a_second():
    view = sg.Workbench("gravity")  # its search takes some seconds
    send(view, do="play")
    waited = perf_counter()
    while not view._subject.found and perf_counter() - waited < 60:
        sleep(0.01)
    asked = perf_counter()
    send(view, do="stop")
    view._worker.wait(60)
    assert perf_counter() - asked < 1
    assert view._subject.ended == "stopped"
    view.close()


def test_hidden_answers_do_not_reach_the_page_before_a_guess():
    view = sg.Instrument("cubic_force", hidden=True)
    view.told = []
    view.send = lambda message, **_: view.told.append(message)
    view._subject.reach(2)
    send(view, want="given")
    assert given(view)["found"] == []
    view.state = changed(view, guesses=["x v"])
    send(view, want="given")
    assert len(given(view)["found"]) == 2
    view.close()


@pytest.mark.sweep
def test_tiles_are_what_the_neurons_compute_and_links_their_weights(view):
    view.state = changed(view, open=["network"])
    network = given(view)["network"]
    assert [column["count"] for column in network["columns"]] == [2, 32, 32, 32, 1]
    assert network["columns"][-1]["layer"] is None
    activity = view._subject.network.activity
    shown = columns(activity)
    assert [activity.layers[i].name for i in shown] == ["silu1", "silu2", "silu3", "latent"]
    module = dict(activity.model.named_modules())["linear2"]
    np.testing.assert_array_equal(weights(activity, shown[0], shown[1]), module.weight.tolist())
    assert weights(activity, shown[0], shown[3]) is None
    link = np.frombuffer(base64.b64decode(network["links"][1]), dtype=np.int8).reshape(32, 32)
    matrix = np.array(module.weight.tolist())
    np.testing.assert_allclose(link / 127, matrix / np.abs(matrix).max(), atol=0.005)
    tile = np.frombuffer(base64.b64decode(network["columns"][0]["tiles"]), dtype=np.uint8)[:256].reshape(
        16, 16
    )
    assert (np.diff(tile.astype(int), axis=1) >= 0).all()  # the input x grows to the right
    assert (np.diff(tile.astype(int), axis=0) == 0).all()


def test_a_section_stays_on_the_data():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(500, 3))
    points[:, 2] = 1 - points[:, 0]
    field = sg.GradientField(points, np.ones((500, 3)), names=("a", "b", "c"))
    one = section(field, (0, 1), lambda x: x[:, [2]], side=9)
    across = np.linspace(one.low[0], one.high[0], 9)
    np.testing.assert_allclose(one.values[..., 0], np.broadcast_to(1 - across, (9, 9)), atol=1e-9)
    assert one.across
    assert section(field, (0, 2), lambda x: x) is None  # a line
    assert one.near[4, 4] > 0.9
    assert one.near[0, 0] == 0
    free = sg.GradientField(rng.normal(size=(500, 3)), np.ones((500, 3)))
    assert not section(free, (0, 1), lambda x: x, side=5).across


def test_a_network_of_ones_own_and_a_small_front_end():
    import torch

    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 2))
    model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    for part in model.parameters():  # not by torch's seed, which other threads may use
        part.data = torch.tensor(rng.normal(size=part.shape), dtype=part.dtype)
    view = sg.Instrument(model, x, names=("a", "b"))
    assert view.state.experiment is None
    assert view.state.selected == "a² + 3.0 b²"
    assert "Your own network" in view.words
    view.close()
    own = [path for path in (frontend._HERE / "instrument").iterdir() if path.suffix in (".js", ".css")]
    assert sum(path.stat().st_size for path in own) <= 120_000
    assert max(len(path.read_text().splitlines()) for path in own) <= 400


@pytest.mark.sweep
def test_whether_the_search_has_ended_is_told_with_each_generation(view):
    send(view, do="step")
    view._worker.wait(120)
    assert given(view)["ended"] is None
    send(view, do="play")
    view._worker.wait(120)
    last = len(view._subject.found)
    assert given(view)["ended"] == view.search.state.ended == "known"
    view.state = changed(view, generation=last + 1)
    assert view._subject.ended == "known"


def test_all_concepts_of_several_neurons_are_told():
    import torch

    class Two(torch.nn.Module):
        def forward(self, x):
            return torch.stack([x[:, 0] * x[:, 1] + x[:, 2], x[:, 0] * x[:, 1] - x[:, 2]], 1)

    view = sg.Instrument(Two(), np.random.default_rng(0).uniform(1, 2, size=(300, 3)), names=("a", "b", "c"))
    view.told = []
    view.send = lambda message, **_: view.told.append(message)
    view.state = changed(view, neurons=[0, 1])
    send(view, do="play")
    view._worker.wait(240)
    told = given(view)["told"]
    assert told["name"] == "2 of 2 concepts"
    assert sorted(told["said"].split("; ")) == ["`a*b`", "`c`"]  # shown in type
    view.close()


def test_experiments_are_chosen_by_what_gives_nothing_away_and_trained_again(view):
    send(view, want="given")
    choices = dict(given(view)["choices"])
    assert choices["cubic_force"] == "P1-08  x, v"
    assert len(choices) == len(sg.experiments)
    view.state = changed(view, open=["network"], guesses=["x v"])
    send(view, do="go", experiment="trace2", seed=0)
    view._aside.wait(60)
    assert (view.state.experiment, view.state.guesses, view.state.open) == ("trace2", (), ("network",))
    assert given(view)["network"]["columns"][0]["count"] == 4
    send(view, do="go", experiment="trace2", seed=-1)
    view._aside.wait(60)
    assert "seed" in given(view)["error"]
    assert view.state.seed == 0


@pytest.mark.sweep
def test_a_training_is_stopped_and_what_it_had_learnt_is_shown(view):
    send(view, do="go", experiment="cubic_force", seed=1)
    send(view, do="halt")
    view._aside.wait(120)
    run = view._subject.network.run
    assert (view.state.seed, run.seed, run.ending) == (1, 1, "callback")
    assert len(run.history["epoch"]) == 1
    assert given(view)["busy"] is False


def test_of_one_input_the_value_is_shown_and_nothing_is_searched_for():
    import torch

    x = np.random.default_rng(0).uniform(-1, 1, size=(200, 1))
    view = sg.Instrument(torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.Tanh()), x, names=("x",))
    view.told = []
    view.send = lambda message, **_: view.told.append(message)
    assert (view.state.inputs, view.state.selected) == (("x",), "x + 3.0 x²")
    assert "<svg" in view._repr_mimebundle_()[0]["image/svg+xml"]
    send(view, want="given")
    assert given(view)["section"] == [["x"], None]
    assert len(base64.b64decode(given(view)["field"]["values"])) == 8 * 200
    send(view, do="play")
    view._worker.wait(60)
    assert "any formula fits" in given(view)["error"]
    view.close()


def test_a_network_that_cannot_be_read_leaves_nothing_behind(recwarn):
    with pytest.raises(sg.SymgradError):
        sg.Instrument("cubic_farce")
    assert not list(recwarn)


def test_a_wide_layer_is_sent_by_itself_when_it_is_asked_for():
    import torch

    torch.manual_seed(0)
    wide = torch.nn.Sequential(torch.nn.Linear(2, 100), torch.nn.Tanh(), torch.nn.Linear(100, 1))
    view = sg.Instrument(
        wide, np.random.default_rng(0).normal(size=(300, 2)), names=("a", "b"), show=["network"]
    )
    view.told = []
    view.send = lambda message, **_: view.told.append(message)
    send(view, want="given")
    column = given(view)["network"]["columns"][1]
    assert (column["count"], len(column["neurons"])) == (100, 64)
    send(view, want="layer", layer=column["layer"])
    layer = given(view)["layer"]
    assert layer["neurons"] == list(range(100))
    assert len(base64.b64decode(layer["tiles"])) == 100 * 256
    some, every = (base64.b64decode(one["tiles"]) for one in (column, layer))
    first = column["neurons"][0]
    assert some[:256] == every[256 * first : 256 * first + 256]
    view.close()


def test_a_slice_goes_through_the_point_of_the_data_that_is_nearest_to_it():
    view = sg.Instrument("determinant2")
    view.told = []
    view.send = lambda message, **_: view.told.append(message)
    assert view.state.inputs == ("x2", "x3")
    view.state = changed(view, slice={"x1": 100.0})
    _, plane = given(view)["section"]
    column = view.field.points[:, view.field.names.index("x1")]
    assert plane["at"]["x1"] == column.max()
    assert plane["at"]["x1"] + plane["at"]["x4"] == pytest.approx(5, abs=1e-6)  # on the surface of the data
    view.state = changed(view, slice={})
    assert abs(given(view)["section"][1]["at"]["x1"] - np.median(column)) < 1
    view.close()


@pytest.mark.sweep
def test_hidden_answers_are_told_once_somebody_has_guessed():
    view = sg.Instrument("cubic_force", hidden=True)
    view.told = []
    view.send = lambda message, **_: view.told.append(message)
    view._subject.reach(1)
    send(view, do="look", layer="silu1", neuron=3)
    assert given(view)["look"]["found"] == []
    view.state = changed(view, guesses=["x v"])
    assert len(given(view)["found"]) == 1
    view.close()


@pytest.mark.sweep
def test_channels_of_images_are_shown_as_they_are_at_a_point_of_the_data():
    import torch

    torch.manual_seed(0)
    convolution, head = torch.nn.Conv2d(1, 3, 3), torch.nn.Linear(108, 1)
    model = torch.nn.Sequential(convolution, torch.nn.Tanh(), torch.nn.Flatten(), head)
    x = torch.randn(100, 1, 8, 8)
    view = sg.Instrument(model, x, show=["network"])
    view.told = []
    view.send = lambda message, **_: view.told.append(message)
    send(view, want="given")
    column = next(one for one in given(view)["network"]["columns"] if one["layer"] == "1")
    tiles = np.frombuffer(base64.b64decode(column["tiles"]), dtype=np.uint8).reshape(3, -1)
    images = torch.tanh(convolution(x)).detach().numpy()
    six = np.linspace(0, 5, 16).round().astype(int)
    wide = images[:, :, six[::-1, None], six].reshape(100, 3, -1)  # the lowest row comes first
    alike = [[np.corrcoef(tile, one)[0, 1] for tile, one in zip(tiles, image, strict=True)] for image in wide]
    assert np.min(alike, axis=1).max() > 0.98
    view.close()


@pytest.mark.sweep
def test_an_atlas_grows_while_nobody_waits_and_an_x_ray_tells_its_formulas(view, monkeypatch):
    monkeypatch.setattr(xray, "_QUIET", 0.0)
    monkeypatch.setattr(xray, "_LOOK", 0.01)
    busy = [True]
    monkeypatch.setattr(view._atlas, "_busy", lambda: busy[0])
    view.state = changed(view, open=["network"])
    view._atlas.wait(0.3)
    laws = view._subject.network.laws
    assert laws == {}  # something is computed for the person
    busy[0] = False
    for _ in range(600):
        view._atlas.wait(0.05)
        if len(laws) > 3:
            break
    view._atlas.stop()
    view._atlas.wait(60)
    assert next(iter(laws)) == (None, 0)  # the output first, then the layer before it
    assert {layer for layer, _ in list(laws)[1:]} == {"silu3"}
    read = [message["given"]["read"] for message in view.told if "read" in message["given"]]
    assert [(layer, neuron) for layer, neuron, _ in read] == list(laws)
    layer, neuron, found = next(one for one in read[1:] if one[2])
    send(view, do="look", layer=layer, neuron=neuron)
    assert given(view)["look"]["found"] == found
    text = found[0]["front"][0]["text"]
    field = view._of(view._subject.network, layer, (neuron,)).field
    assert sg.score(field, text).loss == pytest.approx(found[0]["front"][0]["loss"], rel=1, abs=1e-3)


def test_no_formula_of_a_neuron_is_looked_for_where_answers_are_hidden(monkeypatch):
    monkeypatch.setattr(xray, "_QUIET", 0.0)
    view = sg.Instrument("cubic_force", hidden=True, show="all")
    send(view, want="given")
    view._atlas.wait(2)
    assert view._subject.network.laws == {}
    view.close()


@pytest.mark.sweep
def test_a_training_is_seen_as_it_goes_and_the_tiles_change(view, monkeypatch):
    monkeypatch.setattr(workbench, "_PACE", 0.0)
    view.state = changed(view, open=["network"])
    view._atlas.stop()
    send(view, do="go", experiment="cubic_force", seed=1)
    while sum("training" in message["given"] for message in view.told) < 3 and view._aside.running:
        view._aside.wait(0.05)
    send(view, do="halt")
    view._aside.wait(120)
    seen = [message["given"] for message in view.told if "training" in message["given"]]
    history = view._subject.network.run.history["validation"]
    assert [len(one["training"]) for one in seen[:3]] == [1, 2, 3]
    assert seen[2]["training"] == pytest.approx(history[:3], rel=1e-3)
    first, second = (one["network"]["columns"][1]["tiles"] for one in seen[:2])
    assert first != second
    assert [column["count"] for column in seen[0]["network"]["columns"]] == [2, 32, 32, 32, 1]
