"""Pictures of a study, one for each group, which show every run of every setting."""

from itertools import groupby

from ...plots import Mark, Picture
from ...plots.picture import GREEN, GREY, RED
from .study_table import lines

__all__ = ["picture", "pictures"]

_SPREAD = 0.6  # spread of a setting's runs, as a share of the distance between settings
_LOWEST = 1e-16  # smaller losses are rounding, and are drawn here
_LOOKS = (
    (GREEN, "circle", "concept found", {"found"}),
    (RED, "diamond", "another formula", {"another", "law", "formula"}),
    (GREY, "ring", "no closed form", {"none", "nothing", "silent"}),
)


def pictures(rows):
    """Return a tuple of one `picture` for each group."""
    return tuple(picture(list(some)) for _, some in groupby(rows, lambda row: row["group"]))


def picture(rows):
    """Draw the held-out loss of every run of a group, by setting and, from left to right, by seed.

    If a run has no answer, the loss is that of the longest formula on the front.
    """
    found = lines(rows)
    column = {line.setting: number for number, line in enumerate(found)}
    seeds = sorted({row["seed"] for row in rows})
    step = _SPREAD / max(len(seeds) - 1, 1)
    first = -_SPREAD / 2 if len(seeds) > 1 else 0
    place = {seed: first + number * step for number, seed in enumerate(seeds)}
    return Picture(
        title=rows[0]["group"],
        x_label="setting; within it, seeds from left to right",
        y_label="loss on held-out points",
        marks=tuple(_mark(rows, column, place, *look) for look in _LOOKS),
        words=f"{rows[0]['group']}. {'; '.join(map(_told, found))}.",
        log_y=True,
        ticks=tuple((number, line.setting) for number, line in enumerate(found)),
    )


def _mark(rows, column, place, colour, shape, label, outcomes):
    chosen = [row for row in rows if row["outcome"] in outcomes and row["loss"] is not None]
    data = {
        "x": [column[row["setting"]] + place[row["seed"]] for row in chosen],
        "y": [max(row["loss"], _LOWEST) for row in chosen],
        "run": [f"{row['setting']}, seed {row['seed']}" for row in chosen],
        "formula": [row["formula"] or "no closed form" for row in chosen],
    }
    return Mark("points", data, colour, label, shape, 5, ("run", "formula"))


def _told(line):
    if not line.law:
        what = "no law to find" if line.law is False else "no law known"
        return f"{line.setting}: {what}, a formula in {line.another} of {line.runs}"
    return f"{line.setting}: {line.found} of {line.runs} found, {line.another} another, {line.none} none"
