"""Input gradients of any neuron of any module: against finite differences and formulas worked out by hand."""

import collections
import dataclasses
import warnings
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import nn

from symgrad_widgets.errors import DataError, ModelError, NoGradientError, UnknownNameError
from symgrad_widgets.network.gradients import gradient_field
from symgrad_widgets.network.gradients.inputs import Arguments
from symgrad_widgets.network.gradients.reader import Reader
from symgrad_widgets.network.gradients.survey import Survey


class Quadratic(nn.Module):
    """x1^2 + 3 x1 x2 and sin(x1) + x2: the gradients are known."""

    def forward(self, x):
        return torch.stack([x[:, 0] ** 2 + 3 * x[:, 0] * x[:, 1], x[:, 0].sin() + x[:, 1]], 1)


class Returns(nn.Module):
    """A linear layer whose output is put through any function."""

    def __init__(self, shape, inputs=3, outputs=2):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs).double()
        self.unused = nn.Linear(1, 1).double()
        self.shape = shape

    def forward(self, x):
        return self.shape(self.linear(x))


class TokenModel(nn.Module):
    """Embedding, one transformer layer, logits at each of four positions."""

    def __init__(self, dropout=0.0):
        super().__init__()
        self.embedding = nn.Embedding(11, 6)
        self.layer = nn.TransformerEncoderLayer(6, 2, 12, dropout=dropout, batch_first=True)
        self.head = nn.Linear(6, 11)
        self.double()

    def forward(self, tokens, scale=None, *, mask=None):
        hidden = self.layer(self.embedding(tokens), src_key_padding_mask=mask)
        return self.head(hidden if scale is None else hidden * scale[:, None, None])


def points(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def no_arguments(x):
    return Arguments((), np.ones(len(x), bool))


def differences(value, x, step=1e-6):
    """Central finite differences of `value(x) -> (N,)`, shape of x."""
    out = np.empty_like(x)
    for index in np.ndindex(x.shape[1:]):
        shift = np.zeros(x.shape[1:])
        shift[index] = step
        out[(slice(None), *index)] = (value(x + shift) - value(x - shift)) / (2 * step)
    return out


def checked(field, value, x):
    """Assert that a field agrees with finite differences of `value`, a function of a float64 tensor."""

    def numbers(array):
        with torch.no_grad():
            return value(torch.from_numpy(array)).numpy()

    expected = differences(numbers, x).reshape(len(x), -1)
    assert field.dropped == 0
    np.testing.assert_allclose(field.gradients, expected, atol=1e-7)
    np.testing.assert_allclose(field.values, numbers(x), atol=1e-12)


@pytest.fixture
def conv():
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 3, 3), nn.Tanh(), nn.Conv2d(3, 2, 2), nn.Flatten(), nn.Linear(18, 4)
    return nn.Sequential(*layers).double()


def test_gradients_by_hand():
    x = points(50, 2)
    field = gradient_field(Quadratic(), x)
    np.testing.assert_allclose(field.gradients, np.stack([2 * x[:, 0] + 3 * x[:, 1], 3 * x[:, 0]], 1))
    np.testing.assert_allclose(field.values, x[:, 0] ** 2 + 3 * x[:, 0] * x[:, 1])
    assert field.names == ("x1", "x2")
    assert field.gradients.dtype == field.points.dtype == np.float64


def test_the_checker_sees_a_wrong_gradient():
    x = points(50, 2)
    with pytest.raises(AssertionError):
        checked(gradient_field(Quadratic(), x, neuron=1), lambda x: Quadratic()(x)[:, 0], x)


def test_several_neurons_and_functions_of_the_output():
    x = points(50, 2)
    field = gradient_field(Quadratic(), x, neuron=[1, 0, lambda y: y[:, 1] - y[:, 0]])
    assert field.gradients.shape == (50, 3, 2)
    assert field.values.shape == (50, 3)
    np.testing.assert_allclose(field.gradients[:, 2], field.gradients[:, 0] - field.gradients[:, 1])
    np.testing.assert_allclose(field.gradients[:, 0], np.stack([np.cos(x[:, 0]), np.ones(50)], 1))
    column = gradient_field(Quadratic(), x, neuron=lambda y: y[:, :1])
    np.testing.assert_array_equal(column.gradients, field.gradients[:, 1])


