"""Compute the values of all neurons of all layers at once, and their derivatives along a few directions."""

import contextlib
import warnings
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.autograd import forward_ad

from ...errors import ModelError, UnknownNameError, nearest
from .inputs import Arguments, checked_points, to_numpy
from .layers import bends, layers_of, tensor_of
from .modes import undisturbed
from .outputs import copied, described, transformed
from .reader import Reader, check_module, hooked, plain_name, scripted

__all__ = ["Survey"]

_ROWS = 64
_SAME = 1e-3  # largest relative difference between two ways to compute a derivative


class Survey(Reader):
    """Runs a model with a hook on each of its layers.

    Parameters
    ----------
    model, wrt, forward_args, training
        As in `gradient_field`.
    x : array or tensor (N, ...) of points
    layers : names of the layers to read; None: all layers that compute something

    Attributes
    ----------
    shown : tuple of Layer
        The layers, in the order in which they are first called.

    """

    def __init__(self, model, x, layers=None, wrt=None, forward_args=(), training=False):
        check_module(model)
        self.x, kept = checked_points(x)
        super().__init__(model, None, (), wrt, Arguments(forward_args, kept))
        self._training = training
        with undisturbed(model, training=training):
            self._inputs = self.inputs(self.x)
            self.shown = self._layers(layers, *self._calls(slice(0, _ROWS)))

    @property
    def input_shape(self):
        """Shape of one point."""
        return tuple(self._inputs.shape[1:])

    @property
    def points(self):
        """Points with respect to which we differentiate, flattened: float64 array (N, n)."""
        return to_numpy(self._inputs).reshape(len(self._inputs), -1)

    def values(self, rows):
        """Return the values of all neurons at the points numbered `rows`, float32 (len(rows), neurons)."""
        with self._alone():
            return self._in_chunks(rows, self._run, lambda values: values)

    def maps(self, row):
        """Return all channel maps at one point, by layer name: float32 arrays (neurons, height, width)."""
        with self._alone():
            outputs = self._run(slice(row, row + 1))
            images = [layer for layer in self.shown if len(layer.shape) == 3]
            channels = [tensor_of(outputs[layer.name])[0].movedim(layer.axis, 0) for layer in images]
        arrays = [one.detach().float().cpu().numpy() for one in channels]
        return {layer.name: array for layer, array in zip(images, arrays, strict=True)}

    def _alone(self):
        return undisturbed(self.model, training=self._training, warn=False)

    def derivatives(self, directions, rows):
        """Return the derivatives of all neurons along directions (n, m), float32 (neurons, len(rows), m).

        Each direction needs one pass in forward mode, however many neurons there are. If an operation of the
        model has no derivative in forward mode, each direction needs two backward passes instead.
        """
        with self._alone():
            for way in (self._forwards, self._twice_backwards):
                try:
                    columns = [way(self._direction(direction), rows).T for direction in directions.T]
                except (ModelError, RuntimeError) as error:  # a stranger's backward may raise anything
                    failure = error
                else:
                    return np.stack(columns, 2)
        raise ModelError(
            "the gradients of all neurons at once need a derivative that an operation of this model lacks; "
            "look at single neurons: their gradient_field does not need it "
            f"({failure.__cause__ or failure})"
        ) from failure

    def _direction(self, direction):
        return torch.as_tensor(direction).to(self._inputs).reshape(self._inputs.shape[1:])

    def _twice_backwards(self, direction, rows):
        """Compute derivatives along a direction by two backward passes for each chunk of points."""
        leaves = []

        def run(part):
            leaves.append(self._inputs[part].clone().requires_grad_())
            return self._run(part, leaves[-1])

        return self._in_chunks(rows, run, lambda values: _derivative(values, leaves[-1], direction))

    def _forwards(self, direction, rows):

        def push(part):
            inputs = self._inputs[part]
            return self._run(part, forward_ad.make_dual(inputs, direction.expand_as(inputs).contiguous()))

        with forward_ad.dual_level():
            return self._in_chunks(rows, push, _tangent)

    def _in_chunks(self, rows, run, read):
        parts = []
        for part in np.split(rows, range(_ROWS, len(rows), _ROWS)):
            outputs = run(part)
            columns = [read(layer.values(outputs[layer.name])) for layer in self.shown]
            parts.append(torch.cat([c.detach().float().cpu() for c in columns], 1).numpy())
        return np.concatenate(parts)

    def _run(self, rows, leaf=None):
        """Return the outputs by layer name, in the order of the calls; None stands for the model's output."""
        return _outputs(*self._calls(rows, leaf))

    def _calls(self, rows, leaf=None):
        """Return the last call of each layer, by layer name, in order; and the model's output."""
        seen = {}
        leaf = (self._inputs[rows] if leaf is None else leaf).clone()
        with contextlib.ExitStack() as stack, _plain_kernels():
            if self.varied is not None:
                stack.enter_context(hooked(self.varied, lambda *_: self._put(leaf, rows)))
            for name, module in self.layers.items():
                if not isinstance(module, torch.jit.ScriptModule):  # a scripted module hides its layers
                    stack.enter_context(hooked(module, _keeper(seen, name)))
            output = self._forward(leaf if self.varied is None else self._prepared(self.x[rows]), rows)
        return seen, output

    def _layers(self, names, seen, output):
        """Return the layers whose output has neurons, except those that contain other such layers."""
        outputs = _outputs(seen, output)
        count = min(_ROWS, self.arguments.count)
        usable = [name for name, output in outputs.items() if _has_neurons(output, count)]
        if names is not None:
            names = [plain_name(name, self.layers) for name in names]
            _all_known(names, usable, self.layers)
            chosen = [name for name in usable if name in names]
        else:
            inner = [name for name in usable if not any(_within(other, name) for other in usable)]
            chosen = [name for name in inner if name is None or _computes(self.layers[name])]
            if any(name in chosen for name, call in seen.items() if call.output is output):
                chosen.remove(None)  # the output already has a name
        if not chosen:
            raise ModelError(
                "the model has no neurons to look at: none of its layers returns a tensor of real numbers "
                f"with a row for each of {count} points, and its output is {described(outputs[None])}"
            )
        outputs = {name: tensor_of(outputs[name]) for name in chosen}
        with _plain_kernels():  # other kernels give other bits
            bent = [
                name
                for i, name in enumerate(chosen)
                if name is not None and self._bends(name, chosen[:i], seen, outputs)
            ]
        return tuple(layers_of(outputs, self.layers, bent))

    def _bends(self, name, earlier, seen, outputs):
        """Return whether a layer acts on each number of an earlier layer's output separately."""
        given = seen[name].argument
        before = [outputs[one] for one in earlier if one is not None and tensor_of(seen[one].output) is given]
        return any(bends(self.layers[name], one, outputs[name]) for one in before)


