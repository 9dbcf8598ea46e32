"""The tables of index and glossary are made from notebooks and rows; their links lead somewhere."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from papers import OF_PAPERS

from symgrad_widgets import contents, experiments
from symgrad_widgets.errors import SymgradError
from symgrad_widgets.measuring.recovery import reference_rows
from symgrad_widgets.notebook_support.table import Table

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS, RESULTS = ROOT / "notebooks", ROOT / "notebooks" / "reference" / "results.jsonl"
LINK = re.compile(r"\[[^\]]+\]\(([^)]+)\)")
GLOSSARY = "| word | meaning here |\n|---|---|\n"


def write(path, *sources):
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=[new_markdown_cell(source) for source in sources]), path)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "physics" / "07_oscillator.ipynb", "# Springs\nText.", GLOSSARY + "| orbit | a path |")
    write(
        tmp_path / "start.ipynb",
        "# Start\n\n" + GLOSSARY + "| loss | $|x|$ or less |\n| orbit | a path |\n\nx",
    )
    return Path()


def test_the_index_has_a_line_for_each_experiment_and_figures_of_the_sweep(folder):
    table = contents.index(folder, RESULTS)
    assert [row[0] for row in table.rows] == [e.id for e in experiments]
    row = next(row for row in table.rows if row[0] == "P1-07")
    assert row[2:4] == ("[Springs](physics/07_oscillator.ipynb)", "1 of 1")
    assert "·10⁻" in row[4]
    assert next(row for row in table.rows if row[0] == "P1-01")[2] == "-"
    assert contents.others(folder).rows == (("[Start](start.ipynb)",),)
    assert ("P1-07", "oscillator", "$v^{2} + x^{2}$") in contents.answers(RESULTS).rows


def test_the_index_tells_no_formula_and_the_answers_are_of_the_rows_given(folder):
    formulas = {row[2] for row in contents.answers(RESULTS).rows}
    assert len(formulas) == len(OF_PAPERS)
    assert all(formula.startswith("$") and "|" not in formula for formula in formulas)
    formulas |= {row["formulas"][0] for row in reference_rows(RESULTS) if row["formulas"]}
    assert not any(formula in repr(contents.index(folder, RESULTS)) for formula in formulas)


def test_without_rows_it_says_what_to_name(folder):
    with pytest.raises(SymgradError, match=r"no rows at .*name a file of rows, or the folder of a sweep"):
        contents.index(folder, folder)


def test_words_of_one_meaning_are_one_line(folder):
    assert contents.glossary(folder).rows == (
        ("loss", "$|x|$ or less", "[Start](start.ipynb)"),
        ("orbit", "a path", "[Springs](physics/07_oscillator.ipynb), [Start](start.ipynb)"),
    )


def test_a_table_is_markdown_and_plain_text():
    table = Table(("a", "b"), (("1", "long"), ("22", "|x|")))
    assert table._repr_markdown_() == "| a | b |\n| --- | --- |\n| 1 | long |\n| 22 | \\|x\\| |"
    assert Table(("a",), (("two\nlines",),))._repr_markdown_().endswith("\n| two lines |")
    assert repr(table) == "a   b\n1   long\n22  |x|"


@pytest.mark.parametrize("table", [lambda folder: contents.index(folder, RESULTS), contents.others])
def test_every_link_leads_from_the_index_to_a_notebook(table, monkeypatch):
    monkeypatch.chdir(NOTEBOOKS / "reference")
    links = LINK.findall(repr(table("..")))
    assert links
    assert all(link.startswith("../") and Path(link).is_file() for link in links)


def test_every_word_has_one_meaning_in_a_notebook():
    for path in sorted(NOTEBOOKS.rglob("*.ipynb")):
        words = [word for word, _ in contents._words(path)]
        assert len(words) == len(set(words)), path
