"""JupyterLab in a folder of its own, and a page of it in Debian's chromium."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OFF = (  # announcements ask other hosts; what comes with nbgrader is not what a reader has
    "@jupyterlab/apputils-extension:announcements",
    "@jupyter-notebook/lab-extension",
    "@jupyter/nbgrader",
)
APP = {"lab": "LabApp", "notebook": "JupyterNotebookApp"}
# Run All is dropped silently when it comes before all of this.
READY = """() => {
  const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
  return session?.isReady && session.session?.kernel?.connectionStatus === "connected"
    && session.session.kernel.status === "idle";
}"""
# Milliseconds of each frame, ascending, while the first number of an instrument's guess is dragged.
DRAG = """async (moves) => {
  const handle = document.querySelector(".sgi-number"), box = handle.getBoundingClientRect();
  const send = (type, x) => handle.dispatchEvent(new PointerEvent(type,
    { clientX: x, clientY: box.y + 9, pointerId: 1, bubbles: true, cancelable: true }));
  handle.setPointerCapture = () => {};
  send("pointerdown", box.x);
  const times = [];
  let last = performance.now();
  for (let i = 0; i < moves; i++) {
    send("pointermove", box.x + (i % 60));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    times.push(performance.now() - last);
    last = performance.now();
  }
  send("pointerup", box.x + 59);
  delete handle.setPointerCapture;
  return times.sort((a, b) => a - b);
}"""
KERNEL = """async () => {
  const app = window.jupyterapp;
  await app.restored;
  await app.shell.currentWidget.context.ready;
  await app.shell.currentWidget.sessionContext.session.kernel.requestKernelInfo();
}"""
# `kernel_ws_protocol=` switches a protocol off on the server. A page that asks for it all the same loses its
# first connection, and with it what a reloaded page asks its views for.
SOCKET = """window.WebSocket = class extends window.WebSocket { constructor(url) { super(url); } }"""
FINISHED = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cells = [...panel.content.widgets].filter((cell) => cell.model.type === "code");
  const failed = (cell) => cell.model.sharedModel.outputs.some((output) => output.output_type === "error");
  return panel.sessionContext.session.kernel.status === "idle" && (cells.some(failed)
    || cells.every((cell) => cell.model.executionCount && cell.model.executionState !== "running"));
}"""
TOLERATED = ("favicon",)  # errors of the page itself
PAGES = []  # that are open
LOGS = []  # of servers that run
# What each thread of a kernel is doing.
STACKS = """
import sys, threading, traceback
for thread in threading.enumerate():
    print(thread.name, *traceback.format_stack(sys._current_frames()[thread.ident])[-8:], sep="\\n")
"""
PATIENCE = 120  # seconds, for a busy machine


@contextmanager
def server(folder, root, port=None, start=None, editor="lab"):
    """JupyterLab on `folder`, with settings, kernels and history of its own; yields its address.

    With editor="notebook" it is Notebook 7. With `start`, a script that becomes the server, what is served is
    left to its settings.
    """
    own = Path(folder) / ".jupyter-own"
    without_strangers(own / "config")
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "IPYTHONDIR": str(own / "ipython"),
        "PYTHONPATH": str(root),
        "OMP_NUM_THREADS": "1",
    }
    port = port or free_port()
    command = [
        *([start] if start else []), sys.executable, "-m", "jupyter", editor, "--no-browser", "--allow-root",
        f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.password=",
        *([] if start else [f"--ServerApp.root_dir={folder}"]), f"--{APP[editor]}.expose_app_in_browser=True",
        "--ZMQChannelsWebsocketConnection.kernel_ws_protocol=",
    ]  # fmt: skip
    log = (own / "server.log").open("w")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, process, own / "server.log")
        LOGS.append(own / "server.log")
        yield address
    finally:
        LOGS.clear()
        process.terminate()
        process.wait(timeout=20)
        log.close()


def without_strangers(config):
    """Have a server leave out, by its folder of settings, what a reader has not."""
    settings = Path(config) / "labconfig"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "page_config.json").write_text(json.dumps({"disabledExtensions": dict.fromkeys(OFF, True)}))


