"""Runs a model on chunks of points, with hooks on the layer that is read and on the one that is varied."""

import contextlib
import threading
from itertools import chain

import numpy as np
import torch
from torch import nn

from ...errors import ModelError, NoGradientError, UnknownNameError, nearest
from .inputs import to_numpy
from .neurons import unit_values
from .outputs import copied, described

__all__ = ["Reader", "forward", "hooked", "layer_of", "not_compiled", "where_it_lives"]

_MOST_ROWS = 4096
_BYTES = 2**28  # of intermediate results kept for one backward pass
_ORIGINAL = "_orig_mod"  # torch's name for what it has compiled
_PROBED = 4  # points on which a model is tried before the rest


class Reader:
    """Values and gradients of some units of one layer, with respect to the inputs or to another layer."""

    def __init__(self, model, layer, units, wrt, arguments):
        self.model, self.units = not_compiled(model), units
        self.layers = {name: module for name, module in self.model.named_modules() if name}
        self.layer, self.wrt = layer, wrt
        self.read, self.varied = layer_of(model, layer), layer_of(model, wrt)
        self.arguments = arguments
        self.device, self.dtype = where_it_lives(model)
        self.where = "the model's output" if layer is None else f"the output of layer {layer!r}"

    def _prepared(self, x):
        """Points as the model takes them: whole numbers stay so where an inner layer counts as the input."""
        floating = self.wrt is None or x.dtype.is_floating_point
        return x.to(self.device, self.dtype if floating else None)

    def inputs(self, x):
        """What the gradients are with respect to, a tensor (N, ...): the points, or the output of `wrt`."""
        if self.wrt is None:
            self._refuse_tokens(x)
            return self._prepared(x)
        with torch.no_grad():
            return torch.cat([self._varied_output(x[rows], rows) for rows in _chunks(len(x), 64)])

    def _refuse_tokens(self, x):
        tables = [name for name, m in self.layers.items() if isinstance(m, nn.Embedding | nn.EmbeddingBag)]
        if tables and not x.dtype.is_floating_point:
            raise ModelError(
                f"the points are whole numbers ({x.dtype}) that the model looks up in {tables[0]!r}: "
                "there is no gradient with respect to them; for the one with respect to its output, give "
                f"wrt={tables[0]!r}"
            )

    def _varied_output(self, x, rows):
        seen = []
        with hooked(self.varied, lambda _module, _args, out: seen.append(copied(out))):
            self._forward(self._prepared(x), rows)
        what = f"the layer {self.wrt!r} given as wrt"
        if len(seen) != 1:
            raise ModelError(f"{what} is called {len(seen)} times in one forward of the model, not once")
        output = seen[0]
        if not isinstance(output, torch.Tensor) or not output.dtype.is_floating_point:
            raise ModelError(f"{what} returns {described(output)}: it must be one tensor of real numbers")
        if output.ndim < 2 or len(output) != len(x):
            raise ModelError(
                f"{what} returns shape {tuple(output.shape)} for {len(x)} points: its first axis must be the "
                "points (batch_first=True)"
            )
        return output

    def probe(self, x, inputs):
        """Try the model on a few points; returns how many fit into memory at once."""
        rows = slice(0, _PROBED)
        with _saved_bytes(self.model) as saved:
            leaf, values = self._evaluate(x[rows], inputs[rows], rows)
            gradient = self._gradient(values[0, 0], leaf, retain=False)
        if torch.nan_to_num(gradient[1:]).any():
            raise ModelError(
                "the neuron's value at one point depends on the other points of the batch, so it has no "
                "gradient of its own; is the first axis the points (batch_first=True)? Does a layer "
                "normalise over the batch (BatchNorm with track_running_stats=False)?"
            )
        return int(np.clip(_BYTES * len(leaf) // max(sum(saved), 1), 1, _MOST_ROWS))

    def differentiate(self, x, inputs, rows):
        """Values (N, k) and gradients (N, k, ...) as float64 arrays, `rows` points at a time."""
        parts = [self._chunk(x[part], inputs[part], part) for part in _chunks(len(x), rows)]
        return tuple(map(np.concatenate, zip(*parts, strict=True)))

    def _chunk(self, x, inputs, rows):
        leaf, values = self._evaluate(x, inputs, rows)
        last = values.shape[1] - 1
        gradients = [self._gradient(column.sum(), leaf, i < last) for i, column in enumerate(values.T)]
        return to_numpy(values), np.stack([to_numpy(gradient) for gradient in gradients], 1)

    def _evaluate(self, x, inputs, rows):
        """A leaf tensor of the inputs, and the values (rows, k) that hang on it.

        Copies go into the model and out of it: an activation may overwrite its argument in place.
        """
        leaf = inputs.detach().clone().requires_grad_()
        seen = []
        with contextlib.ExitStack() as hooks:
            if self.varied is not None:
                hooks.enter_context(hooked(self.varied, lambda *_: leaf.clone()))
            if self.read is not None:
                hooks.enter_context(hooked(self.read, lambda _module, _args, out: seen.append(copied(out))))
            output = self._forward(leaf.clone() if self.varied is None else self._prepared(x), rows)
        if self.read is not None and not seen:
            raise ModelError(f"the model's forward does not call the layer {self.layer!r}")
        output = output if self.read is None else seen[-1]
        names = list(self.layers)
        values = [unit_values(output, unit, len(leaf), self.where, names) for unit in self.units]
        values = torch.stack(values, 1)
        if values.is_complex():
            raise ModelError(
                f"{self.where} is complex: take a real number of it, neuron=lambda out: out[:, 0].real"
            )
        if not values.requires_grad:
            raise ModelError(
                f"{self.where} is detached from its input: no gradient flows back through it "
                "(no_grad, .detach(), .numpy(), argmax or rounding on the way?)"
            )
        return leaf, values

    def _forward(self, x, rows):
        positional, named = self.arguments.at(rows, self.device)
        return forward(self.model, x, *positional, **named)

    def _gradient(self, value, leaf, retain):
        (gradient,) = torch.autograd.grad(value, leaf, retain_graph=retain, allow_unused=True)
        if gradient is None:
            origin = "the input" if self.wrt is None else f"the layer {self.wrt!r} given as wrt"
            raise NoGradientError(f"{self.where} does not depend on {origin}; choose another unit or layer")
        return gradient


def not_compiled(model):
    """Return the module that `torch.compile` was given; compiled code calls no hooks."""
    return getattr(model, _ORIGINAL, model)


def layer_of(model, name):
    """Layer of a name in `model.named_modules()`, None for None; in a compiled model its prefix may lack."""
    if name is None:
        return None
    model = not_compiled(model)
    layers = {other: module for other, module in model.named_modules() if other}
    plain = name if name in layers else name.removeprefix(f"{_ORIGINAL}.")
    if plain not in layers:
        raise UnknownNameError(f"the model has no layer {name!r}; {nearest(name, layers)}")
    return layers[plain]


def where_it_lives(model):
    """Device and floating type of a model: those of its first parameter or buffer."""
    state = list(chain(model.parameters(), model.buffers()))
    device = state[0].device if state else torch.device("cpu")
    return device, next((t.dtype for t in state if t.is_floating_point()), torch.float64)


def forward(model, x, *arguments, **named):
    """Output of a model; what its forward raises becomes a ModelError."""
    try:
        return model(x, *arguments, **named)
    except Exception as error:  # a stranger's forward may raise anything
        raise ModelError(
            f"the model's forward failed on points of shape {tuple(x.shape)} and type {x.dtype}: "
            f"{type(error).__name__}: {error}"
        ) from error


@contextlib.contextmanager
def hooked(layer, hook):
    """While this lasts, call `hook(module, arguments, output)` after each forward of the layer.

    Of this thread: a forward that the model's owner runs in another one meanwhile is left alone.
    """
    own = threading.get_ident()

    def here(*called):
        return hook(*called) if threading.get_ident() == own else None

    handle = layer.register_forward_hook(here)
    try:
        yield
    finally:
        handle.remove()


@contextlib.contextmanager
def _saved_bytes(model):
    """Sizes of all tensors that are kept for the backward pass, the model's own parameters apart."""
    own, saved = {p.untyped_storage().data_ptr() for p in model.parameters()}, []

    def pack(tensor):
        if tensor.untyped_storage().data_ptr() not in own:
            saved.append(tensor.numel() * tensor.element_size())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        yield saved


def _chunks(count, rows):
    return [slice(start, start + rows) for start in range(0, count, rows)]
