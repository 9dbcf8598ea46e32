"""Find inputs that act together: a single coordinate can replace such a pair.

If `f = F(h(x, y), rest)`, the components of grad f along x and y have the direction of `grad h`, whatever F
and the other inputs are. So we compare every pair with small formulas of two inputs. A formula that fits
replaces the pair. We then know the gradient's component along this formula, and can divide further. A
division alone proves nothing. So the search builds formulas from the new coordinates, and judges these
formulas on the whole field.
"""

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from .kernel.evaluation import gradients
from .terms.dictionary import small_terms
from .terms.postfix import constant, leaf, pack, substitute
from .tuning import DIVISION, ROUNDING

__all__ = ["Coordinate", "Pairs", "Reduced", "divisions", "forms_of_two", "together", "undivided"]


@dataclass(frozen=True, eq=False)
class Coordinate:
    """A term with its values (N,), and the component (N,) of the field's gradient along it.

    `parts` are the two coordinates that this coordinate replaces; for an input, `parts` is empty. Of the two
    components along `parts`, `residual` is the share of the smaller one that this coordinate leaves
    unexplained.
    """

    term: tuple
    values: np.ndarray
    component: np.ndarray
    parts: tuple = ()
    residual: float = 0.0


class Reduced(NamedTuple):
    """The coordinates that replace the inputs.

    `residual` is the largest residual of these replacements. `price` is the sum of the residuals, each
    multiplied by a factor that grows with the length of the formula.
    """

    coordinates: tuple
    residual: float = 0.0
    price: float = 0.0

    @property
    def terms(self):
        return [c.term for c in self.coordinates]


class _Merger(NamedTuple):
    """A coordinate that replaces two others, and its price as in `Reduced`."""

    price: float
    coordinate: Coordinate


def undivided(sample, inputs):
    """Return a list with one `Reduced`, which holds the inputs, or an empty list for data on a surface.

    The inputs are sorted by importance, the most important first.
    """
    if sample.whole is None:
        return []
    numbers = [-1 - term.tokens[0] for term in inputs[: DIVISION.inputs]]
    return [Reduced(tuple(Coordinate(leaf(i), sample.points[i], sample.whole[:, i]) for i in numbers))]


def divisions(pairs, before):
    """In each `Reduced` of `before`, replace one pair of coordinates; return the best results."""
    found = {}
    for reduced in before:
        for price, whole in _mergers(pairs, reduced.coordinates):
            rest = [c for c in reduced.coordinates if c not in whole.parts]
            worst = max(reduced.residual, whole.residual)
            after = Reduced((*rest, whole), worst, reduced.price + price)
            key = frozenset(map(_key, after.coordinates))
            if key not in found or after.price < found[key].price:
                found[key] = after
    ranked = sorted(found.values(), key=lambda d: d.price)
    exact = [d for d in ranked if d.residual <= DIVISION.exact]
    return exact[:1] or ranked[: DIVISION.kept]


def _key(coordinate):
    """Return a key that is the same for monotone functions of each other: x*(y*z), (x*y)*z, 1/(x*y*z)."""
    order = np.argsort(coordinate.values, kind="stable")
    return min(order.tobytes(), order[::-1].tobytes())


def _mergers(pairs, coordinates):
    """Return the best mergers of any two of the coordinates."""
    found = [merger for pair in itertools.combinations(coordinates, 2) for merger in pairs.mergers(*pair)]
    return sorted(found, key=lambda merger: merger.price)[: DIVISION.tried]


class Pairs:
    """Finds formulas that can replace two coordinates. Each pair is tried only once."""

    def __init__(self, grammar):
        self._grammar, self._known = grammar, {}
        self._forms = forms_of_two(grammar)
        self._programs = pack(self._forms)

    def mergers(self, a, b):
        """Return the mergers of two coordinates with the formulas that fit best."""
        if (a, b) not in self._known:
            self._known[a, b] = self._look(a, b)
        return self._known[a, b]

    def _look(self, a, b):
        points, weighed = np.stack([a.values, b.values]), _weighed(self._grammar, a, b)
        evaluated = [gradients(some, points) for some in (self._programs, weighed) if len(some)]
        if not evaluated:  # the grammar has no operator of two arguments
            return []
        return _fitting(a, b, self._forms + weighed, *map(np.concatenate, zip(*evaluated, strict=True)))