@pytest.mark.parametrize("neuron", [(2, 1, 3), (-1, -3, -1)])
def test_conv_neurons_by_index(conv, neuron):
    x = points(60, 1, 6, 6)
    field = gradient_field(conv, x, "0", neuron)
    checked(field, lambda x: conv[0](x)[:, 2, 1, 3], x)
    assert field.names[:2] + field.names[-1:] == ("x_0_0_0", "x_0_0_1", "x_0_5_5")
    assert field.points.shape == (60, 36)


def test_inner_layers_and_outputs_of_a_conv_model(conv):
    x = points(60, 1, 6, 6)
    checked(gradient_field(conv, x, neuron=3), lambda x: conv(x)[:, 3], x)
    checked(
        gradient_field(conv, x, "2", lambda y: y.mean((1, 2, 3))), lambda x: conv[:3](x).mean((1, 2, 3)), x
    )


def test_a_layer_as_the_input(conv):
    x = points(60, 1, 6, 6)
    hidden = conv[:2](torch.from_numpy(x)).detach().numpy()
    field = gradient_field(conv, x, "4", 1, wrt="1")
    checked(field, lambda h: conv[2:](h)[:, 1], hidden)
    np.testing.assert_array_equal(field.points, hidden.reshape(60, -1))


def test_token_models_with_respect_to_their_embeddings():
    torch.manual_seed(0)
    model = TokenModel().eval()
    tokens = np.random.default_rng(0).integers(0, 11, (40, 4))
    embedded = model.embedding(torch.from_numpy(tokens)).detach().numpy()
    scale = np.linspace(1, 2, 40)
    mask = np.zeros((40, 4), bool)
    mask[:, 0] = np.arange(40) % 2
    field = gradient_field(
        model, tokens, "head", (-1, 3), wrt="embedding", forward_args=(scale,), tangent=None
    )
    checked(
        field,
        lambda h: model.head(model.layer(h) * torch.from_numpy(scale)[:, None, None])[:, -1, 3],
        embedded,
    )
    assert field.names[5:7] == ("x_0_5", "x_1_0")
    masked = gradient_field(
        model, tokens, neuron=(-1, 3), wrt="embedding", forward_args={"mask": mask}, tangent=None
    )
    checked(masked, lambda h: model.head(model.layer(h, None, torch.from_numpy(mask)))[:, -1, 3], embedded)
    assert not masked.gradients[1::2, :6].any()


def test_chunks_do_not_matter(conv, monkeypatch):
    x = points(70, 1, 6, 6)
    whole = gradient_field(conv, x, neuron=[0, 1], smooth=3, seed=5)
    monkeypatch.setattr("symgrad_widgets.network.gradients.reader._BYTES", 20_000)
    reader = Reader(conv, None, [0], None, no_arguments(x))
    assert 1 < reader.probe(torch.from_numpy(x), torch.from_numpy(x)) < 30
    parts = gradient_field(conv, x, neuron=[0, 1], smooth=3, seed=5)
    np.testing.assert_allclose(whole.gradients, parts.gradients, rtol=1e-12, atol=1e-14)


def test_memory_grows_with_what_the_model_keeps():
    def rows(width):
        model = nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, 1))
        x = torch.zeros(5, 2)
        return Reader(model, None, [0], None, no_arguments(x)).probe(x, x)

    assert rows(16) == 4096
    assert rows(2**16) < 2**28 / 2**18
    wide = nn.Sequential(nn.Linear(2048, 2048), nn.Linear(2048, 1))  # its weights are there anyway
    x = torch.zeros(5, 2048)
    assert Reader(wide, None, [0], None, no_arguments(x)).probe(x, x) == 4096


def test_activations_that_overwrite_their_argument():
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.ELU(inplace=True), nn.Linear(3, 8), nn.ELU(inplace=True), nn.Linear(8, 1)
    ).double()
    x = points(50, 3)
    kept = x.copy()
    field = gradient_field(model, x, "1", list(range(8)))
    np.testing.assert_array_equal(x, kept)
    assert field.values.min() < -1  # an ELU has no such value
    checked(gradient_field(model, x, "1", 5), lambda x: model[1](nn.functional.elu(x))[:, 5], x)
    inner = model[1](nn.functional.elu(torch.from_numpy(x))).detach().numpy()
    checked(gradient_field(model, x, "3", wrt="1"), lambda h: model[2:](h.clone())[:, 0], inner)


class Pair(NamedTuple):
    pre: torch.Tensor
    other: str


@dataclasses.dataclass(frozen=True)
class Output:
    pre: torch.Tensor
    depth: int = 1


class Held:
    def __init__(self, pre):
        self.pre = pre


