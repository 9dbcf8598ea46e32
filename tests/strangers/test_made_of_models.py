"""What other tools make of a model: it is read as the model is, or refused in one true sentence."""

import copy
import os

import numpy as np
import pytest
import torch
from budgets import briefly
from torch import nn
from torch.nn.utils import parametrizations
from torch.utils.checkpoint import checkpoint

import symgrad_widgets as sg

X = torch.rand(60, 3, generator=torch.Generator().manual_seed(0))


def plain():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)).eval()


def having_run(model):
    model(X)
    return model


def partly_compiled():
    model = plain()
    model[0] = torch.compile(model[0], backend="eager")
    return having_run(model)


def exported(**options):
    return torch.export.export(plain(), (X,), **options)


def statically_quantised():
    tools = torch.ao.quantization
    model = nn.Sequential(tools.QuantStub(), *plain(), tools.DeQuantStub()).eval()
    model.qconfig = tools.get_default_qconfig(torch.backends.quantized.supported_engines[-1])
    return tools.convert(having_run(tools.prepare(model)))


class Around(nn.Module):
    """A model that is called in some way."""

    def __init__(self, call):
        super().__init__()
        self.model, self.call = plain(), call

    def forward(self, x):
        return self.call(self.model, x)


def first_frozen(model, x):
    with torch.no_grad():
        x = model[1](model[0](x))
    return model[2](x)


def pruned():
    from torch.nn.utils import prune

    model = plain()
    prune.random_unstructured(model[0], "weight", 0.0)
    return model


def group():
    """A group of one process, for what is shared among several."""
    import torch.distributed as dist

    if not dist.is_initialized():
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="0")
        dist.init_process_group("gloo", rank=0, world_size=1, store=dist.HashStore())


def distributed():
    group()
    return nn.parallel.DistributedDataParallel(plain())


def sharded():
    from torch.distributed.fsdp import FullyShardedDataParallel

    group()
    return FullyShardedDataParallel(plain(), device_id=torch.device("cpu"))


def fully_sharded():
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    group()
    return fully_shard(plain(), mesh=init_device_mesh("cpu", (1,)))


DYNAMIC = {"dynamic_shapes": ({0: torch.export.Dim("points")},)}
READ = {  # with the name of the first layer, None where only the output is read
    "compiled": (lambda: torch.compile(plain(), backend="eager"), "0"),
    "compiled, after it has run": (
        lambda: having_run(torch.compile(plain(), backend="eager")),
        "_orig_mod.0",
    ),
    "compiled in part": (partly_compiled, "0"),
    "scripted": (lambda: torch.jit.script(plain()), None),
    "traced by jit": (lambda: torch.jit.trace(plain(), X), None),
    "frozen": (lambda: torch.jit.freeze(torch.jit.script(plain())), None),
    "exported, dynamic_shapes": (lambda: exported(**DYNAMIC).module(), None),
    "traced by fx": (lambda: torch.fx.symbolic_trace(plain()), "0"),
    "DataParallel": (lambda: nn.DataParallel(plain()), "module.0"),
    "DataParallel of a compiled model": (
        lambda: nn.DataParallel(having_run(torch.compile(plain(), backend="eager"))),
        "module._orig_mod.0",
    ),
    "DistributedDataParallel": (distributed, "module.0"),
    "FSDP": (sharded, "_fsdp_wrapped_module.0"),
    "fully_shard": (fully_sharded, "0"),
    "averaged (EMA, SWA)": (lambda: torch.optim.swa_utils.AveragedModel(plain()), "module.0"),
    "pruned": (pruned, "0"),
    "weight norm": (
        lambda: nn.Sequential(parametrizations.weight_norm(plain()[0]), *list(plain())[1:]),
        "0",
    ),
    "half precision": (lambda: plain().half(), "0"),
    "bfloat16": (lambda: plain().bfloat16(), "0"),
    "double precision": (lambda: plain().double(), "0"),
    "autocast inside": (
        lambda: Around(torch.autocast("cpu", torch.bfloat16)(lambda model, x: model(x))),
        "model.0",
    ),
    "checkpointed": (
        lambda: Around(lambda model, x: checkpoint(model, x, use_reentrant=False)),
        "model.0",
    ),
}
MADE_OF = "use the model as it was before|pass the module that it was made from"
REFUSED = {  # what is said, and the same in the table of `docs/models.md`
    "lazy, never run": (
        lambda: nn.Sequential(nn.LazyLinear(8), nn.LazyLinear(1)),
        "run it once",
        "run it once",
    ),
    "on the meta device": (lambda: plain().to("meta"), "load them first", "load its numbers first"),
    "exported for one number of points": (
        lambda: exported().module(),
        "Pass dynamic_shapes to",
        "export it with `dynamic_shapes`",
    ),
    "an `ExportedProgram`": (exported, r"pass its .module\(\)", "pass its `.module()`"),
    "quantised": (
        lambda: torch.ao.quantization.quantize_dynamic(plain(), {nn.Linear}),
        MADE_OF,
        "it has no derivative; use the model as it was before quantisation",
    ),
    "`no_grad`, `detach` or a step function inside": (
        lambda: Around(first_frozen),
        "detached from its input.*no_grad",
        "no gradient flows back; use a later layer as the input (`wrt`)",
    ),
}

