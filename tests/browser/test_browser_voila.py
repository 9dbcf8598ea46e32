"""The playground as an application: served by Voila, in a real browser, with nothing from other hosts."""

import os
import socket
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from browser import lab

pytestmark = pytest.mark.browser
pytest.importorskip("voila")

SECONDS = 90


@pytest.fixture(scope="module")
def application(tmp_path_factory, root):
    """Address of a server with settings of its own, and its log."""
    own = tmp_path_factory.mktemp("voila")
    folders = {
        name: str(own / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    environment = os.environ | folders | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "symgrad_widgets", "app", "--no-browser", f"--port={port}"]
    with (own / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=own)
        try:
            wait_until(lambda: process.poll() is not None or listens(port))
            assert process.poll() is None, (own / "server.log").read_text()
            yield f"http://127.0.0.1:{port}/", own / "server.log"
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_until(happened):
    end = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.1)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def page(application, chromium_path):
    with lab.chromium(chromium_path, size=(1400, 900), protocol=True) as page:
        start = time.perf_counter()
        page.goto(application[0], wait_until="commit")
        ready(page)
        print(f"from opening to shown {time.perf_counter() - start:.1f} s")
        yield page


def ready(page):
    page.locator(".sgi-row").first.wait_for(timeout=SECONDS * 1000)


def test_it_opens_unsolved_and_becomes_live(page, root):
    page.locator(".bk-Figure:visible").first.wait_for()
    expect(page.locator(".sgi-tag").get_by_text("Match", exact=True)).to_have_count(0)
    expect(page.get_by_role("heading", name="The playground")).to_have_count(1)
    expect(page.get_by_text("sg.Workbench")).to_have_count(0)
    (root / "tests" / "artefacts").mkdir(exist_ok=True)
    page.wait_for_timeout(1500)
    page.screenshot(path=root / "tests" / "artefacts" / "voila_light.png")


def test_a_step_and_a_guess_reach_the_kernel(page):
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_text("step 1 ·").wait_for()
    page.get_by_role("textbox", name="Your formula").fill("x*v")
    page.keyboard.press("Enter")
    page.locator(".sgi-row.sgi-mine[aria-selected=true]").wait_for()
    page.get_by_role("button", name="What is this?").click()
    page.get_by_text("Not yet").wait_for()


def test_no_error_and_nothing_from_other_hosts(page):
    assert page.errors == []
    assert page.strangers == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_barrier_in_either_theme(application, page, root, theme):
    other = page.context.browser.new_page(
        viewport={"width": 1280, "height": 720}, color_scheme="dark" if theme == "dark" else "light"
    )
    other.goto(f"{application[0]}?theme={theme}", wait_until="commit")
    ready(other)
    other.locator(".bk-Figure:visible").nth(2).wait_for()
    other.wait_for_timeout(1000)
    other.screenshot(path=root / "tests" / "artefacts" / f"voila_{theme}_1280.png")
    serious = lab.barriers(other)
    background = other.evaluate("() => getComputedStyle(document.body).backgroundColor")
    other.close()
    assert serious == set()
    assert (background == "rgb(255, 255, 255)") == (theme == "light")


def test_a_page_that_is_left_takes_its_kernel_along(page, application):
    def ended():
        return application[1].read_text().count("Kernel shutdown")

    before = ended()
    page.goto("about:blank")
    wait_until(lambda: ended() > before)