PACKED = {
    "list": (lambda y: [y], lambda out: out[0]),
    "nested": (lambda y: ({"a": [y, 3]}, None), lambda out: out[0]["a"][0]),
    "dict": (lambda y: collections.OrderedDict(pre=y), lambda out: out["pre"]),
    "namedtuple": (lambda y: Pair(y, "text"), lambda out: out.pre),
    "dataclass": (Output, lambda out: out.pre),
    "object": (Held, lambda out: out.pre),
}


@pytest.mark.parametrize("kind", PACKED)
def test_a_layer_gave_what_it_gave_whatever_happens_to_that_afterwards(kind):
    pack, take = PACKED[kind]

    class Overwriting(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = Returns(pack)

        def forward(self, x):
            return take(self.block(x)).mul_(3).add_(1)

    torch.manual_seed(0)
    model, x = Overwriting(), points(50, 3)
    linear = model.block.linear
    checked(gradient_field(model, x, "block", lambda out: take(out)[:, 1]), lambda x: linear(x)[:, 1], x)
    checked(gradient_field(model, x, neuron=1), lambda x: 3 * linear(x)[:, 1] + 1, x)


def test_a_function_that_overwrites_the_output_does_not_change_it_for_the_next():
    x = points(50, 2)
    field = gradient_field(Quadratic(), x, neuron=[lambda y: y.mul_(5)[:, 1], lambda y: y.mul_(2)[:, 1], 1])
    np.testing.assert_allclose(field.values[:, 0], 5 * field.values[:, 2])
    np.testing.assert_allclose(field.gradients[:, 1], 2 * field.gradients[:, 2])


def test_the_model_is_left_as_it_was(conv):
    conv[0].weight.grad = torch.ones_like(conv[0].weight)
    conv.train()
    conv[1].eval()
    conv[2].weight.requires_grad_(False)
    before = [p.detach().clone() for p in conv.parameters()]
    gradient_field(conv, points(60, 1, 6, 6), "2", (0, 0, 0), wrt="0", smooth=2)
    assert (conv[0].weight.grad == 1).all()
    assert conv[2].weight.grad is None
    assert conv.training
    assert not conv[1].training
    assert all((a == b).all() for a, b in zip(before, conv.parameters(), strict=True))
    assert not any(m._forward_hooks for m in conv.modules())


@pytest.mark.parametrize("wrt", [None, "linear"])
def test_the_model_is_left_as_it_was_after_an_error(wrt):
    model = Returns(lambda y: y @ torch.zeros(5, 5)).train()
    with pytest.raises(ModelError, match="forward failed on points of shape"):
        gradient_field(model, points(20, 3), "linear", wrt=wrt)
    assert model.training
    assert not any(m._forward_hooks for m in model.modules())


def test_gradients_where_the_caller_has_switched_them_off():
    x = points(30, 2)
    with torch.no_grad():
        field = gradient_field(Quadratic(), x)
    with torch.inference_mode():
        same = gradient_field(Quadratic(), torch.from_numpy(x).clone())
    np.testing.assert_array_equal(field.gradients, same.gradients)


@pytest.mark.parametrize("kind", [np.float32, list, np.int64, "read-only", "tensor", "half"])
def test_points_of_any_kind_of_number(kind):
    x = np.round(points(30, 2) * 4)
    given = {
        np.float32: x.astype(np.float32),
        list: x.tolist(),
        np.int64: x.astype(np.int64),
        "read-only": np.broadcast_to(x, x.shape),
        "tensor": torch.from_numpy(x).requires_grad_(),
        "half": torch.from_numpy(x).bfloat16(),
    }[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        field = gradient_field(Quadratic(), given)
    np.testing.assert_array_equal(field.points, x)
    np.testing.assert_array_equal(field.gradients[:, 1], 3 * x[:, 0])


@pytest.mark.parametrize(("dtype", "close"), [(torch.float32, 1e-5), (torch.bfloat16, 0.1)])
def test_models_of_other_precision(dtype, close):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
    x = points(40, 3)
    exact = gradient_field(model.double(), x).gradients.copy()
    field = gradient_field(model.to(dtype), x)
    assert field.gradients.dtype == np.float64
    np.testing.assert_allclose(field.gradients, exact, atol=close)
    np.testing.assert_array_equal(field.points, x)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_models_on_a_gpu():
    torch.manual_seed(0)
    x = points(40, 4, 3)
    model = Returns(lambda y: nn.functional.pad(y, (0, 1)))
    model.linear = nn.LSTM(3, 5, batch_first=True).double()
    model.shape = lambda y: y[0][:, -1]
    exact = gradient_field(model.eval(), x, neuron=2)
    field = gradient_field(model.cuda(), torch.from_numpy(x).cuda(), neuron=2)
    np.testing.assert_allclose(field.gradients, exact.gradients, atol=1e-10)
    assert next(model.parameters()).is_cuda


def test_recurrent_models_and_layers_that_return_tuples():
    torch.manual_seed(0)
    model = nn.Sequential(nn.LSTM(3, 5, batch_first=True)).double()
    x = points(40, 4, 3)
    with pytest.raises(ModelError, match=r"the model's output is a tuple of 2: choose one.*lambda out"):
        gradient_field(model, x)
    field = gradient_field(model, x, "0", lambda out: out[0][:, -1, 2])
    checked(field, lambda x: model(x)[0][:, -1, 2], x)


def test_a_grid_of_points_on_a_plane_keeps_its_tangent():
    x = points(60, 3)
    x[:, 2] = 1 - x[:, 0]
    field = gradient_field(Returns(torch.tanh), x, names=("a", "b", "c"))
    assert field.dimension == 2
    assert field.names == ("a", "b", "c")


def test_smoothing_averages_a_kink_away():
    class Fold(nn.Module):
        def forward(self, x):
            return x[:, :1].abs() + x[:, 1:] ** 2

    x = np.column_stack([np.linspace(-1, 1, 2001), points(2001)])
    sigma = 0.05 * x[:, 0].std()
    rough, smooth = gradient_field(Fold(), x), gradient_field(Fold(), x, smooth=400, seed=1)
    normal = torch.distributions.Normal(0.0, 1.0).cdf(torch.from_numpy(x[:, 0] / sigma)).numpy()
    assert np.abs(smooth.gradients[:, 0] - (2 * normal - 1)).max() < 0.25
    assert np.abs(smooth.gradients[:, 0] - (2 * normal - 1)).mean() < 0.01
    np.testing.assert_allclose(smooth.gradients[:, 1], 2 * x[:, 1], atol=0.05)
    np.testing.assert_array_equal(smooth.values, rough.values)
    np.testing.assert_array_equal(smooth.points, rough.points)
    again = gradient_field(Fold(), x, smooth=400, seed=1)
    np.testing.assert_array_equal(smooth.gradients, again.gradients)
    assert (gradient_field(Fold(), x, smooth=4, seed=2).gradients != smooth.gradients).any()


def test_points_without_a_usable_gradient_are_dropped_and_counted():
    x = points(100, 3)
    x[:10, 0] = 0  # the square root of zero has no derivative, and a negative one no value
    x[10:, 0] = np.abs(x[10:, 0])
    x[10:15, 0] = -1
    field = gradient_field(Returns(torch.nn.Identity()), x, "linear", lambda y: y[:, 0])
    assert field.dropped == 0

    class Root(nn.Module):
        def forward(self, x):
            return x[:, 0].sqrt() + x[:, 1]

    field = gradient_field(Root(), x)
    assert field.dropped == 15
    assert len(field) == 85


@pytest.mark.parametrize(
    ("layer", "named"),
    [
        (nn.BatchNorm1d(4), "BatchNorm1d"),
        (nn.Dropout(0.5), "Dropout"),
        (nn.LSTM(4, 4, 2, dropout=0.5), "LSTM"),
    ],
)
def test_a_model_left_in_train_mode(layer, named):
    model = nn.Sequential(nn.Linear(3, 4), layer).double().train()
    model[0].eval()
    x = points(30, 3)
    with pytest.warns(UserWarning, match=rf"train mode and holds {named}.*eval mode") as caught:
        field = gradient_field(model, x, "0")
    assert caught[0].filename == __file__
    assert [m.training for m in (model, model[0], model[1])] == [True, False, True]
    checked(field, lambda x: model[0](x)[:, 0], x)


def test_no_warning_where_train_mode_changes_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradient_field(Returns(torch.tanh).train(), points(30, 3))


def test_running_statistics_are_not_touched():
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 1)).train()
    with pytest.warns(UserWarning, match="BatchNorm1d"):
        gradient_field(model, points(30, 3) + 7)
    assert not model[0].running_mean.any()


