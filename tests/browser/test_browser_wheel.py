"""What the wheel brings, served in an environment that has nothing else of the project, in a real browser."""

import subprocess
import urllib.request
from contextlib import contextmanager

import built_wheel
import pytest

from browser import lab

pytestmark = [pytest.mark.browser, pytest.mark.nightly]


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    """`serving("lab", *options)` is the address of what `symgrad` serves from the wheel."""
    _, wheel = built_wheel.build(tmp_path_factory.mktemp("dist"))
    folder = tmp_path_factory.mktemp("served")
    scripts, outside = built_wheel.install(wheel, folder)
    own = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    outside |= {name: str(folder / name) for name in own}
    lab.without_strangers(outside["JUPYTER_CONFIG_DIR"])

    @contextmanager
    def _serving(what, *options):
        port = lab.free_port()
        command = [scripts / "symgrad", what, "--no-browser", f"--port={port}", *options]
        with (folder / f"{what}.log").open("w") as log:
            process = subprocess.Popen(command, env=outside, cwd=folder, stdout=log, stderr=log)
            try:
                address = f"http://127.0.0.1:{port}"
                lab.wait_for(address, process, folder / f"{what}.log")
                yield address
            finally:
                process.terminate()
                process.wait(timeout=30)

    return _serving


def test_the_start_notebook_runs_in_a_browser(serving, chromium_path):
    options = (
        "--allow-root", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True",
        "--ZMQChannelsWebsocketConnection.kernel_ws_protocol=",
    )  # fmt: skip
    with serving("lab", *options) as address, lab.chromium(chromium_path) as page:
        lab.open_notebook(page, address, "00_start_here.ipynb")
        home = lab.ask(page, "import symgrad_widgets as sg; print(sg.__file__)")
        assert "site-packages" in home
        assert str(built_wheel.ROOT) not in home
        assert lab.run_all(page) == []
        page.wait_for_selector(".jp-OutputArea-output .jupyter-widgets")
        lab.close_sessions(page)
        assert page.errors == []
        assert page.strangers == []


def test_the_playground_is_served_as_an_application(serving):
    with serving("app") as address, urllib.request.urlopen(address, timeout=120) as answer:
        page = answer.read().decode()
    assert answer.status == 200
    assert "jupyter-widgets" in page
