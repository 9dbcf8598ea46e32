"""Turn the engine's sums of terms into a front and an answer: fit on some points, judge on others."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import NamedTuple

import numpy as np
import sympy as sp

from ...field.directions import misalignment
from ...formula.expressions import complexity, evaluate
from ...formula.operators import modulus
from ..fit import combine
from ..fit.bank import Sample, sides
from ..fit.inner_constants import by_directions, refine, tidied, within
from ..kernel.evaluation import gradients
from ..terms.decades import decades, in_decades, plain, power_of_ten
from ..tuning import CHOICE, FRONT, INTERVALS, KIND, ROUNDING, SPLIT, VALUES
from .candidate import Candidate, losses_of, missed_by, remaining, share
from .coefficients import is_simple
from .intervals import groups_of
from .kind import kind_of
from .selection import (
    chance_loss,
    effort,
    leading,
    neighbours,
    pareto,
    reach,
    select,
    select_by_values,
    smooth_share,
)
from .split import distinct, split
from .systematic import systematic
from .values import told_by_many
from .witnesses import Directions, Values, acceptable, by_values, constant_errors, unheard
from .writing import formulas

__all__ = ["Judge"]


class _Witnesses(NamedTuple):
    """The data with which all formulas are compared, at the judged points."""

    spanned: np.ndarray  # (N, k, m), the neurons' directions
    trust: np.ndarray  # (N,) weights
    nearest: Callable  # () -> Neighbours


@dataclass(frozen=True, eq=False)
class _Written:
    candidate: Candidate
    directions: np.ndarray  # (N, m) unit gradients on all points, zero where they vanish
    contender: tuple  # of terms
    missed: np.ndarray | None  # (N,) squared errors of the values
    effort: int  # complexity, and more for functions and awkward numbers
    held_against: _Witnesses

    @cached_property
    def shares(self):
        """1 - cos^2 at each point (N,)."""
        return misalignment(self.directions, self.held_against.spanned)

    @cached_property
    def smooth(self):
        """The share of the formula's loss that neighbouring points have in common."""
        spanned, trust, nearest = self.held_against
        return smooth_share(spanned, self.directions, nearest(), trust)

    @cached_property
    def loss(self):
        """The loss on all points."""
        return self.loss_at(slice(None))

    def loss_at(self, points):
        """Return the loss on some of the points."""
        return np.average(self.shares[points], weights=self.held_against.trust[points])

    @property
    def rest(self):
        """The unexplained share of the values; None without values."""
        return None if self.missed is None else self.missed.mean()

    @property
    def left(self):
        """The unexplained share of the values or, without values, of the directions."""
        return self.loss if self.missed is None else self.rest


