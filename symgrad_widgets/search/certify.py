"""Try all small formulas, and judge whether one of them is better than the search's answer."""

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
    """The best small formulas, and the facts about the enumeration that a `Certificate` reports."""

    contenders: list
    scope: dict


def enumerated(judge, grammar, max_complexity, watch, dimensions=None):
    """Try all small formulas, and all sums of two small formulas; return the best ones for the judge.

    Adding points cannot lower the sum of a formula's squared sines. So a few points rule out most formulas:
    if a formula's sum at these points is larger than another formula's sum at all points, the first formula
    is worse. In this way we find the best formulas for each number of nodes. Sums of two formulas are ranked
    at these few points, by the eigenproblem without weights. Then we score the best sums like any other
    formula.
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
    """For each number of nodes, return the few terms with the lowest loss at all points of the engine."""
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
    """Return the weighted sum of 1 - cos^2 over all points for each term; infinity if it is not finite."""
    G, finite = sample.gradients(terms, slice(None))
    length, along = (G**2).sum(2), (sample.components(G) ** 2).sum(2)
    left = (1 - along / np.where(length > 0, length, np.inf)) @ sample.trust
    return np.where(finite & np.isfinite(left), left, np.inf).tolist()


def _pairs(engine, rows, size):
    """Return the best sums of two rows with at most `size` nodes each."""
    rows = rows[np.array(engine.bank.nodes)[rows] <= size]
    return engine.pairs_of(rows) if len(rows) > 1 else []


def certified(judge, contenders, answer, small, watch):
    """Return the `Certificate` of an answer: compare it with the contenders and the small formulas."""
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
