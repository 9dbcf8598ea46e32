"""Check the parts of a gradient field: the arrays' shapes must match, and enough points must differ."""

import numpy as np

from ..arrays import floats
from ..errors import DataError, NoGradientError

__all__ = ["checked_arrays", "enough", "finite_rows", "usable", "varied"]

_VANISHING = 1e-12  # gradients shorter than this times the longest are zero


def checked_arrays(points, gradients, values):
    """Return points (N, n), gradients (N, n) or (N, k, n), and values (N,), (N, k) or None, all float64."""
    points, gradients = floats(points, "points"), floats(gradients, "gradients")
    if points.ndim != 2:
        raise DataError(
            f"points must have shape (N, n), got {points.shape}; reshape a table of one row with x[None]"
        )
    count, n = points.shape
    if gradients.ndim not in (2, 3) or gradients.shape[0] != count or gradients.shape[-1] != n:
        raise DataError(
            f"gradients must have shape ({count}, {n}) or ({count}, k, {n}) like the points, "
            f"got {gradients.shape}"
        )
    values = None if values is None else floats(values, "values")
    if values is not None and values.shape != gradients.shape[:-1]:
        raise DataError(
            f"values must have shape {gradients.shape[:-1]}, one for each gradient, got {values.shape}"
        )
    return points, gradients, values


def finite_rows(array):
    return np.isfinite(array.reshape(len(array), -1)).all(1)


def usable(gradients, projected):
    """Return where the gradient (N, k, n) of at least one neuron is not zero on the tangent space."""
    whole = np.linalg.norm(gradients, axis=2).max(axis=1, initial=0)
    length = np.linalg.norm(projected, axis=2).max(axis=1, initial=0)
    if not whole.any():
        raise NoGradientError(
            "the gradient is zero at every point: the neuron does not depend on its input there "
            "(is it dead or saturated?); choose another neuron or other points"
        )
    return (length > _VANISHING * whole.max()) & (length > 1e-9 * whole)


def varied(points):
    n = points.shape[1]
    for some in (points[: 4 * (n + 1)], points):  # a few points are nearly always enough
        different = len(np.unique(some, axis=0))
        if different > n:
            return
    raise DataError(
        f"only {different} of the points are different, but at least n + 1 = {n + 1} are needed; "
        "use more points"
    )


def enough(left, n, count, what):
    if left < n + 1:
        raise NoGradientError(
            f"only {left} of {count} points have a {what} gradient, but at least n + 1 = {n + 1} are needed; "
            "use more points, or points where the neuron is not saturated"
        )
