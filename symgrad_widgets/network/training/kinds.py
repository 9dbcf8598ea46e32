"""The kinds of training: what pairs of points, labels or reconstructions ask of a network.

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

_CLOSE = 1e-4  # squared distance, in variances, below which two points count as equally close ...
_CLOSEST, _NEIGHBOURS = 1e-6, 50  # ... of nearest neighbours, who are looked for in groups of so many
_CONSERVED = 1e-4  # share of the variance within pairs below which one of several latents gains little more


class Loss(NamedTuple):
    """What a network is trained for: `value(model, *rows)` is a scalar.

    `scale_free` says that it does not fix offset and scale of the latents. `refined` has the same form: in
    the end, a single latent is trained for it, starting where `value` has led.
    """

    value: Callable
    scale_free: bool = False
    refined: Callable | None = None


class Kind(NamedTuple):
    """What is special about a kind of training; its data are tuples of arrays with equal numbers of rows.

    Attributes
    ----------
    losses : mapping of name to `Loss`
        Called with the rows of the data, in order.
    points : callable
        Takes the data, and returns points (N, n). The training points scale the network's inputs; held-out
        points serve to interpret it.
    build : callable
        As `networks.mlp`; the network's output is interpreted.
    visible : callable or None
        Takes outputs (N, k), a tensor, and returns whether they can be interpreted (N,). None: all can.
    presets : mapping of preset to settings
        The settings in which this kind differs from the preset's.

    """

    losses: Mapping
    points: Callable
    build: Callable = mlp
    visible: Callable | None = None
    presets: Mapping = {}


def _contrast(model, anchor, positive, _negative):
    """Log of the mean squared distance within pairs, minus the mean log squared distance of strangers.

    It has no margin, and does not depend on offset and scale. The logarithm over strangers makes it costly to
    leave a range of the concept flat, where gradients would be noise. The plain ratio of variances ignores
    such a flat range.

    With several latents, it does not depend on any linear map: distances are those of whitened latents, the
    volume of the differences replaces their mean square, and a stranger is the nearest one. The log distance
    of nearest neighbours is an entropy (Kozachenko and Leonenko 1987). Latents that are functions of each
    other fill a space of fewer dimensions and gain nothing. So a new concept is worth more than another
    function of the first one. What lies within pairs counts as at least 1e-4 of the variance; otherwise very
    exact functions of one concept would outweigh the second one.
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
    """Squared distances of points (N, k) from the nearest other one in their group, without the last few."""
    size = min(_NEIGHBOURS, len(points))
    groups = points[: len(points) // size * size].unflatten(0, (-1, size))
    with torch.no_grad():
        apart = torch.cdist(groups, groups) + torch.diag(torch.full((size,), torch.inf))
        nearest = apart.argmin(2, keepdim=True)
    return (groups - groups.take_along_dim(nearest, 1)).square().sum(2).flatten()


def _log_volume(columns, least):
    """Log determinant of the second moments of columns (k, N), with `least` added in every direction."""
    moments = columns @ columns.T / columns.shape[1]
    root = torch.linalg.cholesky(moments + least * torch.eye(len(moments)))
    return 2 * root.diagonal().log().sum()


def _triplet(model, anchor, positive, negative):
    """Triplet margin loss, margin 1, Euclidean distance."""
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
            "paper": {  # of arXiv 2401.04978
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
