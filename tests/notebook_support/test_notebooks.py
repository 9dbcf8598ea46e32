"""Every notebook: executed, paired, stripped, small. An experiment's notebook fails on a wrong answer."""

import ast
import re
import time

import jupytext
import nbformat
import papermill
import pytest
from jupytext.compare import NotebookDifference, compare_notebooks
from notebook_runs import NOTEBOOKS, OF_EXPERIMENTS, ROOT, code_cells, execute, name, one_by_day
from papers import OF_PAPERS

from symgrad_widgets.notebook_support import notebook_files, report

# Two concepts explain their labels equally well: what counts is that the formula is true to the network.
AMBIGUOUS = {"two_products", "two_mixed"}
# Notebooks of no experiment that end with a verdict.
JUDGED = [path for path in NOTEBOOKS if "assert verdict.same" in path.with_suffix(".py").read_text("utf-8")]
SETTINGS = {"seed", "retrain", "variant", "budget", "guess_first"}
# What changes with a release of jupytext stays out, or each update would change every script.
HEADER = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---
"""
# The longest: by night, and their calls are those of quick tests.
LONG = {"beyond/30_atlas", "beyond/33_several_neurons"}
COLOUR, MARKED_LINE = re.compile(r"\x1b\[[0-9;]*m"), re.compile(r"^-+> *\d+ (.*)$", re.MULTILINE)
TRAINED = {"oscillator", "sine"}  # pairs and labels; a sweep trains several latents
# Answers with the first input, whatever the neuron has learnt (the second, where the first is constant).
FALSE_ANSWER = """
from symgrad_widgets.search.choice import judge
from symgrad_widgets.search.terms.postfix import leaf
assert callable(judge.Judge.answer) and callable(judge.pareto)
def first_input(self, points=None):
    inputs = ((leaf(i),) for i in range(len(self.symbols)))
    self.planted = getattr(self, "planted", None) or next(filter(None, map(self._write, inputs)))[0]
    self._written[self.planted.candidate.expression] = self.planted
    return self.planted.candidate
def with_the_answer(candidates, alike, answer, pareto=judge.pareto):
    return (answer, *(c for c in pareto(candidates, alike) if c.complexity > 1))