class _Call(NamedTuple):
    argument: object  # the first one
    output: object
    copy: object  # of the output at that time


def _outputs(seen, output):
    """Return the outputs by layer name; None stands for the model's output."""
    return {name: call.copy for name, call in seen.items()} | {None: output}


def _keeper(seen, name):
    def keep(_module, arguments, output):
        if not transformed(output):
            seen[name] = _Call(arguments[0] if arguments else None, output, copied(output))

    return keep


@contextlib.contextmanager
def _plain_kernels():
    """Switch off fused kernels, which have no forward-mode derivative."""
    math = torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "TF32 acceleration")  # torch warns about the next line
        with torch.backends.mkldnn.flags(enabled=False), math:
            yield


def _derivative(values, leaf, direction):
    """Return the derivative (rows, neurons) of the values along a direction, by two backward passes.

    The result of the first pass is linear in the weights of the values, so the second pass differentiates it
    with respect to these weights.
    """
    weights = torch.randn_like(values).requires_grad_()
    slopes = None
    if values.requires_grad:
        (slopes,) = torch.autograd.grad(values, leaf, weights, create_graph=True, allow_unused=True)
    if slopes is None:
        return torch.zeros_like(values)
    along = (slopes * direction).flatten(1).sum(1)
    (found,) = torch.autograd.grad(along.sum(), weights, retain_graph=True)
    terms = found * weights  # their sum is the first pass's result if the second pass could follow all of it
    if ((terms.sum(1) - along).abs() > _SAME * (terms.abs().sum(1) + along.abs())).any():
        raise ModelError("the backward pass of an operation cannot itself be differentiated")
    return found


def _tangent(values):
    tangent = forward_ad.unpack_dual(values).tangent
    return torch.zeros_like(values) if tangent is None else tangent


def _has_neurons(output, count):
    output = tensor_of(output)
    return (
        isinstance(output, torch.Tensor)
        and output.dtype.is_floating_point
        and output.ndim > 0
        and len(output) == count
        and output.numel() > 0
    )


def _within(name, outer):
    return name is not None and outer is not None and name.startswith(f"{outer}.")


def _computes(module):
    passes_on = isinstance(module, nn.Identity | nn.Flatten | nn.Unflatten)
    return not passes_on and "Dropout" not in type(module).__name__


def _all_known(names, usable, modules):
    for name in names:
        if isinstance(modules.get(name), torch.jit.ScriptModule):
            raise scripted(modules[name])
        if name in modules and name not in usable:
            raise ModelError(
                f"layer {name!r} has no neurons: it is not called, or does not return a tensor of real "
                "numbers with a row for each point"
            )
        if name not in usable:
            raise UnknownNameError(f"the model has no layer {name!r}; {nearest(name, filter(None, usable))}")
