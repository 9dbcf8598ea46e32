"""The notebooks of the repository, and how tests execute them."""

import os
from pathlib import Path

import nbformat
import papermill
import pytest

from symgrad_widgets import experiments
from symgrad_widgets.errors import SymgradError
from symgrad_widgets.notebook_support import notebook_files

ROOT = Path(__file__).resolve().parents[1]


def _has_notebook(experiment):
    try:
        return notebook_files.find(experiment, ROOT / "notebooks")
    except SymgradError:
        return None


NOTEBOOKS = sorted(p for p in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
OF_EXPERIMENTS = {e: notebook_files.find(e, ROOT / "notebooks") for e in experiments if _has_notebook(e)}
CELL_SECONDS = 240


def one_by_day(cases):
    """Every run takes the first case, the others are for the night."""
    return [case if k == 0 else pytest.param(case, marks=pytest.mark.nightly) for k, case in enumerate(cases)]


def name(path):
    return str(path.relative_to(ROOT / "notebooks").with_suffix(""))


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def execute(path, folder, cwd=None, **parameters):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return papermill.execute_notebook(
        path,
        folder / path.name,
        parameters=parameters,
        kernel_name="python3",
        progress_bar=False,
        execution_timeout=CELL_SECONDS,
        coalesce_streams=True,
        cwd=cwd or path.parent,
    )
