"""The survey alone, for many neurons, most without a formula: only possible answers are written."""

from typing import NamedTuple

import numpy as np

from .choice.candidate import Candidate
from .choice.selection import chance_loss, select, select_by_values
from .tuning import CHOICE

__all__ = ["Surveyed", "survey"]


class Surveyed(NamedTuple):
    """Result of a survey.

    `kind` says what `best`, a Candidate or None, is. `loss` is the loss of `best` on held-out points or, if
    there is none, the least loss of any sum.
    """

    best: Candidate | None
    kind: str
    loss: float


def survey(engine, judge):
    """Step a native engine through its survey, and stop early at a formula that leaves nothing."""
    engine.guess()
    while not (engine.surveyed or _known(engine, judge)):
        engine.step()
    if engine.surveyed:
        _write(engine, judge)
    best = judge.answer()
    return Surveyed(best, judge.kind(best), _least(engine, judge) if best is None else best.loss)


def _known(engine, judge):
    """Whether the engine has a sum that leaves nothing, and the judge a match."""
    if min((found.loss for found in engine.front.values()), default=np.inf) > CHOICE.floor:
        return False
    judge.front(engine.contenders())
    return judge.kind(judge.answer()) == "match"


def _write(engine, judge):
    """Write what may be the answer; if that may be a match, write all, because longer ones may object."""
    longest = _standing_out(engine, judge)
    sums = (*engine.front.items(), *((size, found) for size, (_, found) in engine.witnessed.items()))
    judge.front([tuple(engine.terms(found)) for size, found in sums if size <= longest])
    if judge.kind(judge.answer()) == "match":
        judge.front(engine.contenders())


def _standing_out(engine, judge):
    """Size of the longest of the engine's sums that directions or values would choose; 0 if there is none.

    Once it is written, a formula is no shorter, and its loss on the other points is no smaller.
    """
    chance = chance_loss(judge.field.rank, judge.field.dimension)
    sizes, heard, longest = [*engine.front], [*engine.witnessed], 0
    if sizes:
        losses = [found.loss for found in engine.front.values()]
        best = select(losses, sizes, np.ones(len(sizes)), chance, judge.effective)
        longest = 0 if best is None else sizes[best]
    if heard:
        best = select_by_values([rest for rest, _ in engine.witnessed.values()], heard)
        longest = longest if best is None else max(longest, heard[best])
    return longest


def _least(engine, judge):
    """Loss on held-out points of the engine's best sum."""
    best = min(engine.front.values(), key=lambda found: found.loss)
    return judge.held_loss(engine.terms(best))
