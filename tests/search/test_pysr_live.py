"""PySR with a real Julia: run wherever there is one."""

import os
import signal
import threading
import time

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.errors import EngineError
from symgrad_widgets.field.directions import misalignment
from symgrad_widgets.formula.expressions import evaluate
from symgrad_widgets.search.kernel.evaluation import gradients
from symgrad_widgets.search.terms.grammar import Grammar
from symgrad_widgets.search.terms.postfix import from_sympy

pytestmark = pytest.mark.pysr
SMALL = {"populations": 8, "population_size": 20, "tournament_selection_n": 8}


def field_of(formula, names, points):
    """Gradients of a formula, bent and scaled from point to point."""
    bend = np.random.default_rng(5).uniform(0.5, 2, len(points))
    expression = sg.score(sg.GradientField(points, np.ones_like(points), names), formula).expression
    return sg.GradientField(points, evaluate(expression, names, points)[1] * bend[:, None], names)


def plane(count=300):
    """Points of four inputs that lie on x1 + x4 = 5."""
    points = np.random.default_rng(1).uniform(-2, 2, (count, 4))
    points[:, 3] = 5 - points[:, 0]
    return points


def native_loss(term, sample):
    """What the native engine's kernel says; infinite where the term leaves its domain or is constant."""
    values, raw, _ = gradients([term], sample.points)
    raw = raw[0].T
    if not (np.isfinite(values[0]).all() and np.isfinite(raw).all()):
        return np.inf
    longest = np.abs(raw).max(1)
    projected = sample.field.project(raw / np.where(longest > 0, longest, 1)[:, None])
    vanish = np.abs(projected).max(1) <= 1e-9
    shares = np.where(vanish, 1.0, misalignment(projected, sample.unit))
    return np.inf if vanish.all() else np.average(shares, weights=sample.trust)


def two_neurons():
    points = np.random.default_rng(2).uniform(0.2, 2, (200, 3))
    return sg.GradientField(points, np.random.default_rng(3).normal(size=(200, 2, 3)))


@pytest.mark.parametrize(
    "field",
    [field_of("x1*x4 - x2*x3", ("x1", "x2", "x3", "x4"), plane()), two_neurons()],
    ids=["projected", "two neurons"],
)
def test_the_loss_is_that_of_the_native_kernel(field):
    search = sg.Search(field, backend="pysr")
    sample = search._judge.searched
    grammar, rng = Grammar(None, range(len(field.names))), np.random.default_rng(0)
    terms = [grammar.random(rng, int(rng.integers(1, 12))) for _ in range(100)]
    with np.errstate(all="ignore"):
        wanted = np.array([native_loss(term, sample) for term in terms])
    got = np.array(search._reached.engine.problem.losses(terms))
    assert np.isfinite(wanted).sum() > 40
    assert np.array_equal(np.isfinite(got), np.isfinite(wanted))
    finite = np.isfinite(wanted)
    assert np.abs(got[finite] - wanted[finite]).max() < 1e-8


def test_the_loss_of_the_paper_is_never_negative():
    field = field_of("x^2 + v^2", ("x", "v"), np.random.default_rng(0).uniform(0.1, 1, (300, 2)))
    search = sg.Search(field, backend=sg.PySR(loss="paper"))
    terms = [from_sympy(sg.score(field, f"{a}*(x^2 + v^2)").expression, search.symbols) for a in range(1, 30)]
    losses = search._reached.engine.problem.losses(terms)
    assert min(losses) >= 0
    assert max(losses) < 1e-14


@pytest.mark.parametrize(
    ("formula", "names", "points"),
    [
        ("x^2 + v^2", ("x", "v"), np.random.default_rng(0).uniform(0.1, 1, (300, 2))),
        ("a*d - b*c", ("a", "b", "c", "d"), np.random.default_rng(0).uniform(-1, 1, (300, 4))),
        ("x1*x4 - x2*x3", ("x1", "x2", "x3", "x4"), plane()),
    ],
)
def test_three_concepts_are_found(formula, names, points):
    field = field_of(formula, names, points)
    search = sg.Search(
        field, operators=["add", "sub", "mul", "div", "square"], max_complexity=20, backend="pysr"
    )
    search.run(seconds=300, generations=5, progress=False, callback=lambda s: s.best and s.best.loss < 1e-10)
    assert sg.verify(search.best.expression, formula, field=field).same


def small(**options):
    field = field_of("x^2 + v^2", ("x", "v"), np.random.default_rng(0).uniform(0.1, 1, (200, 2)))
    backend = sg.PySR(**{"iterations": 10, "parameters": SMALL} | options)
    return sg.Search(field, operators=["add", "mul", "sin", "exp"], max_complexity=15, backend=backend)


def test_stepping_and_running_give_the_same_front():
    stepped, run = small(iterations=2), small(iterations=2)
    stepped.step()
    stepped.step()
    assert run.run(generations=2, progress=False).front == stepped.front
    assert stepped.evaluations == run.evaluations > 0


def test_a_guess_that_is_written_otherwise_is_taken_over():
    field = field_of("v*exp(-x^2)", ("x", "v"), np.random.default_rng(0).uniform(0.5, 3, (200, 2)))
    backend = sg.PySR(iterations=1, parameters={"populations": 2})
    search = sg.Search(field, operators=["mul", "exp", "add"], guesses=["v*exp(-x^2)"], backend=backend)
    search.step()
    assert min(loss for _, loss, _ in search._reached.engine.problem.file()) < 1e-12


def test_the_papers_recipe_runs():
    search = small(preset="paper", loss="paper", iterations=1, parameters={"populations": 3})
    assert search.step().front


def once_it_has_a_front(search, act):
    """Do something while a block is under way, from another thread."""

    def wait():
        while not search._reached.engine.problem.file():
            time.sleep(0.05)
        act()

    threading.Thread(target=wait, daemon=True).start()


def test_stop_ends_a_block_with_the_front_so_far_and_the_next_one_goes_on():
    search, asked = small(iterations=1000), []
    once_it_has_a_front(search, lambda: (asked.append(time.monotonic()), search.stop()))
    search.run(progress=False)
    print(f"stopped {time.monotonic() - asked[0]:.1f} s after it was asked to")
    assert search.front
    assert search.generation == 0
    again = small(iterations=2)
    assert again.step().generation == 1


def test_a_killed_julia_is_one_error_with_the_front_so_far_and_another_goes_on():
    search = small(iterations=1000)
    julia = search._reached.engine.problem.julia
    once_it_has_a_front(search, lambda: os.kill(julia._process.pid, signal.SIGKILL))
    with pytest.raises(EngineError, match="exit code -9"):
        search.step()
    assert search.front
    assert small(iterations=2).step().front