@pytest.mark.parametrize(
    "model",
    [
        nn.Sequential(nn.BatchNorm1d(3, track_running_stats=False), nn.Linear(3, 1)).eval(),
        Returns(lambda y: y.softmax(0)),
    ],
)
def test_points_that_interact_have_no_gradient_of_their_own(model):
    with pytest.raises(ModelError, match=r"depends on the other points of the batch.*batch_first=True"):
        gradient_field(model, points(30, 3))


LINEAR = Returns(torch.tanh)
WRONG_MODELS = {
    "not a module": (lambda x: x, {}, ModelError, r"must be a torch.nn.Module, got function"),
    "unknown layer": (
        LINEAR,
        {"layer": "liner"},
        UnknownNameError,
        r"no layer 'liner'; did you mean 'linear'",
    ),
    "unknown wrt": (LINEAR, {"wrt": "lin"}, UnknownNameError, r"no layer 'lin'; did you mean 'linear'"),
    "layer not called": (LINEAR, {"layer": "unused"}, ModelError, r"does not call the layer 'unused'"),
    "wrt not called": (LINEAR, {"wrt": "unused"}, ModelError, r"'unused' given as wrt is called 0 times"),
    "out of range": (
        LINEAR,
        {"neuron": 2},
        ModelError,
        r"no neuron 2: the model's output has 2 neurons, 0 to 1",
    ),
    "below range": (LINEAR, {"neuron": -3}, ModelError, r"no neuron -3: .* 2 neurons, 0 to 1"),
    "in a layer": (LINEAR, {"layer": "linear", "neuron": 9}, ModelError, r"layer 'linear' has 2 neurons"),
    "a name": (LINEAR, {"neuron": "first"}, ModelError, r"a whole number, a tuple .* got 'first'"),
    "a truth": (LINEAR, {"neuron": True}, ModelError, r"a whole number, .* got True"),
    "a fraction": (LINEAR, {"neuron": (0.5,)}, ModelError, r"a whole number, .* got \(0\.5,\)"),
    "ambiguous": (
        Returns(lambda y: y[:, :, None].expand(-1, -1, 5)),
        {},
        ModelError,
        r"neurons of shape \(2, 5\), so neuron must be an index into it, such as \(1, 2\).*got 0",
    ),
    "too many axes": (
        LINEAR,
        {"neuron": (1, 1)},
        ModelError,
        r"neurons of shape \(2,\).* such as 1, .*got \(1, 1\)",
    ),
    "axis out of range": (
        Returns(lambda y: y[:, :, None].expand(-1, -1, 5)),
        {"neuron": (1, 5)},
        ModelError,
        r"no neuron \(1, 5\).* 5 neurons along one axis of its shape \(2, 5\), 0 to 4",
    ),
    "one number": (Returns(lambda y: y.sum(1)), {"neuron": 1}, ModelError, r"no neuron 1: .* 1 neurons"),
    "tuple": (
        Returns(lambda y: (y, y)),
        {},
        ModelError,
        r"output is a tuple of 2: choose one.*'linear'",
    ),
    "dict": (Returns(lambda y: {"logits": y}), {}, ModelError, r"a dict of 'logits'"),
    "object": (Returns(lambda _: object()), {}, ModelError, r"an object of type object"),
    "no batch axis": (Returns(lambda y: y.sum()), {}, ModelError, r"shape \(\) for 4 points: its first axis"),
    "swapped axes": (Returns(lambda y: y.T), {}, ModelError, r"shape \(2, 4\) for 4 points: its first axis"),
    "function's shape": (
        LINEAR,
        {"neuron": lambda y: y.sum()},
        ModelError,
        r"<lambda>.*shape \(\).*one number",
    ),
    "function's type": (LINEAR, {"neuron": lambda _: 3}, ModelError, r"returned an object of type int"),
    "function fails": (
        LINEAR,
        {"neuron": lambda y: y[:, 7]},
        ModelError,
        r"<lambda> .* failed on a tensor of",
    ),
    "detached": (Returns(lambda y: y.detach()), {}, ModelError, r"output is detached from its input"),
    "whole output": (Returns(lambda y: y.argmax(1)), {}, ModelError, r"detached from its input.*argmax"),
    "complex": (Returns(lambda y: y * 1j), {}, ModelError, r"is complex: take a real number from it"),
    "constant": (Returns(lambda y: y * 0), {}, NoGradientError, r"does not depend on its input"),
    "independent": (
        Returns(lambda y: torch.ones(len(y), 1, requires_grad=True)),
        {},
        NoGradientError,
        r"the model's output does not depend on the input; choose another neuron",
    ),
    "before wrt": (
        nn.Sequential(nn.Linear(3, 3), nn.Tanh()).double(),
        {"layer": "0", "wrt": "1"},
        NoGradientError,
        r"output of layer '0' does not depend on the layer '1' given as wrt",
    ),
    "wrt a tuple": (
        nn.Sequential(nn.LSTM(3, 3)).double(),
        {"wrt": "0", "neuron": lambda y: y[0][:, 0]},
        ModelError,
        r"'0' given as wrt returns a tuple of 2: it must be one tensor",
    ),
    "negative smoothing": (LINEAR, {"smooth": -1}, DataError, r"smooth must be a whole number .* got -1"),
    "fails": (
        nn.Linear(4, 1),
        {},
        ModelError,
        r"failed on points of shape \(4, 3\) and type torch.float32: RuntimeError: .*mat1 and mat2",
    ),
    "no forward": (nn.Module(), {}, ModelError, r"forward failed .* NotImplementedError"),
    "missing argument": (nn.Bilinear(3, 3, 1), {}, ModelError, r"forward failed .* TypeError"),
}


