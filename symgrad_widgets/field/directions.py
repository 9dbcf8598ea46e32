"""Directions at points: unit vectors, what lies outside a span or across a vector, and its squared sine.

Arrays hold a vector of m numbers at each of N points, or the k vectors whose span it is compared with.
"""

import numpy as np

__all__ = ["across", "degrees", "misalignment", "orthonormal", "outside", "unit"]

_DEPENDENT = 1e-9  # of the largest singular value: a smaller one is not an independent direction


def unit(vectors):
    """Vectors (..., m) of length 1 along the given ones; not finite where one vanishes."""
    with np.errstate(all="ignore"):
        return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def orthonormal(rows):
    """Orthonormal rows (N, r, m) of the span of k rows (N, k, m), r = min(k, m); zero rows beyond its rank.

    Only the direction of a row counts: rows of length 1e-8 and 1e8 span the same.
    """
    length = np.linalg.norm(rows, axis=2, keepdims=True)
    _, s, basis = np.linalg.svd(np.divide(rows, length, out=np.zeros_like(rows), where=length > 0), False)
    return basis * (s > _DEPENDENT * s[:, :1])[..., None]


def outside(vectors, spanning):
    """Part of vectors (N, m) that lies outside the span of orthonormal rows (N, k, m)."""
    return vectors - np.einsum("nkm,nk->nm", spanning, np.einsum("nkm,nm->nk", spanning, vectors))


def misalignment(vectors, spanning):
    """1 - |P g|^2 / |g|^2 for vectors g (N, m); P projects on the orthonormal rows of `spanning` (N, k, m).

    This is the squared sine of the angle between them; 1 where g vanishes or is not finite. It is computed
    from the part outside the span, so that small values keep their digits.
    """
    with np.errstate(all="ignore"):
        scaled = vectors / np.abs(vectors).max(axis=1, keepdims=True)
        share = (outside(scaled, spanning) ** 2).sum(1) / (scaled**2).sum(1)
    return np.where(np.isfinite(share), np.minimum(share, 1.0), 1.0)


def degrees(share):
    """Angle in degrees, 0 to 90, of a squared sine `share`, a number or an array."""
    share = np.clip(share, 0.0, 1.0)
    return np.degrees(np.arctan2(np.sqrt(share), np.sqrt(1 - share)))


def across(vectors):
    """Orthonormal bases (N, m, m - 1) across each of the vectors (N, m)."""
    count, m = vectors.shape
    frame = np.concatenate([vectors[..., None], np.broadcast_to(np.eye(m), (count, m, m))], axis=2)
    return np.linalg.qr(frame)[0][:, :, 1:]
