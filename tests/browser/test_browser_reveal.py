"""Choose, step, guess, compare, reveal: told once without a mouse, and once by taps alone."""

import pytest
from playwright.sync_api import expect

from browser import lab

pytestmark = pytest.mark.browser

CELLS = (
    "import symgrad_widgets as sg",
    'view = sg.Workbench("oscillator", hidden=True, show="all")\nview',
)
SIZE = (1366, 768)


@pytest.fixture
def page(cells_page):
    return cells_page


def begin(page):
    """As the cell began; the neuron that is tapped first has been chosen by nobody."""
    lab.ask(page, "first = sg.Workbench('oscillator', hidden=True, show='all').state; view.state = first")
    lab.ask(page, "for one in view._subjects.values(): one.__dict__.pop('search', None), one.states.clear()")
    page.locator(".sgi .bk-Figure").nth(2).wait_for()
    page.locator(".sgi-field h3").get_by_text("Output neuron").wait_for()
    page.locator(".sgi").scroll_into_view_if_needed()


def tab_to(page, test):
    """Press Tab until what has the focus passes a test in the page."""
    for _ in range(60):
        if page.evaluate(f"() => document.activeElement.matches({test!r})"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {test}")


def nothing_of_the_machine(page):
    expect(page.locator(".sgi-row:not(.sgi-mine)")).to_have_count(0)


def revealed(page):
    """The machine's formulas are there, the guess among them, and it is as good as theirs."""
    page.locator(".sgi-row:not(.sgi-mine)").first.wait_for()
    chosen = page.locator(".sgi-row[aria-selected='true']")
    assert float(chosen.locator("em").inner_text().strip("<° ")) < 1


def test_without_a_mouse(page):
    assert page.raised == []
    begin(page)
    page.evaluate("() => document.querySelector('.sgi select, .sgi button').focus()")
    tab_to(page, "button.sgi-tile")
    page.keyboard.press("ArrowLeft")
    page.locator(".sgi-field h3").get_by_text("silu3").wait_for()
    page.keyboard.press("ArrowRight")  # choose
    page.locator(".sgi-field h3").get_by_text("Output neuron").wait_for()
    tab_to(page, "input.sgi-type")
    tab_to(page, ".sgi-time button:nth-of-type(3)")  # step
    page.keyboard.press("Enter")
    lab.answered(page, "print(view.search.generation)", "1")
    nothing_of_the_machine(page)
    page.evaluate("() => document.querySelector('.sgi select').focus()")
    tab_to(page, "input.sgi-type")  # guess
    page.keyboard.press("Control+a")
    page.keyboard.type("x^2 + 2 v^2")
    page.wait_for_timeout(300)
    far = page.get_by_label("Angle", exact=True).inner_text()
    nothing_of_the_machine(page)
    page.keyboard.press("Control+a")
    page.keyboard.type("x^2 + v^2")
    page.wait_for_timeout(300)
    expect(page.get_by_label("Angle", exact=True)).not_to_have_text(far, use_inner_text=True)
    page.keyboard.press("Enter")  # reveal
    revealed(page)


def test_by_taps_alone(page):
    begin(page)
    page.locator("button.sgi-tile[title^='silu3']").first.click()
    page.locator(".sgi-field h3").get_by_text("silu3").wait_for()
    page.locator("button.sgi-tile[title='output 0']").click()  # choose
    page.locator(".sgi-field h3").get_by_text("Output neuron").wait_for()
    page.get_by_role("button", name="Step", exact=True).click()
    lab.answered(page, "print(view.search.generation)", "1")
    nothing_of_the_machine(page)
    far = page.get_by_label("Angle", exact=True).inner_text()
    page.get_by_role("button", name="Best numbers").click()
    page.wait_for_timeout(500)
    expect(page.get_by_label("Angle", exact=True)).not_to_have_text(far, use_inner_text=True)
    page.get_by_text("step 1 · enter your formula to see the machine's").wait_for()
    nothing_of_the_machine(page)  # numbers that are moved are tried, not guessed
    page.get_by_role("button", name="What is this?").click()  # a guess
    revealed(page)


def test_numbers_are_tried_by_keys_until_enter_makes_them_a_guess(page):
    begin(page)
    page.get_by_role("button", name="Step", exact=True).click()
    lab.answered(page, "print(view.search.generation)", "1")
    number = page.locator(".sgi-number").first
    number.focus()
    for key, value in (("ArrowUp", "3.1"), ("Home", "-10"), ("PageUp", "0"), ("End", "1")):
        page.keyboard.press(key)
        page.locator(f".sgi-number[aria-valuenow='{value}']").wait_for()
    less = page.get_by_role("button", name="Less than")
    less.hover()
    page.mouse.down()
    page.wait_for_timeout(900)  # a sign that is held goes on
    page.mouse.up()
    assert float(number.get_attribute("aria-valuenow")) < 0.88
    lab.answered(page, "print(view._secret, view.state.guesses)", "True ()")
    nothing_of_the_machine(page)
    number.focus()
    page.keyboard.press("Enter")
    page.locator(".sgi-row:not(.sgi-mine)").first.wait_for()


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
