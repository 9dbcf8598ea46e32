"""Compute input gradients of any neuron of any torch module, as a `GradientField` of NumPy arrays."""

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

_JITTER = 0.05  # size of the noise, in standard deviations of each input


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
    """Compute the gradient of a neuron with respect to the model's inputs, at each of the points.

    >>> field = sg.gradient_field(model, x)                                # the first output
    >>> field = sg.gradient_field(model, x, "encoder.linear2", 17)         # neuron 17 of a hidden layer
    >>> field = sg.gradient_field(model, images, "conv2", (8, 3, 3))       # channel 8 at row 3, column 3
    >>> field = sg.gradient_field(model, x, neuron=lambda y: y[:, 1] - y[:, 0])       # a logit difference
    >>> field = sg.gradient_field(model, tokens, "head", (-1, 3), wrt="embedding")    # a token model
    >>> field = sg.gradient_field(model, x, neuron=[0, 1, 2])              # the span of three neurons
    >>> field = sg.gradient_field(model, x, "mlp", probe)                  # a direction, array (width,)
    >>> field = sg.gradient_field(model, x, neuron=7, wrt=("residual", features))    # inputs: ten features
    >>> field = sg.gradient_field(classifier, x, of="probability")         # not the logit

    Parameters
    ----------
    model : torch.nn.Module
        On any device, in any precision. Gradients are computed in the model's own precision, in eval mode.
        Afterwards the model is as it was before. If several threads read models, they take turns. Do not
        train the model while it is being read.
    x : array or tensor (N, ...)
        One point in each row. If a point has several axes, it is flattened, and its inputs are named by
        index, such as x_0_1. Points with NaN, infinity, or masked or missing entries are dropped; the field
        says how many were dropped.
    layer : str or None
        A name from `model.named_modules()`; None is the model's output. If a layer is called more than once,
        the last call counts.
    neuron : int, tuple of int, array, callable, or a list of these
        The neuron within the layer's output (N, ...): a number, or a tuple with an index for each axis. The
        neuron can be a direction, such as a probe or a feature of a sparse autoencoder: an array with the
        shape of one point's output. The neuron can also be a function of the whole output that returns one
        number for each point, (N,). A list asks for several neurons at once.
    wrt : str, (str, array), or None
        Layer whose output counts as the input. The points of the field are then this output, flattened. If
        you also pass an array of r directions (r, ...) in this output, the inputs are the coordinates along
        these directions, found by least squares. The rest of the output keeps its value.
    forward_args : tuple, mapping, or a single argument
        Further arguments of the model's forward. Arrays and tensors with N rows are split together with the
        points, and real numbers are converted to the model's type.
    smooth : int
        The gradient is averaged over this many copies of each point, moved by Gaussian noise of 0.05 standard
        deviations of each input. Use this for ReLU networks (64 copies are plenty). For smooth networks, this
        makes the gradients worse.
    names, tangent
        See `GradientField`.
    seed : int
        Seed of the noise that moves the copies of `smooth`.
    training : bool
        Read the model in train mode, except for dropout and normalisation over the batch, which stay in eval
        mode. Some models, such as energy models that return forces, differentiate inside their forward pass.
        Models that keep the graph only in train mode, with `create_graph=self.training`, need this setting.
    of : "value" or "probability"
        Take values and gradients of the neuron itself or of its probability. Training sees a classifier's
        logit z only through the probability p, which is `1/(1 + exp(-z))`, or the softmax if there are
        several classes. Far from the boundary, therefore, training hardly determines z. The gradient of p has
        the direction of the gradient of the log odds, but far from the boundary it is short and counts less.
        If `neuron` is a function, it must return a logit difference, which determines p.

    Returns
    -------
    GradientField
        Points (N, n); gradients (N, n), or (N, k, n) for a list of k neurons; and the neurons' values. All
        are float64.

    Raises
    ------
    UnknownNameError, ModelError, DataError, NoGradientError
        The message says what cannot be read, and what to pass instead.

    """
    check_module(model)
    if isinstance(smooth, bool) or not isinstance(smooth, int | np.integer) or smooth < 0:
        raise DataError(f"smooth must be a whole number of copies of each point, 0 for none, got {smooth!r}")
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
    """Return the values (N, k) of k neurons at points (N, ...); arguments are as in `gradient_field`.

    The neurons need not have a gradient.
    """
    check_module(model)
    data, kept = checked_points(x)
    with undisturbed(model, training=training):
        asked = neuron if isinstance(neuron, list) else [neuron]
        reader = Reader(model, layer, asked, None, Arguments(forward_args, kept), of)
        inputs = reader.inputs(data)
        values, _ = reader.differentiate(data, inputs, reader.probe(data, inputs))
    return expit(values) if of == "probability" else values


def _averaged(reader, x, inputs, rows, copies, seed):
    """Return the mean gradient over moved copies; the noise does not depend on the size of the chunks."""
    random = np.random.default_rng(seed)
    sigma = _JITTER * to_numpy(inputs).std(0)
    total = 0.0
    for _ in range(copies):
        noise = torch.from_numpy(sigma * random.standard_normal(inputs.shape))
        total = total + reader.differentiate(x, inputs + noise.to(inputs.device, inputs.dtype), rows)[1]
    return total / copies
