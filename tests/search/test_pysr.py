"""PySR as a second engine, on the Python side of the border: against a process that stands in for Julia."""

import ast
import json
import os
import re
import runpy
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import jupytext
import numpy as np
import pytest
import sympy as sp
from processes import gone

import symgrad_widgets as sg
from symgrad_widgets.commands.cli import main
from symgrad_widgets.errors import DataError, EngineError, ExpressionError, SymgradError, UnknownNameError
from symgrad_widgets.formula import operators as table
from symgrad_widgets.search.protocol import ReportsEarly, SearchEngine
from symgrad_widgets.search.pysr import installed, julia_words, process, recipe
from symgrad_widgets.search.pysr.installed import Found
from symgrad_widgets.search.terms.postfix import from_sympy

PACKAGE = Path(process.__file__).parent
STAND_IN = Path(__file__).parents[1].joinpath("pysr_stand_in.py")
OBJECTIVE = (PACKAGE / "objective.jl").read_text()
EARLY = [["0.5", float("inf"), 1], ["x1", 0.4, 1], ["(x1 * x1)", 0.2, 3]]
LATE = [*EARLY, ["sg_exp((sg_square(x1) + (x2 * x2)) * 0.31)", 0.0, 7]]


gentle = pytest.mark.skipif(os.name == "nt", reason="on Windows a stop ends the process")


