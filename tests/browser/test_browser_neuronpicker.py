"""The neuron picker in JupyterLab: clicked, typed at, changed from Python, reloaded, looked at."""

import pytest
from playwright.sync_api import expect

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


@pytest.fixture
def page(cells_page):
    return cells_page


def picker(page, number=0):
    found = page.locator(".sgi").nth(number)
    found.scroll_into_view_if_needed()
    return found


def tile(page, name, number=0):
    return picker(page, number).locator(f"button.sgi-tile[title='{name}']")


def chosen(page):
    page.wait_for_timeout(500)
    return lab.ask(page, CHOICE).strip()


def test_every_view_is_painted_without_error_or_outside_request(page, root):
    assert page.raised == []
    expect(page.locator(".sgi")).to_have_count(3)
    (root / "tests" / "artefacts").mkdir(exist_ok=True)
    for number in range(3):
        picker(page, number).locator("button.sgi-tile").first.wait_for()
        picker(page, number).locator(".bk-Figure").wait_for()
        picker(page, number).screenshot(
            path=root / "tests" / "artefacts" / f"picker_{page.theme}_{number}.png"
        )
    assert page.errors == []
    assert page.strangers == []


def test_clicks_reach_python_and_shift_adds(page):
    lab.ask(page, "picker.choose(None, 0)")
    picker(page).get_by_role("button", name="+2").click()
    tile(page, "1 3").click()
    assert chosen(page) == "1 (3,) activation"
    tile(page, "1 5").click(modifiers=["Shift"])
    assert chosen(page) == "1 (3, 5) activation"
    tile(page, "1 3").click(modifiers=["Control"])
    assert chosen(page) == "1 (5,) activation"
    expect(tile(page, "1 5")).to_have_attribute("aria-pressed", "true")
    picker(page).get_by_role("button", name="All layers").click()


def test_keys_choose_and_none_reaches_the_notebook(page):
    lab.ask(page, "picker.choose(None, 0)")
    page.wait_for_timeout(500)
    cells = page.evaluate(COUNT)
    picker(page).locator("button[aria-pressed='true'].sgi-tile").focus()
    page.keyboard.press("ArrowLeft")
    layer, first = chosen(page).split(" (")
    assert layer == "1"
    page.keyboard.press("Shift+ArrowDown")
    lab.answered(page, "print(len(picker.neurons), picker.field.neurons)", "2 2")
    assert chosen(page).startswith(f"1 ({first.split(',')[0]}, ")
    page.keyboard.press("ArrowDown")
    before = chosen(page)
    for key in ("x", "d", "d", "a", "b", "m", "Escape", "x"):
        page.keyboard.press(key)
    assert page.evaluate(COUNT) == cells
    assert chosen(page) == before


def test_python_reaches_both_views_and_they_agree(page):
    lab.ask(page, "picker.choose('1', 2, 7); picker.colour_by = 'alignment'")
    page.wait_for_timeout(800)
    words = [picker(page, number).locator(".sgi-network > .sgi-note").inner_text() for number in (0, 1)]
    assert words[0] == words[1]
    assert words[0].startswith("Neuron 7 of layer 1 (Tanh, 12 neurons), one of 2 chosen: 2, 7.")
    assert "its angle to v**2 + x**2" in words[0]
    for number in (0, 1):
        expect(picker(page, number).get_by_label("Faded by")).to_have_value("alignment")
        expect(tile(page, "1 7", number)).to_have_attribute("aria-pressed", "true")


def test_the_measure_is_chosen_in_the_view_and_what_fails_is_said_there(page):
    picker(page).get_by_label("Faded by").select_option("gradient")
    assert chosen(page).endswith("gradient")
    lab.ask(page, "picker._asked(None, {'do': 'set', 'parts': {'neurons': [99]}}, [])")
    picker(page).get_by_text("has neurons 0 to 11, got 99").wait_for()
    tile(page, "1 2").click()
    page.wait_for_timeout(400)
    expect(picker(page).locator(".sgi-error")).to_have_count(0)


def test_a_layer_of_thousands_is_opened_and_sorted(page):
    picker(page, 2).get_by_role("button", name="+4085").click()
    page.wait_for_function("() => document.querySelectorAll('button.sgi-tile').length > 4095")
    picker(page, 2).get_by_label("Look at a neuron by its number").fill("4000")
    page.keyboard.press("Enter")
    page.wait_for_timeout(800)
    assert lab.ask(page, "print(large.layer, large.neurons)") == "0 (4000,)\n"


def test_a_reload_shows_what_is_current(page):
    lab.ask(page, "picker.choose('1', 9)")
    lab.save_and_reload(page)
    picker(page).get_by_text("Neuron 9 of layer 1").first.wait_for()
    assert page.errors == []
    assert page.strangers == []
