"""Where formulas differ that fit the same data, the network is asked; models are known functions."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError

NEAR = np.random.default_rng(0).uniform(-0.2, 0.2, (600, 2))
WIDE = {"x": (-3, 3), "v": (-3, 3)}


class Function(nn.Module):
    """A model that is a function of x and v, and may stray from it outside of the data."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, given):
        return self.function(*given.T)[:, None]


def oscillator(x, v):
    return torch.tanh((x**2 + v**2) / 4) + 3e-6 * torch.sin(977 * x + 733 * v)


@pytest.fixture(scope="module")
def read():
    return sg.interpret(Function(oscillator), NEAR, names=("x", "v"), operators=["mul", "square", "cos"])


def test_the_formula_that_the_network_contradicts_is_ruled_out(read):
    decided = read.decide(Function(oscillator), WIDE, rivals=["cos(2*x) + cos(2*v)"])
    assert [str(one) for one in decided.left] == ["v**2 + x**2"]
    (trial,) = decided.trials
    assert trial.apart > 10
    assert trial.off[0] < 1 < trial.off[1]
    assert (np.abs(trial.points) <= 3).all()
    assert "is ruled out" in str(decided)


def test_a_wrong_answer_is_ruled_out_and_the_rival_takes_its_place(read):
    wrong = Function(lambda x, v: -torch.cos(x) - torch.cos(v))
    decided = read.decide(wrong, WIDE, rivals=["cos(x) + cos(v)"])
    assert [str(one) for one in decided.left] == ["cos(v) + cos(x)"]


def test_within_the_box_of_the_data_nobody_can_tell(read):
    decided = read.decide(Function(oscillator), rivals=["cos(x) + cos(v)"])
    assert len(decided.left) == 2
    assert not decided.trials
    assert "nobody can tell" in str(decided)


def test_a_network_that_follows_neither_does_not_decide(read):
    strange = Function(lambda x, v: x * v)
    decided = read.decide(strange, WIDE, rivals=["cos(2*x) + cos(2*v)"])
    assert len(decided.left) == 2
    assert decided.trials[0].fallen is None
    assert "does not decide" in str(decided)


def test_all_that_is_left_faces_the_formula_that_takes_the_first_one_s_place(read):
    true = Function(lambda x, v: -torch.cos(x) - torch.cos(v))
    decided = read.decide(true, WIDE, rivals=["cos(2*x) + cos(2*v)", "cos(x) + cos(v)", "cosh(x) + cosh(v)"])
    assert str(decided.left[0]) == "cos(v) + cos(x)"
    fallen = {str(trial.fallen) for trial in decided.trials}
    assert {"v**2 + x**2", "cosh(v) + cosh(x)"} <= fallen


def test_without_rivals_there_is_nothing_to_decide(read):
    assert "nothing to decide" in str(read.decide(Function(oscillator), WIDE, rivals=[]))


def test_the_same_seed_asks_at_the_same_points_and_points_of_ones_own_are_taken(read):
    first, second = (read.decide(Function(oscillator), WIDE, ["cos(2*x) + cos(2*v)"]) for _ in range(2))
    np.testing.assert_array_equal(first.trials[0].points, second.trials[0].points)
    given = np.random.default_rng(1).uniform(-2, 2, (50, 2))
    (trial,) = read.decide(Function(oscillator), given, ["cos(2*x) + cos(2*v)"]).trials
    assert {*map(tuple, trial.points)} <= {*map(tuple, given)}


def test_a_box_is_cut_by_the_plane_that_the_data_fill():
    x = np.random.default_rng(2).uniform(0.5, 1, (400, 3))
    x[:, 2] = 2 - x[:, 0]
    model = Function(lambda a, b, _: a * b)
    read = sg.interpret(model, x, names=("a", "b", "c"))
    (trial,) = read.decide(model, {"a": (-2, 2), "b": (-2, 2), "c": (0, 4)}, ["a + b"]).trials
    np.testing.assert_allclose(trial.points[:, 0] + trial.points[:, 2], 2, atol=1e-9)


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ({"y": (0, 1)}, "the inputs are x, v"),
        ({"x": (1, 0)}, r"the range of x must be \(lowest, highest\)"),
        ({"x": 3}, "the range of x"),
        (np.ones((4, 3)), r"finite points \(N, 2\)"),
    ],
)
def test_a_box_that_is_none_is_refused(read, box, said):
    with pytest.raises(DataError, match=said):
        read.decide(Function(oscillator), box, ["cos(x) + cos(v)"])


def test_a_network_is_asked_at_its_own_inputs_only():
    field = sg.gradient_field(Function(oscillator), NEAR, names=("x", "v"))
    alone = sg.interpret(field, operators=["square"])
    with pytest.raises(DataError, match="the interpretation of a model"):
        alone.decide(Function(oscillator))


def test_a_bad_answer_does_not_hide_a_rival_that_fits_the_data(read):
    field = sg.gradient_field(Function(oscillator), NEAR, names=("x", "v"))
    bad = dataclasses.replace(read, best=sg.score(field, "x**2 + 4*v**2"))
    assert bad.best.loss > 0.15
    decided = bad.decide(Function(oscillator), WIDE, rivals=["x**2 + v**2"])
    assert [str(one) for one in decided.left] == ["v**2 + x**2"]


def test_one_input_that_tells_is_enough(read):
    narrow = np.concatenate([NEAR, [[3.0, 2.0]]])
    (trial,) = read.decide(Function(oscillator), narrow, ["cos(2*x) + cos(2*v)"]).trials
    np.testing.assert_array_equal(trial.points, [[3, 2]])
    assert str(trial.fallen) == "cos(2*v) + cos(2*x)"
