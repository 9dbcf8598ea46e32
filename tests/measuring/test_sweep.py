"""Sweeps: which runs are made, the rows that are kept whatever happens, and what is said about them."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from budgets import generations
from nbformat.v4 import new_code_cell, new_notebook
from notebook_runs import one_by_day
from processes import gone

import symgrad_widgets as sg
from symgrad_widgets import batch
from symgrad_widgets.commands.cli import main
from symgrad_widgets.measuring import recovery
from symgrad_widgets.measuring.recovery import store

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "notebooks" / "reference" / "results.jsonl"
TINY = {"epochs": 2, "count": 5000, "validation": 500, "held_out": 500, "hidden": [16]}
FAILED = {
    "error": "ModelError: no", "formula": None, "formulas": [], "same": None, "how": None, "floor": None,
    "loss": None, "seconds": {}, "memory": None,
}  # fmt: skip


def row(experiment="oscillator", seed=0, **changes):
    """Return a row as a sweep writes it."""
    (run,) = recovery.planned([experiment])
    found = {
        "experiment": experiment, "seed": seed, "error": None, "formula": "v**2 + x**2",
        "formulas": ["v**2 + x**2"], "known": 1, "same": True, "how": "proved", "verdict": "Same concept.",
        "floor": 2e-5, "floor_median": 1e-5, "loss": 3e-5, "complexity": 5, "cpu": 6.0, "memory": 512.0,
        "seconds": {"training": 4.0, "search": 2.0}, "versions": store.versions(), **run.setup,
    }  # fmt: skip
    return found | changes


def write(folder, *rows):
    for one in rows:
        batch.append(folder / recovery.ROWS, one)


def tiny(experiment, seed=0, **changes):
    """Return a run whose training takes half a second."""
    (run,) = recovery.planned([experiment], [seed])
    return dataclasses.replace(run, settings=run.settings | TINY | changes)


@pytest.fixture
def serial(monkeypatch):
    """Streams in this process, of rows that are made up; the list of the runs that were asked for."""
    asked = []

    def stream(_, runs, jobs=1, scheduler=None):
        del jobs, scheduler
        for run in runs:
            asked.append((run.experiment, run.seed))
            yield run, row(run.experiment, run.seed) | run.setup

    monkeypatch.setattr(batch, "stream", stream)
    return asked


# which runs


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("0", [0]), ("0-3", [0, 1, 2, 3]), ("7,0-2", [0, 1, 2, 7]), ("1,1-2, 2", [1, 2]), ("5-5", [5])],
)
def test_seeds_are_numbers_and_ranges(text, seeds):
    assert recovery.parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "one", "3-", "-1", "5-2", "1.5", "0-3-5", "1,,2", "9" * 12])
def test_seeds_that_cannot_be_read_are_an_error(text):
    with pytest.raises(sg.SymgradError, match="write numbers and rising ranges, for example 0-19 or 0,3,7-9"):
        recovery.parse_seeds(text)


def test_a_plan_has_every_experiment_with_every_seed_and_the_seeds_come_one_after_the_other():
    runs = recovery.planned(seeds=[0, 1])
    count = len(sg.experiments)
    assert [run.experiment for run in runs[:count]] == list(sg.experiments.keys())
    assert [run.seed for run in runs] == [0] * count + [1] * count


def test_a_plan_without_names_has_the_experiments_with_that_variant():
    papers = {run.experiment for run in recovery.planned(variant="paper")}
    assert papers == {e.slug for e in sg.experiments if "paper" in e.variants}


def test_a_variant_with_concepts_of_its_own_has_its_latents():
    (default,), (free,) = (recovery.planned(["P1-02"], variant=variant) for variant in ("default", "free"))
    assert (default.settings["latent"], free.settings["latent"]) == (1, 4)


def test_a_run_can_be_sent_as_json():
    (run,) = recovery.planned(["P1-07"], preset="paper")
    assert json.loads(json.dumps(dataclasses.asdict(run))) == dataclasses.asdict(run)
    assert run.settings["epochs"] == 300


# one run


@pytest.mark.sweep
@pytest.mark.parametrize("experiment", ["oscillator", "kepler", "ellipse"])
def test_a_run_becomes_a_row_whatever_the_kind_of_network_and_the_number_of_latents(experiment):
    with generations(2):
        found = recovery.interpret_run(tiny(experiment, seed=3))
    assert json.loads(json.dumps(found))["seed"] == 3
    assert found["error"] is None
    assert found["experiment"] == experiment
    assert set(row()) <= set(found)
    assert 0 < found["floor"] < 1
    assert 0 < found["floor_median"] < 1
    assert found["same"] in (True, False)
    assert found["known"] >= 1
    assert len(found["formulas"]) == 0 or found["formulas"][0] == found["formula"]
    assert set(found["seconds"]) >= {"training", "search"}
    assert 10 < found["memory"] < 10_000
    assert found["versions"]["symgrad"] == sg.__version__


def test_a_run_that_fails_is_a_row_with_its_error():
    found = recovery.interpret_run(tiny("oscillator", epochs=0))
    assert found["error"] == "DataError: epochs must be a whole number of at least 1, got 0"
    assert found["formulas"] == ()
    assert set(row()) <= set(found)


def test_a_run_that_meets_an_unforeseen_error_tells_where():
    found = recovery.interpret_run(dataclasses.replace(tiny("oscillator"), settings={"hidden": ["a"]}))
    assert "hidden" in found["error"]
    found = recovery.interpret_run(dataclasses.replace(tiny("oscillator"), settings=None))
    assert found["error"].startswith("TypeError: ")
    assert "runs.py, line " in found["error"]


PARAMETERS = 'seed = 0\nvariant = "default"\nbudget = 20'
RECORD = """
formula = f"v**2 + {seed}*x**2"  # what sg.record displays, without the seconds that its import takes
found = {"formula": formula, "formulas": [formula], "known": 1, "same": True, "how": "proved", "floor": 2e-5}
display({"application/vnd.symgrad.result+json": found, "text/plain": formula}, raw=True)
"""


def notebooks(folder, *code):
    cells = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}), *map(new_code_cell, code)]
    path = folder / "notebooks" / "07_oscillator.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path.parent


@pytest.mark.notebook
def test_a_notebook_becomes_a_row_too_also_when_it_fails_after_its_result(tmp_path, capfd):
    code = RECORD, "print('loud')\nassert seed < 5, 'too far'"
    good, bad = recovery.planned(["oscillator"], [3, 7], notebooks=notebooks(tmp_path, *code))
    found = recovery.interpret_run(good)
    assert found["error"] is None
    assert (found["formulas"], found["by"], found["floor"]) == (("v**2 + 3*x**2",), "notebook", 2e-5)
    found = recovery.interpret_run(bad)
    assert "AssertionError: too far" in found["error"]
    assert found["formulas"] == ("v**2 + 7*x**2",)
    assert "loud" not in capfd.readouterr().out


def test_a_notebook_is_told_only_what_it_can_be_told(tmp_path):
    folder = notebooks(tmp_path, RECORD)
    (run,) = recovery.planned(["oscillator"], [3], budget=5, notebooks=folder)
    assert run.parameters() == {"seed": 3, "budget": 5}
    with pytest.raises(sg.SymgradError, match="no parameter 'preset'"):
        recovery.planned(["oscillator"], preset="paper", notebooks=folder)


# what is there already


def test_finished_runs_are_skipped_and_failed_ones_repeated(tmp_path, serial):
    write(tmp_path, row(seed=0), row(seed=1, **FAILED), row("trace2", seed=2))
    runs = recovery.planned(["oscillator"], [0, 1, 2])
    made = list(recovery.sweep(tmp_path, runs))
    assert serial == [("oscillator", 1), ("oscillator", 2)]
    assert [one["seed"] for one in made] == [1, 2]
    rows = recovery.rows_in(tmp_path)
    assert [(one["experiment"], one["seed"]) for one in rows] == [
        ("oscillator", 0),
        ("oscillator", 1),
        ("oscillator", 2),
        ("trace2", 2),
    ]
    assert all(one["error"] is None for one in rows)  # of a seed the last row counts


def test_a_half_written_row_is_made_again(tmp_path, serial):
    write(tmp_path, row(seed=0), row(seed=1))
    path = tmp_path / recovery.ROWS
    path.write_bytes(path.read_bytes()[:-20])
    list(recovery.sweep(tmp_path, recovery.planned(["oscillator"], [0, 1])))
    assert serial == [("oscillator", 1)]
    assert [one["seed"] for one in batch.read(path)] == [0, 1]


def test_a_worker_that_died_leaves_a_row(tmp_path, monkeypatch):
    died = batch.WorkerDiedError("its process died")
    monkeypatch.setattr(batch, "stream", lambda _, runs, *__: ((run, died) for run in runs))
    (found,) = recovery.sweep(tmp_path, recovery.planned(["oscillator"]))
    assert found["error"] == "WorkerDiedError: its process died"
    assert len(recovery.rows_in(tmp_path)) == 1


@pytest.mark.parametrize(
    ("there", "message"),
    [
        ({"variant": "paper"}, "oscillator seed 0 with variant 'paper', but this sweep asks for 'default'"),
        ({"preset": "paper"}, "preset 'paper', but this sweep asks for 'default'"),
        ({"budget": 3.0}, "budget 3.0, but this sweep asks for None"),
        ({"by": "notebook"}, "by 'notebook', but this sweep asks for 'library'"),
        ({"settings": {**row()["settings"], "epochs": 7}}, "epochs 7, but this sweep asks for 40"),
        ({"versions": {**row()["versions"], "symgrad": "9.9"}}, "was made with symgrad 9.9, but this is"),
        ({"versions": {**row()["versions"], "torch": "1.0"}}, "install torch 1.0"),
    ],
)
def test_rows_of_other_settings_or_versions_are_not_mixed_with(tmp_path, there, message):
    write(tmp_path, row() | there)
    before = (tmp_path / recovery.ROWS).read_bytes()
    with pytest.raises(sg.SymgradError, match=message) as raised:
        next(recovery.sweep(tmp_path, recovery.planned(["oscillator"])))
    assert "choose another folder with --out" in str(raised.value)
    assert (tmp_path / recovery.ROWS).read_bytes() == before


def test_a_file_of_something_else_is_refused(tmp_path):
    write(tmp_path, {"experiment": "oscillator"})
    with pytest.raises(sg.SymgradError, match=r"not from a sweep \(it lacks"):
        recovery.rows_in(tmp_path)


# what is said about them

ROWS = (
    *(row(seed=seed, floor=floor) for seed, floor in enumerate([1e-5, 4e-5, 2e-5])),
    row("kepler", 0, known=3, formulas=["v1", "v2", "x1"]),
    row("kepler", 1, known=3, formulas=["v1"]),
    row("kepler", 2, same=False, how="different", formulas=["x1 < x2"], floor=3e-2),
    row("kepler", 3, **FAILED),
)


def test_the_summary_counts_runs_in_which_every_concept_was_found():
    by_name = {summary.experiment: summary for summary in recovery.summaries(ROWS)}
    assert list(by_name) == ["oscillator", "kepler"]  # as in the paper
    oscillator, kepler = by_name.values()
    assert (oscillator.found, oscillator.runs, oscillator.failed) == (3, 3, 0)
    assert (oscillator.floor, oscillator.worst) == (2e-5, 4e-5)
    assert (kepler.found, kepler.runs, kepler.failed) == (1, 4, 1)
    assert kepler.formulas == (("v1, v2, x1", 1), ("v1", 1), ("x1 < x2", 1))


def test_the_table_says_it_in_lines():
    lines = recovery.table(ROWS).splitlines()
    assert lines[1].split() == [
        *("P1-07", "oscillator", "3/3", "-", "-", "-", "2.0e-05", "4.0e-05", "3.0e-05", "4.0", "2.0", "512"),
        *("v**2", "+", "x**2"),
    ]
    assert lines[-1] == "4 of 7 runs found their concept (57.1 %); 1 failed with an error"


@pytest.mark.parametrize(
    "rows",
    [(), ROWS[:1], ROWS, (row(**FAILED),), (row(known=None),)],
    ids=["none", "one", "all", "failed", "unknown"],
)
def test_the_report_can_be_read_without_scripts_and_needs_nothing_from_outside(rows):
    html = recovery.to_html(rows)
    page = BeautifulSoup(html, features="html.parser")
    assert not page.select("[src], link, iframe, [href]")
    assert len(page.select("figure svg")) == 3
    for script in page.select("script"):
        script.decompose()
    said = page.get_text()
    for one in rows:
        assert f"{one['experiment']} seed {one['seed']}" in said
        assert one["error"] is None or one["error"] in said
        assert ", ".join(one["formulas"]) in said


def test_the_report_says_what_was_missed():
    page = BeautifulSoup(recovery.to_html(ROWS), features="html.parser")
    captions = [caption.get_text() for caption in page.select("figcaption")]
    assert captions[1] == "Not in all runs: kepler 1 of 4."
    said = page.get_text()
    assert "Runs that did not find their concept (3)" in said
    assert "Found 1 of 3 concepts." in said
    assert "6 runs from 1.0e-05 to 3.0e-02" in captions[0]
    assert "training 4.0 s in the median, 4.0 s at most" in captions[2]


# against a reference


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        (
            {},
            {"same": False, "how": "different", "formulas": ["v + x"]},
            "was the concept, v**2 + x**2 (proved), now v + x (different)",
        ),
        (
            {"formulas": ["a", "b"], "known": 2},
            {"formulas": ["a"], "known": 2},
            "was the concept, a, b (proved), now a (proved; not all concepts)",
        ),
        ({}, FAILED, "was the concept, v**2 + x**2 (proved), now an error (ModelError: no)"),
        ({}, {"same": False, "how": "different", "formulas": []}, "now no closed form (different)"),
    ],
)
def test_a_concept_that_is_no_longer_found_is_lost(was, now, words):
    found = recovery.compare([row() | now], [row() | was])
    (line,) = found.lost
    assert line.startswith("oscillator seed 0: ")
    assert words in line
    assert "LOST oscillator seed 0" in str(found)


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ({}, {"floor": 6e-5}, "oscillator seed 0: floor 3x higher, 6.0e-05"),
        ({}, {"loss": 1e-6}, "oscillator seed 0: loss 30x lower, 1.0e-06"),
        ({"same": False, "how": "different"}, {}, "was v**2 + x**2 (different), now the concept"),
        ({}, {"how": "constants"}, "(proved), now the concept, v**2 + x**2 (constants)"),
    ],
)
def test_other_differences_are_told_and_lose_nothing(was, now, words):
    found = recovery.compare([row() | now], [row() | was])
    assert found.lost == ()
    assert words in found.changed[0]


def test_small_differences_and_other_runs_are_no_matter():
    rows = [row(floor=3e-5, cpu=99.0), row(seed=1), row("trace2")]
    found = recovery.compare(rows, [row(), row(seed=1), row("kepler")])
    assert (found.lost, found.changed, found.alike) == ((), (), 2)
    assert found.unknown == ("trace2 seed 0",)
    assert str(found) == "no reference for trace2 seed 0\n2 runs compared: 2 alike, 0 lost"


def test_other_versions_are_told_once():
    older = [row(seed=seed, versions={"symgrad": "0.0", "torch": "2.0"}) for seed in (0, 1)]
    assert str(recovery.compare([row(), row(seed=1)], older)).count("symgrad was 0.0, now") == 1


def test_nothing_in_common_is_an_error():
    with pytest.raises(
        sg.SymgradError, match="none of the 1 reference runs is among the 1 runs of this sweep"
    ):
        recovery.compare([row()], [row(seed=1)])


# the command


@pytest.fixture
def command(tmp_path, serial, capsys):
    """`symgrad sweep` with rows that are made up: exit code, output and messages."""

    def _command(*words):
        code = main(["sweep", *words, "--out", str(tmp_path / "runs")])
        return code, *capsys.readouterr()

    _command.asked = serial
    return _command


def test_the_command_tells_progress_and_ends_with_table_rows_and_report(command, tmp_path):
    code, out, err = command("oscillator", "P1-01", "--seeds", "0-1")
    assert code == 0
    assert err.splitlines()[:2] == [
        "4 of 4 runs to do",
        "[1/4] oscillator seed 0: found, v**2 + x**2, floor 2.0e-05, training 4.0 s, search 2.0 s",
    ]
    assert "4 of 4 runs found their concept (100.0 %)" in out
    assert len(batch.read(tmp_path / "runs" / "sweep.jsonl")) == 4
    assert "<svg" in (tmp_path / "runs" / "sweep.html").read_text(encoding="utf-8")


def test_the_command_goes_on_where_it_was(command):
    command("oscillator", "--seeds", "0-1")
    _, _, err = command("oscillator", "--seeds", "0-3")
    assert "2 of 4 runs to do" in err
    assert err.splitlines()[1].startswith("[3/4] oscillator seed 2")
    assert [seed for _, seed in command.asked] == [0, 1, 2, 3]


def test_the_command_compares_with_a_reference_and_fails_when_a_concept_is_lost(command, tmp_path):
    path = tmp_path / "reference.jsonl"
    batch.append(path, row(floor=1e-6))
    code, out, _ = command("oscillator", "--compare", str(path))
    assert code == 0
    assert "oscillator seed 0: floor 20x higher" in out
    write(tmp_path / "runs", row(same=False, how="different", formulas=["x"]))
    code, out, _ = command("oscillator", "--compare", str(path))
    assert code == 1
    assert "LOST oscillator seed 0: was the concept, v**2 + x**2 (proved), now x (different)" in out


def test_a_failed_run_is_the_commands_exit_code_and_not_its_end(command, monkeypatch):
    def stream(_, runs, *__):
        yield from ((run, row(run.experiment, run.seed, **(FAILED if run.seed == 0 else {}))) for run in runs)

    monkeypatch.setattr(batch, "stream", stream)
    code, out, err = command("oscillator", "--seeds", "0-1")
    assert code == 1
    assert "[1/2] oscillator seed 0: ModelError: no" in err
    assert "[2/2] oscillator seed 1: found" in err
    assert "1 failed with an error" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["oscilator"], "no experiment 'oscilator'; did you mean 'oscillator'"),
        (["--seeds", "3-1"], "--seeds 3-1: write numbers"),
        (["oscillator", "--variant", "papre"], "oscillator has no variant 'papre'"),
        (["--variant", "papre"], "has no variant 'papre'"),
        (["--preset", "papre"], "no preset 'papre'"),
        (["--jobs", "0"], "--jobs 0: must be at least 1"),
        (["--epochs", "0"], "epochs must be a whole number of at least 1, got 0"),
        (["--budget", "-1"], "the budget must be a positive number of seconds, got -1.0"),
        (["--compare", "nowhere.jsonl"], "there are no rows at nowhere.jsonl"),
        (["oscillator", "--notebook-folder", "nowhere"], "there are no notebooks at nowhere"),
    ],
)
def test_bad_input_is_one_clear_error_before_anything_runs(command, tmp_path, words, message):
    code, _, err = command(*words)
    assert code == 2
    assert message in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "runs").exists()


def test_a_full_disk_ends_the_sweep_and_keeps_its_rows(command, tmp_path, monkeypatch):
    append, count = batch.append, iter(range(9))

    def until_full(path, one):
        append(tmp_path / "nowhere" / "rows" if next(count) == 2 else path, one)

    monkeypatch.setattr(batch, "append", until_full)
    code, _, err = command("oscillator", "--seeds", "0-5")
    assert code == 2
    assert "cannot write to" in err
    assert "the same command" in err
    assert len(recovery.rows_in(tmp_path / "runs")) == 2


def test_a_report_that_cannot_be_written_is_an_error_after_the_table(command, tmp_path):
    (tmp_path / "runs" / "sweep.html").mkdir(parents=True)
    code, out, err = command("oscillator")
    assert code == 2
    assert "1 of 1 runs found" in out
    assert "cannot write the report to" in err
    assert "all rows are saved; make room" in err
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"sweep.html", "sweep.jsonl"}


@pytest.mark.notebook
@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("sign", one_by_day([signal.SIGINT, signal.SIGKILL]))
def test_a_sweep_that_is_ended_keeps_its_rows_and_goes_on(tmp_path, sign):
    hang = (
        "import os, time\nif seed > 0:\n    print(os.getpid(), file=open('kernel', 'w'))\n    time.sleep(600)"
    )
    folder = notebooks(tmp_path, hang, RECORD)
    words = [sys.executable, "-m", "symgrad_widgets", "sweep", "oscillator", "--seeds", "0-2", "--jobs", "1"]
    words += ["--notebook-folder", str(folder), "--out", str(tmp_path / "runs")]
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        first = next(line for line in process.stderr if line.startswith("[1/3]"))
        assert "found" in first
        kernel = _written(folder / "kernel")
        process.send_signal(sign)
        _, err = process.communicate(timeout=60)
    if sign == signal.SIGINT:
        assert process.returncode == 130
        assert err == "finished rows are kept: the same command does the rest\nsymgrad: interrupted\n"
    assert [one["seed"] for one in recovery.rows_in(tmp_path / "runs")] == [0]
    assert gone(kernel, 200)
    notebooks(tmp_path, RECORD)
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("2 of 3 runs to do\n[2/3] oscillator seed 1: found")
    assert "3 of 3 runs found" in done.stdout


def _written(path):
    while not (path.exists() and path.read_text().strip()):
        time.sleep(0.05)
    return int(path.read_text())


# for real


@pytest.mark.sweep
@pytest.mark.usefixtures("patience")
def test_runs_on_a_dask_cluster_are_complete_when_a_worker_is_killed_on_the_way(tmp_path):
    from dask.distributed import LocalCluster

    runs = [
        dataclasses.replace(tiny("oscillator", seed), budget=0.5) for seed in range(4)
    ]  # s: short, no more
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]
        rows = recovery.sweep(tmp_path, runs, scheduler=cluster.scheduler_address)
        seeds = {next(rows)["seed"]}
        os.kill(pids[0], signal.SIGKILL)
        seeds |= {one["seed"] for one in rows}
    assert seeds == {0, 1, 2, 3}
    assert [one["error"] for one in recovery.rows_in(tmp_path)] == [None] * 4


@pytest.mark.sweep
def test_experiments_trained_for_real_are_as_good_as_in_the_reference(tmp_path):
    chosen = ["ellipse", "oscillator"]  # GitHub's workflow does all of them each night
    words = [sys.executable, "-m", "symgrad_widgets", "sweep", *chosen, "--seeds", "0", "--budget", "600"]
    words += ["--out", str(tmp_path), "--compare", str(REFERENCE)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    assert [one["experiment"] for one in recovery.rows_in(tmp_path)] == chosen
    assert done.returncode == 0, done.stdout
    assert "2 runs compared" in done.stdout
