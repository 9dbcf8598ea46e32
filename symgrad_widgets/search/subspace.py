"""Find the inputs, or the directions in input space, on which a field depends."""

import numpy as np

from ..field import GradientField, Measure
from .tuning import ROUNDING, SUBSPACE

__all__ = ["active_subspace", "relevant_inputs"]


def relevant_inputs(field):
    """Return the positions of the inputs that matter, sorted by share of the gradient, largest first."""
    g = (field.gradients * field.measure.spread).reshape(-1, len(field.names))
    power = (g**2 / np.maximum((g**2).sum(1, keepdims=True), ROUNDING.divisor)).mean(0)
    order = np.argsort(-power, kind="stable")
    return order[power[order] > SUBSPACE.irrelevant * power.max()]


def active_subspace(field):
    """Reduce a field to the variables on which it depends; return the result and a matrix W (n, r) or None.

    If at most 64 inputs matter, the other inputs are left out. If more than 64 inputs matter, but the
    gradients span only 2 to 8 directions, the field is in the coordinates `z = x @ W`. Otherwise, W is None.
    A field of several neurons, or on a surface, stays as it is.

    W is in reduced column echelon form: r inputs each occur in only one coordinate, so you can still
    recognise sums over groups of inputs. (Active subspaces: Constantine 2015.)
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
    """Return the field in these inputs only. If there is just one input, return the whole field."""
    if len(inputs) in (1, len(field.names)):
        return field
    names = tuple(field.names[i] for i in inputs)
    points, gradients = field.points[:, inputs], field.gradients[:, inputs]
    measure = Measure(field.measure.spread[inputs], None)
    about = {"measure": measure, "error": field.error, "weights": field.weights}
    return GradientField(points, gradients, names, field.values, **about)


def _span(gradients):
    """Return the number of directions that gradients (N, n) span, and the principal axes, strongest first."""
    directions = gradients / np.linalg.norm(gradients, axis=1, keepdims=True)
    _, s, axes = np.linalg.svd(directions, full_matrices=False)
    return int((s**2 > SUBSPACE.outside * (s**2).sum()).sum()), axes


def _echelon(axes, spread):
    """Return a basis (n, r) of the span of axes (n, r). On r rows, chosen by pivoting, it is the identity.

    The axes are in units of each input's spread; the basis is in the original inputs. Very small weights,
    which come from rounding, are set to 0.
    """
    from scipy.linalg import qr

    pivots = np.sort(qr(axes.T, pivoting=True, mode="r")[1][: axes.shape[1]])
    W = axes @ np.linalg.inv(axes[pivots])
    W = np.where(np.abs(W) < SUBSPACE.cleared * np.abs(W).max(), 0.0, W)
    return W * spread[pivots] / spread[:, None]
