"""DivisionView in JupyterLab: a click on the tree or the keyboard chooses a branch, and its field appears."""

import pytest

from browser import lab

pytestmark = pytest.mark.browser

SETUP = """
import numpy as np
import symgrad_widgets as sg
names = ("m1", "m2", "x1", "x2", "y1", "y2")
rng = np.random.default_rng(0)
points = rng.uniform((1, 1, 0, 2, 0, 2), (3, 3, 1, 4, 1, 4), (800, 6))
m1, m2, x1, x2, y1, y2 = points.T
x, y = x1 - x2, y1 - y2
r2 = x**2 + y**2
slopes = np.stack([1 / m1, 1 / m2, -2 * x / r2, 2 * x / r2, -2 * y / r2, 2 * y / r2], axis=1)
slopes *= 1 + 0.01 * rng.normal(size=slopes.shape)
field = sg.GradientField(points, slopes, names)
"""
CELLS = (SETUP, "view = sg.DivisionView(field)\nview")
SIZE = (1000, 900)


@pytest.fixture
def page(cells_page):
    return cells_page


@pytest.fixture
def cell(page):
    assert page.raised == []
    cell = page.locator(".jp-CodeCell:has(.symgrad-row)").first
    cell.scroll_into_view_if_needed()
    cell.locator(".bk-Figure").nth(1).wait_for()
    return cell


def test_a_branch_is_chosen_by_keyboard(page, cell):
    cell.get_by_role("combobox").focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    cell.get_by_text("The input y1 is part of C").wait_for()
    cell.locator(".bk-Figure").nth(1).wait_for(state="hidden")
    page.keyboard.press("ArrowDown")
    cell.get_by_text("C = y1 - y2: leaves").wait_for()
    lab.answered(page, "print(view.branch.name)", "C")


def test_a_branch_is_chosen_by_a_click_more_than_once(page, cell):
    place = """(mark) => {
      const doc = Bokeh.documents.find((one) => one.roots()[0]?.title.text.startsWith("Which inputs"));
      const plot = doc.roots()[0];
      const view = Bokeh.index.get_one(plot), { x, y } = doc.get_model_by_name(mark).data;
      const box = view.canvas_view.el.getBoundingClientRect(), { x_scale, y_scale } = view.frame;
      return [box.x + x_scale.compute(x[0]), box.y + y_scale.compute(y[0])];
    }"""
    marks = lab.ask(page, "print([m.kind for m in view._tree.picture.marks].index('points') + 1)").strip()
    for _ in range(2):
        lab.ask(page, "view.choose('E')")
        page.wait_for_timeout(1000)
        page.mouse.click(*page.evaluate(place, f"mark{marks}"))
        lab.answered(page, "print(view.branch.name)", "A")
        cell.get_by_text("A = m1*m2: leaves").wait_for()


def test_it_fits_the_page(page, cell, root):
    lab.fits(page, cell.locator(".symgrad-row").first, root, "division", (1740, 916, 600))


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