pytestmark = pytest.mark.filterwarnings("ignore")


def close(field, layer, dtype):
    right = sg.gradient_field(plain(), X, layer, 2 if layer else 0)
    loose = dtype in (torch.half, torch.bfloat16)
    np.testing.assert_allclose(field.gradients, right.gradients, atol=2e-2 if loose else 1e-6)
    np.testing.assert_allclose(field.values, right.values, atol=2e-2 if loose else 1e-6)


@pytest.mark.sweep
@pytest.mark.parametrize("kind", READ)
def test_what_is_made_of_a_model_is_read_as_the_model(kind):
    make, layer = READ[kind]
    model = make()
    dtype = torch.bfloat16 if "autocast" in kind else next((p.dtype for p in model.parameters()), torch.float)
    for _ in range(2):
        close(sg.gradient_field(model, X), None, dtype)
    assert sg.NeuronPicker(model, X).field.neurons == 1
    if layer is not None:
        close(sg.gradient_field(model, X, layer, 2), "0", dtype)
    if layer is not None and kind != "fully_shard":  # which takes one backward pass for each forward
        found = sg.atlas(model, X, layer, generations=1, jobs=1, progress=False)
        assert len(found.rows) == 8
        assert not any(row.note for row in found.rows)
    with torch.no_grad():
        assert torch.isfinite(
            model(X.to(dtype) if dtype != torch.bfloat16 or "auto" not in kind else X)
        ).all()


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_says_what_to_give_instead(kind):
    make, message, _ = REFUSED[kind]
    with pytest.raises(sg.SymgradError, match=message):
        sg.gradient_field(make(), X)


def test_a_model_quantised_with_fixed_scales_says_so_too():
    with pytest.raises(sg.SymgradError, match=MADE_OF):
        sg.gradient_field(statically_quantised(), X)


