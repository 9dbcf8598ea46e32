"""Losses `loss(model, *rows)` for networks that learn labels, values or their own inputs."""

import math

from torch import nn

__all__ = ["cross_entropy", "mean_square", "penalised", "reconstruction", "unsaturated"]

_VISIBLE = 1e-4  # nearer to 0 or 1, a probability is saturated, and its gradient is useless
_PENALTY = 1e-4  # on squared weights, in arXiv 2401.04978


def cross_entropy(model, x, y):
    """Return the binary cross-entropy; the output is the logit of the probability that y is 1."""
    return nn.functional.binary_cross_entropy_with_logits(model(x)[:, 0], y)


def penalised(model, x, y):
    """Return the binary cross-entropy, plus a penalty on the squared weights of the hidden layers."""
    hidden = (layer.weight for name, layer in model.named_children() if name.startswith("linear"))
    return cross_entropy(model, x, y) + _PENALTY * sum(weight.square().sum() for weight in hidden)


def unsaturated(logits):
    """Return whether the probability p of each logit (N, 1) obeys 1e-4 < p < 1 - 1e-4."""
    return logits[:, 0].abs() < math.log(1 / _VISIBLE - 1)


def mean_square(model, x, y):
    """Return the mean squared error of the output."""
    return nn.functional.mse_loss(model(x)[:, 0], y)


def reconstruction(model, x, *_):
    """Return the mean squared error of the reconstructed inputs, on the network's scale."""
    return nn.functional.mse_loss(model.decode(model(x)), model.scaled(x))
