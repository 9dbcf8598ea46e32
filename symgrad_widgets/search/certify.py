"""Judge the best of all small formulas like any other, and say whether one is better than the answer."""

from copy import copy
from typing import NamedTuple

import numpy as np

from .choice.certificate import Certificate
from .engine import Engine
from .enumeration import Trees, count_of_trees
from .fit.bank import Sample
from .tuning import CERTIFICATE, MEMORY

__all__ = ["Enumerated", "best_by_nodes", "certified", "enumerated"]


class Enumerated(NamedTuple):
    """The small formulas that leave least, as sums of terms, and how many were tried: for `Certificate`."""

    contenders: list
    scope: dict


def enumerated(judge, grammar, max_complexity, watch, dimensions=None):
    """Enumerate the formulas of a few inputs, and sums of two of them; returns those to judge.

    What a formula leaves at all points is at least what it leaves at some of them. So a few points are enough
    to find the best formulas of each number of nodes among the search's points, and to know that the others
    leave more there. Sums are ranked at the few points, by the eigenproblem without weights; the best are
    scored like any other formula.
    """
    nodes = min(CERTIFICATE.nodes, max_complexity)
    summed = min(CERTIFICATE.summed, nodes)
    few = np.random.default_rng(0).permutation(len(judge.searched.field))[: CERTIFICATE.points]
    samples = judge.searched, Sample(judge.searched.field.take(few))
    engine, sketch = (
        Engine(sample, grammar, max_complexity, watch=watch, dimensions=dimensions) for sample in samples
    )
    trees = Trees(sketch.sample, grammar, summed, watch)
    best = [[term] for term in best_by_nodes(trees, trees.directions(nodes), engine)]
    rows = np.unique([row for row in sketch.bank.rows(trees.terms) if row is not None])
    sums = [sketch.terms(found) for size in range(1, summed + 1) for found in _pairs(sketch, rows, size)]
    sets = [engine.bank.rows(terms) for terms in (*best, *sums)]
    engine.score([some for some in sets if None not in some])
    scope = {
        "nodes": nodes,
        "tried": count_of_trees(grammar, nodes),
        "summed": summed,
        "sums": len(rows) * (len(rows) - 1) // 2,
        "operators": grammar.names,
        "points": len(judge.searched.field),
    }
    return Enumerated(engine.contenders(), scope)


def best_by_nodes(trees, directions, engine):
    """Terms that leave least at all points of an engine's sample: a few of each number of nodes."""
    best = []
    for size in np.unique(directions.nodes):
        some = np.flatnonzero(directions.nodes == size)
        some = some[np.argsort(directions.left[some], kind="stable")]
        found = []
        for first in range(0, len(some), MEMORY.compared):
            if len(found) == CERTIFICATE.kept and directions.left[some[first]] > found[-1][0]:
                break
            engine.watch()
            terms = [trees.term(made) for made in directions.made[some[first : first + MEMORY.compared]]]
            terms = [term for term in terms if engine.bank.kind_of(term) is not None]
            if terms:
                found += zip(_left(terms, engine.sample), terms, strict=True)
                found = sorted(found)[: CERTIFICATE.kept]
        best += [term for left, term in found if left < np.inf]
    return best


def _left(terms, sample):
    """Weighted sums over the points of the 1 - cos^2 that terms leave; infinite if one is not finite."""
    G, finite = sample.gradients(terms, slice(None))
    length, along = (G**2).sum(2), (sample.components(G) ** 2).sum(2)
    left = (1 - along / np.where(length > 0, length, np.inf)) @ sample.trust
    return np.where(finite & np.isfinite(left), left, np.inf).tolist()


def _pairs(engine, rows, size):
    """Best sums of two rows that have at most `size` nodes."""
    rows = rows[np.array(engine.bank.nodes)[rows] <= size]
    return engine.pairs_of(rows) if len(rows) > 1 else []


def certified(judge, contenders, answer, small, watch):
    """Certificate of a judge's answer among contenders, from the `Enumerated` small formulas."""
    judge = copy(judge)
    judge.front([*contenders, *small.contenders], watch)
    chosen, alone = judge.answer(), judge.fresh()
    alone.front(small.contenders)
    found = chosen is not None and alone.wrote(chosen)
    known = answer is not None and found and judge.alike(chosen, answer)
    low, high = judge.field.points.min(0), judge.field.points.max(0)
    return Certificate(
        answer=answer,
        best=alone.answer(),
        better=chosen if found and not known else None,
        inputs=judge.field.names,
        domain=tuple(zip(low.tolist(), high.tolist(), strict=True)),
        **small.scope,
    )
