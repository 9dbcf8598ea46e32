"""FieldView in JupyterLab: inputs chosen, a slice moved by keyboard, the worst points listed, looked at."""

import pytest
from playwright.sync_api import expect

from browser import lab

pytestmark = pytest.mark.browser

SETUP = """
import numpy as np, symgrad_widgets as sg
x = np.random.default_rng(0).uniform(-1, 1, (1500, 4))
field = sg.GradientField(x, np.stack([x[:, 3], -x[:, 2], -x[:, 1], x[:, 0]], axis=1))
"""
CELLS = (SETUP, "view = sg.FieldView(field, 'x1*x4 - x2*x3 + 0.2*x1*x2')\nview", "view")
SIZE = (1000, 900)
COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
UNNAMED = """() => [...document.querySelectorAll('.sgi-field :is(select, input)')]
  .filter((each) => !each.ariaLabel && !each.labels.length).length"""


@pytest.fixture
def page(cells_page):
    return cells_page


def controls(page, number=0):
    found = page.get_by_role("region", name="Field").nth(number)
    found.scroll_into_view_if_needed()
    return found


def told(page, expression):
    """What Python says once the page and the kernel have come to rest."""
    page.wait_for_timeout(900)
    return lab.ask(page, f"print({expression})").strip()


def test_inputs_are_chosen_and_swapped(page):
    assert page.raised == []
    controls(page).get_by_role("combobox", name="up").select_option("x3")
    assert told(page, "view.inputs") == "('x1', 'x3')"
    controls(page).get_by_role("combobox", name="across").select_option("x3")
    assert told(page, "view.inputs") == "('x3', 'x1')"
    expect(controls(page, 1).get_by_role("combobox", name="up")).to_have_value("x1")


def test_a_slice_is_moved_by_keyboard_and_both_views_follow(page):
    cells = page.evaluate(COUNT)
    controls(page).get_by_role("button", name="Slice").click()
    assert told(page, "sorted(view.slice)") == "['x2', 'x4']"
    before = float(told(page, "view.slice['x4']"))
    slider = controls(page).get_by_role("slider", name="x4")
    slider.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "x", "d", "d"):
        page.keyboard.press(key)
    after = float(told(page, "view.slice['x4']"))
    assert before < after
    assert page.evaluate(COUNT) == cells
    assert float(controls(page, 1).get_by_role("slider", name="x4").input_value()) == pytest.approx(
        after, abs=1e-6
    )
    expect(controls(page)).to_contain_text(f"x4 = {after:.2g}", use_inner_text=True)
    lab.ask(page, "view.band = 0.75")
    page.wait_for_timeout(500)
    assert float(controls(page).get_by_role("slider", name="band").input_value()) == pytest.approx(
        0.75, abs=0.01
    )


def test_what_is_laid_over_the_field_is_seen_and_the_worst_are_listed(page, root):
    for label in ("Formula's arrows", "Level lines", "Worst points"):
        controls(page).get_by_role("button", name=label).click()
    assert told(page, "(view.overlay, view.levels, view.worst)") == "(True, 8, 10)"
    table = controls(page).get_by_role("table", name="Worst points")
    expect(table.get_by_role("row")).to_have_count(11)
    assert table.get_by_role("columnheader").all_inner_texts() == ["x1", "x2", "x3", "x4", "angle"]
    assert table.get_by_role("row").nth(1).locator("td").last.inner_text().endswith("°")
    cell = page.locator(".jp-CodeCell:has(.sgi-field)").first
    cell.locator(".bk-Figure").wait_for()
    page.wait_for_timeout(500)
    assert cell.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth")
    assert page.evaluate(UNNAMED) == 0
    (root / "tests" / "artefacts").mkdir(exist_ok=True)
    page.set_viewport_size({"width": 1000, "height": 1300})
    page.wait_for_timeout(500)
    cell.screenshot(path=root / "tests" / "artefacts" / f"field_{page.theme}.png")


def test_a_view_alone_is_saved_as_a_picture(page, root):
    view = page.locator(".sgi").first
    view.get_by_role("button", name="Save", exact=True).click()
    view.get_by_label("What to save").select_option("field")
    with page.expect_download() as download:
        view.get_by_role("button", name="PNG", exact=True).click()
    assert download.value.suggested_filename == "symgrad-field.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    view.screenshot(path=root / "tests" / "artefacts" / f"field_saved_{page.theme}.png")
    view.get_by_role("button", name="Save", exact=True).click()
    expect(view.locator(".sgi-paper")).to_have_count(0)


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
