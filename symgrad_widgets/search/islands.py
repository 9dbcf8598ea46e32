"""Let small sets of terms evolve on islands, each with its own price for a node."""

from dataclasses import dataclass

import numpy as np

from .fit.inner_constants import by_directions, freed, refine
from .terms.grammar import arguments, root
from .tuning import EVOLUTION, ROUNDING

__all__ = ["Islands", "Sum"]


@dataclass(frozen=True, eq=False)
class Sum:
    """A set of terms: sorted row numbers of the bank, and the best coefficients of the normalised terms.

    `size` approximates the complexity of the written sum. `effort` is the price of the sum when we choose a
    formula: its complexity, plus a price for functions and numbers that are not simple.
    """

    rows: tuple
    coefficients: np.ndarray
    loss: float
    size: int
    effort: int

    def fitness(self, parsimony):
        """Return the log loss plus `parsimony` times the effort; lower is better."""
        return np.log(max(self.loss, ROUNDING.loss)) + parsimony * self.effort


class Islands:
    """Four populations of an engine's sums; sums on the front migrate to all four."""

    def __init__(self, populations=()):
        self.populations = [*populations] or [[] for _ in EVOLUTION.parsimony]

    def copy(self):
        """Return a copy that evolves independently."""
        return Islands(self.populations)

    @property
    def alive(self):
        """Whether evolution has begun."""
        return bool(self.populations[0])

    def everyone(self):
        for population in self.populations:
            yield from population

    def replace(self, moved):
        """Replace each sum with `moved[rows]`, the sum that `moved` holds for these rows."""
        self.populations = [[moved[s.rows] for s in population] for population in self.populations]

    def evolve(self, engine):
        """Run one generation: add offspring and new constants, keep the fittest, let the front migrate."""
        if not self.alive:
            sums = engine.seen.values()
            self.populations = [_fittest(sums, parsimony) for parsimony in EVOLUTION.parsimony]
        for i, parsimony in enumerate(EVOLUTION.parsimony):
            parents = self.populations[i]
            children = _offspring(engine, parents) + _freed(engine, parents)
            self.populations[i] = _fittest([*parents, *children], parsimony)
        for i, parsimony in enumerate(EVOLUTION.parsimony):
            self.populations[i] = _fittest([*self.populations[i], *engine.front.values()], parsimony)


def _offspring(engine, parents):
    rng = engine.rng
    drafts = []
    for _ in range(EVOLUTION.offspring):
        rows = list(_tournament(rng, parents).rows)
        k = int(rng.integers(len(rows)))
        change = _CHANGES[rng.choice(len(_CHANGES), p=EVOLUTION.shares)]
        drafts.append(change(engine, rows[k], rows[:k] + rows[k + 1 :], parents))
    return _scored(engine, [kept for _, kept in drafts], [terms for terms, _ in drafts])


def _freed(engine, parents):
    """Return sums with one new constant inside a term, after fitting all constants of these sums."""
    rng, sample = engine.rng, engine.sample
    found = []
    for _ in range(EVOLUTION.freed):
        engine.watch()
        terms = engine.terms(_tournament(rng, parents))
        k = int(rng.integers(len(terms)))
        terms[k] = freed(terms[k], rng, sample.points)
        if terms[k] is not None:
            found.append(refine(terms, *by_directions(sample)))
    return _scored(engine, [()] * len(found), found)


def _scored(engine, kept, added):
    """Score sets of kept rows and added terms; leave out sets with a term that has no usable gradient."""
    rows = iter(engine.bank.rows([t for terms in added for t in terms]))
    sets = [[*some, *(next(rows) for _ in terms)] for some, terms in zip(kept, added, strict=True)]
    return engine.score([s for s in sets if None not in s and len(s) <= EVOLUTION.terms])


def _varied(engine, row, rest, _):
    return [engine.grammar.vary(engine.rng, engine.bank.terms[row])], rest


def _with_variant(engine, row, rest, _):
    return [engine.grammar.vary(engine.rng, engine.bank.terms[row])], [row, *rest]


def _with_random(engine, row, rest, _):
    nodes = int(engine.rng.integers(*EVOLUTION.new_nodes))
    return [engine.grammar.random(engine.rng, nodes)], [row, *rest]


def _exchanged(engine, _, rest, __):
    return [], [*rest, int(engine.rng.choice(engine.dictionary))]


def _without(_, row, rest, __):
    return [], rest or [row]


def _crossed(engine, row, rest, parents):
    other = _tournament(engine.rng, parents).rows
    return [], [*rest, *(r for r in other if engine.rng.random() < EVOLUTION.inherited)] or [row]


def _split(engine, row, rest, _):
    """Split a + b into two terms; split a product, a quotient, or the log of one, into two logarithms."""
    term = engine.bank.terms[row]
    if root(term) in ("add", "sub"):
        return arguments(term), rest
    inner = arguments(term)[0] if root(term) == "log" else term
    if root(inner) in ("mul", "div") and "log" in engine.grammar:
        return [engine.grammar["log"](a) for a in arguments(inner)], rest
    return [], [row, *rest]


_CHANGES = (_varied, _with_variant, _with_random, _exchanged, _without, _crossed, _split)


def _fittest(sums, parsimony):
    distinct = {s.rows: s for s in sums}.values()
    return sorted(distinct, key=lambda s: (s.fitness(parsimony), s.rows))[: EVOLUTION.population]


def _tournament(rng, sums):
    return sums[min(int(rng.integers(len(sums))) for _ in range(EVOLUTION.tournament))]
