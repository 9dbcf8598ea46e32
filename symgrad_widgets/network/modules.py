"""Networks for raw inputs. The first layer scales them, so gradients are with respect to raw inputs."""

from collections import OrderedDict
from itertools import pairwise

import torch
from torch import nn

from ..errors import UnknownNameError, nearest
from .gradients.outputs import table_of

__all__ = ["ACTIVATIONS", "Autoencoder", "SideBySide", "Standardize", "mlp"]

ACTIVATIONS = {
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "relu": nn.ReLU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "tanh": nn.Tanh,
}


class Standardize(nn.Module):
    """Shift and scale each input to mean 0 and standard deviation 1 on the given points.

    Parameters
    ----------
    points : array (N, n)
        An input that is constant on these points is only shifted.

    """

    def __init__(self, points):
        super().__init__()
        points = torch.as_tensor(points, dtype=torch.float64)
        scale = points.std(0, correction=0)
        scale[scale <= 1e-12 * points.abs().amax(0)] = 1.0
        self.register_buffer("mean", points.mean(0).float())
        self.register_buffer("scale", scale.float())

    def forward(self, x):
        """Return the standardised inputs, shape (N, n)."""
        return (x - self.mean) / self.scale

    def extra_repr(self):
        """Return the number of inputs, for the printed network."""
        return f"{len(self.mean)} inputs"


def mlp(sizes, activation="silu", generator=None, points=None, dropout=0.0):
    """Return a fully connected network, with layers named linear1, silu1, linear2, ..., latent.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, hidden widths, outputs: (2, 64, 64, 1). The last layer is linear.
    activation : str, a row of `ACTIVATIONS`
        Smooth by default, because gradients of a ReLU network are constant between kinks.
    generator : torch.Generator or None
        The generator draws the initial weights as PyTorch does: U(-1/sqrt(fan-in), 1/sqrt(fan-in)).
    points : array (N, n) or None
        If given, a first layer `standardize` scales the inputs to mean 0 and spread 1 on these points.
    dropout : float
        Share of each hidden layer's neurons that are switched off in training.

    Returns
    -------
    torch.nn.Sequential, float32 on the CPU

    """
    if activation not in ACTIVATIONS:
        raise UnknownNameError(f"there is no activation {activation!r}; {nearest(activation, ACTIVATIONS)}")
    layers = OrderedDict() if points is None else OrderedDict(standardize=Standardize(points))
    for number, (inputs, outputs) in enumerate(pairwise(sizes[:-1]), start=1):
        layers[f"linear{number}"] = _linear(inputs, outputs, generator)
        layers[f"{activation}{number}"] = ACTIVATIONS[activation]()
        if dropout:
            layers[f"dropout{number}"] = nn.Dropout(dropout)
    layers["latent"] = _linear(*sizes[-2:], generator)
    return nn.Sequential(layers)


class Autoencoder(nn.Module):
    """Two mirrored networks: from inputs to latents (the output), and from latents back to inputs.

    The parameters are as in `mlp`; `sizes` are those of the encoder. `decode(latents)` reconstructs
    `scaled(x)`, the inputs after the encoder's scaling layer.
    """

    def __init__(self, sizes, activation="silu", generator=None, points=None, dropout=0.0):
        super().__init__()
        self.encoder = mlp(sizes, activation, generator, points, dropout)
        self.decoder = mlp(tuple(sizes)[::-1], activation, generator, None, dropout)
        self.scaled = nn.Identity() if points is None else self.encoder.standardize

    def forward(self, x):
        """Return the latents, shape (N, k)."""
        return self.encoder(x)

    def decode(self, latents):
        """Return reconstructed inputs (N, n) on the scale of `scaled(x)`."""
        return self.decoder(latents)


class SideBySide(nn.Module):
    """Join models with the same inputs into one, which returns the outputs side by side: (N, k1 + k2 + ...).

    If a model returns several tensors, all tensors with a row for each point are used. Further arguments are
    passed to every model.

    >>> sg.gradient_field(sg.SideBySide(first.model, second.model), x, neuron=[0, 1])  # doctest: +SKIP
    """

    def __init__(self, *models):
        super().__init__()
        self.models = nn.ModuleList(models)

    def forward(self, x, *arguments, **named):
        """Return the outputs of all models side by side, in order."""
        return table_of([model(x, *arguments, **named) for model in self.models], len(x))


def _linear(inputs, outputs, generator):
    layer = nn.utils.skip_init(nn.Linear, inputs, outputs)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.uniform_(-(inputs**-0.5), inputs**-0.5, generator=generator)
    return layer
