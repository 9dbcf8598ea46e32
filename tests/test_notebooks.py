"""Every notebook: executed, paired, stripped, small. An experiment's notebook fails on a wrong answer."""

import ast
import os
import time
from pathlib import Path

import jupytext
import nbformat
import papermill
import pytest
from jupytext.compare import NotebookDifference, compare_notebooks

from symgrad_widgets import report

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted(p for p in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
EXPERIMENTS = [path for path in NOTEBOOKS if path.parent.name != "notebooks"]
PARAMETERS = {path: {"seed", "retrain", "variant", "budget"} for path in EXPERIMENTS} | {
    ROOT / "notebooks" / "00_start_here.ipynb": {"seed", "budget"},
    ROOT / "notebooks" / "gallery.ipynb": {"seed", "budget"},
    ROOT / "notebooks" / "playground.ipynb": {"experiment", "seed", "generations"},
}
CELL_SECONDS = 240
# Answers with the shortest formula of the front, a single input, whatever the neuron has learnt.
FALSE_ANSWER = """
from symgrad_widgets.search.judge import Judge
assert callable(Judge.answer)
size = lambda written: written.candidate.complexity
Judge.answer = lambda judge, points=None: min(judge._written.values(), key=size).candidate
"""


def name(path):
    return str(path.relative_to(ROOT / "notebooks").with_suffix(""))


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def execute(path, folder, **parameters):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return papermill.execute_notebook(
        path,
        folder / path.name,
        parameters=parameters,
        kernel_name="python3",
        progress_bar=False,
        execution_timeout=CELL_SECONDS,
        coalesce_streams=True,
        cwd=path.parent,
    )


def test_all_notebooks_are_seen():
    known = {"00_start_here", "gallery", "playground", "matrices/01_trace2", "matrices/02_determinant2"}
    assert known | {"physics/07_oscillator"} <= {name(path) for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_the_parameters_cell_is_tagged_and_sets_the_names_we_promise(path):
    tagged = [cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    statements = ast.parse(tagged[0].source).body
    assert {statement.targets[0].id for statement in statements} == PARAMETERS[path]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_both_files_of_a_pair_hold_the_same_cells(path):
    notebook, script = jupytext.read(path), jupytext.read(path.with_suffix(".py"))
    compare_notebooks(notebook, script, fmt="py:percent", allow_expected_differences=True)
    assert [c.source for c in notebook.cells] == [c.source for c in script.cells]
    assert [c.metadata.get("tags") for c in notebook.cells] == [c.metadata.get("tags") for c in script.cells]


def test_a_notebook_that_differs_from_its_script_is_noticed(tmp_path):
    path = tmp_path / "changed.ipynb"
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    notebook.cells[-1].source += "\nassert True"
    nbformat.write(notebook, path)
    path.with_suffix(".py").write_text(NOTEBOOKS[0].with_suffix(".py").read_text())
    with pytest.raises(NotebookDifference, match="assert True"):
        test_both_files_of_a_pair_hold_the_same_cells(path)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_committed_notebooks_are_stripped_and_small_and_their_cells_short(path):
    notebook = nbformat.read(path, as_version=4)
    assert path.stat().st_size < 100_000
    assert "widgets" not in notebook.metadata
    assert set(notebook.metadata) <= {"kernelspec", "jupytext"}
    for cell in code_cells(path):
        assert not cell.outputs
        assert cell.execution_count is None
        assert set(cell.metadata) <= {"tags"}
        assert len(cell.source.splitlines()) <= 15


def without_kernel_words(notebook):
    """Return the cells that show a widget without a picture and words to stand for it."""
    bundles = [out.data for cell in notebook.cells for out in cell.get("outputs", []) if "data" in out]
    live = [data for data in bundles if "application/vnd.jupyter.widget-view+json" in data]
    return [data for data in live if "image/svg+xml" not in data or len(data["text/plain"].split()) < 5], live


@pytest.mark.notebook
@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_a_notebook_runs_to_its_end_and_can_be_read_without_a_kernel(path, tmp_path):
    start = time.perf_counter()
    notebook = execute(path, tmp_path, seed=0)
    print(f"{name(path)}: {time.perf_counter() - start:.1f} s, {(tmp_path / path.name).stat().st_size} bytes")
    bare, live = without_kernel_words(notebook)
    assert len(live) >= 3
    assert not bare
    found = report.read(notebook)
    if path in EXPERIMENTS:
        assert found.same is True
        assert found.floor < 1e-3
        assert found.seed == 0


@pytest.mark.notebook
@pytest.mark.parametrize("path", EXPERIMENTS, ids=name)
def test_an_experiment_notebook_fails_when_the_search_answers_something_else(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FALSE_ANSWER))
    planted = tmp_path / f"false_{path.name}"
    nbformat.write(notebook, planted)
    with pytest.raises(papermill.PapermillExecutionError, match=r"assert result\.verdict\.same"):
        execute(planted, tmp_path, seed=0)
    assert report.read(nbformat.read(tmp_path / planted.name, as_version=4)).same is False
