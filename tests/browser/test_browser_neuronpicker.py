"""The neuron picker in JupyterLab: clicked, typed at, changed from Python, reloaded, looked at."""

import pytest

from browser import lab

pytestmark = pytest.mark.browser

SETUP = """
import numpy as np, symgrad_widgets as sg
from torch import nn
x = np.random.default_rng(0).uniform(-1, 1, (300, 2))
small = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 1))
wide = nn.Sequential(nn.Linear(2, 4095), nn.Linear(4095, 1))
"""
CELLS = (
    SETUP,
    "picker = sg.NeuronPicker(small, x, ('x', 'v'), formula='x**2 + v**2')\npicker",
    "picker",
    "large = sg.NeuronPicker(wide, x, ('x', 'v'))\nlarge",
)
CHOICE = "print(picker.layer, picker.neurons, picker.colour_by)"
SIZE = (1280, 720)
COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
PAINTED = """(stage) => { const c = stage.querySelector("canvas"); if (!c.height || !c.width) return false;
  return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((value) => value > 0); }"""
HOVER = """(stage) => { const box = stage.querySelector("canvas").getBoundingClientRect(), times = [];
  for (let k = 0; k < 100; k++) {
    const started = performance.now(), at = { clientX: box.left + 20 + 3 * k, clientY: box.top + 40 + 3 * k };
    stage.dispatchEvent(new PointerEvent("pointermove", at));
    stage.querySelector(".sg-tip").getBoundingClientRect();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b); }"""


@pytest.fixture
def page(cells_page):
    return cells_page


def pickers(page):
    return page.locator(".sg-picker")


def stage(page, number=0):
    """The focusable diagram of one of the views, on the page."""
    found = page.get_by_role("listbox").nth(number)
    found.scroll_into_view_if_needed()
    page.wait_for_function(PAINTED, arg=found.element_handle(), timeout=2000)
    return found


def chosen(page):
    page.wait_for_timeout(400)
    return lab.ask(page, CHOICE).strip()


def place(page, layer, neuron):
    """Where a neuron of the small network is on the first view's canvas."""
    lab.ask(page, f"picker.choose('{layer}', {neuron})")
    page.wait_for_timeout(300)
    at = stage(page).locator(".sg-cursor").bounding_box()
    box = stage(page).bounding_box()
    return {"x": at["x"] + at["width"] / 2 - box["x"], "y": at["y"] + at["height"] / 2 - box["y"]}


def test_every_view_is_painted_without_error_or_outside_request(page, root):
    assert page.raised == []
    assert pickers(page).count() == 3
    (root / "tests" / "artefacts").mkdir(exist_ok=True)
    for number in range(3):
        stage(page, number)
        cell = page.locator(".jp-CodeCell:has(.sg-picker)").nth(number)
        cell.locator(".bk-Figure").wait_for(timeout=15_000)
        cell.screenshot(path=root / "tests" / "artefacts" / f"picker_{page.theme}_{number}.png")
    assert page.errors == []
    assert page.strangers == []


def test_hover_says_a_neurons_numbers_at_once(page):
    times = stage(page, 2).evaluate(HOVER)
    print(f"hover over 4,096 neurons: median {times[50]:.1f} ms, 95th percentile {times[95]:.1f} ms")
    tip = stage(page, 2).locator(".sg-tip")
    assert tip.is_visible()
    assert "activation" in tip.inner_text()


def test_clicks_reach_python_and_shift_adds(page):
    third, fifth = place(page, "1", 3), place(page, "1", 5)
    lab.ask(page, "picker.choose(None, 0)")
    stage(page).click(position=third)
    assert chosen(page) == "1 (3,) activation"
    stage(page).click(position=fifth, modifiers=["Shift"])
    assert chosen(page) == "1 (3, 5) activation"
    stage(page).click(position=third, modifiers=["Control"])
    assert chosen(page) == "1 (5,) activation"


def test_keys_choose_and_none_reaches_the_notebook(page):
    lab.ask(page, "picker.choose('0', 0)")
    page.wait_for_timeout(300)
    cells = page.evaluate(COUNT)
    stage(page).focus()
    page.keyboard.press("ArrowRight")
    assert chosen(page) == "0 (1,) activation"
    page.keyboard.press("Shift+ArrowDown")  # four columns
    assert chosen(page) == "0 (1, 5) activation"
    page.keyboard.press("Control+ArrowRight")
    assert chosen(page) == "0 (1, 5) activation"
    page.keyboard.press("Space")
    assert chosen(page) == "0 (1, 5, 6) activation"
    page.keyboard.press("PageDown")
    page.keyboard.press("End")
    assert chosen(page) == "1 (11,) activation"
    option = stage(page).get_by_role("option")
    assert option.get_attribute("aria-label").startswith("1, neuron 11, activation")
    assert option.get_attribute("aria-selected") == "true"
    assert stage(page).get_attribute("aria-activedescendant") == option.get_attribute("id")
    for key in ("x", "d", "d", "a", "b", "m", "Escape", "x"):
        page.keyboard.press(key)
    assert page.evaluate(COUNT) == cells
    assert chosen(page) == "1 (11,) activation"


def test_python_reaches_both_views_and_they_agree(page):
    lab.ask(page, "picker.choose('1', 2, 7); picker.colour_by = 'alignment'")
    page.wait_for_timeout(800)
    words = [pickers(page).nth(number).locator(".sg-words").inner_text() for number in (0, 1)]
    assert words[0] == words[1]
    assert words[0].startswith("Neuron 7 of layer 1 (Tanh, 12 neurons), one of 2 chosen: 2, 7.")
    assert "its angle to v**2 + x**2" in words[0]
    for number in (0, 1):
        assert pickers(page).nth(number).get_by_label("Colour by").input_value() == "alignment"
        assert "neuron 7" in stage(page, number).get_by_role("option").get_attribute("aria-label")


def test_the_measure_is_chosen_in_the_view_and_what_fails_is_said_there(page):
    stage(page)
    pickers(page).first.get_by_label("Colour by").select_option("gradient")
    assert chosen(page).endswith("gradient")
    lab.ask(page, "picker._diagram.choice = (1, 99)")
    page.wait_for_timeout(400)
    assert "has neurons 0 to 11, got 99" in pickers(page).first.get_by_role("alert").inner_text()
    stage(page).focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(400)
    assert pickers(page).first.get_by_role("alert").count() == 0


def test_a_reload_shows_what_is_current(page):
    lab.ask(page, "picker.choose('0', 9)")
    lab.save_and_reload(page)
    stage(page)
    assert pickers(page).first.locator(".sg-words").inner_text().startswith("Neuron 9 of layer 0")
    assert page.errors == []
    assert page.strangers == []
