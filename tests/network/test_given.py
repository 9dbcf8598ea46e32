"""One concept after another: what else pairs share, given what networks know of them already."""

from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, UnknownNameError
from symgrad_widgets.formula.expressions import evaluate
from symgrad_widgets.network.experiment.data import Triplets

NAMES = ("a", "b", "c", "d")
SUM, SQUARES = "a + b", "c**2 + d**2"
QUICK = {"count": 8000, "validation": 1000, "held_out": 1000, "progress": False}


def pairs(rng, count):
    """Partners share a + b and c^2 + d^2; the second is blurred, so that the first is what is learnt."""
    anchor, stranger = rng.uniform(-1, 1, (2, count, 4))
    shift, angle = rng.uniform(-1, 1, count), rng.uniform(0, 2 * np.pi, count)
    a, b, c, d = anchor.T
    r = np.hypot(c, d) + 0.05 * rng.normal(size=count)
    return Triplets(
        anchor, np.stack([a + shift, b - shift, r * np.cos(angle), r * np.sin(angle)], 1), stranger
    )


@pytest.fixture(scope="module")
def experiment():
    return sg.Experiment("S", "shared", "Shared", NAMES, {"default": pairs}, presets={"default": {}})


@pytest.fixture(scope="module")
def first(experiment):
    return experiment.train(seed=0, hidden=(32, 32), epochs=12, **QUICK)


def together(*runs):
    model = sg.SideBySide(*(run.model for run in runs))
    return sg.gradient_field(model, runs[0].x, neuron=list(range(len(runs))), names=NAMES)


@pytest.mark.sweep
def test_a_second_network_learns_what_the_first_does_not_know(experiment, first):
    assert sg.score(together(first), SUM).loss < 1e-3
    second = experiment.given(first).train(seed=0, hidden=(32, 32), **QUICK)
    both = together(first, second)
    assert both.rank == 2
    assert sg.score(both, SUM).loss < 1e-3
    assert sg.score(both, SQUARES).loss < 1e-2
    again = experiment.train(seed=1, hidden=(32, 32), epochs=12, **QUICK)
    assert together(first, again).rank == 1


def test_strangers_are_the_anchors_most_alike_in_what_is_known(experiment):
    def shared(points):
        return np.stack([points[:, 0] + points[:, 1], 100 * points[:, 2]], axis=1)

    known = SimpleNamespace(names=NAMES, neuron=[0, 1], shared=shared)
    plain, alike = experiment.sample(50, seed=3), experiment.given(known).sample(50, seed=3)
    values = shared(plain.anchor) / shared(plain.anchor).std(0)
    apart = np.linalg.norm(values[:, None] - values, axis=2) + np.diag(np.full(50, np.inf))
    np.testing.assert_array_equal(alike.negative, plain.anchor[apart.argmin(1)])
    np.testing.assert_array_equal(alike.anchor, plain.anchor)
    np.testing.assert_array_equal(alike.positive, plain.positive)


def test_a_table_of_pairs_can_be_asked_too():
    anchor, positive, _ = pairs(np.random.default_rng(0), 200)
    known = SimpleNamespace(names=NAMES, neuron=0, shared=lambda points: points[:, :1] + points[:, 1:2])
    data = sg.Experiment.from_pairs(anchor, positive, NAMES).given(known).sample(1000, (0, 0))
    assert len(data.anchor) == 140
    assert np.abs(known.shared(data.anchor) - known.shared(data.negative)).max() < 0.5


@pytest.mark.sweep
def test_it_is_another_experiment_with_its_own_weights(experiment, first, tmp_path):
    known = SimpleNamespace(names=("x1", "x2", "v1", "v2"), neuron=[0, 1], shared=None)
    asked = sg.experiments["kepler"].given(known)
    assert (asked.slug, asked.latent) == ("kepler_given_2", 1)
    with pytest.raises(UnknownNameError, match="the package has no weights for 'kepler_given_2'"):
        asked.pretrained()
    second = experiment.given(first)
    run = second.train(seed=0, hidden=(8,), epochs=1, **QUICK)
    run.save(tmp_path / "second")
    np.testing.assert_array_equal(second.pretrained(tmp_path / "second").latents, run.latents)


def test_it_is_refused_without_pairs_or_runs_and_for_other_inputs(experiment, first):
    with pytest.raises(DataError, match="has no pairs"):
        sg.experiments["P2-A"].given(first)
    with pytest.raises(DataError, match=r"pass the runs .* experiment\.given\(run\)"):
        experiment.given()
    with pytest.raises(DataError, match="a run has the inputs a, b, c, d, not x, v"):
        sg.experiments["oscillator"].given(first)
    with pytest.raises(DataError, match=r"given\(first, second\); got list"):
        experiment.given([first, first])
    with pytest.raises(DataError, match="shared_given_1 already has a run: pass all runs in one call"):
        experiment.given(first).given(first)


def test_repeated_anchors_are_no_strangers():
    anchor, positive, _ = pairs(np.random.default_rng(0), 200)
    known = SimpleNamespace(names=NAMES, neuron=0, shared=lambda points: points[:, :1])
    thrice = sg.Experiment.from_pairs(*(np.repeat(rows, 3, axis=0) for rows in (anchor, positive)), NAMES)
    data = thrice.given(known).sample(600)
    assert (data.anchor != data.negative).any(1).all()
    same = sg.Experiment.from_pairs(np.repeat(anchor[:2], 100, axis=0), positive, NAMES).given(known)
    with pytest.raises(DataError, match=r"200 of 200 anchors have no stranger.*many different systems"):
        same.sample(200)
    with pytest.raises(DataError, match="1 of 1 anchors have no stranger"):
        thrice.given(known).sample(1)


def test_a_latent_that_is_constant_tells_no_strangers(experiment):
    dead = SimpleNamespace(names=NAMES, neuron=[0, 1], shared=lambda points: points[:, :2] * [1.0, 0.0])
    alive = SimpleNamespace(names=NAMES, neuron=0, shared=lambda points: points[:, :1])
    first, second = (experiment.given(run).sample(50) for run in (dead, alive))
    np.testing.assert_array_equal(first.negative, second.negative)


@pytest.mark.sweep
def test_what_is_left_of_several_concepts_is_told_in_its_shortest_form():
    x = np.random.default_rng(0).uniform(-1, 1, (600, 9))
    names = [f"x{i}" for i in range(1, 10)]
    A = sp.Matrix(3, 3, sp.symbols("x1:10", real=True))
    invariants = [A.trace(), sp.expand((A * A).trace()), A.det()]
    gradients = np.stack([evaluate(e, names, x)[1] for e in invariants], axis=1)
    rest = sg.GradientField(x, gradients, names)
    for known in invariants[:2]:
        rest = rest.without(evaluate(known, names, x)[1])
    found = sg.Search(rest, random_state=0).run(progress=False).best
    assert sp.expand(found.expression - A.det()) == 0 or sp.expand(found.expression + A.det()) == 0