@pytest.mark.parametrize("case", WRONG_MODELS)
def test_a_model_that_cannot_be_read_as_asked(case):
    model, arguments, error, message = WRONG_MODELS[case]
    with pytest.raises(error, match=message):
        gradient_field(model, points(30, 3), **arguments)


WRONG_POINTS = {
    "strings": ([["a", "b", "c"]] * 5, r"array of numbers, got list"),
    "objects": (np.array([[object()] * 3] * 5), r"array of numbers, got ndarray"),
    "ragged": ([[1.0, 2.0], [3.0]], r"array of numbers, got list"),
    "complex": (np.ones((5, 3)) * 1j, r"real numbers, got ndarray of complex numbers"),
    "truths": (np.ones((5, 3), bool), r"real numbers, got ndarray of truth values"),
    "a vector": (
        np.ones(3),
        r"must have shape \(N, n\) or \(N, ...\), got \(3,\); .* a single point .* x\[None\]",
    ),
    "a number": (3.0, r"got \(\)"),
    "nothing": (np.ones((0, 3)), r"got \(0, 3\)"),
    "NaN": (np.full((8, 3), np.nan), r"each of the 8 points holds NaN, infinity, or an entry that is masked"),
    "sparse": (torch.eye(5, 3).to_sparse(), r"points are a sparse tensor .*: pass points.to_dense\(\)"),
    "on no device": (torch.ones(5, 3, device="meta"), r"points are a tensor on the meta device"),
    "dates": (np.ones((5, 3), "M8[D]"), r"real numbers, got ndarray of dates"),
}


