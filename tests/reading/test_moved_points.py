"""Symmetries put to the neuron itself: along orbits, and in other orders and signs of its inputs."""

import itertools

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError
from symgrad_widgets.reading.symmetry import exchanges
from symgrad_widgets.reading.symmetry.orbit_test import drifts

RNG = np.random.default_rng(2)
X = RNG.uniform(-1, 1, (600, 4))
FUNCTIONS = {
    "a*d - b*c": lambda x: x[:, 0] * x[:, 3] - x[:, 1] * x[:, 2],
    "a^2 + b^2 + c^2 + 2*d^2": lambda x: x**2 @ np.array([1, 1, 1, 2.0]),
    "a*b*c + d": lambda x: x[:, 0] * x[:, 1] * x[:, 2] + x[:, 3],
    "a + 2*b^2 + 3*c^3 + exp(d)": lambda x: x[:, 0] + 2 * x[:, 1] ** 2 + 3 * x[:, 2] ** 3 + np.exp(x[:, 3]),
}


def found_in(f):
    step = 1e-6 * np.eye(4)
    slopes = np.stack([(f(X + e) - f(X - e)) / 2e-6 for e in step], 1)
    return sg.symmetries(sg.GradientField(X, slopes, tuple("abcd")))


def test_a_value_stays_along_the_orbits_of_its_symmetries_and_not_along_others():
    determinant, squares = (FUNCTIONS[name] for name in list(FUNCTIONS)[:2])
    for drift in drifts(found_in(determinant), determinant, X):
        assert max(drift.inside, drift.outside) < 1e-6
        assert drift.by_chance > 0.1
        assert 0 < drift.within < 1
        assert "by chance" in str(drift)
    assert all(max(drift.inside, drift.outside) > 0.1 for drift in drifts(found_in(determinant), squares, X))


def test_an_orbit_is_what_small_steps_make():
    motion = found_in(FUNCTIONS["a*d - b*c"]).motions[0]
    place = X.copy()
    for _ in range(1000):
        half = place + 5e-4 * (place @ motion.matrix.T + motion.offset)
        place = place + 1e-3 * (half @ motion.matrix.T + motion.offset)
    assert np.allclose(place, motion.moved(X, 1.0), atol=1e-5)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_orders_and_signs_of_four_inputs_are_found(name):
    f, count = FUNCTIONS[name], 0
    for order in itertools.permutations(range(4)):
        for signs in itertools.product((1, -1), repeat=4):
            count += np.allclose(f(X[:, order] * signs), f(X))
    found = exchanges(f, X, "abcd")
    assert found.order == count
    for one in found.makers:
        assert np.allclose(f(X @ one.matrix.T), f(X))


def test_inputs_without_data_in_each_others_places_are_not_asked():
    positive = np.abs(X) + 0.1
    assert exchanges(FUNCTIONS["a^2 + b^2 + c^2 + 2*d^2"], positive, "abcd").order == 6
    apart = positive + np.array([0, 9, 0, 0])
    assert exchanges(lambda x: x[:, 0] + x[:, 1], apart[:, :2], "ab").order == 1


def test_a_network_is_asked():
    run = sg.experiments["interval"].pretrained()
    found = sg.symmetries(run.model, run.x, names=run.names)
    assert all(10 * drift.inside < 0.1 < drift.by_chance for drift in found.drifts(run.model, run.x[:1000]))
    swaps = found.exchanges(run.model, run.x)
    assert swaps.order == 6
    assert "group of 6" in str(swaps)


def test_what_cannot_be_asked_says_so():
    with pytest.raises(DataError, match="up to 8 inputs, got 9"):
        exchanges(lambda x: x[:, 0], np.zeros((10, 9)), "abcdefghi")
    with pytest.raises(DataError, match="reach must be above 0"):
        drifts(found_in(FUNCTIONS["a*d - b*c"]), FUNCTIONS["a*d - b*c"], X, reach=0)


def test_the_view_moves_points_and_the_value_stays():
    f = FUNCTIONS["a*d - b*c"]
    view = sg.SymmetryView(found_in(f), f, X)
    assert view.change == 0
    view.slider.value = 0.5
    view.motion.value = 2
    assert view.change < 1e-6
    assert "moved along" in view.words
    other = sg.SymmetryView(found_in(f), FUNCTIONS["a*b*c + d"], X)
    other.slider.value = 0.5
    assert other.change > 0.1
    with pytest.raises(DataError, match="nothing moves"):
        sg.SymmetryView(found_in(lambda x: np.cos(2 * x[:, 0]) + np.exp(x[:, 1:]).sum(1)), f, X)
