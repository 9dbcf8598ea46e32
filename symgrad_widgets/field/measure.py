"""How to measure lengths and angles of gradients: in units of each input's spread, on the tangent space."""

from typing import NamedTuple

import numpy as np

from ..arrays import floats
from ..errors import DataError

__all__ = ["Measure", "checked_tangent", "measured"]

_FLAT = 1e-5  # a direction in which the standardised data vary by less than this does not count


class Measure(NamedTuple):
    """Measures lengths and angles of gradients in units of each input's spread, on the tangent space.

    `spread (n,)` is 0 for an input that does not vary. `basis (n, m)`, or `(N, n, m)` for one at each point,
    is orthonormal in these units; None means all directions.
    """

    spread: np.ndarray
    basis: np.ndarray | None

    def project(self, gradients):
        """Return tangent coordinates (N, m) or (N, k, m) of gradients (N, n) or (N, k, n)."""
        gradients = gradients * self.spread
        if self.basis is None:
            return gradients
        if self.basis.ndim == 2:
            return gradients @ self.basis
        return np.einsum("i...n,inm->i...m", gradients, self.basis)

    def lift(self, projected):
        """Return gradients (N, n) or (N, k, n) with these tangent coordinates."""
        if self.basis is None:
            along = projected
        elif self.basis.ndim == 2:
            along = projected @ self.basis.T
        else:
            along = np.einsum("i...m,inm->i...n", projected, self.basis)
        return np.divide(along, self.spread, out=np.zeros_like(along), where=self.spread > 0)

    def take(self, index):
        """Return the measure at some of the points."""
        return (
            self._replace(basis=self.basis[index])
            if self.basis is not None and self.basis.ndim == 3
            else self
        )


def measured(points, tangent="auto"):
    """Return the `Measure` of points (N, n); the tangent is "auto", None, or a basis in input coordinates."""
    spread, axes = _principal(points)
    if isinstance(tangent, str):
        return Measure(spread, axes)
    if tangent is None:
        return Measure(spread, None)
    live = np.where(spread > 0, spread, np.inf)
    return Measure(spread, np.linalg.qr(tangent / live[:, None])[0])


def _principal(points):
    """Return spreads (n,) of inputs, and axes (n, m) of the scaled points, or None if these fill R^n.

    An input whose spread is only rounding error has spread 0. Inputs are standardised first, so that
    their units do not matter.
    """
    centred = points - points.mean(0)
    spread = centred.std(0)
    live = spread > _FLAT * 1e-3 * np.abs(points).max(0, initial=1e-300)
    if not live.any():
        raise DataError(f"all {len(points)} points are equal: there is no direction to compare gradients in")
    _, s, vt = np.linalg.svd(centred[:, live] / spread[live], full_matrices=False)
    rank = int((s > _FLAT * s[0]).sum())
    if rank == points.shape[1]:
        return spread, None
    axes = np.zeros((points.shape[1], rank))
    axes[live] = vt[:rank].T
    return np.where(live, spread, 0.0), axes


def checked_tangent(tangent, points):
    count, n = points.shape
    if tangent is None or (isinstance(tangent, str) and tangent == "auto"):
        return tangent
    if isinstance(tangent, str):
        raise DataError(f"tangent must be 'auto', None or a basis, got {tangent!r}")
    tangent = floats(tangent, "tangent")
    m = tangent.shape[-1]
    if tangent.shape not in ((n, m), (count, n, m)) or m > n:
        raise DataError(
            f"tangent must have shape ({n}, m) or ({count}, {n}, m) with m <= {n}, got {tangent.shape}"
        )
    gram = np.swapaxes(tangent, -1, -2) @ tangent
    if not np.allclose(gram, np.eye(m), atol=1e-6):
        raise DataError(
            "tangent must be an orthonormal basis, but its columns are not orthonormal: "
            "use numpy.linalg.qr(basis)[0]"
        )
    return tangent