class Judge:
    """Splits a field into three samples, `searched`, `fit` and `held`, and keeps all formulas that it writes.

    The user sees losses on the held-out points, but all points choose the answer. This is safe, because the
    price of a constant is higher than the gain from fitting it.
    """

    def __init__(self, field, symbols, max_complexity, seed, named=None, searched=SPLIT.searched):
        self._about = field, named
        self.field, self.symbols, self.max_complexity = field, symbols, max_complexity
        tens = decades(field.measure.spread)
        self.forms = tuple(in_decades(symbols, tens).values())
        self._in_spreads = in_decades(symbols, -tens)
        self._fitted, *others = split(field, seed, searched)
        in_spreads = field.scaled(np.array([float(power_of_ten(k)) for k in tens]))
        self.fit, self.held, self.searched = (
            Sample(in_spreads.take(index), told_by_many(field.values)) for index in (self._fitted, *others)
        )
        parts = [self._fitted] if others[0] is self._fitted else [self._fitted, others[0]]
        self._chosen = np.concatenate(parts)
        self._samples = [self.held] if len(parts) == 1 else [self.fit, self.held]
        self._known, self._leaders, self._written, self._shares = {}, [], {}, {}

    def front(self, contenders, watch=lambda: None):
        """Write sums (tuples of terms) as formulas; return one front of these and the best earlier formulas.

        The judge calls `watch()` before it writes a sum. If `watch()` raises an error, nothing has changed.
        """
        known = {}
        for sum_ in dict.fromkeys([*self._leaders, *contenders]):
            watch()
            known[sum_] = self._known[sum_] if sum_ in self._known else self._write(sum_)
        self._known = known
        found = [w for ways in self._known.values() for w in ways]
        efforts = [w.effort for w in found]
        leaders = {*leading([w.loss for w in found], efforts), *leading([w.left for w in found], efforts)}
        self._leaders = [found[i].contender for i in sorted(leaders)]
        found.sort(key=lambda w: -w.left)  # for sums with the same formula, the best one counts
        self._written = {w.candidate.expression: w for w in found}
        return pareto([w.candidate for w in self._written.values()], self.alike, self.answer())

    def answer(self, points=None):
        """Return the answer among all formulas written for the last front, or None.

        All points decide, unless `points` gives the indices of the points to use. An index can occur more
        than once.
        """
        written = [w for w in self._written.values() if self._worth(w)]
        if not written:
            return None
        index = slice(None) if points is None else points
        efforts = [w.effort for w in written]
        rests = None if self._values is None else [w.missed[index].mean() for w in written]
        if self.heard:
            best = select_by_values(rests, efforts)
        else:
            losses, smooth = [w.loss_at(index) for w in written], [w.smooth for w in written]
            best = select(losses, efforts, smooth, self._chance, self.effective, rests)
        return None if best is None else written[best].candidate

    @property
    def heard(self):
        """Whether the neuron's values decide, because they separate formulas better than directions do."""
        if self._values is None:
            return False
        losses, rests = ([getattr(w, name) for w in self._written.values()] for name in ("loss", "rest"))
        return reach(rests, VALUES.training) > reach(losses, CHOICE.training)

    def _worth(self, written):
        """Return whether the directions give more nats of evidence for a formula than writing it costs."""
        free = min(self._different, self.effective) * (self.field.dimension - self.field.rank)
        told = free / 2 * np.log(self._chance / max(written.loss, CHOICE.told))
        return told >= CHOICE.node * written.effort

    def kind(self, answer):
        """Return the kind of an `answer`: "match", "approximation" or "none"."""
        if answer is None:
            return "none"
        best, written = self._written[answer.expression], self._written.values()
        kind = kind_of(best, written, self.effective, self.heard, self._chance)
        if kind == "match" and self.heard and best.loss > ROUNDING.loss and self._explained(best) < KIND.node:
            return "approximation" if KIND.predicted < self._systematic(answer) < 1 else kind
        return kind

    @property
    def _chance(self):
        return chance_loss(self.field.rank, self.field.dimension)

    def certain(self, answer):
        """Return whether an answer is a match that needs no further search.

        This kind of match leaves nothing unexplained or, for its length, little that two inputs can predict.
        (Two inputs would predict a missing part of the law.)
        """
        if self.kind(answer) != "match":
            return False
        written = self._written[answer.expression]
        if written.loss <= ROUNDING.loss or not self.heard:
            return written.loss <= ROUNDING.loss
        explained = self._explained(written)
        if explained >= KIND.certain:  # enough, whatever two inputs predict
            return True
        predicted = min(max(self._systematic(answer), KIND.chance), 1)
        return explained - np.log(predicted) / written.effort >= KIND.certain

    def unrivalled(self, answer):
        """Whether all formulas with other directions leave at least twice as much unexplained as the answer.

        For each node by which such a formula is longer than the answer, the log of this factor (two)
        falls by 0.1; for each node by which it is shorter, the log rises by 0.1.
        """
        if not self.heard:
            return True
        best = self._written[answer.expression]
        most = KIND.rivals * (best.rest + VALUES.training)
        return not any(
            w.rest + VALUES.training < most * np.exp(VALUES.far_price * (best.effort - w.effort))
            and _apart(w, best) > KIND.apart * best.loss
            for w in self._written.values()
        )

    @staticmethod
    def _explained(written):
        """Return by how many nats per node a formula lowers the unexplained share of the values."""
        return -np.log(max(written.rest, VALUES.training)) / written.effort

    def _systematic(self, answer):
        """Return the share of an answer's unexplained values that two inputs can predict."""
        if answer not in self._shares:
            left = remaining(answer.expression, self._judged)
            self._shares[answer] = 1.0 if left is None else systematic(left, self._judged.points)
        return self._shares[answer]

    @property
    def count(self):
        """Number of points that decide the answer."""
        return len(self._unit)

    @property
    def effective(self):
        """Number of equally weighted points with as much information as the judged points."""
        return self._judged.effective

    def held_loss(self, contender):
        """Fit a sum's coefficients on the fitted points, and return its loss on the held-out points."""
        fit, held = (sample.features(contender) for sample in (self.fit, self.held))
        if fit is None or held is None:
            return 1.0
        G, D, size = combine.normalised(*fit)
        c = combine.solve(G, D, self.fit.trust)[0] / size
        return float(combine.losses(*held, c, self.held.trust)[0])

    def fitted(self, expression):
        """Return projected gradients, components and weights of a formula's parts, on the fitted points.

        The parts are the terms of a sum, or the logarithms of a product's factors. We take the formula as
        written, because the search may have built the formula from other terms, some of which cancel. Points
        where a part has no gradient are left out.
        """
        field = self.field.take(self._fitted)
        raw = np.stack([evaluate(part, field.names, field.points)[1] for part in _parts(expression)])
        usable = np.isfinite(raw).all((0, 2))
        G = np.stack([field.project(np.where(usable[:, None], part, 0)) for part in raw])
        return G[:, usable], self.fit.components(G)[:, usable], self.fit.trust[usable]

    @cached_property
    def _different(self):
        return distinct(self._judged.points)[0]

    @cached_property
    def _judged(self):
        return self.field.take(self._chosen)

    @cached_property
    def _groups(self):
        return groups_of(self._judged.points)

    @cached_property
    def _points(self):
        return np.concatenate([sample.points for sample in self._samples], axis=1)

    @cached_property
    def _values(self):
        known = [sample.values for sample in self._samples]
        return None if known[0] is None else np.concatenate(known)

    @cached_property
    def _unit(self):
        return np.concatenate([sample.unit for sample in self._samples])

    @cached_property
    def _trust(self):
        return np.concatenate([sample.trust for sample in self._samples])

    @cached_property
    def _witnesses(self):
        return _Witnesses(self._unit, self._trust, cache(self._neighbours))

    def _neighbours(self):
        return neighbours(np.concatenate([sample.field.points for sample in self._samples]))

    def _write(self, contender):
        """Write a sum in each possible way, and judge the results."""
        if not any(term.constants for term in contender):
            return self._written_as(contender, contender)
        ways = dict.fromkeys(map(tuple, self._tidied(contender)))
        return tuple(written for terms in ways for written in self._written_as(terms, contender))

    def _written_as(self, terms, contender):
        features = [sample.features(terms) for sample in self._samples]
        if None in features:
            return ()
        directions = Directions(*features[0], self.fit.trust, self._groups)
        written = formulas(terms, directions, self._hear(terms), self.forms, self.symbols, self.field.points)
        return tuple(
            self._judge(contender, features, expression, numbers)
            for expression, numbers in written
            if complexity(plain(expression)) <= self.max_complexity
        )

    def _tidied(self, terms):
        """Yield terms with simpler constants: first those that cost nothing, then those that errors allow.

        If values leave less unexplained than directions, the values also refine constants that are not yet
        simple.
        """
        residuals = len(self.fit.unit) * (self.field.dimension - self.field.rank)
        left_by, _ = by_directions(self.fit)
        if self._values is not None:
            heard, coefficients = by_values(self.fit, self._points, self._values)
            if heard(terms) < left_by(terms):
                if not _known(terms):
                    terms = refine(terms, heard, coefficients, rounds=1)
                yield tidied(terms, heard, partial(unheard, count=len(self._values)))
                if not _known(terms):
                    about = coefficients(terms), self._points, self._values, self._groups
                    errors = INTERVALS.errors * constant_errors(terms, *about)
                    yield within(terms, errors)
                return
        yield tidied(terms, left_by, partial(acceptable, count=residuals))

    def _judge(self, contender, features, expression, numbers):
        directions = np.concatenate([_directions(numbers, G) for G, _ in features])
        held = misalignment(directions[-len(self.held.trust) :], self.held.unit)
        squares = missed_by(expression, self._judged)
        told = *losses_of(held, self.held.trust), share(squares)
        candidate = Candidate(expression, complexity(expression), *told, self._about)
        length = effort(expression.xreplace(self._in_spreads))
        return _Written(candidate, directions, contender, squares, length, self._witnesses)

    def _hear(self, terms):
        """Return the values at the judged points as a `Values` witness, or None."""
        if self._values is None:
            return None
        known = gradients(terms, self._points)[0], self._values, sides(terms, self._points)
        return Values(*known, self._groups)

    def fresh(self):
        """Return a judge of the same points that has no formulas, but remembers how to write each sum."""
        other = copy(self)
        other._leaders, other._written = [], {}  # noqa: SLF001 - of this class
        return other

    def wrote(self, candidate):
        """Return whether this formula was written for the last front."""
        return candidate.expression in self._written

    def alike(self, a, b):
        """Return whether two formulas that were written for the last front have the same directions."""
        return _apart(*(self._written[c.expression] for c in (a, b))) < FRONT.alike


def _apart(a, b):
    """Return the mean `1 - cos^2` between the directions of two written formulas."""
    return float(1 - (np.einsum("nm,nm->n", a.directions, b.directions) ** 2).mean())


def _known(terms):
    """Return whether all constants inside terms are simple numbers."""
    return is_simple(np.array([c for term in terms for c in term.constants])).all()


def _parts(expression):
    if expression.is_Mul:
        return [sp.log(modulus(sp, factor)) for factor in expression.args if factor.free_symbols]
    return sp.Add.make_args(expression)


def _directions(numbers, G):
    """Return unit gradients (N, m) of a sum of terms with gradients G (K, N, m); zero where they cancel."""
    e = np.tensordot(numbers, G, 1)
    length, terms = np.linalg.norm(e, axis=1), np.tensordot(np.abs(numbers), np.linalg.norm(G, axis=2), 1)
    return e / np.where(length > ROUNDING.share * terms, length, np.inf)[:, None]
