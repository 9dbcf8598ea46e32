"""A notebook that papermill has run, opened where its kernel is gone: every view shows its last picture."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.sign import NotebookNotary
from playwright.sync_api import expect

from browser import lab

pytestmark = pytest.mark.browser

CELLS = (
    'import symgrad_widgets as sg\nrun = sg.experiments["oscillator"].pretrained()',
    "bench = sg.Workbench(run)\nbench.stepper.goto(2)\nbench",
    'view = sg.FieldView(bench.field, "x*v")\nview',
)


@pytest.fixture(scope="module")
def page(tmp_path_factory, root, chromium_path):
    folder = tmp_path_factory.mktemp("saved")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(root)}}).execute()
    nbformat.write(notebook, folder / "saved.ipynb")
    with lab.server(folder, root) as address, lab.chromium(chromium_path, size=(1400, 900)) as page:
        NotebookNotary(data_dir=str(folder / ".jupyter-own" / "data")).sign(notebook)  # JupyterLab trusts it
        lab.open_notebook(page, address, "saved.ipynb")
        page.locator(".sgi-still").nth(1).wait_for()
        yield page
        lab.close_sessions(page)


def test_every_view_shows_its_last_picture(page, root):
    pictures = page.locator(".sgi-still svg:visible")
    expect(pictures).to_have_count(2)
    assert all(picture.bounding_box()["width"] > 250 for picture in pictures.all())
    said = page.locator(".sgi-still").first.evaluate(
        "(figure) => getComputedStyle(figure, '::before').content"
    )
    assert "Run the cell again" in said
    expect(page.locator(".jp-OutputArea-output .sgi:visible")).to_have_count(0)
    (root / "tests" / "artefacts").mkdir(exist_ok=True)
    page.screenshot(path=root / "tests" / "artefacts" / "saved.png")


def test_the_page_reports_no_error_and_asks_nothing_of_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []
