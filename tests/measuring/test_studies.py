"""Studies: which runs there are, rows that are kept whatever happens, and what is said about them."""

import json
import math
import runpy

import numpy as np
import pytest
from budgets import generations

import symgrad_widgets as sg
from symgrad_widgets import batch
from symgrad_widgets.commands.cli import main
from symgrad_widgets.formula.expressions import as_expression
from symgrad_widgets.measuring import studies
from symgrad_widgets.measuring.cases import made_neurons, real_data
from symgrad_widgets.measuring.cases.blind_reading import answered
from symgrad_widgets.measuring.cases.moving_systems import CONSERVING, OTHERS, cubic, leak
from symgrad_widgets.measuring.recovery.store import versions
from symgrad_widgets.measuring.studies.study_page import to_html

FEW = ("noise", "number of points, with noise of 0.01", "20")
LAWLESS = ("noise", "no law: random directions; number of points", "20")


def row(run=FEW, seed=0, **changes):
    """Return a row as `studies.measure` writes it."""
    study, group, setting = run
    found = {
        "study": study, "group": group, "setting": setting, "seed": seed, "outcome": "found",
        "formula": "x*v", "how": "proved", "loss": 1e-2, "floor": 1e-2, "residual": 0.0,
        "seconds": 1.0, "error": None, "versions": versions(),
    }  # fmt: skip
    return found | changes


@pytest.fixture
def serial(monkeypatch):
    """Streams in this process, of rows that are made up; the list of the runs that were asked for."""
    asked = []

    def stream(_, runs, jobs=1, scheduler=None):
        del jobs, scheduler
        for run in runs:
            asked.append(run.key)
            yield run, row(run.key[:3], run.seed)

    monkeypatch.setattr(batch, "stream", stream)
    return asked


# which studies and runs there are


def test_the_open_questions_are_studies_with_controls():
    some = "decided domains films flows folds growth networks noise products several space symmetries"
    assert studies.names() == some.split()
    for study in map(studies.find, studies.names()):
        assert any(group.startswith("no law") for group in study.groups)


def test_a_module_is_a_study_and_nothing_else_has_to_be_told(tmp_path, monkeypatch):
    (tmp_path / "planted.py").write_text(
        "from symgrad_widgets.measuring.studies import Study\n"
        "def measure(seed, factor): return {'outcome': 'found', 'loss': seed * factor}\n"
        "STUDY = Study('Title', 'Question?', {'group': {'double': {'factor': 2}}}, measure)\n"
    )
    monkeypatch.setattr(studies.grids, "__path__", [*studies.grids.__path__, str(tmp_path)])
    assert "planted" in studies.names()
    (run,) = studies.planned("planted", [3])
    assert studies.measured(run)["loss"] == 6


def test_an_unknown_study_is_told_with_the_nearest():
    with pytest.raises(sg.SymgradError, match=r"no study 'noises'.*noise"):
        studies.planned("noises")


def test_runs_are_ordered_by_seed_and_may_be_of_some_groups():
    runs = studies.planned("noise", [0, 1], groups=[FEW[1]])
    assert [run.seed for run in runs] == sorted(run.seed for run in runs)
    assert {run.group for run in runs} == {FEW[1]}


# what is measured


@pytest.mark.sweep
def test_a_run_gives_the_same_row_again():
    with generations(12):
        first, second = (studies.measured(studies.Run(*FEW, 6)) for _ in range(2))
    assert first["error"] is None
    assert {**first, "seconds": 0} == {**second, "seconds": 0}
    assert first["outcome"] in {"found", "another", "none"}


def test_an_error_is_a_row():
    run = studies.Run("domains", "cars", "planted", -1)
    assert "seed" in studies.measured(run)["error"]


@pytest.mark.sweep
def test_a_search_is_compared_with_what_there_was_to_find():
    case = made_neurons.CASES[0]
    field = case.field(case.points(0, 300))
    found = answered(field, case.formula, 0, generations=12)
    assert (found["outcome"], found["how"]) == ("found", "proved")
    assert found["floor"] < 1e-12
    points = field.points
    lawless = sg.GradientField(points, made_neurons.directions(points, 0), case.names)
    assert answered(lawless, None, 0, generations=12)["outcome"] == "nothing"
    assert answered(lawless, case.formula, 0, generations=12)["outcome"] == "none"


@pytest.mark.parametrize("noise", [1e-4, 0.03, 0.3])
@pytest.mark.parametrize("kind", [made_neurons.directions, made_neurons.waves])
def test_directions_are_disturbed_by_as_much_as_is_asked_for(noise, kind):
    case = made_neurons.CASES[0]
    field = case.field(case.points(1))
    turned = made_neurons.disturbed(field, kind(field.points, 1), noise)
    cosines = (turned.unit[:, 0] * field.unit[:, 0]).sum(1)
    assert (1 - cosines**2).mean() == pytest.approx(noise, rel=1e-6)


