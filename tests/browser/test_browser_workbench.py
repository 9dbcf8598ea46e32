"""The Workbench in JupyterLab: one story through all its views, and what it leaves behind."""

import pytest
from playwright.sync_api import expect

from browser import lab

pytestmark = pytest.mark.browser

CELLS = ("import symgrad_widgets as sg", 'bench = sg.Workbench("oscillator", show="all")\nbench')
SIZE = (1400, 900)
BY_DAY_AND_NIGHT = True  # all panels, in both themes
COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
NODES = "() => document.querySelectorAll('*').length"
MODELS = "from ipywidgets.widgets.widget import _instances; print(len(_instances))"
OUTPUT = ".jp-OutputArea-output:has(.sgi)"
WIDER = """() => { const port = document.documentElement.clientWidth;
  return [...document.querySelectorAll(".sgi section, .sgi button, .sgi footer")]
    .filter((box) => box.getClientRects().length && box.getBoundingClientRect().right > port + 1)
    .map((box) => box.className + " " + box.getBoundingClientRect().right); }"""
RERUN = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  panel.content.activeCellIndex = 1;
  await window.jupyterapp.commands.execute("notebook:run-cell");
}"""


@pytest.fixture
def page(cells_page):
    return cells_page


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def row(page, place):
    return page.locator(".sgi-row").nth(place)


def test_the_story_from_a_click_to_a_verdict(page):
    assert page.raised == []
    page.locator(".sgi .bk-Figure").nth(2).wait_for()
    page.locator(".sgi").scroll_into_view_if_needed()
    press(page, "Step")
    page.get_by_text("step 1 ·").wait_for()
    press(page, "Play")
    page.locator(".sgi-tag").get_by_text("Match", exact=True).wait_for()
    page.get_by_text("formula found").wait_for()
    row(page, 0).click()
    simplest = "print(str(bench.fieldview.candidate) == str(bench.stepper.state.front[0].expression))"
    lab.answered(page, simplest, "True")
    page.keyboard.press("End")
    lab.answered(page, "print(bench.state.selected == str(bench.stepper.state.front[-1].expression))", "True")
    lab.ask(page, "bench.stepper.selected = bench.stepper.state.front[0]")
    page.locator(".sgi-row[aria-selected='true']").first.wait_for()
    page.wait_for_function(
        "() => document.querySelectorAll('.sgi-row')[0].getAttribute('aria-selected') === 'true'"
    )
    page.get_by_role("textbox", name="Your formula").fill("x*v")
    page.keyboard.press("Enter")
    lab.answered(page, "print(bench.expression.guess and bench.expression.guess.expression)", "v*x")
    lab.answered(page, "print(bench.stepper.guesses[0].expression)", "v*x")
    lab.ask(page, "bench.stepper.selected = bench.stepper.state.best")
    page.wait_for_timeout(500)
    press(page, "What is this?")
    page.get_by_text("the energy of the spring").wait_for()
    assert lab.ask(page, "print(bench.verdict().how)").strip() == "proved"


def test_a_state_is_pasted_and_what_is_wrong_with_it_is_said(page):
    lab.ask(page, "line = bench.state_line; bench.fieldview.inputs = ('v', 'x')")
    page.locator(".sgi-corners").get_by_text("v", exact=True).wait_for()
    press(page, "State")
    box = page.get_by_role("textbox", name="State")
    line = lab.ask(page, "print(line)").strip()
    box.fill(line.replace('"inputs":["x","v"]', '"inputs":["x","w"]'))
    page.keyboard.press("Enter")
    page.get_by_text("no input 'w'").first.wait_for()
    lab.answered(page, "print(bench.state.inputs)", "('v', 'x')")
    box.fill(line)
    page.keyboard.press("Enter")
    lab.answered(page, "print(bench.state_line == line)", "True")
    press(page, "State")


def test_it_looks_as_it_should(page, root):
    (root / "tests" / "artefacts").mkdir(exist_ok=True)
    output = page.locator(OUTPUT)
    output.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    output.screenshot(path=root / "tests" / "artefacts" / f"workbench_{page.theme}.png")
    for width in (1400, 1280, 1000, 800):
        page.set_viewport_size({"width": width, "height": 720})
        page.wait_for_timeout(700)
        assert page.evaluate(WIDER) == []
        if width == 1280:  # with the file browser open beside it
            assert output.bounding_box()["height"] < 720
            page.screenshot(path=root / "tests" / "artefacts" / f"workbench_{page.theme}_1280.png")
    output.screenshot(path=root / "tests" / "artefacts" / f"workbench_{page.theme}_800.png")
    page.set_viewport_size({"width": 1400, "height": 900})


def test_no_serious_barrier_in_our_outputs(page):
    assert lab.barriers(page, ".jp-OutputArea-output") == set()


def test_keys_never_change_the_notebook(page):
    before = page.evaluate(COUNT)
    places = [
        page.get_by_role("button", name="Step", exact=True),
        page.get_by_label("Step of the search"),
        page.locator("button.sgi-tile").first,
        page.get_by_role("textbox", name="Your formula"),
    ]
    for place in places:
        place.focus()
        for key in ("x", "d", "d", "a", "b", "m", "ArrowDown"):
            page.keyboard.press(key)
        assert page.evaluate(COUNT) == before
    assert lab.ask(page, "print(bench.chooser.experiment.slug)").strip() == "oscillator"


def test_a_reload_shows_what_is_current(page):
    lab.ask(page, "bench.load_state(line)")
    lab.save_and_reload(page)
    page.locator(".sgi-row").first.wait_for()
    shown = lab.ask(page, "print(len(bench.stepper.state.front) + len(bench.state.guesses))").strip()
    expect(page.locator(".sgi-row")).to_have_count(int(shown))


def test_twenty_runs_of_its_cell_leave_as_much_behind_as_one(page):
    def rerun(times):
        for _ in range(times):
            page.evaluate(RERUN)
        page.wait_for_timeout(2500)
        return page.evaluate(NODES), int(lab.ask(page, MODELS))

    nodes, models = rerun(2)
    after_nodes, after_models = rerun(20)
    print(f"nodes {nodes} -> {after_nodes}, models {models} -> {after_models}")
    assert after_models == models
    assert after_nodes <= 1.05 * nodes


@pytest.mark.nightly
def test_the_memory_of_the_tab_grows_little_over_fifty_runs(page):
    session = page.context.new_cdp_session(page)

    def used():
        page.wait_for_timeout(3000)
        session.send("HeapProfiler.collectGarbage")
        return session.send("Runtime.getHeapUsage")["usedSize"]

    def rerun(times):
        for _ in range(times):
            page.evaluate(RERUN)
            page.wait_for_timeout(300)
        return used()

    before, after = rerun(10), rerun(50)
    plots = page.evaluate("() => window.Bokeh.documents.length")
    print(f"{before / 1e6:.1f} MB -> {after / 1e6:.1f} MB, {plots} plots")
    assert after < 1.3 * before  # 0.13 MB a run of 1.6 MB, on a page of 40 MB


def test_a_view_whose_kernel_has_been_restarted_says_so_and_keeps_its_picture(page):
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.locator(f"{OUTPUT} .sgi-lost").first.wait_for()
    output = page.locator(OUTPUT)
    said = output.evaluate(
        """(output) => [...output.querySelectorAll(".sgi-lost")]
          .map((box) => getComputedStyle(box, "::before").content)
          .filter((text) => text.includes("No kernel"))"""
    )
    assert len(said) == 1
    assert "Run the cell again" in said[0]
    assert output.locator("canvas:visible").count() >= 3
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(lab.FINISHED, polling=300)
    expect(page.locator(f"{OUTPUT} .sgi-lost")).to_have_count(0)


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
