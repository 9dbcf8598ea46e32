"""Whatever the network, the window and the theme: nothing is cut, empty or too small; axe finds nothing."""

import re
from functools import partial

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

import symgrad_widgets as sg
from browser import lab
from symgrad_widgets.widgets.subject import Network, Subject
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


# Left, top and width of what stays in its place.
PLACES = """() => {
  const around = document.querySelector(".sgi").getBoundingClientRect(), place = (one) => {
    const { left, top, width } = one.getBoundingClientRect();
    return [left - around.left, top - around.top, width].map(Math.round);
  };
  // What is this?, the machine, Hint
  const first = [...document.querySelectorAll(".sgi-actions > button:not([hidden])")];
  const others = [".sgi-panels > button", "input.sgi-type"].map((one) => document.querySelector(one));
  return [...first, ...others].map(place);
}"""
TALL = "() => document.querySelector('.sgi').getBoundingClientRect().height"
SIGNS = """() => [...document.querySelectorAll(".sgi-pm")].map((one) =>
  Math.round(one.getBoundingClientRect().left))"""
# How far - and + lie below the upper half of the fraction that they stand in, and above its lower edge.
BESIDE_BAR = """() => [...document.querySelectorAll(".sgi-pm")].map((sign) => {
  const { top, bottom } = sign.getBoundingClientRect();
  const whole = document.querySelector(".sgi-active").closest("mfrac"), above = whole.firstElementChild;
  return [top - above.getBoundingClientRect().bottom, whole.getBoundingClientRect().bottom - bottom];
})"""


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


@pytest.mark.parametrize("size", SIZES)
def test_no_button_moves_when_the_machine_starts(screen, tmp_path, size):
    screen.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=2))
    places = screen.evaluate(PLACES)
    screen.get_by_role("button", name="Let the machine try").click()
    screen.get_by_role("option").first.wait_for()
    screen.wait_for_timeout(400)
    assert len(places) == 5
    assert screen.evaluate(PLACES) == places
    screen.set_viewport_size(dict(zip(("width", "height"), SIZES[2], strict=True)))


def test_an_answer_needs_no_more_room_and_moves_no_button(screen, tmp_path):
    screen.set_viewport_size(dict(zip(("width", "height"), SIZES[2], strict=True)))
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=2))
    places, height = screen.evaluate(PLACES), screen.evaluate(TALL)
    screen.get_by_role("button", name="What is this?").click()
    screen.get_by_text("Not yet").wait_for()
    for more in ("Why?", "What would change it?"):
        screen.get_by_role("button", name=more).click()
    screen.wait_for_timeout(300)
    assert screen.evaluate(TALL) == height <= 520 - 40  # of a page in its place beneath a toolbar
    assert screen.evaluate(PLACES) == places


def test_one_angle_is_shown_everywhere_and_best_numbers_never_make_it_larger(screen, tmp_path):
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=2))
    screen.get_by_role("button", name="Let the machine try").click()
    screen.get_by_role("option").first.wait_for()
    subject = Subject(network := Network.of("cubic_force"), None, network.neuron)
    for text in (
        "x² + 3 v²",
        "v² + 1.9 x²",
        "1.04 v² + exp(x²)",
        "v² + 1.1 x² + 0.4 x⁴",
        "v²/2 + x²/2 + x⁴/4",
    ):
        screen.locator("input.sgi-type").fill(text)
        screen.keyboard.press("Enter")
        screen.wait_for_timeout(250)
        big, row = screen.locator(".sgi-big"), screen.locator(".sgi-row[aria-selected='true'] em")
        before = degrees(big.inner_text())
        assert before == pytest.approx(subject.scored(text).angle, rel=0.04, abs=1e-3)
        expect(row).to_have_text(big.inner_text(), use_inner_text=True)
        screen.get_by_role("button", name="What is this?").click()
        screen.locator(".sgi-told").get_by_text("apart on average").or_(
            screen.get_by_text("You have just read")
        ).first.wait_for()
        if told := re.search(r"are ([\d.]+)° apart", screen.locator(".sgi-told").inner_text()):
            assert float(told[1]) == pytest.approx(before, rel=0.06)
        screen.get_by_role("button", name="Best numbers").click()
        screen.wait_for_timeout(250)
        assert degrees(big.inner_text()) <= before
        expect(row).to_have_text(big.inner_text(), use_inner_text=True)