def circle(count=200, names=("x", "v"), most=1):
    points = np.random.default_rng(0).uniform(0.1, most, (count, 2))
    return sg.GradientField(points, 2 * points, names=names, values=(points**2).sum(1))


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return a function that writes the script by which the stand-in plays; each test has its own process."""

    def play(blocks=(EARLY, LATE), **accidents):
        path = tmp_path / "script.json"
        path.write_text(json.dumps({"blocks": list(blocks), **accidents}))
        monkeypatch.setenv("SYMGRAD_STAND_IN", str(path))
        monkeypatch.setattr(process, "command", lambda: [sys.executable, str(STAND_IN)])
        monkeypatch.setattr(process, "_shared", None)

    return play


def when(search, words, act):
    """Do something as soon as the log says so, from another thread."""

    def wait():
        while not (search.log.exists() and words in search.log.read_text()):
            time.sleep(0.02)
        time.sleep(0.3)
        act()

    threading.Thread(target=wait, daemon=True).start()


def requests(search, kind="open"):
    lines = search.log.read_text().splitlines()
    return [json.loads(line.partition(" ")[2]) for line in lines if line.startswith(kind + " ")]


# -- the contract of a search -----------------------------------------------------------------------------


def test_a_search_by_pysr_has_front_answer_and_verdict_like_a_native_one(stand_in):
    stand_in()
    search = sg.Search(circle(), backend="pysr")
    assert search.step().generation == 1
    assert search.front[-1].expression == sp.Symbol("x", real=True)
    assert search.best is None
    state = search.run(generations=1, progress=False)
    x, v = sp.symbols("x v", real=True)
    assert state.best.expression == x**2 + v**2  # no wrapper, no scale
    assert state.best.loss < 1e-12
    assert (state.generation, state.evaluations) == (2, 2000)
    assert [c.loss for c in state.front] == sorted((c.loss for c in state.front), reverse=True)
    assert sg.verify(search.best.expression, x**2 + v**2, field=search.field).same
    result = sg.interpret(search, concept="x^2 + v^2")
    assert result.verdict.same
    assert result.evidence.generations == search.generation


def random_directions(points):
    return np.random.default_rng(1).normal(size=points.shape)


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("kind", "gradients"),
    [
        ("match", lambda points: 2 * points),
        ("approximation", lambda points: 2 * points + [0, 0.5] * points**4),
        ("none", random_directions),
    ],
)
def test_the_same_formulas_get_the_same_answer_from_both_engines(stand_in, kind, gradients):
    points = np.random.default_rng(0).uniform(0.1, 1, (300, 2))
    field = sg.GradientField(points, gradients(points), names=("x", "v"))
    settings = {"operators": ["add", "mul", "square"], "max_complexity": 10}
    native = sg.Search(field, **settings)
    native.run(generations=10, progress=False)  # later, a term may be a sum, which PySR's text splits
    contenders = native._reached.engine.contenders()
    judge = sg.Search(field, **settings)._judge  # of what the native engine hands over now, without its past
    judge.front(contenders)
    wanted = judge.answer()
    known = {"+", "*", "sg_square"}
    stand_in(blocks=[[[julia_words.written_sum(terms, known), 0.1, 9] for terms in contenders]])
    search = sg.Search(field, backend=sg.PySR(iterations=50), **settings)
    early = search.step()
    assert early.kind == ("match" if kind == "match" else "undecided")  # exact, or PySR would go on by itself
    state = search.step()
    assert state.kind == kind
    assert (state.best and state.best.expression) == (wanted and wanted.expression)
    assert native.kind == judge.kind(wanted) == kind
    assert sg.interpret(search, seconds=1).kind == kind


def test_a_front_cut_short_has_an_answer_of_its_own_kind(stand_in):
    stand_in(blocks=[EARLY, LATE], **{"1": "file"})
    search = sg.Search(circle(), backend=sg.PySR(iterations=100))
    assert search.step().kind == "none"
    when(search, "block 1", search.stop)
    with pytest.warns(UserWarning, match="cut short"):
        state = search.run(progress=False)
    assert (str(state.best.expression), state.kind) == ("v**2 + x**2", "match")


def test_units_are_for_the_native_engine():
    with pytest.raises(DataError, match="PySR cannot use units: leave them out"):
        sg.Search(circle(), backend="pysr", units={"x": "m", "v": "m/s"})


def test_the_same_front_however_it_is_stepped_saved_and_gone_back_in(stand_in, tmp_path):
    stand_in()
    backend = sg.PySR("paper", iterations=20, parameters={"populations": 3})
    search = sg.Search(circle(), backend=backend, max_complexity=20, random_state=3)
    search.run(generations=3, progress=False)
    seeds = re.findall(r"seed (\d+)", search.log.read_text())
    assert len(set(seeds)) == 3
    search.save(tmp_path / "search.npz")
    loaded = sg.Search.load(tmp_path / "search.npz")
    assert loaded.backend == backend
    assert loaded.front == search.front
    assert search.goto(1).front != loaded.front
    assert [search.step(), search.step()][1].front == loaded.front


def test_the_stepper_steps_it_and_goes_back(stand_in):
    stand_in()
    stepper = sg.SearchStepper(sg.Search(circle(), backend="pysr"))
    stepper.step()
    last = stepper.step()
    assert stepper.selected == last.best
    assert stepper.back().generation == 1
    assert stepper.goto(2).front == last.front


def test_all_searches_share_one_process_which_ends_with_the_last(stand_in):
    stand_in()
    searches = [sg.Search(circle(), backend="pysr") for _ in range(2)]
    for search in searches:
        search.step()
    (pid,) = {int(n) for n in re.findall(r"process (\d+)", searches[0].log.read_text())}
    assert searches[0].log == searches[1].log
    folder = searches[0].log.parent
    del searches[0], search
    assert not gone(pid, tenths=1)
    searches.clear()
    assert gone(pid)
    assert not folder.exists()


def test_guesses_are_judged_and_planted(stand_in):
    stand_in(blocks=[EARLY])
    search = sg.Search(circle(), backend="pysr", guesses=["-x^2 - v^2"], operators=["add", "mul", "square"])
    search.step()
    assert str(search.best.expression) == "v**2 + x**2"
    assert requests(search)[0]["guesses"] == ["(sg_square(x2) + sg_square(x1))"]


@pytest.mark.parametrize(
    ("guess", "operators", "limit", "message"),
    [
        (
            "x + tanh(v)",
            ["add", "mul"],
            40,
            r"guess x \+ tanh\(v\): it needs 'tanh', which cannot",
        ),
        ("x^2 + v^2", ["mul", "square"], 40, "it needs 'add', which cannot be written"),
        ("x - x + 3", ["add", "mul"], 40, "guess 3: it is constant"),
        ("x^4 + v^4 + x*v", ["add", "mul"], 15, "it has 19 nodes in Julia, more than max_complexity=15"),
    ],
)
def test_a_guess_that_pysr_does_not_start_with_is_named_with_why(stand_in, guess, operators, limit, message):
    stand_in(blocks=[EARLY])
    with pytest.warns(UserWarning, match=message):
        search = sg.Search(
            circle(most=4), backend="pysr", guesses=[guess, "x*v"], operators=operators, max_complexity=limit
        )
    search.step()
    assert len(requests(search)[0]["guesses"]) == 1


@pytest.mark.parametrize(
    ("guess", "operators", "text"),
    [
        ("v*exp(-x^2)", ["mul", "exp", "square"], "(x2 * sg_exp(((-1.0) * sg_square(x1))))"),
        ("v*exp(-x^2)", ["mul", "exp", "sub"], "(x2 * sg_exp(((-1.0) * (x1 * x1))))"),
        ("x*v - sin(v)", ["mul", "sin", "add"], "((x2 * x1) + ((-1.0) * sg_sin(x2)))"),
        ("x^3 + sin(x - v)", ["mul", "sin", "add"], None),
        ("1/x + v^4/sqrt(x)", ["mul", "div", "add", "sqrt", "square"], None),
    ],
)
def test_a_guess_is_written_with_the_operators_there_are(stand_in, guess, operators, text, recwarn):
    stand_in(blocks=[EARLY])
    search = sg.Search(circle(most=4), backend="pysr", guesses=[guess], operators=operators)
    search.step()
    (sent,) = requests(search)[0]["guesses"]
    assert text in {None, sent}
    ratio = sp.simplify(sp.nsimplify(julia_words.read(sent, search.symbols)) / search.guesses[0])
    assert not ratio.free_symbols, (sent, ratio)
    assert set(re.findall(r"sg_\w+", sent)) <= {*requests(search)[0]["unary"]}
    assert not recwarn.list


def test_each_way_to_write_an_operator_otherwise_is_that_operator():
    symbols = sp.symbols("x v", positive=True)
    for name, forms in julia_words._OTHERWISE.items():
        row = table.OPERATORS[name]
        for form in forms:
            text = (
                form.replace("u", "x1").replace("v)", "x2)").replace(" v", " x2").replace("sqx1are", "square")
            )
            wanted = row.sympy(sp, *symbols[: row.arity])
            assert sp.nsimplify(julia_words.read(text, symbols) - wanted) == 0, (name, form)
            assert julia_words.length(text) == len(re.findall(r"x[12]|[a-z_]{4,}|\d\.0| . ", text))


def test_many_neurons_and_projected_fields_cross_as_they_are(stand_in):
    stand_in()
    rng = np.random.default_rng(0)
    points = rng.normal(size=(200, 4))
    points[:, 3] = 1 - points[:, 0]
    field = sg.GradientField(points, rng.normal(size=(200, 2, 4)))
    search = sg.Search(field, backend="pysr")
    search.step()
    sent = requests(search)[0]
    with np.load(sent["arrays"], allow_pickle=False) as arrays:
        X, tangent, unit, weights = (arrays[name] for name in ("X", "tangent", "unit", "weights"))
    sample = search._judge.searched
    assert np.array_equal(X, sample.field.points)
    assert tangent.shape == (1, 4, 3)
    assert np.array_equal(tangent[0], sample.field.measure.spread[:, None] * sample.field.measure.basis)
    assert np.array_equal(unit, sample.field.unit)
    assert np.array_equal(weights, sample.field.weights)
    assert sent["inputs"] == 4


def test_the_command_tells_what_is_wanted_and_there_and_tries_it(stand_in, monkeypatch, capsys):
    stand_in(blocks=[LATE])
    found = Found("99.1", "/j", "1.11.2", wanted="1.10.3 - 1.11", fits=True, installed=True)
    monkeypatch.setattr(installed, "look", lambda: found)
    monkeypatch.setattr(installed, "_version", installed.TRIED.get)
    assert main(["julia"]) == 0
    first, log, *_, last = capsys.readouterr().out.splitlines()
    assert first == "pysr 99.1, julia 1.11.2 (/j), wanted 1.10.3 - 1.11"
    assert log.startswith("log ")
    assert last == "PySR works"
    monkeypatch.setattr(installed, "_version", lambda name: {"pysr": "99.1"}.get(name, "0.1"))
    main(["julia"])
    assert (
        f"\npysr 99.1 is newer than {installed.TRIED['pysr']}, the newest we tried\n"
        in capsys.readouterr().out
    )


# -- side by side with the native engine ------------------------------------------------------------------


@pytest.fixture
def engines(root):
    """Return what `.github/engines.py` defines."""
    return runpy.run_path(str(root / ".github" / "engines.py"))


def shown(root, folder, found, monkeypatch, capsys):
    """What the notebook of engines prints of the record in a folder."""
    monkeypatch.chdir(folder)
    cells = jupytext.read(root / "notebooks/reference/engines.ipynb").cells
    (cell,) = [cell.source for cell in cells if "engines.json" in cell.source]
    capsys.readouterr()
    notebook = SimpleNamespace(Answer=lambda _, answer: print(answer))
    exec(cell, {"json": json, "Path": Path, "pysr": found, "sg": notebook, "engines": None})
    return capsys.readouterr().out


def test_a_formula_by_both_engines_is_recorded_and_shown_where_there_is_no_julia(
    stand_in, engines, root, tmp_path, monkeypatch, capsys
):
    stand_in(blocks=[[["x1 / x2", 0.0, 3]]])
    formulas = {"I.29.4": engines["FORMULAS"]["I.29.4"]}
    engines["main"](tmp_path / "new" / "engines.json", formulas, seconds=60)
    rows = json.loads((tmp_path / "new" / "engines.json").read_text())["rows"]
    found = [(row["engine"], row["found"], row["kind"], row["right"]) for row in rows]
    assert found == [(engine, "w/c", "match", True) for engine in ("native", "pysr")]
    printed = shown(root, tmp_path / "new", Found("2.7.2"), monkeypatch, capsys)
    assert re.match(
        r"Recorded on \d{4}-\d\d-\d\d with symgrad .*, pysr stand-in, julia none; at most 60 s", printed
    )
    assert re.search(r"\nI\.29\.4 +pysr +\d+\.\d s  match +right: True +w/c\n", printed)
    here = Found("2.7.2", "/j", "1.11.0", fits=True, installed=True)
    assert shown(root, tmp_path / "new", here, monkeypatch, capsys) == "PySR ran here.\n"


def test_as_long_as_nothing_is_recorded_the_notebook_says_so(root, monkeypatch, capsys):
    record = json.loads((root / "notebooks/reference/engines.json").read_text())
    printed = shown(root, root / "notebooks/reference", Found("2.7.2"), monkeypatch, capsys)
    assert ("No table has been recorded" in printed) == (not record["rows"])


def test_ten_formulas_are_bent_and_keep_their_directions(engines):
    formulas = engines["FORMULAS"]
    assert len(formulas) == 10
    for name, (formula, ranges) in formulas.items():
        field = engines["bent"](formula, ranges)
        assert field.names == tuple(ranges), name
        assert sg.score(field, formula).loss < 1e-20, name
        assert len(field) == 400


# -- ends of all kinds ------------------------------------------------------------------------------------


@pytest.mark.sweep
@gentle
@pytest.mark.parametrize("how", ["file", "deaf"])
@pytest.mark.filterwarnings("ignore:block 2 of PySR was cut short")
def test_stop_ends_a_block_and_loses_nothing(stand_in, how):
    stand_in(**{"1": how, "once": True})
    search = sg.Search(circle(), backend="pysr")
    before = search.step()
    when(search, "block 1", search.stop)
    start = time.monotonic()
    state = search.run(progress=False)
    print(f"stopped after {time.monotonic() - start - 0.3:.2f} s")
    assert time.monotonic() - start < 30  # the block would have taken 60
    assert state.generation == 1
    if how == "file":  # the front that PySR had written by then
        assert str(state.best.expression) == "v**2 + x**2"
        assert search.evidence(resamples=2).loss == state.best.loss
    else:
        assert state.front == before.front
    assert search.step().generation == 2
    first, again = re.findall(r"block 1 seed (\d+)", search.log.read_text())
    assert first == again
    assert search._reached.engine.problem.julia.life == 1  # by the same process: no block before is repeated
    fresh = sg.Search(circle(), backend="pysr")
    assert fresh.run(generations=2, progress=False).front == search.front


@pytest.mark.sweep
@gentle
def test_a_second_stop_ends_the_wait_for_the_first(stand_in):
    stand_in(**{"1": "deaf", "once": True})
    search = sg.Search(circle(), backend="pysr")
    search.step()
    for stopped in (1, 2):
        when(search, "block 1", search.stop)
        assert search.run(progress=False).ended == "stopped", stopped
    assert search.step().generation == 2
    assert search._reached.engine.problem.julia.life == 1


def test_what_is_shown_of_a_block_cut_short_is_said(stand_in):
    stand_in(blocks=[EARLY, LATE], **{"1": "file"})
    search = sg.Search(circle(), backend="pysr")
    search.step()
    when(search, "block 1", search.stop)
    with pytest.warns(
        UserWarning, match="block 2 of PySR was cut short: you see the front that it wrote last"
    ):
        search.run(progress=False)


@gentle
def test_what_a_killed_process_left_behind_is_gone_at_the_next_start(stand_in, tmp_path, monkeypatch):
    monkeypatch.setattr(process.tempfile, "tempdir", str(tmp_path))
    stand_in()
    script = (
        "import os, signal\nfrom symgrad_widgets.search.pysr import process\n"
        f"process.tempfile.tempdir = {str(tmp_path)!r}\n"
        "julia = process.Julia()\nprint(julia.folder)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-uc", script], capture_output=True, text=True, check=False)
    left, alive = Path(done.stdout.strip()), process.Julia()
    stranger = tmp_path / "symgrad_pysr_elsewhere-1-x"
    stranger.mkdir()
    assert done.returncode == -signal.SIGKILL
    assert left.parent == tmp_path
    assert not left.exists()
    search = sg.Search(circle(), backend="pysr")
    search.step()
    assert alive.folder.exists()  # of a process that lives
    assert stranger.exists()  # of another machine, which has its own numbers of processes
    assert (
        f"temporary files in {search.log.parent}\n" in search.log.read_text()
    )  # Julia's, so they go with it


@pytest.mark.sweep
def test_a_cap_in_seconds_cuts_a_block_and_shows_its_front(stand_in):
    stand_in(blocks=[EARLY, LATE], **{"1": "file"})
    search = sg.Search(circle(), backend="pysr")
    search.step()
    state = search.run(seconds=2, progress=False)
    assert state.generation == 1
    assert str(state.best.expression) == "v**2 + x**2"


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_it_with_the_front_so_far(stand_in):
    stand_in(blocks=[LATE], **{"0": "file"})
    search = sg.Search(circle(), backend="pysr")
    when(search, "block 0", lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        search.run(progress=False)
    assert str(search.best.expression) == "v**2 + x**2"


@pytest.mark.parametrize(
    ("accident", "message"),
    [
        ("die", r"ended with exit code 139"),
        ("garbage", r"here: 'Julia says hello"),
        ("wrong", r"makes no sense here: .*small"),
        ("silence", r"has said nothing for 1 seconds"),
    ],
)
def test_an_accident_is_one_error_with_the_log_and_the_front_so_far(stand_in, accident, message, monkeypatch):
    monkeypatch.setattr(process.Julia, "patience", 1)
    stand_in(**{"2": accident, "once": True})
    search = sg.Search(circle(), backend="pysr")
    search.run(generations=2, progress=False)
    with pytest.raises(EngineError, match=message) as raised:
        search.step()
    assert str(search.log) in str(raised.value)
    assert "block 2" in str(raised.value)  # the end of the log
    assert str(search.best.expression) == "v**2 + x**2"
    assert search.log.exists()
    assert search.step().generation == 3  # in a new process, after the first two blocks


def test_only_the_last_twenty_lines_of_the_log_are_shown(stand_in):
    stand_in(**{"1": "die"})
    search = sg.Search(circle(), backend="pysr")
    search.step()
    with search.log.open("a") as log:
        log.writelines(f"line {i}\n" for i in range(100))
    with pytest.raises(EngineError) as raised:
        search.step()
    assert "Segmentation fault" in str(raised.value)
    assert "line 99" in str(raised.value)
    assert "line 79" not in str(raised.value)


def test_slow_answers_are_waited_for(stand_in, monkeypatch):
    monkeypatch.setattr(process.Julia, "patience", 5)
    stand_in(**{"0": "slow"})
    assert sg.Search(circle(), backend="pysr").step().generation == 1


@pytest.mark.sweep
def test_a_front_that_grows_is_a_sign_of_life(stand_in, monkeypatch):
    monkeypatch.setattr(process.Julia, "patience", 1)
    stand_in(**{"0": "busy"})
    assert sg.Search(circle(), backend="pysr").step().generation == 1


def test_what_is_no_formula_of_ours_is_left_out_and_never_run(stand_in, tmp_path):
    harmful = f"__import__('pathlib').Path('{tmp_path / 'harm'}').touch()"
    stand_in(
        blocks=[[[harmful, 0.0, 3], ["sg_pow(x1, 4000.0)", 0.1, 3], ["sg_gone(x1)", 0.1, 2], ["x2", 0.3, 1]]]
    )
    search = sg.Search(circle(), backend="pysr")
    assert [str(c.expression) for c in search.step().front] == ["v"]
    assert not (tmp_path / "harm").exists()


# -- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("backend", "error", "message"),
    [
        ("pysir", UnknownNameError, "no search backend 'pysir': did you mean 'pysr'"),
        ({"preset": "papers"}, UnknownNameError, "PySR has no preset 'papers': did you mean 'paper'"),
        ({"loss": "mse"}, UnknownNameError, "PySR has no loss 'mse': known: angle, paper"),
        ({"iterations": 0}, DataError, "iterations must be a whole number >= 1, got 0"),
        (
            {"parameters": {"loss_function": "f"}},
            DataError,
            "PySR's loss_function is set by the search itself",
        ),
        (
            {"parameters": {"populations": object}},
            DataError,
            "parameters must map names to numbers, texts, or lists",
        ),
    ],
)
def test_wrong_settings_are_refused(backend, error, message):
    with pytest.raises(error, match=message):
        sg.Search(circle(), backend=backend)


def test_limits_of_pysr_are_said_before_anything_is_started(monkeypatch):
    monkeypatch.setattr(process, "command", lambda: pytest.fail("started"))
    with pytest.raises(DataError, match="max_complexity must be at least 7 for PySR, got 6"):
        sg.Search(circle(), backend="pysr", max_complexity=6)
    points = np.random.default_rng(0).normal(size=(100, 3))
    two = sg.GradientField(points, np.random.default_rng(1).normal(size=(100, 2, 3)))
    with pytest.raises(DataError, match='the loss "paper" is for one neuron only'):
        sg.Search(two, backend=sg.PySR(loss="paper"))


@pytest.mark.usefixtures("scratch_table")
def test_an_operator_without_a_julia_form_is_refused_by_name():
    with pytest.raises(EngineError, match=r"operator 'sinc_' has no counterpart in Julia: sinc in sinc\(u\)"):
        julia_words.definitions([table.Operator("sinc_", lambda sp, u: sp.sinc(u), None, (None,), code=500)])
    bell = sg.define_operator("bell", sp.erf)
    wide = sg.define_operator("wide", lambda u: sp.exp(sp.erf(u)))
    for row in (bell, wide):
        with pytest.raises(EngineError, match=rf"'{row.name}' has no counterpart in Julia: .* needs bell"):
            julia_words.definitions([row])


@pytest.mark.parametrize("names", [("end", "E"), ("beta", "π"), ("x2", "x1"), ("sg_sin", "NaN")])
def test_names_never_reach_julia(stand_in, names):
    stand_in()
    search = sg.Search(circle(names=names), backend="pysr")
    search.run(generations=2, progress=False)
    squares = sp.Add(*(sp.Symbol(name, real=True) ** 2 for name in names))
    assert search.best.expression == squares
    assert "π" not in search.log.read_text()


@pytest.mark.parametrize("names", [("beta'", "x"), ("", "x")])
def test_names_that_are_none_are_refused_as_for_the_native_engine(names):
    with pytest.raises(SymgradError, match="must be one or more words"):
        sg.Search(circle(names=names), backend="pysr")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("URLError: <urlopen error [Errno -2] Name or service not known>", "without the internet"),
        ("Exception: could not find Julia 1.10.3 - 1.11", "conda-forge julia"),
        ("PermissionError: [Errno 13] Permission denied: '/opt/julia_env'", "JULIA_DEPOT_PATH"),
        ("OSError: [Errno 30] Read-only file system", "JULIA_DEPOT_PATH"),
        ("ModuleNotFoundError: No module named 'pysr'", "pip install"),
        ("Exception: PythonCall.jl did not start properly", "half-installed"),
        ("Exception: juliapkg_exe=/bin/sh is not a Julia executable.", "PYTHON_JULIAPKG_EXE"),
        ("OSError: [Errno 28] No space left on device", "2 GB"),
    ],
)
def test_a_failed_start_is_one_error_with_what_helps(stand_in, text, advice):
    kind, _, words = text.partition(": ")
    stand_in(start={"error": kind, "text": words})
    search = sg.Search(circle(), backend="pysr")
    with pytest.raises(EngineError, match=re.escape(words)) as raised:
        search.step()
    assert advice in str(raised.value)
    assert search.front == ()


# -- what Julia is given ----------------------------------------------------------------------------------


def balanced(text):
    """Whether brackets and blocks of Julia text close; `end` inside brackets is an index."""
    code = re.sub(r"#[^\n]*", "", text)
    pairs, depth, blocks = {")": "(", "]": "[", "}": "{"}, [], 0
    for word in re.findall(r"[A-Za-z_]\w*!?|[\[\](){}]", code):
        if word in pairs.values():
            depth.append(word)
        elif word in pairs:
            if not depth or depth.pop() != pairs[word]:
                return False
        elif word == "for" and depth:
            continue  # a comprehension
        elif word in {"function", "for", "if", "struct", "let", "begin", "while", "do", "try"}:
            blocks += 1
        elif word == "end" and not depth:
            blocks -= 1
    return not depth and blocks == 0


def defined(text):
    return set(re.findall(r"^(?:function |struct |const )?(\w+!?)(?=\(|\n| = )", text, re.MULTILINE))


def test_the_objective_is_balanced_and_uses_only_names_it_defines():
    assert balanced(OBJECTIVE)
    assert not balanced(OBJECTIVE + "\nfunction f(x)")
    assert not balanced(OBJECTIVE.replace("total / length(rows)", "total / length(rows", 1))
    code = re.sub(r"#[^\n]*", "", OBJECTIVE)
    ours = {word for word in re.findall(r"\b\w+!?", code) if re.match(r"sg_|symgrad_|Symgrad|SYMGRAD", word)}
    assert ours <= defined(code)
    assert {*recipe.LOSSES.values(), "symgrad_use", "symgrad_losses", "symgrad_evaluations"} <= defined(code)


def test_no_loss_is_negative_by_rounding():
    """PySR takes the logarithm of losses, and Julia's throws."""
    unit = np.array([0.6, 0.8]) * np.array([[1.0], [1 + 2**-52]])
    assert 2 - 2 * (unit[:1] @ unit[1:].T).item() < 0  # as exact agreement may come out
    losses = re.findall(r"alive \? (.+?) : Inf", OBJECTIVE)
    paper = "max(2 - 2 * abs(total / length(rows)), 0.0) / field.inputs"
    assert losses == ["total / sum(field.weights[i] for i in rows)", paper]
    assert (
        "share = min(sum(abs2, rest) / sum(abs2, projected), 1.0)" in OBJECTIVE
    )  # squares, so never below 0


