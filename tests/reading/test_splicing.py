"""A formula in the place of a neuron."""

import dataclasses

import numpy as np
import pytest
import torch
from budgets import briefly

import symgrad_widgets as sg
from symgrad_widgets.network.gradients.outputs import tensors_in
from symgrad_widgets.reading.splicing import Effect


class Net(torch.nn.Module):
    """Output 3 tanh(x*y) + z: what its one interesting neuron is worth can be calculated."""

    def __init__(self):
        super().__init__()
        self.neurons = torch.nn.Identity()
        self.scale = torch.nn.Parameter(torch.tensor(3.0, dtype=torch.double))

    def forward(self, points):
        x, y, z = points.T
        neurons = self.neurons(torch.stack([torch.tanh(x * y), z], 1))
        return (self.scale * neurons[:, 0] + neurons[:, 1])[:, None]


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(0).uniform(-1, 1, size=(1500, 3))


@pytest.fixture(scope="module")
def result(points):
    return briefly(Net(), points, "neurons", 0, names=("x", "y", "z"), operators=["mul", "tanh"])


def squared_error(points):
    x, y, z = torch.as_tensor(points).T
    target = (3 * torch.tanh(x * y) + z)[:, None]
    return lambda model: ((model(torch.as_tensor(points)) - target) ** 2).mean()


@pytest.mark.sweep
def test_the_true_formula_changes_nothing_and_recovers_the_task(result, points):
    net = Net()
    spliced = result.splice(net)
    assert spliced.change < 1e-6
    effect = spliced.effect(squared_error(points))
    assert effect.original == 0
    assert effect.spliced < 1e-4
    # values of two independent points differ by twice the variance
    variance = 9 * np.tanh(points[:, 0] * points[:, 1]).var()
    assert effect.shuffled == pytest.approx(2 * variance, rel=0.15)
    assert effect.recovered == pytest.approx(1, abs=1e-4)
    assert "100 % recovered" in repr(effect)


@pytest.mark.sweep
def test_a_false_formula_is_told_by_its_effect(result, points):
    net = Net()
    field = sg.gradient_field(net, points, "neurons", 0, names=("x", "y", "z"))
    spliced = result.with_formula("x**2*y", field).splice(net)
    assert spliced.change > 0.1
    assert spliced.effect(squared_error(points)).recovered < 0.9


@pytest.mark.sweep
def test_a_folded_formula_has_the_neurons_directions_and_cannot_stand_for_it(result, points):
    net = Net()
    field = sg.gradient_field(net, points, "neurons", 0, names=("x", "y", "z"))
    folded = result.with_formula("(x*y)**2", field)
    assert folded.best.loss < 1e-12
    assert folded.angles.max() < 0.01
    assert folded.verdict is None
    effect = folded.splice(net).effect(squared_error(points))
    variance = 9 * np.tanh(points[:, 0] * points[:, 1]).var()
    assert effect.spliced == pytest.approx(variance, rel=0.1)  # no better than the mean, and that is
    assert effect.mean == pytest.approx(variance, rel=1e-3)
    again = result.with_formula(result.best.expression, field)
    assert again.phi.r2 == pytest.approx(result.phi.r2)
    assert again.best.loss < 1e-12


@pytest.fixture(scope="module")
def trained():
    """Return a trained network, and the effect of the formula in the place of its output."""
    run = sg.experiments["oscillator"].pretrained()
    result = briefly(run.model, run.x, names=run.names, operators=["square"])
    return run, result.splice(run.model).effect(run.loss)


def test_a_loss_that_divides_by_the_spread_of_a_neuron_has_no_value_for_its_mean(trained):
    assert np.isnan(trained[1].mean)


@pytest.mark.sweep
def test_the_model_itself_stays_as_it_was(result, points):
    net = Net()
    before = net(torch.as_tensor(points))
    spliced = result.splice(net)
    spliced.effect(squared_error(points))
    assert torch.equal(net(torch.as_tensor(points)), before)
    assert not net._forward_hooks
    assert not net._forward_pre_hooks
    other = torch.as_tensor(points) * 5  # phi is constant beyond what was seen
    assert torch.isfinite(spliced.model(other)).all()


@pytest.mark.sweep
def test_phi_is_constant_beyond_its_ends_and_goes_through_its_knots(result):
    spliced = result.splice(Net())
    far = torch.tensor([[3.0, 3.0, 0.0], [9.0, 9.0, 0.0]], dtype=torch.double)
    assert spliced.model(far)[0] == spliced.model(far)[1]
    value = result.phi.formula[[0, 700, -1]]
    formula = torch.as_tensor(np.column_stack([value, np.ones(3), np.zeros(3)]))
    np.testing.assert_allclose(
        spliced.model(formula)[:, 0].detach() / 3, result.phi.neuron[[0, 700, -1]], atol=1e-3
    )


def test_an_exact_invariant_does_the_task_better_than_the_network_that_showed_it(trained):
    run, effect = trained
    assert effect.original == pytest.approx(run.history["validation"][-1], abs=1)
    assert effect.spliced < effect.original < effect.shuffled
    assert effect.recovered > 1


