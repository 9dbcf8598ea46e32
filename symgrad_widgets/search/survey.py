"""The survey alone, for many neurons of which most hold no formula: what cannot be the answer is not written."""

from typing import NamedTuple

import numpy as np

from .choice.candidate import Candidate
from .choice.selection import chance_loss, select, select_by_values
from .tuning import CHOICE

__all__ = ["Surveyed", "survey"]


class Surveyed(NamedTuple):
    """What a survey comes to.

    `kind` says what `best`, a Candidate or None, is; `loss` on held-out points is that of `best`, else the
    least of any sum.
    """

    best: Candidate | None
    kind: str
    loss: float


def survey(engine, judge):
    """Step a native engine through its survey, and no further than to a formula that leaves nothing."""
    engine.guess()
    while not (engine.surveyed or _known(engine, judge)):
        engine.step()
    if engine.surveyed and _stands_out(engine, judge):
        judge.front(engine.contenders())
    best = judge.answer()
    return Surveyed(best, judge.kind(best), _least(engine, judge) if best is None else best.loss)


def _known(engine, judge):
    """Whether the engine has a sum that leaves nothing, as the judge sees it too."""
    if min((found.loss for found in engine.front.values()), default=np.inf) > CHOICE.floor:
        return False
    judge.front(engine.contenders())
    best = judge.answer()
    return best is not None and best.loss <= CHOICE.floor


def _stands_out(engine, judge):
    """Whether directions or values would choose any of the engine's sums, by their size before writing.

    That is at most what they take as formulas, and their losses are those on the points they were fitted on.
    """
    chance = chance_loss(judge.field.rank, judge.field.dimension)
    sums = engine.front.values()
    losses, sizes = [s.loss for s in sums], [s.size for s in sums]
    if not sums or select(losses, sizes, np.ones(len(sizes)), chance, judge.count) is not None:
        return bool(sums)
    rests = {size: rest for size, (rest, _) in engine.witnessed.items()}
    return bool(rests) and select_by_values([*rests.values()], [*rests]) is not None


def _least(engine, judge):
    """Loss on held-out points of the engine's best sum."""
    best = min(engine.front.values(), key=lambda found: found.loss)
    return judge.held_loss(engine.terms(best))
