"""Read an untrusted checkpoint as numbers, never as code, and build a network from the shapes."""

import io
import pickletools
import re
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from itertools import islice, pairwise
from pathlib import Path

import torch
from safetensors import safe_open
from torch import nn

from ..errors import ModelError, OutputError, UnknownNameError, nearest
from .modules import mlp

__all__ = ["from_checkpoint"]

_SEARCHED = 8  # at most this many series of layers whose order we find by trying
_LISTED = 4  # at most this many orders in an error message
_DEEPEST = 200  # at most this many layers whose order we find by trying
_TRIES = 20_000  # at most this many partial orders to try
_LARGEST_LIST = 20  # at most this many layers in an error message
_SHARED = 16  # layers may use a file's numbers at most this many times
_PICKLES = 5  # at most this many pickles in a row, in files from before torch 1.6
_STEPS, _LONGEST = 300_000, 1000  # at most this many steps of a pickle, and characters of a name in it
_SPARE = 2**20  # the entries of a zip file may exceed the file by this many bytes
_CODE = re.compile(r"GLOBAL ([\w.]+)")
_OWN = "build the network yourself and load the numbers into it: model.load_state_dict(...)"


def from_checkpoint(path, activation, layers=None):
    """Build a fully connected network from the linear layers in a file. None of the file's code runs.

    >>> model = sg.from_checkpoint("stranger.safetensors", activation="tanh")  # doctest: +SKIP
    >>> sg.interpret(model, x, names=("a", "b", "c"))  # doctest: +SKIP

    Parameters
    ----------
    path : path of a safetensors file, or of a state dict that `torch.save` wrote
        The state dict can be inside other dicts, next to an epoch and an optimizer.
    activation : str, a row of `network.ACTIVATIONS`
        The activation follows each layer except the last, which is linear. A checkpoint does not contain the
        activation, so you have to know it.
    layers : sequence of str or None
        Names of the layers to use, in order. None means all layers: in the file's order if the file has one
        and the shapes fit, otherwise in the only order that fits. A safetensors file and a plain dict have no
        order. For these, names that differ only in a number are sorted by the number.

    Returns
    -------
    torch.nn.Sequential, built as by `network.modules.mlp`: linear1, tanh1, linear2, ..., latent
        The network is on the CPU and in eval mode. The network has the precision of the file, but at least
        single precision.

    Raises
    ------
    OutputError
        if the file is missing or is not a checkpoint.
    ModelError
        if the file holds pickled code, several state dicts, anything but linear layers, or layers that do not
        fit one another.
    UnknownNameError
        if an activation or a layer does not exist.

    """
    path = Path(path)
    tensors, ordered = _tensors(path)
    names = _chosen(tensors, ordered, layers, path)
    weights = [tensors[_key(name, "weight")] for name in names]
    if sum(weight.nbytes for weight in weights) > _SHARED * path.stat().st_size:
        raise ModelError(f"{path} holds far fewer numbers than its {len(weights)} layers have weights")
    model = mlp([weights[0].shape[1], *map(len, weights)], activation)
    model.to(torch.promote_types(weights[0].dtype, torch.float32))
    with torch.no_grad():
        for layer, name in zip((m for m in model if isinstance(m, nn.Linear)), names, strict=True):
            layer.weight.copy_(tensors[_key(name, "weight")])
            layer.bias.copy_(tensors.get(_key(name, "bias"), torch.tensor(0.0)))
    return model.eval()


def _key(layer, what):
    return f"{layer}.{what}" if layer else what  # a single Linear has no name


def _tensors(path):
    """Return a file's tensors by name, and whether the file keeps the order of the network's layers."""
    try:
        with path.open("rb") as file:
            safetensors = file.read(9)[8:] == b"{"
        if safetensors:
            with safe_open(path, framework="pt") as opened:
                names = sorted(opened.keys(), key=_natural)
                return {name: opened.get_tensor(name) for name in names}, False
        _refuse_bombs(path)
        held = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise OutputError(f"cannot read {path}: {error.strerror or error}") from None
    except Exception as error:  # noqa: BLE001 - a stranger's bytes may fail in any way
        raise _refusal(path, str(error)) from None
    found = list(_state_dicts(held))
    if len(found) != 1:
        where = ", ".join(name or "the top" for name, _ in found)
        what = f"several state dicts ({where}): save only the one you want" if found else "no state dict"
        raise ModelError(f"{path} holds {what}; save it with torch.save(model.state_dict(), ...)")
    state = found[0][1]
    return _only_tensors(state), isinstance(state, OrderedDict)  # `module.state_dict()` is one


