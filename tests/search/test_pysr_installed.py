"""What PySR needs, told by juliapkg's and juliacall's own code; what is called Julia only says so."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

import symgrad_widgets as sg
from symgrad_widgets.commands import doctor
from symgrad_widgets.errors import EngineError
from symgrad_widgets.search.pysr import child, installed
from symgrad_widgets.search.pysr.installed import Found

PACKAGE = Path(installed.__file__).parents[2]
LIBRARIES = next((path for path in sys.path if (Path(path) / "juliapkg").is_dir()), None)
pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("pysr") is None, reason="pip install 'symgrad-widgets[pysr]'"
    ),
    pytest.mark.skipif(os.name == "nt", reason="the programs that stand in for Julia are shell scripts"),
]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Return a machine without Julia, whose folders are all our own; `python` is not taken away."""
    for name in [name for name in os.environ if name.startswith(("PYTHON_JULIA", "JULIA"))]:
        monkeypatch.delenv(name)
    (tmp_path / "bin").mkdir()
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_JULIAPKG_PROJECT", str(tmp_path / "env"))
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    openssl(tmp_path, monkeypatch, 3, 0)
    return tmp_path


def openssl(place, monkeypatch, major, minor):
    """Let Python, in processes of its own, think that it has this OpenSSL."""
    lines = f"import ssl\nssl.OPENSSL_VERSION_INFO = ({major}, {minor}, 0, 0, 0)\n"
    (place / "sitecustomize.py").write_text(lines)
    monkeypatch.setenv("PYTHONPATH", str(place))


def julia(place, version, name="bin/julia"):
    """Write a program that tells the version, and where its library would be, as Julia does."""
    path = place / name
    tells = f'case "$*" in *--version*) echo julia version {version};; *) printf "{place} \\0 {place}";; esac'
    path.write_text(f"#!/bin/sh\n{tells}\n")
    path.chmod(0o755)
    return str(path)


def said_by(code, *options):
    """What a line of Python ends with, in a process like those that the search starts."""
    command = [sys.executable, "-P", *options, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stderr if done.returncode else done.stdout).strip().splitlines()[-1]


# -- what juliapkg reads ----------------------------------------------------------------------------------


def test_juliapkg_reads_what_this_package_wants_of_julia_wherever_it_is_installed(place):
    (place / "pysr").mkdir()  # instead of PySR: what juliapkg would read when it is imported
    (place / "pysr/__init__.py").write_text(
        "from juliapkg import deps\nraise SystemExit(repr(sorted(deps.deps_files())))\n"
    )
    script = str(PACKAGE / "search/pysr/child.py")
    command = [sys.executable, "-P", "-S", script]  # -S: without the folders of what is installed
    environment = os.environ | {"PYTHONPATH": f"{place}:{LIBRARIES}"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place, env=environment)
    assert str(PACKAGE / "juliapkg.json") in done.stderr


def test_zygote_is_asked_for_as_the_process_loads_it():
    wanted = json.loads((PACKAGE / "juliapkg.json").read_text())["packages"]
    assert wanted == {"Zygote": {"uuid": child.ZYGOTE}}


# -- which Julia ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "minor", "fits", "wanted"),
    [
        ("1.10.4", 0, True, "1.10.3 - 1.11"),
        ("1.11.9", 0, True, "1.10.3 - 1.11"),
        ("1.12.1", 0, False, "1.10.3 - 1.11"),
        ("1.12.1", 5, True, "^1.10.3"),  # with OpenSSL 3.5 juliapkg sets no such bound
        ("1.6.7", 0, False, "1.10.3 - 1.11"),
    ],
)
def test_the_versions_wanted_are_those_of_juliapkg(place, monkeypatch, version, minor, fits, wanted):
    openssl(place, monkeypatch, 3, minor)
    path = julia(place, version)
    found = installed.look()
    assert (found.julia, found.version, found.wanted, found.fits) == (path, version, wanted, fits)
    assert f"julia {version} ({path}), wanted {wanted}" in str(doctor._pysr())
    assert not found.ready
    if not fits:
        assert f"Julia {wanted} and its packages will be downloaded" in found.download
        assert f"({path} is version {version})" in found.download
        monkeypatch.setenv("PYTHON_JULIAPKG_OFFLINE", "yes")
        assert f"{path} is version {version}, PySR needs {wanted}" in installed.look().missing


