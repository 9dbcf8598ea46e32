"""Flows: what the velocities tell us about the quantities that a motion conserves."""

import numpy as np

from ..arrays import floats, names_of
from ..checks import checked_names
from ..errors import DataError, NoGradientError
from .checking import finite_rows
from .directions import across
from .measure import checked_tangent, measured

__all__ = ["across_flow", "along_flow"]

_SAME = 1e-6  # share of a velocity: two velocities at one point that differ by less count as one
_LEAVING = 1e-2  # share of the velocities' power: a smaller part that leads out of a surface counts as error
_STAY = "use states from all parts of the flow"


def along_flow(points, velocities, names, tangent):
    """Return points (N, n), slopes (N, n), and a dict; the projected slopes are the velocities."""
    names = names_of(points, names)
    points, velocities = floats(points, "points"), floats(velocities, "velocities")
    moving = _checked_flow(points, velocities)
    measure = measured(points[moving], checked_tangent(tangent, points))
    spread = measure.spread
    names = checked_names(names, len(spread))
    for number in np.flatnonzero((spread == 0) & velocities[moving].any(0)):
        raise DataError(f"{names[number]} is the same at all points, but has a velocity: {_STAY}")
    slopes = velocities / np.where(spread > 0, spread, np.inf) ** 2  # GradientField multiplies by the spread
    return points, slopes, {"names": names, "measure": measure}


def across_flow(along):
    """Return equally long gradients (N, m - 1, n) in all tangent directions at right angles to `along`."""
    vectors = along.projected[:, 0]
    if (vectors**2).sum() < (1 - _LEAVING) * ((along.gradients * along.measure.spread) ** 2).sum():
        raise DataError(f"the velocities lead out of the {along.dimension} dimensions of the points: {_STAY}")
    if along.dimension < 2:
        raise DataError(
            "the points lie on one line, and no quantity that varies along this line is conserved: "
            "use points that fill at least two dimensions"
        )
    span = across(vectors)  # (N, m, m - 1)
    turned = np.linalg.det(np.concatenate([vectors[..., None], span], axis=2)) < 0
    span[turned, :, -1] *= -1  # so that neighbours look alike in pictures
    span = span.swapaxes(1, 2) * np.linalg.norm(vectors, axis=1)[:, None, None]
    return along.measure.lift(span[:, 0] if along.dimension == 2 else span)


def _checked_flow(points, velocities):
    """Return which states (N,) of a flow move; points and velocities have shape (N, n)."""
    if points.ndim != 2 or points.shape != velocities.shape:
        raise DataError(
            f"points and velocities must have the same shape (N, n), got {points.shape} and "
            f"{velocities.shape}: one velocity for each point"
        )
    moving = finite_rows(points) & finite_rows(velocities) & velocities.any(1)
    if moving.sum() < points.shape[1] + 1:
        raise NoGradientError(
            f"only {moving.sum()} of {len(points)} points have a finite nonzero velocity, but at least "
            f"n + 1 = {points.shape[1] + 1} are needed: use states that move"
        )
    some, rates = points[moving], velocities[moving]
    _, first, number = np.unique(some, axis=0, return_index=True, return_inverse=True)
    apart = np.abs(rates - rates[first[number.reshape(-1)]]).max(1)
    if (apart > _SAME * np.abs(rates).max(1)).any():
        raise DataError(
            f"the point {some[apart.argmax()].tolist()} has two velocities: if a flow depends on time, "
            "make time an input with the velocity 1; for repeated measurements, pass their mean"
        )
    return moving
