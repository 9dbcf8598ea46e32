"""Flows: points on one orbit share the conserved quantities of the motion. Your own system works, too."""

from functools import partial
from numbers import Real

import numpy as np

from ...checks import checked_names
from ...errors import DataError
from ...formula.velocities import read_velocities
from .data import Triplets, checked_concepts

__all__ = ["flow_parts", "integrate", "orbits"]

_TOLERANCE = 1e-11  # relative and absolute error of a step
_TOGETHER = 4000  # orbits at once, so that they fit in the processor's cache
_STEPS = 2000  # a smooth flow needs less than a tenth of these steps
_PROBES = 256  # starting points on which we try a new flow


def flow_parts(rhs, box, names, duration, title, concepts):
    """Return the attributes of an experiment with a user's own system: see `Experiment.from_flow`."""
    if isinstance(rhs, str):
        if names is not None:
            raise DataError("a flow given as text already names its inputs: leave out names")
        names, rhs = read_velocities(rhs)
    elif names is None:
        raise DataError("a function does not say what its inputs are called: pass names, such as ['x', 'v']")
    names = checked_names(names)
    rates = partial(_checked_rhs, rhs, names)
    flow = partial(integrate, rates)
    sampler = partial(orbits, flow=flow, box=_checked_box(box, names), duration=_checked_duration(duration))
    tried = sampler(np.random.default_rng(0), _PROBES)
    if np.array_equal(tried.anchor, tried.positive):
        raise DataError("rhs is zero at every point of the box: nothing moves there; choose another box")
    return {
        "id": "flow",
        "slug": "flow",
        "title": title,
        "names": names,
        "samplers": {"default": sampler},
        "rhs": rates,
        "concepts": checked_concepts(concepts, names),
    }


def _checked_box(box, names):
    try:
        bounds = np.asarray(box, dtype=float)
    except (TypeError, ValueError):
        bounds = np.empty(0)
    if bounds.shape != (len(names), 2) or not np.isfinite(bounds).all() or (np.diff(bounds) <= 0).any():
        raise DataError(
            f"box must be a pair (low, high) of finite numbers, low < high, for each of {', '.join(names)}, "
            f"such as {[(0, 1)] * len(names)}; got {box!r}"
        )
    return bounds


def _checked_duration(duration):
    if isinstance(duration, bool) or not isinstance(duration, Real) or not 0 < duration < np.inf:
        raise DataError(f"duration must be a finite number above 0, got {duration!r}")
    return float(duration)


def _checked_rhs(rhs, names, *columns):
    """Return the time derivatives (n, N) from `rhs`; if these do not fit, DataError says what is expected."""
    count, example = len(columns[0]), f"lambda {', '.join(names)}: ({', '.join('-' + n for n in names)},)"
    try:
        given = rhs(*columns)
        rates = [
            np.broadcast_to(np.asarray(rate).astype(float, casting="same_kind"), count) for rate in given
        ]
    except (TypeError, ValueError) as error:
        raise DataError(
            f"rhs must take {len(names)} arrays ({', '.join(names)}) of {count} numbers and return their "
            f"time derivatives, as {example} does; it ended in {type(error).__name__}: {error}. "
            "Time is an input like any other, with rate 1"
        ) from error
    if len(rates) != len(names):
        raise DataError(
            f"rhs returned {len(rates)} arrays, but there are {len(names)} inputs ({', '.join(names)}): "
            f"return one time derivative for each, as {example} does"
        )
    return rates


def orbits(rng, count, flow, box, duration):
    """Draw triplets at random times up to `duration`, on orbits that start in the box.

    The negative is on another orbit. `flow(start, times)` maps states (N, n) to states (N, n).
    """
    low, high = np.transpose(box)
    orbit, other = rng.uniform(low, high, (2, count, len(low)))
    times = rng.uniform(0, duration, (3, count))
    return Triplets(*map(flow, (orbit, orbit, other), times))


def integrate(rhs, start, times):
    """Follow a flow from states (N, n) for times (N,), one for each orbit; return the new states (N, n).

    `rhs` takes the n columns and returns their n time derivatives. We scale each orbit's time to run from 0
    to 1. So SciPy's Runge-Kutta method of order 8 (DOP853) can follow thousands of orbits as one system:
    50,000 orbits in the plane take a tenth of a second, and their energy is exact to 1e-10.

    Raises
    ------
    DataError
        if the flow diverges, or is too stiff for an explicit method.

    """
    parts = range(0, len(start), _TOGETHER)
    return np.concatenate(
        [_integrate(rhs, start[i : i + _TOGETHER], times[i : i + _TOGETHER]) for i in parts]
    )


def _integrate(rhs, start, times):
    from scipy.integrate import DOP853  # half a second to import; exact flows do not need it

    def slope(_, columns):
        return (times * np.stack(rhs(*columns.reshape(start.T.shape)))).ravel()

    with np.errstate(all="ignore"):  # non-finite numbers raise an error below
        _check_finite(start, rhs)
        solver = DOP853(slope, 0, start.T.ravel(), 1, rtol=_TOLERANCE, atol=_TOLERANCE)
        for _ in range(_STEPS):
            solver.step()
            if solver.status != "running":
                break
    states = solver.y.reshape(start.T.shape).T
    if solver.status == "failed":
        far = np.abs(states).max(axis=1).argmax()
        raise DataError(
            f"the flow diverges: the orbit from {_point(start[far])} has reached {_point(states[far])} at "
            f"t = {solver.t * times[far]:.3g}; use a shorter duration, or a box without such orbits"
        )
    if solver.status == "running":
        raise DataError(
            f"the flow changes too fast to follow: {_STEPS} steps reach only t = "
            f"{solver.t * times.max():.3g} of {times.max():.3g}; use a shorter duration, or a box "
            "without orbits that come near a singularity or a jump"
        )
    return states


def _check_finite(start, rhs):
    rates = np.transpose(rhs(*start.T))
    finite = np.isfinite(rates).all(axis=1)
    if not finite.all():
        bad = finite.argmin()
        raise DataError(
            f"rhs is not finite at {_point(start[bad])}: it returned {_point(rates[bad])}; "
            "choose a box without such points"
        )


def _point(values):
    return f"({', '.join(f'{value:.4g}' for value in values)})"
