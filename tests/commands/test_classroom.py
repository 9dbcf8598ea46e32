"""The two trees of a class: students get every cell but the answers, the instructor gets them all."""

import ast
import re
import sys

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_runs import NOTEBOOKS, OF_EXPERIMENTS, ROOT, execute, name, one_by_day

from symgrad_widgets.commands.cli import main

FOLDER = ROOT / "notebooks"
WITH_EXERCISES = sorted({FOLDER / "00_start_here.ipynb", *OF_EXPERIMENTS.values()})
SAMPLE = ["00_start_here", "physics/07_oscillator", "matrices/04_antisymmetric3"]
NOT_SOLVED = "not solved yet"


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    """Both trees of the repository's own notebooks."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: it comes with the extra `classroom`")
    out = tmp_path_factory.mktemp("class")
    assert main(["classroom", "build", str(out)]) == 0
    return out


def cells(path):
    return nbformat.read(path, as_version=4).cells


def is_solution(cell):
    return "BEGIN SOLUTION" in cell.source


def answers(path):
    """Cells of the section `Answers`, at the end."""
    headings = [k for k, cell in enumerate(cells(path)) if cell.source.startswith("## Answers")]
    assert len(headings) == 1
    return cells(path)[headings[0] :]


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=name)
def test_answers_come_last_and_out_of_sight_with_code_that_a_cell_checks_and_words(path):
    heading, code, check, words = answers(path)
    assert heading.metadata["jp-MarkdownHeadingCollapsed"] is True
    assert (code.cell_type, check.cell_type, words.cell_type) == ("code", "code", "markdown")
    assert is_solution(code)
    assert is_solution(words)
    told, solved = code.source.split("### BEGIN SOLUTION")
    assert told.startswith("# Exercise ")
    set_here = {node.id for node in ast.walk(ast.parse(solved)) if isinstance(node, ast.Name)}
    asked = set(re.findall(r"`(\w+)`", told)) & set_here
    checked = {node.id for node in ast.walk(ast.parse(check.source)) if isinstance(node, ast.Name)}
    assert asked & checked
    assert all(line.startswith(("assert ", " ")) for line in check.source.splitlines() if "assert" in line)
    exercises = next(cell.source for cell in cells(path) if "## Exercises" in cell.source)
    assert set(re.findall(r"^\d\. ", exercises, re.MULTILINE)) == set(
        re.findall(r"^\d\. ", words.source, re.MULTILINE)
    )
    assert "Predict first" in exercises
    before = "\n".join(cell.source for cell in cells(path) if cell not in answers(path))
    assert "SOLUTION" not in before


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_students_get_every_cell_but_no_answer_and_the_instructor_all(path, trees):
    given = {tree: cells(trees / tree / path.relative_to(FOLDER)) for tree in ("student", "instructor")}
    source = cells(path)
    assert [c.source for c in given["instructor"]] == [c.source for c in source]
    assert len(given["student"]) == len(source)
    for ours, theirs in zip(source, given["student"], strict=True):
        assert not theirs.metadata.get("jp-MarkdownHeadingCollapsed")
        if not is_solution(ours):
            assert theirs.source == ours.source
            continue
        solution = ours.source.partition("BEGIN SOLUTION")[2].splitlines()[1:-1]
        assert solution
        assert not set(filter(None, solution)) & set(theirs.source.splitlines())
        assert "SOLUTION" not in theirs.source
        assert NOT_SOLVED in theirs.source.lower()
        if theirs.cell_type == "code":
            last = ast.parse(theirs.source).body[-1]
            assert ast.unparse(last) == f"raise NotImplementedError('{NOT_SOLVED}')"


def test_nothing_else_in_the_student_tree_tells_the_answers(trees):
    files = [path for path in (trees / "student").rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix in {".py", ".toml"} or "teaching" in path.parts]
    assert (trees / "instructor" / "teaching" / "README.md").is_file()


@pytest.mark.notebook
@pytest.mark.parametrize("notebook", one_by_day(SAMPLE))
def test_a_students_notebook_fails_only_where_it_is_not_solved_yet(notebook, trees, tmp_path):
    path = trees / "student" / f"{notebook}.ipynb"
    with pytest.raises(papermill.PapermillExecutionError) as failure:
        execute(path, tmp_path)
    assert (failure.value.ename, failure.value.evalue) == ("NotImplementedError", NOT_SOLVED)
    done = [cell for cell in cells(tmp_path / path.name) if cell.cell_type == "code"]
    failed = [k for k, cell in enumerate(done) if "raise NotImplementedError" in cell.source]
    assert failure.value.exec_count == done[failed[0]].execution_count


@pytest.mark.nightly  # a quick test compares its cells with those that run anyway
@pytest.mark.notebook
@pytest.mark.parametrize("notebook", SAMPLE[:1])
def test_the_instructors_notebook_passes(notebook, trees, tmp_path):
    execute(trees / "instructor" / f"{notebook}.ipynb", tmp_path)


def write(folder, *sources):
    folder.mkdir()
    nbformat.write(new_notebook(cells=list(sources)), folder / "lesson.ipynb")
    return str(folder)


def test_what_a_cell_has_printed_does_not_tell_the_answer_either(tmp_path):
    pytest.importorskip("nbgrader")
    cell = new_code_cell("### BEGIN SOLUTION\nx = 6 * 7\n### END SOLUTION\nx")
    cell.outputs = [nbformat.v4.new_output("stream", text="42")]
    folder = write(tmp_path / "notebooks", cell)
    assert main(["classroom", "build", str(tmp_path / "out"), "--notebooks", folder]) == 0
    (theirs,) = cells(tmp_path / "out" / "student" / "lesson.ipynb")
    assert theirs.outputs == []
    assert "6 * 7" not in theirs.source


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("### BEGIN SOLUTION\nx = 1", "BEGIN SOLUTION"),
        ("x = 1\n### END SOLUTION", "END SOLUTION"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "BEGIN SOLUTION and BEGIN SOLUTION"),
    ],
)
def test_marks_that_do_not_match_are_named_and_nothing_is_written(source, found, tmp_path, capsys):
    pytest.importorskip("nbgrader")
    folder = write(tmp_path / "notebooks", new_markdown_cell("# A lesson"), new_code_cell(source))
    assert main(["classroom", "build", str(tmp_path / "out"), "--notebooks", folder]) == 2
    said = capsys.readouterr().err
    assert f"lesson.ipynb, cell 2: {found}" in said
    assert "each BEGIN SOLUTION needs an END SOLUTION after it, in the same cell" in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_damaged_notebook_is_named(tmp_path, capsys):
    pytest.importorskip("nbgrader")
    (tmp_path / "lesson.ipynb").write_text("{")
    assert main(["classroom", "build", str(tmp_path / "out"), "--notebooks", str(tmp_path)]) == 2
    assert "lesson.ipynb is no notebook" in capsys.readouterr().err


def test_a_folder_that_is_not_empty_stays_as_it_is(tmp_path, capsys):
    pytest.importorskip("nbgrader")
    (tmp_path / "marks.txt").write_text("of last year")
    assert main(["classroom", "build", str(tmp_path)]) == 2
    assert f"{tmp_path} is not empty, and nothing in it was changed" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["marks.txt"]


def test_without_nbgrader_the_extra_is_named(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "nbgrader.preprocessors", None)
    assert main(["classroom", "build", str(tmp_path)]) == 2
    assert 'this needs nbgrader: pip install "symgrad-widgets[classroom]"' in capsys.readouterr().err