judge.Judge.answer, judge.pareto = first_input, with_the_answer
"""


def test_every_experiment_of_the_papers_has_a_notebook():
    assert set(OF_EXPERIMENTS) == set(OF_PAPERS)
    own = [path for e, path in OF_EXPERIMENTS.items() if not path.stem.endswith(e.kind)]
    assert len(set(own)) == len(own)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_the_parameters_cell_is_tagged_and_sets_the_names_we_promise(path):
    tagged = [cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", [])]
    if not notebook_files.defaults(path):
        assert path not in OF_EXPERIMENTS.values()
        assert not tagged
        return
    assert len(tagged) == 1
    names = {statement.targets[0].id for statement in ast.parse(tagged[0].source).body}
    assert names == set(notebook_files.defaults(path))
    if path in OF_EXPERIMENTS.values():
        assert names - {"experiment"} == SETTINGS
    else:
        assert names <= SETTINGS | {"experiment", "generations", "results"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_text_beside_the_first_code_says_what_to_do_where_it_fails(path):
    beside = nbformat.read(path, as_version=4).cells[:4]
    assert beside[0].cell_type == "markdown"
    texts = "\n".join(cell.source for cell in beside if cell.cell_type == "markdown")
    assert re.search(r"Did something fail\? .*%pip install.*!symgrad doctor", texts)


def test_the_start_notebook_opens_with_a_question_of_60_words_and_the_instrument():
    question, instrument, *_ = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4).cells
    assert len(re.findall(r"\w[\w.']*", question.source)) <= 60
    assert question.source.startswith("# What has this neuron learnt?")
    assert "sg.Instrument(" in instrument.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_both_files_of_a_pair_hold_the_same_cells(path):
    notebook, script = jupytext.read(path), jupytext.read(path.with_suffix(".py"))
    compare_notebooks(notebook, script, fmt="py:percent", allow_expected_differences=True)
    assert [c.source for c in notebook.cells] == [c.source for c in script.cells]
    assert [c.metadata.get("tags") for c in notebook.cells] == [c.metadata.get("tags") for c in script.cells]
    assert path.with_suffix(".py").read_text(encoding="utf-8").startswith(HEADER)


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
    """Return the cells that show a widget without a picture or a page, and words, to stand for it."""
    bundles = [out.data for cell in notebook.cells for out in cell.get("outputs", []) if "data" in out]
    live = [data for data in bundles if "application/vnd.jupyter.widget-view+json" in data]
    bare = (
        d for d in live if not {"image/svg+xml", "text/html"} & set(d) or len(d["text/plain"].split()) < 3
    )
    return list(bare), live


def finished(path, folder, **parameters):
    """Execute a notebook to its end; each view of it has to leave a picture and words."""
    start = time.perf_counter()
    notebook = execute(path, folder, **notebook_files.answered(path) | parameters)
    size = (folder / path.name).stat().st_size
    print(f"{name(path)} {parameters}: {time.perf_counter() - start:.1f} s, {size} bytes")
    bare, live = without_kernel_words(notebook)
    assert not bare
    return notebook, live


def trained_or_not():
    """Every notebook runs on the weights that come along, three train; by night all of them train."""
    seen = set()
    for experiment, path in OF_EXPERIMENTS.items():
        trains = experiment.slug in TRAINED
        if not trains and path not in seen:
            yield pytest.param(experiment, "false", id=f"{experiment.slug}, trained before")
        seen.add(path)
        yield pytest.param(
            experiment, "true", marks=() if trains else pytest.mark.nightly, id=experiment.slug
        )


@pytest.mark.notebook
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.nightly] * (name(path) in LONG))
        for path in sorted(set(NOTEBOOKS) - set(OF_EXPERIMENTS.values()))
    ],
    ids=name,
)
def test_a_notebook_runs_to_its_end_and_can_be_read_without_a_kernel(path, tmp_path):
    known = notebook_files.defaults(path)
    finished(path, tmp_path, **{name: value for name, value in {"seed": 0}.items() if name in known})


@pytest.mark.notebook
@pytest.mark.parametrize(("experiment", "retrain"), list(trained_or_not()))
def test_an_experiment_notebook_runs_and_finds_the_concept_and_can_be_read_without_a_kernel(
    experiment, retrain, tmp_path
):
    path = OF_EXPERIMENTS[experiment]
    given = notebook_files.parameters(path, experiment, [("seed", "0"), ("retrain", retrain)])
    notebook, live = finished(path, tmp_path, **given)
    assert len(live) >= 3
    found = report.read(notebook)
    assert found.experiment == experiment.slug
    assert found.seed == 0
    assert retrain == "false" or found.seconds["training"] > 0.5
    if experiment.slug not in AMBIGUOUS:
        assert found.same is True
        assert found.floor < 1e-3


def failed_line(path, folder, **parameters):
    """Execute a notebook whose search answers with an input; return the assertion that fails."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FALSE_ANSWER))
    planted = folder / f"false_{path.name}"
    nbformat.write(notebook, planted)
    with pytest.raises(papermill.PapermillExecutionError) as failure:
        execute(planted, folder, cwd=path.parent, **notebook_files.answered(path) | parameters)
    assert failure.value.ename == "AssertionError"
    return MARKED_LINE.findall(COLOUR.sub("", "\n".join(failure.value.traceback)))[0]


@pytest.mark.parametrize("experiment", OF_EXPERIMENTS, ids=lambda e: e.slug)
def test_an_experiment_notebook_asserts_its_answer(experiment):
    source = "\n".join(cell.source for cell in code_cells(OF_EXPERIMENTS[experiment]))
    asserted = re.findall(r"^assert (result\.[\w.]+)", source, re.MULTILINE)
    assert ("result.best.loss" if experiment.slug in AMBIGUOUS else "result.verdict.same") in asserted


@pytest.mark.notebook
@pytest.mark.parametrize("path", one_by_day(JUDGED), ids=name)
def test_a_notebook_that_ends_with_a_verdict_fails_when_the_search_answers_with_an_input(path, tmp_path):
    assert "verdict.same" in failed_line(path, tmp_path, seed=0)


@pytest.mark.notebook
@pytest.mark.parametrize("experiment", one_by_day(OF_EXPERIMENTS), ids=lambda e: e.slug)
def test_an_experiment_notebook_fails_when_the_search_answers_with_an_input(experiment, tmp_path):
    path = OF_EXPERIMENTS[experiment]
    given = notebook_files.parameters(path, experiment, [("seed", "0"), ("retrain", "false")])
    assert "result." in failed_line(path, tmp_path, **given)
    found = report.read(nbformat.read(tmp_path / f"false_{path.name}", as_version=4))
    assert found.same is False
    assert found.formula in experiment.names
