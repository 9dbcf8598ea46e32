"""Predict values from a line through neighbouring values (local linear regression), in compiled loops."""

import numpy as np

from ..tuning import ROUNDING
from .compiled import cached

__all__ = ["along", "least_rest", "lines"]

_LEAST = ROUNDING.share


@cached
def lines(z, rows, half):
    """Predict each value of rows (B, R, N) by a line through its neighbours.

    Return the predictions and the lines' slopes, both (B, R, N). The line uses up to `half` neighbours on
    either side. Each row of z (B, N) must be in ascending order.
    """
    B, R, N = rows.shape
    means, slopes = np.empty((B, R, N)), np.empty((B, R, N))
    for b in range(B):
        for r in range(R):
            _line(z[b], rows[b, r], half, means[b, r], slopes[b, r])
    return means, slopes


@cached
def least_rest(z, y, windows):
    """Predict the values y (B, N) by lines; return the mean squared error (B,) for the best window."""
    B, N = y.shape
    least, mean, slope = np.full(B, np.inf), np.empty(N), np.empty(N)
    for b in range(B):
        for half in windows:
            _line(z[b], y[b], half, mean, slope)
            total = 0.0
            for i in range(N):
                total += (y[b, i] - mean[i]) ** 2
            least[b] = min(least[b], total / N)
    return least


@cached
def along(z, rows, order, slopes, left, half):
    """Compute how each of the rows (K, N) would change predictions.

    Return two sums (K,) over the points: of the change times the error `left` (N,), and of the squared
    change.

    A row changes each prediction by `slopes` (N,) times the row's distance from a line through its
    neighbours. The rows come unsorted, and `order` (N,) sorts them. All other arrays are sorted like z (N,),
    which must be in ascending order.
    """
    K, N = rows.shape
    products, squares = np.zeros(K), np.zeros(K)
    row, mean, slope = np.empty(N), np.empty(N), np.empty(N)
    for k in range(K):
        for i in range(N):
            row[i] = rows[k, order[i]]
        _line(z, row, half, mean, slope)
        for i in range(N):
            moved = (row[i] - mean[i]) * slopes[i]
            products[k] += moved * left[i]
            squares[k] += moved**2
    return products, squares


@cached
def _line(z, y, half, mean, slope):
    N = len(z)
    low = high = 0
    sz = sy = szz = szy = 0.0
    for i in range(N):
        while high < min(i + half + 1, N):
            sz, sy, szz, szy = sz + z[high], sy + y[high], szz + z[high] ** 2, szy + z[high] * y[high]
            high += 1
        while low < i - half:
            sz, sy, szz, szy = sz - z[low], sy - y[low], szz - z[low] ** 2, szy - z[low] * y[low]
            low += 1
        count = high - low - 1
        a, b = (sz - z[i]) / count, (sy - y[i]) / count
        spread = (szz - z[i] ** 2) / count - a * a
        slope[i] = ((szy - z[i] * y[i]) / count - a * b) / spread if spread > _LEAST else 0.0
        mean[i] = b + slope[i] * (z[i] - a)
