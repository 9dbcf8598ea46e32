"""A stranger's checkpoint: the same outputs as the stranger's network, no code run, each refusal in words."""

import os
from itertools import pairwise

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.errors import ModelError, OutputError, UnknownNameError

X = torch.linspace(-1, 1, 30).reshape(10, 3)


def network(*sizes, bias=True):
    layers = [part for i, o in pairwise(sizes) for part in (nn.Linear(i, o, bias=bias), nn.Tanh())]
    return nn.Sequential(*layers[:-1])


def stored(tmp_path, held, name="stranger.pt"):
    path = tmp_path / name
    save_file(held, path) if name.endswith("safetensors") else torch.save(held, path)
    return path


def same(model, other, x=X):
    return torch.allclose(model(x), other(x), atol=1e-6)


@pytest.mark.parametrize("name", ["stranger.pt", "stranger.safetensors", "named.bin"])
@pytest.mark.parametrize("sizes", [(3, 8, 5, 1), (3, 8, 8, 8, 2), (3, 2), (3, *[6] * 11, 1)])
def test_the_network_is_the_strangers(tmp_path, name, sizes):
    torch.manual_seed(0)
    theirs = network(*sizes)
    model = sg.from_checkpoint(stored(tmp_path, theirs.state_dict(), name), "tanh")
    assert same(model, theirs)
    assert [m.out_features for m in model if isinstance(m, nn.Linear)] == list(sizes[1:])
    assert not model.training
    assert not same(sg.from_checkpoint(tmp_path / name, "silu"), theirs) or len(sizes) == 2


def test_layers_are_put_in_the_order_in_which_they_fit(tmp_path):
    theirs = network(3, 8, 5, 1)
    names = {"0": "input", "2": "hidden", "4": "head"}
    renamed = {f"{names[k[0]]}{k[1:]}": v for k, v in theirs.state_dict().items()}
    assert same(sg.from_checkpoint(stored(tmp_path, renamed, "a.safetensors"), "tanh"), theirs)


