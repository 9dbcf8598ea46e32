"""Find tensors in the output of a layer or model, even inside lists, mappings or other objects."""

from collections.abc import Mapping, MutableMapping
from copy import copy

import torch

__all__ = ["bare", "copied", "described", "mapped", "table_of", "tensors_in", "transformed"]

_FUNC = torch._C._functorch  # noqa: SLF001 - torch.func has no public name for these
_DEEPEST = 6  # at most this many levels of objects inside one another


def copied(output):
    """Return a copy of an output, because later steps can overwrite this output in place."""
    return mapped(torch.clone, output)


def tensors_in(output):
    """Return all tensors of an output, in order."""
    found = []

    def find(tensor):
        found.append(tensor)
        return tensor

    mapped(find, output)
    return found


def table_of(output, count):
    """Return all real numbers of an output as a table (count, ...), or None if no tensor has `count` rows."""
    rows = [t for t in tensors_in(output) if t.is_floating_point() and t.ndim and len(t) == count]
    return torch.cat([t.reshape(count, -1) for t in rows], 1) if rows else None


def transformed(output):
    """Return whether an output belongs to a torch.func transform (grad, vmap ...) and is invalid outside."""
    return any(map(_FUNC.is_functorch_wrapped_tensor, tensors_in(output)))


def bare(tensor):
    """Return the tensor inside a torch.func transform's tensor; return any other tensor unchanged."""
    while _FUNC.is_functorch_wrapped_tensor(tensor):
        tensor = _FUNC.get_unwrapped(tensor)
    return tensor


def mapped(function, output, kinds=torch.Tensor, *, within=()):
    """Replace each tensor in an output, or each object of `kinds`, with `function(tensor)`.

    Tensors are found inside tuples of any kind, lists, mappings, dataclasses, and objects that contain any of
    these. Anything without a tensor is returned unchanged, not copied.
    """
    if isinstance(output, kinds):
        return function(output)
    if len(within) == _DEEPEST or any(output is one for one in within):  # an object that contains itself
        return output
    changed = {}
    for where, key, part in _parts(output):
        new = mapped(function, part, kinds, within=(*within, output))
        if new is not part:
            changed[where, key] = new
    return _with(output, changed) if changed else output


def _parts(output):
    """Yield the parts of an output: "item" or "attribute", its key, and the part."""
    if isinstance(output, type | torch.nn.Module):
        return
    if isinstance(output, Mapping):
        yield from (("item", key, part) for key, part in output.items())
    elif isinstance(output, tuple | list):
        yield from (("item", i, part) for i, part in enumerate(output))
    if not hasattr(output, "_fields"):
        yield from (("attribute", name, part) for name, part in getattr(output, "__dict__", {}).items())


def _with(output, changed):
    """Copy an output, with some parts replaced."""
    items = {key: part for (where, key), part in changed.items() if where == "item"}
    if isinstance(output, tuple):
        parts = [items.get(i, part) for i, part in enumerate(output)]
        made = type(output)._make(parts) if hasattr(output, "_make") else type(output)(parts)
    else:
        fixed = isinstance(output, Mapping) and not isinstance(output, MutableMapping)
        made = dict(output) if fixed else copy(output)
        for key, part in items.items():
            made[key] = part
    for (where, name), part in changed.items():
        if where == "attribute":
            object.__setattr__(made, name, part)  # a dataclass may be frozen
    return made


def described(output):
    """Describe a model's output in words."""
    if isinstance(output, torch.Tensor):
        return f"a tensor of shape {tuple(output.shape)} and type {output.dtype}"
    if isinstance(output, Mapping):
        return f"a {type(output).__name__} of {', '.join(map(repr, output))}"
    if isinstance(output, tuple | list):
        return f"a {type(output).__name__} of {len(output)}"
    return f"an object of type {type(output).__name__}"
