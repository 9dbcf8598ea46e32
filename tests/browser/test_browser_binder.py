"""A session as Binder starts it: what is seen first, and what is left of a reader's work when it ends."""

import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

from browser import lab

ROOT = Path(__file__).resolve().parents[2]
FILES = ".jp-DirListing-item .jp-DirListing-itemText"
TABS = "#jp-main-dock-panel .lm-TabBar-tab"
FIRST_CELL = "window.jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel"
WORK = "What I have found out"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("bash"), reason="Binder's scripts are bash's"),
]


@pytest.fixture
def repository(tmp_path):
    """A copy of what is committed, as an image has it."""
    return clone(tmp_path / "repository")


def clone(folder):
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    for name in filter(None, names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def session(repository, port=None):
    return lab.server(repository.parent, repository, port, start=repository / "binder" / "start")


def ready(page, address):
    page.goto(address)
    lab.settle(page)


def press(page, name, answer):
    page.locator(f"jp-button[title='{name}'], button[title='{name}']").last.click()
    page.locator(".jp-Dialog").get_by_role("button", name=answer).click()
    page.locator(".jp-Dialog").wait_for(state="detached")


def test_the_start_notebook_opens_alone_among_notebooks(repository, chromium_path):
    with session(repository) as address, lab.chromium(chromium_path) as page:
        ready(page, address)
        assert page.locator(TABS).all_inner_texts() == ["00_start_here.ipynb"]
        shown = set(page.locator(FILES).all_inner_texts())
        inside = [path for path in (repository / "notebooks").iterdir() if not path.name.startswith(".")]
        assert shown == {path.name for path in inside if path.suffix == ".ipynb" or path.is_dir()}
        assert page.strangers == []


def test_work_survives_the_end_of_the_session(repository, chromium_path, tmp_path):
    with lab.chromium(chromium_path) as page:
        with session(repository) as address:
            ready(page, address)
        # The server is gone, and the page still there: it can save what it shows.
        page.locator(".jp-Dialog", has_text="Server Connection Error").get_by_role("button").click()
        page.evaluate(f"(text) => {FIRST_CELL}.setSource(text)", WORK)
        press(page, "Save to browser storage", "Ok")
        another = clone(tmp_path / "another" / "repository")
        with session(another, int(address.rpartition(":")[2])) as address:
            ready(page, address)
            assert page.evaluate(f"() => {FIRST_CELL}.getSource()") != WORK
            press(page, "Restore from browser storage", "OK")
            assert page.evaluate(f"() => {FIRST_CELL}.getSource()") == WORK


def test_the_playground_is_served_as_an_application(repository):
    page = "/voila/render/playground.ipynb"
    with session(repository) as address, urllib.request.urlopen(address + page, timeout=120) as answer:
        page = answer.read().decode()
    assert "highlight hl-ipython3" not in page  # no code
    assert "what has this neuron learnt?" in page