@pytest.mark.parametrize("case", WRONG_POINTS)
def test_points_that_are_none(case):
    x, message = WRONG_POINTS[case]
    with pytest.raises(DataError, match=message):
        gradient_field(LINEAR, x)


def test_too_few_points():
    with pytest.raises(NoGradientError, match=r"only 1 of 1 points .* at least n \+ 1 = 4 are needed"):
        gradient_field(LINEAR, points(1, 3))


def test_tokens_without_a_layer_to_differentiate_by():
    with pytest.raises(ModelError, match=r"whole numbers \(torch.int64\) .* 'embedding'.* wrt='embedding'"):
        gradient_field(TokenModel(), np.ones((40, 4), int))
    with pytest.raises(ModelError, match=r"forward failed .*torch.float64"):
        gradient_field(TokenModel(), np.ones((40, 4)))


def test_a_layer_called_twice_counts_at_its_last_call():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(3, 3).double()

        def forward(self, x):
            return self.linear(self.linear(x).tanh())

    model, x = Twice(), points(30, 3)
    checked(gradient_field(model, x, "linear", 1), lambda x: model(x)[:, 1], x)
    with pytest.raises(ModelError, match="given as wrt is called 2 times"):
        gradient_field(model, x, wrt="linear")


class Potential(nn.Module):
    """An energy and its forces, as models of molecules give them: the graph is kept in train mode only."""

    def __init__(self, keep=None):
        super().__init__()
        self.energy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Dropout(0.5), nn.Linear(16, 1)).double()
        self.keep = keep

    def forward(self, x):
        x = x if x.requires_grad else x.requires_grad_()
        energy = self.energy(x)
        keep = self.training if self.keep is None else self.keep
        (slope,) = torch.autograd.grad(energy.sum(), x, create_graph=keep)
        return {"energy": energy, "forces": -slope}


