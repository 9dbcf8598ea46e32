"""What a notebook records is what is read back, also where nothing was found."""

import json
from types import SimpleNamespace as Bag

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from symgrad_widgets import SymgradError
from symgrad_widgets.notebook_support.report import RESULT_MIME, Report, read, record


def notebook(*reports):
    bundles = [report._repr_mimebundle_() for report in reports]
    stored = [json.loads(json.dumps(bundle, allow_nan=False)) for bundle in bundles]
    return new_notebook(cells=[new_code_cell("", outputs=[new_output("display_data", b)]) for b in stored])


def test_a_report_survives_the_notebook_and_the_last_one_counts():
    first = Report(formula=None, verdict="no closed form found", same=False)
    last = Report(
        "x**2", 1e-5, 3, (0.1, 0.4), "Same.", True, 2e-5, {"search": 1.0}, "oscillator", 3, formulas=("x**2",)
    )
    assert read(notebook(first, last)) == last
    assert read(notebook(last, first)) == first


def test_a_notebook_without_a_report_has_none():
    assert read(new_notebook(cells=[new_code_cell("1 + 1")])) is None


def test_a_hand_edited_report_is_a_clear_error():
    broken = notebook(Report("x"))
    broken.cells[0].outputs[0].data[RESULT_MIME] = {"seed": 1}
    with pytest.raises(SymgradError, match="run the notebook again"):
        read(broken)


def test_nothing_found_is_said_in_words_and_is_valid_json(capsys):
    result = Bag(
        best=None, concepts=(), front=(), verdict=None, angles=[], seconds={"search": 0.5}, kind="none"
    )
    run = Bag(floor=float("nan"), floor_median=None, neuron=0, seconds=1.0, seed=0)
    run.experiment = Bag(slug="oscillator", concepts=())
    record(result, run)  # outside a notebook it prints
    printed = capsys.readouterr().out
    assert "no closed form found" in printed
    assert "nan" not in printed
