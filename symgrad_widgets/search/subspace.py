"""Which inputs, or directions of the input space, a field depends on."""

import numpy as np

from ..field import GradientField
from .tuning import ROUNDING, SUBSPACE

__all__ = ["active_subspace", "relevant_inputs"]


def relevant_inputs(field):
    """Numbers of the inputs that the unit gradients have a component along, the strongest first."""
    g = field.gradients.reshape(-1, len(field.names))
    power = (g**2 / np.maximum((g**2).sum(1, keepdims=True), ROUNDING.divisor)).mean(0)
    order = np.argsort(-power, kind="stable")
    return order[power[order] > SUBSPACE.irrelevant * power.max()]


def active_subspace(field):
    """Return the field of what its gradients depend on, and W (n, r) when that is not some of the inputs.

    Inputs without any part are left out. Where over 64 remain but their gradients span at most 8 directions,
    the field is given in the coordinates `z = x @ W`. W is in reduced column echelon form: r inputs occur in
    one coordinate each, so that sums over groups of inputs come out as such. (Active subspaces: Constantine
    2015.)
    """
    if field.neurons > 1 or field.tangent is not None:
        return field, None
    inputs = np.sort(relevant_inputs(field))
    if len(inputs) <= SUBSPACE.inputs:
        return _restricted(field, inputs), None
    rank, axes = _span(field.gradients)
    if not 2 <= rank <= SUBSPACE.dimensions:
        return field, None
    W = _echelon(axes[:rank].T)
    names = tuple(f"z{i + 1}" for i in range(rank))
    gradients = field.gradients @ np.linalg.pinv(W).T
    return GradientField(field.points @ W, gradients, names, field.values), W


def _restricted(field, inputs):
    """Return the field of some of its inputs only, at least two."""
    if len(inputs) in (1, len(field.names)):
        return field
    names = tuple(field.names[i] for i in inputs)
    points, gradients = field.points[:, inputs], field.gradients[:, inputs]
    return GradientField(points, gradients, names, field.values, tangent=None)


def _span(gradients):
    """Number of directions that unit gradients (N, n) span, and their axes, the strongest first."""
    unit = gradients / np.linalg.norm(gradients, axis=1, keepdims=True)
    _, s, axes = np.linalg.svd(unit, full_matrices=False)
    return int((s**2 > SUBSPACE.outside * (s**2).sum()).sum()), axes


def _echelon(W):
    """Basis of the same space with the identity on r rows, chosen by pivoting; rounding is cleared."""
    from scipy.linalg import qr

    pivots = np.sort(qr(W.T, pivoting=True, mode="r")[1][: W.shape[1]])
    W = W @ np.linalg.inv(W[pivots])
    return np.where(np.abs(W) < SUBSPACE.cleared * np.abs(W).max(), 0.0, W)
