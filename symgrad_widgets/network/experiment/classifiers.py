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
_APART = 0.5  # least distance of two masses; at smaller distances, a network smooths the force too much
_DOUBT = 5 * _NOISE  # share of the value: this close to the threshold, noise may flip a label


class Law(NamedTuple):
    """A rule for labels: a label is 1 if a measurement of `value(x1, x2, ...)` exceeds the threshold."""

    value: Callable
    threshold: float

    def label(self, rng, points):
        """Return labels (N,) of points (N, n), each measured once with Gaussian noise of 1 % of the value."""
        values = self.value(*points.T)
        return values * rng.normal(1, _NOISE, len(values)) > self.threshold

    def uncertain(self, points):
        """Return whether points (N, n) are so near the threshold that noise could flip their labels."""
        values = self.value(*points.T)
        return np.abs(values - self.threshold) < _DOUBT * np.abs(values)


def box(rng, count, low, high, law):
    """Draw points uniformly from the box between `low` and `high`, and label them, as in the paper."""
    x = rng.uniform(low, high, (count, len(low)))
    return Labelled(x, law.label(rng, x).astype(float))


def half_uncertain(rng, count, low, high, law, usable=None):
    """Draw points from a box, half of them within 5 % of the threshold, where the label is uncertain.

    Only near the threshold do labels tell us how the concept changes from point to point. Few of the paper's
    points are near the threshold, and far from the threshold, the data do not determine what a network
    computes. If you pass `usable`, points are redrawn until `usable` is true for all of them. `usable` takes
    the inputs, each (N,), and returns booleans (N,).
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
    """Draw points uniformly from a box, and keep the points that get the same label from all laws."""

    def draw(number):
        x = rng.uniform(low, high, (number, len(low)))
        return x, *(law.label(rng, x).astype(float) for law in laws)

    x, y, *_ = redraw(draw, lambda _, first, *others: np.all([first == y for y in others], axis=0), count)
    return Labelled(x, y)


def _labelled(low, high, value, threshold, /, **default):
    """Return the samplers of an experiment with one law; `default` changes the default variant."""
    given = {"low": low, "high": high, "law": Law(value, threshold)}
    return {"default": partial(half_uncertain, **{**given, **default}), "paper": partial(box, **given)}


def _agreeing(low, high, *values):
    """Return the sampler of an experiment with several laws, each with threshold 0."""
    return {"default": partial(agreeing, low=low, high=high, laws=[Law(value, 0.0) for value in values])}


def _row(number, slug, title, samplers, **options):
    concepts = CONCEPTS[number].formulas
    low = samplers["default"].keywords["low"]
    names = tuple(f"x{i}" for i in range(1, len(low) + 1))
    return Experiment(number, slug, title, names, samplers, concepts, kind="classifier", **options)


_SHARP = {
    "default": {"weight_decay": 1e-4, "held_out": 50_000}
}  # without noise, only weight decay bounds the logits

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
        # in the paper's box, the threshold is nearly a straight line, so a network learns only a plane
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
        # near a collision, the force diverges and a network smooths it, so its gradients would be wrong
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
