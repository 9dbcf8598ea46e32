"""Run a short search on a neuron that probably has no formula; write only possible answers."""

from typing import NamedTuple

import numpy as np

from .choice.candidate import Candidate
from .choice.selection import chance_loss, select, select_by_values
from .tuning import CHOICE

__all__ = ["Surveyed", "survey"]


class Surveyed(NamedTuple):
    """Result of a survey.

    `best` is a Candidate or None, and `kind` is the kind of answer. `loss` is the held-out loss of `best` or,
    if `best` is None, of the engine's best sum.
    """

    best: Candidate | None
    kind: str
    loss: float


def survey(engine, judge):
    """Step a native engine through its survey. Stop early if a match leaves nothing unexplained."""
    engine.guess()
    while not (engine.surveyed or _known(engine, judge)):
        engine.step()
    if engine.surveyed:
        _write(engine, judge)
    best = judge.answer()
    return Surveyed(best, judge.kind(best), _least(engine, judge) if best is None else best.loss)


def _known(engine, judge):
    """Whether the engine has a sum that leaves nothing unexplained, and the judge calls this sum a match."""
    if min((found.loss for found in engine.front.values()), default=np.inf) > CHOICE.floor:
        return False
    judge.front(engine.contenders())
    return judge.kind(judge.answer()) == "match"


def _write(engine, judge):
    """Write the sums that could be the answer. If one sum is a match, but not certain, write all sums."""
    longest = _standing_out(engine, judge)
    sums = (*engine.front.items(), *((size, found) for size, (_, found) in engine.witnessed.items()))
    judge.front([tuple(engine.terms(found)) for size, found in sums if size <= longest])
    answer = judge.answer()
    if judge.kind(answer) == "match" and not judge.certain(answer):  # a longer sum may refute it
        judge.front(engine.contenders())


def _standing_out(engine, judge):
    """Return the effort of the longest sum that directions or values would choose; 0 if there is none.

    We can decide this before we write the sums, because writing makes no sum shorter and no loss smaller.
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
    """Return the held-out loss of the engine's best sum."""
    best = min(engine.front.values(), key=lambda found: found.loss)
    return judge.held_loss(engine.terms(best))
