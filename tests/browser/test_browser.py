"""The oscillator's notebook in JupyterLab, in Debian's chromium: run, pressed, reloaded, looked at."""

from pathlib import Path

import pytest

from browser import lab

expect = pytest.importorskip("playwright.sync_api").expect

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
    """Formulas of the stepper's list, as they are shown."""
    return stepper(page).locator(".sgi-row").evaluate_all("(rows) => rows.map((row) => row.innerText)")


def stepper(page):
    return page.locator(".sgi:has(.sgi-time)")


def views(page):
    return page.locator(".jp-CodeCell:has(.sgi, .symgrad)").all()


def press(page, name):
    button = stepper(page).get_by_role("button", name=name, exact=True)
    button.scroll_into_view_if_needed()
    button.click()


def told(page, text):
    stepper(page).get_by_text(text).wait_for()


def go_to(page, generation):
    line = stepper(page).get_by_label("Step of the search")
    line.focus()
    page.keyboard.press("Home")
    for _ in range(generation):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(800)
    assert lab.ask(page, "print(stepper.state.generation)").strip() == str(generation)


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
    waiting = page.locator(".jp-OutputArea-output .jupyter-widgets").get_by_text("unfold this part")
    assert waiting.count() >= 4
    go_to(page, 0)
    box = page.get_by_placeholder("a formula")
    box.scroll_into_view_if_needed()
    box.fill("x + v")
    box.press("Enter")
    page.get_by_text("Same concept, proved").first.wait_for()
    expect(waiting).to_have_count(0)


def test_every_plot_of_the_notebook_is_live(page):
    cells = views(page)
    assert len(cells) >= 6  # JupyterLab leaves out those that are far off the window
    for cell in cells:
        cell.scroll_into_view_if_needed()
        for plot in cell.locator(".sgi-plot:visible").all():
            plot.locator(".bk-Figure").wait_for()
            assert plot.bounding_box()["width"] > 200
        for figure in cell.locator("figure.symgrad:visible").all():
            figure.locator(".bk-Figure").wait_for()
            assert figure.bounding_box()["width"] > 250
            assert len(figure.locator("figcaption").inner_text().split()) > 4
    photograph(page, "oscillator")


def test_a_press_of_step_changes_the_front(page):
    go_to(page, 0)
    guesses = front(page)
    press(page, "Step")
    told(page, "step 1 ·")
    page.wait_for_timeout(500)
    assert len(front(page)) > len(guesses) + 1
    assert lab.ask(page, "print(stepper.state.best.expression)").strip() == "v**2 + x**2"
    last = int(lab.ask(page, "print(search.generation)"))
    assert last > 1
    press(page, "Play")
    told(page, f"step {last} ·")
    told(page, "formula found")
    photograph(page, "stepped")


def test_a_click_on_a_point_or_a_row_reaches_python(page):
    page.evaluate(
        """() => { for (const doc of Object.values(window.Bokeh.documents)) {
        const found = doc.get_model_by_name("formulas"), steps = doc.get_model_by_name("steps");
        if (found?.data.x.length > 1 && steps?.data.x.length) found.selected.indices = [1]; } }"""
    )
    page.wait_for_timeout(800)
    shown = stepper(page).locator(".sgi-row[aria-selected=true]")
    expect(stepper(page).locator(".sgi-row").nth(1)).to_have_text(shown.inner_text(), use_inner_text=True)
    shown.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(800)
    code = "print(stepper._state['selected'] in map(str, [g.expression for g in stepper.guesses])"
    assert lab.ask(page, f"{code} or stepper.state.front.index(stepper.selected) == 0)").strip() == "True"


def test_keys_pressed_on_a_view_do_not_reach_the_notebook(page):
    cells = page.evaluate(CELLS)
    stepper(page).get_by_role("button", name="Step", exact=True).focus()
    for key in ("x", "d", "d", "a", "b", "m"):
        page.keyboard.press(key)
    assert page.evaluate(CELLS) == cells


def test_a_reload_shows_what_is_current(page):
    shown = front(page)
    assert shown
    lab.save_and_reload(page)
    views(page)[-1].scroll_into_view_if_needed()
    stepper(page).locator(".sgi-row").nth(len(shown) - 1).wait_for()
    for _ in range(20):  # cells above grow, and JupyterLab takes off the page what is out of sight
        page.wait_for_timeout(500)
        stepper(page).scroll_into_view_if_needed()
        if front(page) == shown:
            break
    assert front(page) == shown
    go_to(page, 0)
    assert len(front(page)) < len(shown)


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
