"""Input gradients of any unit of any torch module, as a GradientField of NumPy arrays."""

import contextlib
import warnings
from collections.abc import Mapping
from itertools import chain, product

import numpy as np
import torch
from torch import nn

from .errors import DataError, ModelError, NoGradientError, UnknownNameError, nearest
from .field import GradientField

__all__ = ["gradient_field"]

_MOST_ROWS = 4096
_BYTES = 2**28  # of intermediate results kept for one backward pass
_JITTER = 0.05  # standard deviations of each input
_PROBED = 4  # points on which a model is tried out before the rest
_CHANGEABLE = (nn.modules.dropout._DropoutNd, nn.modules.batchnorm._NormBase)  # noqa: SLF001 - no public base


def gradient_field(
    model,
    x,
    layer=None,
    neuron=0,
    wrt=None,
    forward_args=(),
    smooth=0,
    names=None,
    tangent="auto",
    seed=0,
):
    """Gradient of a neuron with respect to the model's inputs, at each of the points.

    >>> field = sg.gradient_field(model, x)                                # the first output
    >>> field = sg.gradient_field(model, x, "encoder.linear2", 17)         # unit 17 of a hidden layer
    >>> field = sg.gradient_field(model, images, "conv2", (8, 3, 3))       # channel 8 at row 3, column 3
    >>> field = sg.gradient_field(model, x, neuron=lambda y: y[:, 1] - y[:, 0])       # a logit difference
    >>> field = sg.gradient_field(model, tokens, "head", (-1, 3), wrt="embedding")    # a token model
    >>> field = sg.gradient_field(model, x, neuron=[0, 1, 2])              # the span of three neurons

    Parameters
    ----------
    model : torch.nn.Module
        On any device, of any precision; gradients are computed in the model's own. Its parameters, their
        `.grad`, its training flags and hooks are as before afterwards.
    x : array or tensor (N, ...)
        One point a row. More axes than one per point are flattened, and the inputs named x_0_1 by index.
    layer : str or None
        A name from `model.named_modules()`; None is the model's output. Of a layer that is called more
        than once, the last call counts.
    neuron : int, tuple of int, callable, or a list of these
        The unit within the layer's output (N, ...): a number, an index for each axis, or a function of the
        whole output that returns one number per point, (N,). A list asks for several neurons at once.
    wrt : str or None
        Layer whose output counts as the input; the points of the field are then that output, flattened.
    forward_args : tuple or mapping
        Further arguments of the model's forward; arrays and tensors with N rows are cut up with the points.
    smooth : int
        Average the gradient over so many copies of each point, jittered by a normal of 0.05 standard
        deviations of each input. For ReLU networks (64 is plenty); smooth networks lose by it.
    names, tangent
        See `GradientField`.
    seed : int
        Of the jitter.

    Returns
    -------
    GradientField
        points (N, n), gradients (N, n) - or (N, k, n) for a list of k - and the neurons' values, float64.

    Raises
    ------
    UnknownNameError, ModelError, DataError, NoGradientError
        naming what cannot be read, and what to give instead.

    """
    if not isinstance(model, nn.Module):
        raise ModelError(f"model must be a torch.nn.Module, got {type(model).__name__}: {model!r}")
    if isinstance(smooth, bool) or not isinstance(smooth, int | np.integer) or smooth < 0:
        raise DataError(f"smooth must be a whole number of jittered copies, 0 for none, got {smooth!r}")
    units = neuron if isinstance(neuron, list) else [neuron]
    x = _points(x)
    with _undisturbed(model), torch.enable_grad():
        reader = _Reader(model, layer, units, wrt, _Arguments(forward_args, len(x)))
        inputs = reader.inputs(x)
        rows = reader.probe(x, inputs)
        values, gradients = reader.differentiate(x, inputs, rows)
        if smooth:
            gradients = _averaged(reader, x, inputs, rows, smooth, seed)
    shape = inputs.shape[1:]
    points = _numpy(inputs) if wrt else np.asarray(x, dtype=np.float64)
    gradients = gradients.reshape(len(x), len(units), -1)
    if not isinstance(neuron, list):
        values, gradients = values[:, 0], gradients[:, 0]
    names = _axis_names(shape) if names is None else names
    return GradientField(points.reshape(len(x), -1), gradients, names, values, tangent)


