"""The widgets' story on other releases of ipykernel: callbacks reach Python on other threads there.

Each release is installed into a folder of its own that stands before everything else on the kernel's path, so
that nothing else is installed twice.
"""

import json
import os
import subprocess
import sys

import nbformat
import papermill
import pytest
from browser import lab

pytestmark = [pytest.mark.browser, pytest.mark.ipykernels]

RELEASES = ("6.31.0", "7.3.0")  # the third one, 7.4.0, is pinned: all other tests run with it
CELLS = (
    "import ipykernel, symgrad_widgets as sg",
    'bench = sg.Workbench("oscillator", show="all")\nbench',
)


@pytest.fixture(scope="module", params=RELEASES)
def release(request, tmp_path_factory, root):
    """A release, whose kernel everything in the test starts, and a folder for it."""
    folder = tmp_path_factory.mktemp(f"ipykernel-{request.param}")
    packages = folder / "packages"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(packages)]
    subprocess.run([*install, f"ipykernel=={request.param}", "nest_asyncio"], check=True)
    kernel = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
        "env": {"PYTHONPATH": os.pathsep.join([str(packages), str(root)]), "OMP_NUM_THREADS": "1"},
    }
    (folder / "kernels" / "python3").mkdir(parents=True)
    (folder / "kernels" / "python3" / "kernel.json").write_text(json.dumps(kernel))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        yield request.param, folder


@pytest.fixture(scope="module")
def page(release, root, chromium_path):
    _, folder = release
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "story.ipynb")
    with lab.server(folder, root) as address, lab.chromium(chromium_path, size=(1400, 900)) as page:
        lab.open_notebook(page, address, "story.ipynb")
        assert lab.run_all(page) == []
        yield page
        lab.close_sessions(page)


def search(page):
    return page.locator(".sgi")


def press(page, name):
    search(page).get_by_role("button", name=name, exact=True).click()


def rests(page):
    search(page).get_by_role("button", name="Play", exact=True).wait_for(timeout=60_000)


def generation(page):
    return int(lab.ask(page, "print(bench.stepper.state.generation)"))


def test_the_release_is_the_one_that_runs(page, release):
    assert lab.ask(page, "print(ipykernel.__version__)").strip() == release[0]


def test_step_play_and_pause(page):
    press(page, "Step")
    search(page).get_by_text("step 1 ·").wait_for(timeout=60_000)
    press(page, "Play")
    press(page, "Pause")
    rests(page)
    assert generation(page) >= 1
    assert search(page).locator(".sgi-error").count() == 0


def test_the_front_grows_on_the_page_while_a_cell_is_busy(page, release):
    lab.ask(
        page, "bench.load_state(bench.state_dict() | {'layer': 'silu3', 'neurons': [3], 'generation': 0})"
    )
    search(page).get_by_text("nothing tried yet").wait_for(timeout=20_000)
    press(page, "Play")
    enough = release[1] / "enough"
    page.evaluate(
        """(code) => { const panel = window.jupyterapp.shell.currentWidget;
          panel.sessionContext.session.kernel.requestExecute({ code }); }""",
        f"import os, time\nwhile not os.path.exists({str(enough)!r}): time.sleep(0.05)",
    )
    search(page).get_by_text("formulas tried").wait_for(timeout=60_000)
    status = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
    assert page.evaluate(status) == "busy"
    enough.touch()
    rests(page)


def test_a_choice_and_a_guess_reach_python(page):
    search(page).locator(".sgi-row").first.click()
    page.wait_for_timeout(600)
    code = "print(bench.state.selected == str(bench.stepper.state.front[0].expression))"
    assert lab.ask(page, code).strip() == "True"
    search(page).get_by_role("textbox", name="Your formula").fill("x*v")
    page.keyboard.press("Enter")
    search(page).locator(".sgi-row.sgi-mine[aria-selected='true']").wait_for(timeout=10_000)
    page.wait_for_timeout(600)
    assert lab.ask(page, "print(bench.expression.guess.expression)").strip() == "v*x"
    assert page.errors == []


def test_the_gallery_runs_without_a_browser(release, root):
    version, folder = release
    notebook = nbformat.read(root / "notebooks" / "reference" / "gallery.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("import ipykernel; print(ipykernel.__version__)"))
    nbformat.write(notebook, folder / "gallery.ipynb")
    done = papermill.execute_notebook(
        folder / "gallery.ipynb",
        None,
        kernel_name="python3",
        progress_bar=False,
        execution_timeout=240,
        cwd=root / "notebooks",
    )
    assert done.cells[-1].outputs[-1].text.strip() == version
