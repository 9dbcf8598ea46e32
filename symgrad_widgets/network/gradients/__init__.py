"""Input gradients of any neuron of any torch module, as a `GradientField` of NumPy arrays."""

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import ArrayLike
from scipy.special import expit

from ...arrays import names_of
from ...errors import DataError
from ...field import GradientField
from .inputs import Arguments, axis_names, checked_points, to_numpy
from .modes import undisturbed
from .reader import Reader, check_module

__all__ = ["gradient_field", "values_at"]

_JITTER = 0.05  # standard deviations of each input


def gradient_field(
    model: torch.nn.Module,
    x: ArrayLike,
    layer: str | None = None,
    neuron: object = 0,
    wrt: str | tuple[str, ArrayLike] | None = None,
    forward_args: object = (),
    smooth: int = 0,
    names: Iterable[str] | None = None,
    tangent: str | ArrayLike | None = "auto",
    seed: int = 0,
    training: bool = False,
    of: str = "value",
) -> GradientField:
    """Gradient of a neuron with respect to the model's inputs, at each of the points.

    >>> field = sg.gradient_field(model, x)                                # the first output
    >>> field = sg.gradient_field(model, x, "encoder.linear2", 17)         # neuron 17 of a hidden layer
    >>> field = sg.gradient_field(model, images, "conv2", (8, 3, 3))       # channel 8 at row 3, column 3
    >>> field = sg.gradient_field(model, x, neuron=lambda y: y[:, 1] - y[:, 0])       # a logit difference
    >>> field = sg.gradient_field(model, tokens, "head", (-1, 3), wrt="embedding")    # a token model
    >>> field = sg.gradient_field(model, x, neuron=[0, 1, 2])              # the span of three neurons
    >>> field = sg.gradient_field(model, x, "mlp", probe)                  # a direction, array (width,)
    >>> field = sg.gradient_field(model, x, neuron=7, wrt=("residual", features))    # of ten features
    >>> field = sg.gradient_field(classifier, x, of="probability")         # and not its logit

    Parameters
    ----------
    model : torch.nn.Module
        On any device, of any precision. Gradients are computed in the model's own precision, in eval mode.
        Afterwards the model is as it was before. Threads that read models wait for one another; do not train
        the model meanwhile.
    x : array or tensor (N, ...)
        One point in each row. If a point has several axes, they are flattened, and the inputs are named by
        index, such as x_0_1. Points that hold NaN, infinity, or masked or missing entries are dropped and
        counted.
    layer : str or None
        A name from `model.named_modules()`; None is the model's output. If a layer is called more than once,
        the last call counts.
    neuron : int, tuple of int, array, callable, or a list of these
        The neuron within the layer's output (N, ...): a number, an index for each axis, a direction (an array
        of the shape of one point's output: a probe, a feature of a sparse autoencoder), or a function of the
        whole output that returns one number for each point, (N,). A list asks for several neurons at once.
    wrt : str, (str, array), or None
        Layer whose output counts as the input. The points of the field are then this output, flattened. If
        you give r directions (r, ...) in the output, the inputs are the coordinates along them, by least
        squares, and the rest of the output keeps its value.
    forward_args : tuple, mapping, or a single argument
        Further arguments of the model's forward. Arrays and tensors with N rows are split together with the
        points, and real numbers take the model's type.
    smooth : int
        Average the gradient over this many copies of each point, jittered by normal noise of 0.05 standard
        deviations of each input. Use it for ReLU networks (64 is plenty); it makes smooth networks worse.
    names, tangent
        See `GradientField`.
    seed : int
        Seed of the jitter.
    training : bool
        Read the model in train mode, except for dropout and normalisation over the batch, which stay in eval
        mode. This is for models that differentiate inside their forward, such as energies with forces, and
        keep the graph only in train mode, by `create_graph=self.training`.
    of : "value" or "probability"
        Take the values and gradients of the neuron or of its probability. Training sees a classifier's logit
        z only through the probability p, which is `1/(1 + exp(-z))`, or the softmax if there are several
        classes. So far from the boundary, z is whatever training happened to leave. The directions are the
        same, but there the gradient of p is short, and counts less. If `neuron` is a function, its number
        must be a logit difference, and p is the probability of that.

    Returns
    -------
    GradientField
        points (N, n), gradients (N, n), or (N, k, n) for a list of k, and the neurons' values, float64.

    Raises
    ------
    UnknownNameError, ModelError, DataError, NoGradientError
        The message names what cannot be read, and what to give instead.

    """
    check_module(model)
    if isinstance(smooth, bool) or not isinstance(smooth, int | np.integer) or smooth < 0:
        raise DataError(f"smooth must be a whole number of jittered copies, 0 for none, got {smooth!r}")
    if of not in ("value", "probability"):
        raise DataError(f'of must be "value" or "probability", got {of!r}')
    several = isinstance(neuron, list)
    data, kept = points = checked_points(x)
    with undisturbed(model, training=training):
        arguments = Arguments(forward_args, kept)
        reader = Reader(model, layer, neuron if several else [neuron], wrt, arguments, of)
        inputs = reader.inputs(data)
        rows = reader.probe(data, inputs)
        values, gradients = reader.differentiate(data, inputs, rows)
        if smooth:
            gradients = _averaged(reader, data, inputs, rows, smooth, seed)
    if of == "probability":
        values, slopes = expit(values), expit(values) * expit(-values)
        gradients = gradients * slopes.reshape(*slopes.shape, *(1,) * (gradients.ndim - 2))
    where = to_numpy(data if wrt is None else inputs).reshape(len(data), -1)
    gradients = gradients.reshape(*values.shape, -1)
    if not several:
        values, gradients = values[:, 0], gradients[:, 0]
    names = names_of(x if wrt is None else None, names) or axis_names(inputs.shape[1:])
    return GradientField(where, gradients, names, values, tangent, points.dropped)


def values_at(model, x, layer=None, neuron=0, forward_args=(), of="value", training=False):
    """Values (N, k) of k neurons at points (N, ...), as in `gradient_field`, even without a gradient."""
    check_module(model)
    data, kept = checked_points(x)
    with undisturbed(model, training=training):
        asked = neuron if isinstance(neuron, list) else [neuron]
        reader = Reader(model, layer, asked, None, Arguments(forward_args, kept), of)
        inputs = reader.inputs(data)
        values, _ = reader.differentiate(data, inputs, reader.probe(data, inputs))
    return expit(values) if of == "probability" else values


def _averaged(reader, x, inputs, rows, copies, seed):
    """Mean gradient over jittered copies. The noise does not depend on how many rows fit into memory."""
    random = np.random.default_rng(seed)
    sigma = _JITTER * to_numpy(inputs).std(0)
    total = 0.0
    for _ in range(copies):
        noise = torch.from_numpy(sigma * random.standard_normal(inputs.shape))
        total = total + reader.differentiate(x, inputs + noise.to(inputs.device, inputs.dtype), rows)[1]
    return total / copies
