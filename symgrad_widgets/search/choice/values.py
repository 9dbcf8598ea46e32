"""Measure how much of a neuron's values a formula leaves unexplained, up to a function of one variable.

We call this function, from the formula to the neuron's value, the *bend*. A network's values are far more
exact than its gradients. The values help even if we do not know the bend: where the formula has nearly equal
values, the neuron's values must be close, too. The values also determine a sum's coefficients.
"""

import numpy as np

from ..kernel.lines import along, least_rest, lines
from ..tuning import ROUNDING, VALUES

__all__ = ["gains", "left_of", "missed", "polished", "tangents", "told_by_many", "unexplained"]


def unexplained(formulas, neuron, sides=0):
    """Return the share of the variance of a neuron's values that no smooth function of a formula predicts.

    We sort the points by the formula's values. A straight line through neighbouring points predicts each
    value of the neuron; we take the number of neighbours that predicts best (local linear regression, with
    each point left out in turn: Fan and Gijbels 1996, Local Polynomial Modelling and Its Applications). The
    bend need not be monotone.

    Parameters
    ----------
    formulas : (..., N)
    neuron : (N,)
    sides : int (..., N), optional
        Number of each point's region, if poles divide the domain: each region has its own bend.

    Returns
    -------
    array (...); 1 for a formula without values, because points without a value count as unexplained

    """
    if len(neuron) < VALUES.least_points or np.ptp(neuron) == 0:
        return np.ones(formulas.shape[:-1])
    z, _, known = _standard(formulas, sides)
    order = np.argsort(z, axis=-1, kind="stable")
    z, y = np.take_along_axis(z, order, -1), ((neuron - neuron.mean()) / neuron.std())[order]
    rest = least_rest(np.atleast_2d(z), np.atleast_2d(y), VALUES.windows).reshape(known.shape)
    return np.where(known, np.minimum(rest, 1), 1.0)


def missed(formula, neuron, sides=0):
    """Return the squared errors (N,) of one formula at the points; their mean is `unexplained`."""
    if len(neuron) < VALUES.least_points or np.ptp(neuron) == 0:
        return np.ones(len(neuron))
    (z,), _, (known,) = _standard(formula[None], sides)
    if not known:
        return np.ones(len(neuron))
    order = np.argsort(z, kind="stable")
    y = ((neuron - neuron.mean()) / neuron.std())[order]
    tried = [(y - lines(z[None, order], y[None, None], half)[0][0, 0]) ** 2 for half in VALUES.windows]
    squares = np.empty(len(neuron))
    squares[order] = min(tried, key=np.mean)
    return squares


def left_of(formula, neuron, sides=0):
    """Return the errors (N,) of a neuron's values predicted from a formula (N,), in standard deviations."""
    _, left, order = tangents(formula[None], neuron, formula, sides)
    rest = np.empty(len(order))
    rest[order] = left
    return rest


def polished(terms, neuron, coefficients, sides=0, rest=None):
    """Improve coefficients (B, K) of sums of terms (B, K, N); return them and the unexplained shares (B,).

    We take Gauss-Newton steps of semiparametric least squares (Ichimura 1993, J. Econometrics 58). Each step
    estimates the bend again, from neighbouring values. If you know the unexplained shares of the given
    coefficients, pass them as `rest`.
    """
    if rest is None:
        rest = unexplained(_sum(coefficients, terms), neuron, sides)
    if terms.shape[1] < 2 or len(neuron) < VALUES.least_points:
        return coefficients, rest
    for _ in range(VALUES.steps):
        trial = coefficients + _step(terms, neuron, coefficients, sides)
        left = unexplained(_sum(trial, terms), neuron, sides)
        better = left < rest
        if not better.any():
            break
        coefficients = np.where(better[:, None], trial, coefficients)
        rest = np.where(better, left, rest)
    return coefficients, rest


