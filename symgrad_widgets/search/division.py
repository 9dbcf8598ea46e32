"""Which inputs act together: pairs of coordinates of one neuron's field that can be replaced by one.

If `f = F(h(x, y), rest)`, the two components of its gradient along x and y have the direction of `grad h`
wherever the rest is, and whatever F. So every pair is held against the small formulas of two inputs. One that
fits takes the place of the pair: its own component of the gradient is known, and the rest is divided on.
Nothing is concluded from a division: formulas made of its coordinates are judged on the whole field.
"""

import itertools
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from .kernel.evaluation import gradients
from .terms.dictionary import small_terms
from .terms.postfix import constant, leaf, substitute
from .tuning import DIVISION, ROUNDING

__all__ = ["Coordinate", "Division", "divisions", "undivided"]


class Coordinate(NamedTuple):
    """A term, its values (N,) and the component (N,) of the field's gradient along it."""

    term: tuple
    values: np.ndarray
    component: np.ndarray


class Division(NamedTuple):
    """Coordinates in the place of the inputs, and the largest residual of a pair that was replaced."""

    coordinates: tuple
    residual: float

    @property
    def terms(self):
        """Terms of the coordinates."""
        return [c.term for c in self.coordinates]


def undivided(sample, inputs):
    """Division of a sample into its inputs (terms, the most important first), None where it has no whole."""
    if sample.whole is None:
        return None
    numbers = [-1 - term.tokens[0] for term in inputs[: DIVISION.inputs]]
    return Division(tuple(Coordinate(leaf(i), sample.points[i], sample.whole[:, i]) for i in numbers), 0.0)


def divisions(grammar, before):
    """Divisions with one coordinate less than those `before`, the best first."""
    found = {}
    for division in before:
        for residual, i, j, coordinate in _merged(grammar, division.coordinates):
            rest = [c for k, c in enumerate(division.coordinates) if k not in (i, j)]
            after = Division((*rest, coordinate), max(residual, division.residual))
            key = frozenset(after.terms)
            if key not in found or after.residual < found[key].residual:
                found[key] = after
    ranked = sorted(found.values(), key=lambda d: d.residual)
    exact = [d for d in ranked if d.residual <= DIVISION.exact]
    return exact[:1] or ranked[: DIVISION.kept]


def _merged(grammar, coordinates):
    """Best (residual, i, j, coordinate) over all pairs of coordinates."""
    forms = _forms(grammar)
    options = []
    for (i, a), (j, b) in itertools.combinations(enumerate(coordinates), 2):
        for residual, form, values, component in _fitting(grammar, forms, a, b):
            options.append((residual, i, j, Coordinate(substitute(form, (a.term, b.term)), values, component)))
    options.sort(key=lambda option: option[0])
    return options[: DIVISION.tried]


def _fitting(grammar, forms, a, b):
    """(residual, form, values, component) of the forms that two coordinates act through, the best ones."""
    points = np.stack([a.values, b.values])
    spread = points.std(1)[:, None]
    along = np.stack([a.component, b.component]) * spread
    weight = (along**2).sum(0)
    forms = forms + _weighed(grammar, a, b)
    values, slopes, usable = gradients(forms, points)
    slopes = slopes * spread
    length = (slopes**2).sum(1)
    dot = (slopes * along).sum(1)
    with np.errstate(all="ignore"):
        missed = weight - dot**2 / np.where(length > 0, length, np.inf)
        residual = np.where(usable, missed.sum(1) / weight.sum(), np.inf)
    residual = np.maximum(residual, 0)
    cost = np.log(residual + DIVISION.exact) + DIVISION.node * np.array([len(f.tokens) for f in forms])
    chosen, seen = [], []
    for k in np.argsort(cost, kind="stable"):
        if not residual[k] < DIVISION.loose or len(chosen) == DIVISION.forms:
            break
        if any(abs(residual[k] - r) <= ROUNDING.loss + DIVISION.same * r for r in seen):
            continue  # the same directions, under another outer function
        seen.append(residual[k])
        chosen.append((float(residual[k]), forms[k], values[k], dot[k] / np.maximum(length[k], ROUNDING.divisor)))
    return chosen


def _forms(grammar):
    pair = [leaf(0), leaf(1)]
    return [t for t in small_terms(grammar, pair, DIVISION.terms) if {-1, -2} <= {*t.tokens}]


def _weighed(grammar, a, b):
    """Sums x + r y and x^2 + r y^2, and the product x y^r, whose r the field tells: a median of ratios."""
    if not {"add", "mul", "div"} <= set(grammar.names):
        return []
    x, y = leaf(0), leaf(1)
    with np.errstate(all="ignore"):
        ratio = b.component / a.component
        slopes = [ratio, ratio * a.values / b.values, ratio * b.values / a.values]
    plain, squared, power = (float(np.median(r)) for r in slopes)
    forms = [_sum(grammar, x, y, plain)]
    if "square" in grammar:
        forms.append(_sum(grammar, grammar["square"](x), grammar["square"](y), squared))
    if np.isfinite(power):
        p = Fraction(power).limit_denominator(DIVISION.root)
        forms.append(_product(grammar, x, y, p))
    return [form for form in forms if form is not None]


def _sum(grammar, x, y, r):
    """x + r y, r of a few digits; None where that is no new sum."""
    if not np.isfinite(r) or (r := float(f"{r:.{DIVISION.digits}g}")) in (-1, 0, 1):
        return None
    return grammar["add"](x, grammar["mul"](constant(r), y))


def _product(grammar, x, y, p):
    """x^q y^p' for p = p' / q; None where the grammar has no operator for it, or y would be left out."""
    if not 0 < abs(p) <= DIVISION.power:
        return None
    over, under = (grammar.power(t, n) for t, n in ((x, p.denominator), (y, abs(p.numerator))))
    return over and under and grammar["mul" if p > 0 else "div"](over, under)