def test_energies_and_forces_are_read_in_train_mode():
    torch.manual_seed(0)
    model, x = Potential().eval(), points(60, 3)
    plain = model.energy.eval()

    def force(x):
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            return -torch.autograd.grad(plain(x).sum(), x)[0][:, 0].detach()

    field = gradient_field(model, x, neuron=lambda out: out["energy"][:, 0], training=True)
    checked(field, lambda x: plain(x)[:, 0], x)
    checked(gradient_field(model, x, "energy.0", 3, training=True), lambda x: plain[0](x)[:, 3], x)
    checked(gradient_field(model, x, neuron=lambda out: out["forces"][:, 0], training=True), force, x)
    assert not any(m.training for m in model.modules())


@pytest.mark.parametrize("layer", [None, "energy.0"])
def test_a_model_that_has_used_up_its_graph_says_how_to_read_it(layer):
    neuron = 0 if layer else lambda out: out["energy"][:, 0]
    with pytest.raises(
        ModelError, match=r"second time.*create_graph=True; .*gradient_field\(..., training=True"
    ):
        gradient_field(Potential().eval(), points(60, 3), layer, neuron)
    with pytest.raises(ModelError, match=r"detached from its input.*create_graph.*training=True"):
        gradient_field(Potential().eval(), points(60, 3), neuron=lambda out: out["forces"][:, 0])


class Inside(nn.Module):
    """A network whose output is made by a transform of torch.func."""

    def __init__(self, transform):
        super().__init__()
        self.h = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1)).double()
        self.outer, self.transform = nn.Linear(3, 3).double(), transform

    def forward(self, x):
        return self.transform(lambda z: self.h(z)[0], self.outer(x))


TRANSFORMS = {
    "grad": lambda h, x: torch.vmap(torch.func.grad(h))(x),
    "jacrev": lambda h, x: torch.vmap(torch.func.jacrev(h))(x),
    "jacfwd": lambda h, x: torch.vmap(torch.func.jacfwd(h))(x),
    "hessian": lambda h, x: torch.vmap(torch.func.hessian(h))(x).sum(2),
    "vjp": lambda h, x: torch.func.vjp(torch.vmap(h), x)[1](torch.ones(len(x), dtype=x.dtype))[0],
    "autograd": lambda h, x: torch.autograd.grad(torch.vmap(h)(x).sum(), x, create_graph=True)[0],
}


@pytest.mark.parametrize("kind", TRANSFORMS)
def test_models_that_differentiate_inside(kind):
    torch.manual_seed(0)
    model, x = Inside(TRANSFORMS[kind]).eval(), points(50, 3)
    leaf = torch.from_numpy(x).requires_grad_()
    (truth,) = torch.autograd.grad(model(leaf)[:, 1].sum(), leaf)
    np.testing.assert_allclose(gradient_field(model, x, neuron=1).gradients, truth.numpy(), atol=1e-12)
    checked(gradient_field(model, x, "outer", 2), lambda x: model.outer(x)[:, 2], x)
    assert Survey(model, x).values(np.arange(50)).shape[0] == 50
    with pytest.raises(ModelError, match=r"calls the layer 'h.0' inside a transform of torch.func"):
        gradient_field(model, x, "h.0", 2)


def test_memory_is_known_of_what_a_model_keeps_that_differentiates_inside():
    x = torch.zeros(5, 3, dtype=torch.float64)
    model = Inside(TRANSFORMS["grad"])
    assert Reader(model, None, [0], None, no_arguments(x)).probe(x, x) == 4096


def test_operations_without_a_derivative_are_named():
    class Cut(torch.autograd.Function):
        @staticmethod
        def forward(_, x):
            return x.clone()

        @staticmethod
        def backward(_, __):
            raise RuntimeError("no derivative for this")

    with pytest.raises(
        ModelError, match=r"derivative of the model's output cannot be taken: RuntimeError: no deri"
    ):
        gradient_field(Returns(Cut.apply), points(30, 3))
    changed = Returns(lambda y: torch.exp(y).mul_(2))
    with pytest.raises(
        ModelError, match=r"modified by an inplace operation.*changes in place what its derivative"
    ):
        gradient_field(changed, points(30, 3))


# -- modules that are not plain ones -------------------------------------------------------------------------


def plain():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)).double().eval()


