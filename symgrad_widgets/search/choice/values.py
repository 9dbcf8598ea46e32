"""Values as a witness: what a formula leaves unexplained of a neuron's values, however it is bent.

A network's values are far more exact than its gradients, and no bend has to be known for them to speak: where
a formula has neighbouring values, so must the neuron. They also place the coefficients of a sum.
"""

import numpy as np

from ..kernel.lines import along, least_rest, lines
from ..tuning import ROUNDING, VALUES

__all__ = ["gains", "left_of", "missed", "polished", "tangents", "unexplained"]


def unexplained(formulas, neuron, sides=0):
    """Share of the variance of a neuron's values (N,) that no smooth function of a formula's predicts.

    Each value is predicted by a straight line through those next to it in order of the formula's values, of
    as many as predict best (local linear regression, each point left out in turn: Fan and Gijbels 1996, Local
    Polynomial Modelling and Its Applications). The bend may fold.

    Parameters
    ----------
    formulas : (..., N)
    neuron : (N,)
    sides : int (..., N), optional
        Numbers of the parts of the domain that a pole divides: on each the bend is another one.

    Returns
    -------
    array (...), 1 where a formula has no values; points without one count as unexplained.

    """
    if len(neuron) < VALUES.least_points or np.ptp(neuron) == 0:
        return np.ones(formulas.shape[:-1])
    z, _, known = _standard(formulas, sides)
    order = np.argsort(z, axis=-1, kind="stable")
    z, y = np.take_along_axis(z, order, -1), ((neuron - neuron.mean()) / neuron.std())[order]
    rest = least_rest(np.atleast_2d(z), np.atleast_2d(y), VALUES.windows).reshape(known.shape)
    return np.where(known, np.minimum(rest, 1), 1.0)


def missed(formula, neuron, sides=0):
    """Squares (N,) of what `unexplained` is the mean of, for one formula: the share of each point."""
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
    """What a formula (N,) leaves of a neuron's values (N,), in units of their spread, with its sign."""
    _, left, order = tangents(formula[None], neuron, formula, sides)
    rest = np.empty(len(order))
    rest[order] = left
    return rest


def polished(terms, neuron, coefficients, sides=0):
    """Coefficients (B, K) of sums of terms (B, K, N) that leave less of a neuron's values, and how much (B,).

    Gauss-Newton steps of semiparametric least squares (Ichimura 1993, J. Econometrics 58): the bend is
    estimated anew at each, from neighbouring values.
    """
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
    """Share (K,) that each of some terms (K, N), added to a formula (N,), explains of what that leaves.

    To first order, and bent as the formula is: the values it leaves, against what a term differs by at points
    of the same value of the formula.
    """
    z, order, y, _, _ = _in_order(neuron, formula[None], sides)
    means, slopes = lines(z, y[:, None], VALUES.window)
    left = (y - means[:, 0])[0]
    products, squares = along(z[0], terms, order[0], slopes[0, 0], left, VALUES.window)
    with np.errstate(all="ignore"):
        return np.nan_to_num(products**2 / (squares * (left @ left)), posinf=0, neginf=0)


def tangents(terms, neuron, formula, sides=0):
    """What each of some terms (K, N) moves the predicted values by (K, N), and what is left of them (N,).

    Both in order of the formula's values (N,); the order (N,) is returned, too.
    """
    moved, left, order, _ = _differences(terms[None], neuron, formula[None], sides)
    return moved[0], left[0], order[0]


def _sum(coefficients, terms):
    return np.einsum("bk,bkn->bn", coefficients, terms)


def _step(terms, neuron, coefficients, sides):
    """Change of the coefficients, from what the values differ by at points of the same sum."""
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
    """What terms (B, K, N) move the neuron's values by among points of like values of the formulas (B, N).

    Returns that (B, K, N), what the formulas leave (B, N), the orders, and which have values (B,).
    """
    z, order, y, spread, known = _in_order(neuron, formulas, sides)
    terms = np.take_along_axis(terms, order[:, None], -1) / spread[..., None]
    means, slopes = lines(z, np.concatenate([y[:, None], terms], 1), VALUES.window)
    return (terms - means[:, 1:]) * slopes[:, :1], y - means[:, 0], order, known


def _in_order(neuron, formulas, sides):
    """Values of formulas and of a neuron (B, N), both of spread 1, in orders (B, N) of the first.

    Returns them with the orders between, then the formulas' spreads (B, 1), and which have values (B,).
    """
    z, spread, known = _standard(formulas, sides)
    order = np.argsort(z, axis=-1, kind="stable")
    y = ((neuron - neuron.mean()) / neuron.std())[order]
    return np.take_along_axis(z, order, -1), order, y, spread, known


def _standard(formulas, sides):
    """Values (..., N) of mean 0 and spread 1, parts of the domain apart; spreads (..., 1); which have one."""
    usable = np.isfinite(formulas)
    number = np.maximum(usable.sum(-1, keepdims=True), 1)
    z = np.where(usable, formulas, 0)
    z = np.where(usable, z - z.sum(-1, keepdims=True) / number, 0)
    spread = np.sqrt((z**2).sum(-1, keepdims=True) / number)
    known = np.isfinite(spread) & (spread > 0)
    spread = np.where(known, spread, 1)
    z = np.where(known, z / spread, 0)
    part = np.where(usable, sides, -1)  # those without a value stand by themselves
    return z + part * (1 + np.ptp(z, axis=-1, keepdims=True)), spread, known[..., 0]