LAYERS = {
    "scripted": (lambda: torch.jit.script(plain()), "0", MADE_OF),
    "traced by jit": (lambda: torch.jit.trace(plain(), X), "0", MADE_OF),
    "exported": (lambda: exported(**DYNAMIC).module(), "0", MADE_OF),
    "checkpointed, re-entrant": (
        lambda: Around(lambda model, x: checkpoint(model, x, use_reentrant=True)),
        "model.0",
        "use_reentrant=False",
    ),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_layers_that_nobody_can_look_into_say_what_to_give_instead(kind):
    make, layer, message = LAYERS[kind]
    with pytest.raises(sg.SymgradError, match=message):
        sg.gradient_field(make(), X, layer, 2)


def test_a_re_entrant_checkpoint_is_read_at_the_output():
    model = Around(lambda model, x: checkpoint(model, x, use_reentrant=True))
    model.model[0].weight.grad = before = torch.ones(8, 3)
    close(sg.gradient_field(model, X), None, torch.float)
    assert model.model[0].weight.grad is before
    assert torch.equal(before, torch.ones(8, 3))


@pytest.mark.parametrize("kind", ["scripted", "frozen", "traced by jit"])
def test_a_formula_is_not_spliced_into_what_is_scripted(kind):
    field = sg.gradient_field(plain(), X)
    result = briefly(field, count=1, operators=["mul"]).with_formula("x1 + x2", field)
    with pytest.raises(sg.SymgradError, match=MADE_OF):
        result.splice(READ[kind][0](), X, neuron=0)


@pytest.mark.sweep
def test_a_scripted_part_of_a_model_hides_its_own_layers_alone():
    model = nn.Sequential(torch.jit.script(nn.Sequential(nn.Linear(3, 5), nn.Tanh())), nn.Linear(5, 2))
    shown = sg.NeuronPicker(model, X).activity
    assert [layer.name for layer in shown.layers] == ["1"]
    with pytest.raises(sg.SymgradError, match=MADE_OF):
        sg.NeuronPicker(model, X, layers=["0"])
    spliced = briefly(model, X, "1", 0).splice(model, X)
    assert np.isfinite(spliced.change)


def test_a_sharded_model_can_be_trained_after_it_was_read():
    model = fully_sharded()
    steps = torch.optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for _ in range(3):
        sg.gradient_field(model, X, "0", 2)
        losses.append(model(X).square().mean())
        losses[-1].backward()
        steps.step()
        steps.zero_grad()
    assert losses[2] < losses[1] < losses[0]
    field = sg.gradient_field(model, X)
    result = briefly(field, count=1, operators=["mul"]).with_formula("x1 + x2", field)
    with pytest.raises(sg.SymgradError, match="the model cannot be spliced, because it cannot be copied"):
        result.splice(model, X, neuron=0)


# -- transformers, and what a backward pass may raise --------------------------------------------------------


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("padded", [True, False])
def test_a_layer_inside_of_a_transformer_is_read_and_varied(frozen, padded):
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
    model = nn.TransformerEncoder(layer, 2).eval().requires_grad_(not frozen)
    x = torch.rand(30, 3, 4)
    mask = torch.zeros(30, 3, dtype=torch.bool)
    mask[::2, 2] = padded
    given = {"forward_args": {"src_key_padding_mask": mask}}
    with torch.no_grad():
        field = sg.gradient_field(
            model, x, neuron=lambda out: out[:, 0, 1], wrt="layers.0.linear1", tangent=None, **given
        )
        assert sg.NeuronPicker(model, x, wrt="layers.0.linear1", **given).activity.points.shape == (30, 24)
    seen, leaf = [], None

    def vary(_, __, output):
        seen.append(output.detach().clone().requires_grad_())
        return seen[-1]

    handle = model.layers[0].linear1.register_forward_hook(vary)
    out = model(x.clone().requires_grad_(), src_key_padding_mask=mask)
    handle.remove()
    leaf = seen[-1]
    (right,) = torch.autograd.grad(out[:, 0, 1].sum(), leaf)
    np.testing.assert_allclose(field.gradients, right.flatten(1).numpy(), atol=1e-5)


class Fails(torch.autograd.Function):
    """A backward pass that raises what it wants."""

    error = None

    @staticmethod
    def forward(_, x):
        return x.clone()

    @staticmethod
    def backward(_, __):
        raise Fails.error


@pytest.mark.parametrize("error", [kind("seven") for kind in (ValueError, KeyError, RuntimeError, OSError)])
def test_whatever_a_backward_pass_raises_is_told_with_the_layer(error):
    Fails.error = error
    model = Around(lambda model, x: Fails.apply(model(x)))
    with pytest.raises(sg.SymgradError, match=rf"of the model's output .*{type(error).__name__}: .*seven"):
        sg.gradient_field(model, X)
    np.testing.assert_allclose(sg.gradient_field(model, X, "model.0", 2).values, plain()[0](X)[:, 2].detach())


def test_a_backbone_without_gradients_is_not_said_to_be_independent_of_the_input():
    with pytest.raises(sg.SymgradError, match="detached from its input"):
        sg.gradient_field(Around(first_frozen), X)
    with pytest.raises(sg.SymgradError, match="does not depend on the input"):
        sg.gradient_field(Around(lambda model, x: model(torch.ones_like(x))), X)


# -- further arguments, and types of numbers -----------------------------------------------------------------


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = plain()
        self.seen = []

    def forward(self, x, scale=None, others=()):
        self.seen.append(scale)
        if isinstance(scale, dict):
            scale = scale["by"]
        return self.net(x) * (1 if scale is None else scale.reshape(-1, 1)) + sum(o.sum() * 0 for o in others)


S = torch.arange(1.0, 61.0, dtype=torch.float64)
ARGUMENTS = {
    "one tensor": S,
    "one array": S.numpy(),
    "big-endian": S.numpy().astype(">f8"),
    "a tuple": (S,),
    "a list": [S],
    "by name": {"scale": S},
    "a dict as an argument": ({"by": S},),
    "nested": (S, [S, (S.numpy(), {"x": S})][:1]),
    "a column": S[:, None],
    "half": S.half(),
}


@pytest.mark.sweep
@pytest.mark.parametrize("kind", ARGUMENTS)
def test_further_arguments_are_taken_as_they_are_given(kind):
    model = Scaled()
    field = sg.gradient_field(model, X, forward_args=ARGUMENTS[kind])
    right = sg.gradient_field(plain(), X).gradients * S[:, None].numpy()
    np.testing.assert_allclose(field.gradients, right, atol=1e-5)
    options = {"generations": 1, "jobs": 1, "progress": False}
    assert len(sg.atlas(model, X, forward_args=ARGUMENTS[kind], **options).rows) == 10


@pytest.mark.sweep
@pytest.mark.parametrize("nothing", [None, (), [], {}, (None,), {"scale": None}])
def test_no_arguments_are_none(nothing):
    field = sg.gradient_field(Scaled(), X, forward_args=nothing)
    np.testing.assert_array_equal(field.gradients, sg.gradient_field(plain(), X).gradients)
    found = sg.atlas(Scaled(), X, "net.0", forward_args=nothing, generations=1, jobs=1, progress=False)
    assert len(found.rows) == 8


def test_real_arguments_take_the_models_type_and_others_keep_theirs():
    seen = []

    class Looks(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = plain().double()

        def forward(self, x, *others):
            seen.append([other.dtype for other in others])
            return self.net(x)

    sg.gradient_field(Looks(), X, forward_args=(S.float(), torch.arange(60), S > 3, S.numpy().astype("f4")))
    assert seen[-1] == [torch.float64, torch.int64, torch.bool, torch.float64]


@pytest.mark.sweep
def test_an_atlas_of_other_arguments_is_another_atlas(tmp_path):
    options = {"generations": 1, "jobs": 1, "progress": False, "path": tmp_path / "atlas.jsonl"}
    sg.atlas(Scaled(), X, "net.0", forward_args=S, **options)
    with pytest.raises(sg.SymgradError, match="an atlas of another model, of other points"):
        sg.atlas(Scaled(), X, "net.0", forward_args=S + 1, **options)


@pytest.mark.sweep
def test_with_another_default_type_all_is_the_same():
    model, before = plain(), torch.get_default_dtype()
    right = sg.gradient_field(model, X, smooth=2)
    torch.set_default_dtype(torch.float64)
    try:
        field = sg.gradient_field(model, X, smooth=2)
        result = briefly(model, X, layer="0", neuron=1)
        change = result.splice(model, X).change
        assert sg.NeuronPicker(model, X).activity.gradient_spread.shape == (17,)
    finally:
        torch.set_default_dtype(before)
    np.testing.assert_array_equal(field.gradients, right.gradients)
    assert change < 1e-3
    assert copy.deepcopy(model)[0].weight.dtype == torch.float32
