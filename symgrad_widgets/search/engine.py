"""Search for a formula by building small sums of terms; an eigenproblem gives the coefficients.

Each generation is one stage. The stages try single terms, pairs, structured bases and divisions. Then they
extend the best sums, and try sums of products, exponentials and waves. After that, sums evolve on four
islands with different prices for complexity.
"""

import itertools
from bisect import bisect_right
from copy import copy, deepcopy
from dataclasses import replace
from functools import partial

import numpy as np

from .choice.selection import worth_their_length
from .choice.values import gains, polished, unexplained
from .composition import Look, compositions
from .division import Pairs, divisions, undivided
from .fit import combine
from .fit.bank import Bank
from .fit.inner_constants import by_directions, refine
from .fit.sieve import sieve
from .islands import Islands, Sum
from .kernel.evaluation import gradients
from .nesting import nested, without
from .terms.decades import nearest_decade
from .terms.dictionary import (
    bent_products,
    families,
    large_families,
    small_terms,
    special_families,
)
from .terms.grammar import root
from .terms.quotients import logarithm, quotients
from .tuning import CHOICE, COMPOSITION, DIVISION, EVOLUTION, MEMORY, NESTING, ROUNDING, SEARCH, SUMS, WRITING

__all__ = ["Engine"]


class Engine:
    """One reproducible search on a `Sample`; `step()` runs the next generation.

    The engine calls `watch()` regularly. If `watch()` raises an error, or if a step fails for any other
    reason, the engine is left half changed and cannot go on. So step a `copy()`, and use this copy only if
    the step succeeds.
    """

    def __init__(
        self,
        sample,
        grammar,
        max_complexity=SEARCH.nodes,
        guesses=(),
        seed=0,
        watch=lambda: None,
        dimensions=None,
        known=(),
    ):
        self.grammar, self.max_size, self.watch = grammar, max_complexity, watch
        self.sample, self.bank = sample, Bank(sample, watch, dimensions)
        self.rng = np.random.default_rng(seed)
        self.guesses, self.known = guesses, tuple(known)
        self.evaluations = 0
        self.front = {}  # effort (complexity, and more for functions) -> Sum; with more effort, less loss
        self.witnessed = {}  # effort -> (unexplained share of the values, Sum); shares fall
        self.seen = {}
        self.islands = Islands()
        self.small, self.dictionary = [], np.array([], dtype=int)
        large = large_families(grammar, SEARCH.basis, SEARCH.large_basis)
        small, special = (make(grammar, SEARCH.basis) for make in (families, special_families))
        self._bases = small, special, large
        self._generation = 0
        self._divisions = self._pairs = None
        self._divided = []  # the best division of each number of coordinates
        self._dividing = (
            0 if sample.whole is None else min(len(grammar.inputs), DIVISION.inputs)
        )  # number of generations

    def copy(self):
        """Return a copy that continues exactly as this engine would. Both use the same term objects."""
        other = copy(self)
        other.rng = deepcopy(self.rng)
        other.bank, other.islands = self.bank.copy(), self.islands.copy()
        other.front, other.seen = self.front.copy(), self.seen.copy()
        other.witnessed = self.witnessed.copy()
        return other

    @property
    def evolving(self):
        """Whether the fixed stages are over."""
        return self.islands.alive

    @property
    def surveyed(self):
        """Whether single terms, pairs and the small bases have been tried."""
        return self._generation >= SEARCH.survey

    @property
    def divided(self):
        """Whether divisions have been tried, and their sums have been extended."""
        return self._generation > SEARCH.survey + self._dividing

    def step(self):
        """Run one generation."""
        stages = [*self._stages()]
        least = min((s.loss for s in self.front.values()), default=np.inf)
        if self._generation >= len(stages) - len(self._bases[-1]) and least <= SEARCH.unexplained:
            self._generation = max(self._generation, len(stages))
        stage = stages[self._generation] if self._generation < len(stages) else self._evolve
        stage()
        self.divide_front()
        self.shorten()
        self._generation += 1
        most = max(MEMORY.terms / self.bank.row_bytes, len(self.dictionary) + MEMORY.spare_terms)
        if len(self.bank) > most or len(self.seen) > MEMORY.sums:
            self._forget()

    def _stages(self):
        """Yield a function for each generation before evolution; large bases may be skipped."""
        small, special, large = self._bases
        yield self.singles
        yield self.pairs
        yield partial(self.eliminate, *small)
        yield from itertools.repeat(self.divide, self._dividing)
        yield self.extend_front
        yield self.compose
        yield partial(self.eliminate, *special)
        yield from (partial(self.eliminate, basis) for basis in large)

    def _evolve(self):
        self.islands.evolve(self)

    def contenders(self):
        """Return the sums that could be the answer, each as a tuple of terms.

        These are the sums on the front, the sums that explain the values best, and others that may be just as
        good when judged on more points. The others come from the islands; if there are no values and
        evolution has not begun, they come from all sums so far.
        """
        lowest = self._lowest()
        others = self.islands.everyone()
        if self.sample.values is None and not self.evolving:
            others = self.seen.values()
        rivals = {
            s.rows: s
            for s in others
            if s.size <= self.max_size and ROUNDING.loss < s.loss < SEARCH.close * lowest(s.effort)
        }
        heard = self._telling_most()
        leading = [*self.front.values()]
        if self.sample.values is not None and not self.evolving:
            leading = [self.front[n] for n in worth_their_length({n: s.loss for n, s in self.front.items()})]
        kept = {s.rows: s for s in (*leading, *heard)}
        ranked = sorted(rivals.values(), key=lambda s: (s.fitness(SEARCH.rival_parsimony), s.rows))
        ranked = [s for s in ranked if s.rows not in kept][: SEARCH.rivals]
        return [tuple(self.terms(found)) for found in (*kept.values(), *ranked)]

    def _telling_most(self):
        """Return the sums that explain the values best.

        Before evolution, return only those that are worth their length.
        """
        rests = {size: rest for size, (rest, _) in self.witnessed.items()}
        return [self.witnessed[n][1] for n in (rests if self.evolving else worth_their_length(rests))]

    def terms(self, found):
        """Return the terms of a `Sum`."""
        return [self.bank.terms[r] for r in found.rows]

    def _forget(self):
        """Drop all terms that neither the dictionary nor a current sum uses, to limit memory."""
        heard = [s for _, s in self.witnessed.values()]
        sums = [*self.front.values(), *heard, *self.islands.everyone()]
        kept = sorted({*self.dictionary.tolist(), *(r for s in sums for r in s.rows)})
        number = {row: i for i, row in enumerate(kept)}
        moved = {s.rows: replace(s, rows=tuple(number[r] for r in s.rows)) for s in sums}
        self.bank.keep(kept)
        self.dictionary = np.array([number[r] for r in self.dictionary.tolist()], dtype=int)
        self.front = {size: moved[s.rows] for size, s in self.front.items()}
        self.witnessed = {size: (rest, moved[s.rows]) for size, (rest, s) in self.witnessed.items()}
        self.islands.replace(moved)
        self.seen = {s.rows: s for s in moved.values()}

    # -- scoring ------------------------------------------------------------------------------------------

    def score(self, sets):
        """Add the known terms to each set of rows, fit all new sets, and return the `Sum` of each set."""
        known = self.bank.rows(self.known)
        sets = [tuple(sorted({*s, *known})) for s in sets]
        fresh = [s for s in dict.fromkeys(sets) if s and s not in self.seen and self.bank.one_kind(s)]
        for length in sorted({len(s) for s in fresh}):
            self._solve([s for s in fresh if len(s) == length])
        return [self.seen[s] for s in sets if s in self.seen]

    def _solve(self, sets):
        G, D = self.bank.G, self.bank.D
        chunk = max(1, int(MEMORY.solved / (len(sets[0]) * G[0].size)))
        for first in range(0, len(sets), chunk):
            self.watch()
            part = np.array(sets[first : first + chunk])
            coefficients, losses = combine.solve(G[part], D[part], self.sample.trust)
            self.evaluations += len(part)
            lengths = self._lengths(part, coefficients)
            found = [*map(self._note, map(tuple, part.tolist()), coefficients, losses.tolist(), *lengths)]
            self._hear(found)

    def _note(self, rows, coefficients, loss, size, effort):
        found = Sum(rows, coefficients, loss, size, effort)
        self.seen[rows] = found
        if found.size <= self.max_size and np.isfinite(loss):
            self._enter(found)
        return found

    def _hear(self, sums):
        """Compare sums near the front with the neuron's values; keep those that explain the values best."""
        if self.sample.values is None:
            return
        lowest = self._lowest()
        near = [s for s in sums if s.size <= self.max_size and s.loss <= SEARCH.heard * lowest(s.effort)]
        for count in sorted({len(s.rows) for s in near}):
            some = [s for s in near if len(s.rows) == count]
            rows = np.array([s.rows for s in some])
            terms, sides = self.bank.V[rows], self.bank.sides(*rows.tolist())
            first = np.stack([s.coefficients for s in some])
            rest = unexplained(np.einsum("bk,bkn->bn", first, terms), self.sample.values, sides)
            if count == 1:  # no coefficients to fit
                for found, left in zip(some, rest.tolist(), strict=True):
                    self._keep(found, found.effort, left)
                continue
            least = [
                min((r for n, (r, _) in self.witnessed.items() if n <= s.effort), default=1) for s in some
            ]
            good = np.flatnonzero(rest <= SEARCH.promising * np.array(least))
            coefficients, left = polished(
                terms[good], self.sample.values, first[good], sides[good], rest[good]
            )
            _, efforts = self._lengths(rows[good], coefficients)
            for i, effort, its_own in zip(good, efforts, left.tolist(), strict=True):
                self._keep(some[i], effort, its_own)

    def _keep(self, found, effort, rest):
        """Keep a sum if it explains the values best for its effort; drop the sums that it beats."""
        if all(n > effort or left > rest for n, (left, _) in self.witnessed.items()):
            kept = {n: w for n, w in self.witnessed.items() if n < effort or w[0] < rest}
            self.witnessed = kept | {effort: (rest, found)}

    def _lowest(self):
        """Return a function that maps an effort to the lowest loss on the front up to that effort."""
        efforts = sorted(self.front)
        losses = [np.inf, *itertools.accumulate((self.front[n].loss for n in efforts), min)]
        return lambda effort: losses[bisect_right(efforts, effort)]

    def _enter(self, found):
        """Add a sum to the front if its loss is the lowest for its effort; remove sums that it beats."""
        low, high = (max(found.loss, ROUNDING.loss) * (1 + side * SEARCH.tie) for side in (-1, 1))
        if any(n <= found.effort and max(s.loss, ROUNDING.loss) <= high for n, s in self.front.items()):
            return
        greater = {n: s.loss for n, s in self.front.items() if n >= found.effort}
        beaten = [n for n, loss in greater.items() if max(loss, ROUNDING.loss) >= low]
        for n in beaten:
            del self.front[n]
        self.front[found.effort] = found

    def _lengths(self, rows, coefficients):
        """Estimate the complexity and the effort of B written sums, from rows (B, K) and coefficients (B, K).

        Signs, equal coefficients and an outer function cost nothing.
        """
        B, K = rows.shape
        terms = [self.bank.terms[r] for r in rows.ravel().tolist()]
        nodes, inside = (
            np.array([some[r] for r in rows.ravel().tolist()]).reshape(B, K).sum(1)
            for some in (self.bank.nodes, self.bank.functions)
        )
        if K == 1:
            wrapped = np.array([root(t) in self.grammar.unary and len(t.tokens) > 2 for t in terms])
            outer = np.array([root(t) in self.grammar.unary for t in terms]) & (inside > 0)
            sizes = nodes - wrapped
            return sizes.tolist(), (sizes + CHOICE.extra * (inside - outer)).tolist()
        actual = np.abs(coefficients / self.bank.scale[rows])
        ratios = actual[:, :, None] / np.maximum(actual[:, None, :], ROUNDING.divisor)
        cost = np.where(np.abs(ratios / nearest_decade(ratios) - 1) < WRITING.near_easy, 0, 2).sum(1)
        sizes = nodes + K - 1 + cost.min(1)
        logs = np.array([root(t) == "log" for t in terms]).reshape(B, K).all(1)
        if logs.any():  # a sum of logarithms is a product, if its powers are small
            powers = np.where(np.abs(ratios[logs] - 1) < WRITING.near_easy, 0, 2)
            for power in WRITING.powers:
                powers[np.abs(ratios[logs] / power - 1) < WRITING.near_easy] = 1
            small = ratios[logs].max((1, 2)) <= WRITING.largest  # the largest power over the smallest
            products = np.flatnonzero(logs)[small]
            sizes[products] = nodes[products] - 1 + powers[small].sum(1).min(1)
            inside[products] -= K
        return sizes.tolist(), (sizes + CHOICE.extra * inside).tolist()

    # -- stages -------------------------------------------------------------------------------------------

    def singles(self):
        """Score each small term on its own, and then the guesses."""
        self.small = small_terms(self.grammar, self.grammar.inputs, SEARCH.terms)
        self.dictionary = self._distinct(self.small)
        self.score([(r,) for r in self.dictionary])
        self.guess()

    def guess(self):
        """Score the guesses."""
        self.score([[r for r in self.bank.rows(guess) if r is not None] for guess in self.guesses])

    def _distinct(self, terms):
        """Return the rows of terms in the bank, without repeats."""
        return np.array(sorted({r for r in self.bank.rows(terms) if r is not None}), dtype=int)

    def pairs(self):
        """Find the best pairs of small terms by matrix products, and score them."""
        self.pairs_of(self.dictionary[: SEARCH.paired_terms])

    def pairs_of(self, rows):
        """Score and return the best sums of two of these rows. There must be at least two rows."""
        D, trust = self.bank.D[rows], self.sample.trust
        single, kind = 1 - (D**2).sum(2) @ trust / trust.sum(), self.bank.kind[rows]
        price = self._prices(rows)
        values, pairs = [], []
        for a, b in itertools.combinations_with_replacement(range(0, len(rows), MEMORY.compared), 2):
            self.watch()
            i, j = (np.arange(len(rows))[first : first + MEMORY.compared] for first in (a, b))
            M = self._products(self.bank.G, rows[i], rows[j])
            A = M - self._products(self.bank.D, rows[i], rows[j])
            value = _two_by_two(A, M, single[i][:, None], single[j], 1, 1)
            value *= price[i][:, None] * price[j]
            value[(i[:, None] >= j) | (kind[i][:, None] != kind[j])] = np.inf
            value[~_mutual(value, SEARCH.partners)] = np.inf
            best = np.argsort(value, axis=None, kind="stable")[: SEARCH.pairs]
            values.append(value.ravel()[best])
            pairs.append(np.stack([i[best // len(j)], j[best % len(j)]], axis=1))
        order = np.argsort(np.concatenate(values), kind="stable")[: SEARCH.pairs]
        return self.score(rows[np.concatenate(pairs)[order]].tolist())

    def _prices(self, rows):
        """Return factors that raise losses, so that the shorter of two terms with similar directions wins."""
        _, k, m = self.sample.unit.shape
        free = self.sample.field.effective * max(m - k, 1)
        return np.exp(2 * CHOICE.node / free * np.array(self.bank.nodes)[rows])

    def _products(self, fields, first, second):
        """Return the weighted mean inner products between two sets of rows of G or D."""
        trust = self.sample.trust / self.sample.trust.sum()
        a, b = fields[first] * trust[:, None], fields[second]
        return a.reshape(len(a), -1) @ b.reshape(len(b), -1).T

    def divide(self):
        """Merge one more pair of coordinates into a single one; score small terms of the coordinates."""
        if self._divisions is None:
            self._pairs = Pairs(self.grammar)
            self._divisions = undivided(self.sample, self.grammar.inputs)
        else:
            self._divisions = divisions(self._pairs, self._divisions)
        self._divided = [*self._divided, *self._divisions[:1]]
        few = [reduced for reduced in self._divisions if len(reduced.terms) <= DIVISION.few]
        for number, reduced in enumerate(few[: DIVISION.read]):
            self._read(reduced.terms, thoroughly=number == 0 and reduced.residual <= DIVISION.sure)

    def _read(self, coordinates, thoroughly):
        """Score small terms of a few coordinates, and pairs of terms; if `thoroughly`, extend the best."""
        small = small_terms(self.grammar, coordinates, DIVISION.small)
        if thoroughly:
            small += bent_products(self.grammar, coordinates, self._decades_of)
        rows = self._distinct(small)
        self.score([(r,) for r in rows])
        sums = self.pairs_of(rows) if len(rows) else []
        for most in DIVISION.extended if thoroughly else ():
            best = sorted(sums, key=lambda s: (s.loss, s.rows))[:most]
            sums = self.score(
                [(*s.rows, r) for s in best for r in self._extensions(s, rows)[: DIVISION.extensions]]
            )
        if thoroughly:
            self._refine(sums)
        for terms in self._of_one_kind(small) if thoroughly and len(coordinates) <= 2 else ():
            self._eliminate(terms)
        if thoroughly:
            self._extend_witnessed(rows, lambda found: [(found.rows, found.coefficients)])

    def compose(self):
        """Build bases from products of a division's coordinates, and remove their terms one by one.

        Use the last exact division. If no division is exact, use several: the last of each run of similar
        divisions.
        """
        exact = [reduced for reduced in self._divided if reduced.residual <= DIVISION.exact]
        for reduced in exact[-1:] if len(exact) > 1 else _last_of_alike(self._divided):
            least, before = min((s.loss for s in self.front.values()), default=np.inf), len(self.seen)
            few, most = COMPOSITION.coordinates
            if not few <= len(reduced.terms) <= most or reduced.residual > DIVISION.sure:
                continue
            for terms in compositions(self.grammar, self.sample, reduced.terms, least):
                self.watch()
                for some in self._of_one_kind(terms):
                    self._eliminate(some)
            self._refine([*self.seen.values()][before:])
        for reduced in exact[-1:]:
            self._nest(reduced.terms)

    def _nest(self, quantities):
        """In the best sums, replace the terms of one quantity with a nested function of it; score them."""
        look = Look(self.sample)
        for quantity in quantities[: COMPOSITION.coordinates[1]]:
            for found in self._leading():
                terms = self.terms(found)
                others = without(terms, quantity)
                if found.loss > ROUNDING.loss and 0 < len(others) < len(terms):
                    self.watch()
                    lists = map(self.bank.rows, nested(self.grammar, look, others, quantity, found.loss))
                    self._refine(self.score([rows for rows in lists if None not in rows]))

    def _leading(self):
        """Return the best sums of ordinary terms on the front, and as many of the best sums of logarithms."""
        ranked = sorted(self.front.values(), key=lambda s: (s.loss, s.rows))
        products = [root(self.bank.terms[s.rows[0]]) == "log" for s in ranked]
        return [
            found
            for kind in (False, True)
            for found in [*itertools.compress(ranked, [one is kind for one in products])][: NESTING.sums]
        ]

    def _refine(self, sums):
        """Fit the constants inside the terms of the best sums of each size, and score these sums again."""
        shapes, placed = {}, []
        for found in sorted(sums, key=lambda s: (s.loss, s.rows)):
            terms = self.terms(found)
            if len(terms) <= DIVISION.refined_terms and any(term.constants for term in terms):
                of_count = shapes.setdefault(len(terms), {})
                of_count.setdefault(frozenset(term.tokens for term in terms), terms)
        for of_count in shapes.values():
            for terms in itertools.islice(of_count.values(), DIVISION.refined):
                self.watch()
                placed.append(refine(terms, *by_directions(self.sample)))
        self.score([rows for rows in map(self.bank.rows, placed) if None not in rows])

    def _decades_of(self, terms):
        """Return the power of ten nearest to the root mean square of each term."""
        return nearest_decade(np.sqrt((gradients(terms, self.sample.points)[0] ** 2).mean(1)))

    def eliminate(self, *bases):
        """Remove the terms of each basis one by one, the least important first; score after each removal."""
        for basis in bases:
            for terms in self._of_one_kind(basis(self.small)):
                self._eliminate(sieve(terms, self.sample, SEARCH.sieved, self.watch))
            self.divide_front()

    def _of_one_kind(self, terms):
        """Group terms into lists. The terms of one list can be added to each other."""
        kinds = {}
        for term in terms:
            kinds.setdefault(self.bank.kind_of(term), []).append(term)
        return [some for kind, some in kinds.items() if kind is not None]

    def _eliminate(self, terms):
        rows = self._distinct(terms)
        rows = rows[np.argsort([len(self.bank.terms[r].tokens) for r in rows], kind="stable")]
        if len(rows) < 2:
            return
        kept = combine.independent(self.bank.G[rows])
        self._eliminate_independent(rows[kept])
        if len(kept) < len(rows) and self.sample.whole is None:  # here a sum can be written in many ways
            self.watch()
            order = combine.sparsest(self.bank.G[rows], self.bank.D[rows], self.sample.trust, kept)
            again = order[combine.independent(self.bank.G[rows[order]])]
            if set(again) != set(kept):
                self._eliminate_independent(rows[again])

    def _eliminate_independent(self, rows):
        most = self.max_size // 2 + 1  # a longer sum exceeds the limit even if each term is a leaf
        fields = self.bank.G[rows], self.bank.D[rows], self.sample.trust
        for kept, coefficients, loss in combine.eliminate(*fields):
            self.watch()
            order = np.argsort(rows[kept])
            some = tuple(rows[kept][order].tolist())
            if len(kept) <= most and self.known:
                self.score([some])
            elif len(kept) <= most and some not in self.seen:
                self.evaluations += 1
                placed = coefficients[order]
                (size,), (effort,) = self._lengths(np.array([some]), placed[None])
                self._hear([self._note(some, placed, loss, size, effort)])
        if self.surveyed and len(rows) > SUMS.singly and self._lowest()(np.inf) > ROUNDING.loss:
            for kept, _, _ in combine.eliminate(*fields, SUMS.ridge):
                self.watch()
                self.score([rows[kept].tolist()] if len(kept) <= EVOLUTION.terms else [])

    def extend_front(self):
        """Add one small term to each sum on the front, and score the results; then do so once more."""
        for _ in range(2):
            for found in list(self.front.values()):
                if len(found.rows) < EVOLUTION.terms:
                    self.score([(*found.rows, r) for r in self._extensions(found, self.dictionary)])
            self._extend_witnessed(self.dictionary, _and_without_one)
            self.divide_front()

    def _extend_witnessed(self, dictionary, beginnings):
        """Extend the sums that best explain the values, and score the results.

        `beginnings(sum)` yields rows and coefficients; each set of rows gets one further term.
        """
        for found in self._telling_most():
            for rows, coefficients in beginnings(found):
                if len(rows) < EVOLUTION.terms:
                    self.score([(*rows, r) for r in self._telling(rows, coefficients, dictionary)])

    def divide_front(self):
        """Score quotients P/Q that have nearly the same directions as a sum P - Q on the front."""
        pairs = []
        for found in self.front.values():
            actual = found.coefficients / self.bank.scale[list(found.rows)]
            pairs += quotients(self.grammar, self.terms(found), actual)
        if self.bank.dimensions is not None:
            pairs += self._products_of_front()
        rows = [self.bank.rows(pair) for pair in pairs]
        self.score([pair for pair in rows if None not in pair])

    def shorten(self):
        """Leave out each term of the best sums in turn, and score what remains."""
        heard = [s for _, s in self.witnessed.values()]
        for found in (*self.front.values(), *heard):
            self.score([rows for rows, _ in _and_without_one(found)])

    def _products_of_front(self):
        """Yield pairs of logarithms: the logarithm of a sum on the front, and the logarithm of a small term.

        `quotients` makes P/Q from the difference P - Q. If P and Q have different physical dimensions, no sum
        contains this difference, so we need these pairs.
        """
        logs = [t for t in map(self.bank.terms.__getitem__, self.dictionary) if root(t) == "log"]
        for found in self.front.values():
            terms, actual = self.terms(found), found.coefficients / self.bank.scale[list(found.rows)]
            if logs and len(terms) >= 2 and root(terms[0]) != "log":
                whole = logarithm(self.grammar, terms, actual, range(len(terms)))
                yield from ([whole, log] for log in logs)

    def _extensions(self, found, dictionary):
        """Return the rows whose terms would lower a sum's loss most; each term takes a 2 x 2 eigenproblem."""
        rows, c = list(found.rows), found.coefficients
        e = np.tensordot(c, self.bank.G[rows], 1)
        d = np.tensordot(c, self.bank.D[rows], 1)
        q = (e**2).sum(1)
        w = combine.weights_of(q, self.sample.trust)
        M11, D11 = w @ q, w @ (d**2).sum(1)
        value = []
        for first in range(0, len(dictionary), MEMORY.compared):
            self.watch()
            some = dictionary[first : first + MEMORY.compared]
            G, D = self.bank.G[some], self.bank.D[some]
            M12 = np.tensordot(G, e * w[:, None], 2)
            D12 = np.tensordot(D, d * w[:, None], 2)
            M22 = np.einsum("knm,knm,n->k", G, G, w)
            D22 = np.einsum("knc,knc,n->k", D, D, w)
            value.append(_two_by_two(M12 - D12, M12, M11 - D11, M22 - D22, M11, M22))
        value = np.concatenate(value) * self._prices(dictionary)
        kind = self.bank.kind
        value[np.isin(dictionary, rows) | (kind[dictionary] != kind[rows[0]])] = np.inf
        return dictionary[np.argsort(value, kind="stable")[: SEARCH.extensions]]

    def _telling(self, rows, coefficients, dictionary):
        """Return the rows of the terms that best explain the residuals of a sum fitted to the values."""
        formula, kind = coefficients @ self.bank.V[list(rows)], self.bank.kind
        value = gains(self.bank.V[dictionary], self.sample.values, formula, self.bank.sides(rows)[0])
        value[np.isin(dictionary, rows) | (kind[dictionary] != kind[rows[0]])] = 0
        return dictionary[np.argsort(-value, kind="stable")[: SEARCH.telling]]


def _last_of_alike(divided):
    """Keep the last division, and every division after which the residual rises sharply."""
    alike = [b.residual <= COMPOSITION.alike * a.residual for a, b in itertools.pairwise(divided)]
    return itertools.compress(divided, [*(not one for one in alike), True])


def _and_without_one(found):
    """Yield the rows and coefficients of a sum, and of the same sum without each of its terms in turn."""
    yield found.rows, found.coefficients
    for k in range(len(found.rows) if len(found.rows) > 1 else 0):
        yield found.rows[:k] + found.rows[k + 1 :], np.delete(found.coefficients, k)


def _mutual(value, few):
    """Mark the entries of a matrix that are among the `few` smallest both in their row and in their column.

    Otherwise, all good pairs could share a single term that has large gradients only at points where the
    directions happen to be right.
    """
    rows, columns = (min(few, n) - 1 for n in value.shape[::-1])
    of_row = np.partition(value, rows, axis=1)[:, rows, None]
    of_column = np.partition(value, columns, axis=0)[columns]
    return (value <= of_row) & (value <= of_column)


def _two_by_two(A12, M12, A11, A22, M11, M22):
    """Return the smaller eigenvalues of many 2 x 2 problems A c = lambda M c; infinity if M is singular."""
    a = M11 * M22 - M12**2
    b = A11 * M22 + A22 * M11 - 2 * A12 * M12
    c = A11 * A22 - A12**2
    root_ = np.sqrt(np.maximum(b * b - 4 * a * c, 0))
    value = (b - root_) / np.maximum(2 * a, ROUNDING.divisor)
    return np.where(a > SEARCH.singular * M11 * M22, value, np.inf)
