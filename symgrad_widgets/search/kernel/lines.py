"""Local linear regression along one coordinate, compiled: what lines through neighbours predict."""

import numpy as np

from ..tuning import ROUNDING
from .compiled import cached

__all__ = ["along", "least_rest", "lines"]

_LEAST = ROUNDING.share


@cached
def lines(z, rows, half):
    """Predictions and slopes (B, R, N) for rows (B, R, N), each value by a line through its neighbours.

    Neighbours are up to `half` others on either side in the order of z (B, N), which rises.
    """
    B, R, N = rows.shape
    means, slopes = np.empty((B, R, N)), np.empty((B, R, N))
    for b in range(B):
        for r in range(R):
            _line(z[b], rows[b, r], half, means[b, r], slopes[b, r])
    return means, slopes


@cached
def least_rest(z, y, windows):
    """Mean squared error (B,) of such predictions of y (B, N), with the number of neighbours that is best."""
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
    """Products (K,) with what is left (N,), and squares (K,), of what rows (K, N) move predictions by.

    A row moves a prediction by its `slopes` (N,) times what it differs by from a line through its neighbours.
    All but the rows are in order of z (N,), which rises; `order` (N,) takes the rows there.
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
