"""Collect evidence for a formula when nobody knows the concept."""

from dataclasses import dataclass

import numpy as np

from ...field import GradientField
from ..fit import combine
from ..tuning import EVIDENCE, ROUNDING
from .certificate import Certificate
from .selection import chance_loss

__all__ = ["Evidence", "evidence", "null_front", "spread"]


@dataclass(frozen=True)
class Evidence:
    """How sure we can be of a formula when there is no concept to compare it with.

    Attributes
    ----------
    loss : loss of the best formula on held-out points; None if there is no formula
    chance : expected loss of a fixed formula on random directions
    null : smallest loss that the same kind of search reaches on random directions
    agreement : share of resamplings of the points that choose the same formula
    spread : largest relative standard deviation of a coefficient over resamplings of the fitted points
    points, dropped : number of points used, and number left out
    evaluations, generations : length of the search
    effective : number of equally weighted points with as much information as the weighted points
    certificate : Certificate of the answer, or None if none was made

    """

    loss: float | None
    chance: float
    null: float
    agreement: float | None
    spread: float | None
    points: int
    dropped: int
    effective: float
    evaluations: int
    generations: int
    certificate: Certificate | None = None


def evidence(search, judge, resamples=EVIDENCE.resamples, thorough=False, certificate=None):
    """Collect `Evidence` for a search's answer: resample the points, and search on random directions.

    The search on random directions is one short run. With `thorough`, there are three runs, each with as many
    generations as the search.
    """
    runs = EVIDENCE.thorough_runs if thorough else 1
    generations = max(search.generation, 1)
    generations = generations if thorough else min(EVIDENCE.generations, generations)
    nulls = [null_front(search, generations, seed) for seed in range(runs)]
    best = search.best
    return Evidence(
        loss=None if best is None else best.loss,
        chance=chance_loss(search.field.rank, search.field.dimension),
        null=min(c.loss for front in nulls for c in front),
        agreement=None if best is None else _agreement(search, judge, resamples),
        spread=None if best is None else spread(judge, best.expression, search.random_state, resamples),
        points=len(search.field),
        dropped=search.field.dropped,
        effective=search.field.effective,
        evaluations=search.evaluations,
        generations=search.generation,
        certificate=certificate,
    )


def null_front(search, generations, seed=0):
    """Return the front of the same search on random directions, drawn separately at each point.

    The directions lie in the tangent space. Shuffling or rotating the gradients would not be enough: a
    constant gradient stays constant when shuffled.
    """
    field = search.field
    rng = np.random.default_rng([seed, search.random_state])
    directions = rng.normal(size=(len(field), field.rank, field.dimension))
    gradients = field.measure.lift(directions)
    random = GradientField(field.points, gradients, field.names, measure=field.measure, weights=field.weights)
    null = search.like(random)
    null.run(generations=generations, progress=False)
    return null.front


def _agreement(search, judge, resamples):
    """Return the share of bootstrap samples of the points that choose the same formula."""
    rng = np.random.default_rng(search.random_state)
    chosen = [judge.answer(rng.integers(judge.count, size=judge.count)) for _ in range(resamples)]
    return sum(c == search.best for c in chosen) / resamples


def spread(judge, expression, seed=0, resamples=EVIDENCE.resamples):
    """Return the largest relative standard deviation of a coefficient; the largest coefficient is held at 1.

    For a sum, these coefficients belong to its terms. For a product, the coefficients are the powers of its
    factors.
    """
    G, D, trust = judge.fitted(expression)
    if len(G) == 1:
        return 0.0
    rng = np.random.default_rng(seed)
    G, D, _ = combine.normalised(G, D)
    rows = []
    for _ in range(resamples):
        index = rng.integers(G.shape[1], size=G.shape[1])
        c, _ = combine.solve(G[:, index], D[:, index], trust[index])
        rows.append(c)
    rows = np.array(rows)
    largest = np.argmax(np.abs(rows).mean(0))
    rows = rows / rows[:, [largest]]
    return float((rows.std(0) / np.maximum(np.abs(rows.mean(0)), ROUNDING.share)).max())