def test_waves_are_the_gradient_of_a_function():
    step, centre = 1e-5, np.random.default_rng(0).normal(size=(200, 2))
    shifted = [centre + sign * step * np.eye(2)[i] for i in (0, 1) for sign in (1, -1)]
    scaled = [points / centre.std(0) * points.std(0) for points in shifted]  # waves measure the spread
    right, left, up, down = (made_neurons.waves(points, 4) for points in scaled)
    crossed = (right - left)[:, 1] / (2 * step), (up - down)[:, 0] / (2 * step)
    assert np.corrcoef(*crossed)[0, 1] > 0.999


@pytest.mark.parametrize("case", [*made_neurons.CASES, *made_neurons.HARD], ids=lambda case: case.formula)
def test_the_formulas_are_finite_and_vary_where_they_are_seen(case):
    field = case.field(case.points(0))
    assert len(field) == 1000
    assert float(np.ptp(field.values)) > 0.1


@pytest.mark.sweep
@pytest.mark.parametrize("system", [*CONSERVING, *OTHERS, *map(cubic, range(3))], ids=lambda s: s.title)
def test_the_systems_move_where_they_are_seen(system):
    points = system.points(0)
    velocities = system.velocities(points)
    assert points.shape == velocities.shape == (1000, len(system.names))
    assert np.isfinite(velocities).all()
    field = sg.GradientField.from_flow(points, velocities, system.names)
    assert system.integrals <= field.rank == len(system.names) - 1


def test_the_integrals_of_the_systems_are_told_from_other_formulas():
    known = {
        "pendulum": "v^2/2 - 0.9*cos(x)",
        "epidemic": "s + i + r",
        "rigid body": "a^2 - c^2",
        "planet": "x*v - y*u",
        "Toda chain": "p*q*r - p*exp(b - c) - q*exp(c - a) - r*exp(a - b)",
        "charge in a magnet": "u - 1.3*y",
    }
    for system in CONSERVING:
        if system.title in known:
            formula = as_expression(known[system.title], system.names)
            assert leak(formula, system, system.points(1)) < 1e-25
            assert leak(formula + formula.free_symbols.pop(), system, system.points(1)) > 1e-3


def test_the_tables_have_the_units_that_they_say():
    names, x, consumption = real_data.cars()
    assert x.shape == (392, len(names))
    first = dict(zip(names, x[0], strict=True))  # 307 cubic inches, 130 hp, 3504 lb, 12 s, 18 mpg
    assert first == pytest.approx(
        {"displacement": 5.031, "power": 0.969, "weight": 1.589, "time": 1.2}, rel=1e-3
    )
    assert consumption[0] == pytest.approx(13.07, rel=1e-3)


def test_the_features_of_an_image():
    names, x, eight = real_data.digits()
    assert x.shape == (357, len(names))
    assert eight.sum() == 174
    pixels = "007fd10008d6f400021dd000002fb1000001cc1000001a8000845e90007dd900"  # the first one, a three
    image = np.array([int(c, 17) for c in pixels], dtype=float).reshape(8, 8)
    across, down = np.meshgrid(np.arange(8), np.arange(8))
    share = image / image.sum()
    breadth, height = (math.sqrt((share * p**2).sum() - (share * p).sum() ** 2) for p in (across, down))
    told = (image.mean() / 16, share[:, :4].sum(), share[:4].sum(), breadth, height)
    assert x[0] == pytest.approx(told)


# rows


def test_what_is_there_is_not_measured_again(tmp_path, serial):
    runs = studies.planned("noise", [0], groups=[FEW[1]])
    first = list(studies.measure(tmp_path, runs[:2]))
    with (tmp_path / "noise.jsonl").open("a") as file:
        file.write('{"study": "noi')  # killed while writing
    rest = list(studies.measure(tmp_path, runs))
    assert serial == [run.key for run in runs]
    assert len(first) + len(rest) == len(runs) == len(studies.rows_in(tmp_path, "noise"))


def test_a_failed_run_is_tried_again(tmp_path, serial):
    batch.append(tmp_path / "noise.jsonl", row(error="ValueError: no", outcome=None))
    (again,) = studies.measure(tmp_path, [studies.Run(*FEW, 0)])
    assert again["error"] is None
    assert serial == [(*FEW, 0)]


def test_rows_of_other_versions_are_left_alone(tmp_path, serial):
    batch.append(tmp_path / "noise.jsonl", row(versions={"symgrad": "0.0"}))
    with pytest.raises(sg.SymgradError, match=r"made with symgrad 0\.0.*choose another folder with --out"):
        list(studies.measure(tmp_path, studies.planned("noise")))
    assert serial == []


def test_other_rows_are_an_error(tmp_path):
    (tmp_path / "noise.jsonl").write_text(json.dumps({"study": "noise"}) + "\n")
    with pytest.raises(
        sg.SymgradError, match=r"not from a study \(it lacks 'group'\): choose another folder"
    ):
        studies.rows_in(tmp_path, "noise")


# what is said