def test_every_operator_of_the_table_is_defined_in_julia():
    text = julia_words.definitions(table.OPERATORS.values())
    assert text.isascii()
    assert all(map(balanced, text.splitlines()))
    wanted = {julia_words.julia_name(row) for row in table.OPERATORS.values()}
    wanted |= {name for names in recipe.PAPER_OPERATORS for name in names}
    assert wanted - {"+", "-", "*", "/"} <= defined(OBJECTIVE + text)
    assert defined(text) <= wanted
    assert "sg_sqrt(u) = u >= zero(u) ? sqrt(u) : oftype(u, NaN)\n" in text


def test_only_scripts_of_other_processes_import_pysr_and_what_it_brings():
    importers = set()
    for path in PACKAGE.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in getattr(node, "names", [])] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if {name.partition(".")[0] for name in names} & {"pysr", "juliacall", "juliapkg"}:
                importers.add(path.name)
    assert importers == {"child.py", "probe.py"}
    called = set(re.findall(r"jl\.(symgrad_\w+)", (PACKAGE / "child.py").read_text()))
    assert called <= defined(OBJECTIVE)


def test_both_engines_are_what_a_search_steps_and_pysrs_reports_early(stand_in):
    stand_in()
    native, other = (sg.Search(circle(), backend=name)._reached.engine for name in ("native", "pysr"))
    assert isinstance(native, SearchEngine)
    assert isinstance(other, SearchEngine)
    assert [isinstance(engine, ReportsEarly) for engine in (native, other)] == [False, True]


