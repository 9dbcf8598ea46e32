"""Find the inputs that can be chosen freely on the data, and how a motion of them changes a neuron.

If the data do not fill the whole space of the inputs, some inputs are functions of others. A motion then
moves only the *free* inputs: the first inputs that determine all others. Each free input is in units of its
spread.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...field import GradientField

__all__ = ["Sample", "sampled", "shared"]

_NUMBERS = 2e7  # numbers in the products of gradients and points; if more, we take a sample of points
_ERRORS = 3.0  # a mean is certainly positive this many standard errors above zero
_FOLDS = 5
_ENOUGH = 4  # points needed for each coefficient of a quadratic function
_PIVOT = 0.1  # an input is free if at least this share of it does not follow from earlier ones


@dataclass(frozen=True)
class Sample:
    """Rows (N, k, m) and places (N, m): a symmetry moves each place at right angles to its rows.

    Places are measured from the middle of the data, in units of each input's spread. `free` holds the
    positions of m free inputs. `lift (n, m)` computes all n inputs from the free inputs. `centre (m,)` is the
    middle of the data. `metric (m, m)` is the covariance of the rows' errors if the gradients' errors are
    equal in all directions.
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
    """Return positions (m,) of the first inputs that determine the others; rows of the basis are inputs."""
    chosen, left = [], basis.copy()
    for number, whole in enumerate(np.linalg.norm(basis, axis=1)):
        row, size = left[number], np.linalg.norm(left[number])
        if whole > _PIVOT**2 and size > _PIVOT * whole and len(chosen) < basis.shape[1]:
            chosen.append(number)
            left = left - np.outer(left @ row, row) / size**2
    if len(chosen) < basis.shape[1]:  # too few are free enough: take the best, in any order
        from scipy.linalg import qr

        return np.sort(qr(basis.T, mode="economic", pivoting=True)[2][: basis.shape[1]])
    return np.array(chosen)


def _on_surface(spanning, basis):
    """Return gradients and the surface's normals; a symmetry moves points at right angles to both."""
    along = np.einsum("nkm,ncm->nkc", spanning, basis)
    normals = np.linalg.svd(basis, full_matrices=True)[0][:, :, basis.shape[2] :]
    return np.concatenate([along, normals.swapaxes(1, 2)], axis=1)


def shared(sample, changes):
    """Return mean squares (d,) of changes (N, k, d) along d motions, without the part that is noise.

    An error at one point says nothing about other points. So we multiply each change by the value that other
    points predict for it. For noise, the mean of this product is zero. So only changes that vary smoothly
    contribute. We make one prediction with a linear function of the neighbours. With many inputs, no two
    points are near each other. So we make a second prediction for each fifth of the points, with a quadratic
    function (linear if there are few points) fitted to all other points. We take the larger result, or
    0 if all of it could be noise.
    """
    return np.maximum(*(_sure(*some) for some in (_by_neighbours(sample, changes), _by_all(sample, changes))))


def _sure(products, weights):
    """Return the mean of products (N, d), or 0 where the true mean may be 0 or less."""
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
