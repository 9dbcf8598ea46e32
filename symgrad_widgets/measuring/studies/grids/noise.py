"""Noise and few points, on exact gradients."""

import numpy as np

from ....field import GradientField
from ...cases.blind_reading import answered
from ...cases.made_neurons import directions, disturbed, of_seed, waves
from ...cases.study import Study


def _measure(seed, noise=0.0, kind=directions, count=1000, shift=0.0):
    """Read a field with noisy directions, at points that are given with an error; no values are known."""
    case = of_seed(seed)
    points = case.points(seed, count)
    field = disturbed(case.field(points), kind(points, seed), noise)
    told = points + shift * points.std(0) * np.random.default_rng([seed, 5]).normal(size=points.shape)
    if shift:  # a formula may have no value outside the box
        told = np.clip(told, case.low, case.high)
    return answered(GradientField(told, field.gradients, case.names), case.formula, seed)


def _lawless(seed, kind, count):
    case = of_seed(seed)
    points = case.points(seed, count)
    return answered(GradientField(points, kind(points, seed), case.names), None, seed)


def _any(seed, lawless=False, **settings):
    return (_lawless if lawless else _measure)(seed, **settings)


_COUNTS, _FEW = (20, 50, 100, 300), (20, 1000)

STUDY = Study(
    title="Noise and few points",
    question=(
        "Directions can have noise that differs from point to point, or a smooth error like a network's. "
        "Points can have errors, or there can be few points. How much noise and error can the search cope "
        "with? Does the search find a formula where there is no law?"
    ),
    groups={
        "noise in the directions, mean 1 - cos²": {
            f"{noise:g}": {"noise": noise} for noise in (0.01, 0.1, 0.2, 0.3)
        },
        "smooth error in the directions, mean 1 - cos²": {
            f"{noise:g}": {"noise": noise, "kind": waves} for noise in (1e-4, 0.001, 0.01, 0.1)
        },
        "error in the points, as a fraction of their spread": {
            f"{shift:g}": {"shift": shift} for shift in (0.03, 0.1, 0.3)
        },
        "number of points, with noise of 0.01": {
            str(count): {"count": count, "noise": 0.01} for count in _COUNTS
        },
        "no law: random directions; number of points": {
            str(count): {"lawless": True, "kind": directions, "count": count} for count in _FEW
        },
        "no law: random smooth function; number of points": {
            str(count): {"lawless": True, "kind": waves, "count": count} for count in _FEW
        },
    },
    measure=_any,
)
