"""Write the README's table of experiments from the rows of a sweep: `.venv/bin/python .github/table.py`."""

import json
import re
from pathlib import Path

from symgrad_widgets import experiments, notebook_files

ROOT = Path(__file__).resolve().parents[1]
ROWS = ROOT / "tests" / "reference" / "seed0.jsonl"
TABLE = re.compile(r"^\| paper \|.*\n(?:\|.*\n)+", re.MULTILINE)


def table():
    """Markdown: each experiment with its notebook, and what was found."""
    rows = map(json.loads, ROWS.read_text(encoding="utf-8").splitlines())
    found = {row["experiment"]: row for row in rows}
    lines = [
        _line(experiment, found[experiment.slug]) for experiment in experiments if experiment.slug in found
    ]
    head = ["| paper | experiment | formulas found | loss | floor | s |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *lines]) + "\n"


def _line(experiment, row):
    seconds = row["seconds"]["training"] + row["seconds"]["search"]
    mark = "" if row["same"] else " (another)"
    figures = f"{row['loss']:.1e} | {row['floor']:.1e} | {seconds:.0f}"
    formulas = ", ".join(f"`{formula}`" for formula in row["formulas"])
    return f"| {experiment.id} | {_linked(experiment)} | {formulas}{mark} | {figures} |"


def _linked(experiment):
    try:
        notebook = notebook_files.find(experiment, ROOT / "notebooks")
    except notebook_files.UnknownNameError:
        return experiment.title
    return f"[{experiment.title}]({notebook.relative_to(ROOT).as_posix()})"


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(TABLE.sub(lambda _: table(), readme.read_text(encoding="utf-8")), encoding="utf-8")
