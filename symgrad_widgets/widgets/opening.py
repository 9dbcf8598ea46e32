"""A formula to start guessing from: it has a number to drag, and its arrows are wrong, but not hopelessly."""

import itertools

import numpy as np

from ..field.directions import degrees, misalignment

__all__ = ["opening"]

_NUMBERS = (3.0, -3.0)
_FAR = 45.0  # degrees: farther apart, two sets of arrows have nothing in common
_APART = 30.0  # the angle that we look for instead: near enough to look alike, too far to be the answer
_INPUTS, _FACTORS = 4, 9  # we multiply two or three of this many inputs, the steepest ones
_FIRST = 6  # to each of this many terms, the best ones, we add a second term
_POINTS = 400


def opening(field, steepest):
    """Return text of a first formula in a field's inputs; `steepest` lists input positions, steepest first.

    The formula is the sum of the squares of the two steepest inputs, unless its angle to the field is far too
    large. In that case the formula is the sum of two terms whose angle to the field is nearest to 30 degrees.
    Each term is a product of at most two inputs; if the angles of these sums are far too large, too, products
    of three inputs are tried.
    """
    first, *others = sorted(steepest[:2])
    if not others:
        return f"{field.names[first]} + {_NUMBERS[0]} {field.names[first]}²"
    field = field.take(np.arange(0, len(field), max(1, len(field) // _POINTS)))
    best = (first, first), (others[0], others[0]), _NUMBERS[0]
    angle = _angle(_slopes(best[0], field) + best[2] * _slopes(best[1], field), field)
    some, more = sorted(steepest[:_INPUTS]), sorted(steepest[:_FACTORS])
    products = [(i,) for i in some] + list(itertools.combinations_with_replacement(some, 2))
    for terms in (products, list(itertools.combinations(more, 3))):
        if angle > _FAR and len(terms) > 1:
            angle, *best = min([(angle, *best), *_sums(terms, field)], key=lambda one: abs(one[0] - _APART))
    one, other, number = best
    sign = "+" if number > 0 else "-"
    return f"{_text(one, field.names)} {sign} {abs(number)} {_text(other, field.names)}"


def _sums(terms, field):
    """Yield angles of sums of two terms, one of them among the best; each with its terms and its number."""
    slopes = {term: _slopes(term, field) for term in terms}
    best = sorted(terms, key=lambda term: _angle(slopes[term], field))[:_FIRST]
    for one, other, number in itertools.product(best, terms, _NUMBERS):
        if one != other:
            yield _angle(slopes[one] + number * slopes[other], field), one, other, number


def _slopes(term, field):
    """Return gradients (N, n) of a product of inputs, which are given by position."""
    slopes = np.zeros_like(field.points)
    for k, i in enumerate(term):
        slopes[:, i] += field.points[:, [*term[:k], *term[k + 1 :]]].prod(1)
    return slopes


def _angle(slopes, field):
    """Return the angle in degrees between slopes and a field, as in a loss."""
    share = misalignment(field.project(slopes), field.unit)
    return float(degrees(np.average(share, weights=field.weights)))


def _text(term, names):
    counts = {i: term.count(i) for i in term}
    return " ".join(names[i] + ("²" if count == 2 else "") for i, count in counts.items())
