"""The oscillator's notebook in JupyterLab, in Debian's chromium: run, pressed, reloaded, looked at."""

import re
from pathlib import Path

import pytest

from browser import lab

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "physics" / "07_oscillator.ipynb"
ARTEFACTS = ROOT / "tests" / "artefacts"
CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.map((cell) => cell.model.type)"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    with lab.server(folder, ROOT) as address:
        yield folder, address


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request, server, chromium_path):
    """The notebook, run to its end."""
    folder, address = server
    lab.copy_without_outputs(NOTEBOOK, folder)
    with lab.chromium(chromium_path, dark=request.param == "dark") as page:
        lab.open_notebook(page, address, NOTEBOOK.name, dark=request.param == "dark")
        page.theme, page.raised = request.param, lab.run_all(page)
        yield page
        lab.close_sessions(page)


def front(page):
    """Rows of the stepper's table, as lists of their cells' texts."""
    rows = stepper(page).locator("tbody tr")
    return rows.evaluate_all("(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))")


def stepper(page):
    return page.get_by_role("region", name="Search")


def views(page):
    return page.locator(".jp-CodeCell:has(.symgrad)").all()


def press(page, name):
    """Press a button of the stepper and wait until the search rests again."""
    button = stepper(page).get_by_role("button", name=name)
    button.scroll_into_view_if_needed()
    button.click()
    stop = stepper(page).get_by_role("button", name="Stop")
    page.wait_for_timeout(100)
    page.wait_for_function(
        "(stop) => stop.ariaDisabled === 'true'", arg=stop.element_handle(), timeout=60_000
    )


def go_to(page, generation):
    stepper(page).get_by_label("Go to").fill(str(generation))
    page.keyboard.press("Enter")
    page.wait_for_function(
        "([section, text]) => section.querySelector('[role=status]').textContent.includes(text)",
        arg=[stepper(page).element_handle(), f"Generation {generation},"],
    )


def photograph(page, name):
    """Keep a screenshot of each view for eyes to judge."""
    ARTEFACTS.mkdir(exist_ok=True)
    for number, cell in enumerate(views(page)):
        cell.scroll_into_view_if_needed()
        page.wait_for_timeout(150)
        cell.screenshot(path=ARTEFACTS / f"{name}_{page.theme}_{number}.png")
    page.screenshot(path=ARTEFACTS / f"{name}_{page.theme}_page.png")


def test_answers_unfold_when_a_formula_is_guessed(page):
    assert page.raised == []
    waiting = page.locator(".jp-OutputArea-output .jupyter-widgets").get_by_text("this unfolds")
    assert waiting.count() >= 4
    go_to(page, 0)
    box = page.get_by_placeholder("a formula")
    box.scroll_into_view_if_needed()
    box.fill("x + v")
    box.press("Enter")
    page.get_by_text("Same concept, proved").first.wait_for(timeout=15_000)
    assert waiting.count() == 0


def test_every_plot_of_the_notebook_is_live(page):
    cells = views(page)
    assert len(cells) >= 6  # JupyterLab leaves out those that are far off the window
    for cell in cells:
        cell.scroll_into_view_if_needed()
        for figure in cell.locator("figure.symgrad:visible").all():
            figure.locator(".bk-Figure").wait_for(timeout=15_000)
            assert figure.bounding_box()["width"] > 250
            assert len(figure.locator("figcaption").inner_text().split()) > 4
    photograph(page, "oscillator")


def test_a_press_of_step_changes_the_front(page):
    go_to(page, 0)
    assert front(page) == []
    press(page, "Step")
    first = front(page)
    assert [row[2] for row in first if "chosen" in row[3]] == ["v**2 + x**2"]
    assert "Generation 1," in stepper(page).get_by_role("status").inner_text()
    press(page, "Play")
    generation = re.search(r"Generation (\d+)", stepper(page).get_by_role("status").inner_text())[1]
    assert int(generation) > 1
    photograph(page, "stepped")


def test_a_click_on_a_point_of_the_front_reaches_python(page):
    page.evaluate(
        """() => { for (const doc of Object.values(window.Bokeh.documents)) {
        const found = doc.get_model_by_name("mark1"), published = doc.get_model_by_name("mark4");
        if (found?.data.formula?.length > 2 && !published?.data.formula) found.selected.indices = [2]; } }"""
    )
    page.wait_for_timeout(500)
    assert lab.ask(page, "print(stepper.state.front.index(stepper.selected))") == "2\n"
    page.wait_for_timeout(300)
    selected = stepper(page).locator("tbody tr[aria-selected=true]")
    assert selected.locator("td").all_text_contents() == front(page)[2]
    selected.focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(500)
    assert lab.ask(page, "print(stepper.state.front.index(stepper.selected))") == "1\n"


def test_the_plot_of_the_front_shows_what_the_table_shows(page):
    figure = page.locator(".jp-CodeCell:has(section[aria-label='Search']) figure.symgrad")
    complexities = figure.evaluate(
        """() => { const documents = Object.values(window.Bokeh.documents);
        const fronts = documents.map((doc) => doc.get_model_by_name("mark1")).filter((s) => s?.data.formula);
        return fronts.map((source) => source.data.formula); }"""
    )
    assert [row[2] for row in front(page)] in complexities


def test_keys_pressed_on_a_view_do_not_reach_the_notebook(page):
    cells = page.evaluate(CELLS)
    stepper(page).get_by_role("button", name="Step").focus()
    for key in ("x", "d", "d", "a", "b", "m"):
        page.keyboard.press(key)
    assert page.evaluate(CELLS) == cells


def test_a_reload_shows_what_is_current(page):
    shown = front(page)
    assert shown
    lab.save_and_reload(page)
    views(page)[-1].scroll_into_view_if_needed()
    stepper(page).locator("tbody tr").nth(len(shown) - 1).wait_for(timeout=30_000)
    assert front(page) == shown
    go_to(page, 0)
    assert front(page) == []


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
