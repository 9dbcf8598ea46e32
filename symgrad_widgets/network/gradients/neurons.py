"""Find a neuron in a layer's output by its number, by an index, or by a function of the output."""

import numpy as np
import torch

from ...errors import ModelError
from .along import along, is_direction
from .outputs import copied, described

__all__ = ["neuron_index", "neuron_values", "others_of"]


def neuron_values(output, neuron, count, where, layers, of="value"):
    """Return the values (count,) of one neuron from an output; if `of="probability"`, return log odds.

    `where` names the output and `layers` lists the model's layers, for error messages.
    """
    if callable(neuron):
        return _called(output, neuron, count)
    if not isinstance(output, torch.Tensor):
        raise ModelError(
            f"{where} is {described(output)}: choose one, with layer=... (one of "
            f"{', '.join(map(repr, layers[:10]))}), or with a function: neuron=lambda out: out[0][:, 0]"
        )
    if output.ndim == 0 or len(output) != count:
        raise ModelError(
            f"{where} has shape {tuple(output.shape)} for {count} points: its first axis must be the points "
            "(batch_first=True); otherwise pass a function, such as neuron=lambda out: out[-1, :, 0]"
        )
    output = output[:, None] if output.ndim == 1 else output
    if is_direction(neuron):
        return along(output, neuron, where)
    index = neuron_index(tuple(output.shape[1:]), neuron, where)
    values = output[(slice(None), *index)]
    return values if of == "value" else values - others_of(output, index, where)


def others_of(logits, index, where):
    """Return the number to subtract from a class's logit to get log odds; 0 if there are no other classes."""
    if logits.ndim > 2:
        shape = tuple(logits.shape[1:])
        raise ModelError(f'{where} has neurons of shape {shape}: of="probability" takes logits (N, classes)')
    if logits.shape[1] == 1:
        return 0.0
    others = torch.arange(logits.shape[1], device=logits.device) != index[0] % logits.shape[1]
    return logits[:, others].logsumexp(1)


def neuron_index(shape, neuron, where):
    """Return the index of a neuron: one number for each axis of the `shape` of a point's output."""
    index = neuron if isinstance(neuron, tuple) else (neuron,)
    if any(isinstance(i, bool) or not isinstance(i, int | np.integer) for i in index):
        raise ModelError(
            "neuron must be a whole number, a tuple of them, a direction in the layer's output (an array), a "
            f"function, or a list of these, got {neuron!r}"
        )
    if len(index) != len(shape):
        middle = tuple(size // 2 for size in shape)
        raise ModelError(
            f"{where} has neurons of shape {shape}, so neuron must be an index into it, such as "
            f"{middle if len(shape) > 1 else middle[0]}, or a function of the output; got {neuron!r}"
        )
    for i, size in zip(index, shape, strict=True):
        if not -size <= i < size:
            raise ModelError(
                f"there is no neuron {neuron!r}: {where} has {size} neurons{_along(shape)}, 0 to {size - 1}"
            )
    return index


def _along(shape):
    return f" along one axis of its shape {shape}" if len(shape) > 1 else ""


def _called(output, neuron, count):
    name = getattr(neuron, "__name__", type(neuron).__name__)
    try:
        value = neuron(copied(output))  # a copy, because the function may overwrite its argument
    except Exception as error:  # the user's function may raise anything
        raise ModelError(
            f"the function {name} given as neuron failed on {described(output)}: "
            f"{type(error).__name__}: {error}"
        ) from error
    if not isinstance(value, torch.Tensor) or tuple(value.shape) not in ((count,), (count, 1)):
        raise ModelError(
            f"the function {name} given as neuron returned {described(value)} for {count} points: it must "
            f"return one number for each, shape ({count},)"
        )
    return value.reshape(count)
