"""The experiments with labels: the label law, the points, and how classifiers and their kin are trained."""

import dataclasses

import numpy as np
import pytest
import sympy
import torch
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.network.experiment.data import Labelled
from symgrad_widgets.network.modules import Autoencoder
from symgrad_widgets.network.training import KINDS, chosen_settings
from symgrad_widgets.network.training.supervised import cross_entropy, mean_square, penalised, unsaturated

CLASSIFIERS = [experiment for experiment in sg.experiments if experiment.kind == "classifier"]
ALL = [(experiment, variant) for experiment in CLASSIFIERS for variant in experiment.variants]
IDS = [f"{experiment.slug}-{variant}" for experiment, variant in ALL]
COUNT = 20_000
SMALL = {"epochs": 4, "count": 20_000, "validation": 2000, "held_out": 2000, "progress": False}

# thresholds and boxes of arXiv 2401.04978, written out a second time
THRESHOLDS = {"P2-A1": 1, "P2-A": 5, "P2-B": 1, "P2-C": 1, "P2-D": 0.2, "P2-E": 1}
BOXES = {
    "P2-A1": [(-1, 1)] * 2,
    "P2-A": [(-2, 0)] * 2,
    "P2-B": [(-2, 0)] * 3,
    "P2-C": [(-1, 1)] * 3,
    "P2-D": [(0, 2), (-2, 2), (-2, 2)],
    "P2-E": [(0, 2)] * 6,
    "P2-F": [(0, 2)] * 4,
    "P2-G": [(0, 2)] * 3,
}
PAIRS_OF_LABELS = {
    "P2-F": lambda x: (x[:, 0] * x[:, 1] > 1, x[:, 2] * x[:, 3] > 1),
    "P2-G": lambda x: (x[:, 0] * x[:, 1] + x[:, 2] > 2, np.sin(x[:, 1] * x[:, 2]) > 0.5),
}


def concept_at(experiment, points):
    symbols = [sympy.Symbol(name, real=True) for name in experiment.names]
    return sympy.lambdify(symbols, experiment.concepts[0])(*points.T)


def normal_cdf(z):
    return torch.special.ndtr(torch.as_tensor(z)).numpy()


# ------------------------------------------------------------------------------------------------- the data


def test_all_eight_are_there():
    assert {experiment.id for experiment in CLASSIFIERS} == set(BOXES)


@pytest.mark.parametrize(("experiment", "variant"), ALL, ids=IDS)
def test_points_fill_their_box_and_a_seed_gives_the_same_bits(experiment, variant):
    data, again, other = (experiment.sample(COUNT, seed, variant) for seed in ((1, 2), (1, 2), (1, 3)))
    box = [(-3, 3)] * 2 if (experiment.id, variant) == ("P2-A", "default") else BOXES[experiment.id]
    low, high = np.transpose(box)
    assert data.x.shape == (COUNT, len(low))
    assert data.x.dtype == data.y.dtype == np.float64
    assert (data.x >= low).all()
    assert (data.x <= high).all()
    np.testing.assert_allclose((data.x.min(0) - low) / (high - low), 0, atol=0.01)
    np.testing.assert_allclose((high - data.x.max(0)) / (high - low), 0, atol=0.01)
    np.testing.assert_array_equal(data.x, again.x)
    np.testing.assert_array_equal(data.y, again.y)
    assert not np.isin(data.x, other.x).any()


@pytest.mark.parametrize(("experiment", "variant"), ALL, ids=IDS)
def test_both_labels_are_frequent(experiment, variant):
    y = experiment.sample(COUNT, 0, variant).y
    assert set(y) == {0.0, 1.0}
    assert 0.25 < y.mean() < 0.75


