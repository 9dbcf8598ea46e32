"""Remember everything that a model's run can change, and put it back bit for bit."""

import random
from collections import deque
from contextlib import ExitStack

import numpy as np
import torch
from torch import nn

__all__ = ["Snapshot"]

_COPIED = 2**30  # at most this many bytes of a model's tensors to copy
_PLAIN = (torch.Tensor, nn.Parameter, getattr(nn, "Buffer", nn.Parameter))


class Snapshot:
    """The present state of a model, and of all random generators.

    The snapshot covers attributes, parameters, buffers, hooks, modes, and tensors with their `.grad`,
    `requires_grad` and device, even in lists, dicts and sets. `restore()` touches only what has changed. When
    it copies a tensor's values back, the tensor's version stays the same, so a backward pass that the user
    has prepared can still run. Values are copied up to a total of 1 GiB.
    """

    def __init__(self, model):
        self._undo, self._room = [], _COPIED
        self._seen = {}  # by id; we hold the objects, so that no id is used twice
        waiting = deque(model.modules())
        while waiting:
            value = waiting.popleft()
            if id(value) not in self._seen:
                self._seen[id(value)] = value
                waiting.extend(self._remember(value))
        self._undo += [_random_torch(), _random_numpy(), _random_python()]

    def restore(self):
        """Put everything back. If an error or Ctrl-C interrupts the work, the rest is still put back."""
        with ExitStack() as stack:
            for undo in self._undo:
                stack.callback(undo)

    @property
    def tensors(self):
        """All tensors of the model."""
        return [value for value in self._seen.values() if isinstance(value, torch.Tensor)]

    def _remember(self, value):
        """Remember one object, and return the objects inside it."""
        if isinstance(value, nn.Module):
            self._undo.append(_flag(value))
            return [vars(value), *value.parameters(recurse=False), *value.buffers(recurse=False)]
        if isinstance(value, torch.Tensor):
            self._undo.append(self._tensor(value))
            return [value.grad] if value.is_leaf and value.grad is not None else []
        if isinstance(value, dict):
            self._undo.append(_mapping(value))
            return value.values()
        if isinstance(value, list | deque | set):
            self._undo.append(_collection(value))
            return value
        if isinstance(value, torch.Generator):
            self._undo.append(_generator(value))
        return value if isinstance(value, tuple) else []

    def _tensor(self, tensor):
        if type(tensor) not in _PLAIN or tensor.layout != torch.strided or tensor.is_meta:
            return lambda: None
        leaf, needed, data = tensor.is_leaf, tensor.requires_grad, tensor.data
        gradient = tensor.grad if leaf else None
        size = data.numel() * data.element_size()
        copy = data.clone() if size <= self._room else None
        self._room -= 0 if copy is None else size

        def undo():
            if not _one_place(tensor, data):
                tensor.data = data
            if copy is not None and not _same_bits(data, copy):
                with torch.inference_mode(data.is_inference()):
                    data.copy_(copy)
            if leaf and tensor.requires_grad != needed:
                tensor.requires_grad_(needed)
            if leaf and tensor.grad is not gradient:
                tensor.grad = gradient

        return undo


def _flag(module):
    """Return a function that restores a module's training mode.

    A scripted module does not have the mode among its Python attributes.
    """
    mode = getattr(module, "training", None)

    def undo():
        if getattr(module, "training", None) != mode:
            module.training = mode

    return undo


def _mapping(value):
    items = list(value.items())

    def undo():
        now = list(value.items())
        if len(now) != len(items) or any(
            a is not c or b is not d for (a, b), (c, d) in zip(now, items, strict=True)
        ):
            value.clear()
            value.update(items)

    return undo


def _collection(value):
    parts = list(value)

    def undo():
        now = list(value)
        if len(now) != len(parts) or any(a is not b for a, b in zip(now, parts, strict=True)):
            value.clear()
            (value.update if isinstance(value, set) else value.extend)(parts)

    return undo


def _generator(generator):
    state = generator.get_state()

    def undo():
        if not torch.equal(generator.get_state(), state):
            generator.set_state(state)

    return undo


def _random_torch():
    state = torch.get_rng_state()
    devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []

    def undo():
        if not torch.equal(torch.get_rng_state(), state):
            torch.set_rng_state(state)
        for number, before in enumerate(devices):
            if not torch.equal(torch.cuda.get_rng_state(number), before):
                torch.cuda.set_rng_state(before, number)

    return undo


def _random_numpy():
    state = np.random.get_state()  # noqa: NPY002 - a model's forward may use it

    def undo():
        now = np.random.get_state()  # noqa: NPY002
        if not all(np.array_equal(a, b) for a, b in zip(now, state, strict=True)):
            np.random.set_state(state)  # noqa: NPY002

    return undo


def _random_python():
    state = random.getstate()

    def undo():
        if random.getstate() != state:
            random.setstate(state)

    return undo


def _one_place(tensor, data):
    """Return whether a tensor still uses the same memory as before."""
    now = tensor.data
    return (now.data_ptr(), now.device, now.dtype, now.shape, now.stride()) == (
        data.data_ptr(), data.device, data.dtype, data.shape, data.stride(),
    )  # fmt: skip


def _same_bits(one, other):
    """Return whether two tensors of the same type and shape are equal, including NaN and the sign of zero."""
    one, other = one.reshape(-1), other.reshape(-1)
    return torch.equal(one.view(torch.uint8), other.view(torch.uint8))