def gains(terms, neuron, formula, sides=0):
    """Return the share (K,) of a formula's unexplained values that each of some terms (K, N) would explain.

    The formula's bend stays fixed; the share is exact to first order. We correlate the errors of the formula
    (N,) with the changes of a term among points where the formula has the same value.
    """
    z, order, y, _, _ = _in_order(neuron, formula[None], sides)
    means, slopes = lines(z, y[:, None], VALUES.window)
    left = (y - means[:, 0])[0]
    products, squares = along(z[0], terms, order[0], slopes[0, 0], left, VALUES.window)
    with np.errstate(all="ignore"):
        return np.nan_to_num(products**2 / (squares * (left @ left)), posinf=0, neginf=0)


def tangents(terms, neuron, formula, sides=0):
    """Return changes (K, N) of the predicted values due to terms (K, N), errors (N,), and an order (N,).

    The changes and the errors are sorted by the formula's values; the order is the sorting index.
    """
    moved, left, order, _ = _differences(terms[None], neuron, formula[None], sides)
    return moved[0], left[0], order[0]


def told_by_many(neuron):
    """Return whether many points make up the variance of a neuron's values (N,), by Kish's effective number.

    The values of `x**12`, for example, say nothing about points where x is not large.
    """
    if neuron is None:
        return False
    squares = (neuron - neuron.mean()) ** 2
    return squares.sum() ** 2 >= VALUES.spread * len(squares) * (squares**2).sum()


def _sum(coefficients, terms):
    return np.einsum("bk,bkn->bn", coefficients, terms)


def _step(terms, neuron, coefficients, sides):
    """Return a Gauss-Newton step of the coefficients."""
    moved, left, _, known = _differences(terms, neuron, _sum(coefficients, terms), sides)
    G = np.einsum("bkn,bjn->bkj", moved, moved)
    g = np.einsum("bkn,bn->bk", moved, left)
    size = np.sqrt(np.maximum(np.einsum("bkk->bk", G), ROUNDING.divisor))
    G = G / (size[:, :, None] * size[:, None]) + VALUES.ridge * np.eye(G.shape[-1])
    g = g / size
    usable = known & np.isfinite(G).all((1, 2)) & np.isfinite(g).all(1)
    G = np.where(usable[:, None, None], G, np.eye(G.shape[-1]))
    return np.linalg.solve(G, np.where(usable[:, None], g, 0)[..., None])[..., 0] / size


def _differences(terms, neuron, formulas, sides):
    """Return changes of the predicted values due to terms (B, K, N), and errors of formulas (B, N).

    The results are the changes (B, K, N), the errors (B, N), the sorting orders (B, N), and which formulas
    have values (B,). Changes are relative to points where a formula has the same value.
    """
    z, order, y, spread, known = _in_order(neuron, formulas, sides)
    terms = np.take_along_axis(terms, order[:, None], -1) / spread[..., None]
    means, slopes = lines(z, np.concatenate([y[:, None], terms], 1), VALUES.window)
    return (terms - means[:, 1:]) * slopes[:, :1], y - means[:, 0], order, known


def _in_order(neuron, formulas, sides):
    """Scale values of formulas and of a neuron (B, N) to spread 1, and sort them by the formulas' values.

    Return the formulas' values, the orders, the neuron's values, the formulas' spreads (B, 1), and which
    formulas have values (B,).
    """
    z, spread, known = _standard(formulas, sides)
    order = np.argsort(z, axis=-1, kind="stable")
    y = ((neuron - neuron.mean()) / neuron.std())[order]
    return np.take_along_axis(z, order, -1), order, y, spread, known


def _standard(formulas, sides):
    """Scale formulas' values to mean 0 and spread 1; return values, old spreads (..., 1), and which vary.

    The values (..., N) in different regions are moved so far apart that they do not overlap.
    """
    usable = np.isfinite(formulas)
    number = np.maximum(usable.sum(-1, keepdims=True), 1)
    z = np.where(usable, formulas, 0)
    z = np.where(usable, z - z.sum(-1, keepdims=True) / number, 0)
    spread = np.sqrt((z**2).sum(-1, keepdims=True) / number)
    known = np.isfinite(spread) & (spread > 0)
    spread = np.where(known, spread, 1)
    z = np.where(known, z / spread, 0)
    part = np.where(usable, sides, -1)  # points without a value form their own region
    return z + part * (1 + np.ptp(z, axis=-1, keepdims=True)), spread, known[..., 0]