@pytest.mark.parametrize(("experiment", "variant"), [row for row in ALL if row[0].id in THRESHOLDS])
def test_labels_follow_the_concept_with_one_per_cent_of_noise(experiment, variant):
    x, y = experiment.sample(200_000, 0, variant)
    g, c = concept_at(experiment, x), THRESHOLDS[experiment.id]
    expected = normal_cdf((g - c) / (0.01 * np.abs(g)))  # P[g N(1, 0.01) > c], whatever the sign of g
    surprise = (y - expected) / np.sqrt(np.clip(expected * (1 - expected), 1e-12, None))
    uncertain = (expected > 0.01) & (expected < 0.99)
    assert uncertain.sum() > 1000
    assert (surprise[uncertain] ** 2).mean() == pytest.approx(1, abs=0.15)
    for low in (0.05, 0.25, 0.5, 0.75):
        band = (expected > low) & (expected < low + 0.2)
        assert y[band].mean() == pytest.approx(expected[band].mean(), abs=2 * band.sum() ** -0.5)
    sure = np.abs(expected - 0.5) > 0.5 - 1e-9
    np.testing.assert_array_equal(y[sure], expected[sure].round())


@pytest.mark.parametrize("experiment", [e for e in CLASSIFIERS if e.id in THRESHOLDS], ids=lambda e: e.slug)
def test_half_of_the_default_points_lie_where_labels_are_uncertain(experiment):
    def share(variant):
        g = concept_at(experiment, experiment.sample(COUNT, 0, variant).x)
        return (np.abs(g - THRESHOLDS[experiment.id]) < 0.05 * np.abs(g)).mean()

    assert 0.5 <= share("default") < 0.6
    assert share("paper") < 0.1


@pytest.mark.parametrize("number", PAIRS_OF_LABELS)
def test_only_points_on_which_both_labels_agree_are_kept(number):
    x, y = sg.experiments[number].sample(COUNT)
    for labels in PAIRS_OF_LABELS[number](x):
        np.testing.assert_array_equal(labels, y == 1)


@pytest.mark.parametrize(("number", "share"), [("P2-F", 0.52), ("P2-G", 0.70)])
def test_so_many_points_agree_as_in_the_paper(number, share):
    low, high = np.transpose(BOXES[number])
    first, second = PAIRS_OF_LABELS[number](np.random.default_rng(0).uniform(low, high, (COUNT, len(low))))
    assert (first == second).mean() == pytest.approx(share, abs=0.015)


def test_masses_keep_apart_unless_as_in_the_paper():
    def least(variant):
        x = sg.experiments["gravity"].sample(COUNT, 0, variant).x
        return np.hypot(x[:, 2] - x[:, 3], x[:, 4] - x[:, 5]).min()

    assert 0.5 < least("default") < 0.55
    assert least("paper") < 0.05


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_points(count):
    assert sg.experiments["gravity"].sample(count).x.shape == (count, 6)


# ------------------------------------------------------------------------------------------------- training


@pytest.fixture(scope="module")
def run():
    return sg.experiments["ellipse"].train(seed=0, **SMALL)


def test_a_short_training_learns_the_concept(run):
    assert run.floor < 1e-2
    x, y = sg.experiments["ellipse"].sample(5000, 99, "paper")
    with torch.no_grad():
        logits = run.model(torch.tensor(x, dtype=torch.float32))[:, 0].numpy()
    assert ((logits > 0) == (y == 1)).mean() > 0.97


def test_only_points_that_are_not_saturated_are_interpreted(run):
    with torch.no_grad():
        p = torch.sigmoid(run.model(torch.tensor(run.x, dtype=torch.float32)).double()).numpy()
    assert 100 < len(run.x) < 2000
    assert p.min() > 0.99e-4
    assert p.max() < 1 - 0.99e-4