def test_the_native_engine_starts_and_asks_for_nothing(monkeypatch):
    monkeypatch.setattr(process, "command", lambda: pytest.fail("asked for Julia"))
    search = sg.Search(circle())
    search.step()
    assert search.log is None
    assert "pysr" not in sys.modules


@pytest.mark.parametrize(
    "text", ["x*v - sin(x)/v", "log(x)*exp(-v^2)", "1/sqrt(x + 2.5)", "tanh(x)^3 + abs(v)^4"]
)
def test_formulas_come_back_from_julia_as_they_went(text):
    symbols = sp.symbols("x v", real=True)
    formula = sg.score(circle(), text).expression
    term = from_sympy(formula, symbols)
    back = julia_words.read(julia_words.written(term), symbols)
    assert from_sympy(back, symbols) == term or sp.simplify(back - formula) == 0


def test_an_operator_of_ones_own_is_written_in_terms_of_the_others(monkeypatch):
    monkeypatch.setattr(table, "OPERATORS", dict(table.OPERATORS))
    row = table.Operator("größe", lambda sp, u, v: sp.exp(-(u**2)) * v, None, (None, None), code=501)
    text = julia_words.definitions([row])
    assert text.isascii()
    assert balanced(text)
    assert re.search(r"^sg_op501\(u, v\) = .*sg_exp\(.*\n\Z", text, re.MULTILINE)
    assert set(re.findall(r"sg_\w+", text)) <= defined(text)