@pytest.mark.sweep
def test_a_loss_whose_last_layer_is_solved_for_sees_what_stands_in_its_place():
    run = sg.experiments["antisymmetric3"].pretrained()
    field = sg.gradient_field(run.model, run.x[:500], names=run.names)
    result = briefly(field, operators=["square"]).splice(run.model, neuron=0)
    effect = result.effect(run.loss)
    assert effect.spliced < effect.original < -10 < -1 < effect.shuffled


def test_what_is_recovered_counts_from_the_lower_loss_without_the_neuron():
    assert Effect(0.0, 1.0, 4.0).recovered == 0.75
    assert Effect(0.0, 1.0, 4.0, mean=2.0).recovered == 0.5
    assert Effect(0.0, 1.0, 2.0, mean=4.0).recovered == 0.5


def test_an_output_that_no_task_needs_is_said():
    assert Effect(1.0, 1.0, 1.0).recovered is None
    assert "does not need" in repr(Effect(1.0, 1.0, 1.0))


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"layer": "neuron", "neuron": 0}, "no layer 'neuron'; did you mean 'neurons'"),
        ({"layer": "neurons", "neuron": 7}, "there is no neuron 7"),
    ],
)
def test_what_is_not_there_cannot_be_replaced(result, given, said):
    with pytest.raises(sg.SymgradError, match=said):
        result.splice(Net(), **given)


@pytest.mark.sweep
def test_without_a_formula_or_a_place_there_is_nothing_to_splice(result, points):
    field = sg.gradient_field(Net(), points, "neurons", 0, names=("x", "y", "z"))
    bare = briefly(sg.GradientField(field.points, field.gradients, field.names), operators=["mul"])
    with pytest.raises(sg.SymgradError, match="say which neuron it should replace"):
        bare.splice(Net())
    with pytest.raises(sg.SymgradError, match="has no phi"):
        bare.splice(Net(), neuron=0, layer="neurons")
    with pytest.raises(sg.SymgradError, match="has no formula"):
        dataclasses.replace(result, best=None, phi=None).splice(Net(), neuron=0, layer="neurons")
    assert result.asked == ("neurons", 0, None, "value")


@pytest.mark.sweep
def test_a_formula_of_other_inputs_than_the_models_is_refused(result):
    other = dataclasses.replace(result, inputs=("x", "y"))
    with pytest.raises(sg.SymgradError, match="has 2 inputs, x, y, but the model gets points with 3"):
        other.splice(Net())


# -- models of all kinds -------------------------------------------------------------------------------------


@dataclasses.dataclass
class Output:
    loss: object
    logits: torch.Tensor


class Within(Net):
    """`Net` whose output is put into something else."""

    def __init__(self, pack):
        super().__init__()
        self.pack = pack

    def forward(self, points):
        return self.pack(super().forward(points))


class Keeping(Net):
    """`Net` that keeps what it has given last, as an attribute and in a list."""

    def __init__(self):
        super().__init__()
        self.kept = []

    def forward(self, points):
        self.last = super().forward(points)
        self.kept.append(self.last)
        return self.last


class Inside(Net):
    """`Net` and the derivative of its output, which it takes itself."""

    def forward(self, points):
        points = points if points.requires_grad else points.requires_grad_()
        energy = super().forward(points)
        return energy, torch.autograd.grad(energy.sum(), points, create_graph=True)[0]


MODELS = {
    "dict": lambda: Within(lambda y: {"loss": None, "logits": y}),
    "tuple": lambda: Within(lambda y: (y, "text")),
    "dataclass": lambda: Within(lambda y: Output(None, y)),
    "keeps its output": Keeping,
    "differentiates inside": Inside,
    "compiled": lambda: torch.compile(Net(), backend="eager"),
}


@pytest.mark.sweep
@pytest.mark.parametrize("kind", MODELS)
def test_models_of_all_kinds_are_spliced(result, points, kind):
    net, x = MODELS[kind](), torch.as_tensor(points)
    net(x)
    spliced = result.splice(net)
    assert spliced.change < 1e-5
    first = tensors_in(spliced.model(x))[0]
    torch.testing.assert_close(first, Net()(x), atol=1e-3, rtol=0)
    assert spliced.original is net


@pytest.mark.sweep
@pytest.mark.parametrize("norm", [torch.nn.utils.weight_norm, torch.nn.utils.parametrizations.weight_norm])
@pytest.mark.filterwarnings("ignore:.*weight_norm")
def test_models_whose_weights_are_computed_are_spliced(result, points, norm):
    class Normed(Net):
        def __init__(self):
            super().__init__()
            self.mix = norm(torch.nn.Linear(1, 1).double())

        def forward(self, points):
            return self.mix(super().forward(points))

    torch.manual_seed(0)
    net = Normed()
    net(torch.as_tensor(points))
    assert result.splice(net).change < 1e-6


@pytest.mark.sweep
def test_a_loss_may_name_the_argument(result, points):
    x = torch.as_tensor(points)
    by_name = result.splice(Net()).effect(lambda model: model(points=x).square().mean())
    by_place = result.splice(Net()).effect(lambda model: model(x).square().mean())
    assert by_name == by_place


@pytest.mark.sweep
def test_an_output_without_a_row_for_each_point_cannot_be_measured(result):
    with pytest.raises(
        sg.SymgradError, match="the model returns a dict of 'mean', and no tensor in it has a row"
    ):
        result.splice(Within(lambda y: {"mean": y.mean()}))
