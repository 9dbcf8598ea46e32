"""GitHub's workflows: readable, frugal with rights, and without commands that the documents do not name."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TOLD = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))


def jobs(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def steps(path):
    return [step for job in jobs(path).values() for step in job["steps"]]


def untold(commands):
    """Commands that a reader of README and CONTRIBUTING is not told to give."""
    told = TOLD.replace(".venv/bin/", "")
    return [line for command in commands for line in command.splitlines() if line not in told]


def test_all_that_is_promised_runs():
    names = {path.stem for path in FILES}
    assert names == {"image", "julia", "newest", "sweep", "tests"}
    unit = jobs(ROOT / ".github/workflows/tests.yml")["unit"]
    assert {name.partition("-")[0] for name in unit["strategy"]["matrix"]["os"]} == {
        "ubuntu",
        "macos",
        "windows",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_workflow_gives_only_commands_that_the_documents_name(path):
    commands = [step["run"] for step in steps(path) if "run" in step]
    assert commands
    assert untold(commands) == []


def test_a_command_of_its_own_is_noticed():
    assert untold(["bash .ci/run", "make everything"]) == ["make everything"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_and_ends_by_itself(path):
    whole = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert whole["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 180 for job in whole["jobs"].values())
    assert all(step["uses"].startswith("actions/") for step in steps(path) if "uses" in step)


def test_the_whole_check_is_the_one_script():
    commands = [step.get("run") for step in jobs(ROOT / ".github/workflows/tests.yml")["everything"]["steps"]]
    assert list(filter(None, commands)) == ["bash .ci/run"]


def test_a_real_julia_is_kept_and_leaves_its_table():
    path = ROOT / ".github/workflows/julia.yml"
    (kept,) = [step["with"] for step in steps(path) if "actions/cache" in step.get("uses", "")]
    assert {"~/.julia", "~/.juliaup"} == set(kept["path"].split())
    named = re.search(r"hashFiles\((.*)\)", kept["key"])[1]
    assert all((ROOT / name).is_file() for name in re.findall(r"'(.+?)'", named))
    (upload,) = [step["with"]["path"] for step in steps(path) if "upload" in step.get("uses", "")]
    (script, table) = next(s["run"] for s in steps(path) if "engines.py" in s.get("run", "")).split()[1:]
    assert (ROOT / script).is_file()
    assert table.startswith(f"{upload}/")


def test_a_night_leaves_its_report():
    uploads = [
        step for step in steps(ROOT / ".github/workflows/sweep.yml") if "upload" in step.get("uses", "")
    ]
    assert [step["if"] for step in uploads] == ["always()"]
    (folder,) = [step["with"]["path"] for step in uploads]
    assert f"--out {folder} " in "".join(
        s.get("run", "") for s in steps(ROOT / ".github/workflows/sweep.yml")
    )
