"""Write what follows from elsewhere into documents and notebooks: `.venv/bin/python .github/documents.py`.

* `docs/found.md`: the table of experiments, from the rows of a sweep
* the section on Binder in the README: the owner's name is that of the repository's address in
  `pyproject.toml`; without an address there is nothing to open, and the section is empty
* the help line of each notebook: pip by name only when the CHANGELOG says that the first version is released
"""

import json
import re
import tomllib
from pathlib import Path

from symgrad_widgets import experiments
from symgrad_widgets.measuring import contents
from symgrad_widgets.notebook_support import notebook_files
from symgrad_widgets.notebook_support.table import Table

ROOT = Path(__file__).resolve().parents[1]
ROWS = ROOT / "notebooks" / "reference" / "results.jsonl"
SECTION = re.compile(r"(?<=<!-- Binder -->\n).*(?=<!-- /Binder -->)", re.DOTALL)
HELP = re.compile(r"\*Did something fail\?.*\*")
FOUND = """# What has been found

We ran all experiments of the two papers on the method (arXiv 2401.04978 and arXiv 2409.05305) with seed
0, and added an experiment on a 3x3 determinant. *loss* is the mean of `1 - cos^2` between the gradients
of formula and neuron. *floor* is the loss of the true concept, and shows how imperfect the network is.
*s* is the time that training and search take on one core, in seconds.

{table} Each formula stands for all monotone functions of that formula. If the data lie on a surface, a
formula also stands for all other formulas that agree with it on the surface. For example, `x2**2 + x6**2
+ x7**2` is the sum of principal minors for antisymmetric matrices. *another* means that the formula
differs from the paper's formula. (P2-G is an exercise: the network has mixed two concepts, and the task
is to find out how.) The page [Recovery](recovery.md) shows the results for more seeds, and for networks
trained as in the paper.
"""
BINDER = """Without installing anything, on Binder:
[the start notebook]({at}?urlpath=lab/tree/00_start_here.ipynb), the playground
[with code]({at}?urlpath=lab/tree/playground.ipynb) or
[as an application]({at}?urlpath=voila/render/playground.ipynb), and [each experiment](docs/found.md).
Binder ends a session after ten idle minutes. Above each notebook, one button saves your work in the browser,
a second restores your work in the next session, and a third downloads your work. The browser stores your work
for one address only. If Binder sends you to another host, use the download.
"""


def owned():
    """Account and name of the repository, from its address, or None."""
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"].get("urls", {})
    return urls["Repository"].removeprefix("https://github.com/").strip("/") if "Repository" in urls else None


def released():
    """Whether `pip install symgrad-widgets` brings something."""
    versions = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    return "not yet released" not in versions[-1]


def binder(repository):
    """Section of the README on Binder."""
    return BINDER.format(at=_at(repository)) if repository else ""


def help_line(by_name):
    """What a notebook says to do where its first cell fails."""
    file = "`%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`"
    what = "`%pip install symgrad-widgets`" if by_name else file
    return f"*Did something fail? Run {what}. Then `!symgrad doctor` says what is missing.*"


def found(repository):
    """Page of each experiment with its notebook, and what was found."""
    rows = map(json.loads, ROWS.read_text(encoding="utf-8").splitlines())
    of = {row["experiment"]: row for row in rows}
    head = ("paper", "experiment", "formulas found", "loss", "floor", "s", *(["open"] if repository else []))
    lines = (_line(e, of[e.slug], repository) for e in experiments if e.slug in of)
    return FOUND.format(table=Table(head, tuple(lines))._repr_markdown_() + "\n")


def _line(experiment, row, repository):
    seconds = row["seconds"]["training"] + row["seconds"]["search"]
    mark = "" if row["same"] else " (another)"
    figures = f"{row['loss']:.1e}", f"{row['floor']:.1e}", f"{seconds:.0f}"
    formulas = ", ".join(contents.typed(formula) for formula in row["formulas"])
    notebook = notebook_files.find(experiment, ROOT / "notebooks").relative_to(ROOT / "notebooks").as_posix()
    linked = f"[{experiment.title}](../notebooks/{notebook})"
    badge = f"[![launch Binder](../.github/binder.svg)]({_at(repository)}?urlpath=lab/tree/{notebook})"
    return experiment.id, linked, formulas + mark, *figures, *([badge] if repository else [])


def _at(repository):
    return f"https://mybinder.org/v2/gh/{repository}/HEAD"


def written():
    """Texts by the files that they belong into."""
    readme, repository = ROOT / "README.md", owned()
    texts = {ROOT / "docs" / "found.md": found(repository)}
    texts[readme] = SECTION.sub(lambda _: binder(repository), readme.read_text("utf-8"))
    line = help_line(released())
    for path in notebook_files.sources(ROOT / "notebooks"):
        for one, said in ((path.with_suffix(".py"), line), (path, json.dumps(line)[1:-1])):
            texts[one] = HELP.sub(lambda _, said=said: said, one.read_text("utf-8"))
    return texts


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
