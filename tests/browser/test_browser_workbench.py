"""The Workbench in JupyterLab: one story through all its views, and what it leaves behind."""

import pytest

from browser import lab

pytestmark = pytest.mark.browser

CELLS = ("import symgrad_widgets as sg", 'bench = sg.Workbench("oscillator")\nbench')
SIZE = (1400, 900)
COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
NODES = "() => document.querySelectorAll('*').length"
MODELS = "from ipywidgets.widgets.widget import _instances; print(len(_instances))"
OUTPUT = ".jp-OutputArea-output:has(.sg-picker)"
WIDER = """() => { const port = document.documentElement.clientWidth;
  return [...document.querySelectorAll(".jp-OutputArea-output .symgrad, .jp-OutputArea-output .widget-box")]
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


def search(page):
    return page.get_by_role("region", name="Search")


def press(page, name, section=search):
    button = section(page).get_by_role("button", name=name)
    button.scroll_into_view_if_needed()
    button.click()


def told(page, text, timeout=60_000):
    """Wait until the search's line of status holds a text."""
    search(page).get_by_role("status").filter(has_text=text).wait_for(timeout=timeout)


def test_the_story_from_a_click_to_a_verdict(page):
    assert page.raised == []
    for figure in page.locator(f"{OUTPUT} figure.symgrad:visible").all():
        figure.scroll_into_view_if_needed()
        figure.locator(".bk-Figure").wait_for(timeout=20_000)
    press(page, "Step")
    told(page, "Generation 1,")
    press(page, "Play")
    press(page, "Pause")
    page.wait_for_function(
        "(section) => section.querySelector('button[title^=\"Stop\"]').ariaDisabled === 'true'",
        arg=search(page).element_handle(),
        timeout=60_000,
    )
    row = search(page).locator("tbody tr").first
    row.click()
    page.wait_for_timeout(600)
    simplest = row.locator("code").inner_text()
    formula = page.get_by_role("region", name="Formula")
    assert lab.ask(page, "print(bench.expression.candidate)").strip() == simplest
    row.focus()
    page.keyboard.press("End")
    page.wait_for_timeout(600)
    last = search(page).locator("tbody tr").last.locator("code").inner_text()
    assert lab.ask(page, "print(bench.fieldview.candidate)").strip() == last
    lab.ask(page, "bench.stepper.selected = bench.stepper.state.best")
    formula.get_by_label("Your guess").fill("x*v")
    page.keyboard.press("Enter")
    formula.get_by_role("table").get_by_text("v*x").wait_for(timeout=30_000)
    assert lab.ask(page, "print(bench.stepper.guesses[0].expression)") == "v*x\n"
    press(page, "Verdict", lambda page: page.get_by_role("region", name="Verdict"))
    page.get_by_text("Same concept, proved").wait_for(timeout=30_000)


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
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=".jp-OutputArea-output").response["violations"]
    serious = {
        f"{v['id']}: {node['html'][:160]}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    }
    assert serious == set()


def test_keys_never_change_the_notebook(page):
    before = page.evaluate(COUNT)
    places = [
        search(page).get_by_role("button", name="Step"),
        search(page).get_by_label("Go to"),
        page.get_by_role("listbox").first,
        page.get_by_role("combobox", name="experiment"),
        page.get_by_role("region", name="Formula").get_by_label("Your guess"),
    ]
    for place in places:
        place.focus()
        for key in ("x", "d", "d", "a", "b", "m", "ArrowDown"):
            page.keyboard.press(key)
        assert page.evaluate(COUNT) == before
    assert lab.ask(page, "print(bench.chooser.experiment.slug)") != ""


def test_a_reload_shows_what_is_current(page):
    shown = lab.ask(page, "print(len(bench.stepper.state.front))").strip()
    lab.save_and_reload(page)
    search(page).wait_for(timeout=30_000)
    assert search(page).locator("tbody tr").count() == int(shown)


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


def test_a_view_whose_kernel_has_been_restarted_says_so_and_keeps_its_picture(page):
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.locator(f"{OUTPUT} .jupyter-widgets-disconnected").first.wait_for(timeout=60_000)
    output = page.locator(OUTPUT)
    said = output.evaluate(
        """(output) => [...output.querySelectorAll(".jupyter-widgets-disconnected")]
          .map((box) => getComputedStyle(box, "::before").content)
          .filter((text) => text.includes("No kernel"))"""
    )
    assert len(said) == 1
    assert "Run its cell again" in said[0]
    assert output.locator("canvas:visible").count() >= 3
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(lab.FINISHED, timeout=240_000, polling=300)
    assert page.locator(f"{OUTPUT} .jupyter-widgets-disconnected").count() == 0


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
