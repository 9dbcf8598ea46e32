"""A formula to begin a guess with: a number to drag, and arrows that are apart but tell something."""

import itertools

import numpy as np

from ..field.directions import degrees, misalignment

__all__ = ["opening"]

_NUMBERS = (3.0, -3.0)
_FAR = 45.0  # degrees in the median: two lots of arrows that have nothing to do with each other
_APART = 30.0  # what is looked for instead: near enough to be seen as kin, too far to be the answer
_INPUTS, _FACTORS = 4, 9  # the steepest inputs, of which pairs and threes are multiplied
_FIRST = 6  # terms, the best ones, to which a second one is tried
_POINTS = 400


def opening(field, steepest):
    """Text of a formula to begin with, of a field's inputs; `steepest` lists their positions, steepest first.

    The squares of the two steepest inputs, unless they are far off. Then two products of at most two inputs,
    or of three, whose median angle comes nearest to 30 degrees.
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
    """Angles of sums of two terms, one of them among the best, each with the terms and a number."""
    slopes = {term: _slopes(term, field) for term in terms}
    best = sorted(terms, key=lambda term: _angle(slopes[term], field))[:_FIRST]
    for one, other, number in itertools.product(best, terms, _NUMBERS):
        if one != other:
            yield _angle(slopes[one] + number * slopes[other], field), one, other, number


def _slopes(term, field):
    """Gradients (N, n) of a product of inputs, given by position."""
    slopes = np.zeros_like(field.points)
    for k, i in enumerate(term):
        slopes[:, i] += field.points[:, [*term[:k], *term[k + 1 :]]].prod(1)
    return slopes


def _angle(slopes, field):
    """Median angle in degrees."""
    return float(degrees(np.median(misalignment(field.project(slopes), field.unit))))


def _text(term, names):
    counts = {i: term.count(i) for i in term}
    return " ".join(names[i] + ("²" if count == 2 else "") for i, count in counts.items())
