"""What a layer or a model returns: a tensor, or tensors inside of anything else."""

import dataclasses
from collections.abc import Mapping, MutableMapping
from copy import copy

import torch

__all__ = ["bare", "copied", "described", "mapped", "tensors_in", "transformed"]

_FUNC = torch._C._functorch  # noqa: SLF001 - torch.func has no public name for these
_HOLDERS = torch.Tensor | Mapping | tuple | list


def copied(output):
    """Return an output as it is now: what comes later may overwrite it in place."""
    return mapped(torch.clone, output)


def tensors_in(output):
    """All tensors of an output, in their order."""
    found = []

    def find(tensor):
        found.append(tensor)
        return tensor

    mapped(find, output)
    return found


def transformed(output):
    """Whether an output belongs to a transform of torch.func (grad, vmap ...), and is nothing outside."""
    return any(map(_FUNC.is_functorch_wrapped_tensor, tensors_in(output)))


def bare(tensor):
    """Return what a tensor of a transform is made of, any other one as it is."""
    while _FUNC.is_functorch_wrapped_tensor(tensor):
        tensor = _FUNC.get_unwrapped(tensor)
    return tensor


def mapped(function, output):
    """Return the same output with `function(tensor)` in the place of each tensor.

    In tuples of any kind, lists, mappings, dataclasses, and objects with tensors among their attributes.
    """
    if isinstance(output, torch.Tensor):
        return function(output)
    if isinstance(output, Mapping):
        made = copy(output) if isinstance(output, MutableMapping) else dict(output)
        for key, value in output.items():
            made[key] = mapped(function, value)
        return made
    if isinstance(output, tuple | list):
        parts = [mapped(function, part) for part in output]
        return type(output)._make(parts) if hasattr(output, "_make") else type(output)(parts)
    attributes = _attributes(output)
    if not attributes:
        return output
    made = copy(output)
    for name, value in attributes.items():
        object.__setattr__(made, name, mapped(function, value))  # a dataclass may be frozen
    return made


def described(output):
    """What a model has returned, in words."""
    if isinstance(output, torch.Tensor):
        return f"a tensor of shape {tuple(output.shape)} and type {output.dtype}"
    if isinstance(output, Mapping):
        return f"a {type(output).__name__} of {', '.join(map(repr, output))}"
    if isinstance(output, tuple | list):
        return f"a {type(output).__name__} of {len(output)}"
    return f"an object of type {type(output).__name__}"


def _attributes(output):
    """Attributes of an object that hold tensors, or may do so."""
    if isinstance(output, type | torch.nn.Module):
        return {}
    if dataclasses.is_dataclass(output):
        held = {field.name: getattr(output, field.name, None) for field in dataclasses.fields(output)}
        return {
            name: value
            for name, value in held.items()
            if isinstance(value, _HOLDERS) or dataclasses.is_dataclass(value)
        }
    return {
        name: value for name, value in getattr(output, "__dict__", {}).items() if isinstance(value, _HOLDERS)
    }
