"""First contact with the instrument in JupyterLab: by keyboard alone, by taps alone, and without Python."""

import re

import pytest
from playwright.sync_api import expect

from browser import lab

pytestmark = pytest.mark.browser

CELLS = ("import symgrad_widgets as sg", 'view = sg.Instrument("cubic_force")\nview')
SIZE = (1366, 768)
COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
BUSY = "import time; time.sleep(6)"
KEEP_BUSY = """(code) => { window.busy = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
  .requestExecute({ code, store_history: false }); }"""
IDLE = "() => window.busy.done.then(() => true)"


@pytest.fixture
def artefacts(root):
    folder = root / "tests" / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def page(cells_page):
    return cells_page


def angle(page):
    return float(page.get_by_label("Angle", exact=True).inner_text().replace("<", "").replace("°", ""))


def ready(page):
    page.locator(".sgi-field .bk-Figure").wait_for()
    page.locator(".sgi-big:not(:empty)").wait_for()
    page.locator(".sgi").scroll_into_view_if_needed()


def tab_to(page, test):
    """Press Tab until what has the focus passes a test in the page."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate(f"() => document.activeElement.matches({test!r})"):
            return
    raise AssertionError(f"no Tab leads to {test}")


def test_by_keyboard_alone_and_without_python(page):
    assert page.raised == []
    ready(page)
    before, cells = angle(page), page.evaluate(COUNT)
    page.locator(".sgi-number").first.focus()
    page.evaluate(KEEP_BUSY, BUSY)
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    assert angle(page) != before
    expect(page.locator(".sgi-math")).to_contain_text("2.5", use_inner_text=True)
    tab_to(page, "input.sgi-type")
    page.keyboard.press("Control+a")
    page.keyboard.type("½ v² + x^4/4 + x²/2")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert angle(page) < 0.2
    assert page.evaluate("() => Promise.race([window.busy.done.then(() => 'done'), 'busy'])") == "busy"
    page.keyboard.press("x")  # would cut the cell
    page.keyboard.press("Escape")
    assert page.evaluate(COUNT) == cells
    page.evaluate(IDLE)
    lab.answered(page, "print(view.state.guesses[-1])", "½ v² + x^4/4 + x²/2")
    tab_to(page, ".sgi-actions button.sgi-go")
    page.keyboard.press("Enter")
    page.get_by_text("the energy of a spring that stiffens, up to a factor").wait_for()
    tab_to(page, ".sgi-actions button:not(.sgi-go)")
    page.keyboard.press("Enter")
    page.locator(".sgi-tag").get_by_text("Match", exact=True).wait_for()


def test_by_taps_alone(page):
    ready(page)
    page.get_by_role("option").filter(has_text="2.5").click()
    page.locator(".sgi-math .sgi-active").get_by_text("2.5").wait_for()
    before = angle(page)
    page.evaluate(KEEP_BUSY, BUSY)
    for _ in range(4):
        page.get_by_role("button", name="Less than").click()
    page.wait_for_timeout(300)
    assert angle(page) != before
    page.get_by_role("button", name="Best numbers").click()
    page.wait_for_timeout(500)
    best = angle(page)
    assert best < before
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(300)
    assert angle(page) != best
    page.locator(".sgi-bar").nth(5).click()
    page.get_by_text("Tap the bar again").wait_for()
    page.locator(".sgi-bar").nth(5).click()
    page.evaluate(IDLE)
    page.get_by_role("button", name="Hint").click()
    page.get_by_text("It is a sum of 3 parts.").wait_for()  # x and v are there
    page.get_by_role("button", name="What is this?").click()
    page.get_by_text("Not yet").wait_for()


def test_time_goes_back_and_what_is_typed_is_answered(page):
    line = page.get_by_label("Step of the search")
    last = int(line.input_value())
    best = page.locator(".sgi-row[aria-selected='true']").inner_text()
    line.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.get_by_text("step 1 ·").wait_for()
    lab.answered(page, "print(view.state.generation, view.search.generation)", f"1 {last}")
    page.keyboard.press("End")
    page.get_by_text(f"step {last} ·").wait_for()
    field = page.locator("input.sgi-type")
    field.fill("1/2x + y")
    page.get_by_text("I don't know y.").wait_for()
    expect(page.locator(".sgi-row[aria-selected='true']")).to_have_text(best, use_inner_text=True)
    expect(page.get_by_role("button", name="What is this?")).to_be_disabled()
    field.fill("v² + 1/2x²")
    expect(page.get_by_role("button", name="What is this?")).to_be_enabled()
    page.locator(".sgi-says button").filter(has_text="1/(2*x^2)").click()
    lab.answered(page, "print(view.state.selected)", "v^2 + 1/(2*x^2)")
    page.get_by_role("button", name="LaTeX").click()
    page.locator(".sgi-copies").get_by_text("opied as LaTeX").or_(page.get_by_text("\\frac")).wait_for()
    page.get_by_role("button", name="Undo").click()


def test_a_neuron_is_chosen_with_arrow_keys_and_the_machine_s_work_is_kept(page):
    found = lab.ask(page, "print(len(view._subject.found))").strip()
    page.get_by_role("button", name="etwork").click()
    page.locator(".sgi-tile[aria-pressed='true']").focus()
    page.keyboard.press("ArrowLeft")
    page.locator(".sgi-field h3").get_by_text("silu3").wait_for()
    assert lab.ask(page, "print(view.state.layer)").strip() == "None"  # it is only looked at
    page.keyboard.press("Escape")
    page.locator(".sgi-field h3").get_by_text("Output neuron").wait_for()
    page.keyboard.press("ArrowUp")
    page.locator(".sgi-field h3").get_by_text("silu3").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("nothing tried yet").wait_for()
    lab.answered(page, "print(view.state.layer, len(view._subject.found))", "silu3 0")
    page.get_by_role("button", name="+22").first.click()
    page.wait_for_function("() => document.querySelectorAll('button.sgi-tile').length === 32")
    page.get_by_role("button", name="By activity").click()
    page.get_by_label("Look at a neuron by its number, 0 to 31").fill("7")
    page.keyboard.press("Enter")
    page.locator(".sgi-field h3").get_by_text("silu1 7 ").wait_for()
    page.get_by_role("button", name="All layers").click()
    page.locator(".sgi-tile[title='output 0']").click()
    page.get_by_role("button", name="Choose it").click()
    page.locator(".sgi-field h3").get_by_text("Output neuron").wait_for()
    page.locator(".sgi-time").get_by_text("formulas tried").wait_for()
    assert lab.ask(page, "print(len(view._subject.found))").strip() == found
    page.get_by_role("button", name="etwork").click()


def test_an_x_ray_tells_the_formula_that_an_atlas_has_found_meanwhile(page, artefacts):
    page.get_by_role("button", name="etwork").click()
    page.locator("button.sgi-tile").first.wait_for()
    titles = [tile.get_attribute("title") for tile in page.locator("button.sgi-tile").all()]
    found = "[f'{layer} {neuron}' for (layer, neuron), law in view._subject.network.laws.items() if law]"
    read = f"print(*[one for one in {found} if one in {titles!r}][:1])"
    for _ in range(120):
        if title := lab.ask(page, read).strip():
            break
        page.wait_for_timeout(500)
    page.locator(f"button.sgi-tile[title='{title}']").click()
    glance = page.locator(".sgi-glance")
    glance.get_by_text(f"Looking at {title}").wait_for()
    expect(glance.get_by_text("No formula yet")).to_have_count(0)
    page.locator(".sgi").screenshot(path=artefacts / f"xray_{page.theme}.png")
    page.get_by_role("button", name="Leave").click()
    page.get_by_role("button", name="etwork").click()


def test_a_refused_state_changes_nothing_and_the_same_one_twice_is_once(page):
    told = lab.ask(
        page,
        "old = view.state; bad = old.plain() | {'guesses': ['x + y']}\n"
        "try: view.state = bad\nexcept sg.SymgradError as error: print(error)\n"
        "print(view.state == old)\nview.state = old; view.state = str(old); print(view.state == old)",
    ).splitlines()
    assert "y" in told[0]
    assert told[1:] == ["True", "True"]


def test_a_number_is_dragged_at_the_pace_of_the_screen(page):
    lab.ask(page, "view.state = sg.Instrument('cubic_force').state")
    page.locator(".sgi-number[aria-valuetext='3.0']").wait_for()
    times = page.evaluate(lab.DRAG, 60)
    print(f"a frame takes {times[30]:.1f} ms in the middle, {times[54]:.1f} ms at the ninth of ten")
    expect(page.locator(".sgi-number").first).not_to_have_attribute("aria-valuetext", "3.0")


def test_it_looks_as_it_should(page, root):
    (root / "tests" / "artefacts").mkdir(exist_ok=True)
    page.locator(".sgi").screenshot(path=root / "tests" / "artefacts" / f"instrument_{page.theme}.png")
    box = page.locator(".sgi").bounding_box()
    assert box["height"] <= 520


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []


def test_a_first_formula_is_read_and_a_harder_one_follows(page):
    lab.ask(page, "view._open('oscillator', 0)\nview.state = view.state.plain() | {'open': []}")
    page.locator(".sgi-math").get_by_text("3.0").wait_for()
    page.locator(".sgi-number").first.focus()
    for _ in range(20):
        page.keyboard.press("ArrowDown")
    page.locator(".sgi-number[aria-valuetext='1']").wait_for()
    page.get_by_role("button", name="What is this?").click()
    page.get_by_text("the energy of the spring, up to a factor: proved. You have").wait_for()
    page.get_by_role("button", name="Why?").click()
    page.get_by_text("the two arrows are less than").wait_for()
    page.get_by_role("button", name="What would change it?").click()
    page.get_by_text("The data cover only x from").wait_for()
    page.get_by_role("button", name="Now a harder neuron").click()
    page.locator(".sgi-math").get_by_text("3.0").wait_for()
    lab.answered(page, "print(view.state.experiment)", "cubic_force")
    assert page.errors == []


def test_an_experiment_is_chosen_and_a_slice_through_it(page):
    page.get_by_role("button", name="Show the network").click()
    page.get_by_label("Experiment").select_option("determinant2")
    page.get_by_role("button", name="Slice").click()
    page.get_by_role("slider", name="x1").focus()
    page.keyboard.press("End")
    lab.answered(page, "print(view.state.slice['x1'] > 0.98 * view.field.points[:, 0].max())", "True")
    page.get_by_role("button", name="All points").click()
    lab.answered(page, "print(view.state.slice)", "{}")
    assert page.errors == []


def test_a_network_learns_before_ones_eyes_and_is_stopped(page, artefacts):
    header = page.locator(".sgi > header")
    header.get_by_role("button", name="Train again").click()
    page.locator(".sgi-learning svg").wait_for()
    page.wait_for_timeout(2000)
    page.locator(".sgi").screenshot(path=artefacts / f"learning_{page.theme}.png")
    expect(header.get_by_text("epoch")).to_have_count(1)
    header.get_by_role("button", name="Stop").click()
    header.get_by_role("button", name="Train again").wait_for()
    expect(page.locator(".sgi-learning")).not_to_be_visible()
    lab.answered(page, "print(view.state.seed, view._subject.network.run.ending)", "1 callback")
    assert page.errors == []


def test_a_page_that_is_loaded_anew_in_mid_search_goes_on(page):
    page.get_by_label("Experiment").select_option("gravity")  # its search takes some seconds
    lab.answered(page, "print(view.state.experiment)", "gravity")
    page.get_by_role("button", name="Let the machine").click()
    page.locator(".sgi-time").get_by_text(re.compile(r"step \d+ ·")).wait_for()
    lab.save_and_reload(page)
    lab.answered(page, "print(len(view._subject.found) > 4)", "True")
    page.locator(".sgi-time").get_by_text("formulas tried").wait_for()
    behind = "print(view.state.generation in (len(view._subject.found) - 1, len(view._subject.found)))"
    lab.answered(page, behind, "True")
    if page.locator(".sgi-time").get_by_text("searching").count():
        page.locator(".sgi-time").get_by_role("button", name="Pause").click()
    lab.answered(page, "print(view._worker.running)", "False")


def test_what_a_page_has_asked_in_vain_is_asked_again(page):
    lose_one = "answer = view._tell_all; view._tell_all = lambda: setattr(view, '_tell_all', answer)"
    lab.ask(page, lose_one)
    lab.save_and_reload(page)
    page.locator(".sgi-time").get_by_text("formulas tried").wait_for()
    assert lab.ask(page, "print(view._tell_all is answer)").strip() == "True"


def test_after_a_restart_one_line_says_what_to_run(page):
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.locator(".sgi-lost:visible").first.wait_for()
    said = page.locator(".sgi-lost").first.evaluate("(one) => getComputedStyle(one, '::before').content")
    assert "Run the cell again" in said
    expect(page.locator(".sgi-lost")).to_have_count(1)