class Mirrored(nn.Module):
    """Encoder and decoder, whose layers fit one another either way round."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = network(3, 8, 2), network(2, 8, 3)

    def forward(self, x):
        return self.decoder(torch.tanh(self.encoder(x)))


ENCODER, DECODER = ["encoder.0", "encoder.2"], ["decoder.0", "decoder.2"]


@pytest.mark.parametrize("name", ["a.safetensors", "plain.pt"])
def test_where_several_orders_fit_the_file_is_asked_about_and_all_are_listed(tmp_path, name):
    torch.manual_seed(0)
    theirs = Mirrored()
    path = stored(tmp_path, dict(theirs.state_dict()), name)
    orders = [", ".join(DECODER + ENCODER), ", ".join(ENCODER + DECODER)]
    with pytest.raises(
        ModelError, match=rf"in several orders \({orders[0]} or {orders[1]}\).*layers=\[...\]"
    ):
        sg.from_checkpoint(path, "tanh")
    assert same(sg.from_checkpoint(path, "tanh", layers=ENCODER + DECODER), theirs)
    words = network(3, 3, 3, 3).state_dict()
    number = {"0": "one", "2": "two", "4": "three"}
    path = stored(tmp_path, {number[k[0]] + k[1:]: v for k, v in words.items()}, name)
    with pytest.raises(ModelError, match=r"several orders \(one, three, two or .* or .* or .* or others\)"):
        sg.from_checkpoint(path, "tanh")


def test_a_state_dict_as_a_module_gives_it_is_in_the_order_of_the_module(tmp_path):
    torch.manual_seed(0)
    theirs = Mirrored()
    assert same(sg.from_checkpoint(stored(tmp_path, theirs.state_dict()), "tanh"), theirs)


@pytest.mark.parametrize("name", ["a.safetensors", "plain.pt"])
def test_numbers_in_names_are_an_order_and_the_rest_goes_where_it_fits(tmp_path, name):
    torch.manual_seed(0)
    theirs = network(3, *[8] * 11, 1)
    held = {k: v.clone() for k, v in theirs.state_dict().items()}
    renamed = {
        "out" + k[2:]
        if k.startswith("22.")
        else f"body.{int(k.split('.')[0]) // 2}.linear.{k.split('.')[1]}": v
        for k, v in held.items()
    }
    shuffled = dict(sorted(renamed.items(), key=lambda item: hash(item[0])))
    assert same(sg.from_checkpoint(stored(tmp_path, shuffled, name), "tanh"), theirs)


def test_a_state_dict_beside_an_optimizer_and_an_epoch_and_without_biases(tmp_path):
    theirs = network(3, 8, 1, bias=False)
    optimizer = torch.optim.Adam(theirs.parameters())
    theirs(X).sum().backward()
    optimizer.step()
    held = {"epoch": 3, "run": {"model": theirs.state_dict()}, "optimizer": optimizer.state_dict()}
    assert same(sg.from_checkpoint(stored(tmp_path, held), "tanh"), theirs)


def test_a_single_linear_layer(tmp_path):
    theirs = nn.Linear(3, 2)
    assert same(sg.from_checkpoint(stored(tmp_path, theirs.state_dict()), "tanh"), theirs)


@pytest.mark.parametrize(
    ("stored_in", "given"), [(torch.float64, torch.float64), (torch.float16, torch.float32)]
)
def test_precision_is_kept_single_at_least(tmp_path, stored_in, given):
    theirs = network(3, 8, 1).to(stored_in)
    model = sg.from_checkpoint(stored(tmp_path, theirs.state_dict()), "tanh")
    assert next(model.parameters()).dtype == given
    assert same(model, theirs.to(given), X.to(given))


def test_some_layers_of_a_larger_network(tmp_path):
    encoder, decoder = network(3, 8, 1), network(1, 8, 3)
    held = nn.ModuleDict({"encoder": encoder, "decoder": decoder, "norm": nn.BatchNorm1d(3)}).state_dict()
    path = stored(tmp_path, held)
    assert same(sg.from_checkpoint(path, "tanh", layers=["encoder.0", "encoder.2"]), encoder)
    with pytest.raises(ModelError, match=r"holds something other than linear layers: 'norm.weight' of shape"):
        sg.from_checkpoint(path, "tanh")
    with pytest.raises(UnknownNameError, match=r"no linear layer 'encoder.1'; did you mean .*'encoder.0'"):
        sg.from_checkpoint(path, "tanh", layers=["encoder.1"])
    with pytest.raises(ModelError, match=r"do not fit one another: encoder.0 3 -> 8, decoder.0 1 -> 8"):
        sg.from_checkpoint(path, "tanh", layers=["encoder.0", "decoder.0"])


class Attack:
    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


def test_code_in_a_checkpoint_is_refused_and_does_not_run(tmp_path):
    path = stored(tmp_path, {"a.weight": torch.ones(2, 3), "b": Attack(tmp_path / "run")})
    with pytest.raises(ModelError, match=r"pickled code \((posix|nt).mkdir\).*model.state_dict\(\)"):
        sg.from_checkpoint(path, "tanh")
    assert not (tmp_path / "run").exists()


def weights(**shapes):
    return {f"{name}.weight": torch.ones(*shape) for name, shape in shapes.items()}


@pytest.mark.parametrize(
    ("held", "error", "message"),
    [
        (network(3, 8, 1), ModelError, r"pickled code \(torch.nn.modules.container.Sequential\)"),
        ([1, 2], ModelError, "holds no state dict"),
        ({"epoch": 3}, ModelError, "holds no state dict"),
        (
            {"model": weights(a=(2, 3)), "average": weights(a=(2, 3))},
            ModelError,
            r"several state dicts \(model, average\): save only the one you want",
        ),
        (weights(conv=(8, 1, 3, 3)), ModelError, r"'conv.weight' of shape \(8, 1, 3, 3\); build the network"),
        (weights(a=(8, 3), b=(1, 9)), ModelError, r"do not fit: a 3 -> 8, b 9 -> 1; list the layers"),
        (
            weights(out=(1, 8), a=(8, 8), b=(8, 8), start=(8, 3)),
            ModelError,
            r"fit one another in several orders \(start, a, b, out or start, b, a, out\)",
        ),
        (
            {"a.weight": torch.ones(8, 3), "a.bias": torch.ones(4)},
            ModelError,
            r"'a.bias' has shape \(4,\), but the layer has 8 outputs",
        ),
        (
            {"a.weight": torch.ones(8, 3, dtype=torch.int8)},
            ModelError,
            r"something other than linear layers: 'a.weight'",
        ),
    ],
)
def test_what_is_no_network_of_linear_layers_is_refused(tmp_path, held, error, message):
    with pytest.raises(error, match=message):
        sg.from_checkpoint(stored(tmp_path, held), "tanh")


@pytest.mark.parametrize("content", [b"", b"no checkpoint at all", b"PK\3\4 cut", b"\7\0\0\0\0\0\0\0{broken"])
def test_a_file_that_is_no_checkpoint(tmp_path, content):
    (tmp_path / "it.pt").write_bytes(content)
    with pytest.raises(OutputError, match=r"it.pt is damaged or not a checkpoint .*state_dict\(\)"):
        sg.from_checkpoint(tmp_path / "it.pt", "tanh")


def test_a_missing_file_and_an_unknown_activation(tmp_path):
    with pytest.raises(OutputError, match=r"cannot read .*none.pt: No such file"):
        sg.from_checkpoint(tmp_path / "none.pt", "tanh")
    with pytest.raises(UnknownNameError, match="no activation 'than'; did you mean 'tanh'"):
        sg.from_checkpoint(stored(tmp_path, network(3, 1).state_dict()), "than")
