"""Check what PySR needs, what is missing, and how to get it. These checks download nothing."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import EngineError

__all__ = ["TRIED", "Found", "advice", "look", "require"]

# The newest versions that we tried with `child.py`; README.md says what we tried.
TRIED = {"pysr": "2.7.2", "juliacall": "0.9.36", "juliapkg": "0.1.28"}
_PYSR = "pip install 'symgrad-widgets[pysr]' brings PySR's Python part"
_GET = (
    "`conda install -c conda-forge julia` and juliaup put Julia on the PATH; if it is not there, PySR's "
    "juliapkg fetches it from the internet at the first use (`symgrad julia`)"
)
_OFFLINE = (
    "without the internet, run `symgrad julia` on a machine with a connection, copy the folders that "
    "JULIA_DEPOT_PATH and PYTHON_JULIAPKG_PROJECT name, and set both variables to the copies; set "
    "PYTHON_JULIAPKG_EXE to the Julia program, and PYTHON_JULIAPKG_OFFLINE=yes"
)
_FOLDERS = (
    "Julia keeps its packages where this user may not write: set JULIA_DEPOT_PATH and "
    "PYTHON_JULIAPKG_PROJECT (absolute paths) to folders of your own"
)
_HALF = (
    "Julia's environment is half-installed: delete the folder julia_env of this Python environment, or the "
    "one that PYTHON_JULIAPKG_PROJECT names, and run `symgrad julia`"
)
_EXE, _PROJECT = "PYTHON_JULIACALL_EXE", "PYTHON_JULIACALL_PROJECT"
_OWN = (
    f"{_PROJECT} names an environment of your own, where nothing is installed for you: add PythonCall "
    f"(in the version of juliacall), SymbolicRegression and Zygote to it, or unset it and {_EXE}"
)
# Error reports of a process that cannot start, and advice; the first matching pattern counts.
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
    """What is installed: versions as text, or None for missing parts."""

    pysr: str | None
    julia: str | None = None  # path of the program
    version: str | None = None
    wanted: str = ""  # versions of Julia that fit, as juliapkg writes them
    fits: bool = False  # whether the version fits
    installed: bool = False  # whether juliapkg can start Julia at once
    offline: bool = False
    folders: Sequence[str] = ()  # of Julia's environment and packages
    wrong: str = ""  # what is wrong in the settings

    def __str__(self):
        python = f"pysr {self.pysr}" if self.pysr else "no pysr"
        julia = f"julia {self.version} ({self.julia})" if self.julia else "no julia"
        return f"{python}, {julia}" + (f", wanted {self.wanted}" if self.wanted else "")

    @property
    def missing(self):
        """Text that says why PySR cannot start, and what to do; empty if you can try PySR."""
        if self.pysr is None:
            return f"PySR is not installed: {_PYSR}"
        if self.wrong or self.fits or not self.offline:
            return self.wrong
        what = "there is no Julia" if self.julia is None else f"{self.julia} is version {self.version}"
        return (
            f"{what}, PySR needs {self.wanted}, and PYTHON_JULIAPKG_OFFLINE=yes forbids fetching it: {_GET}"
        )

    @property
    def download(self):
        """Text that says what the first use will download; empty if there is nothing."""
        if self.missing or self.installed:
            return ""
        what = "PySR's Julia packages" if self.fits else f"Julia {self.wanted} and its packages"
        other = "" if self.fits or self.julia is None else f" ({self.julia} is version {self.version})"
        return (
            f"{what} will be downloaded and compiled, once, into {' and '.join(self.folders)}{other}: "
            "about 2 GB, 5 to 15 minutes"
        )

    @property
    def ready(self):
        """Whether PySR starts without a download."""
        return not (self.missing or self.download)

    @property
    def untried(self):
        """Text that lists versions newer than those we have tried; empty if there are none."""
        there = {name: _version(name) or "0" for name in TRIED}
        newer = [name for name in TRIED if _numbers(there[name]) > _numbers(TRIED[name])]
        return ", ".join(
            f"{name} {there[name]} is newer than {TRIED[name]}, the newest we tried" for name in newer
        )


def look():
    """Look for PySR and Julia on this machine; return `Found`."""
    pysr = _version("pysr")
    if pysr is None:
        return Found(None)
    home, project = os.environ.get("PYTHON_JULIACALL_BINDIR"), os.environ.get(_PROJECT)
    exe = os.environ.get(_EXE, home and str(Path(home) / "julia"))
    return _by_juliapkg(pysr) if exe is None and project is None else _own(pysr, exe, project)


def require():
    """Raise EngineError if PySR cannot start; warn if it is going to download something."""
    found = look()
    if found.missing:
        raise EngineError(f'backend="pysr" cannot start: {found.missing}. `symgrad doctor` looks again.')
    if found.download:
        warnings.warn(f"{found.download}. The log has the details.", stacklevel=2)


def advice(report):
    """Return advice about an error that the process reported; empty if we have none."""
    text = next((text for pattern, text in _ADVICE.items() if re.search(pattern, report)), "")
    return _OWN if text == _HALF and _PROJECT in os.environ else text


def _by_juliapkg(pysr):
    """Ask juliapkg which Julia it would start; use a separate process, in which Julia runs, too."""
    text, complaint = _answer([sys.executable, "-P", str(Path(__file__).with_name("probe.py"))])
    if complaint:
        helps = advice(complaint)
        return Found(pysr, wrong=f"juliapkg says {complaint}" + (f": {helps}" if helps else ""))
    answer = json.loads(text.splitlines()[-1])  # juliapkg may print other lines before it
    named, wrong = answer.pop("named"), ""
    if named and not answer["fits"]:
        wrong = (
            f"PYTHON_JULIAPKG_EXE names Julia {answer['version']}, but PySR needs {answer['wanted']}: "
            "name a Julia that fits, or unset it"
        )
    return Found(pysr, **answer, wrong=wrong)


def _own(pysr, exe, project):
    """Check the user's own Julia and environment, which juliacall starts without juliapkg."""
    path, version, wrong = exe and shutil.which(exe), None, ""
    if exe is None or project is None:
        wrong = (
            f"{_EXE} and {_PROJECT} work only together, and then nothing is installed for you: set both or "
            "neither, and PYTHON_JULIAPKG_EXE to choose a Julia program"
        )
    elif path is None:
        wrong = f"{_EXE}={exe} names no program"
    elif not Path(project).exists():
        wrong = f"{_PROJECT}={project} is not there"
    else:
        text, _ = _answer([path, "--version"])
        version = re.match(r"julia version (\S+)", text)
        wrong = "" if version else f"{path} is not a Julia that runs (it does not report its version)"
    return Found(pysr, path, version and version[1], fits=True, installed=True, wrong=wrong)


def _answer(command):
    """Run a program; return its output, and the last line of its errors if it failed, otherwise ""."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
    except subprocess.CalledProcessError as failed:
        return "", [str(failed), *failed.stderr.strip().splitlines()][-1]
    except (OSError, subprocess.TimeoutExpired) as failed:
        return "", str(failed)
    return done.stdout, ""


def _version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version):
    return tuple(int(n) for n in re.findall(r"\d+", version)[:3])
