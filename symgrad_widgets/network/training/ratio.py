"""A loss for concepts of which an initial network has at most a trace: it solves for the last layer."""

import torch
from torch import nn

__all__ = ["conditional", "ratio"]

_RIDGE = 1e-6  # variance, in those of the last hidden layer, below which a direction counts as noise
_CONSERVED = 1e-4  # share of the variance within pairs below which strangers may be too near to tell


def ratio(model, anchor, positive, _negative):
    """Log ratio of the variance within pairs to that of all points; for several latents, of volumes.

    At each step of training, a generalized eigenproblem sets the last layer to the linear functions of the
    last hidden layer with the least ratio. The other layers follow the gradient at that minimum, where it
    does not depend on how the last one changes (variable projection: Golub and Pereyra 1973).
    """
    return _least(model, torch.cat([anchor, positive]), _of_all)


def conditional(model, anchor, positive, negative):
    """Log ratio of the variance within pairs to that between anchors and strangers, as `ratio`.

    This is for strangers that are alike in what is already known (`Experiment.given`): functions of that vary
    in neither of the two, and gain nothing. Strangers are not quite alike, so what lies within pairs counts
    as at least 1e-4 of the variance of all anchors.
    """
    return _least(model, torch.cat([anchor, positive, negative]), _of_strangers)


def _least(model, rows, covariances):
    """Log ratio of the volumes of two covariances of latents; in training, the last layer minimises it."""
    if torch.is_grad_enabled():
        hidden = model[:-1](rows)
        _solve(model.latent, *covariances(hidden.detach().double()))
        latent = nn.functional.linear(hidden, model.latent.weight.detach())
    else:  # of whatever stands in the network's place
        latent = model(rows)
    total, within = covariances(latent.double())
    return torch.logdet(within) - torch.logdet(total)


def _of_all(rows):
    """Covariance of all rows (2N, h), and that within pairs."""
    first, second = rows.chunk(2)
    return _moments(rows - rows.mean(0)), _moments(first - second) / 2


def _of_strangers(rows):
    """Covariance of the differences between anchors and strangers, of rows (3N, h), and that within pairs."""
    first, second, stranger = rows.chunk(3)
    within = _moments(first - second) + _CONSERVED * _moments(first - first.mean(0))
    return _moments(first - stranger), within


def _moments(rows):
    return rows.T @ rows / len(rows)


@torch.no_grad()
def _solve(layer, total, within):
    """Set a linear layer to the latents of least ratio, given the covariances of its inputs (h, h)."""
    ridge = _RIDGE * total.diagonal().mean() * torch.eye(len(total))  # on both: nothing is no concept
    root = torch.linalg.cholesky(total + ridge)
    half = torch.linalg.solve_triangular(root, within + ridge, upper=False)
    _, vectors = torch.linalg.eigh(torch.linalg.solve_triangular(root, half.T, upper=False))
    weight = torch.linalg.solve_triangular(root.T, vectors[:, : layer.out_features], upper=True)
    layer.weight.copy_(weight.T)
    layer.bias.zero_()
