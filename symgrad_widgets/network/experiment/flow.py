"""Flows: points of one orbit share what the motion conserves; a reader's own system works too."""

from functools import partial
from numbers import Real

import numpy as np

from ...checks import checked_names
from ...errors import DataError
from ...formula.velocities import read_velocities
from .data import Triplets, checked_concepts

__all__ = ["flow_parts", "integrate", "orbits"]

_TOLERANCE = 1e-11  # of a step, relative and absolute
_TOGETHER = 4000  # orbits: what they need fits the processor's cache
_STEPS = 2000  # more than ten times what a smooth flow needs
_PROBES = 256  # starts on which a flow is tried when it is given


def flow_parts(rhs, box, names, duration, title, concepts):
    """Attributes of an experiment of a reader's own system: see `Experiment.from_flow`."""
    if isinstance(rhs, str):
        if names is not None:
            raise DataError("the text of a flow contains its names: leave out names")
        names, rhs = read_velocities(rhs)
    elif names is None:
        raise DataError("a function does not tell its inputs' names: give names, such as ['x', 'v']")
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
    """Time derivatives (n, N) from `rhs`, or a DataError that says how it is called."""
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
            f"one time derivative for each is needed, as from {example}"
        )
    return rates


def orbits(rng, count, flow, box, duration):
    """Triplets of orbits from the box, seen at random times up to `duration`; the negative on another orbit.

    `flow(start, times)` takes states (N, n) to states (N, n).
    """
    low, high = np.transpose(box)
    orbit, other = rng.uniform(low, high, (2, count, len(low)))
    times = rng.uniform(0, duration, (3, count))
    return Triplets(*map(flow, (orbit, orbit, other), times))


def integrate(rhs, start, times):
    """States (N, n) that a flow reaches from states (N, n) after times (N,), one time for each orbit.

    `rhs` takes the n columns and returns their n time derivatives. In units of its own time every orbit
    lasts from 0 to 1, so that SciPy's Runge-Kutta method of order 8 (DOP853) takes thousands of them as one
    system; 50,000 orbits in the plane take a tenth of a second, with an energy exact to 1e-10.

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
    from scipy.integrate import DOP853  # half a second, and the exact flows do without

    def slope(_, columns):
        return (times * np.stack(rhs(*columns.reshape(start.T.shape)))).ravel()

    with np.errstate(all="ignore"):  # what is not finite ends in an error
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
            f"t = {solver.t * times[far]:.3g}; give a shorter duration, or a box without such orbits"
        )
    if solver.status == "running":
        raise DataError(
            f"the flow changes too fast to follow: {_STEPS} steps lead only to t = "
            f"{solver.t * times.max():.3g} of {times.max():.3g}; give a shorter duration, or a box "
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
