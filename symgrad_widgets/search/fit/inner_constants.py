"""Fit constants inside terms, as in `exp(a x)` or `1/(x + c)`, by the same eigenproblem.

If a term's constants change, the term changes by `sum_j da_j d(term)/da_j`, to first order. So we add these
derivatives to the terms as further columns. The best coefficients of these columns, divided by the term's own
coefficient, are one step of a Gauss-Newton iteration from which the linear coefficients are projected out
(variable projection, Golub and Pereyra 1973).
"""

import numpy as np

from ..kernel.evaluation import gradients
from ..terms.postfix import (
    CONSTANT,
    apply,
    arity,
    constant,
    derivative,
    replace,
    start,
    subtree,
    with_constant,
)
from ..tuning import INNER_CONSTANTS, ROUNDING
from . import combine

__all__ = ["by_directions", "freed", "refine", "slopes_of", "tidied", "within"]


def refine(terms, left_by, coefficients, rounds=INNER_CONSTANTS.rounds):
    """Change the constants inside terms so that the best sum of the terms explains as much as possible.

    `left_by(terms)` returns the share that this sum leaves unexplained. Slopes are the derivatives of terms
    with respect to their constants. `coefficients(terms, slopes)` looks near the best sum of the terms alone
    for the best sum of terms and slopes; it returns the coefficients, or None if there is no such sum.
    `by_directions` makes both functions.
    """
    terms = list(terms)
    loss = left_by(terms)
    for _ in range(rounds):
        step = _step(terms, coefficients)
        if step is None:
            break
        for damping in INNER_CONSTANTS.dampings:
            trial = _moved(terms, step, damping)
            lower = left_by(trial)
            if lower < loss:
                break
        else:
            break
        gain, terms, loss = loss - lower, trial, lower
        if gain < INNER_CONSTANTS.gain * loss or loss < INNER_CONSTANTS.exact:
            break
    return terms


def tidied(terms, left_by, limit):
    """Round the constants inside terms to whole numbers or few digits, as far as `limit` allows.

    `limit` maps the share that the best sum leaves unexplained to the largest share allowed after rounding.
    """
    terms = list(terms)
    most = limit(left_by(terms))
    for k in range(len(terms)):
        for j, value in enumerate(terms[k].constants):
            rounded = (float(f"{value:.{digits}g}") for digits in INNER_CONSTANTS.digits)
            for simpler in dict.fromkeys([float(round(value)), *rounded]):
                trial = [*terms[:k], with_constant(terms[k], j, simpler), *terms[k + 1 :]]
                if left_by(trial) <= most:
                    terms = trial
                    break
    return terms


def within(terms, errors):
    """Make each constant inside terms as simple as its error allows: a whole number, or few digits."""
    errors = iter(errors)
    return [
        term._replace(constants=tuple(_simplest(x, next(errors)) for x in term.constants)) for term in terms
    ]


def _simplest(value, error):
    rounded = (float(f"{value:.{digits}g}") for digits in INNER_CONSTANTS.digits)
    return next((x for x in (float(round(value)), *rounded) if x and abs(x - value) <= error), value)


def freed(term, rng, points):
    """Return the term with a new constant, c * u or u + c, for some u inside a function, or None.

    `points` are the inputs (n, N). The points show for which c the sum u + c stays away from zero.
    """
    places = [
        end
        for end in range(len(term.tokens) - 1)
        if term.tokens[end] < CONSTANT and _under_function(term, end)
    ]
    if not places:
        return None
    end = places[int(rng.integers(len(places)))]
    inner = subtree(term, end)
    if rng.random() < INNER_CONSTANTS.scaled:
        return replace(term, end, apply("mul", constant(rng.choice(INNER_CONSTANTS.factors)), inner))
    return replace(term, end, apply("add", inner, constant(_offset(inner, rng, points))))


def _under_function(term, end):
    """Return whether a node is inside a function of one argument; only there can a new constant help."""
    return any(
        arity(term.tokens[i]) == 1 and start(term.tokens, i) <= start(term.tokens, end)
        for i in range(end + 1, len(term.tokens))
    )


def _offset(inner, rng, points):
    values, _, _ = gradients([inner], points)
    low, high = float(values[0].min()), float(values[0].max())
    margin = INNER_CONSTANTS.margin * max(high - low, INNER_CONSTANTS.least_spread)
    return float(rng.choice([0.0, -low + margin, -high - margin, 1.0]))


def by_directions(sample):
    """Return `left_by` and `coefficients` for `refine`, from the directions of the neuron's gradients."""

    def left_by(terms):
        features = sample.features(terms)
        if features is None:
            return np.inf
        return float(combine.solve(*combine.normalised(*features)[:2], sample.trust)[1])

    def coefficients(terms, slopes=()):
        features = sample.features([*terms, *slopes])
        if features is None or not (np.abs(features[0]) < INNER_CONSTANTS.longest).all():
            return None
        G, D, size = combine.normalised(*features)
        some, c = combine.independent(G), np.zeros(len(G))
        c[some] = combine.solve(G[some], D[some], sample.trust)[0] / size[some]
        return c

    return left_by, coefficients


def slopes_of(terms):
    """Return places (term, constant) of inner constants, and derivatives with respect to them or None."""
    owner = [(k, j) for k, term in enumerate(terms) for j in range(len(term.constants))]
    return owner, [derivative(terms[k], j) for k, j in owner]


def _step(terms, coefficients):
    """Return, for each term, an array with the changes of the constants; None if there is no step.

    If one constant can do the work of another, as in `y / (1 + 2 x)`, whole numbers stay.
    """
    owner, slopes = slopes_of(terms)
    if not owner or None in slopes:
        return None
    order = sorted(range(len(owner)), key=lambda i: terms[owner[i][0]].constants[owner[i][1]].is_integer())
    c = coefficients(terms, [slopes[i] for i in order])
    if c is None:
        return None
    change = [np.zeros(len(t.constants)) for t in terms]
    for (k, j), slope in zip([owner[i] for i in order], c[len(terms) :], strict=True):
        if abs(c[k]) > ROUNDING.share * np.abs(c).max():
            change[k][j] = slope / c[k]
    return change if all(np.isfinite(d).all() for d in change) else None


def _moved(terms, change, damping):
    return [
        t._replace(constants=tuple(float(a + damping * d) for a, d in zip(t.constants, step, strict=True)))
        for t, step in zip(terms, change, strict=True)
    ]
