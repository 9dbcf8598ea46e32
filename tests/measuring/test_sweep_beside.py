"""Two sweeps side by side, and the page of the stored ones."""

import dataclasses
import runpy
from pathlib import Path

import pytest

from symgrad_widgets.measuring import recovery

ROOT = Path(__file__).resolve().parents[2]


def row(experiment, preset, formula, *, ours, drop, slope, epochs=None):
    (run,) = recovery.planned([experiment], preset=preset, epochs=epochs)
    failed = recovery.interpret_run(dataclasses.replace(run, settings={"epochs": 0}))  # fails at once
    rules = {"drop": {"formula": "d|s", "same": drop}, "slope": {"formula": "d|s", "same": slope}}
    found = {"error": None, "same": ours, "formulas": [formula], "known": 1, "floor": 2e-5, "rules": rules}
    return failed | {"settings": run.settings} | found


@pytest.fixture
def tables():
    ours = [
        row("ellipse", "default", "x1", ours=True, drop=False, slope=False),
        row("oscillator", "default", "x", ours=True, drop=True, slope=False),
        row("trace2", "default", "s", ours=True, drop=True, slope=True),
    ]
    others = [
        row("oscillator", "paper", "y", ours=False, drop=True, slope=False, epochs=15),
        row("ellipse", "paper", "x1", ours=True, drop=None, slope=False, epochs=25),
    ]
    return [table.rows for table in recovery.beside(ours, others)]


def test_runs_that_both_have_are_set_side_by_side_in_the_order_of_the_paper(tables):
    first, second, totals = map(" | ".join, tables[0])
    assert first == "P1-07 | oscillator | 2.0e-05 | yes | yes | no | 15 of 300 | 2.0e-05 | no | yes | no"
    assert second.endswith("2.0e-05 | yes | no | no | 25 of 1000 | 2.0e-05 | yes | – | no")
    assert totals == " | **all** |  | **2** | **1** | **0** |  |  | **1** | **1** | **0**"


def test_formulas_that_are_no_concept_are_told_with_what_chose_them(tables):
    assert tables[1] == (
        ("P1-07", "oscillator", "default", "slope", "`d|s`"),
        ("P1-07", "oscillator", "paper", "ours", "`y`"),
        ("P1-07", "oscillator", "paper", "slope", "`d|s`"),
        ("P2-A1", "ellipse", "default", "drop, slope", "`d|s`"),
        ("P2-A1", "ellipse", "paper", "slope", "`d|s`"),
    )


def test_over_seeds_figures_are_medians_and_each_miss_says_why():
    found = row("ellipse", "default", "x1", ours=True, drop=True, slope=True) | {"known": 1}
    rows = [
        found | {"floor": 1e-6},
        found | {"seed": 1, "floor": 4e-4, "same": False, "how": "different", "formulas": ["x|y"]},
        found | {"seed": 2, "floor": 2e-5, "known": 2},
        found | {"seed": 3, "same": None, "formulas": []},
        row("trace2", "default", "s", ours=True, drop=True, slope=True) | {"error": "DataError: no"},
    ]
    figures, missed = (table.rows for table in recovery.over_seeds(rows))
    assert figures[0][:3] == ("P1-01", "trace2", "0/1")
    assert figures[1][:5] == ("P2-A1", "ellipse", "1/4", "2.0e-05", "4.0e-04")
    assert missed == (
        ("trace2", "0", "2.0e-05", "`s`", "DataError: no"),
        ("ellipse", "1", "4.0e-04", "`x|y`", "not the concept, even with 1 % tolerance on constants"),
        ("ellipse", "2", "2.0e-05", "`x1`", "1 of 2 concepts without a formula"),
        ("ellipse", "3", "2.0e-05", "–", "no closed form found"),
    )


def test_the_stored_rows_are_of_every_experiment_and_the_page_is_made_of_them():
    ours = recovery.reference_rows(ROOT / "notebooks" / "reference" / "results.jsonl")
    others = recovery.reference_rows(ROOT / "tests" / "reference" / "paper_preset.jsonl")
    assert [row["experiment"] for row in ours] == [row["experiment"] for row in others]
    assert {row["preset"] for row in others} == {"paper"}
    made = runpy.run_path(str(ROOT / ".github" / "recovery.py"))["page"]()
    page = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
    assert page == made, "write it anew: python .github/recovery.py"
