"""CONTRIBUTING.md proven: what it tells to add is added to a copy of the repository and tested there."""

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
CHANGE = re.compile(r"```diff\n# (\S+)\n(.*?)```", re.DOTALL)
QUICK = re.search(r'pytest -m "([^"]+)" +# quick', GUIDE)[1]


def changed(text, difference):
    """The text with a difference's new lines beside the lines, there once, that it shows them with."""
    for hunk in difference.split("\n\n"):
        lines = hunk.strip("\n").split("\n")
        before = "\n".join(line[1:] for line in lines if line.startswith(" "))
        after = "\n".join(line[1:] for line in lines)
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def with_row(text, table, row):
    """The text with one more row in a table of tuples."""
    start, _, rest = text.partition(f"\n{table} = (\n")
    head, closing, tail = rest.partition("\n)\n")
    longer = f"{start}\n{table} = (\n{head}\n{row}{closing[1:]}{tail}"
    assert len(longer) == len(text) + len(row)
    return longer


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A copy of the repository with everything that the guide adds."""
    copy = tmp_path_factory.mktemp("contributed")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in filter(None, subprocess.check_output(command, cwd=ROOT, text=True).split("\0")):
        if (ROOT / name).is_file():  # and not deleted
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    for section in SECTIONS.values():
        for name, text in FILE.findall(section):
            assert not (copy / name).exists()
            (copy / name).write_text(text.lstrip("\n"), encoding="utf-8")
        for name, table, row in ROW.findall(section):
            text = (copy / name).read_text(encoding="utf-8")
            (copy / name).write_text(with_row(text, table, row), encoding="utf-8")
        for name, difference in CHANGE.findall(section):
            text = (copy / name).read_text(encoding="utf-8")
            (copy / name).write_text(changed(text, difference), encoding="utf-8")
    return copy


def pytest_in(repository, *words):
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *words]
    own = os.environ | {"PYTHONPATH": str(repository)}
    return subprocess.run(command, cwd=repository, env=own, capture_output=True, text=True, check=False)


def test_each_kind_of_addition_has_its_page():
    assert set(SECTIONS) == {"experiment", "operator", "view"}
    assert all(len(text.splitlines()) < 100 for text in SECTIONS.values())


def test_lines_are_added_beside_those_they_are_shown_with():
    assert changed("a\nb\nc\n", "+0\n a\n\n b\n+2\n") == "0\na\nb\n2\nc\n"
    with pytest.raises(AssertionError, match="d"):
        changed("a\n", " d\n+e\n")


@pytest.mark.release
def test_what_the_guide_adds_works(repository):
    tests = [name for section in SECTIONS.values() for name, _ in FILE.findall(section) if "test_" in name]
    done = pytest_in(repository, *tests)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^\d passed", done.stdout, re.MULTILINE)


@pytest.mark.release
def test_what_the_guide_adds_leaves_all_quick_tests_green(repository):
    done = pytest_in(repository, "-m", QUICK, "tests")
    assert done.returncode == 0, done.stdout


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
