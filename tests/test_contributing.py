"""CONTRIBUTING.md proven: what it tells to add is added to a copy of the package and tested there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## How to add an? (\w+)\n(.*?)(?=^## )", GUIDE, re.DOTALL | re.MULTILINE))
FILE = re.compile(r"```python\n# (\S+)\n(.*?)```", re.DOTALL)
ROW = re.compile(r"```python\n# (\S+), a row of (\w+)\n(.*?)```", re.DOTALL)


def test_each_kind_of_addition_has_its_page():
    assert set(SECTIONS) == {"experiment", "operator", "widget"}
    assert all(len(text.splitlines()) < 80 for text in SECTIONS.values())


@pytest.mark.release
@pytest.mark.parametrize("kind", SECTIONS)
def test_what_the_guide_adds_works(kind, tmp_path):
    files = FILE.findall(SECTIONS[kind])
    shutil.copytree(ROOT / "symgrad_widgets", tmp_path / "symgrad_widgets")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, text in files:
        assert not (tmp_path / name).exists()
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text.lstrip("\n"), encoding="utf-8")
    for name, table, row in ROW.findall(SECTIONS[kind]):
        text = (tmp_path / name).read_text(encoding="utf-8")
        start, _, rest = text.partition(f"\n{table} = (\n")
        head, closing, tail = rest.partition("\n)\n")
        longer = f"{start}\n{table} = (\n{head}\n{row}{closing[1:]}{tail}"
        assert len(longer) == len(text) + len(row)
        (tmp_path / name).write_text(longer, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path / "tests"]
    own = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^\d passed", done.stdout, re.MULTILINE)


def test_the_guide_obeys_the_projects_own_style(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ruff = shutil.which("ruff", path=Path(sys.executable).parent)
    if ruff is None:
        pytest.skip("ruff is not installed: it comes with the extra `dev`")
    for section in SECTIONS.values():
        for name, text in FILE.findall(section):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text.lstrip("\n"), encoding="utf-8")
    command = [ruff, "check", "--no-cache", "--ignore=INP001", "."]  # no package around them here
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
