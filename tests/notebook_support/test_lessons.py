"""How a notebook teaches: the first screen asks, answers stand below their questions, and it leads on."""

import ast
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from notebook_runs import NOTEBOOKS, OF_EXPERIMENTS, ROOT, execute, name, one_by_day

from symgrad_widgets.notebook_support import notebook_files, report

EXPERIMENTS = sorted(set(OF_EXPERIMENTS.values()))
ASKING = [path for path in NOTEBOOKS if "guess_first" in notebook_files.defaults(path)]
LESSONS = [path for path in NOTEBOOKS if path.parent.name != "reference" and path.stem != "playground"]
WORDS, FIRST = 600, 60
ANSWERS, ASKS = "## Answers", ("Question", "ExpressionView")
TOLD = re.compile(r"\b(result|\w*search\.(best|front)|stepper\.state|box\.candidate)\b")
HARMLESS = re.compile(r"^(assert |sg\.record\(result, run, box\))")
NOT_PROSE = re.compile(
    r"\$\$?[^$]*\$\$?|^\|.*?$|<[^>]*>|\]\([^)]*\)|^\*Did something fail\?.*?$",
    re.MULTILINE,
)
SEEN = r"\b(Panel|Instrument|FieldView|PhiBender|NeuronPicker|Picture|\w*_?pictures?)\b"


def cells(path):
    return nbformat.read(path, as_version=4).cells


def prose(text):
    """Number of words outside of formulas, tables and addresses."""
    return len(re.findall(r"[^\W\d_][\w'’-]*", NOT_PROSE.sub(" ", text)))


def read(path):
    """Cells of a notebook before its folded answers."""
    for cell in cells(path):
        if cell.source.startswith(ANSWERS):
            return
        yield cell


def too_early(notebook):
    """Answers of a notebook's cells that stand above their question, or in the open, as sentences."""
    asked, last = set(), False
    for number, cell in enumerate(notebook):
        if cell.source.startswith(ANSWERS):
            return
        if cell.cell_type == "code":
            yield from (f"cell {number}: {what}" for what in _shown(ast.parse(cell.source), asked))
            last = any(f"sg.{kind}(" in cell.source for kind in (*ASKS, "Answer"))
        elif "<details>" in cell.source and not last and not asked:
            yield f"cell {number}: folded text with no question above it"
        if cell.cell_type == "markdown" and re.search(r"\*\*Predict", cell.source):
            yield f"cell {number}: a question without a box"


def _shown(tree, asked):
    for statement in tree.body:
        text = ast.unparse(statement)
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        kinds = {node.func.attr: node for node in calls if isinstance(node.func, ast.Attribute)}
        for kind in ASKS:
            if kind in kinds and isinstance(statement, ast.Assign):
                given = {k.arg: ast.unparse(k.value) for k in kinds[kind].keywords}
                if given.get("hidden") != "guess_first":
                    yield f"{kind} is not hidden=guess_first"
                asked.add(ast.unparse(statement.targets[0]))
        if "Answer" in kinds and ast.unparse(kinds["Answer"].args[0]) not in asked:
            yield f"{text} stands above its question"
        if "SearchStepper" in kinds and "guess_first" not in ast.unparse(tree):
            yield "a stepper does not wait at generation 0"
        shows = isinstance(statement, ast.Expr) or "print(" in text
        if shows and TOLD.search(text) and "Answer" not in kinds and not HARMLESS.match(text):
            yield f"{text} shows the answer in the open"


@pytest.mark.parametrize("path", ASKING, ids=name)
def test_no_answer_stands_above_its_question(path):
    assert list(too_early(cells(path))) == []


def test_all_experiments_ask_first():
    assert set(EXPERIMENTS) <= set(ASKING)


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (new_code_cell("sg.Answer(box, result)"), "stands above its question"),
        (new_code_cell("result"), "shows the answer in the open"),
        (new_code_cell("sg.record(result, run)"), "shows the answer in the open"),
        (new_code_cell("print(search.best)"), "shows the answer in the open"),
        (new_code_cell("stepper = sg.SearchStepper(search)"), "does not wait at generation 0"),
        (new_code_cell("box = sg.ExpressionView(field, hidden=False)"), "is not hidden=guess_first"),
        (new_markdown_cell("**Predict:** which way?"), "a question without a box"),
        (new_markdown_cell("<details>It is x.</details>"), "no question above it"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.source,
)
def test_a_planted_answer_is_noticed(planted, said):
    notebook = cells(ASKING[-1])
    notebook.insert(1, planted)
    assert any(said in line for line in too_early(notebook))


