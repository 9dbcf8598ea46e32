"""The search: it enumerates, eliminates and evolves small sets of terms; the eigenproblem weighs them.

Each generation is one stage: single terms, pairs, the structured bases, divisions, the best extensions of
what was found, exponentials and waves. After that comes evolution on four islands of different parsimony.
"""

import itertools
from copy import copy, deepcopy
from dataclasses import replace
from functools import partial

import numpy as np

from .choice.values import gains, polished, unexplained
from .division import Pairs, divisions, undivided
from .fit import combine
from .fit.bank import Bank
from .fit.sieve import sieve
from .islands import Islands, Sum
from .kernel.evaluation import gradients
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
from .tuning import DIVISION, EVOLUTION, MEMORY, ROUNDING, SEARCH, WRITING

__all__ = ["Engine"]


class Engine:
    """One reproducible search on a `Sample`; `step()` runs the next generation.

    It calls `watch()` between two pieces of work. After `watch()` or anything else raises, the engine cannot
    go on. So step a `copy()`, and keep the copy once it has finished.
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
        self.front = {}  # size -> Sum, losses falling
        self.witnessed = {}  # size -> (what it leaves of the values, Sum), that falling
        self.seen = {}
        self.islands = Islands()
        self.small, self.dictionary = [], np.array([], dtype=int)
        large = large_families(grammar, SEARCH.basis, SEARCH.large_basis)
        small, special = (make(grammar, SEARCH.basis) for make in (families, special_families))
        self._bases = small, special, large
        self._generation = 0
        self._divisions = self._pairs = None
        self._dividing = (
            0 if sample.whole is None else min(len(grammar.inputs), DIVISION.inputs)
        )  # generations

    def copy(self):
        """Return an engine that goes on from here, bit for bit as this one would; they share terms."""
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
        """Whether all divisions have been tried too."""
        return self._generation >= SEARCH.survey + self._dividing

    def step(self):
        """Run one generation."""
        stages = [*self._stages()]
        least = min((s.loss for s in self.front.values()), default=np.inf)
        if self._generation >= len(stages) - len(self._bases[-1]) and least <= SEARCH.unexplained:
            self._generation = max(self._generation, len(stages))
        stage = stages[self._generation] if self._generation < len(stages) else self._evolve
        stage()
        self.divide_front()
        self._generation += 1
        most = max(MEMORY.terms / self.bank.row_bytes, len(self.dictionary) + MEMORY.spare_terms)
        if len(self.bank) > most or len(self.seen) > MEMORY.sums:
            self._forget()

    def _stages(self):
        """Yield what the generations before evolution do; the last ones, for large bases, only if needed."""
        small, special, large = self._bases
        yield self.singles
        yield self.pairs
        yield partial(self.eliminate, *small)
        yield from itertools.repeat(self.divide, self._dividing)
        yield self.extend_front
        yield partial(self.eliminate, *special)
        yield from (partial(self.eliminate, basis) for basis in large)

    def _evolve(self):
        self.islands.evolve(self)

    def contenders(self):
        """Return the front, as terms, and the islands' sums that few points cannot tell from it."""
        lowest = self._lowest()
        rivals = {
            s.rows: s
            for s in self.islands.everyone()
            if s.size <= self.max_size and ROUNDING.loss < s.loss < SEARCH.close * lowest[s.size]
        }
        kept = {s.rows: s for s in (*self.front.values(), *(s for _, s in self.witnessed.values()))}
        ranked = sorted(rivals.values(), key=lambda s: (s.fitness(SEARCH.rival_parsimony), s.rows))
        ranked = [s for s in ranked if s.rows not in kept][: SEARCH.rivals]
        return [tuple(self.terms(found)) for found in (*kept.values(), *ranked)]

    def terms(self, found):
        """Terms of a sum."""
        return [self.bank.terms[r] for r in found.rows]

    def _forget(self):
        """Drop every term that no current sum contains, to keep memory bounded."""
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
        """Sums for sets of rows, with the known terms in each; each distinct set is solved once."""
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
            sizes = self._sizes(part, coefficients)
            found = [*map(self._note, map(tuple, part.tolist()), coefficients, losses.tolist(), sizes)]
            self._hear(found)

    def _note(self, rows, coefficients, loss, size):
        found = Sum(rows, coefficients, loss, size)
        self.seen[rows] = found
        if found.size <= self.max_size and np.isfinite(loss):
            self._enter(found)
        return found

    def _hear(self, sums):
        """Test sums near the front against the neuron's values, and keep those that leave least."""
        if self.sample.values is None:
            return
        lowest = self._lowest()
        near = [s for s in sums if s.size <= self.max_size and s.loss <= SEARCH.heard * lowest[s.size]]
        for count in sorted({len(s.rows) for s in near}):
            some = [s for s in near if len(s.rows) == count]
            rows = np.array([s.rows for s in some])
            terms, sides = self.bank.V[rows], self.bank.sides(*rows.tolist())
            first = np.stack([s.coefficients for s in some])
            rest = unexplained(np.einsum("bk,bkn->bn", first, terms), self.sample.values, sides)
            if count == 1:  # there is nothing to place
                for found, left in zip(some, rest.tolist(), strict=True):
                    self._keep(found, found.size, left)
                continue
            least = [min((r for n, (r, _) in self.witnessed.items() if n <= s.size), default=1) for s in some]
            good = np.flatnonzero(rest <= SEARCH.promising * np.array(least))
            coefficients, left = polished(terms[good], self.sample.values, first[good], sides[good])
            sizes = self._sizes(rows[good], coefficients)
            for i, size, its_own in zip(good, sizes, left.tolist(), strict=True):
                self._keep(some[i], size, its_own)

    def _keep(self, found, size, rest):
        """Keep a sum that leaves less of the values than any other up to its size, and drop what it beats."""
        if all(n > size or left > rest for n, (left, _) in self.witnessed.items()):
            kept = {n: w for n, w in self.witnessed.items() if n < size or w[0] < rest}
            self.witnessed = kept | {size: (rest, found)}

    def _lowest(self):
        """Least loss (max_size + 1,) of the front up to each size."""
        lowest = np.full(self.max_size + 1, np.inf)
        for found in self.front.values():
            lowest[found.size :] = np.minimum(lowest[found.size :], found.loss)
        return lowest

    def _enter(self, found):
        """Put a sum on the front if it beats all simpler ones, and remove what it beats."""
        low, high = (max(found.loss, ROUNDING.loss) * (1 + side * SEARCH.tie) for side in (-1, 1))
        if any(size <= found.size and max(s.loss, ROUNDING.loss) <= high for size, s in self.front.items()):
            return
        longer = {size: s.loss for size, s in self.front.items() if size >= found.size}
        beaten = [size for size, loss in longer.items() if max(loss, ROUNDING.loss) >= low]
        for size in beaten:
            del self.front[size]
        self.front[found.size] = found

    def _sizes(self, rows, coefficients):
        """Complexities of sums (B, K) as they will be about once written; signs, equal weights are free."""
        B, K = rows.shape
        terms = [self.bank.terms[r] for r in rows.ravel().tolist()]
        nodes = np.array([self.bank.nodes[r] for r in rows.ravel().tolist()]).reshape(B, K).sum(1) + K - 1
        if K == 1:
            wrapped = [root(t) in self.grammar.unary and len(t.tokens) > 2 for t in terms]
            return (nodes - wrapped).tolist()
        actual = np.abs(coefficients / self.bank.scale[rows])
        ratios = actual[:, :, None] / np.maximum(actual[:, None, :], ROUNDING.divisor)
        cost = np.where(np.abs(ratios / nearest_decade(ratios) - 1) < WRITING.near_easy, 0, 2)
        logs = np.array([root(t) == "log" for t in terms]).reshape(B, K).all(1)
        if logs.any():  # a sum of logarithms is a product
            powers = np.where(np.abs(ratios[logs] - 1) < WRITING.near_easy, 0, 2)
            for power in WRITING.powers:
                powers[np.abs(ratios[logs] / power - 1) < WRITING.near_easy] = 1
            nodes[logs], cost[logs] = nodes[logs] - K, powers
        return (nodes + cost.sum(1).min(1)).tolist()

    # -- stages -------------------------------------------------------------------------------------------

    def singles(self):
        """Score every small term alone, and the guesses."""
        self.small = small_terms(self.grammar, self.grammar.inputs, SEARCH.terms)
        self.dictionary = np.array(
            sorted({r for r in self.bank.rows(self.small) if r is not None}), dtype=int
        )
        self.score([(r,) for r in self.dictionary])
        self.guess()

    def guess(self):
        """Score the guesses."""
        self.score([[r for r in self.bank.rows(guess) if r is not None] for guess in self.guesses])

    def pairs(self):
        """Score the best pairs of small terms, found by one matrix product."""
        self.pairs_of(self.dictionary[: SEARCH.paired_terms])

    def pairs_of(self, rows):
        """Score the best sums of two of at least two rows, and return them."""
        D, trust = self.bank.D[rows], self.sample.trust
        single, kind = 1 - (D**2).sum(2) @ trust / trust.sum(), self.bank.kind[rows]
        values, pairs = [], []
        for a, b in itertools.combinations_with_replacement(range(0, len(rows), MEMORY.compared), 2):
            self.watch()
            i, j = (np.arange(len(rows))[first : first + MEMORY.compared] for first in (a, b))
            M = self._products(self.bank.G, rows[i], rows[j])
            A = M - self._products(self.bank.D, rows[i], rows[j])
            value = _two_by_two(A, M, single[i][:, None], single[j], 1, 1)
            value[(i[:, None] >= j) | (kind[i][:, None] != kind[j])] = np.inf
            value[~_mutual(value, SEARCH.partners)] = np.inf
            best = np.argsort(value, axis=None, kind="stable")[: SEARCH.pairs]
            values.append(value.ravel()[best])
            pairs.append(np.stack([i[best // len(j)], j[best % len(j)]], axis=1))
        order = np.argsort(np.concatenate(values), kind="stable")[: SEARCH.pairs]
        return self.score(rows[np.concatenate(pairs)[order]].tolist())

    def _products(self, fields, first, second):
        """Weighted mean inner products of two sets of rows of G or D."""
        trust = self.sample.trust / self.sample.trust.sum()
        a, b = fields[first] * trust[:, None], fields[second]
        return a.reshape(len(a), -1) @ b.reshape(len(b), -1).T

    def divide(self):
        """Replace one more pair of inputs that act together with one, and score small terms of the rest."""
        if self._divisions is None:
            self._pairs = Pairs(self.grammar)
            self._divisions = undivided(self.sample, self.grammar.inputs)
        else:
            self._divisions = divisions(self._pairs, self._divisions)
        few = [reduced for reduced in self._divisions if len(reduced.terms) <= DIVISION.few]
        for number, reduced in enumerate(few[: DIVISION.read]):
            self._read(reduced.terms, thoroughly=number == 0 and reduced.residual <= DIVISION.sure)

    def _read(self, coordinates, thoroughly):
        """Score small terms of a few coordinates, their pairs, and the best of these with one more term."""
        small = small_terms(self.grammar, coordinates, DIVISION.small)
        if thoroughly:
            small += bent_products(self.grammar, coordinates, self._decades_of)
        rows = np.array(sorted({r for r in self.bank.rows(small) if r is not None}), dtype=int)
        self.score([(r,) for r in rows])
        sums = self.pairs_of(rows) if len(rows) else []
        for most in DIVISION.extended if thoroughly else ():
            best = sorted(sums, key=lambda s: (s.loss, s.rows))[:most]
            sums = self.score(
                [(*s.rows, r) for s in best for r in self._extensions(s, rows)[: DIVISION.extensions]]
            )
        for terms in self._of_one_kind(small) if thoroughly and len(coordinates) <= 2 else ():
            self._eliminate(terms)
        if thoroughly:
            self._extend_witnessed(rows, lambda found: [(found.rows, found.coefficients)])

    def _decades_of(self, terms):
        """Powers of ten next to the values of terms."""
        return nearest_decade(np.sqrt((gradients(terms, self.sample.points)[0] ** 2).mean(1)))

    def eliminate(self, *bases):
        """Score what is left of each basis as the terms that matter least are removed one by one."""
        for basis in bases:
            for terms in self._of_one_kind(basis(self.small)):
                self._eliminate(sieve(terms, self.sample, SEARCH.sieved, self.watch))
            self.divide_front()

    def _of_one_kind(self, terms):
        """Lists of terms that may be added to each other."""
        kinds = {}
        for term in terms:
            kinds.setdefault(self.bank.kind_of(term), []).append(term)
        return [some for kind, some in kinds.items() if kind is not None]

    def _eliminate(self, terms):
        rows = sorted({r for r in self.bank.rows(terms) if r is not None})
        rows.sort(key=lambda r: len(self.bank.terms[r].tokens))
        rows = np.array(rows)
        if len(rows) < 2:
            return
        kept = combine.independent(self.bank.G[rows])
        self._eliminate_independent(rows[kept])
        if len(kept) < len(rows) and self.sample.whole is None:  # where sums have many forms
            self.watch()
            order = combine.sparsest(self.bank.G[rows], self.bank.D[rows], self.sample.trust, kept)
            again = order[combine.independent(self.bank.G[rows[order]])]
            if set(again) != set(kept):
                self._eliminate_independent(rows[again])

    def _eliminate_independent(self, rows):
        most = self.max_size // 2 + 1  # terms of a formula within the limit, if each is a leaf
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
                (size,) = self._sizes(np.array([some]), placed[None])
                self._hear([self._note(some, placed, loss, size)])

    def extend_front(self):
        """Score the front's sums with one more small term, and again with another."""
        for _ in range(2):
            for found in list(self.front.values()):
                if len(found.rows) < EVOLUTION.terms:
                    self.score([(*found.rows, r) for r in self._extensions(found, self.dictionary)])
            self._extend_witnessed(self.dictionary, _and_without_one)
            self.divide_front()

    def _extend_witnessed(self, dictionary, beginnings):
        """Score beginnings of the sums that leave least of the values with one more of some rows."""
        for _, found in list(self.witnessed.values()):
            for rows, coefficients in beginnings(found):
                if len(rows) < EVOLUTION.terms:
                    self.score([(*rows, r) for r in self._telling(rows, coefficients, dictionary)])

    def divide_front(self):
        """Score quotients whose directions are nearly those of the front's sums where these vanish."""
        pairs = []
        for found in self.front.values():
            actual = found.coefficients / self.bank.scale[list(found.rows)]
            pairs += quotients(self.grammar, self.terms(found), actual)
        if self.bank.dimensions is not None:
            pairs += self._products_of_front()
        rows = [self.bank.rows(pair) for pair in pairs]
        self.score([pair for pair in rows if None not in pair])

    def _products_of_front(self):
        """Pairs of logarithms of a sum of the front and of a small term.

        With physical units, the search never meets the difference of unlike P and Q, from which `quotients`
        makes P/Q.
        """
        logs = [t for t in map(self.bank.terms.__getitem__, self.dictionary) if root(t) == "log"]
        for found in self.front.values():
            terms, actual = self.terms(found), found.coefficients / self.bank.scale[list(found.rows)]
            if logs and len(terms) >= 2 and root(terms[0]) != "log":
                whole = logarithm(self.grammar, terms, actual, range(len(terms)))
                yield from ([whole, log] for log in logs)

    def _extensions(self, found, dictionary):
        """The rows that lower the loss of a sum most, by one 2 x 2 eigenproblem for each."""
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
        value = np.concatenate(value)
        kind = self.bank.kind
        value[np.isin(dictionary, rows) | (kind[dictionary] != kind[rows[0]])] = np.inf
        return dictionary[np.argsort(value, kind="stable")[: SEARCH.extensions]]

    def _telling(self, rows, coefficients, dictionary):
        """The rows that explain most of what a sum leaves of the neuron's values."""
        formula, kind = coefficients @ self.bank.V[list(rows)], self.bank.kind
        value = gains(self.bank.V[dictionary], self.sample.values, formula, self.bank.sides(rows)[0])
        value[np.isin(dictionary, rows) | (kind[dictionary] != kind[rows[0]])] = 0
        return dictionary[np.argsort(-value, kind="stable")[: SEARCH.telling]]


def _and_without_one(found):
    """Rows and coefficients of a sum, and of the same sum without each of its terms."""
    yield found.rows, found.coefficients
    for k in range(len(found.rows) if len(found.rows) > 1 else 0):
        yield found.rows[:k] + found.rows[k + 1 :], np.delete(found.coefficients, k)


def _mutual(value, few):
    """Whether each entry is among the `few` least of both its row and its column.

    Otherwise all good pairs could contain one term whose gradients are large only where they happen to agree.
    """
    rows, columns = (min(few, n) - 1 for n in value.shape[::-1])
    of_row = np.partition(value, rows, axis=1)[:, rows, None]
    of_column = np.partition(value, columns, axis=0)[columns]
    return (value <= of_row) & (value <= of_column)


def _two_by_two(A12, M12, A11, A22, M11, M22):
    """Smaller eigenvalue of many 2 x 2 problems A c = lambda M c; infinite where M is singular."""
    a = M11 * M22 - M12**2
    b = A11 * M22 + A22 * M11 - 2 * A12 * M12
    c = A11 * A22 - A12**2
    root_ = np.sqrt(np.maximum(b * b - 4 * a * c, 0))
    value = (b - root_) / np.maximum(2 * a, ROUNDING.divisor)
    return np.where(a > SEARCH.singular * M11 * M22, value, np.inf)
