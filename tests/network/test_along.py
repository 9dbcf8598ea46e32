"""Directions in a layer as neurons and as inputs, against derivatives that torch takes by itself."""

import numpy as np
import pytest
import torch
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, ModelError

X = np.random.default_rng(0).normal(size=(40, 3))
DIRECTION = np.random.default_rng(1).normal(size=8)
PLANE = np.random.default_rng(2).normal(size=(2, 8))


class Mixed(nn.Module):
    """Three products that share three neurons: each is along a column of an orthogonal matrix."""

    def __init__(self, turn):
        super().__init__()
        self.mix = nn.Linear(3, 3, bias=False).double()
        self.mix.weight.data = torch.as_tensor(turn)

    def forward(self, x):
        a, b, c = x.T
        return self.mix(torch.stack([a * b, b * c, a * c], 1))


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 4), nn.Tanh(), nn.Linear(4, 1)).double()


def by_torch(function, x):
    leaf = torch.as_tensor(x).requires_grad_()
    value = function(leaf)
    return value.detach().numpy(), torch.autograd.grad(value.sum(), leaf)[0].numpy()


@pytest.mark.parametrize("kind", [np.asarray, torch.as_tensor, lambda v: torch.as_tensor(v).float()])
def test_a_direction_is_a_neuron(model, kind):
    field = sg.gradient_field(model, X, "1", kind(DIRECTION))
    values, gradients = by_torch(lambda x: model[:2](x) @ torch.as_tensor(DIRECTION), X)
    np.testing.assert_allclose(field.values, values, atol=1e-6)
    np.testing.assert_allclose(field.gradients, gradients, atol=1e-6)


def test_an_axis_is_the_neuron_of_its_number_and_a_list_means_several(model):
    axes = [*np.eye(8)[[2, 5]]]
    one, same = sg.gradient_field(model, X, "1", axes), sg.gradient_field(model, X, "1", [2, 5])
    np.testing.assert_array_equal(one.gradients, same.gradients)
    assert one.neurons == 2


def test_a_direction_in_a_layer_of_more_axes_has_its_shape():
    images = nn.Sequential(nn.Unflatten(1, (1, 3)), nn.Conv1d(1, 2, 2)).double()
    direction = np.arange(4.0).reshape(2, 2)
    field = sg.gradient_field(images, X, "1", direction)
    outputs = images(torch.as_tensor(X)).detach().numpy()
    np.testing.assert_allclose(field.values, (outputs * direction).sum((1, 2)))


def test_coordinates_along_directions_are_inputs_and_the_rest_is_held(model):
    field = sg.gradient_field(model, X, wrt=("1", PLANE), names=("a", "b"))
    outputs = model[:2](torch.as_tensor(X)).detach()
    points = np.linalg.lstsq(PLANE.T, outputs.numpy().T)[0].T
    rest = outputs - torch.as_tensor(points @ PLANE)
    values, gradients = by_torch(lambda u: model[2:](rest + u @ torch.as_tensor(PLANE))[:, 0], points)
    assert field.names == ("a", "b")
    for ours, theirs in ((field.points, points), (field.values, values), (field.gradients, gradients)):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_all_neurons_are_surveyed_through_directions_too(model):
    activity = sg.NeuronPicker(model, X, wrt=("1", PLANE)).activity
    assert activity.names == ("x1", "x2")
    values = model(torch.as_tensor(X)).detach().numpy()
    np.testing.assert_allclose(activity.values[:, -1:], values[activity.rows], rtol=1e-6)


def test_what_a_formula_of_a_direction_replaces_leaves_what_is_across_it():
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    model = Mixed(turn)
    x = np.random.default_rng(4).uniform(0.5, 2, (600, 3))
    result = sg.interpret(model, x, layer="mix", neuron=turn[:, 0], names=("a", "b", "c"))
    assert str(result.best.expression) == "a*b"
    spliced = result.splice(model, x)
    assert spliced.change < 1e-6


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"neuron": np.ones(7)}, r"neurons of shape \(8,\), but the direction has shape \(7,\)"),
        ({"neuron": np.zeros(8)}, "that are not all 0"),
        ({"neuron": np.full(8, np.nan)}, "finite"),
        ({"neuron": 0, "wrt": ("1", PLANE[:, :5])}, r"gives shape \(8,\) for a point"),
        ({"neuron": 0, "wrt": ("1", PLANE[[0, 0]])}, "are linearly dependent"),
        ({"neuron": 0, "wrt": ("1", DIRECTION)}, "with one row for each direction"),
        ({"neuron": 0, "wrt": ("1",)}, "a name and the directions"),
    ],
)
def test_what_cannot_be_a_direction_is_said(model, given, said):
    with pytest.raises((DataError, ModelError), match=said):
        sg.gradient_field(model, X, layer="1" if "wrt" not in given else None, **given)


@pytest.mark.sweep
def test_an_atlas_of_directions_reads_what_neurons_share():
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    x = np.random.default_rng(4).uniform(0.5, 2, (300, 3))
    told = {"names": ("a", "b", "c"), "jobs": 1, "progress": False}
    model = Mixed(turn)
    features, neurons = (
        sg.atlas(model, x, "mix", directions=turn.T, **told),
        sg.atlas(model, x, "mix", **told),
    )
    assert [row.formula for row in features.rows] == ["a*b", "b*c", "a*c"]
    assert {row.layer for row in features.rows} == {"features"}
    assert not any(row.kind == "match" and row.complexity < 4 for row in neurons.rows)
    others = np.random.default_rng(5).normal(size=(5, 3))
    counted = sg.atlas(model, x, "mix", directions=turn.T, control=others, **told)
    assert len(counted.control.rows) == 5
    assert counted.rows == features.rows
    with pytest.raises(DataError, match="the directions have"):
        sg.atlas(model, x, "mix", directions=np.eye(4), **told)
    with pytest.raises(DataError, match="directions belong to one layer"):
        sg.atlas(model, x, ("mix", None), directions=np.eye(3), **told)
