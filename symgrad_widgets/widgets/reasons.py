"""Explain an answer with numbers, and say which untried settings might change it."""

import numpy as np

from ..field.directions import degrees
from ..formula.expressions import angles
from ..formula.operators import lookup
from ..formula.vocabulary import SLOPES
from ..search import chance_loss

__all__ = ["reasons", "untried"]

_MANY = 500  # with fewer points than this, more points would tell more


def reasons(candidate, field, say):
    """Return sentences on a `Candidate`'s agreement with a field: angles, chance, values, and its numbers."""
    tell = say.number
    middle, most = np.percentile(angles(candidate.expression, field), [50, 95])
    chance = degrees(chance_loss(field.unit.shape[1], field.dimension))
    found = [
        say("why.angles", middle=tell(middle, ".2g"), most=tell(most, ".2g"), count=tell(len(field), ",")),
        say("why.chance", angle=f"{chance:.0f}"),
    ]
    if candidate.explained is not None:
        found.append(say("why.explained", share=tell(100 * candidate.explained, ".4g")))
    if candidate.intervals:
        low_to_high = [
            say(
                "why.interval",
                value=tell(one.value, ".4g"),
                low=tell(one.low, ".4g"),
                high=tell(one.high, ".4g"),
            )
            for one in candidate.intervals
        ]
        found.append(say("why.intervals", numbers="; ".join(low_to_high)))
    return found


def untried(search, field, seed, say):
    """Return sentences on what a `Search` in a field has not tried, and on what else was left out."""
    names = say.listed(row.name for row in lookup(search.operators) if row.name in SLOPES)
    left = [
        say("change.machine") if search.generation == 0 else None,
        say("change.longer", most=search.max_complexity, names=names),
        say("change.points", count=say.number(len(field), ",")) if len(field) < _MANY else None,
        say("change.elsewhere", ranges=", ".join(_ranges(field, say))),
        say("change.seed", seed=seed),
    ]
    return [one for one in left if one]


def _ranges(field, say):
    """Yield the ranges of the data in the first few inputs."""
    for name, column in list(zip(field.names, field.points.T, strict=True))[:4]:
        yield say(
            "change.range",
            name=name,
            low=say.number(column.min(), ".2g"),
            high=say.number(column.max(), ".2g"),
        )
    if len(field.names) > 4:
        yield "…"
