"""Experiments from mechanics: two points of one orbit share what the motion conserves."""

import numpy as np

from ..concepts import CONCEPTS
from .definition import Experiment, Triplets

__all__ = ["EXPERIMENTS"]

_DURATION = 3.0


def oscillator(rng, count):
    """Harmonic oscillator, force -x: orbits from x, v ~ U[0, 1], seen at random times t ~ U[0, 3].

    Anchor and positive are two times of one orbit, the negative a time of another. The flow is exact, a
    rotation of the plane.
    """

    def seen(start):
        t = rng.uniform(0, _DURATION, count)
        (x, v), c, s = start.T, np.cos(t), np.sin(t)
        return np.column_stack([c * x + s * v, c * v - s * x])

    orbit, other = rng.uniform(size=(count, 2)), rng.uniform(size=(count, 2))
    return Triplets(seen(orbit), seen(orbit), seen(other))


EXPERIMENTS = (
    Experiment(
        "P1-07",
        "oscillator",
        "Harmonic oscillator",
        names=("x", "v"),
        samplers={"default": oscillator},
        concepts=CONCEPTS["P1-07"].formulas,
        presets={"paper": {"epochs": 300, "plateau_factor": 0.5}},
    ),
)