def test_text_in_julias_words_is_read_with_its_own_functions_only():
    symbols = sp.symbols("end E", real=True)
    end, E = symbols
    assert julia_words.read("sg_pow(x1, 2.0) / sg_div(x2, -1.5e-3)", symbols) == end**2.0 / (E / -1.5e-3)
    for text in ("sg_unknown(x1)", "x3", "x1; exit()", "open('x')"):
        with pytest.raises(ExpressionError):
            julia_words.read(text, symbols)


def test_the_papers_recipe_pins_what_pysr_has_changed(stand_in):
    stand_in()
    search = sg.Search(circle(), backend=sg.PySR("paper"))
    search.step()
    sent = requests(search)[0]
    assert sent["binary"] == ["+", "-", "*", "/", "sg_pow", "sg_div"]
    assert sent["unary"] == ["sg_sqrt", "sg_square", "sg_sin", "sg_exp"]
    given = sent["parameters"]
    assert (given["maxsize"], given["batch_size"], given["complexity_of_constants"]) == (25, 25, 3)
    assert given["complexity_of_operators"] == {"sg_sqrt": 4}
    assert given["annealing"] is False
    assert list(given["default_plugins"]) == ["AdaptiveParsimonyPlugin"]  # and no adaptive mutation weights
    assert {
        "batching",
        "crossover_probability",
        "populations",
        "population_size",
        "ncycles_per_iteration",
    } <= set(given)
    with np.load(sent["arrays"]) as arrays:
        assert len(arrays["X"]) == len(search._judge.fit.unit)  # in batches all points are used


