"""DecisionView in JupyterLab: a person predicts, the network's arrows appear, and a formula is ruled out."""

import pytest
from playwright.sync_api import expect

from browser import lab

pytestmark = pytest.mark.browser

SETUP = """
import numpy as np
import torch
import symgrad_widgets as sg

class Sum(torch.nn.Module):
    def forward(self, x):
        return (x**2).sum(1, keepdim=True)

x = np.random.default_rng(0).uniform(-0.2, 0.2, (600, 2))
read = sg.interpret(Sum(), x, names=("x", "v"), operators=["mul", "square", "cos"])
decided = read.decide(Sum(), {"x": (-3, 3), "v": (-3, 3)}, rivals=["cos(2*x) + cos(2*v)", "cos(x) + cos(v)"])
"""
CELLS = (SETUP, "view = sg.DecisionView(read, decided)\nview")
SIZE = (1000, 900)


@pytest.fixture
def page(cells_page):
    return cells_page


def test_a_person_predicts_and_then_sees(page, root):
    assert page.raised == []
    cell = page.locator(".jp-CodeCell:has(.symgrad-row)").first
    cell.scroll_into_view_if_needed()
    cell.locator(".bk-Figure").first.wait_for()
    expect(cell.get_by_text("Which of the two will the network follow here?")).to_be_visible()
    expect(cell.get_by_text("ruled out")).to_have_count(0)
    cell.get_by_role("button", name="cos(2*v) + cos(2*x)").click()
    cell.get_by_text("cos(2*v) + cos(2*x) is ruled out.").wait_for()
    expect(cell.get_by_role("button", name="neither")).to_be_disabled()
    assert lab.ask(page, "print(view.guesses)").strip() == "{0: 1}"
    lab.fits(page, cell, root, "decision")
    cell.get_by_role("button", name="Next question").click()
    cell.get_by_text("Which of the two will the network follow here?").wait_for()


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
