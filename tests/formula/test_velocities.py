"""Velocities as people write them, against functions written in Python."""

import pickle

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, ExpressionError
from symgrad_widgets.formula.velocities import read_velocities

X, V = np.random.default_rng(0).normal(size=(2, 50))


@pytest.mark.parametrize(
    "text",
    [
        "x' = v\nv' = -sin(x)",
        "x' = v; v' = -sin x",
        "x' = v, v' = -sin(x)",
        "dx/dt = v\n\ndv/dt = -sin x\n",
        "  x′ = v ;; v′=-sin(x)",
    ],
)
def test_velocities_are_read_as_they_are_written(text):
    names, rhs = read_velocities(text)
    assert names == ("x", "v")
    np.testing.assert_allclose(rhs(X, V), [V, -np.sin(X)])


def test_numbers_with_a_comma_and_a_rate_that_is_one():
    names, rhs = read_velocities("t' = 1; x' = 1,6 x - t²")
    assert names == ("t", "x")
    np.testing.assert_allclose(rhs(X, V), [np.ones(50), 1.6 * V - X**2])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no velocities"),
        ("x = v", "'x = v' is not a velocity: write x' = v"),
        ("x' = v; x' = 2", "x has two velocities: v and 2"),
        ("x' = v; v' = -y", "v' = -y: .*y"),
        ("x' = __import__('os')", "x' = __import__"),
        ("x' = ", "x' = "),
    ],
)
def test_what_is_no_velocity_is_said(text, said):
    with pytest.raises(ExpressionError, match=said):
        read_velocities(text)


def test_a_flow_is_given_as_text():
    told = sg.Experiment.from_flow("x' = v; v' = -4x", [(-1, 1), (-1, 1)])
    plain = sg.Experiment.from_flow(lambda x, v: (v, -4 * x), [(-1, 1), (-1, 1)], ["x", "v"])
    for one, same in zip(told.sample(50, 0), plain.sample(50, 0), strict=True):
        np.testing.assert_allclose(one, same)
    assert told.names == ("x", "v")
    with pytest.raises(DataError, match="leave out names"):
        sg.Experiment.from_flow("x' = v; v' = -x", [(-1, 1), (-1, 1)], ["x", "v"])
    with pytest.raises(DataError, match="pass names"):
        sg.Experiment.from_flow(lambda x, v: (v, -x), [(-1, 1), (-1, 1)])


def test_a_flow_of_text_goes_to_other_processes():
    told = sg.Experiment.from_flow("x' = v; v' = -x", [(-1, 1), (-1, 1)])
    again = pickle.loads(pickle.dumps(told))
    np.testing.assert_array_equal(again.sample(10, 0)[0], told.sample(10, 0)[0])
