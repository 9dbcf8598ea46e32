"""PhiView and ExpressionView in JupyterLab: a guess typed, copied, refused, looked at."""

import pytest
from playwright.sync_api import expect

from browser import lab

pytestmark = pytest.mark.browser

SETUP = """
import numpy as np, symgrad_widgets as sg
x = np.random.default_rng(0).uniform(-1, 1, (300, 2))
value = np.tanh((x**2).sum(1))
field = sg.GradientField(x, (1 - value**2)[:, None] * 2 * x, ("x", "v"), values=value)
"""
CELLS = (
    SETUP,
    "phi = sg.PhiView(field, 'x**2 + v**2 + 0.3*x')\nphi",
    "view = sg.ExpressionView(field, 'x**2 + v**2', hidden=True)\nview",
)
SIZE = (800, 900)
COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"


@pytest.fixture
def page(cells_page):
    return cells_page


def view(page):
    found = page.locator(".sgi:has(.sgi-guess)")
    found.scroll_into_view_if_needed()
    return found


def guess(page, text):
    box = view(page).get_by_role("textbox", name="Your formula")
    box.fill("")
    box.press_sequentially(text)
    box.press("Enter")
    page.wait_for_timeout(500)


def test_a_guess_is_typed_and_uncovers_the_formula(page, root):
    assert page.raised == []
    expect(view(page).locator("math")).to_have_count(0)
    cells = page.evaluate(COUNT)
    guess(page, "x + dd(")
    expect(view(page).locator(".sgi-error")).to_contain_text("dd", use_inner_text=True)
    guess(page, "x*v")
    expect(view(page).get_by_role("option")).to_have_count(2)
    assert lab.ask(page, "print(view.guess.expression)") == "v*x\n"
    expect(view(page).locator(".sgi-tree svg")).to_be_visible()
    expect(view(page).get_by_role("button", name="LaTeX")).to_be_visible()
    assert page.evaluate(COUNT) == cells
    lab.ask(page, "view.guess = 'x**2 + v**2'")
    expect(view(page).locator(".sgi-row[aria-selected='true'] em")).to_have_text("< 0.001°")
    (root / "tests" / "artefacts").mkdir(exist_ok=True)
    view(page).screenshot(path=root / "tests" / "artefacts" / f"formula_{page.theme}.png")


def test_each_copy_button_fills_the_clipboard(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.ask(page, "view.guess = 'x**2 + v**2'")
    expect(view(page).locator(".sgi-row[aria-selected='true'] em")).to_have_text("< 0.001°")
    for kind, text in (
        ("LaTeX", "v^{2} + x^{2}"),
        ("SymPy", "v**2 + x**2"),
        ("Python", "lambda x, v: v**2 + x**2"),
    ):
        view(page).get_by_role("button", name=kind).click()
        view(page).get_by_text(f"Copied as {kind}").wait_for()
        assert page.evaluate("() => navigator.clipboard.readText()") == text


def test_phi_and_residuals_are_drawn(page, root):
    cell = page.locator(".jp-CodeCell:has(.sgi-bend)").first
    cell.scroll_into_view_if_needed()
    cell.locator(".bk-Figure").nth(1).wait_for()
    expect(cell).to_contain_text("explains", use_inner_text=True)
    assert cell.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth")
    cell.screenshot(path=root / "tests" / "artefacts" / f"phi_{page.theme}.png")


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
