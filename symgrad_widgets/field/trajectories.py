"""Measured trajectories: states and velocities from local polynomials, with the velocities' errors.

Fan, Gijbels 1996, Local Polynomial Modelling; Savitzky, Golay 1964 for evenly spaced times.
"""

import numpy as np

from ..arrays import floats, names_of
from ..errors import DataError

__all__ = ["smoothed"]

_DEGREE = 4  # of the polynomials; one less when we choose a window, because wide windows spoil slopes
_WINDOWS = (7, 9, 11, 15, 21, 29, 41, 57, 81, 115)  # measurements to fit a polynomial to
_PART = 2048  # windows fitted at once


def smoothed(times, states, names):
    """Return points (N, n), velocities (N, n), their errors (N,) in units of the spread, and names or None.

    For each quantity, leave-one-out errors choose the width of the windows. An error is a velocity's standard
    deviation, estimated from the distances of measurements from their polynomials. States in one window share
    their error, so the points are spaced half the widest window apart.
    """
    trajectories = _checked(times, states)
    names = names_of(states[0] if isinstance(states, list | tuple) else states, names)
    widths = [width for width in _WINDOWS if width <= min(len(t) for t, _ in trajectories)]
    tried = [[_Fit(t, x, width, _DEGREE - 1).missed for t, x in trajectories] for width in widths]
    best = [widths[place] for place in np.array([np.concatenate(some).mean(0) for some in tried]).argmin(0)]
    fits = {width: [_Fit(t, x, width, _DEGREE) for t, x in trajectories] for width in set(best)}
    apart = max(best) // 2

    def chosen(part, every):
        columns = [[getattr(fit, part)[::every, j] for fit in fits[width]] for j, width in enumerate(best)]
        return np.stack([np.concatenate(column) for column in columns], axis=1)

    points, velocities, errors = (chosen(part, apart) for part in ("values", "slopes", "turned"))
    noise = chosen("left", 1).mean(0)
    spread = points.std(0)
    share = np.divide(errors**2 * noise, spread**2, out=np.zeros_like(errors), where=spread > 0)
    return points, velocities, np.sqrt(share.mean(1) + np.finfo(float).tiny), names


class _Fit:
    """Local polynomials through a trajectory, one at each of its times; arrays (N, n)."""

    def __init__(self, times, states, width, degree):
        count = len(times)
        first = np.clip(np.arange(count) - width // 2, 0, count - width)
        self.values, self.slopes, self.turned, self.missed, self.left = np.empty((5, *states.shape))
        for some in np.array_split(np.arange(count), -(-count // _PART)):
            rows = first[some, None] + np.arange(width)
            apart = times[rows] - times[some, None]
            reach = np.abs(apart).max(1)
            inverse = np.linalg.pinv((apart / reach[:, None])[..., None] ** np.arange(degree + 1))
            own = inverse[np.arange(len(some)), 0, some - first[some]]  # a measurement's share in its own fit
            known = states[rows]
            self.values[some] = np.einsum("iw,iwn->in", inverse[:, 0], known)
            self.slopes[some] = np.einsum("iw,iwn->in", inverse[:, 1], known) / reach[:, None]
            self.turned[some] = (np.linalg.norm(inverse[:, 1], axis=1) / reach)[:, None]
            rest = (states[some] - self.values[some]) ** 2
            self.missed[some] = rest / (1 - own[:, None]) ** 2
            self.left[some] = rest / (1 - own[:, None])
        still = np.ptp(states, axis=0) == 0
        self.values[:, still], self.slopes[:, still] = states[:, still], 0.0  # without rounding
        self.missed[:, still] = self.left[:, still] = 0.0


def _checked(times, states):
    """Return trajectories [(times (N,), states (N, n))], each in the order of its times."""
    several = isinstance(times, list | tuple) and len(times) and np.ndim(times[0]) == 1
    if several and (not isinstance(states, list | tuple) or len(states) != len(times)):
        raise DataError(f"there are {len(times)} arrays of times: pass a list of as many arrays of states")
    pairs = zip(times, states, strict=True) if several else [(times, states)]
    found = [one for t, x in pairs for one in _cut(floats(t, "times"), floats(x, "states"))]
    if len({x.shape[1] for _, x in found}) > 1:
        raise DataError("the trajectories have different numbers of columns: use the same columns for all")
    for t, _ in found:
        if len(t) < _WINDOWS[0]:
            which = f" from time {t[0]:g} to {t[-1]:g}" if len(t) else ""
            raise DataError(
                f"the trajectory{which} has {len(t)} measurements, but velocities need at least "
                f"{_WINDOWS[0]}: leave it out, or measure more often"
            )
    return found


def _cut(times, states):
    """Split measurements into trajectories: a new one begins wherever the time goes backwards."""
    if times.ndim != 1 or states.ndim != 2 or len(times) != len(states):
        raise DataError(
            f"times must have shape (N,) and states (N, n), got {times.shape} and {states.shape}: one time "
            "for each state"
        )
    finite = np.isfinite(times) & np.isfinite(states).all(1)
    times, states = times[finite], states[finite]
    if (np.diff(times) == 0).any():
        again = times[1:][np.diff(times) == 0][0]
        raise DataError(
            f"the time {again:g} occurs twice in a row: for repeated measurements, pass their mean"
        )
    begins = np.flatnonzero(np.diff(times) < 0) + 1
    return list(zip(np.split(times, begins), np.split(states, begins), strict=True))
