"""Shared by all tests: where things are, what is skipped for want of something, what runs side by side."""

import os
import signal
import sys
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

# Small networks are slower with several threads than with one, above all while other tests run beside them.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# For nbformat, jsonschema would compile a grammar of addresses in each process (2 s), and check none by it.
sys.modules.setdefault("rfc3987_syntax", None)

ROOT = Path(__file__).resolve().parents[1]
GB_EACH = 2  # a process of tests, with the kernel of a notebook beside it
ONLY_NAMED = ("ipykernels", "nightly")  # installs packages; shows for all what others show for a few
LONGEST_FIRST = ("browser", "sweep", "release", "notebook")  # begun last, it would end alone
EACH_FOR_ITSELF = "tests/notebook_support/test_notebooks.py"


def pytest_xdist_auto_num_workers(config):
    """All tests run in as many processes as have a core and memory; tests that are named, in this one."""
    from symgrad_widgets.batch.schedule import cores
    from symgrad_widgets.commands.doctor import free_memory

    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return 0
    count = min(cores(), int(free_memory() / GB_EACH))
    return count if count > 1 else 0


class Scheduling(LoadScopeScheduling):
    """Tests of a file share a process and what it has made for them; all that open a browser share one."""

    def _split_scope(self, nodeid):
        path = nodeid.partition("::")[0]
        if path.startswith("tests/browser/"):
            return "browser"
        return nodeid if path == EACH_FOR_ITSELF else path


def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(config, items):
    _leave_out(config, items)
    rank = {}
    for item in items:
        own = next(
            (k for k, mark in enumerate(LONGEST_FIRST) if item.get_closest_marker(mark)), len(LONGEST_FIRST)
        )
        rank[item.path] = min(own, rank.get(item.path, own))
    items.sort(key=lambda item: rank[item.path])


def _leave_out(config, items):
    from symgrad_widgets.commands.doctor import chromium
    from symgrad_widgets.search.pysr.installed import look

    for mark in ONLY_NAMED:
        if mark not in config.option.markexpr:
            config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker(mark)])
            items[:] = [item for item in items if not item.get_closest_marker(mark)]
    found = look()
    absent = {}
    if chromium() is None:
        absent["browser"] = "no chromium found: `apt-get install chromium` runs the browser tests"
    if found.missing or not found.fits:
        absent["pysr"] = f"{found}: `symgrad doctor` says how to get what the tests with Julia need"
    for mark, reason in absent.items():
        for item in items:
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Say with a failed test of the browser what its pages showed."""
    report = yield
    if report.failed and item.get_closest_marker("browser"):
        from browser import lab

        report.sections += [(f"{page.url} shows", lab.shown(page)) for page in lab.PAGES]
    return report


@pytest.fixture(scope="session")
def root():
    """Folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def chromium_path():
    """Path of the browser for tests marked `browser`; nothing is ever downloaded."""
    from symgrad_widgets.commands.doctor import chromium

    return chromium()


@pytest.fixture
def interruptible():
    """Processes begun in the test hear Ctrl-C, also where pytest is a shell's job in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def cells_server(request, tmp_path_factory, root):
    """Address of a JupyterLab with a notebook of the module's CELLS, once for each theme."""
    import nbformat
    from browser import lab

    folder = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(source) for source in request.module.CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for theme in ("light", "dark"):
        nbformat.write(notebook, folder / f"{theme}.ipynb")
    with lab.server(folder, root) as address:
        yield address


def pytest_generate_tests(metafunc):
    """A theme changes how a view looks, not how it answers: most modules see the dark one by night."""
    if "cells_page" in metafunc.fixturenames:
        night = [] if getattr(metafunc.module, "BY_DAY_AND_NIGHT", False) else pytest.mark.nightly
        themes = ["light", pytest.param("dark", marks=night)]
        metafunc.parametrize("cells_page", themes, indirect=True, scope="module")


@pytest.fixture(scope="module")
def cells_page(request, cells_server, chromium_path):
    """A browser's page, of the module's SIZE, on which the module's CELLS have run."""
    from browser import lab

    dark = request.param == "dark"
    with lab.chromium(chromium_path, dark=dark, size=request.module.SIZE) as page:
        lab.open_notebook(page, cells_server, f"{request.param}.ipynb", dark=dark)
        page.theme, page.raised = request.param, lab.run_all(page)
        yield page
        lab.close_sessions(page)


@pytest.fixture(scope="module")
def patience():
    """Dask waits for a busy machine to start processes, and gives up a job whose worker has died twice."""
    import dask
    import distributed  # noqa: F401  (its settings must be there before they are changed, or they go with the change)

    from symgrad_widgets.batch import cluster

    slow = ("scheduler.worker-ttl", "comm.timeouts.connect", "comm.timeouts.tcp")
    settings = {f"distributed.{name}": "10 minutes" for name in slow}
    with (
        dask.config.set(settings | {"distributed.scheduler.allowed-failures": 1}),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(cluster, "_REACHED", 300)
        patch.setattr(cluster, "_STARTED", 300)
        yield


@pytest.fixture
def scratch_table():
    """Operators defined in a test are gone after it."""
    from symgrad_widgets.formula.operators import OPERATORS
    from symgrad_widgets.search.terms import postfix

    before = dict(OPERATORS)
    yield OPERATORS
    OPERATORS.clear()
    OPERATORS.update(before)
    postfix._rows.clear()
    postfix._derivative.cache_clear()
