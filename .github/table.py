"""Write the README's table of experiments from the rows of a sweep: `.venv/bin/python .github/table.py`."""

import json
import re
from pathlib import Path

from symgrad_widgets import experiments, notebook_files

ROOT = Path(__file__).resolve().parents[1]
ROWS = ROOT / "notebooks" / "results.jsonl"
BINDER = "https://mybinder.org/v2/gh/OWNER/symgrad-widgets/HEAD?urlpath=lab/tree/"
TABLE = re.compile(r"^\| paper \|.*\n(?:\|.*\n)+", re.MULTILINE)


def table():
    """Markdown: each experiment with its notebook, and what was found."""
    rows = map(json.loads, ROWS.read_text(encoding="utf-8").splitlines())
    found = {row["experiment"]: row for row in rows}
    lines = [
        _line(experiment, found[experiment.slug]) for experiment in experiments if experiment.slug in found
    ]
    head = [
        "| paper | experiment | formulas found | loss | floor | s | open |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *lines]) + "\n"


def _line(experiment, row):
    seconds = row["seconds"]["training"] + row["seconds"]["search"]
    mark = "" if row["same"] else " (another)"
    figures = f"{row['loss']:.1e} | {row['floor']:.1e} | {seconds:.0f}"
    formulas = ", ".join(f"`{formula}`" for formula in row["formulas"])
    notebook = notebook_files.find(experiment, ROOT / "notebooks").relative_to(ROOT / "notebooks").as_posix()
    badge = f"[![launch Binder](.github/binder.svg)]({BINDER}{notebook})"
    linked = f"[{experiment.title}](notebooks/{notebook})"
    return f"| {experiment.id} | {linked} | {formulas}{mark} | {figures} | {badge} |"


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(TABLE.sub(lambda _: table(), readme.read_text(encoding="utf-8")), encoding="utf-8")
