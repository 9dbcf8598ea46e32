"""SymmetryView in JupyterLab: a slider is moved by keyboard, points move, and the neuron's value stays."""

import pytest

from browser import lab

pytestmark = pytest.mark.browser

SETUP = """
import symgrad_widgets as sg
run = sg.experiments["interval"].pretrained()
found = sg.symmetries(run.model, run.x, names=run.names)
"""
CELLS = (SETUP, "view = sg.SymmetryView(found, run.model, run.x[:500])\nview")
SIZE = (1000, 900)


@pytest.fixture
def page(cells_page):
    return cells_page


def test_points_move_by_keyboard_and_the_value_stays(page, root):
    assert page.raised == []
    cell = page.locator(".jp-CodeCell:has(.symgrad-row)").first
    cell.scroll_into_view_if_needed()
    cell.locator(".bk-Figure").nth(1).wait_for()
    cell.get_by_role("combobox").select_option("turns x into y")
    handle = cell.get_by_role("slider").first
    handle.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(2500)
    assert float(lab.ask(page, "print(view.slider.value)")) == pytest.approx(0.4)
    assert lab.ask(page, "print(view.motion.label)").strip() == "turns x into y"
    assert float(lab.ask(page, "print(view.change)")) < 0.01
    lab.fits(page, cell, root, "symmetry", (1000, 600))


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
