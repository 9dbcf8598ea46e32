"""A cell with the instrument, run again and again: the page keeps nothing of the views that have gone."""

import nbformat
import pytest

from browser import lab

pytestmark = pytest.mark.browser

CELL = 'import symgrad_widgets as sg\nsg.Instrument("cubic_force")'
FIRST, MORE = 8, 24
GROWTH = 0.2  # MB a run; an anywidget without anything in it takes 0.03, ours 0.06, a view that is kept 0.5


@pytest.fixture(scope="module")
def page(tmp_path_factory, root, chromium_path):
    folder = tmp_path_factory.mktemp("rerun")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "again.ipynb")
    with lab.server(folder, root) as address, lab.chromium(chromium_path, size=(1366, 768)) as page:
        lab.open_notebook(page, address, "again.ipynb")
        yield page
        lab.close_sessions(page)


def memory(page, inspector):
    """Megabytes that the page's scripts use after all garbage has been collected."""
    for _ in range(3):
        inspector.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(200)
    return inspector.send("Runtime.getHeapUsage")["usedSize"] / 1e6


def run(page, times):
    for _ in range(times):
        assert lab.run_all(page) == []
        page.locator(".sgi-field .bk-Figure").wait_for()
        page.locator(".sgi-big:not(:empty)").wait_for()


def test_memory_does_not_grow_with_the_views_that_have_gone(page):
    inspector = page.context.new_cdp_session(page)
    run(page, FIRST)
    before = memory(page, inspector)
    run(page, MORE)
    growth = (memory(page, inspector) - before) / MORE
    print(f"{growth:.3f} MB a run")
    assert growth < GROWTH
    assert page.errors == []
