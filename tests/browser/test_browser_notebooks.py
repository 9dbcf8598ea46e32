"""A sample of the notebooks in JupyterLab: all cells run, every view is drawn, and the page is silent."""

import shutil

import pytest
from notebook_runs import one_by_day

from browser import lab

pytestmark = pytest.mark.browser

SAMPLE = ("00_start_here", "classifiers/14_classifier", "matrices/02_determinant2")
VIEWS = "() => document.querySelectorAll('.jp-OutputArea-output .jupyter-widgets').length"
HANDLED = """() => {
  const parts = [".sgi-number", ".sgi-active"].map((name) => document.querySelector(name));
  const [handle, number] = parts.map((part) => part?.getBoundingClientRect());
  return handle?.width && handle.left > number.left && handle.right < number.right;
}"""
LINKS = "() => [...document.querySelectorAll('.jp-RenderedMarkdown td a')].map((link) => link.href)"


@pytest.fixture(scope="module")
def server(tmp_path_factory, root):
    folder = tmp_path_factory.mktemp("lab")
    with lab.server(folder, root) as address:
        yield folder, address


@pytest.mark.parametrize("name", one_by_day(SAMPLE))
def test_a_notebook_runs_in_a_browser_without_an_error(name, server, chromium_path, root):
    folder, address = server
    copy = lab.copy_without_outputs(root / "notebooks" / f"{name}.ipynb", folder)
    with lab.chromium(chromium_path) as page:
        lab.open_notebook(page, address, copy)
        assert lab.run_all(page) == []
        page.wait_for_function("() => document.querySelector('.jp-OutputArea-output .jupyter-widgets')")
        assert page.evaluate(VIEWS) > 0
        lab.close_sessions(page)
        assert page.errors == []
        assert page.strangers == []


def test_after_run_all_the_first_number_can_be_dragged(server, chromium_path, root):
    folder, address = server
    copy = lab.copy_without_outputs(root / "notebooks" / "00_start_here.ipynb", folder)
    with lab.chromium(chromium_path) as page:
        lab.open_notebook(page, address, copy)
        lab.run_all(page)
        page.wait_for_function(HANDLED)
        lab.close_sessions(page)


def test_the_links_of_the_index_lead_to_notebooks(server, chromium_path, root):
    folder, address = server
    reference = root / "notebooks" / "reference"
    copy = lab.copy_without_outputs(reference / "index.ipynb", folder)
    shutil.copytree(reference / "covers", folder / "covers")
    with lab.chromium(chromium_path) as page:
        lab.open_notebook(page, address, copy)
        lab.ask(page, f"import os; os.chdir({str(reference)!r})")
        assert lab.run_all(page) == []
        page.wait_for_function("() => document.querySelectorAll('.jp-RenderedMarkdown td a').length > 20")
        assert any("14_classifier.ipynb" in link for link in page.evaluate(LINKS))
        lab.close_sessions(page)
        assert page.errors == []
