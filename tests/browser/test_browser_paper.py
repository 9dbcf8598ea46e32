"""On paper: a panel or all of the instrument as SVG, PNG and CSV, and what was done as a page."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from playwright.sync_api import expect

import symgrad_widgets as sg
from browser import lab
from symgrad_widgets.widgets.viewstate import PANELS

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def page(chromium_path, tmp_path_factory):
    path = sg.page("cubic_force", tmp_path_factory.mktemp("page") / "page.html", generations=2, show=PANELS)
    with lab.chromium(chromium_path, size=(1186, 620), offline=True) as page:
        page.goto(path.as_uri())
        page.locator(".sgi-big:not(:empty)").wait_for()
        page.get_by_role("button", name="Save", exact=True).click()
        page.locator(".sgi-paper").wait_for()
        page.wait_for_timeout(600)  # bokeh's plots
        yield page
        assert page.errors == []


def saved(page, button, panel=None):
    """Bytes and name of what a button of the strip saves."""
    if panel is not None:
        page.get_by_label("What to save").select_option(panel)
    with page.expect_download() as download:
        page.locator(".sgi-paper").get_by_role("button", name=button, exact=True).click()
    return download.value.path().read_bytes(), download.value.suggested_filename


@pytest.mark.parametrize("panel", ["all", "field", "angle", "formulas", "front", "bend", "network", "guess"])
def test_a_panel_is_a_picture_of_lines_and_letters(page, root, panel):
    written, name = saved(page, "SVG", panel)
    assert name == f"symgrad-{panel}.svg"
    picture = ET.fromstring(written)
    assert picture.tag == f"{SVG}svg"
    assert not picture.findall(f".//{SVG}foreignObject")
    said = "".join(text.text or "" for text in picture.iter(f"{SVG}text"))
    words = {
        "all": "Formulas", "field": "Output neuron", "angle": "95 %", "formulas": "shortest first",
        "front": "Error against length", "bend": "Neuron against", "network": "Layer", "guess": "3",
    }  # fmt: skip
    assert words[panel] in said
    lines = len(list(picture.iter(f"{SVG}path")))
    assert lines >= {"field": 100, "all": 100, "front": 5, "bend": 5}.get(panel, 0)
    artefacts = root / "tests" / "artefacts"
    artefacts.mkdir(exist_ok=True)
    (artefacts / name).write_bytes(written)


def test_a_picture_has_two_pixels_for_each_of_the_screen(page):
    box = page.locator(".sgi-field").bounding_box()
    written, name = saved(page, "PNG", "field")
    assert name == "symgrad-field.png"
    width, height = (int.from_bytes(written[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (2 * np.ceil(box["width"]), 2 * np.ceil(box["height"]))


def rows(written):
    return list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))


def test_the_data_behind_a_panel_are_those_of_python(page):
    view = sg.Workbench("cubic_force")
    head, *data = rows(saved(page, "CSV", "field")[0])
    assert head[:3] == ["x", "v", "value"]
    assert len(data) == len(view.field)
    numbers = np.array(data, dtype=float)
    np.testing.assert_allclose(numbers[:, :2], view.field.points)
    np.testing.assert_allclose(numbers[:, 2], np.ravel(view.field.values))
    np.testing.assert_allclose(np.abs(numbers[:, 3:5]), np.abs(view.field.unit[:, 0]), atol=1e-9)
    head, *formulas = rows(saved(page, "CSV", "formulas")[0])
    assert head[:4] == ["formula", "length", "angle in degrees", "error"]
    assert "x² + 3.0 v²" in [row[0] for row in formulas]
    counts = [int(row[2]) for row in rows(saved(page, "CSV", "angle")[0])[1:]]
    assert sum(counts) == len(view.field)
    assert len(rows(saved(page, "CSV", "bend")[0])) == len(view.field) + 1
    assert len(rows(saved(page, "CSV", "network")[0])) > 30
    view.close()


def test_what_was_done_is_one_page_with_guesses_in_order_and_the_verdict(page, tmp_path):
    for text in ("x v", "=2 x² + v²", "x²/2 + v²/2 + x⁴/4"):
        page.locator("input.sgi-type").fill(text.removeprefix("="))
        page.locator("input.sgi-type").press("Enter")
    shown = page.locator(".sgi-math").inner_text()
    written, name = saved(page, "Save my work")
    assert name == "symgrad-work.html"
    text = written.decode()
    places = [text.index(f"<code>{guess}</code>") for guess in ("x v", "2 x² + v²", "x²/2 + v²/2 + x⁴/4")]
    assert places == sorted(places)
    assert text.count("<figure><svg") == 3
    assert "the energy of a spring that stiffens, up to a factor" in text
    page.get_by_role("button", name="State", exact=True).click()
    line = page.get_by_role("textbox", name="State")
    expect(line).not_to_have_value("")
    state = json.loads(line.input_value())
    assert state["guesses"] == ["x v", "2 x² + v²", "x²/2 + v²/2 + x⁴/4"]
    expect(page.locator(".sgi-math")).to_have_text(shown, use_inner_text=True)
    (tmp_path / "work.html").write_bytes(written)
    other = page.context.new_page()
    other.goto((tmp_path / "work.html").as_uri())
    assert other.locator("figure svg path").count() > 200
    other.close()
    line.fill(json.dumps(state | {"guesses": ["v"], "selected": "v"}))
    line.press("Enter")
    page.wait_for_timeout(300)
    expect(page.locator("input.sgi-type")).to_have_value("v")