def test_by_default_pysr_is_serial_seeded_and_sees_all_points_at_once(stand_in):
    stand_in()
    search = sg.Search(circle(), backend="pysr", operators=["add", "mul", "square"], max_complexity=15)
    search.step()
    sent = requests(search)[0]
    assert sent["parameters"] == {
        "batching": False,
        "deterministic": True,
        "parallelism": "serial",
        "precision": 64,
        "should_simplify": True,
        "maxsize": 15,
    }
    assert (sent["binary"], sent["unary"], sent["loss"]) == (["+", "*"], ["sg_square"], "symgrad_angle_loss")


def parameters_of_pysr():
    """Arguments of the installed PySRRegressor, read from its source: importing it would start Julia."""
    spec = __import__("importlib.util").util.find_spec("pysr")
    if spec is None:
        pytest.skip("pysr is not installed: pip install 'symgrad-widgets[pysr]'")
    tree = ast.parse(Path(spec.origin).with_name("sr.py").read_text())
    (regressor,) = (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "PySRRegressor")
    (init,) = (n for n in regressor.body if isinstance(n, ast.FunctionDef) and n.name == "__init__")
    return {argument.arg for argument in init.args.args + init.args.kwonlyargs} - {"self"}


def test_every_argument_is_one_of_the_pysr_that_is_installed():
    known = parameters_of_pysr()
    child = ast.parse((PACKAGE / "child.py").read_text())
    calls = [
        n
        for n in ast.walk(child)
        if isinstance(n, ast.Call) and getattr(n.func, "attr", "") in {"PySRRegressor", "set_params"}
    ]
    given = {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}
    given |= {name for preset in recipe._PRESETS.values() for name in preset} | set(recipe._ALWAYS)
    assert len(given) > 40
    assert given <= known
    assert set(recipe._OURS) <= known


