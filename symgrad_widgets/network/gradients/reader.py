"""Run a model on chunks of points, with hooks on the layer to read and on the layer that is the input."""

import contextlib
import threading
from itertools import chain

import numpy as np
import torch
from torch import nn

from ...errors import ModelError, NoGradientError, SymgradError, UnknownNameError, nearest
from .along import split
from .inputs import to_numpy
from .neurons import neuron_values
from .outputs import bare, copied, described, transformed
from .wanted import instead_of, wanted

__all__ = [
    "Reader",
    "check_module",
    "forward",
    "home",
    "hooked",
    "layer_of",
    "not_compiled",
    "placed",
    "scripted",
]

_MOST_ROWS = 4096
_BYTES = 2**28  # at most this many bytes of intermediate results in memory for one backward pass
_ORIGINAL = "_orig_mod"  # torch's name for the module that it compiled
_PROBED = 4  # we first try a model on this many points


class Reader:
    """Computes values and gradients of neurons, with respect to the inputs or to another layer's output."""

    def __init__(self, model, layer, neurons, wrt, arguments, of="value"):
        self.model, self.neurons, self.of = not_compiled(model), neurons, of
        self.layers = {name: module for name, module in self.model.named_modules() if name}
        self.layer, (self.wrt, self.coordinates) = layer, split(wrt)
        self.read, self.varied = layer_of(model, layer), layer_of(model, self.wrt)
        self.arguments = arguments
        self.device, self.dtype = home(model)
        self.where = "the model's output" if layer is None else f"the output of layer {layer!r}"

    def _prepared(self, x):
        """Convert points for the model; integers stay integers if an inner layer counts as the input."""
        return placed(x, self.model, whole=self.wrt is not None)

    def inputs(self, x):
        """Return the tensor (N, ...) to differentiate with respect to: the points or the output of `wrt`."""
        if self.wrt is None:
            self._refuse_tokens(x)
            return self._prepared(x)
        parts = [self._varied_output(x[rows], rows).detach() for rows in _chunks(len(x), 64)]
        outputs = torch.cat(parts)
        return outputs if self.coordinates is None else self.coordinates.hold(outputs)

    def _put(self, leaf, rows):
        """Make the output of `wrt` at the points `rows` from `leaf`, the tensor of the inputs."""
        return leaf.clone() if self.coordinates is None else self.coordinates.put(leaf, rows)

    def _refuse_tokens(self, x):
        tables = [name for name, m in self.layers.items() if isinstance(m, nn.Embedding | nn.EmbeddingBag)]
        if tables and not x.dtype.is_floating_point:
            raise ModelError(
                f"the points are whole numbers ({x.dtype}) that the model looks up in {tables[0]!r}: "
                "there is no gradient with respect to them; for the gradient with respect to this layer's "
                f"output, pass wrt={tables[0]!r}"
            )

    def _varied_output(self, x, rows):
        seen = []
        with hooked(self.varied, _keeper_of(self.wrt, seen)):
            self._forward(self._prepared(x), rows)
        what = f"the layer {self.wrt!r} given as wrt"
        if len(seen) != 1:
            raise ModelError(f"{what} is called {len(seen)} times in one forward pass, not once")
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
        """Try the model on a few points, and return how many points fit into memory at once."""
        rows = slice(0, _PROBED)
        leaf, values = self._evaluate(x[rows], inputs[rows], rows)
        kept = _kept_bytes(values, self.model)
        gradient = self._gradient(values[0, 0], leaf, values[:, 0], retain=False)
        if torch.nan_to_num(gradient[1:]).any():
            raise ModelError(
                "the neuron's value at one point depends on the other points of the batch, so it has no "
                "gradient of its own; is the first axis the points (batch_first=True)? Does a layer "
                "normalise over the batch (BatchNorm with track_running_stats=False)?"
            )
        return int(np.clip(_BYTES * len(leaf) // max(kept, 1), 1, _MOST_ROWS))

    def differentiate(self, x, inputs, rows):
        """Return values (N, k) and gradients (N, k, ...), float64; compute `rows` points at a time."""
        parts = [self._chunk(x[part], inputs[part], part) for part in _chunks(len(x), rows)]
        return tuple(map(np.concatenate, zip(*parts, strict=True)))

    def _chunk(self, x, inputs, rows):
        leaf, values = self._evaluate(x, inputs, rows)
        last = values.shape[1] - 1
        gradients = [
            self._gradient(column.sum(), leaf, column, i < last) for i, column in enumerate(values.T)
        ]
        return to_numpy(values), np.stack([to_numpy(gradient) for gradient in gradients], 1)

    def _evaluate(self, x, inputs, rows):
        """Return a leaf tensor with the inputs, and the values (rows, k) that depend on it.

        We copy the model's inputs and outputs, because an activation can overwrite its argument in place.
        """
        leaf = inputs.detach().clone().requires_grad_()
        seen = []
        with contextlib.ExitStack() as hooks:
            if self.varied is not None:
                hooks.enter_context(hooked(self.varied, lambda *_: self._put(leaf, rows)))
            if self.read is not None:
                hooks.enter_context(hooked(self.read, _keeper_of(self.layer, seen)))
            output = self._forward(leaf.clone() if self.varied is None else self._prepared(x), rows)
        if self.read is not None and not seen:
            raise ModelError(f"the model's forward does not call the layer {self.layer!r}{self._remade()}")
        output = output if self.read is None else seen[-1]
        names = list(self.layers)
        about = len(leaf), self.where, names, self.of
        values = torch.stack([neuron_values(output, neuron, *about) for neuron in self.neurons], 1)
        if values.is_complex():
            raise ModelError(
                f"{self.where} is complex: take a real number from it, neuron=lambda out: out[:, 0].real"
            )
        if not values.requires_grad:
            raise self._detached()
        return leaf, values

    def _detached(self):
        quantised = next((n for n, m in self.layers.items() if "quantized" in type(m).__module__), None)
        if quantised is not None:
            return ModelError(
                f"{self.where} has no gradient: the layer {quantised!r} is quantised; use the model "
                "as it was before"
            )
        return ModelError(
            f"{self.where} is detached from its input: no gradient flows back through it "
            "(is there a no_grad, .detach(), .numpy(), argmax or rounding on the way? Does the model take a "
            "derivative itself, without create_graph? If there is a gradient only in train mode, pass "
            "training=True. If there is a checkpoint inside, set use_reentrant=False)"
        )

    def _remade(self):
        """Return the end of a message if the model was traced or exported, and calls no layers; or ""."""
        remade = isinstance(self.model, torch.jit.ScriptModule | torch.fx.GraphModule)
        return ", since it was traced or exported: pass the module that it was made from" if remade else ""

    def _forward(self, x, rows):
        positional, named = self.arguments.at(rows, self.device, self.dtype)
        return forward(self.model, x, *positional, **named)

    def _gradient(self, value, leaf, column, retain):
        """Return the derivative of `column`, a neuron's values at all points, with respect to the leaf."""
        try:
            gradient = _derivative(value, leaf, retain)
        except Exception as error:  # a stranger's backward may raise anything
            raise ModelError(
                f"the derivative of {self.where} cannot be taken: {type(error).__name__}: {error}; "
                f"{_way_out(error)}"
            ) from error
        if gradient is None and self.wrt is None and torch.unique(column.detach()).numel() > 1:
            raise self._detached()  # the value varies, so it depends on the input
        if gradient is None:
            origin = "the input" if self.wrt is None else f"the layer {self.wrt!r} given as wrt"
            raise NoGradientError(f"{self.where} does not depend on {origin}; choose another neuron or layer")
        return gradient


def check_module(model):
    """Raise ModelError unless the model is a module."""
    if not isinstance(model, nn.Module):
        raise ModelError(f"model must be a torch.nn.Module, got {type(model).__name__}{instead_of(model)}")


def not_compiled(model):
    """Return the module that was given to `torch.compile`, because compiled code calls no hooks."""
    return dict(model.named_children()).get(_ORIGINAL, model)  # a wrapper may have the same names


def layer_of(model, name):
    """Return the layer with this name in `model.named_modules()`, or None if the name is None.

    You can leave out the prefix that `torch.compile` adds to a name.
    """
    if name is None:
        return None
    model = not_compiled(model)
    layers = {other: module for other, module in model.named_modules() if other}
    plain = plain_name(name, layers)
    if plain not in layers:
        raise UnknownNameError(f"the model has no layer {name!r}; {nearest(name, layers)}")
    return layers[plain]


def plain_name(name, layers):
    """Return a layer's name as in `layers`, without the prefix of a compiled model if necessary."""
    return name if name in layers else name.removeprefix(f"{_ORIGINAL}.")


def placed(x, model, *, whole=False):
    """Move points to the model's device and floating type; without such a type, points keep their own.

    With `whole`, integers stay integers.
    """
    device, dtype = home(model)
    if whole and not x.is_floating_point():
        return x.to(device)
    return x.to(device, dtype or (x.dtype if x.is_floating_point() else torch.float64))


def home(model):
    """Return the device and floating type of a model's parameters and buffers; the type can be None."""
    state = list(chain(model.parameters(), model.buffers()))
    device = state[0].device if state else torch.device("cpu")
    return device, next((t.dtype for t in state if t.is_floating_point()), None)


def forward(model, x, *arguments, **named):
    """Run a model; any error in its forward pass becomes a ModelError."""
    try:
        return model(x, *arguments, **named)
    except SymgradError:
        raise
    except Exception as error:  # a stranger's forward may raise anything
        fixed = isinstance(model, torch.fx.GraphModule) and isinstance(error, AssertionError)
        dynamic = "; was it exported for one number of points? Pass dynamic_shapes to torch.export.export"
        takes = wanted(model, x)
        raise ModelError(
            f"the model's forward failed on points of shape {tuple(x.shape)} and type {x.dtype}: "
            f"{type(error).__name__}: {error}"
            f"{dynamic if fixed else f'; its first layer takes {takes}' if takes else ''}"
        ) from error


def _keeper_of(name, seen):
    """Return a hook that appends a layer's output to `seen`."""

    def keep(_module, _arguments, output):
        if transformed(output):
            raise ModelError(
                f"the model calls the layer {name!r} inside a transform of torch.func (grad, vmap, jacrev "
                "...), where it gives no value for each point: read a layer that is called outside, or the "
                "model's output"
            )
        seen.append(copied(output))

    return keep


def scripted(module):
    """Return the error for a scripted layer."""
    return ModelError(
        f"a scripted module ({getattr(module, 'original_name', type(module).__name__)}) hides "
        "its layers: pass the module that it was made from, or read the output, layer=None"
    )


@contextlib.contextmanager
def hooked(layer, hook):
    """Inside this context, call `hook(module, arguments, output)` after each forward pass of the layer.

    This applies only to the current thread. If someone runs the model in another thread, the hook is not
    called.
    """
    own = threading.get_ident()

    def here(*called):
        return hook(*called) if threading.get_ident() == own else None

    try:
        handle = layer.register_forward_hook(here)
    except RuntimeError:
        raise scripted(layer) from None
    try:
        yield
    finally:
        handle.remove()


def _derivative(value, leaf, retain):
    try:
        return torch.autograd.grad(value, leaf, retain_graph=retain, allow_unused=True)[0]
    except RuntimeError as error:
        if "use_reentrant" not in str(error):
            raise
    value.backward(retain_graph=retain)  # the only way through such a checkpoint
    return leaf.grad


def _way_out(error):
    if "second time" in str(error):
        return (
            "the model differentiates inside its forward and uses up its graph: make it keep the graph with "
            "create_graph=True; if it does so only in train mode, use gradient_field(..., training=True)"
        )
    return "an operation of the model has no derivative, or changes in place what its derivative needs"


def _kept_bytes(values, model):
    """Return how many bytes the graph of some values keeps for the backward pass, without parameters.

    We inspect the graph itself, because hooks on saved tensors would disturb a model that differentiates
    inside its forward pass.
    """
    kept = {}
    for parameter in model.parameters():
        with contextlib.suppress(RuntimeError):  # a part may be in another process
            kept[parameter.untyped_storage().data_ptr()] = 0
    seen, waiting = set(), [values.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [before for before, _ in node.next_functions]
            for tensor in _saved_by(node):
                with contextlib.suppress(RuntimeError):  # zeros of forward mode have no memory
                    storage = tensor.untyped_storage()
                    kept.setdefault(storage.data_ptr(), storage.nbytes())
    return sum(kept.values())


def _saved_by(node):
    """Yield the tensors that a node of a graph has saved."""
    names = ["saved_tensors", *(name for name in dir(node) if name.startswith("_saved_"))]
    for name in names:
        try:
            value = getattr(node, name, ())
        except RuntimeError:  # already freed, or not a plain tensor
            continue
        for one in value if isinstance(value, tuple | list) else (value,):
            if type(one) in (torch.Tensor, nn.Parameter) and one.layout == torch.strided:
                yield bare(one)


def _chunks(count, rows):
    return [slice(start, start + rows) for start in range(0, count, rows)]
