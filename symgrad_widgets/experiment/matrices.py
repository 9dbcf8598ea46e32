"""Experiments with matrices, row by row as inputs x1, x2, ...: similar matrices share their invariants."""

from functools import partial

import numpy as np

from ..concepts import CONCEPTS
from .definition import Experiment, Triplets, redraw

__all__ = ["EXPERIMENTS"]


def _uniform(rng, count):
    return rng.uniform(size=(count, 2, 2))


def _trace_five(rng, count):
    """Entries ~ U[-10, 10], then the same number added to both diagonal entries so that the trace is 5."""
    matrices = rng.uniform(-10, 10, size=(count, 2, 2))
    shift = (5 - np.trace(matrices, axis1=1, axis2=2)) / 2
    return matrices + shift[:, None, None] * np.eye(2)


def similar(rng, count, draw, reach=None):
    """Triplets of matrices: anchor A, positive M A M^-1, negative another A; M and A from one `draw`.

    Where M is nearly singular the positive's entries are up to a million times the anchor's. With a
    `reach`, both M and A are redrawn until no entry of the positive exceeds it in size; without one
    nothing is refused, as in the paper; a loss without a margin follows the few largest entries then.
    """

    def pair(number):
        a, m = draw(rng, number), draw(rng, number)
        return a, m @ a @ np.linalg.inv(m)

    def within(_, positive):
        return np.abs(positive).max(axis=(1, 2)) <= reach

    anchor, positive = pair(count) if reach is None else redraw(pair, within, count)
    return Triplets(*(matrices.reshape(count, -1) for matrices in (anchor, positive, draw(rng, count))))


def _samplers(draw, reach):
    return {"default": partial(similar, draw=draw, reach=reach), "paper": partial(similar, draw=draw)}


EXPERIMENTS = (
    Experiment(
        "P1-01",
        "trace2",
        "Trace of a 2x2 matrix",
        names=("x1", "x2", "x3", "x4"),
        samplers=_samplers(_uniform, reach=5),
        concepts=CONCEPTS["P1-01"].formulas,
        presets={"paper": {"epochs": 100, "plateau_factor": 0.2}},
    ),
    Experiment(
        "P1-02",
        "determinant2",
        "Determinant of a 2x2 matrix of trace 5",
        names=("x1", "x2", "x3", "x4"),
        samplers=_samplers(_trace_five, reach=12.5),
        concepts=CONCEPTS["P1-02"].formulas,
        constraints=CONCEPTS["P1-02"].constraints,
        presets={"paper": {"epochs": 300, "plateau_factor": 0.2}},
    ),
)
