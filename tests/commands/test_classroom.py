"""The two trees of a class: students get every cell but the answers, the instructor gets them all."""

import ast
import re
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_runs import NOTEBOOKS, ROOT, execute, name, one_by_day

from symgrad_widgets.commands.cli import main

FOLDER = ROOT / "notebooks"
WITH_EXERCISES = [path for path in NOTEBOOKS if path.parent.name != "reference" and path.stem != "playground"]
SAMPLE = ["00_start_here", "physics/07_oscillator", "matrices/04_antisymmetric3"]
WITHHELD = "in your teacher's copy"


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
def test_answers_come_last_and_out_of_sight_and_solve_what_the_exercises_check(path):
    heading, code, words = answers(path)
    assert heading.metadata["jp-MarkdownHeadingCollapsed"] is True
    assert (code.cell_type, words.cell_type) == ("code", "markdown")
    assert is_solution(code)
    assert is_solution(words)
    before = [cell for cell in cells(path) if cell not in answers(path)]
    assert "SOLUTION" not in "\n".join(cell.source for cell in before)
    checks = [cell.source for cell in before if "sg.check_answer(" in cell.source]
    solved = {node.targets[0].id: node for node in ast.walk(ast.parse(code.source)) if named(node)}
    for check in checks:
        (asked,) = (node.targets[0].id for node in ast.parse(check).body if named(node) and is_open(node))
        assert asked in solved
        assert re.search(rf"assert sg\.check_answer\(\s*{asked}\b", code.source)
    exercises = next(cell.source for cell in before if "## Exercises" in cell.source)
    numbers = [set(re.findall(r"^\d\. ", text, re.MULTILINE)) for text in (exercises, words.source)]
    assert numbers[0] == numbers[1]


def named(node):
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)


def is_open(node):
    return isinstance(node.value, ast.Constant) and node.value.value is Ellipsis


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
        assert WITHHELD in theirs.source.lower()
        assert theirs.cell_type == "markdown" or not ast.parse(theirs.source).body


def test_nothing_else_in_the_student_tree_tells_the_answers(trees):
    files = [path for path in (trees / "student").rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix in {".py", ".toml"} or "teaching" in path.parts]
    assert (trees / "instructor" / "teaching" / "README.md").is_file()


@pytest.mark.notebook
@pytest.mark.parametrize("notebook", one_by_day(SAMPLE))
def test_a_students_notebook_runs_to_its_end_before_anything_is_solved(notebook, trees, tmp_path):
    path = trees / "student" / f"{notebook}.ipynb"
    execute(path, tmp_path)
    shown = [str(out) for cell in cells(tmp_path / path.name) for out in cell.get("outputs", ())]
    assert any("Not solved yet" in text for text in shown)


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
    assert "lesson.ipynb is not a notebook" in capsys.readouterr().err


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
