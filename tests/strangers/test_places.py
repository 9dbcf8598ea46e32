"""Folders, kernels, users and disks as they are elsewhere."""

import errno
import importlib
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import nbformat
import numba
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

import symgrad_widgets as sg
from symgrad_widgets.commands import doctor
from symgrad_widgets.commands.cli import main
from symgrad_widgets.notebook_support import kernels, notebook_files, runner
from symgrad_widgets.search.kernel import compiled, kept

PLACES = [
    "runs {a}",
    "{}",
    "two  spaces",
    "Größe 速度",
    'it\'s "quoted"',
    "$HOME",
    "%s",
    "a;b&c",
    "-x",
    "x" * 200,
]


@pytest.mark.parametrize("place", PLACES)
def test_a_folder_is_used_as_it_is_named(place, tmp_path):
    folder = notebook_files.check_folder(tmp_path / place)
    assert folder == tmp_path / place
    points = np.random.default_rng(0).uniform(1, 2, (60, 2))
    search = sg.Search(sg.GradientField(points, points[:, ::-1].copy()), operators=["mul"])
    search.save(folder / "a {b} search.npz")
    assert sg.Search.load(folder / "a {b} search.npz").generation == 0
    sg.experiments["oscillator"].pretrained().save(folder / "weights {c}")
    assert sg.experiments["oscillator"].pretrained(folder / "weights {c}").seed == 0


def test_a_tilde_is_the_home_also_where_no_shell_sees_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert notebook_files.check_folder("~/runs") == tmp_path / "runs"


@pytest.mark.parametrize("place", ["x" * 300, "file", "file/below", "a\0b", "~nobody-of-that-name/x"])
def test_a_folder_that_cannot_be_is_one_line(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    with pytest.raises(sg.SymgradError, match=r"cannot write to .* \(.*\): choose another folder"):
        notebook_files.check_folder(place)


def write(folder, code):
    folder.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=[new_code_cell(code)]), folder / "one {x}.ipynb")
    return folder / "one {x}.ipynb"


@pytest.mark.notebook
def test_notebooks_run_in_our_own_python_in_folders_of_any_name(tmp_path, monkeypatch):
    spec = tmp_path / "elsewhere" / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = ["/nowhere/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "elsewhere"))
    source = write(tmp_path / "from {here}", "import sys\nprint(sys.executable)")
    output = notebook_files.check_folder(tmp_path / "runs {a}") / "out {b}.ipynb"
    runner.execute(source, output, {}, 60)
    (cell,) = nbformat.read(output, as_version=4).cells
    assert cell.outputs[0].text.strip() == sys.executable
    check = doctor._kernel()
    assert str(spec) in str(check)
    assert check.advice
    assert not check.fault


def test_doctor_is_content_with_our_own_kernel(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert not doctor._kernel().advice


def test_servers_have_our_kernel_among_the_others(tmp_path, monkeypatch):
    for name in ("python3", "another"):
        spec = tmp_path / "kernels" / name
        spec.mkdir(parents=True)
        (spec / "kernel.json").write_text(
            json.dumps({"argv": ["/no"], "display_name": name, "language": "x"})
        )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    known = kernels.OwnKernel().get_all_specs()
    assert known["another"]["spec"]["argv"] == ["/no"]
    assert known["python3"]["spec"]["argv"][0] == sys.executable
    assert kernels.OwnKernel().get_kernel_spec("python3").argv[0] == sys.executable


def test_lab_says_in_one_line_how_it_starts_as_root(tmp_path, monkeypatch, capsys):
    (tmp_path / "00_start_here.ipynb").write_text("{}")
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    started = []
    monkeypatch.setattr(os, "execve", lambda *given: started.append(given[1]) or 0)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: started.append(command))
    assert main(["lab", "--notebooks", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "symgrad lab --allow-root" in told
    assert not started
    for option in ("--allow-root", "--ServerApp.allow_root=True", "--version"):
        main(["lab", "--notebooks", str(tmp_path), option])
        assert started.pop()[-1] == option
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    main(["lab", "--notebooks", str(tmp_path)])
    assert any("kernels.OwnKernel" in word for word in started.pop())


# -- the cache of compiled code ------------------------------------------------------------------------------


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Compile a small function as at the start of a process, or load it; return what is said."""
    (tmp_path / "twice.py").write_text("def twice(x):\n    return 2 * x\n")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(tmp_path)

    def _start():
        monkeypatch.delitem(sys.modules, "twice", raising=False)
        function = importlib.import_module("twice").twice
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            made = kept.compiled_and_kept(function)
            assert made(2.0) == 4.0
        return kept.folder(made), sum(made.stats.cache_hits.values()), [str(one.message) for one in told]

    return _start


@pytest.mark.parametrize(("ending", "length"), [(".nbi", 0), (".nbi", 20), (".nbc", 300)])
def test_a_cache_cut_short_is_found_told_and_made_again(start, tmp_path, ending, length):
    assert start()[1:] == (0, [])
    assert start()[1:] == (1, [])
    (file,) = (tmp_path / "cache").rglob(f"*{ending}")
    file.write_bytes(file.read_bytes()[:length])
    where, hits, told = start()
    assert hits == 0
    (said,) = told
    assert f"the compiled code in {where} is damaged" in said
    assert start()[1:] == (1, [])


def test_where_no_folder_can_be_written_each_start_compiles_and_says_so_once(monkeypatch):
    def no_folder(*_, cache=False, **__):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(kept, "njit", no_folder)
    with pytest.warns(UserWarning, match="cannot be written anywhere.* set NUMBA_CACHE_DIR") as told:
        assert kept.compiled_and_kept(abs)(-1) == 1
    assert len(told) == 1


def test_a_disk_that_is_full_costs_a_line(tmp_path):
    class Full:
        cache_path = str(tmp_path)
        _py_func = test_a_disk_that_is_full_costs_a_line

        def save_overload(self, *_):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.warns(
        UserWarning, match=r"cannot be kept in .* \(No space left on device\): set NUMBA_CACHE_DIR"
    ):
        kept._Mended(Full()).save_overload(None, None)


@pytest.mark.sweep
def test_doctor_looks_where_the_cache_is():
    check = doctor._compiled_cache()
    assert check.found == str(kept.folder(compiled.evaluate))
    assert not check.advice
