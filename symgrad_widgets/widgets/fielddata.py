"""A gradient field as plain data, for the scripts of a page that compare formulas with it."""

import base64

import numpy as np

from ..search import held_out

__all__ = ["field_data", "packed"]


def field_data(field, like=None):
    """Return the data for a loss, JSON-able; `unpacked` (assets/formula/loss.js) turns them into arrays.

    If the field has the same points as another field, `like`, the data hold only what differs.

    The arrays are base64 of little-endian doubles: points by columns (n, N); spread (n,); basis (n, m), (N,
    n, m) or None; span (N, rank, m), a basis of the neurons' gradients; weights (N,); and held (N,), as
    bytes: 1 at the points on which losses are measured.
    """
    own = {
        "names": list(field.names),
        "count": len(field),
        "dimension": field.dimension,
        "rank": field.unit.shape[1],
        "span": packed(field.unit),
        "weights": packed(field.weights),
    }
    if like is not None and np.array_equal(like.points, field.points):
        return own
    return own | {
        "points": packed(field.points.T),
        "spread": packed(field.measure.spread),
        "basis": packed(field.measure.basis),
        "held": packed(held_out(field), "u1"),
    }


def packed(array, kind="<f8"):
    """Return base64 of an array whose numbers are of the given kind; None for None."""
    return (
        None
        if array is None
        else base64.b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode()
    )