def _fitting(a, b, forms, values, slopes, usable):
    """Merge two coordinates by each of the formulas that fit best; return the mergers.

    `values`, `slopes` and `usable` have one entry per formula. The residual is the share of the smaller
    component that a formula leaves unexplained. (Any formula can explain the larger component.)
    """
    spread = np.stack([a.values, b.values]).std(1)[:, None]
    along = np.stack([a.component, b.component]) * spread
    with np.errstate(all="ignore"):
        slopes = slopes * spread
        length, dot = (slopes**2).sum(1), (slopes * along).sum(1)
        component = dot / np.where(length > 0, length, np.inf)
        missed = ((along**2).sum(0) - dot * component).sum(1) / (along**2).sum(1).min()
    residual = np.where(usable, np.maximum(missed, DIVISION.exact), np.inf)
    price = residual * np.exp(DIVISION.node * np.array([len(form.tokens) for form in forms]))
    chosen = []
    for k in np.argsort(price, kind="stable"):
        if not residual[k] < DIVISION.loose or len(chosen) == DIVISION.forms:
            break
        if any(abs(residual[k] / m.coordinate.residual - 1) <= DIVISION.same for m in chosen):
            continue  # the same directions, under another outer function
        term, left = substitute(forms[k], (a.term, b.term)), float(residual[k])
        chosen.append(_Merger(float(price[k]), Coordinate(term, values[k], component[k], (a, b), left)))
    return chosen


def together(a, b):
    """Return the share of the smaller component that no formula of the two coordinates can explain.

    At each point, a local linear fit in these two coordinates predicts the direction of the two components.
    We fit doubled angles, weighted by squared lengths.
    """
    from scipy.spatial import cKDTree

    points = np.stack([(c.values - c.values.mean()) / c.values.std() for c in (a, b)], axis=1)
    x, y = a.component * a.values.std(), b.component * b.values.std()
    weight = x**2 + y**2
    turned = np.stack([x**2 - y**2, 2 * x * y], axis=1)  # the weight times cos and sin of twice the angle
    near = cKDTree(points).query(points, min(DIVISION.neighbours, len(points) - 1) + 1)[1][:, 1:]
    step = points[near] - points[:, None]
    basis = np.concatenate([np.ones((*step.shape[:2], 1)), step], axis=2)
    M = np.einsum("nka,nkb,nk->nab", basis, basis, weight[near])
    M += ROUNDING.loss * (1 + np.trace(M, axis1=1, axis2=2))[:, None, None] * np.eye(M.shape[-1])
    fitted = np.linalg.solve(M, np.einsum("nka,nkc->nac", basis, turned[near]))[:, 0]
    along = (fitted * turned).sum(1) / np.maximum(np.linalg.norm(fitted, axis=1), ROUNDING.divisor)
    return float((weight - along).sum() / 2 / min((x**2).sum(), (y**2).sum()))


def forms_of_two(grammar):
    """Return small formulas of two inputs, including x / f(y)."""
    x, y = leaf(0), leaf(1)
    functions = [grammar[name] for name in grammar.unary if "div" in grammar]
    small = small_terms(grammar, [x, y], DIVISION.terms)
    small += [grammar["div"](u, f(v)) for u, v in ((x, y), (y, x)) for f in functions]
    return [term for term in dict.fromkeys(small) if {-1, -2} <= {*term.tokens}]


def _weighed(grammar, a, b):
    """Return sums x^p + r y^q, and a product x y^r; r is the median of estimates at the field's points."""
    if not {"add", "sub", "mul", "div"} <= set(grammar.names):
        return []
    x, y = leaf(0), leaf(1)
    powers = [*itertools.product(_powers(grammar, x, a.values), _powers(grammar, y, b.values))]
    with np.errstate(all="ignore"):
        ratio = b.component / a.component
        weights = [ratio * slope / other for (_, slope), (_, other) in powers]
        *weights, power = np.median([*weights, ratio * b.values / a.values], axis=1).tolist()
    forms = [
        _sum(grammar, first, second, float(f"{weight:.{digits}g}"))
        for ((first, _), (second, _)), weight in zip(powers, weights, strict=True)
        for digits in DIVISION.digits
    ]
    if np.isfinite(power):
        forms.append(_product(grammar, x, y, Fraction(power).limit_denominator(DIVISION.root)))
    return [form for form in forms if form is not None]


def _powers(grammar, x, values):
    """Yield small powers of a coordinate, each with its derivative at the coordinate's values."""
    yield x, np.ones_like(values)
    if "square" in grammar:
        yield grammar["square"](x), 2 * values
    if "inv" in grammar:
        yield grammar["inv"](x), -1 / values**2
        if "square" in grammar:
            yield grammar["inv"](grammar["square"](x)), -2 / values / values**2


def _sum(grammar, x, y, r):
    """Return the term x + r y, or None if r is 0 or not finite."""
    if not np.isfinite(r) or r == 0:
        return None
    size = y if abs(r) == 1 else grammar["mul"](constant(abs(r)), y)
    return grammar["add" if r > 0 else "sub"](x, size)


def _product(grammar, x, y, p):
    """Return x^q y^n, where p = n/q; None if the grammar cannot write it, or if p is 0 or too large."""
    if not 0 < abs(p) <= DIVISION.power:
        return None
    over, under = (grammar.power(t, n) for t, n in ((x, p.denominator), (y, abs(p.numerator))))
    return over and under and grammar["mul" if p > 0 else "div"](over, under)
