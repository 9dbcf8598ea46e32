"""Pages as files: what is in them. What they do is in tests/browser/test_browser_standalone.py."""

import base64
import hashlib
import hmac
import json
import re
import zlib

import numpy as np
import pytest
import torch

import symgrad_widgets as sg
from symgrad_widgets.reading.atlas.laws import NeuronLaw
from symgrad_widgets.widgets import pagedata, pageseal
from symgrad_widgets.widgets.pageseal import sealed


def held(path, name):
    text = path.read_text(encoding="utf-8")
    packed = re.search(f'id="symgrad-{name}">([^<]*)<', text)[1]
    return json.loads(zlib.decompress(base64.b64decode(packed)))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return sg.page("oscillator", tmp_path_factory.mktemp("pages") / "one.html", generations=1)


@pytest.mark.sweep
def test_one_file_with_nothing_from_elsewhere_and_no_answer_in_sight(path):
    text = path.read_text(encoding="utf-8")
    assert len(text) < 3e6
    outside = re.sub(r"http://www\.w3\.org/\S*", "", text)
    assert "http://" not in outside
    assert "https://" not in outside
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=\"(?!data:,)", text)
    assert "energy of the spring" not in text
    assert "for practice, not for marks" in text


@pytest.mark.sweep
def test_the_chosen_neuron_s_field_is_exact_and_the_network_whole(path):
    data, run = held(path, "data"), sg.experiments["oscillator"].pretrained()
    field = sg.gradient_field(run.model, run.x, names=run.names)
    span = np.frombuffer(base64.b64decode(data["fields"][0]["field"]["span"]))
    np.testing.assert_array_equal(span, field.unit.ravel())
    steps = {step["name"]: step for step in data["model"]["steps"]}
    weight = np.frombuffer(base64.b64decode(steps["linear2"]["weight"]), "<f4")
    np.testing.assert_array_equal(weight.reshape(32, 32), run.model.linear2.weight.detach().numpy())
    assert len(data["fields"][0]["found"]) == 1
    again = sg.page("oscillator", path.with_name("again.html"), generations=0, title="The same")
    assert held(again, "data")["id"] == data["id"]  # what is handed in fits a page that was made anew
    back = json.loads(zlib.decompress(base64.b64decode(held(path, "sealed")["block"])))
    assert back["concepts"] == [{"formula": "v**2 + x**2", "meaning": "the energy of the spring"}]


def test_an_instrument_and_a_workbench_are_exported_as_they_are(tmp_path):
    view = sg.Instrument("oscillator", show=("network",))
    view.state = json.dumps(view.state.plain() | {"selected": "x v", "guesses": ["x v"]})
    data = held(view.export(tmp_path / "a.html", notebook="lesson.html?a&b"), "data")
    assert data["state"] == view.state.plain()
    assert 'href="lesson.html?a&amp;b"' in (tmp_path / "a.html").read_text(encoding="utf-8")
    bench = sg.Workbench("oscillator")
    bench.stepper.step()
    data = held(bench.export(tmp_path / "b.html"), "data")
    assert data["state"]["generation"] == len(data["fields"][0]["found"]) == 1
    last = data["fields"][0]["found"][0]["front"][-1]["text"]
    assert last == str(bench.stepper.search.front[-1].expression)


def test_hidden_formulas_and_an_atlas(tmp_path):
    run = sg.experiments["oscillator"].pretrained()
    atlas = sg.Atlas([NeuronLaw("silu3", 4, "x*v", 0.0123, 3, kind="match")], "finished")
    path = sg.page(run, tmp_path / "c.html", generations=1, hidden=True, atlas=atlas, bokeh="bokeh.min.js")
    data = held(path, "data")
    assert data["fields"][0]["found"] is None
    (law,) = data["laws"]
    assert (law["neuron"], law["generation"]["front"][0]["text"]) == (4, "x*v")
    text = path.read_text(encoding="utf-8")
    assert '<script src="bokeh.min.js">' in text
    assert len(text) < 6e5  # without BokehJS


def test_another_kind_of_network_is_recorded_within_bounds(tmp_path):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 40), torch.nn.LayerNorm(40), torch.nn.Linear(40, 1))
    x = np.random.default_rng(0).uniform(-1, 1, (400, 3))
    data = held(sg.page(model, tmp_path / "d.html", x, generations=0), "data")
    assert data["model"] is None
    assert len(data["fields"]) > 20
    assert data["network"]["columns"][0]["title"] == "inputs"


def test_of_very_many_points_a_page_holds_some_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(pagedata, "_NUMBERS", 800)
    path = sg.page("oscillator", tmp_path / "e.html", generations=0)
    data = held(path, "data")
    assert data["fields"][0]["field"]["count"] == 800 // 6
    assert "The page contains 133 of 5,000 points." in path.read_text(encoding="utf-8")


def test_a_network_of_one_input_has_a_page_too(tmp_path):
    model = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    x = np.linspace(-1, 1, 50)[:, None]
    assert held(sg.page(model, tmp_path / "f.html", x, ("t",)), "data")["fields"][0]["found"] == []


def test_a_block_opens_with_its_word_only(monkeypatch):
    assert pageseal._ROUNDS >= 600_000
    monkeypatch.setattr(pageseal, "_ROUNDS", 1000)
    block = sealed({"a": [1, 2]}, "galileo")
    salt, hidden = base64.b64decode(block["salt"]), base64.b64decode(block["block"])
    keys = hashlib.pbkdf2_hmac("sha256", b"galileo", salt, block["rounds"], 64)
    assert hmac.digest(keys[32:], hidden, "sha256") == base64.b64decode(block["mark"])
    assert sealed({"a": [1, 2]}, "galileo")["block"] != block["block"]
    with pytest.raises(zlib.error):
        zlib.decompress(hidden)


def test_bad_input_is_one_clear_error(tmp_path):
    with pytest.raises(
        sg.SymgradError, match=r"the page cannot be written to .*no.where\.html: No such file"
    ):
        sg.page("oscillator", tmp_path / "no" / "where.html", generations=0)
    with pytest.raises(sg.SymgradError, match="the word must be a text of at least 4 letters, got 'x'"):
        sg.page("oscillator", tmp_path / "x.html", generations=0, word="x")
    assert list(tmp_path.iterdir()) == []
