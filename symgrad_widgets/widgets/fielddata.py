"""A gradient field as plain data, for the scripts of a page that compare formulas with it."""

import base64

import numpy as np

__all__ = ["field_data"]


def field_data(field):
    """All that a loss needs, as JSON-able data; `unpacked` of assets/formula/loss.js makes arrays of it.

    The arrays are base64 of little-endian doubles: points by columns (n, N); spread (n,); basis (n, m),
    (N, n, m) or None; span (N, rank, m), what the neurons' gradients span; weights (N,) or None.
    """
    return {
        "names": list(field.names),
        "count": len(field),
        "dimension": field.dimension,
        "rank": field.unit.shape[1],
        "points": _packed(field.points.T),
        "spread": _packed(field.measure.spread),
        "basis": _packed(field.measure.basis),
        "span": _packed(field.unit),
        "weights": _packed(getattr(field, "weights", None)),
    }


def _packed(array):
    if array is None:
        return None
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f8").tobytes()).decode()
