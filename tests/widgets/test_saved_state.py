"""What of a view is kept in a saved notebook: its code once, and nothing that a page assumes anyway."""

import json
import re
import zlib
from collections import Counter

import comm
import nbformat
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from nbclient import NotebookClient
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.widgets import frontend, guard

POINTS = np.random.default_rng(0).uniform(-1, 1, (300, 2))
MODEL = nn.Sequential(nn.Linear(2, 8), nn.SiLU(), nn.Linear(8, 1))


@pytest.fixture
def opened(monkeypatch):
    """States of the widgets that open from now on, by their numbers, as a page or papermill gets them."""
    states, make = {}, comm.create_comm

    def record(**arguments):
        made = make(**arguments)
        states[made.comm_id] = arguments["data"]["state"], arguments["buffers"]
        return made

    monkeypatch.setattr(comm, "create_comm", record)
    monkeypatch.setattr(frontend, "_shared", {})
    return states


def size(states):
    return sum(len(json.dumps(state)) + sum(map(len, buffers)) * 4 // 3 for state, buffers in states.values())


def is_module(state):
    return state.get("_anywidget_id", "").endswith(".js")


def test_a_second_workbench_adds_no_code(opened):
    sg.Workbench(MODEL, POINTS, names=("x", "v"))
    once = size(opened)
    modules = Counter(state["_anywidget_id"] for state, _ in opened.values() if is_module(state))
    assert len(modules) == 1
    assert set(modules.values()) == {1}
    opened.clear()
    sg.Workbench(MODEL, POINTS, names=("x", "v"))
    assert not [state for state, _ in opened.values() if is_module(state)]
    assert size(opened) < once - 20_000
    assert size(opened) < 5_000


def test_a_view_names_a_module_that_is_there_before_it(opened):
    sg.NeuronPicker(MODEL, POINTS)
    numbers = list(opened)
    asked = [(i, state["_code"]) for i, (state, _) in enumerate(opened.values()) if "_code" in state]
    modules = {number for number, (state, _) in opened.items() if is_module(state)}
    assert asked
    assert all(numbers.index(code) < i and code in modules for i, code in asked)


def test_a_page_is_told_which_model_to_make_and_what_is_not_the_default(opened):
    sg.Panel(width="200px")
    kinds = {state["_model_name"] for state, _ in opened.values()}
    assert kinds == {"AnyModel", "LayoutModel"}
    for state, _ in opened.values():
        assert {"_model_module", "_model_module_version"} <= set(state)
        assert None not in state.values()
    assert [state["width"] for state, _ in opened.values() if "width" in state] == ["200px"]


def test_what_is_set_back_to_the_default_later_is_sent_all_the_same():
    panel, sent = sg.Panel(display="none"), []
    panel.layout._send = lambda message, **_: sent.append(message["state"])
    panel.layout.display = None
    assert sent == [{"display": None}]


def test_views_made_after_all_widgets_were_closed_have_their_code():
    before = sg.Panel()
    for widget in list(_instances.values()):
        widget.close()
    after = sg.Panel()
    assert after._code != before._code
    assert after._code in _instances


@pytest.fixture
def outputs(monkeypatch):
    """What stands in the cells, by display number, as papermill and JupyterLab keep it."""
    kept = {}

    def put(data, *, raw, display_id):
        assert raw
        kept[display_id] = data

    monkeypatch.setattr(guard, "display", put)
    monkeypatch.setattr(guard, "update_display", put)
    return kept


def test_what_stands_above_a_search_that_has_ended_is_its_end(outputs):
    stepper = sg.SearchStepper(sg.Search(sg.GradientField(POINTS, 2 * POINTS)))
    stepper.run(generations=1)
    assert outputs == {}
    stepper._ipython_display_()
    (begun,) = outputs.values()
    stepper.run(generations=1)
    (ended,) = outputs.values()
    assert "Generation 1," in begun["text/plain"]
    assert "Generation 2," in ended["text/plain"]
    assert ended["image/svg+xml"] == stepper.pictures()[0].svg()
    stepper.goto(1)
    assert "Generation 1," in next(iter(outputs.values()))["text/plain"]


def test_what_stands_above_a_training_that_has_ended_is_the_whole_curve(outputs):
    monitor = sg.TrainingMonitor(sg.experiments["oscillator"], epochs=2, count=500, hidden=True)
    monitor._ipython_display_()
    monitor.train()
    (ended,) = outputs.values()
    assert "Epoch 2" in ended["text/plain"]
    assert ended["image/svg+xml"] == monitor.pictures()[0].svg()


@pytest.mark.notebook
def test_the_picture_in_an_executed_notebook_is_that_of_the_end():
    cells = [
        "import numpy as np, symgrad_widgets as sg",
        "points = np.random.default_rng(0).uniform(-1, 1, (300, 2))",
        "stepper = sg.SearchStepper(sg.Search(sg.GradientField(points, 2 * points)))\nstepper",
        "stepper.run(generations=2).generation",
    ]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (shown,) = notebook.cells[2].outputs
    assert "Generation 2," in shown.data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in shown.data


# VS Code and Colab bring the managers of standard widgets, and anywidget from npm. They serve no file beside
# a notebook, and know no extension of ours.
STANDARD = {"@jupyter-widgets/base", "@jupyter-widgets/controls", "anywidget", None}
OUTSIDE = re.compile(
    r"^\s*(?:import|export)\b[^;]*\bfrom\b|https?://(?!www\.w3\.org/)|\bfetch\(|XMLHttp", re.MULTILINE
)


def test_views_need_standard_widgets_only_and_bring_their_own_code(opened):
    bench, view = sg.Workbench(MODEL, POINTS), sg.TrainingMonitor(sg.experiments["oscillator"])
    assert len(opened) > 10
    texts = []
    for state, buffers in opened.values():
        assert {state.get("_model_module"), state.get("_view_module")} <= STANDARD
        texts += [state.get("_esm", ""), state.get("_css", "")]
        texts += [
            zlib.decompress(buffer).decode() for buffer in buffers if "_esm" in state and "_css" in state
        ]
    assert sum(map(len, texts)) > 50_000
    assert [found[0] for text in texts for found in OUTSIDE.finditer(text)] == []
    for one in (bench, view):
        one.close()


@pytest.mark.parametrize(
    "line", ['import x from "./x.js"', "fetch(address)", "const a = 'https://unpkg.com/x'"]
)
def test_what_an_editor_could_not_get_is_noticed(line):
    assert OUTSIDE.search(f"const b = 1;\n{line};")
