"""What PySR needs, whether it is there, and how to get it; at most `julia --version` is run for it."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ...errors import EngineError

__all__ = ["Found", "advice", "look", "require"]

_OLDEST = (1, 10, 3)  # pysr 2.7.2 and juliacall 0.9.36 declare it in their juliapkg.json
_PYSR = "pip install 'symgrad-widgets[pysr]' brings PySR's Python part"
_GET = (
    "`conda install -c conda-forge julia` and juliaup put Julia on the PATH; without either, and with a "
    "network, PySR's juliapkg fetches it at the first use (`symgrad julia`)"
)
_OFFLINE = (
    "without a network, run `symgrad julia` on a machine that has one, copy the folders JULIA_DEPOT_PATH "
    "and PYTHON_JULIAPKG_PROJECT stand for, set both to the copies, PYTHON_JULIAPKG_EXE to the julia "
    "program, and PYTHON_JULIAPKG_OFFLINE=yes"
)
_FOLDERS = (
    "Julia keeps its packages where this user may not write: set JULIA_DEPOT_PATH and "
    "PYTHON_JULIAPKG_PROJECT (absolute paths) to folders of your own"
)
_HALF = (
    "Julia's environment is half-installed: delete the folder julia_env of this Python environment, or the "
    "one that PYTHON_JULIAPKG_PROJECT names, and run `symgrad julia`"
)
# What the process may report when it cannot start, and what helps: the first that fits.
_ADVICE = {
    r"No module named '?pysr": _PYSR,
    r"[Pp]ermission ?(denied|Error)|EACCES|[Rr]ead-only file system|EROFS": _FOLDERS,
    r"No space left|ENOSPC": "the disk is full: Julia and its packages need about 2 GB",
    r"could not find Julia": _GET,
    r"is not a Julia executable": "PYTHON_JULIAPKG_EXE does not name a Julia program: unset or correct it",
    r"URLError|HTTPError|SSLError|RequestError|[Cc]ould not resolve|Name or service|timed out": _OFFLINE,
    r"PythonCall\.jl did not start|[Ff]ailed to precompile|not found in current path": _HALF,
    r"does not seem to be installed|Unsatisfiable requirements|libjulia|Manifest": _HALF,
}


@dataclass(frozen=True)
class Found:
    """What there is: versions as text, None where there is none."""

    pysr: str | None
    julia: str | None  # path of the program
    version: str | None
    offline: bool = False

    def __str__(self):
        python = f"pysr {self.pysr}" if self.pysr else "no pysr"
        return f"{python}, julia {self.version} ({self.julia})" if self.julia else f"{python}, no julia"

    @property
    def too_old(self):
        """Whether there is a Julia, and it is older than PySR can use."""
        return self.version is not None and _numbers(self.version) < _OLDEST

    @property
    def missing(self):
        """What stands in the way, with the way out; empty where PySR can be tried."""
        if self.pysr is None:
            return f"PySR is not installed: {_PYSR}"
        if self.julia is not None and self.version is None:
            return f"{self.julia} is no Julia that runs (it does not tell its version): {_GET}"
        if self.offline and (self.julia is None or self.too_old):
            what = "there is no Julia" if self.julia is None else f"{self.julia} is version {self.version}"
            wanted = ".".join(map(str, _OLDEST))
            return f"{what}, PySR needs {wanted}, and PYTHON_JULIAPKG_OFFLINE=yes forbids to fetch it: {_GET}"
        return ""

    @property
    def download(self):
        """What the first use is going to download; empty where that is done."""
        if self.julia is not None and not self.too_old and (_project() / "Manifest.toml").exists():
            return ""
        old = f" (version {self.version} at {self.julia} is too old)" if self.too_old else ""
        what = "Julia and its packages" if self.julia is None or self.too_old else "PySR's Julia packages"
        return (
            f"{what} will be downloaded and compiled, once, into {_project()} and {_depot()}{old}: "
            "about 2 GB, 5 to 15 minutes"
        )

    @property
    def ready(self):
        """Whether PySR starts without a download."""
        return not (self.missing or self.download)


def look():
    """Return what is `Found` on this machine."""
    try:
        pysr = importlib.metadata.version("pysr")
    except importlib.metadata.PackageNotFoundError:
        pysr = None
    path = _julia()
    version = None if path is None else _version(path)
    return Found(pysr, path, version, os.environ.get("PYTHON_JULIAPKG_OFFLINE") == "yes")


def require():
    """Raise EngineError where PySR cannot be tried; warn when it is going to download."""
    found = look()
    if found.missing:
        raise EngineError(f'backend="pysr" cannot start: {found.missing}. `symgrad doctor` looks again.')
    if found.download:
        warnings.warn(f"{found.download}. What it says is in the log.", stacklevel=2)


def advice(report):
    """Return what helps against what the process has reported; empty where that is not known."""
    return next((text for pattern, text in _ADVICE.items() if re.search(pattern, report)), "")


def _julia():
    """Where juliapkg looks: its setting, its own copy, the PATH."""
    given = os.environ.get("PYTHON_JULIAPKG_EXE") or os.environ.get("PYTHON_JULIACALL_EXE")
    own = _project() / "pyjuliapkg" / "install" / "bin" / "julia"
    return given or shutil.which(own) or shutil.which("julia")


def _project():
    """Folder of the Julia environment that juliapkg makes for this Python."""
    prefix = sys.prefix if sys.prefix != sys.base_prefix else os.environ.get("CONDA_PREFIX")
    default = Path(prefix) / "julia_env" if prefix else _depot() / "environments" / "pyjuliapkg"
    return Path(os.environ.get("PYTHON_JULIAPKG_PROJECT") or default)


def _depot():
    return Path(os.environ.get("JULIA_DEPOT_PATH", "").split(os.pathsep)[0] or Path.home() / ".julia")


@cache
def _version(path):
    command = [path, "--version"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"julia version (\d+\.\d+\.\d+\S*)", done.stdout)
    return found and found[1]


def _numbers(version):
    return tuple(int(n) for n in re.findall(r"\d+", version)[:3])
