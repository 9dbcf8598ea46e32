"""Networks of one layer after another: which ones are, and that their steps compute what they do."""

import numpy as np
import pytest
import torch
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.network.layered import layered
from symgrad_widgets.network.modules import Autoencoder

X = np.random.default_rng(0).uniform(-1, 1, (100, 3))


class Own(nn.Module):
    def __init__(self, skip=False):
        super().__init__()
        self.first, self.last, self.skip = nn.Linear(3, 5), nn.Linear(5, 3), skip

    def forward(self, x):
        found = self.last(torch.tanh(self.first(x)) * 2 - 0.5)
        return found + x if self.skip else found


def steps_of(model, x=X):
    mode = model.training
    values = model.eval()(torch.as_tensor(x).float()).detach().numpy()
    return layered(model.train(mode), x, values)


def kinds(model):
    steps = steps_of(model)
    return None if steps is None else [step.kind for step in steps]


def test_a_network_of_the_package_is_followed_with_its_scaling():
    run = sg.experiments["oscillator"].pretrained()
    steps = steps_of(run.model, run.x)
    assert [step.name for step in steps][:3] == ["standardize", "linear1", "silu1"]
    np.testing.assert_array_equal(steps[1].given["weight"], run.model.linear1.weight.detach().numpy())


def test_a_stranger_s_forward_is_followed_too():
    assert kinds(Own()) == ["linear", "tanh", "affine", "affine", "linear"]
    assert kinds(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(), nn.Softplus(beta=2))) == [
        "linear", "affine", "same", "softplus",
    ]  # fmt: skip
    assert kinds(Autoencoder((3, 4, 2)))[-1] == "linear"


@pytest.mark.parametrize(
    "model",
    [
        Own(skip=True),
        nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4)),
        nn.Sequential(nn.Linear(3, 4), nn.GELU(approximate="tanh")),
        nn.Sequential(nn.Unflatten(1, (1, 3)), nn.Conv1d(1, 2, 2), nn.Flatten()),
    ],
    ids=("skip", "norm", "approximate", "convolution"),
)
def test_other_networks_are_none(model):
    assert steps_of(model) is None


def test_a_model_that_a_hook_changes_is_none():
    model = nn.Sequential(nn.Linear(3, 1))
    model[0].register_forward_hook(lambda _module, _given, output: output + 1)
    model.train()
    assert steps_of(model) is None
    assert model.training


def test_other_points_and_other_values_are_none():
    assert layered(nn.Linear(3, 1), X[:, :2], X[:, :1]) is None
    assert layered(nn.Linear(3, 2), X, X[:, :1]) is None
