"""The formula that a guess begins with."""

import re

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.widgets.opening import opening
from symgrad_widgets.widgets.subject import Network, Subject


def field(gradients_of, n, names):
    points = np.random.default_rng(0).uniform(-1, 2, size=(600, n))
    return sg.GradientField(points, gradients_of(*points.T), names)


def test_squares_are_kept_where_they_tell_something():
    one = field(lambda x, v: np.column_stack([2 * x, 2 * v]), 2, ("x", "v"))
    assert opening(one, [1, 0]) == "x² + 3.0 v²"


def test_another_sum_is_begun_with_where_squares_are_far_off():
    one = field(lambda x, y, z: np.column_stack([1 + 0 * x, -1 + 0 * y, 0.2 + 0 * z]), 3, ("x", "y", "z"))
    text = opening(one, [1, 0, 2])
    assert text != "x² + 3.0 y²"
    assert re.search(r" [+-] 3\.0 ", text)
    assert 10 < sg.score(one, text).angle < 45


def test_one_input_has_a_formula_too():
    one = field(lambda x: np.column_stack([2 * x]), 1, ("x",))
    assert opening(one, [0]) == "x + 3.0 x²"


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("slug", "most"), [("oscillator", 21), ("two_mixed", 35), ("exponential", 35), ("determinant3", 60)]
)
def test_the_experiments_begin_with_a_picture_that_tells_something(slug, most):
    subject = Subject(network := Network.of(slug), None, network.neuron)
    assert 10 < subject.scored(subject.beginning).angle < most