# -- the process itself, with a stand-in for the package pysr -----------------------------------------------

# As Julia prints an error with its frames, here with many more of them than of ours.
TROUBLE = """DomainError with -2.0e-16:
log was called with a negative real argument
Stacktrace:
  [1] throw_complex_domainerror(f::Symbol, x::Float64)
    @ Base.Math ./math.jl:33
""" + "".join(
    f"  [{i}] {name}(tree::Node{{Float64, {'Vector{Float64}, ' * 30}2}}, rows::Nothing)\n    @ {place}\n"
    for i, (name, place) in enumerate(
        [
            ("symgrad_paper", "Main ./objective.jl:92"),
            ("eval_loss", "SymbolicRegression ~/LossFunctions.jl:150"),
        ]
        * 50,
        2,
    )
)
FAKE_PYSR = {
    "__init__.py": f"TROUBLE = {TROUBLE!r}"
    """
import json, signal, time
__version__ = "2.7.2"

class Julia:
    VERSION = "1.11.0"
    Main, Base, counted, used = "Main", None, 0, None
    def include_string(self, module, text, name):
        print("include", name, len(text), flush=True)
    def seval(self, text):
        return json.loads(text) if text[0] == "[" and '"' in text else text
    def symgrad_use(self, *arguments):
        self.used = arguments
        print("use", [len(a) for a in arguments[:3]], arguments[3:], flush=True)
    def symgrad_evaluations(self):
        self.counted += 7
        return self.counted
    def symgrad_losses(self, loss, texts, X, names, unary, binary):
        return [0.25] * len(texts)

jl = Julia()
jl.Base = jl

class AdaptiveParsimonyPlugin:
    def __init__(self, tournament, mutation_acceptance):
        self.both = tournament and mutation_acceptance

class PySRRegressor:
    def __init__(self, **arguments):
        self.__dict__.update(arguments)
        print("regressor", sorted(arguments), flush=True)
    def set_params(self, **arguments):
        assert set(arguments) <= {"niterations", "random_state", "guesses"}
        self.__dict__.update(arguments)
    def fit(self, X, y, *, variable_names):
        heard = []
        before = signal.signal(signal.SIGINT, lambda *_: heard.append(1))
        if self.niterations == 78:
            raise RuntimeError(TROUBLE)
        print("fit", X.shape, y.shape, variable_names, self.random_state, self.guesses, flush=True)
        end = time.time() + {77: 30, 79: 2}.get(self.niterations, 0)
        while time.time() < end and (not heard or self.niterations == 79):
            time.sleep(0.01)
        heard = heard if self.niterations == 77 else []
        self.fits = getattr(self, "fits", 0) + 1
        self.interrupted_ = bool(heard)
        sizes = [1, 3 + self.fits]
        self.equations_ = {"complexity": sizes, "loss": [float("inf"), 0.5], "equation": [0.5, "x1 * x2"]}
        signal.signal(signal.SIGINT, before)
""",
    "julia_extensions.py": "def load_package(name, uuid): print('load', name, uuid, flush=True)",
    "julia_helpers.py": "def jl_numpy_array(x): return x.copy()",
}


