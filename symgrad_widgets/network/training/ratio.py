"""A loss that solves for the last layer, for concepts that hardly show in an untrained network."""

import torch
from torch import nn

__all__ = ["conditional", "ratio"]

_RIDGE = 1e-6  # below this share of the last hidden layer's mean variance, a direction is noise
_CONSERVED = 1e-4  # below this share of variance within pairs, strangers may be too alike


def ratio(model, anchor, positive, _negative):
    """Return the log ratio of the variance within pairs to that of all points.

    With several latents, this is a ratio of volumes. At each step of training, a generalized eigenproblem
    gives the linear functions of the last hidden layer that have the least ratio. We set the last layer to
    these functions. The other layers follow the gradient at that minimum. This gradient does not depend on
    how the last layer changes (variable projection: Golub and Pereyra 1973).
    """
    return _least(model, torch.cat([anchor, positive]), _of_all)


def conditional(model, anchor, positive, negative):
    """Return the log ratio of the variance within pairs to that between anchor and stranger.

    In all other respects, this loss is like `ratio`. Use this loss if the known quantities are equal at each
    anchor and its stranger (`Experiment.given`). Then functions of these quantities vary neither within pairs
    nor between strangers, so they gain nothing. But anchor and stranger agree only approximately, so we add
    1e-4 of the variance of all anchors to the variance within pairs.
    """
    return _least(model, torch.cat([anchor, positive, negative]), _of_strangers)


def _least(model, rows, covariances):
    """Return the log ratio of two covariances' volumes; in training, its minimum over last layers."""
    if torch.is_grad_enabled():
        hidden = model[:-1](rows)
        _solve(model.latent, *covariances(hidden.detach().double()))
        latent = nn.functional.linear(hidden, model.latent.weight.detach())
    else:  # the model may be a replacement of the network
        latent = model(rows)
    total, within = covariances(latent.double())
    return torch.logdet(within) - torch.logdet(total)


def _of_all(rows):
    """Return the covariance of all rows (2N, h), and the covariance within pairs."""
    first, second = rows.chunk(2)
    return _moments(rows - rows.mean(0)), _moments(first - second) / 2


def _of_strangers(rows):
    """Return the covariances of anchors minus strangers and within pairs, from rows (3N, h)."""
    first, second, stranger = rows.chunk(3)
    within = _moments(first - second) + _CONSERVED * _moments(first - first.mean(0))
    return _moments(first - stranger), within


def _moments(rows):
    return rows.T @ rows / len(rows)


@torch.no_grad()
def _solve(layer, total, within):
    """Set a linear layer to the outputs with the least ratio, from covariances (h, h) of its inputs."""
    # Both covariances get the ridge, so that a direction without variance has the ratio 1.
    ridge = _RIDGE * total.diagonal().mean() * torch.eye(len(total))
    root = torch.linalg.cholesky(total + ridge)
    half = torch.linalg.solve_triangular(root, within + ridge, upper=False)
    _, vectors = torch.linalg.eigh(torch.linalg.solve_triangular(root, half.T, upper=False))
    weight = torch.linalg.solve_triangular(root.T, vectors[:, : layer.out_features], upper=True)
    layer.weight.copy_(weight.T)
    layer.bias.zero_()
