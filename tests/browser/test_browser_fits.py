"""Whatever the network, the window and the theme: nothing is cut, empty or too small; axe finds nothing."""

from functools import partial

import numpy as np
import pytest
import torch

import symgrad_widgets as sg
from browser import lab
from symgrad_widgets.widgets.viewstate import PANELS

pytestmark = pytest.mark.browser
SIZES = ((375, 800), (640, 800), (916, 520), (1740, 900))
# Texts that do not fit into their box, but for those that scroll.
CUT = """() => [...document.querySelectorAll(".sgi :is(h2, h3 b, h3 span, button, .sgi-title, p, em, li)")]
  .filter((one) => one.getClientRects().length && !one.matches(".sgi-unseen") && !one.closest(".sgi-tree")
    && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible")
  .map((one) => one.textContent)"""
OUTSIDE = """() => {
  const { right } = document.querySelector(".sgi").getBoundingClientRect();
  return [...document.querySelectorAll(".sgi :is(button, input, select, h2, h3)")].filter((one) =>
    one.getClientRects().length && !one.closest(".sgi-tiles, .sgi-formula, .sgi-list")
    && one.getBoundingClientRect().right > right + 1).map((one) => one.outerHTML.slice(0, 80));
}"""
SMALL = """() => [...document.querySelectorAll(".sgi *")].filter((one) => one.getClientRects().length
  && !one.closest("math, svg, .sgi-plot")
  && [...one.childNodes].some((text) => text.nodeType === 3 && text.data.trim())
  && parseFloat(getComputedStyle(one).fontSize) < 12).map((one) => one.outerHTML.slice(0, 80))"""
COVERED = """() => {
  const boxes = [...document.querySelectorAll(".sgi :is(button, input, select):not(.sgi-pm)")]
    .filter((one) => one.getClientRects().length && !one.closest(".sgi-tiles, .sgi-formula"))
    .map((one) => [one, one.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], i) => boxes.slice(i + 1).filter(([, b]) => a.left < b.right - 1
    && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1 && one.tagName !== "INPUT")
    .map(([other]) => `${one.textContent} / ${other.textContent}`));
}"""
EMPTY = """() => [...document.querySelectorAll(".sgi .sgi-plot")].filter((one) => one.getClientRects().length)
  .filter((one) => !one.querySelector(".bk-Figure")).length"""


def made(names, width=16):
    """A network of one's own on some inputs, and its points."""
    torch.manual_seed(0)
    layers = torch.nn.Linear(len(names), width), torch.nn.ReLU(), torch.nn.Linear(width, 1)
    return torch.nn.Sequential(*layers), np.random.default_rng(0).uniform(-1, 1, (400, len(names))), names


LONG = tuple(f"the_{kind}_of_a_left_container" for kind in ("pressure", "temperat", "velocity"))
NETWORKS = {
    "one input": partial(made, ("x",)),
    "64 inputs": partial(made, tuple(f"x{i}" for i in range(64))),
    "names of 30 letters": partial(made, LONG),
    "4,096 neurons": partial(made, ("x", "v"), 4096),
    "two neurons": lambda: ("fieldstrength",),
    "a surface": lambda: ("determinant2",),
    "a classifier": lambda: ("gravity",),
}


@pytest.fixture(scope="module", params=[False, True], ids=["light", "dark"])
def screen(request, chromium_path):
    with lab.chromium(chromium_path, dark=request.param, size=SIZES[2], offline=True) as page:
        yield page
        assert page.errors == []


def opened(page, path):
    page.goto("about:blank")
    page.goto(path.as_uri())
    page.locator(".sgi-big:not(:empty), .sgi-empty").first.wait_for(timeout=20_000)
    page.locator(".sgi-field .bk-Figure").wait_for(timeout=20_000)
    page.wait_for_timeout(400)


def offends(page):
    """What is wrong with the page as it is drawn now."""
    page.wait_for_timeout(350)
    checks = {"cut": CUT, "outside": OUTSIDE, "small": SMALL, "covered": COVERED}
    return {name: found for name, check in checks.items() if (found := page.evaluate(check))} | (
        {"empty": True} if page.evaluate(EMPTY) else {}
    )


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_fits_every_window(screen, tmp_path, network):
    assert len(LONG[0]) >= 30
    source, *rest = NETWORKS[network]()
    path = sg.page(source, tmp_path / "page.html", *rest, generations=0, show=PANELS)
    opened(screen, path)
    found = {}
    for width, height in SIZES:
        screen.set_viewport_size({"width": width, "height": height})
        found[width] = offends(screen)
    screen.set_viewport_size(dict(zip(("width", "height"), SIZES[2], strict=True)))
    assert {width: what for width, what in found.items() if what} == {}


def test_for_a_projector_type_is_larger_and_fits(screen, tmp_path):
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=0, show=PANELS))
    before = screen.evaluate("() => parseFloat(getComputedStyle(document.querySelector('.sgi')).fontSize)")
    screen.get_by_role("button", name="Larger type").click()
    after = screen.evaluate("() => parseFloat(getComputedStyle(document.querySelector('.sgi')).fontSize)")
    assert after == pytest.approx(1.4 * before)
    for width, height in ((1280, 720), (1740, 900)):
        screen.set_viewport_size({"width": width, "height": height})
        assert offends(screen) == {}
    screen.set_viewport_size(dict(zip(("width", "height"), SIZES[2], strict=True)))


def test_axe_finds_nothing_serious(screen, tmp_path):
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=2, show=PANELS))
    screen.locator("input.sgi-type").fill("x²/2 + v²/2 + x⁴/4")
    screen.keyboard.press("Enter")
    screen.get_by_role("button", name="What is this?").click()
    screen.get_by_role("button", name="Why?").click()
    screen.get_by_role("button", name="Save", exact=True).click()
    screen.locator(".sgi-paper").wait_for()
    assert lab.barriers(screen) == set()


def test_the_guess_speaks_once_a_second_and_says_where_it_is_worst(screen, tmp_path):
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=0))
    screen.wait_for_timeout(1500)
    said = screen.evaluate("""async () => {
      const spoken = document.querySelector(".sgi-unseen"), said = [], began = performance.now();
      new MutationObserver(() => said.push([performance.now() - began, spoken.textContent]))
        .observe(spoken, { childList: true, characterData: true, subtree: true });
      const number = document.querySelector(".sgi-number");
      number.focus();
      while (performance.now() - began < 3000) {
        number.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
        await new Promise((done) => setTimeout(done, 60));
      }
      await new Promise((done) => setTimeout(done, 1300));
      return said;
    }""")
    times = [time for time, _ in said]
    assert 2 <= len(said) <= 5
    assert min(np.diff(times)) > 900
    assert all("Your formula is" in text and "off in the middle." in text for _, text in said)
    assert any("Worst where" in text for _, text in said)
