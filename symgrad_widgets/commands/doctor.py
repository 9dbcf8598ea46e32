"""Check the installation: list what is installed, with a line of advice for each fault.

A fault stops the default path (train, interpret, open a notebook). A note means that something optional is
missing.
"""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ..errors import SymgradError
from ..notebook_support import notebook_files
from ..search.pysr import installed

__all__ = ["Check", "checks", "chromium", "free_memory", "main"]

_EXTENSIONS = {  # JupyterLab's half of each widget library, and the package that brings it
    "@jupyter-widgets/jupyterlab-manager": "ipywidgets",
    "anywidget": "anywidget",
}
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_KEPT = """
from symgrad_widgets.search.kernel import compiled, evaluation, kept
evaluation.warm_up()
print(kept.folder(compiled.evaluate) or "")
"""
_ENOUGH_MEMORY = 1.0  # GB free: a kernel with torch, bokeh and numba takes about half of it
_REINSTALL = "pip install -c binder/constraints.txt -e ."


@dataclass(frozen=True)
class Check:
    """One check. `advice` is empty if nothing is wrong; `needed` says whether a failure is a fault."""

    name: str
    found: str
    advice: str = ""
    needed: bool = True

    @property
    def fault(self):
        """Whether the default path cannot work because this check fails."""
        return bool(self.advice) and self.needed

    def __str__(self):
        mark = "FAULT" if self.fault else "note" if self.advice else "ok"
        line = f"{mark:<6} {self.name:<36} {self.found}".rstrip()
        return f"{line}\n       -> {self.advice}" if self.advice else line


def main():
    """Print all checks; return 0 if the default path works, and 1 if something needed is missing."""
    found = list(checks())
    for check in found:
        print(check, flush=True)
    faults = sum(check.fault for check in found)
    print(f"\n{faults} fault{'s' * (faults != 1)}" if faults else "\neverything needed is there")
    return 1 if faults else 0


def checks():
    """Yield a `Check` for everything that the package needs."""
    yield _python()
    yield from _packages()
    yield _imports()
    yield from _extensions()
    yield _kernel()
    yield _notebooks()
    yield _memory()
    yield _cores()
    yield _compiled_cache()
    yield _program(
        "chromium", chromium(), "the browser tests are skipped; on Debian: apt-get install chromium"
    )
    yield _pysr()


def chromium():
    """Return the path of Chromium or Chrome, or None; no browser is ever downloaded."""
    return next(filter(None, map(shutil.which, _CHROMIUM)), None)


def _python():
    old = sys.version_info < (3, 11)
    advice = "Python 3.11 or newer is needed: make the environment with a newer python3" if old else ""
    return Check("python", f"{platform.python_version()} ({sys.executable})", advice)


def _packages():
    from packaging.requirements import Requirement

    try:
        lines = importlib.metadata.requires("symgrad-widgets") or []
    except importlib.metadata.PackageNotFoundError:
        yield Check("symgrad-widgets", "not installed", f"in the repository: {_REINSTALL}")
        return
    requirements = map(Requirement, lines)
    yield from (_package(r) for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""}))


def _package(requirement):
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return Check(requirement.name, "not installed", f"pip install '{requirement}'")
    fits = requirement.specifier.contains(version, prereleases=True)
    return Check(requirement.name, version, "" if fits else f"pip install '{requirement}'")


def _imports():
    # We use a separate process, because a broken binary can end the process that loads it.
    command = [sys.executable, "-c", "import torch, numba, bokeh, ipywidgets, anywidget, symgrad_widgets"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed text
    words = done.stderr.strip().splitlines()
    return Check(
        "imports",
        "torch, numba, bokeh and the widgets load" if done.returncode == 0 else "".join(words[-1:]),
        ""
        if done.returncode == 0
        else f"install again what the error names or, in a clone, everything: {_REINSTALL}",
    )


def _extensions():
    try:
        from jupyter_core.paths import jupyter_path
        from jupyterlab_server.config import get_page_config
    except ImportError as error:
        yield Check("jupyterlab", str(error), "pip install jupyterlab")
        return
    config = get_page_config(jupyter_path("labextensions"))
    installed = {extension["name"] for extension in config["federated_extensions"]}
    for name, package in _EXTENSIONS.items():
        yield _extension(name, package, name in installed, name in config["disabledExtensions"])


def _extension(name, package, installed, disabled):
    if not installed:
        advice = f"pip install --force-reinstall --no-deps {package}, then reload the page"
        return Check(name, "not found by JupyterLab", advice)
    if disabled:
        return Check(name, "disabled", f"jupyter labextension enable {name}")
    return Check(name, "enabled in JupyterLab")


def _notebooks():
    try:
        folder = notebook_files.notebook_folder()
    except SymgradError as error:
        return Check("notebooks", "none", str(error))
    return Check("notebooks", str(folder))


def _kernel():
    try:
        from ..notebook_support.kernels import other
    except ImportError as error:
        return Check("kernel", str(error), "pip install ipykernel")
    found = other()
    advice = (
        "`symgrad` still runs its notebooks in its own Python; for a plain `jupyter lab`:  "
        "python -m ipykernel install --sys-prefix, and take that folder off JUPYTER_PATH"
    )
    where = "python3 is this Python" if found is None else f"another python3 comes first: {found}"
    return Check("kernel", where, "" if found is None else advice, needed=False)


def free_memory():
    """Return the memory in GB that is still free: the machine's, or less if a container has a limit."""
    import psutil

    return min([psutil.virtual_memory().available, *_container_limit()]) / 1e9


def _memory():
    free = free_memory()
    low = free < _ENOUGH_MEMORY
    return Check(
        "memory", f"{free:.1f} GB free", "close other kernels or programs: a kernel needs 1 GB" if low else ""
    )


def _container_limit():
    try:
        return [int(Path("/sys/fs/cgroup/memory.max").read_text())]
    except (OSError, ValueError):  # not Linux, or no limit ("max")
        return []


def _cores():
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Check("cores", str(count))


def _compiled_cache():
    # A separate process loads the code kept on disk, or compiles and keeps it.
    done = subprocess.run([sys.executable, "-c", _KEPT], capture_output=True, text=True, check=False)  # noqa: S603
    warned = next(
        (line.partition("Warning: ")[2] for line in done.stderr.splitlines() if "Warning: " in line), ""
    )
    broken = done.stderr.strip().splitlines()[-1:] if done.returncode else []
    where = "".join(broken) or done.stdout.strip() or "none"
    return Check("cache of compiled code", where, warned or ("see above" if broken else ""), needed=False)


def _pysr():
    found = installed.look()
    advice = found.missing or (found.download and f"at the first use, {found.download}") or found.untried
    return Check(
        "pysr and julia", str(found), advice and f'only backend="pysr" needs it: {advice}', needed=False
    )


def _program(name, path, cost):
    return Check(name, path or "not found", "" if path else cost, needed=False)
