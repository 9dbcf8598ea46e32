"""Experiments whose pairs are matrices with the same invariant; x1, x2, ... are their entries, row by row."""

from functools import partial

import numpy as np

from ..concepts import CONCEPTS
from .data import Triplets, redraw
from .definition import Experiment

__all__ = ["EXPERIMENTS"]


def uniform(rng, count, size, low=0.0, high=1.0):
    """Draw matrices (count, size, size) with entries ~ U[low, high]."""
    return rng.uniform(low, high, size=(count, size, size))


def trace_five(rng, count):
    """Draw entries ~ U[-10, 10]; then add one number to both diagonal entries, so that the trace is 5."""
    matrices = rng.uniform(-10, 10, size=(count, 2, 2))
    shift = (5 - np.trace(matrices, axis1=1, axis2=2)) / 2
    return matrices + shift[:, None, None] * np.eye(2)


def antisymmetric(rng, count):
    """Draw antisymmetric 3x3 matrices whose entries above the diagonal are ~ N(0, 1)."""
    upper = np.triu(rng.normal(size=(count, 3, 3)), k=1)
    return upper - np.swapaxes(upper, 1, 2)


def haar(rng, count):
    """Draw rotations and reflections uniformly from O(3): Q of a Gaussian matrix's QR, with positive R_ii.

    Without this choice of signs, the result would depend on how QR is computed (Mezzadri 2007, arXiv
    math-ph/0609050).
    """
    q, r = np.linalg.qr(rng.normal(size=(count, 3, 3)))
    return q * np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None, :]


def similar(rng, count, draw, change=None, reach=None):
    """Draw triplets of matrices: the anchor is A, the positive is M A M^-1, and the negative is another A.

    `draw` gives A, and `change` gives M; without a `change`, M is drawn like A. If M is nearly singular, the
    positive's entries are up to a million times the anchor's. With a `reach`, both M and A are redrawn until
    no entry of the positive exceeds `reach`. Without a `reach`, nothing is rejected, as in the paper. Then a
    loss without a margin depends almost only on the few largest entries.
    """

    def pair(number):
        a, m = draw(rng, number), (change or draw)(rng, number)
        return a, m @ a @ np.linalg.inv(m)

    return _triplets(rng, count, draw, pair, reach)


def equal_determinant(rng, count, draw, reach=None):
    """Draw triplets of matrices; the positive is a second draw, scaled to the anchor's determinant.

    If the determinants differ in sign, the positive's first row changes sign. Scaling makes the entries of a
    nearly singular matrix large; `reach` limits them as in `similar`.
    """

    def pair(number):
        a, b = draw(rng, number), draw(rng, number)
        ratio = np.linalg.det(a) / np.linalg.det(b)
        b *= np.cbrt(np.abs(ratio))[:, None, None]
        b[:, 0] *= np.sign(ratio)[:, None]
        return a, b

    return _triplets(rng, count, draw, pair, reach)


def _triplets(rng, count, draw, pair, reach):
    """Draw anchors and positives from `pair(number)`, and redraw them if an entry exceeds the reach."""

    def within(_, positive):
        return np.abs(positive).max(axis=(1, 2)) <= reach

    anchor, positive = pair(count) if reach is None else redraw(pair, within, count)
    return Triplets(*(matrices.reshape(count, -1) for matrices in (anchor, positive, draw(rng, count))))


# There is one concept, and points of one pair are as far apart as points of different pairs. So the plain
# ratio of variances is enough, and we can solve for the last layer. A contrastive loss stays at chance for
# the 3x3 determinant, and folds the neuron in the tails of normal entries.
_RATIO = {"loss": "ratio"}


def _names(size):
    return tuple(f"x{i + 1}" for i in range(size**2))


def _trace(number, size):
    draw = partial(uniform, size=size)
    return Experiment(
        number,
        f"trace{size}",
        f"Trace of a {size}x{size} matrix",
        names=_names(size),
        samplers=_bounded(draw, reach=5),
        concepts=CONCEPTS[number].formulas,
        presets={"paper": {"epochs": 300 if size == 4 else 100, "plateau_factor": 0.2}},
    )


def _bounded(draw, reach):
    return {"default": partial(similar, draw=draw, reach=reach), "paper": partial(similar, draw=draw)}


# without the shift to trace 5, similar matrices also share their trace
_FREE = {
    "title": "Trace and determinant of a 2x2 matrix",
    "concepts": CONCEPTS["P1-01"].formulas + CONCEPTS["P1-02"].formulas,
    "constraints": (),
    "latent": 4,
}
_BOX3 = partial(uniform, size=3, low=-1.0)

EXPERIMENTS = (
    _trace("P1-01", 2),
    Experiment(
        "P1-02",
        "determinant2",
        "Determinant of a 2x2 matrix of trace 5",
        names=_names(2),
        samplers=_bounded(trace_five, reach=12.5)
        | {"free": partial(similar, draw=partial(uniform, size=2, low=-10.0, high=10.0), reach=12.5)},
        concepts=CONCEPTS["P1-02"].formulas,
        constraints=CONCEPTS["P1-02"].constraints,
        presets={"paper": {"epochs": 300, "plateau_factor": 0.2}},
        differences={"free": _FREE},
    ),
    _trace("P1-03", 3),
    Experiment(
        "P1-04",
        "antisymmetric3",
        "Sum of principal minors of an antisymmetric 3x3 matrix",
        names=_names(3),
        samplers={"default": partial(similar, draw=antisymmetric, change=haar)},
        concepts=CONCEPTS["P1-04"].formulas,
        constraints=CONCEPTS["P1-04"].constraints,
        presets={
            "default": _RATIO,
            "paper": {"epochs": 100, "plateau_factor": 0.2},
        },
    ),
    _trace("P1-05", 4),
    Experiment(
        "P1-13",
        "determinant3",
        "Determinant of a 3x3 matrix",
        names=_names(3),
        samplers={
            "default": partial(equal_determinant, draw=_BOX3, reach=2),
            "paper": partial(equal_determinant, draw=_BOX3),
        },
        concepts=CONCEPTS["P1-13"].formulas,
        presets={
            "default": _RATIO | {"hidden": (64, 64, 64)},
            "paper": {"epochs": 300, "plateau_factor": 0.5},
        },
    ),
)