@pytest.fixture
def fake_pysr(tmp_path, monkeypatch):
    (tmp_path / "pysr").mkdir()
    for name, text in FAKE_PYSR.items():
        (tmp_path / "pysr" / name).write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(process, "command", lambda: [sys.executable, "-P", str(PACKAGE / "child.py")])
    monkeypatch.setattr(process, "_shared", None)


def test_the_process_does_to_pysr_what_the_protocol_says(fake_pysr):  # noqa: ARG001 - it is in the way
    search = sg.Search(circle(), backend=sg.PySR("paper"), guesses=["x^2 - v"], max_complexity=20)
    state = search.step()
    assert [str(c.expression) for c in state.front] == [
        "v*x",
        "10*v + 9*x**2",
    ]  # coefficients are the judge's
    search.step()
    log = search.log.read_text()
    assert "load Zygote e88e6eb3-aa80-5325-afca-941959d7151f" in log
    assert re.search(r"include objective.jl \d{4}", log)
    assert log.count("regressor") == 1
    assert "'default_plugins'" in log
    first, second = re.findall(r"fit \(\d+, 2\) \(\d+,\) \['x1', 'x2'\] (.*)", log)
    assert first != second  # another seed, and the guess is planted once
    assert first.endswith("['(((10.0) * x2) - sg_square(x1))']")  # inputs in tenths, near their spread
    assert second.endswith("None")
    assert search._reached.engine.problem.losses([from_sympy(sp.Symbol("x"), [sp.Symbol("x")])]) == [0.25]
    assert search.evaluations == 14


@gentle
def test_an_interrupted_step_is_undone_in_the_process(fake_pysr):  # noqa: ARG001 - it is in the way
    search = sg.Search(circle(), backend=sg.PySR(iterations=77))
    when(search, "fit", search.stop)
    search.run(progress=False)
    julia = search._reached.engine.problem.julia
    assert julia.alive  # it was not killed
    assert julia.versions == {"pysr": "2.7.2", "julia": "1.11.0"}
    assert "Traceback" not in search.log.read_text()
    when(search, "fit", search.stop)
    search.step()
    assert search.generation == 0
    assert julia.life == 1
    assert len(set(re.findall(r"fit .*x2'\] (\d+)", search.log.read_text()))) == 1  # the same block, undone


def test_an_error_in_the_process_is_reported_with_its_traceback(fake_pysr, monkeypatch):  # noqa: ARG001
    search = sg.Search(circle(), backend=sg.PySR(parameters={"default_plugins": {"NoSuchPlugin": {}}}))
    with pytest.raises(EngineError, match=r"reports AttributeError: .*NoSuchPlugin") as raised:
        search.step()
    assert "child.py" in str(raised.value)


@pytest.mark.sweep
@gentle
def test_a_block_that_ends_while_nobody_waits_is_kept(fake_pysr):  # noqa: ARG001
    search = sg.Search(circle(), backend=sg.PySR(iterations=79))
    when(search, "fit", search.stop)
    search.run(progress=False)
    julia = search._reached.engine.problem.julia
    assert search.step().generation == 1
    assert search.log.read_text().count("fit ") == 1
    assert julia.life == 1


def test_a_julia_error_tells_its_message_and_where_in_our_code(fake_pysr):  # noqa: ARG001 - it is in the way
    assert len(TROUBLE) > 10_000
    search = sg.Search(circle(), backend=sg.PySR(iterations=78))
    with pytest.raises(EngineError) as raised:
        search.step()
    words, _, _ = str(raised.value).partition("The end of its log")
    assert "reports RuntimeError: DomainError with -2.0e-16:\nlog was called with a negative real" in words
    assert "in symgrad_paper at Main ./objective.jl:92\n" in words
    assert "LossFunctions" not in words