def degrees(text):
    return float(text.strip("<° "))


def test_the_signs_of_a_number_stand_clear_of_the_bar(screen, tmp_path):
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=0))
    screen.locator("input.sgi-type").fill("v²/2 + x²/(4 + x)")
    screen.keyboard.press("Enter")
    screen.wait_for_timeout(300)
    beside = screen.evaluate(BESIDE_BAR)
    assert len(beside) == 2
    assert min(min(one) for one in beside) >= 1


def test_signs_stay_beside_a_number_that_becomes_wider(screen, tmp_path):
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=0))
    number = screen.locator(".sgi-number").first
    number.focus()
    before = screen.evaluate(SIGNS)
    for key, times, text in (("PageUp", 7, "10"), ("ArrowUp", 3, "13"), ("ArrowDown", 22, "7.2")):
        for _ in range(times):
            number.press(key)
        expect(number).to_have_attribute("aria-valuenow", text)
        screen.wait_for_timeout(100)
        assert screen.evaluate(SIGNS) == before
    assert len(before) == 2


def test_what_is_wrong_is_said_without_moving_anything(screen, tmp_path):
    for size in SIZES:
        screen.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=0))
        box = screen.locator("input.sgi-type")
        box.fill("(1/2)*x")  # as high as what follows
        screen.wait_for_timeout(200)
        places, height = screen.evaluate(PLACES), screen.evaluate(TALL)
        for text, said in (("x² + y", "I don't know y."), ("1/2x", "Did you mean")):
            box.fill(text)
            screen.locator(".sgi-says").get_by_text(said).wait_for()
            assert screen.evaluate(PLACES) == places
            assert screen.evaluate(TALL) == height
    screen.set_viewport_size(dict(zip(("width", "height"), SIZES[2], strict=True)))


def test_best_numbers_are_as_short_as_the_neuron_allows_and_a_constant_is_told(screen, tmp_path):
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=0))
    box = screen.locator("input.sgi-type")
    box.fill("v²/2 + 0.3 x² + 1x⁴ + 2 x v + 0.4 sin(v)")
    screen.get_by_role("button", name="Best numbers").click()
    expect(box).to_have_value("v²/2 + 0.5 x² + 0.25x⁴ + 0 x v + 0 sin(v)")
    assert degrees(screen.locator(".sgi-big").inner_text()) < 0.01
    box.fill("3")
    screen.get_by_text("A constant has no arrows").wait_for()


def test_what_is_being_typed_is_kept_when_another_formula_is_selected(screen, tmp_path):
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=2))
    screen.get_by_role("button", name="Let the machine try").click()
    screen.get_by_role("option").nth(2).wait_for()
    screen.locator("input.sgi-type").fill("v² + x⁶")
    screen.evaluate("() => document.querySelector('.sgi-row').click()")  # the box keeps the focus
    screen.wait_for_function("() => symgrad.answerer.state.guesses.includes('v² + x⁶')")
    expect(screen.locator(".sgi-row.sgi-mine[aria-selected='false']")).to_have_count(1)


def test_on_a_phone_what_is_opened_comes_into_view(screen, tmp_path):
    screen.set_viewport_size({"width": 375, "height": 700})
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=0))
    for name, panel in (("Show the network", ".sgi-network"), ("What is this?", ".sgi-told")):
        screen.get_by_role("button", name=name).click()
        screen.wait_for_function(
            """(panel) => { const { top, bottom } = document.querySelector(panel).getBoundingClientRect();
              return bottom - top > 40 && top > -1 && bottom < innerHeight + 1; }""",
            arg=panel,
        )
    screen.set_viewport_size(dict(zip(("width", "height"), SIZES[2], strict=True)))


