"""The paper's automatic rules on fronts, and trainings of another length."""

import dataclasses

import pytest
from budgets import generations

import symgrad_widgets as sg
from symgrad_widgets.measuring import recovery
from symgrad_widgets.measuring.recovery.rules import RULES, chosen
from symgrad_widgets.plots.published import published_fronts

EXCEPTIONS = {"drop": {"P1-02", "P1-08"}, "slope": {"P1-02", "P1-07", "P1-08", "P1-10"}}


@pytest.mark.parametrize("rule", RULES)
def test_the_rules_choose_what_the_paper_chose_in_all_but_a_few_of_its_fronts(rule):
    differ = set()
    for name, front in published_fronts().items():
        answer = chosen(rule, [(entry["complexity"], entry["mse"]) for entry in front["entries"]])
        differ |= {name} if answer != front["chosen"] else set()
    assert differ == EXCEPTIONS[rule]


@pytest.mark.parametrize("rule", RULES)
def test_a_front_of_one_formula_or_with_an_exact_one_has_an_answer(rule):
    assert chosen(rule, [(3, 1e-4)]) == 0
    assert chosen(rule, [(1, 0.4), (5, 0.2), (7, 0.0), (9, 0.0)]) == 2


def test_a_long_step_counts_less_for_each_unit_of_complexity():
    entries = [(1, 1e-1), (3, 1e-2), (23, 1e-4)]
    assert (chosen("drop", entries), chosen("slope", entries)) == (2, 1)


@pytest.mark.sweep
@pytest.mark.parametrize("experiment", ["oscillator", "two_products"])
def test_a_row_has_the_front_and_what_the_rules_find_on_it(experiment):
    (run,) = recovery.planned([experiment], preset="paper", epochs=1)
    cut = {"count": 4000, "validation": 500, "held_out": 1000, "hidden": [16]}
    run.settings.update(cut)
    with generations(2):
        row = recovery.interpret_run(run)
    assert row["error"] is None
    assert row["preset"] == "paper"
    assert row["settings"]["epochs"] == 1
    formulas = [formula for _, _, formula in row["front"]]
    losses = [loss for _, loss, _ in row["front"]]
    assert losses == sorted(losses, reverse=True)
    assert set(row["rules"]) == set(RULES)
    for found in row["rules"].values():
        assert found["formula"] in formulas
        assert found["same"] in (True, False)


def rows(*same):
    """Return one row for each pair of what the rules found."""
    (run,) = recovery.planned(["oscillator"])
    base = recovery.interpret_run(dataclasses.replace(run, settings={"epochs": 0}))  # fails at once
    for seed, (drop, slope) in enumerate(same):
        rules = {"drop": {"same": drop}, "slope": {"same": slope}}
        yield base | {"seed": seed, "error": None, "same": True, "formulas": ["x"], "rules": rules}


def test_the_summary_counts_the_rules_beside_our_choice():
    (summary,) = recovery.summaries(list(rows((True, False), (True, True), (None, False))))
    assert (summary.drop, summary.slope, summary.found) == (2, 1, 3)
    assert recovery.table(list(rows((True, False), (True, True), (None, False)))).endswith(
        "3 of 3 runs found their concept (100.0 %). "
        "arXiv 2409.05305 has two automatic rules for choosing a formula. "
        "The rule *drop* finds the concept in 2 of these runs, and *slope* in 1"
    )


def test_rows_without_rules_are_no_count():
    (summary,) = recovery.summaries([row | {"rules": None} for row in rows((True, True))])
    assert (summary.drop, summary.slope) == (None, None)


# trainings of another length


def test_a_shorter_training_waits_for_progress_in_proportion():
    (run,) = recovery.planned(["oscillator"], preset="paper", epochs=60)
    assert (run.settings["epochs"], run.settings["plateau_patience"]) == (60, 2)
    (run,) = recovery.planned(["oscillator"], preset="paper", epochs=3)
    assert run.settings["plateau_patience"] == 1
    (run,) = recovery.planned(["ellipse"], preset="paper", epochs=100)
    assert (run.settings["plateau_patience"], run.settings["patience"]) == (2, 40)


def test_epochs_that_are_none_are_refused_before_anything_runs():
    with pytest.raises(sg.SymgradError, match="epochs must be a whole number of at least 1, got 0"):
        recovery.planned(["oscillator"], epochs=0)
    with pytest.raises(sg.SymgradError, match=r"a notebook sets its own epochs, but you gave epochs=7"):
        recovery.planned(["oscillator"], epochs=7, notebooks="notebooks")
