"""Test whether one or two inputs predict the part of a neuron's values that a formula does not explain."""

import itertools

import numpy as np

from ..tuning import ROUNDING, SYSTEMATIC

__all__ = ["systematic"]


def systematic(left, points):
    """Return the largest share of the errors `left` (N,) that a smooth function of two inputs predicts.

    We fit polynomials in each pair of inputs on some of the points (N, n), and test them on the others
    (cross-validation: Stone 1974). So a function that fits by chance predicts nothing. If there are too few
    points or too many inputs to tell, the share is 1.
    """
    spread = np.ptp(points, axis=0)
    points = points[:, spread > 0]
    count, inputs = points.shape
    columns = (SYSTEMATIC.degree + 1) * (SYSTEMATIC.degree + 2) // 2
    if count < SYSTEMATIC.points * columns or not 2 <= inputs <= SYSTEMATIC.inputs:
        return 1.0
    even = 2 * (points - points.min(0)) / spread[spread > 0] - 1
    powers = np.polynomial.legendre.legvander(even.T, SYSTEMATIC.degree)
    left = left - left.mean()
    parts = np.array_split(np.random.default_rng(0).permutation(count), SYSTEMATIC.parts)
    missed = [_missed(left, _products(*pair), parts) for pair in itertools.combinations(powers, 2)]
    return float(1 - min(missed) / max(left @ left, ROUNDING.divisor))


def _products(first, second):
    """Return products (N, K) of two inputs' polynomials (N, degree + 1), up to the total degree."""
    most = first.shape[1]
    return np.stack([first[:, i] * second[:, j] for i in range(most) for j in range(most - i)], axis=1)


def _missed(left, columns, parts):
    """Leave out each part in turn, and fit the columns on the others; sum the squared errors left out."""
    grams = np.stack([columns[part].T @ columns[part] for part in parts])
    sides = np.stack([columns[part].T @ left[part] for part in parts])
    grams, sides = grams.sum(0) - grams, sides.sum(0) - sides
    grams += SYSTEMATIC.ridge * np.trace(grams, axis1=1, axis2=2)[:, None, None] * np.eye(grams.shape[-1])
    fitted = np.linalg.solve(grams, sides[..., None])[..., 0]
    return sum(((left[p] - columns[p] @ c) ** 2).sum() for p, c in zip(parts, fitted, strict=True))
