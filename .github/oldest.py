"""Print the oldest versions that readers may have: `.venv/bin/python .github/oldest.py > oldest.txt`.

`pip install -c oldest.txt -e ".[app,classroom,compare,dask,docs,pysr]"` then shows whether they still do.
"""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
OURS = ("test", "dev")  # extras of who works on it


def oldest():
    """Lines of a file of constraints: each dependency at its lower bound, with those of readers' extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = project["dependencies"]
    for extra, more in project["optional-dependencies"].items():
        lines += [] if extra in OURS else more
    for requirement in map(Requirement, lines):
        (bound,) = [one.version for one in requirement.specifier if one.operator == ">="]
        yield f"{requirement.name}=={bound}"


if __name__ == "__main__":
    print(*oldest(), sep="\n")
