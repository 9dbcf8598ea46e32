"""Write `docs/costs.md`, what each dependency costs here: `.venv/bin/python .github/costs.py`."""

import importlib.metadata
import platform
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from symgrad_widgets.notebook_support.table import Table

ROOT = Path(__file__).resolve().parents[1]
MODULE = {"beautifulsoup4": "bs4", "ipython": "IPython"}  # where it is not the distribution's own name
PAGE = """# What the installation costs

The table lists the packages that `pip install` installs on {where}. For each package, it gives the size,
the size including all required packages, and the processor time for an import in a fresh process. If
several packages need the same package, the size of the shared package is counted for each of them. All
packages together take {all} MB. By default, pip on Linux installs torch with CUDA, which adds 2.8 GB.
`import symgrad_widgets` takes {own:.2f} s, because it does not load any of the packages until you need
them. The symbolic half of symgrad (`GradientField`, `Search`, `score`, `verify`, `interpret` of a field)
works even if torch cannot be imported.

{table}

Extras that few people need: `app`, `binder`, `classroom`, `compare`, `dask`, `docs`, `pysr`.
`.github/costs.py` writes this page.
"""


def declared():
    """Names of the direct dependencies."""
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return [Requirement(line).name for line in lines]


def needed(name, known=None):
    """The distribution and all that it needs, by name."""
    known = {} if known is None else known
    name = canonicalize_name(name)
    if name not in known:
        known[name] = found = importlib.metadata.distribution(name)
        for requirement in map(Requirement, found.requires or ()):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed(requirement.name, known)
    return known


def megabytes(distributions):
    """Size of their files on disk, without compiled copies of Python."""
    files = {file.locate() for one in distributions for file in one.files or () if file.suffix != ".pyc"}
    return sum(file.stat().st_size for file in map(Path, files) if file.exists()) / 1e6


def seconds(module):
    """Processor time of an import, the least of three: what a bare start takes is not in it."""
    code = f"import os; before = sum(os.times()[:2]); import {module}; print(sum(os.times()[:2]) - before)"
    command = [sys.executable, "-c", code]
    return min(float(subprocess.check_output(command, text=True)) for _ in range(3))  # noqa: S603 - own words


def page():
    """Text of the page."""
    rows, everything = [], {}
    for name in declared():
        whole = needed(name)
        everything |= whole
        own = megabytes([whole[canonicalize_name(name)]])
        cost = own, megabytes(whole.values()), seconds(MODULE.get(name, name))
        rows.append((name, importlib.metadata.version(name), *cost))
    rows.sort(key=lambda row: -row[3])
    lines = tuple((n, v, f"{own:.1f}", f"{whole:.0f}", f"{time:.2f}") for n, v, own, whole, time in rows)
    table = Table(("package", "version", "MB", "MB with what it needs", "s to import"), lines)
    where = f"{platform.system()} with Python {platform.python_version()}"
    sizes = {"all": f"{megabytes(everything.values()):.0f}", "own": seconds("symgrad_widgets")}
    return PAGE.format(where=where, table=table._repr_markdown_(), **sizes)


if __name__ == "__main__":
    (ROOT / "docs" / "costs.md").write_text(page(), encoding="utf-8")
