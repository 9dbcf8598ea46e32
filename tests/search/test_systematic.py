"""Whether what a formula leaves has a part that one or two inputs predict."""

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.search.choice.systematic import systematic


def points(inputs, count=1200, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, size=(count, inputs))


@pytest.mark.parametrize("inputs", [2, 5])
@pytest.mark.parametrize("seed", range(4))
def test_noise_has_no_part_that_inputs_predict(inputs, seed):
    noise = np.random.default_rng(seed + 100).normal(size=1200)
    assert systematic(noise, points(inputs, seed=seed)) < 0.01


@pytest.mark.parametrize(
    ("part", "noise"),
    [(lambda x: np.sin(3 * x[:, 0]), 1.0), (lambda x: x[:, 1] * x[:, 2], 0.5), (lambda x: x[:, 0] ** 3, 0.1)],
)
def test_of_a_smooth_part_of_one_or_two_inputs_its_share_is_found(part, noise):
    x = points(4)
    smooth = part(x) / part(x).std()
    left = smooth + noise * np.random.default_rng(1).normal(size=len(x))
    assert systematic(left, x) == pytest.approx(1 / (1 + noise**2), abs=0.06)


def test_units_and_an_input_that_stays_the_same_change_nothing():
    x = points(3)
    left = x[:, 0] * x[:, 1] + np.random.default_rng(2).normal(size=len(x))
    moved = np.column_stack([1e6 * x[:, 0] - 3, x[:, 1], np.full(len(x), 7.0), 1e-9 * x[:, 2]])
    assert systematic(left, moved) == pytest.approx(systematic(left, x), rel=1e-6)


@pytest.mark.parametrize(("inputs", "count"), [(3, 200), (1, 1200), (40, 1200)])
def test_nothing_is_told_of_few_points_one_input_or_many(inputs, count):
    assert systematic(np.random.default_rng(0).normal(size=count), points(inputs, count)) == 1


@pytest.mark.parametrize("missing", [0.0, 0.5])
def test_a_search_of_noisy_values_ends_early_only_where_nothing_is_missing(missing):
    a, b, c = x = points(3).T + 2
    rng = np.random.default_rng(3)
    values = a * b * c + missing * np.sin(3 * a) + 0.5 * rng.normal(size=len(a))
    gradients = np.column_stack([b * c, a * c, a * b]) + 2 * rng.normal(size=(len(a), 3))
    search = sg.Search(sg.GradientField(x.T, gradients, names=("a", "b", "c"), values=values))
    search.run(generations=3, progress=False)
    assert sg.verify(search.best.expression, "a*b*c", field=search.field).same
    assert search._judge.certain(search.best) == (missing == 0)
