"""Values as a witness: what a formula leaves unexplained of a neuron's values, however it is bent.

A network's values are far more exact than its gradients, and no bend has to be known for them to speak: where
a formula has neighbouring values, so must the neuron.
"""

import numpy as np

from ..tuning import ROUNDING, VALUES

__all__ = ["unexplained"]


def unexplained(formula, neuron):
    """Share of the variance of a neuron's values (N,) that no smooth function of a formula's (N,) predicts.

    Each value is predicted by a straight line through those next to it in order of the formula's values, of
    as many as predict best (local linear regression, each point left out in turn: Fan and Gijbels 1996, Local
    Polynomial Modelling and Its Applications). The bend may fold. Points without a value of the formula count
    as unexplained.
    """
    usable = np.isfinite(formula)
    z, y = formula[usable], neuron[usable]
    if len(z) < VALUES.least_points or np.ptp(z) == 0 or np.ptp(y) == 0:
        return 1.0
    order = np.argsort(z, kind="stable")
    z = (z[order] - z.mean()) / z.std()
    y = (y[order] - y.mean()) / y.std()
    return float(min(1, min(_rest(z, y, half) for half in VALUES.windows) + 1 - usable.mean()))


def _rest(z, y, half):
    """Mean squared error of each value, predicted by a line through up to `half` others on either side."""
    at = np.arange(len(z))
    low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(z))
    sums = (np.concatenate([[0], np.cumsum(part)]) for part in (np.ones_like(z), z, y, z * z, z * y))
    own = (1, z, y, z * z, z * y)
    count, sz, sy, szz, szy = (s[high] - s[low] - part for s, part in zip(sums, own, strict=True))
    spread = szz / count - (sz / count) ** 2
    known = spread > ROUNDING.share
    slope = np.where(known, szy / count - sz * sy / count**2, 0) / np.where(known, spread, 1)
    return float(((y - sy / count - slope * (z - sz / count)) ** 2).mean())