def test_it_is_ready_once_juliapkg_has_resolved_it_and_no_longer_with_another_julia(
    place, monkeypatch, recwarn
):
    julia(place, "1.10.4")
    monkeypatch.setenv("PYTHON_JULIAPKG_OFFLINE", "yes")
    resolve = f"import sys; sys.path.append({str(PACKAGE.parent)!r}); import juliapkg; juliapkg.resolve()"
    said_by(resolve)
    assert installed.look().ready
    installed.require()
    assert not recwarn.list
    julia(place, "1.11.0")
    assert not installed.look().ready


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"PYTHON_JULIAPKG_OFFLINE": "yes"},
            r"there is no Julia, PySR needs 1\.10\.3 - 1\.11, .* conda-forge",
        ),
        ({"PYTHON_JULIAPKG_EXE": "/bin/sh"}, r"juliapkg_exe=/bin/sh is not a Julia .*unset or correct it"),
        (
            {"PYTHON_JULIAPKG_EXE": "{new}"},
            r"PYTHON_JULIAPKG_EXE names Julia 1\.12\.1, but PySR needs .* unset it",
        ),
        ({"PYTHON_JULIAPKG_PROJECT": "here"}, "PYTHON_JULIAPKG_PROJECT must be an absolute path"),
    ],
)
def test_what_is_missing_is_said_before_a_process_is_started(place, monkeypatch, settings, message):
    new = julia(place, "1.12.1", "new")
    for name, value in settings.items():
        monkeypatch.setenv(name, value.format(new=new))
    points = np.random.default_rng(0).uniform(0.1, 1, (100, 2))
    search = sg.Search(sg.GradientField(points, points), backend="pysr")
    with pytest.raises(EngineError, match=message) as raised:
        search.step()
    assert "symgrad doctor" in str(raised.value)
    assert re.search(message, str(doctor._pysr()))


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (None, r"Julia 1\.10\.3 - 1\.11 and its packages will be downloaded"),
        ("1.6.7", r"bin/julia is version 1\.6\.7\)"),
        ("1.10.4", "PySR's Julia packages will be downloaded"),
    ],
)
def test_a_download_is_announced_with_place_size_and_time(place, version, message):
    if version:
        julia(place, version)
    with pytest.warns(UserWarning, match=message) as caught:
        installed.require()
    assert f"{place / 'env'} and {place / 'depot'}" in str(caught[0].message)
    assert "2 GB, 5 to 15 minutes" in str(caught[0].message)


# -- a Julia of one's own ---------------------------------------------------------------------------------

EXE, PROJECT, HOME = (f"PYTHON_JULIACALL_{name}" for name in ("EXE", "PROJECT", "BINDIR"))


@pytest.mark.parametrize(
    ("settings", "refused"),
    [
        ({EXE: "bin/julia", PROJECT: "own"}, ""),
        ({HOME: "bin", PROJECT: "own"}, ""),
        ({EXE: "bin/julia"}, "work only together"),
        ({PROJECT: "own"}, "work only together"),
        ({HOME: "bin"}, "work only together"),
        ({EXE: "bin/gone", PROJECT: "own"}, "names no program"),
        ({EXE: "bin/julia", PROJECT: "gone"}, "is not there"),
    ],
    ids=" ".join,
)
def test_a_julia_of_ones_own_is_refused_where_juliacall_refuses_it(place, monkeypatch, settings, refused):
    path = julia(place, "1.12.1")
    for name, value in settings.items():
        monkeypatch.setenv(name, str(place / value))
    found = installed.look()
    assert refused in found.missing
    assert found.ready == (not refused)
    assert refused or (found.julia, found.version) == (path, "1.12.1")
    says = said_by("import juliacall")
    own_words = re.match(r"Exception: Both PYTHON_JULIACALL|ValueError: PYTHON_JULIACALL", says)
    assert bool(own_words) == bool(refused), says  # else it goes on, to a library that is none here


def test_what_helps_depends_on_whose_environment_it_is(monkeypatch):
    report = "ArgumentError: Package SymbolicRegression not found in current path."
    assert "half-installed" in installed.advice(report)
    monkeypatch.setenv(PROJECT, "/somewhere")
    assert "add PythonCall" in installed.advice(report)


# -- versions of PySR -------------------------------------------------------------------------------------


def test_what_is_newer_than_tried_is_said_by_doctor(monkeypatch):
    versions = dict(installed.TRIED)
    monkeypatch.setattr(installed, "_version", versions.get)
    monkeypatch.setattr(
        installed, "_by_juliapkg", lambda pysr: Found(pysr, "/j", "1.11.0", fits=True, installed=True)
    )
    assert not doctor._pysr().advice
    versions["pysr"] = "2.10.0"
    assert (
        f"pysr 2.10.0 is newer than {installed.TRIED['pysr']}, the newest we tried" in doctor._pysr().advice
    )


def test_the_newest_tried_are_those_of_the_constraints_and_the_oldest_is_allowed():
    frozen = (PACKAGE.parent / "binder/constraints.txt").read_text()
    assert f"pysr=={installed.TRIED['pysr']}\n" in frozen
    extras = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    allowed = Requirement(*extras["pysr"]).specifier
    assert {version: version in allowed for version in ("2.4.1", "2.5.2", "2.7.2", "2.8.0", "3.0.0")} == {
        "2.4.1": False, "2.5.2": True, "2.7.2": True, "2.8.0": True, "3.0.0": False,
    }  # fmt: skip
    page = (PACKAGE / "search/pysr/README.md").read_text()
    assert all(f"{name} | " in page and version in page for name, version in installed.TRIED.items())


def test_what_the_process_uses_of_pysr_is_in_the_one_installed():
    """Its arguments are compared in test_pysr.py; PySR is read and not imported, which would start Julia."""
    source = Path(importlib.util.find_spec("pysr").origin).parent
    text = {name: (source / f"{name}.py").read_text() for name in ("sr", "interrupt", "plugins")}
    assert "def load_package(package_name: str, uuid_s: str)" in (source / "julia_extensions.py").read_text()
    assert "def jl_numpy_array(x)" in (source / "julia_helpers.py").read_text()
    assert "model.interrupted_ = interrupted" in text["interrupt"]
    assert "class AdaptiveParsimonyPlugin" in text["plugins"]
    assert '"hall_of_fame.csv"' in text["sr"]
    assert "tempfile.mkdtemp(dir=self.tempdir)" in text["sr"]
    for column in ("Complexity", "Loss", "Equation"):
        assert f'"{column}": "{column.lower()}"' in text["sr"]


def test_without_pysr_there_is_one_line(monkeypatch):
    monkeypatch.setattr(installed, "_version", lambda _: None)
    assert "pip install 'symgrad-widgets[pysr]'" in installed.look().missing