@pytest.mark.filterwarnings("ignore:.*torch.jit")
def test_scripted_frozen_and_exported_models_are_read_at_their_output():
    x = torch.from_numpy(points(60, 3))
    right = gradient_field(plain(), x).gradients
    scripted = torch.jit.script(plain())
    for one in (scripted, torch.jit.trace(plain(), x), torch.jit.freeze(torch.jit.script(plain()))):
        np.testing.assert_allclose(gradient_field(one, x).gradients, right, atol=1e-12)
    shape = ({0: torch.export.Dim("points")},)
    exported = torch.export.export(plain(), (x,), dynamic_shapes=shape).module()
    np.testing.assert_allclose(gradient_field(exported, x).gradients, right, atol=1e-12)
    with pytest.raises(ModelError, match=r"scripted module \(Linear\) hides its layers.*layer=None"):
        gradient_field(scripted, x, "0", 2)
    assert [layer.name for layer in Survey(scripted, x).shown] == [None]
    with pytest.raises(ModelError, match="does not call the layer"):
        gradient_field(exported, x, next(name for name, _ in exported.named_modules() if name), 2)


@pytest.mark.parametrize("in_place", [True, False])
def test_compiled_models_are_read_as_what_was_compiled_also_after_they_have_run(in_place):
    model, x = plain(), points(60, 3)
    if in_place:
        model.compile(backend="eager")
    else:
        model = torch.compile(model, backend="eager")
    for _ in range(2):
        for layer in ("0", "0" if in_place else "_orig_mod.0"):
            checked(gradient_field(model, x, layer, 2), lambda x: plain()[0](x)[:, 2], x)
        checked(
            gradient_field(model, x, wrt="1", tangent=None),
            lambda h: plain()[2](h)[:, 0],
            plain()[:2](torch.from_numpy(x)).detach().numpy(),
        )
        assert [layer.name for layer in Survey(model, x).shown] == ["0", "1", "2"]
        model(torch.from_numpy(x))


def test_a_model_that_has_never_been_run_is_run_first():
    model = nn.Sequential(nn.LazyLinear(4), nn.LazyLinear(1))
    for call in (lambda: gradient_field(model, points(60, 3)), lambda: Survey(model, points(60, 3))):
        with pytest.raises(ModelError, match=r"never been run: '0.weight' has no size yet; run it once"):
            call()
    assert isinstance(model[0], nn.LazyLinear)


def test_a_model_without_numbers_takes_the_points_in_their_own_type():
    seen = set()

    class Free(Quadratic):
        def forward(self, x):
            seen.add(x.dtype)
            return super().forward(x)

    gradient_field(Free(), torch.from_numpy(points(30, 2)).float())
    assert seen == {torch.float32}


# -- the probability of a classifier -------------------------------------------------------------------------


@pytest.mark.parametrize(("classes", "neuron"), [(1, 0), (3, 2), (3, -2), (2, lambda z: z[:, 1] - z[:, 0])])
def test_the_probability_is_a_classifier_s_own(classes, neuron):
    torch.manual_seed(0)
    model, x = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, classes)).double(), points(30, 4)

    def probability(x):
        z = model(x)
        if callable(neuron) or classes == 1:
            return torch.sigmoid(z[:, 1] - z[:, 0] if callable(neuron) else z[:, 0])
        return torch.softmax(z, 1)[:, neuron]

    leaf = torch.as_tensor(x).requires_grad_()
    (slopes,) = torch.autograd.grad(probability(leaf).sum(), leaf)
    field = gradient_field(model, x, neuron=neuron, of="probability")
    np.testing.assert_allclose(field.values, probability(leaf).detach(), rtol=1e-12)
    np.testing.assert_allclose(field.gradients, slopes, rtol=1e-9)


def test_of_a_sure_classifier_directions_stay_and_lengths_fall():
    model = nn.Linear(3, 1).double()
    nn.init.constant_(model.weight, 3.0)
    x = points(50, 3)
    logit, sure = (gradient_field(model, x, of=of) for of in ("value", "probability"))
    np.testing.assert_allclose(np.abs((logit.unit * sure.unit).sum(2)), 1)
    assert sure.effective < 0.7 * logit.effective


@pytest.mark.parametrize(
    ("of", "shape", "message"),
    [
        ("logit", (2,), 'of must be "value" or "probability", got \'logit\''),
        ("probability", (2, 2), 'has neurons of shape .2, 2.: of="probability" takes logits'),
    ],
)
def test_what_has_no_probability(of, shape, message):
    model = nn.Sequential(nn.Linear(3, 4), nn.Unflatten(1, shape) if len(shape) > 1 else nn.Identity())
    with pytest.raises((DataError, ModelError), match=message):
        gradient_field(model, points(9, 3), neuron=(0,) * len(shape) if len(shape) > 1 else 0, of=of)
