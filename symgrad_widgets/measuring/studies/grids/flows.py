"""First integrals from velocities alone: how many we read, and what we claim if there are none."""

import numpy as np

from ....field import GradientField
from ...cases.moving_systems import CONSERVING, OTHERS, cubic, leak
from ...cases.study import Study

_TRUE = 1e-5  # mean squared cosine between gradient and velocity, 0.2 degrees: constants may be a little off


def _measure(seed, systems=CONSERVING, error=0.0, count=1000, followed=False):
    """Read what a system conserves, and check it with the system's velocities at other points."""
    from ....reading.interpretation import interpret

    system = cubic(seed) if systems is cubic else systems[seed % len(systems)]
    if followed:
        field = GradientField.from_trajectories(*system.followed(seed, error), system.names)
    else:
        points = system.points(seed, count)
        rates = system.velocities(points)
        rates = rates + error * rates.std(0) * np.random.default_rng([seed, 7]).normal(size=rates.shape)
        field = GradientField.from_flow(points, rates, system.names)
    result = interpret(field, seconds=None, random_state=seed)
    others = system.points(seed + 1000, 2000)
    leaks = [leak(found.expression, system, others) for found in result.concepts]
    claimed = [left for left, kind in zip(leaks, result.kinds, strict=True) if kind == "match"]
    read = sum(left < _TRUE for left in claimed)
    return {
        "outcome": _outcome(read, len(claimed) - read, system.integrals),
        "formula": "; ".join(str(found.expression) for found in result.concepts) or None,
        "how": ", ".join(result.kinds) or None,
        "loss": result.evidence.loss,
        "residual": max(claimed, default=None),
        "known": system.integrals,
        "read": read,
        "close": len(leaks) - len(claimed),
    }


def _outcome(read, false, known):
    if not known:
        return "law" if read + false else "nothing"
    return "another" if false else "found" if read >= known else "none"


STUDY = Study(
    title="First integrals without a network",
    question=(
        "We give the search the velocities at 1,000 random states of a system. How many of the system's "
        "independent first integrals (quantities that stay constant during each motion) does the search "
        "find? Does the search claim an integral that does not exist? We also try fewer states, and "
        "velocities with errors. In the rows *motions*, the search gets no velocities. Instead, it gets the "
        "states of 20 motions, each measured at 100 moments, with errors. All errors are fractions of each "
        "quantity's spread. Twelve systems have integrals, from the oscillator to the Toda chain. Twelve "
        "other systems are damped, driven or chaotic. In further flows, of two to four inputs, the "
        "velocities are random cubic polynomials."
    ),
    groups={
        "integrals": {
            "exact": {},
            "error 0.01": {"error": 0.01},
            "error 0.05": {"error": 0.05},
            "100 states": {"count": 100},
            "motions, error 0.001": {"followed": True, "error": 0.001},
            "motions, error 0.01": {"followed": True, "error": 0.01},
        },
        "no law: damped, driven, chaotic": {
            "exact": {"systems": OTHERS},
            "error 0.01": {"systems": OTHERS, "error": 0.01},
            "error 0.05": {"systems": OTHERS, "error": 0.05},
            "motions, error 0.01": {"systems": OTHERS, "followed": True, "error": 0.01},
        },
        "no law: random cubic rates": {"exact": {"systems": cubic}},
    },
    measure=_measure,
    figures={"known": "known", "read": "read", "close, not complete": "close"},
    none="too few",
)
