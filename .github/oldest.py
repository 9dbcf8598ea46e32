"""Print the oldest versions of what the package needs: `.venv/bin/python .github/oldest.py > oldest.txt`.

`pip install -c oldest.txt -e .` then shows whether they still do.
"""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]


def oldest():
    """Lines of a file of constraints: each dependency at its lower bound."""
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    for requirement in map(Requirement, lines):
        (bound,) = [one.version for one in requirement.specifier if one.operator == ">="]
        yield f"{requirement.name}=={bound}"


if __name__ == "__main__":
    print(*oldest(), sep="\n")