def test_a_line_counts_outcomes_and_gives_wilson_s_interval():
    rows = [
        *(row(seed=seed) for seed in range(6)),
        row(seed=6, outcome="another", residual=1e-5),
        row(seed=7, outcome="another", residual=0.2),
        row(seed=8, outcome="none", formula=None, residual=None),
        row(seed=9, outcome=None, error="ValueError: no", residual=None),
    ]
    (line,) = studies.lines(rows)
    assert (line.runs, line.found, line.another, line.close, line.none, line.failed) == (10, 6, 2, 1, 1, 1)
    z, share = 1.959964, 0.6
    middle = (share + z**2 / 20) / (1 + z**2 / 10)
    half = z / (1 + z**2 / 10) * math.sqrt(share * 0.4 / 10 + z**2 / 400)
    assert line.interval == pytest.approx((middle - half, middle + half), abs=1e-6)
    assert "6 of 10" in str(studies.table(rows))
    assert "2 (1 close)" in str(studies.table(rows))


def test_a_formula_without_a_law_is_a_false_discovery():
    rows = [row(LAWLESS, 0, outcome="law"), row(LAWLESS, 1, outcome="nothing", formula=None)]
    (line,) = studies.lines(rows)
    assert (line.law, line.found, line.another, line.none) == (False, 0, 1, 1)
    assert "there is none" in str(studies.table(rows))
    assert "no law to find, a formula in 1 of 2" in studies.picture(rows).words


def test_of_real_data_nobody_knows():
    (line,) = studies.lines([row(("domains", "cars", "real"), outcome="silent", formula=None)])
    assert (line.law, line.found, line.none) == (None, 0, 1)


def test_a_bar_in_a_setting_does_not_end_its_cell():
    shown = studies.table([row(("folds", "exact gradients", "|u|"))])._repr_markdown_()
    assert r"| \|u\| | 1 of 1 |" in shown


def test_pictures_show_every_run_and_say_the_same_in_words():
    rows = [row(seed=seed) for seed in range(3)] + [row(LAWLESS, outcome="nothing", formula=None)]
    first, second = studies.pictures(rows)
    shown = [len(mark.data["x"]) for mark in first.marks]
    assert shown == [3, 0, 0]
    assert "20: 3 of 3 found, 0 another, 0 none" in first.words
    assert second.title == LAWLESS[1]


@pytest.mark.parametrize(
    ("study", "headings"),
    [("noise", ("another", "none")), ("films", ("later", "never")), ("flows", ("another", "too few"))],
)
def test_a_study_names_its_outcomes(study, headings):
    head = studies.table(studies.shipped(study)).head
    assert head[4:6] == headings
    assert {"aligned", "read at low"} <= set(head) or study != "films"


def test_the_page_has_question_table_and_pictures():
    page = to_html([row(), row(LAWLESS, outcome="nothing", formula=None)])
    assert studies.find("noise").title in page
    assert page.count('<div class="still">') == 2
    assert "1 of 1" in page


# the command


@pytest.mark.sweep
def test_a_study_from_the_command_line(tmp_path, serial, capsys):
    folder = tmp_path / "runs"
    assert main(["sweep", "--study", "noise", "--seeds", "0-1", "--out", str(folder)]) == 0
    assert len(serial) == 2 * sum(map(len, studies.find("noise").groups.values()))
    told = capsys.readouterr()
    assert "2 of 2" in told.out
    assert "number of points, with noise of 0.01: 20, seed 1: found, x*v" in told.err
    assert (folder / "noise.html").is_file()
    assert main(["sweep", "--study", "noise", "--out", str(folder)]) == 0
    assert "0 of" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["oscillator"], ["--epochs", "3"], ["--compare", "x"], ["--notebooks"]])
def test_what_is_for_experiments_is_refused_with_a_study(wrong, tmp_path, capsys):
    assert main(["sweep", *wrong, "--study", "noise", "--out", str(tmp_path)]) == 2
    assert "does not apply to a study, which has its own settings: leave it out" in capsys.readouterr().err


def test_a_false_formula_without_a_distance_is_counted():
    (line,) = studies.lines([row(outcome="another", residual=None)])
    assert (line.another, line.close) == (1, 0)


# what comes along


def test_the_rows_that_come_along_are_of_the_studies_as_they_are():
    size = 0
    for name in studies.names():
        rows, grid = studies.shipped(name), studies.find(name).groups
        settings = {(group, setting) for group in grid for setting in grid[group]}
        measured = {(row["group"], row["setting"]) for row in rows}
        assert measured <= settings
        assert len(settings - measured) <= 1, "only an experiment that is being added has no rows yet"
        size += sum(len(json.dumps(row)) for row in rows)
    assert size < 800_000  # a tenth of that in the wheel


def test_the_page_of_limits_is_made_of_them(root):
    made = runpy.run_path(str(root / ".github" / "limits.py"))["page"]()
    page = (root / "docs" / "limits.md").read_text(encoding="utf-8")
    assert page == made, "write it anew: python .github/limits.py"
