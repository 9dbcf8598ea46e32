"""Which inputs, or directions of the input space, a field depends on."""

import numpy as np

from ..field import GradientField, Measure
from .tuning import ROUNDING, SUBSPACE

__all__ = ["active_subspace", "relevant_inputs"]


def relevant_inputs(field):
    """Numbers of the inputs along which the unit gradients have a component, the strongest first."""
    g = (field.gradients * field.measure.spread).reshape(-1, len(field.names))
    power = (g**2 / np.maximum((g**2).sum(1, keepdims=True), ROUNDING.divisor)).mean(0)
    order = np.argsort(-power, kind="stable")
    return order[power[order] > SUBSPACE.irrelevant * power.max()]


def active_subspace(field):
    """Return the field in what its gradients depend on, and W (n, r) if that is not just some inputs.

    It leaves out inputs that do not matter. If more than 64 remain but their gradients span at most 8
    directions, the field is in the coordinates `z = x @ W`. W is in reduced column echelon form: r inputs
    occur in only one coordinate each, so that sums over groups of inputs come out as such sums. (Active
    subspaces: Constantine 2015.)
    """
    if field.neurons > 1 or field.measure.basis is not None:
        return field, None
    inputs = np.sort(relevant_inputs(field))
    if len(inputs) <= SUBSPACE.inputs:
        return _restricted(field, inputs), None
    rank, axes = _span(field.projected[:, 0])
    if not 2 <= rank <= SUBSPACE.dimensions:
        return field, None
    W = _echelon(axes[:rank].T, field.measure.spread)
    names = tuple(f"z{i + 1}" for i in range(rank))
    gradients = field.gradients @ np.linalg.pinv(W).T
    return GradientField(field.points @ W, gradients, names, field.values, weights=field.weights), W


def _restricted(field, inputs):
    """Return the field in only some of its inputs, at least two."""
    if len(inputs) in (1, len(field.names)):
        return field
    names = tuple(field.names[i] for i in inputs)
    points, gradients = field.points[:, inputs], field.gradients[:, inputs]
    measure = Measure(field.measure.spread[inputs], None)
    about = {"measure": measure, "error": field.error, "weights": field.weights}
    return GradientField(points, gradients, names, field.values, **about)


def _span(gradients):
    """Number of directions that unit gradients (N, n) span, and the axes, the strongest first."""
    directions = gradients / np.linalg.norm(gradients, axis=1, keepdims=True)
    _, s, axes = np.linalg.svd(directions, full_matrices=False)
    return int((s**2 > SUBSPACE.outside * (s**2).sum()).sum()), axes


def _echelon(axes, spread):
    """Basis (n, r) of axes (n, r) that is the identity on r rows, chosen by pivoting; rounding is cleared.

    The axes are in units of each input's spread; the basis is in the original inputs.
    """
    from scipy.linalg import qr

    pivots = np.sort(qr(axes.T, pivoting=True, mode="r")[1][: axes.shape[1]])
    W = axes @ np.linalg.inv(axes[pivots])
    W = np.where(np.abs(W) < SUBSPACE.cleared * np.abs(W).max(), 0.0, W)
    return W * spread[pivots] / spread[:, None]