def free_port():
    """A port of this machine that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, process, log):
    """Wait until a server answers; `log` says why it does not."""
    for _ in range(240):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once:\n{log.read_text()[-2000:]}")
        if _answers(address):
            return
        time.sleep(0.25)
    raise RuntimeError(f"the server did not answer within a minute:\n{log.read_text()[-2000:]}")


def _answers(address):
    try:
        with urllib.request.urlopen(f"{address}/api", timeout=1):
            return True
    except urllib.error.HTTPError:  # as Voila has it: there is somebody, who serves something else
        return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def chromium(executable, dark=False, size=(1280, 720), offline=False, protocol=False):
    """Yield a page of a fresh browser, with `page.errors` and `page.strangers` (requests to elsewhere).

    Set `protocol` if the server has its own settings, as Voila has: it then wants the protocol named.
    """
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE * 1000)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_FLAGS))
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            offline=offline,
        )
        if not protocol:
            context.add_init_script(SOCKET)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.errors, page.strangers = [], []
        page.on("console", lambda message: _note(page, message))
        page.on("pageerror", lambda error: page.errors.append(error.stack or str(error)))
        page.on("request", lambda request: _note_request(page, request))
        PAGES.append(page)
        try:
            yield page
        finally:
            PAGES.remove(page)
            browser.close()


def shown(page):
    """What to say of a failed test: what the page shows, its errors, and what its kernel does."""

    def tried(look):
        try:
            return look()
        except Exception as error:  # noqa: BLE001 - it may be the reason for the failure
            return f"{type(error).__name__}: {error}"

    words = tried(lambda: page.locator("body").inner_text(timeout=5_000))
    stacks = tried(lambda: ask(page, STACKS, 5))
    logs = [log.read_text()[-3_000:] for log in LOGS]
    return "\n".join([words[-4_000:], *page.errors, stacks, *logs])


def _note(page, message):
    if message.type == "error" and not any(word in message.text for word in TOLERATED):
        page.errors.append(message.text)


def _note_request(page, request):
    if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:")):
        page.strangers.append(request.url)


def barriers(page, context=None):
    """What axe finds on a page, or in a part of it, that is serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=context).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    return {f"{one['id']}: {node['html'][:160]}" for one in serious for node in one["nodes"]}


def open_notebook(page, address, name, dark=False, tree="lab/tree"):
    """Open a notebook alone on the page and wait until its kernel answers."""
    page.goto(f"{address}/{tree}/{name}?reset")
    settle(page)
    if dark:
        theme = "'apputils:change-theme', {theme: 'JupyterLab Dark'}"
        page.evaluate(f"() => window.jupyterapp.commands.execute({theme})")


def settle(page):
    page.wait_for_function("() => window.jupyterapp !== undefined")
    page.wait_for_function(READY, polling=200)
    page.evaluate(KERNEL)


def run_all(page, timeout=240):
    """Run every cell, wait until the last has ended, and return the errors that cells raised."""
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(FINISHED, timeout=timeout * 1000, polling=300)
    return page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell) =>
          cell.model.type !== "code" ? [] : cell.model.sharedModel.outputs
            .filter((output) => output.output_type === "error").map((output) => output.evalue))"""
    )


def copy_without_outputs(source, folder):
    """Copy a notebook into `folder`, its outputs stripped, and return the copy's name."""
    import nbformat

    target = Path(folder) / Path(source).name
    shutil.copy(source, target)
    notebook = nbformat.read(target, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, target)
    return target.name


def close_sessions(page):
    """End the kernels of the page."""
    page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")


def fits(page, view, root, name, widths=(1280, 916, 600)):
    """Assert that a view holds its parts at several widths of the page; pictures are kept."""
    folder = root / "tests" / "artefacts"
    folder.mkdir(exist_ok=True)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(800)
        view.screenshot(path=folder / f"{name}_{page.theme}_{width}.png")
        assert view.evaluate("(view) => view.scrollWidth <= view.clientWidth")


def save_and_reload(page):
    """Save the notebook, load the page anew, and wait for the kernel that is still there.

    JupyterLab gives up a widget whose model does not come within two seconds, as on a busy machine. Its
    reader loads the page again.
    """
    from playwright.sync_api import TimeoutError as NotInTime

    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    for _ in range(3):
        page.reload()
        settle(page)
        with suppress(NotInTime):
            page.locator(".sgi").first.wait_for(timeout=20_000)
            return


def ask(page, code, patience=PATIENCE):
    """Run a line in the notebook's kernel and return what it printed."""
    return page.evaluate(
        """async ([code, patience]) => {
          const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
          const future = kernel.requestExecute({ code, store_history: false });
          let text = "";
          future.onIOPub = ({ content }) => { if (content.name === "stdout") text += content.text; };
          const late = new Promise((_, fail) => setTimeout(() => fail(new Error("no answer")), patience));
          await Promise.race([future.done, late]);
          return text;
        }""",
        [code, patience * 1000],
    )


def answered(page, code, text):
    """Wait until the kernel, which hears of the page a little later, prints a text."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        if ask(page, code).strip() == text:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{code} does not become {text}, but {ask(page, code)}")