def _averaged(reader, x, inputs, rows, copies, seed):
    """Mean gradient over jittered copies; all copies of a chunk differ, and do not depend on the chunks."""
    random = np.random.default_rng(seed)
    sigma = _JITTER * _numpy(inputs).std(0)
    total = 0.0
    for _ in range(copies):
        noise = torch.from_numpy(sigma * random.standard_normal(inputs.shape)).to(inputs)
        total = total + reader.differentiate(x, inputs + noise, rows)[1]
    return total / copies


class _Arguments:
    """Further arguments of the forward pass, of which those with a row for each point are cut up."""

    def __init__(self, arguments, count):
        named = isinstance(arguments, Mapping)
        self.args = () if named else tuple(arguments)
        self.kwargs = dict(arguments) if named else {}
        self.count = count

    def at(self, rows, device):
        """Positional and named arguments for a slice of the points."""

        def cut(value):
            if isinstance(value, np.ndarray):
                value = torch.from_numpy(value)
            if not isinstance(value, torch.Tensor):
                return value
            value = value.to(device)
            return value[rows] if value.ndim and len(value) == self.count else value

        return [cut(value) for value in self.args], {name: cut(value) for name, value in self.kwargs.items()}


class _Reader:
    """Runs a model on chunks of points with hooks on the layer that is read and the one that is varied."""

    def __init__(self, model, layer, units, wrt, arguments):
        self.model, self.units, self.arguments = model, units, arguments
        self.layers = dict(model.named_modules())
        self.layer, self.wrt = layer, wrt
        self.read, self.varied = self._find(layer), self._find(wrt)
        floats = [t for t in chain(model.parameters(), model.buffers()) if t.is_floating_point()]
        self.dtype = floats[0].dtype if floats else torch.float64
        self.device = next(chain(model.parameters(), model.buffers()), torch.empty(0)).device

    def _find(self, name):
        if name is None:
            return None
        if name not in self.layers or name == "":
            raise UnknownNameError(
                f"the model has no layer {name!r}; {nearest(name, filter(None, self.layers))}"
            )
        return self.layers[name]

    def tensor(self, x):
        """Points as the model takes them: whole numbers only where an inner layer counts as the input."""
        if self.wrt is not None and not x.dtype.is_floating_point:
            return x.to(self.device)
        return x.to(self.device, self.dtype)

    def inputs(self, x):
        """What the gradients are with respect to, a tensor (N, ...): the points, or the output of `wrt`."""
        if self.wrt is None:
            self._refuse_tokens(x)
            return self.tensor(x)
        parts = []
        for rows in _chunks(len(x), 64):
            seen = []
            with _hooked(self.varied, lambda *_, seen=seen: seen.append(_[-1])), torch.no_grad():
                self._forward(self.tensor(x[rows]), rows)
            parts.append(self._varied_output(seen, len(x[rows])))
        return torch.cat(parts)

    def _refuse_tokens(self, x):
        tables = [name for name, m in self.layers.items() if isinstance(m, nn.Embedding | nn.EmbeddingBag)]
        if tables and not x.dtype.is_floating_point:
            raise ModelError(
                f"the points are whole numbers ({x.dtype}) that the model looks up in {tables[0]!r}: "
                f"there is no gradient with respect to them; give wrt={tables[0]!r} for the one with respect to "
                "its output"
            )

    def _varied_output(self, seen, count):
        if not seen:
            raise ModelError(f"the model's forward does not call the layer {self.wrt!r} given as wrt")
        if len(seen) > 1:
            raise ModelError(
                f"the layer {self.wrt!r} given as wrt is called {len(seen)} times in one forward"
            )
        output = seen[0]
        if not isinstance(output, torch.Tensor) or not output.dtype.is_floating_point:
            raise ModelError(
                f"the layer {self.wrt!r} given as wrt returns {_described(output)}, not real numbers"
            )
        if output.ndim < 2 or len(output) != count:
            raise ModelError(
                f"the layer {self.wrt!r} given as wrt returns shape {tuple(output.shape)} for {count} "
                "points: its first axis must be the points (batch_first=True)"
            )
        return output

    def probe(self, x, inputs):
        """Try the model out on a few points; returns how many fit into memory at once."""
        rows = slice(0, min(_PROBED, len(x)))
        kept, own = [], {p.untyped_storage().data_ptr() for p in self.model.parameters()}

        def pack(tensor):
            if tensor.untyped_storage().data_ptr() not in own:
                kept.append(tensor.numel() * tensor.element_size())
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            leaf, values = self._evaluate(x[rows], inputs[rows], rows)
            gradient = self._gradient(values[:1, 0].sum(), leaf, retain=False)
        if gradient[1:].any():
            raise ModelError(
                "the neuron's value at one point depends on the other points of the batch, so it has no "
                "gradient of its own; is the first axis the points (batch_first=True)? Does a layer "
                "normalise over the batch (BatchNorm with track_running_stats=False)?"
            )
        return int(np.clip(_BYTES * len(leaf) // max(sum(kept), 1), 1, _MOST_ROWS))

    def differentiate(self, x, inputs, rows):
        """Values (N, k) and gradients (N, k, ...) as float64 arrays, `rows` points at a time."""
        parts = [self._chunk(x[part], inputs[part], part) for part in _chunks(len(x), rows)]
        return tuple(map(np.concatenate, zip(*parts, strict=True)))

    def _chunk(self, x, inputs, rows):
        leaf, values = self._evaluate(x, inputs, rows)
        last = values.shape[1] - 1
        gradients = [self._gradient(column.sum(), leaf, i < last) for i, column in enumerate(values.T)]
        return _numpy(values), np.stack([_numpy(gradient) for gradient in gradients], 1)

    def _evaluate(self, x, inputs, rows):
        """Leaf tensor of the inputs and values (rows, k) that hang on it."""
        leaf = inputs.detach().clone().requires_grad_()
        seen = []
        hooks = contextlib.ExitStack()
        with hooks:
            if self.read is not None:  # cloned, because an activation may overwrite it in place
                hooks.enter_context(_hooked(self.read, lambda *_: seen.append(_cloned(_[-1]))))
            if self.varied is None:
                output = self._forward(leaf.clone(), rows)
            else:
                hooks.enter_context(_hooked(self.varied, lambda *_: leaf.clone()))
                output = self._forward(self.tensor(x), rows)
        if self.read is not None:
            if not seen:
                raise ModelError(f"the model's forward does not call the layer {self.layer!r}")
            output = seen[-1]
        values = torch.stack([self._value(output, unit, len(leaf)) for unit in self.units], 1)
        if not values.requires_grad:
            raise ModelError(
                f"{self._where} is detached from its input: no gradient flows back "
                "(no_grad, .detach(), .numpy(), argmax or rounding on the way?)"
            )
        return leaf, values

    def _forward(self, x, rows):
        args, kwargs = self.arguments.at(rows, self.device)
        try:
            return self.model(x, *args, **kwargs)
        except (RuntimeError, TypeError, ValueError, IndexError, AttributeError, AssertionError) as error:
            raise ModelError(
                f"the model's forward failed on points of shape {tuple(x.shape)} and type {x.dtype}: "
                f"{type(error).__name__}: {error}"
            ) from error

    def _gradient(self, value, leaf, retain):
        (gradient,) = torch.autograd.grad(value, leaf, retain_graph=retain, allow_unused=True)
        if gradient is None:
            origin = "the input" if self.wrt is None else f"the layer {self.wrt!r} given as wrt"
            raise NoGradientError(f"{self._where} does not depend on {origin}; choose another unit")
        return gradient

    @property
    def _where(self):
        return "the model's output" if self.layer is None else f"the output of layer {self.layer!r}"

    def _value(self, output, unit, count):
        if callable(unit):
            return self._called(unit(output), unit, count)
        if not isinstance(output, torch.Tensor):
            raise ModelError(
                f"{self._where} is {_described(output)}: say what to take, with layer=... "
                f"({nearest('', filter(None, self.layers))}) or a function such as "
                "neuron=lambda out: out[0][:, 0]"
            )
        if output.ndim == 0 or len(output) != count:
            raise ModelError(
                f"{self._where} has shape {tuple(output.shape)} for {count} points: the "
                "first axis must be the points"
            )
        return (
            output[(slice(None), *self._index(output, unit))] if output.ndim > 1 else self._only(output, unit)
        )

    def _only(self, output, unit):
        if unit not in (0, -1, ()):
            raise ModelError(f"{self._where} is one number per point: there is no neuron {unit!r}, only 0")
        return output

    def _index(self, output, unit):
        shape = tuple(output.shape[1:])
        index = unit if isinstance(unit, tuple) else (unit,)
        if any(isinstance(i, bool) or not isinstance(i, int | np.integer) for i in index):
            raise ModelError(
                f"neuron must be an int, a tuple of int or a callable, or a list of these, got {unit!r}"
            )
        if len(index) != len(shape):
            raise ModelError(
                f"{self._where} has units of shape {shape}: neuron must be an index for each axis, such as "
                f"{tuple(size // 2 for size in shape)}, or a function of the output; got {unit!r}"
            )
        for i, size in zip(index, shape, strict=True):
            if not -size <= i < size:
                raise ModelError(
                    f"neuron {unit!r} is out of range: {self._where} has units of shape {shape}, "
                    f"0 to {size - 1}"
                )
        return index

    def _called(self, value, unit, count):
        if not isinstance(value, torch.Tensor) or tuple(value.shape) not in ((count,), (count, 1)):
            name = getattr(unit, "__name__", type(unit).__name__)
            raise ModelError(
                f"the function {name} given as neuron returned {_described(value)} for {count} points: "
                f"it must return one number per point, shape ({count},)"
            )
        return value.reshape(count)


def _points(x):
    """Points as a CPU or device tensor (N, ...), checked."""
    if not isinstance(x, torch.Tensor):
        x = _from_array(x)
    if x.is_complex() or x.dtype == torch.bool:
        raise DataError(f"points must be real numbers, got {x.dtype}")
    if x.ndim < 1 or not len(x):
        raise DataError(f"points must have shape (N, ...) with N > 0, got {tuple(x.shape)}")
    bad = torch.nonzero(~torch.isfinite(x.detach().reshape(len(x), -1)).all(1)).flatten().tolist()
    if bad:
        raise DataError(
            f"{len(bad)} of {len(x)} points hold NaN or infinity, the first in row {bad[0]}; drop them with "
            "x = x[np.isfinite(x).all(axis=1)]"
        )
    return x.detach()


def _from_array(x):
    try:
        array = np.asarray(x)
        if array.dtype == object:
            array = array.astype(np.float64)
        return torch.from_numpy(np.ascontiguousarray(array))
    except (TypeError, ValueError) as error:
        raise DataError(f"points must be an array of numbers, got {type(x).__name__}: {error}") from None


@contextlib.contextmanager
def _undisturbed(model):
    """Eval mode, with a warning where that matters; each module's own flag is put back afterwards."""
    flags = {module: module.training for module in model.modules()}
    changed = sorted({type(m).__name__ for m, flag in flags.items() if flag and _behaves_differently(m)})
    if changed:
        warnings.warn(
            f"the model is in train mode and holds {', '.join(changed)}: its gradients are evaluated in eval "
            "mode, call model.eval() to say so yourself",
            stacklevel=4,
        )
    try:
        model.eval()
        yield
    finally:
        for module, flag in flags.items():
            module.training = flag


def _behaves_differently(module):
    dropout = getattr(module, "dropout", 0.0)  # attention and recurrent layers hold a rate
    return isinstance(module, _CHANGEABLE) or (isinstance(dropout, float) and dropout > 0)


@contextlib.contextmanager
def _hooked(layer, hook):
    handle = layer.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


def _cloned(output):
    return output.clone() if isinstance(output, torch.Tensor) else output


def _described(output):
    if isinstance(output, torch.Tensor):
        return f"a tensor of shape {tuple(output.shape)} and type {output.dtype}"
    if isinstance(output, Mapping):
        return f"a {type(output).__name__} of {', '.join(map(repr, output))}"
    if isinstance(output, tuple | list):
        return f"a {type(output).__name__} of {len(output)}"
    return f"an object of type {type(output).__name__}"


def _chunks(count, rows):
    return [slice(start, start + rows) for start in range(0, count, rows)]


def _numpy(tensor):
    return tensor.detach().to("cpu", torch.float64).numpy()


def _axis_names(shape):
    """Names x_0_1 by index for points of several axes; None, the field's own x1 ..., for vectors."""
    if len(shape) == 1:
        return None
    return tuple("_".join(["x", *map(str, index)]) for index in product(*map(range, shape)))