@pytest.mark.notebook
@pytest.mark.parametrize(
    "path", one_by_day(sorted(ASKING, key=lambda path: path.stem != "07_oscillator")), ids=name
)
def test_with_guesses_first_no_cell_fails_and_nothing_tells_the_formula(path, tmp_path):
    notebook = execute(path, tmp_path, guess_first=True)
    found = report.read(notebook)
    if found is not None and found.formula is not None:
        assert not [text for text in told(notebook) if found.formula in text]


def told(notebook):
    """Texts of all that a notebook shows."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            yield output.get("text", "")
            yield from (str(data[kind]) for kind in data if kind != report.RESULT_MIME)


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_the_first_screen_is_a_question_of_60_words_and_something_to_see(path):
    question, view, goals, *_ = cells(path)
    assert prose(question.source) <= FIRST
    assert "?" in question.source
    assert view.cell_type == "code"
    assert re.search(SEEN, view.source)
    assert re.search(r"\*\*\d+ minutes\.\*\*", goals.source)
    assert "**You will**" in goals.source
    assert "**What people think first:**" in goals.source
    assert links(goals.source)


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_the_end_says_what_one_can_do_now_and_where_to_go(path):
    texts = [cell.source for cell in read(path) if cell.cell_type == "markdown"]
    (end,) = [text for text in texts if "**You can now**" in text]
    assert "Go on with" in end
    assert links(end.partition("Go on with")[2])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_every_link_leads_to_a_file(path):
    for cell in cells(path):
        if cell.cell_type == "markdown":
            for link in re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", cell.source):
                assert (path.parent / link).is_file(), link


def links(text):
    return re.findall(r"\]\(([^)\s]+\.ipynb)\)", text)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_a_notebook_has_at_most_600_words_of_prose(path):
    assert sum(prose(cell.source) for cell in read(path) if cell.cell_type == "markdown") <= WORDS


def unchecked(notebook):
    """What is wrong with the exercises of a notebook's cells, as sentences."""
    at = next((k for k, cell in enumerate(notebook) if cell.source.startswith(ANSWERS)), len(notebook))
    text = "\n".join(cell.source for cell in notebook[:at] if "## Exercises" in cell.source)
    asked = set(re.findall(r"^(\d)\. ", text.partition("## Exercises")[2], re.MULTILINE))
    checks = [cell.source for cell in notebook[:at] if "sg.check_answer(" in cell.source]
    checked = {re.search(r"= \.\.\.  # exercise (\d)", check)[1] for check in checks}
    if not asked:
        yield "no exercise"
    yield from (f"nothing checks exercise {number}" for number in sorted(asked - checked))
    yield from (f"nobody asks exercise {number}" for number in sorted(checked - asked))
    for cell in notebook[at + 1 :]:
        if "BEGIN SOLUTION" not in cell.source:
            yield f"no answer, and folded away: {cell.source[:40]}"


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_exercises_stand_in_the_open_and_each_is_checked(path):
    assert list(unchecked(cells(path))) == []


@pytest.mark.parametrize(
    ("planted", "at", "said"),
    [
        (new_markdown_cell("## Exercises\n\n3. Why?"), 1, "nothing checks exercise 3"),
        (new_code_cell("x = ...  # exercise 7\nsg.check_answer(x, 1)"), 1, "nobody asks exercise 7"),
        (new_markdown_cell("3. One more exercise"), None, "no answer, and folded away"),
    ],
    ids=("not checked", "not asked", "folded away"),
)
def test_a_planted_exercise_is_noticed(planted, at, said):
    notebook = cells(LESSONS[-1])
    notebook.insert(len(notebook) if at is None else at, planted)
    assert any(said in line for line in unchecked(notebook))


def test_there_are_at_most_32_notebooks():
    assert len(NOTEBOOKS) <= 32
    assert (ROOT / "notebooks" / "reference" / "index.ipynb") in NOTEBOOKS