BOXES = """() => Object.fromEntries(["guess", "type", "formula", "number", "label", "now"].map((name) => {
  const { left, right, top, bottom } = document.querySelector(`.sgi-${name}`).getBoundingClientRect();
  return [name, { left, right, top, bottom }];
}))"""


def test_on_a_phone_the_angle_is_beside_the_formula_and_the_box_has_its_line(screen, tmp_path):
    screen.set_viewport_size({"width": 375, "height": 700})
    opened(screen, sg.page("determinant2", tmp_path / "page.html", generations=0))
    screen.locator(".sgi-number").focus()
    for _ in range(5):
        screen.keyboard.press("ArrowUp")
    screen.wait_for_function(
        "() => document.querySelector('.sgi-now').innerText === document.querySelector('.sgi-big').innerText"
    )
    boxes = screen.evaluate(BOXES)
    assert boxes["now"]["left"] >= boxes["label"]["right"]
    assert boxes["now"]["top"] < boxes["label"]["bottom"] <= boxes["formula"]["top"]
    assert [boxes["type"][side] for side in ("left", "right")] == [
        boxes["guess"][side] for side in ("left", "right")
    ]
    screen.set_viewport_size(dict(zip(("width", "height"), SIZES[2], strict=True)))
    expect(screen.locator(".sgi-now")).not_to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_frame_of_the_number_in_hand_is_not_cut(screen, tmp_path, size):
    screen.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=0))
    screen.locator(".sgi-number").focus()
    screen.keyboard.press("ArrowUp")
    boxes = screen.evaluate(BOXES)
    frame = screen.evaluate(
        "() => { const look = getComputedStyle(document.activeElement); "
        "return parseFloat(look.outlineWidth) + parseFloat(look.outlineOffset); }"
    )
    assert boxes["number"]["top"] - frame >= boxes["formula"]["top"]
    assert boxes["number"]["bottom"] + frame <= boxes["formula"]["bottom"]
    screen.set_viewport_size(dict(zip(("width", "height"), SIZES[2], strict=True)))


def test_charts_side_by_side_can_be_read(screen, tmp_path):
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=0, show=PANELS))
    heights = screen.evaluate(
        "() => [...document.querySelectorAll('.sgi-chart .sgi-corners')].map((one) => one.offsetHeight)"
    )
    assert len(heights) == 2
    assert min(heights) > 60


def test_arrows_that_agree_are_told_and_the_last_hint_says_that_it_is_the_answer(screen, tmp_path):
    opened(screen, sg.page("cubic_force", tmp_path / "page.html", generations=0))
    expect(screen.locator(".sgi-intro")).to_contain_text("the same for your formula, forwards or backwards")
    agree = screen.locator(".sgi-angle .sgi-small").get_by_text("The arrows agree. Press “What is this?”")
    expect(agree).to_have_count(0)
    hint = screen.locator(".sgi-actions button").nth(2)
    screen.locator("input.sgi-type").fill("x²")
    for said in ("needs x and v", "a sum of 3 parts"):
        assert hint.inner_text().strip() == "Hint"
        hint.click()
        screen.locator(".sgi-told").get_by_text(said).wait_for()
    screen.get_by_role("button", name="The answer").click()
    screen.locator(".sgi-told math").first.wait_for()
    screen.locator("input.sgi-type").fill("v²/2 + x²/2 + x⁴/4")
    screen.keyboard.press("Enter")
    agree.wait_for()
    screen.get_by_role("button", name="What is this?").click()
    screen.get_by_text("You have just read a neuron.").wait_for()
    expect(agree).to_have_count(0)


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
      const spoken = document.querySelector(".sgi-angle .sgi-unseen"), said = [], began = performance.now();
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
    assert all("Your formula is" in text and "on average" in text for _, text in said)
    assert any("Worst where" in text for _, text in said)
