"""FilmView in JupyterLab: a person types a guess, plays the epochs, and sees when it comes."""

import pytest
from playwright.sync_api import expect

from browser import lab

pytestmark = pytest.mark.browser

SETUP = """
import numpy as np
import torch
import symgrad_widgets as sg

class Turning(torch.nn.Module):
    def __init__(self, share):
        super().__init__()
        self.share = share

    def forward(self, x):
        return ((1 - self.share) * x[:, :1] * x[:, 1:] + self.share * (x**2).sum(1, keepdim=True))

x = np.random.default_rng(0).uniform(0.5, 2, (400, 2))
film = sg.film({0: Turning(0.0), 10: Turning(0.5), 100: Turning(1.0)}, x, ("x", "v"))
"""
CELLS = (SETUP, "view = sg.FilmView(film)\nview")
SIZE = (1000, 900)


@pytest.fixture
def page(cells_page):
    return cells_page


@pytest.fixture
def view(page):
    assert page.raised == []
    view = page.locator(".jp-CodeCell .sgi").first
    view.scroll_into_view_if_needed()
    view.locator(".bk-Figure").first.wait_for()
    return view


def test_a_guess_meets_each_epoch(page, view):
    said, big = view.locator(".sgi-time").get_by_role("status"), view.locator(".sgi-big")
    expect(said).to_have_text("epoch 0", use_inner_text=True)
    before = float(big.inner_text().rstrip("°"))
    view.get_by_placeholder("Type a formula").fill("2 x² + 2 v²")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert float(big.inner_text().rstrip("°")) == pytest.approx(before) != 0
    view.get_by_role("button", name="Play").click()
    said.get_by_text("epoch 100").or_(said.filter(has_text="epoch 100")).first.wait_for()
    page.wait_for_timeout(1500)
    expect(big).to_have_text("< 0.001°", use_inner_text=True)
    assert lab.ask(page, "print(view.epoch, view.candidate)").strip() == "100 2*v**2 + 2*x**2"
    expect(view.get_by_role("button", name="Step")).to_have_attribute("aria-disabled", "true")


def test_the_line_is_dragged_by_keyboard_and_play_begins_again(page, view):
    line = view.get_by_label("Epoch of the training")
    line.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(1000)
    assert lab.ask(page, "print(view.epoch)").strip() == "0"
    expect(view.get_by_role("button", name="Back")).to_have_attribute("aria-disabled", "true")
    lab.ask(page, "view.epoch = 100")
    page.wait_for_timeout(1000)
    view.get_by_role("button", name="Play").click()
    page.wait_for_timeout(150)
    expect(view.get_by_role("button", name="Pause")).to_be_visible()
    view.get_by_role("button", name="Play").wait_for()
    assert lab.ask(page, "print(view.epoch)").strip() == "100"


def test_it_fits_the_page(page, view, root):
    lab.fits(page, view, root, "film")


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