def _refuse_bombs(path):
    """Raise ValueError if a file would take far more memory or time to read than its size suggests."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            for _ in range(_PICKLES):
                _refuse_long(file)
        return
    with zipfile.ZipFile(path) as file:
        claimed = sum(entry.file_size for entry in file.infolist())
        if claimed > path.stat().st_size + _SPARE:
            raise ValueError(f"it would unpack to {claimed / 1e6:.0f} MB")
        for name in file.namelist():
            if name.endswith("data.pkl"):
                _refuse_long(io.BytesIO(file.read(name)))


def _refuse_long(file):
    """Raise ValueError if a pickle has too many steps, or a name in it is too long."""
    for number, (_, argument, _) in enumerate(pickletools.genops(file)):
        if number > _STEPS or (isinstance(argument, str) and len(argument) > _LONGEST):
            raise ValueError("no state dict is that long")


def _only_tensors(state):
    return {key: value for key, value in state.items() if isinstance(value, torch.Tensor)}


def _refusal(path, reason):
    code = _CODE.search(reason)
    if code is None:
        return OutputError(
            f"{path} is damaged or not a checkpoint ({' '.join(reason.split())[:100]}): use a "
            "safetensors file, or what torch.save(model.state_dict(), ...) writes"
        )
    return ModelError(
        f"{path} holds pickled code ({code[1]}), which would run if it were loaded, so it is not loaded: "
        "ask for numbers alone, torch.save(model.state_dict(), ...) or safetensors"
    )


def _natural(name):
    parts = re.split(r"([0-9]{1,18})", name)
    return [int(part) if i % 2 else part for i, part in enumerate(parts)]


def _state_dicts(held):
    """Yield (where, mapping) for each mapping of names to tensors that has a weight, at any depth."""
    waiting, seen = [("", held)], set()
    while waiting:
        name, value = waiting.pop()
        if not isinstance(value, Mapping) or id(value) in seen:
            continue
        seen.add(id(value))
        if any(isinstance(key, str) and key.endswith("weight") for key in value):
            yield name, value
        else:
            inner = [(f"{name}.{str(key)[:40]}".lstrip("."), part) for key, part in value.items()]
            waiting += reversed(inner)


def _chosen(tensors, ordered, layers, path):
    """Check the layers, and return their names in order."""
    sizes = {
        key.removesuffix("weight").removesuffix("."): tuple(value.shape[::-1])
        for key, value in tensors.items()
        if isinstance(key, str) and key.endswith("weight") and value.ndim == 2 and _dense(value)
    }
    if layers is None:
        _refuse_others(tensors, sizes, path)
        names = _order(sizes, ordered, path)
    else:
        names = _known(layers, sizes, path)
    for name in names:
        bias = tensors.get(_key(name, "bias"))
        if bias is not None and (bias.shape != sizes[name][1:] or not _dense(bias)):
            raise ModelError(
                f"{path}: {_key(name, 'bias')!r} has shape {tuple(bias.shape)}, but the layer has "
                f"{sizes[name][1]} outputs"
            )
    return names


def _dense(tensor):
    """Return whether a tensor stores a real number for each of its entries."""
    plain = tensor.layout == torch.strided and tensor.dtype.is_floating_point and not tensor.is_meta
    return plain and 0 < tensor.numel() <= tensor.untyped_storage().nbytes() // tensor.element_size()


def _refuse_others(tensors, sizes, path):
    known = {_key(name, what) for name in sizes for what in ("weight", "bias")}
    others = [f"{name!r} of shape {tuple(t.shape)}" for name, t in tensors.items() if name not in known]
    if others or not sizes:
        listed = ", ".join(others[:3]) + (", ..." if len(others) > 3 else "")
        raise ModelError(
            f"{path} holds something other than linear layers: {listed or 'nothing'}; {_OWN}, or name the "
            "linear layers to use, layers=[...]"
        )


def _known(layers, sizes, path):
    names = [layers] if isinstance(layers, str) else list(layers)
    for name in names:
        if name not in sizes:
            raise UnknownNameError(f"{path} has no linear layer {name!r}; {nearest(name, sizes)}")
    if not names or len(set(names)) < len(names) or not _fit(names, sizes):
        raise ModelError(f"the layers you named do not fit one another: {_described(names, sizes)}")
    return names


def _order(sizes, ordered, path):
    if ordered and _fit(list(sizes), sizes):
        return list(sizes)
    series = {}  # names that differ only in a number, sorted by the number
    for name in sorted(sizes, key=_natural):
        series.setdefault(re.sub(r"\d+", "#", name), []).append(name)
    tries = iter(range(_TRIES))
    tried = len(series) <= _SEARCHED and len(sizes) <= _DEEPEST
    found = list(islice(_orders([], list(series.values()), sizes, tries), _LISTED + 1)) if tried else []
    if next(tries, None) is None:
        found = []  # there may be others
    if len(found) == 1:
        return found[0]
    how = " or ".join(", ".join(names) for names in found[:_LISTED])
    how += " or others" if len(found) > _LISTED else ""
    raise ModelError(
        f"the layers of {path} {f'fit one another in several orders ({how})' if found else 'do not fit'}: "
        f"{_described(sizes, sizes)}; list the layers of one network in order, layers=[...]"
    )


def _fit(names, sizes):
    return all(sizes[a][1] == sizes[b][0] for a, b in pairwise(names))


def _orders(begun, series, sizes, tries):
    """Yield all orders in which the layers fit one another. Numbered layers keep their order."""
    if next(tries, None) is None:
        return
    if not any(series):
        yield begun
    for i, names in enumerate(series):
        if names and _fit([*begun[-1:], names[0]], sizes):
            rest = [*series[:i], names[1:], *series[i + 1 :]]
            yield from _orders([*begun, names[0]], rest, sizes, tries)


def _described(names, sizes):
    listed = ["{} {} -> {}".format(name or "weight", *sizes[name]) for name in islice(names, _LARGEST_LIST)]
    return ", ".join(listed) + (", ..." if len(names) > _LARGEST_LIST else "")
