"""Directions at points: unit vectors, the part outside a span, and the space orthogonal to a vector.

An array holds a vector of m numbers at each of N points, or k vectors at each point. We compare the vector
with the span of the k vectors.
"""

import numpy as np

__all__ = ["across", "degrees", "misalignment", "orthonormal", "outside", "unit"]

_DEPENDENT = 1e-9  # share of the largest singular value: a smaller one does not count as a direction


def unit(vectors):
    """Return vectors (..., m) of length 1 along the given vectors; not finite where a vector vanishes."""
    with np.errstate(all="ignore"):
        return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def orthonormal(rows):
    """Return orthonormal rows (N, r, m) that span k rows (N, k, m), r = min(k, m); 0 beyond the rank.

    Only the direction of a row counts: rows of length 1e-8 and 1e8 span the same space.
    """
    length = np.linalg.norm(rows, axis=2, keepdims=True)
    _, s, basis = np.linalg.svd(np.divide(rows, length, out=np.zeros_like(rows), where=length > 0), False)
    return basis * (s > _DEPENDENT * s[:, :1])[..., None]


def outside(vectors, spanning):
    """Return the part of vectors (N, m) that lies outside the span of orthonormal rows (N, k, m)."""
    return vectors - np.einsum("nkm,nk->nm", spanning, np.einsum("nkm,nm->nk", spanning, vectors))


def misalignment(vectors, spanning):
    """Return 1 - |P g|^2 / |g|^2 for vectors g (N, m); P projects onto orthonormal `spanning` (N, k, m).

    This is the squared sine of the angle between g and the span; it is 1 where g vanishes or is not finite.
    The result is computed from the part outside the span, so that small values stay accurate.
    """
    with np.errstate(all="ignore"):
        scaled = vectors / np.abs(vectors).max(axis=1, keepdims=True)
        share = (outside(scaled, spanning) ** 2).sum(1) / (scaled**2).sum(1)
    return np.where(np.isfinite(share), np.minimum(share, 1.0), 1.0)


def degrees(share):
    """Return the angle in degrees, from 0 to 90, whose squared sine is `share`, a number or an array."""
    share = np.clip(share, 0.0, 1.0)
    return np.degrees(np.arctan2(np.sqrt(share), np.sqrt(1 - share)))


def across(vectors):
    """Return orthonormal bases (N, m, m - 1) of the directions at right angles to each vector (N, m)."""
    count, m = vectors.shape
    frame = np.concatenate([vectors[..., None], np.broadcast_to(np.eye(m), (count, m, m))], axis=2)
    return np.linalg.qr(frame)[0][:, :, 1:]
