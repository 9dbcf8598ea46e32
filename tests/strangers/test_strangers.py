"""Every public function on models of the shape of real families; gradients as autograd itself gives them."""

from contextlib import ExitStack, contextmanager

import numpy as np
import pytest
import torch
from budgets import briefly
from families import STRANGERS
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.network.gradients.outputs import table_of

pytestmark = pytest.mark.filterwarnings("ignore:.*lengths of the sequences")


@contextmanager
def answering(module, hook):
    handle = None if module is None else module.register_forward_hook(hook)
    yield
    if handle is not None:
        handle.remove()


def truth(model, stranger, layer, neuron):
    """Values (N,) and gradients (N, n) of a neuron by autograd, all points at once."""
    given = stranger.given
    layers = dict(model.named_modules())
    x = torch.as_tensor(stranger.points)
    x = x.float() if x.is_floating_point() else x
    arguments = given.get("forward_args", ())
    named = arguments if isinstance(arguments, dict) else {}
    others = () if named else (arguments,) if isinstance(arguments, torch.Tensor) else arguments
    seen = []
    model.train(given.get("training", False))
    with answering(layers.get(given.get("wrt")), lambda *called: seen.append(called[2])):
        model(x, *others, **named)
    leaf = (seen.pop() if seen else x).detach().clone().requires_grad_()
    with ExitStack() as hooks:
        if "wrt" in given:
            hooks.enter_context(answering(layers[given["wrt"]], lambda *_: leaf))
        keep = answering(layers.get(layer), lambda *called: seen.append(called[2].clone()))
        hooks.enter_context(keep)
        output = model(x if "wrt" in given else leaf, *others, **named)
    model.eval()
    output = output if layer is None else seen[-1]
    output = output[:, None] if isinstance(output, torch.Tensor) and output.ndim == 1 else output
    index = neuron if isinstance(neuron, tuple) else (neuron,)
    value = neuron(output) if callable(neuron) else output[(slice(None), *index)]
    (gradient,) = torch.autograd.grad(value.sum(), leaf)
    return value.detach().numpy(), gradient.flatten(1).numpy()


def agrees(field, expected):
    values, gradients = expected
    assert len(field) + field.dropped == len(values)
    kept = np.isfinite(gradients).all(1) & (np.abs(gradients).max(1) > 1e-12)
    assert len(field) >= 0.9 * kept.sum()
    rows = np.flatnonzero(kept)[[np.abs(values[kept] - value).argmin() for value in field.values]]
    scale = np.abs(gradients).max()
    np.testing.assert_allclose(field.values, values[rows], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(field.gradients, gradients[rows], rtol=1e-3, atol=1e-4 * scale)


def output(model, stranger):
    field = sg.gradient_field(model, stranger.points, neuron=stranger.neuron, **stranger.given)
    agrees(field, truth(model, stranger, None, stranger.neuron))


def hidden(model, stranger):
    field = sg.gradient_field(model, stranger.points, stranger.layer, stranger.hidden, **stranger.given)
    agrees(field, truth(model, stranger, stranger.layer, stranger.hidden))


def several(model, stranger):
    neurons = [stranger.neuron, stranger.neuron]
    field = sg.gradient_field(model, stranger.points, neuron=neurons, smooth=1, **stranger.given)
    assert field.rank == 1


def interpret(model, stranger):
    result = _interpreted(model, stranger)
    assert result.front
    assert result.evidence.points == len(result.points)
    assert result.asked == (stranger.layer, stranger.hidden, stranger.given.get("wrt"), "value")


def _interpreted(model, stranger):
    layer, neuron = stranger.layer, stranger.hidden
    return briefly(model, stranger.points, layer, neuron, count=1, operators=["mul"], **stranger.given)


def splice(model, stranger):
    field = sg.gradient_field(model, stranger.points, stranger.layer, stranger.hidden, **stranger.given)
    formula = f"{field.names[0]} + 2*{field.names[-1]}"
    result = _interpreted(model, stranger).with_formula(formula, field)
    known = {name: some for name, some in stranger.given.items() if name == "forward_args"}
    spliced = result.splice(model, stranger.points, **known)
    assert np.isfinite(spliced.change)
    assert spliced.change > 0
    before, after = (_layer(one, stranger) for one in (model, spliced.model))
    index = stranger.hidden if isinstance(stranger.hidden, tuple) else (stranger.hidden,)
    knots, first = np.unique(result.phi.formula, return_index=True)
    expected = np.interp(result.to_numpy()(field.points), knots, result.phi.neuron[first])
    np.testing.assert_allclose(after[(slice(None), *index)], expected, rtol=1e-3, atol=1e-4)
    before[(slice(None), *index)] = after[(slice(None), *index)] = 0
    np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-5)
    effect = spliced.effect(lambda one: _all(one, stranger).square().mean())
    assert np.isfinite([effect.original, effect.spliced, effect.shuffled, effect.mean]).all()


