"""Experiments with labels: does a noisy measurement of the concept exceed a threshold? (arXiv 2401.04978)."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from ..concepts import CONCEPTS
from .data import Labelled, redraw
from .definition import Experiment

__all__ = ["EXPERIMENTS", "Law", "agreeing", "box", "half_uncertain"]

_NOISE = 0.01  # standard deviation of a measurement, as a share of its value
_APART = 0.5  # least distance of two masses; nearer, the network's smoothing hides the quotient
_DOUBT = 5 * _NOISE  # as a share of the value: nearer to the threshold, noise may flip a label


class Law(NamedTuple):
    """The label of a point is whether a measurement of `value(x1, x2, ...)` exceeds the threshold."""

    value: Callable
    threshold: float

    def label(self, rng, points):
        """Labels (N,) of points (N, n): each is measured once, with a normal error of 1 % of the value."""
        values = self.value(*points.T)
        return values * rng.normal(1, _NOISE, len(values)) > self.threshold

    def uncertain(self, points):
        """Whether points (N, n) are so near the threshold that a second measurement may flip the label."""
        values = self.value(*points.T)
        return np.abs(values - self.threshold) < _DOUBT * np.abs(values)


def box(rng, count, low, high, law):
    """Points uniform in the box from `low` to `high`, and their labels: the paper's data."""
    x = rng.uniform(low, high, (count, len(low)))
    return Labelled(x, law.label(rng, x).astype(float))


def half_uncertain(rng, count, low, high, law, usable=None):
    """Points of a box too, but half of them where the label is uncertain, within 5 % of the threshold.

    Only there do labels tell how the concept changes from point to point. Few of the paper's points lie
    there, and a network invents what it does at the rest. `usable` takes the inputs (N,) each, and returns a
    boolean (N,); if it is given, all points are redrawn until it holds.
    """

    def drawn(number, accept):
        return redraw(partial(box, rng, low=low, high=high, law=law), lambda x, _: accept(x), number)

    def inside(x):
        return np.full(len(x), True) if usable is None else usable(*x.T)

    near = drawn(count // 2, lambda x: law.uncertain(x) & inside(x))
    order = rng.permutation(count)
    rows = zip(drawn(count - count // 2, inside), near, strict=True)
    return Labelled(*(np.concatenate(parts)[order] for parts in rows))


def agreeing(rng, count, low, high, laws):
    """Points uniform in a box; only those are kept to which all laws give the same label."""

    def draw(number):
        x = rng.uniform(low, high, (number, len(low)))
        return x, *(law.label(rng, x).astype(float) for law in laws)

    x, y, *_ = redraw(draw, lambda _, first, *others: np.all([first == y for y in others], axis=0), count)
    return Labelled(x, y)


def _labelled(low, high, value, threshold, /, **default):
    """Samplers of an experiment with one law; further arguments are for the default variant."""
    given = {"low": low, "high": high, "law": Law(value, threshold)}
    return {"default": partial(half_uncertain, **{**given, **default}), "paper": partial(box, **given)}


def _agreeing(low, high, *values):
    """Samplers of an experiment with several laws, each with threshold 0."""
    return {"default": partial(agreeing, low=low, high=high, laws=[Law(value, 0.0) for value in values])}


def _row(number, slug, title, samplers, **options):
    concepts = CONCEPTS[number].formulas
    low = samplers["default"].keywords["low"]
    names = tuple(f"x{i}" for i in range(1, len(low) + 1))
    return Experiment(number, slug, title, names, samplers, concepts, kind="classifier", **options)


_SHARP = {
    "default": {"weight_decay": 1e-4, "held_out": 50_000}
}  # no noise bounds the logits: few are visible

EXPERIMENTS = (
    _row(
        "P2-A1",
        "ellipse",
        "Ellipse, inside or outside",
        _labelled((-1, -1), (1, 1), lambda x, y: x**2 + 2 * y**2, 1),
    ),
    _row(
        "P2-A",
        "quadratic",
        "Quadratic form above a threshold",
        # in the paper's box the threshold is nearly a straight line, and a plane all there is to learn
        _labelled((-2, -2), (0, 0), lambda x, y: x**2 + 3 * x * y + 2 * y**2, 5, low=(-3, -3), high=(3, 3)),
    ),
    _row(
        "P2-B",
        "sine",
        "Square and sine above a threshold",
        _labelled((-2,) * 3, (0,) * 3, lambda x, y, z: x**2 + np.sin(y + z), 1),
    ),
    _row(
        "P2-C",
        "exponential",
        "Exponential above a plane",
        _labelled((-1,) * 3, (1,) * 3, lambda x, y, z: np.exp(x - y) - np.pi * z, 1),
    ),
    _row(
        "P2-D",
        "gaussian",
        "Gaussian times an input above a threshold",
        _labelled((0, -2, -2), (2, 2, 2), lambda x, y, z: x * np.exp(-(y**2 + z**2) / 2), 0.2),
    ),
    _row(
        "P2-E",
        "gravity",
        "Gravity above a threshold",
        # near a collision, where the force diverges, a network smooths it: no concept could be read there
        _labelled(
            (0,) * 6,
            (2,) * 6,
            lambda m, n, x, u, y, v: m * n / ((x - u) ** 2 + (y - v) ** 2),
            1,
            usable=lambda _m, _n, x, u, y, v: np.hypot(x - u, y - v) > _APART,
        ),
        presets={"default": {"hidden": (64, 64, 64)}},
    ),
    _row(
        "P2-F",
        "two_products",
        "Two products that agree",
        _agreeing((0,) * 4, (2,) * 4, lambda x, y, *_: x * y - 1, lambda _x, _y, z, t: z * t - 1),
        presets=_SHARP,
    ),
    _row(
        "P2-G",
        "two_mixed",
        "A product and a sine that agree",
        _agreeing((0,) * 3, (2,) * 3, lambda x, y, z: x * y + z - 2, lambda _, y, z: np.sin(y * z) - 0.5),
        presets=_SHARP,
    ),
)
