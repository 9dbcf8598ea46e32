"""The inputs that can be chosen freely on the data, and what a motion of them changes.

If the data do not fill the whole space of their inputs, some inputs follow from others. Motions then move the
first free inputs, `free`, each in units of its spread, and take the others along.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...field import GradientField

__all__ = ["Sample", "sampled", "shared"]

_NUMBERS = 2e7  # in the products of gradients and points; above this, a sample of points is used
_ERRORS = 3.0  # standard errors above zero are sure
_FOLDS = 5
_ENOUGH = 4  # points for each number of a quadratic function
_PIVOT = 0.1  # of what an input can say at most: if less is new, it is not free


@dataclass(frozen=True)
class Sample:
    """Rows (N, k, m) that no motion may change, at places (N, m) from the middle of the data, in spreads.

    `free` holds the numbers of the m inputs, `lift (n, m)` how all inputs follow, `centre (m,)` the middle.
    Errors of the rows that are equal in all directions have the covariance `metric (m, m)`.
    """

    field: GradientField
    rows: np.ndarray
    places: np.ndarray
    weights: np.ndarray
    free: np.ndarray
    lift: np.ndarray
    centre: np.ndarray
    metric: np.ndarray

    @cached_property
    def spread(self):
        """Spreads (m,) of the free inputs."""
        return self.field.measure.spread[self.free]


def sampled(field):
    """Return the `Sample` of a field."""
    size = field.neurons * (len(field.names) * (len(field.names) + 1))
    step = int(np.ceil(len(field) * size / _NUMBERS))
    field = field.take(slice(None, None, step)) if step > 1 else field
    spread, basis = field.measure
    live = np.flatnonzero(spread > 0)
    if basis is not None and basis.ndim == 2:
        free = _independent(basis)
        into = np.linalg.inv(basis[free])
        rows, lift = field.unit @ into, basis @ into
    else:
        free, lift, into = live, np.eye(len(spread))[:, live], np.eye(len(live))
        rows = field.unit if basis is None else _on_surface(field.unit, basis)[..., live]
    weights = field.weights / field.weights.sum()
    centre = weights @ field.points[:, free]
    places = (field.points[:, free] - centre) / spread[free]
    return Sample(field, rows, places, weights, free, lift, centre, into.T @ into)


def _independent(basis):
    """Numbers of the first inputs (m,) that the others follow from; rows of `basis` (n, m) are inputs."""
    chosen, left = [], basis.copy()
    for number, whole in enumerate(np.linalg.norm(basis, axis=1)):
        row, size = left[number], np.linalg.norm(left[number])
        if whole > _PIVOT**2 and size > _PIVOT * whole and len(chosen) < basis.shape[1]:
            chosen.append(number)
            left = left - np.outer(left @ row, row) / size**2
    if len(chosen) < basis.shape[1]:  # none of the first is free enough: the best, whatever their order
        from scipy.linalg import qr

        return np.sort(qr(basis.T, mode="economic", pivoting=True)[2][: basis.shape[1]])
    return np.array(chosen)


def _on_surface(spanning, basis):
    """What no motion on a curved surface may change: the neurons, and the distance from the surface."""
    along = np.einsum("nkm,ncm->nkc", spanning, basis)
    normals = np.linalg.svd(basis, full_matrices=True)[0][:, :, basis.shape[2] :]
    return np.concatenate([along, normals.swapaxes(1, 2)], axis=1)


def shared(sample, changes):
    """Part of the mean squares (d,) of changes (N, k, d) along d motions that is not noise; 0 if all may be.

    An error at one point says nothing about other points. So multiply a change by what other points predict
    for it: the mean of this product is zero, except for what is a smooth function of the place. The other
    points are the neighbours, by a linear function; with many inputs no two points are near, so there it also
    uses four fifths of all points, by a quadratic function.
    """
    return np.maximum(*(_sure(*some) for some in (_by_neighbours(sample, changes), _by_all(sample, changes))))


def _sure(products, weights):
    """Mean of products (N, d), or 0 if it is not surely above 0."""
    mean = weights @ products / weights.sum()
    error = np.sqrt(weights**2 @ (products - mean) ** 2) / weights.sum()
    return np.where(mean > _ERRORS * error, mean, 0.0)


def _by_neighbours(sample, changes):
    around = sample.field.surroundings
    predicted = np.einsum("sj,sjkd->skd", around.shares, changes[around.neighbours])
    return (changes[around.points] * predicted).sum(1), sample.weights[around.points]


def _by_all(sample, changes):
    places, count = sample.places, len(sample.places)
    features = np.column_stack([np.ones(count), places])
    i, j = np.triu_indices(places.shape[1])
    if _ENOUGH * (len(i) + features.shape[1]) <= count:
        features = np.column_stack([features, places[:, i] * places[:, j]])
    flat, predicted, fold = (
        changes.reshape(count, -1),
        np.zeros((count, changes[0].size)),
        np.arange(count) % _FOLDS,
    )
    root = np.sqrt(sample.weights)[:, None]
    for number in range(_FOLDS):
        known, asked = fold != number, fold == number
        fitted = np.linalg.lstsq((root * features)[known], (root * flat)[known])[0]
        predicted[asked] = features[asked] @ fitted
    return (flat * predicted).reshape(changes.shape).sum(1), sample.weights
