"""A loss for concepts of which no initial network has more than a trace: the last layer is solved for."""

import torch
from torch import nn

__all__ = ["ratio"]

_RIDGE = 1e-6  # variance, in those of the last hidden layer, below which a direction counts as noise


def ratio(model, anchor, positive, _negative):
    """Log ratio of the variance within pairs to that of all points - of volumes, for several latents.

    In training the last layer is set, at each step, to the linear functions of the last hidden layer with the
    least ratio, by a generalized eigenproblem. The other layers follow the gradient at that minimum, where it
    does not depend on how the last one changes (variable projection: Golub and Pereyra 1973).
    """
    hidden = model[:-1](torch.cat([anchor, positive]))
    if torch.is_grad_enabled():
        _solve(model.latent, hidden.detach().double())
    latent = nn.functional.linear(hidden, model.latent.weight.detach()).double()
    total, within = _covariances(latent)
    return torch.logdet(within) - torch.logdet(total)


def _covariances(rows):
    """Covariance of all rows (2N, h), and that within pairs, which of strangers is the same."""
    first, second = rows.chunk(2)
    centred, apart = rows - rows.mean(0), first - second
    return centred.T @ centred / len(rows), apart.T @ apart / len(rows)


@torch.no_grad()
def _solve(layer, hidden):
    """Set a linear layer to the latents of least ratio, given its inputs (2N, h)."""
    total, within = _covariances(hidden)
    ridge = _RIDGE * total.diagonal().mean() * torch.eye(len(total))  # on both: nothing is no concept
    root = torch.linalg.cholesky(total + ridge)
    half = torch.linalg.solve_triangular(root, within + ridge, upper=False)
    _, vectors = torch.linalg.eigh(torch.linalg.solve_triangular(root, half.T, upper=False))
    weight = torch.linalg.solve_triangular(root.T, vectors[:, : layer.out_features], upper=True)
    layer.weight.copy_(weight.T)
    layer.bias.zero_()
