"""Write the README's table of experiments from the rows of a sweep: `.venv/bin/python .github/table.py`."""

import json
import re
from pathlib import Path

from symgrad_widgets import experiments
from symgrad_widgets.notebook_support import notebook_files
from symgrad_widgets.notebook_support.table import Table

ROOT = Path(__file__).resolve().parents[1]
ROWS = ROOT / "notebooks" / "reference" / "results.jsonl"
BINDER = "https://mybinder.org/v2/gh/OWNER/symgrad-widgets/HEAD?urlpath=lab/tree/"
TABLE = re.compile(r"^\| paper \|.*\n(?:\|.*\n)+", re.MULTILINE)


def table():
    """Markdown: each experiment with its notebook, and what was found."""
    rows = map(json.loads, ROWS.read_text(encoding="utf-8").splitlines())
    found = {row["experiment"]: row for row in rows}
    head = ("paper", "experiment", "formulas found", "loss", "floor", "s", "open")
    lines = (_line(e, found[e.slug]) for e in experiments if e.slug in found)
    return Table(head, tuple(lines))._repr_markdown_() + "\n"


def _line(experiment, row):
    seconds = row["seconds"]["training"] + row["seconds"]["search"]
    mark = "" if row["same"] else " (another)"
    figures = f"{row['loss']:.1e}", f"{row['floor']:.1e}", f"{seconds:.0f}"
    formulas = ", ".join(f"`{formula}`" for formula in row["formulas"])
    notebook = notebook_files.find(experiment, ROOT / "notebooks").relative_to(ROOT / "notebooks").as_posix()
    badge = f"[![launch Binder](.github/binder.svg)]({BINDER}{notebook})"
    linked = f"[{experiment.title}](notebooks/{notebook})"
    return experiment.id, linked, formulas + mark, *figures, badge


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(TABLE.sub(lambda _: table(), readme.read_text(encoding="utf-8")), encoding="utf-8")