def _layer(model, stranger):
    seen = []
    with answering(dict(model.named_modules())[stranger.layer], lambda *called: seen.append(called[2])):
        _all(model, stranger)
    return seen[-1].detach().numpy().copy()


def _all(model, stranger):
    side = sg.SideBySide(model)
    given = stranger.given.get("forward_args", ())
    x = torch.as_tensor(stranger.points)
    x = x.float() if x.is_floating_point() else x
    if isinstance(given, dict):
        return side(x, **given)
    return side(x, given) if isinstance(given, torch.Tensor) else side(x)


def atlas(model, stranger):
    found = sg.atlas(
        model, stranger.points, stranger.layer, generations=1, jobs=1, progress=False, **stranger.given
    )
    assert not [row.note for row in found.rows if row.note]
    assert [row.neuron for row in found.rows] == list(range(len(found.rows)))


def picker(model, stranger):
    view = sg.NeuronPicker(model, stranger.points, **stranger.given)
    view.colour_by = "gradient"
    assert np.isfinite(view.activity.gradient_spread).any()
    view = sg.NeuronPicker(model, stranger.points, layers=(stranger.layer,), **stranger.given)
    view.colour_by = "gradient"
    (layer,) = view.activity.layers
    agrees(view.field, truth(model, stranger, stranger.layer, lambda out: layer.values(out)[:, 0]))
    _, _, derivatives = view.activity._gradients
    basis = view.activity._directions()
    np.testing.assert_allclose(derivatives[0], view.field.gradients @ basis, rtol=1e-3, atol=1e-5)


def workbench(model, stranger):
    assert sg.Workbench(model, stranger.points, **stranger.given).words
    given = stranger.given | {"layers": [stranger.layer]}
    bench = sg.Workbench(model, stranger.points, **given)
    bench.stepper.goto(1)
    line = bench.state_line
    again = sg.Workbench.from_state(line, model, stranger.points, **given)
    assert again.state_line == line
    np.testing.assert_array_equal(again.field.gradients, bench.field.gradients)


class Beside(nn.Module):
    def forward(self, x, *_, **__):
        return x.flatten(1).double()


def beside_another(model, stranger):
    both = sg.SideBySide(model, Beside())
    given = dict(stranger.given)
    if "wrt" in given:
        given["wrt"] = f"models.0.{given['wrt']}"
    field = sg.gradient_field(both, stranger.points, **given)
    count = len(stranger.points)
    agrees(field, truth(model, stranger, None, lambda out: table_of(out, count)[:, 0]))


def views_and_fits(model, stranger):
    field = sg.gradient_field(model, stranger.points, neuron=stranger.neuron, **stranger.given)
    first, last = field.names[0], field.names[-1]
    formula = f"{first}*{last} + {first}"
    assert sg.score(field, formula).loss <= 1
    assert "points" in sg.FieldView(field, formula).words
    assert sg.PhiView(field, formula).words
    assert sg.ExpressionView(field, formula).words
    stepper = sg.SearchStepper(sg.Search(field, operators=["mul"]))
    assert stepper.goto(1).front
    assert sg.verify(formula, formula, field=field).same
    assert sg.baselines.fit_polynomials(field.points, field.values, field, degree=1)


CALLS = (
    output, hidden, several, interpret, splice, atlas, picker, workbench, beside_another, views_and_fits,
)  # fmt: skip


def state(model):
    """Numbers and modes of a model, and how many hooks it has, to be compared."""
    numbers = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    modules = {
        name: (m.training, len(m._forward_hooks), len(m._forward_pre_hooks))
        for name, m in model.named_modules()
    }
    return numbers, modules


@pytest.mark.sweep
@pytest.mark.parametrize("family", STRANGERS)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_every_function_on_every_family(family, call):
    torch.manual_seed(0)
    stranger = STRANGERS[family]
    model = stranger.make().eval()
    before, modes = state(model)
    if call.__name__ in stranger.refused:
        with pytest.raises(sg.SymgradError, match=stranger.refused[call.__name__]):
            call(model, stranger)
    else:
        call(model, stranger)
    after, modes_after = state(model)
    assert modes_after == modes
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items() if "seen" not in name)
