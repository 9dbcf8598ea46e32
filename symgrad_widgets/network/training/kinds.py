"""The kinds of training: what a network can learn from pairs, labels, values or its own inputs.

Each kind is a row of `KINDS`; an experiment names its kind.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import nn

from ..modules import Autoencoder, mlp
from .ratio import conditional, ratio
from .supervised import cross_entropy, mean_square, penalised, reconstruction, unsaturated

__all__ = ["KINDS", "Kind", "Loss"]

_CLOSE = 1e-4  # squared distances below this, in variances, count as equal ...
_CLOSEST, _NEIGHBOURS = 1e-6, 50  # ... and those of nearest neighbours, found in groups of this many
_CONSERVED = 1e-4  # below this share of variance within pairs, one of several latents gains little more


class Loss(NamedTuple):
    """The quantity that training minimises: `value(model, *rows)`, a scalar.

    A `scale_free` loss does not depend on the latents' offset and scale. `refined` is a second loss, called
    in the same way. If there is a single latent, the first epochs train with `value`, and the last epochs
    with `refined`.
    """

    value: Callable
    scale_free: bool = False
    refined: Callable | None = None


class Kind(NamedTuple):
    """How to train one kind of network. The data are tuples of arrays with equal numbers of rows.

    Attributes
    ----------
    losses : mapping of name to `Loss`
        Called with the rows of the data, in order.
    points : callable
        Maps the data to points (N, n). Training points scale the network's inputs; held-out points are used
        to interpret the network.
    build : callable
        Called like `network.modules.mlp`. `build` returns the network whose output we interpret.
    visible : callable or None
        Maps outputs (N, k), a tensor, to booleans (N,): which points can be interpreted. None: all points.
    presets : mapping of preset to settings
        The settings that this kind changes in each preset.

    """

    losses: Mapping
    points: Callable
    build: Callable = mlp
    visible: Callable | None = None
    presets: Mapping = {}


def _contrast(model, anchor, positive, _negative):
    """Return the log mean squared distance within pairs, minus the mean log squared distance between pairs.

    This loss has no margin, and does not depend on offset and scale. Where the network is flat over a range
    of the concept, its gradients are noise. The logarithm of distances between points of different pairs
    (strangers) makes such a range costly; the plain ratio of variances ignores it.

    A linear map of several latents must not change the loss. So we measure distances between whitened
    latents. We replace the mean square within pairs with the volume of the differences, and
    strangers with nearest neighbours. The log distance of nearest neighbours is an entropy (Kozachenko and
    Leonenko 1987). Latents that are functions of each other fill a space of fewer dimensions and gain
    nothing. So a new concept is worth more than another function of the first one. The variance within pairs
    counts as at least 1e-4 of the total variance; otherwise very exact functions of one concept would
    outweigh a second concept.
    """
    latent = model(torch.cat([anchor, positive])).double()  # latents may be nearly parallel
    latent = latent - latent.mean(0)
    root = torch.linalg.cholesky(latent.T @ latent / len(latent))
    white = torch.linalg.solve_triangular(root, latent.T, upper=False)
    first, second = white.chunk(2, dim=1)
    if len(white) > 1:
        apart, least = _from_nearest(first.T) + _CLOSEST, _CONSERVED
    else:
        apart, least = (white - white.roll(1, dims=1)).square() + _CLOSE, 0.0
    return _log_volume(first - second, least) - len(white) * apart.log().mean()


def _from_nearest(points):
    """Return the squared distance of each of the points (N, k) from the nearest other point in its group.

    Points are grouped in order; the points of an incomplete group are left out.
    """
    size = min(_NEIGHBOURS, len(points))
    groups = points[: len(points) // size * size].unflatten(0, (-1, size))
    with torch.no_grad():
        apart = torch.cdist(groups, groups) + torch.diag(torch.full((size,), torch.inf))
        nearest = apart.argmin(2, keepdim=True)
    return (groups - groups.take_along_dim(nearest, 1)).square().sum(2).flatten()


def _log_volume(columns, least):
    """Return the log determinant of the second moments of columns (k, N), plus `least` in every direction."""
    moments = columns @ columns.T / columns.shape[1]
    root = torch.linalg.cholesky(moments + least * torch.eye(len(moments)))
    return 2 * root.diagonal().log().sum()


def _triplet(model, anchor, positive, negative):
    """Return the triplet margin loss with margin 1 and Euclidean distance."""
    latents = model(torch.cat([anchor, positive, negative])).chunk(3)
    return nn.functional.triplet_margin_loss(*latents, margin=1.0)


KINDS = {
    "siamese": Kind(
        losses={
            "contrast": Loss(_contrast, scale_free=True, refined=ratio),
            "ratio": Loss(ratio, scale_free=True),
            "conditional": Loss(conditional, scale_free=True),
            "triplet": Loss(_triplet),
        },
        points=lambda data: data.anchor,
        presets={"paper": {"loss": "triplet"}},
    ),
    "classifier": Kind(
        losses={"cross_entropy": Loss(cross_entropy), "penalised": Loss(penalised)},
        points=lambda data: data.x,
        visible=unsaturated,
        presets={
            "default": {"rate": 1e-2, "epochs": 20, "count": 200_000},
            "paper": {  # from arXiv 2401.04978
                "hidden": (1000, 1000),
                "activation": "elu",
                "dropout": 0.2,
                "loss": "penalised",
                "epochs": 1000,
                "batch": 100,
                "weight_decay": 0.0,
                "plateau_patience": 20,
                "patience": 40,
                "count": 8_000,
                "validation": 2_000,
            },
        },
    ),
    "regression": Kind(losses={"mean_square": Loss(mean_square)}, points=lambda data: data.x),
    "autoencoder": Kind(
        losses={"reconstruction": Loss(reconstruction)}, points=lambda data: data[0], build=Autoencoder
    ),
}