def test_the_rules_by_numbers():
    x, y = torch.tensor([[0.0], [2.0], [-1.0]]), torch.tensor([0.0, 1.0, 1.0])
    p = 1 / (1 + np.exp([0, -2, 1]))
    expected = -np.mean(np.log([1 - p[0], p[1], p[2]]))
    assert cross_entropy(nn.Identity(), x, y).item() == pytest.approx(expected, rel=1e-6)
    assert mean_square(nn.Identity(), x, y).item() == pytest.approx((0 + 1 + 4) / 3)
    edge = np.log(1e4 - 1)
    shown = unsaturated(torch.tensor([[0.0], [edge - 1e-3], [edge + 1e-3], [-edge - 1e-3]]))
    assert shown.tolist() == [True, True, False, False]


def test_the_papers_penalty_is_on_hidden_weights():
    model = KINDS["classifier"].build((2, 5, 4, 1), generator=torch.Generator().manual_seed(0))
    x, y = torch.rand(10, 2), torch.ones(10)
    squares = sum(model.get_submodule(f"linear{i}").weight.square().sum().item() for i in (1, 2))
    extra = penalised(model, x, y).item() - cross_entropy(model, x, y).item()
    assert extra == pytest.approx(1e-4 * squares, rel=1e-3)


def test_the_papers_preset():
    experiment = sg.experiments["ellipse"]
    settings = chosen_settings(experiment, "paper", {})
    assert (settings.hidden, settings.activation, settings.dropout) == ((1000, 1000), "elu", 0.2)
    assert (settings.loss, settings.batch, settings.epochs) == ("penalised", 100, 1000)
    assert (settings.schedule, settings.plateau_factor, settings.plateau_patience) == ("plateau", 0.5, 20)
    assert (settings.patience, settings.weight_decay) == (40, 0)
    assert (settings.count, settings.validation) == (8000, 2000)
    few = {"epochs": 1, "count": 500, "validation": 100, "held_out": 100, "hidden": (16,), "progress": False}
    torch.manual_seed(3)
    state = torch.get_rng_state()
    run, again = (experiment.train(preset="paper", variant="paper", **few) for _ in range(2))
    assert [name for name, _ in run.model.named_children()] == ["linear1", "elu1", "dropout1", "latent"]
    assert (run.model.linear1.weight == again.model.linear1.weight).all()  # dropout has a seed too
    assert (torch.get_rng_state() == state).all()


# ------------------------------------------------------------------------------------------------ other kinds


def test_an_autoencoder_is_read_at_its_bottleneck():
    circle = dataclasses.replace(sg.experiments["oscillator"], kind="autoencoder", concepts=())
    run = circle.train(latent=1, **{**SMALL, "epochs": 2})
    assert isinstance(run.model, Autoencoder)
    assert run.model(torch.zeros(5, 2)).shape == (5, 1)
    assert sg.gradient_field(run.model, run.x).neurons == 1


def test_an_autoencoder_finds_the_line_its_inputs_lie_on():
    def line(rng, count):
        t = rng.normal(size=count)
        return (np.column_stack([3 * t, 40 * t - 5, rng.normal(size=count) * 1e-3]),)

    experiment = sg.Experiment("line", "line", "Line", ("a", "b", "c"), {"default": line}, kind="autoencoder")
    run = experiment.train(seed=0, **{**SMALL, "epochs": 10}, standardize=True)
    x = torch.tensor(run.x, dtype=torch.float32)
    with torch.no_grad():
        error = (run.model.decode(run.model(x)) - run.model.scaled(x)).square().mean(0)
    assert error[:2].max() < 0.01  # one number holds what two inputs share
    assert error[2] > 0.9  # and nothing of the third


def test_a_regression_learns_a_value():
    def values(rng, count):
        x = rng.uniform(-1, 1, (count, 2))
        return Labelled(x, x[:, 0] * x[:, 1])

    names = ("a", "b")
    a, b = (sympy.Symbol(name, real=True) for name in names)
    experiment = sg.Experiment("product", "product", "Product", names, {"default": values}, kind="regression")
    run = dataclasses.replace(experiment, concepts=(a * b,)).train(seed=0, **SMALL)
    assert run.history["validation"][-1] < 1e-3
    assert run.floor < 0.05
    assert len(run.x) == 2000
