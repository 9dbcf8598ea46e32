"""Summarise the rows of a study: one line for each setting."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from ...notebook_support.table import Table
from ..cases.study import Study
from .catalogue import find

__all__ = ["Line", "lines", "table"]

_CLOSE = 1e-3  # mean 1 - cos^2: 2 degrees


@dataclass(frozen=True)
class Line:
    """All runs of one setting.

    Of all `runs`, `found` runs ended with the concept, `another` with another formula, `none` with no closed
    form, and `failed` with an error. `close` counts those formulas of `another` whose directions are within
    1e-3 of the concept's; in most of them, a constant is a little off. `law` is False if there is no law;
    `another` then counts false discoveries. `law` is None if nobody knows a law, as for real data. `interval`
    is Wilson's 95 % interval (Wilson 1927) for the share found or, without a known law, for the share with a
    formula. `loss`, `floor`, `residual` and `seconds` are medians: held-out loss, loss of the concept itself,
    distance between the directions of formula and concept, and processor time. `figures` are the study's own
    figures, by heading.
    """

    group: str
    setting: str
    law: bool | None
    runs: int
    found: int
    another: int
    close: int
    none: int
    failed: int
    interval: tuple
    loss: float | None
    floor: float | None
    residual: float | None
    seconds: float | None
    figures: dict


def lines(rows):
    """Return a list of `Line`, in the order of the rows."""
    return [_line(list(some)) for _, some in groupby(rows, lambda row: (row["group"], row["setting"]))]


def _line(rows):
    from scipy.stats import binomtest

    outcomes = {row["outcome"] for row in rows}
    law = None if outcomes & {"formula", "silent"} else not outcomes & {"law", "nothing"}
    count = Counter(row["outcome"] for row in rows)
    hits = count["found"] + count["law"] + count["formula"]
    interval = binomtest(hits, len(rows)).proportion_ci(method="wilson")
    return Line(
        group=rows[0]["group"],
        setting=rows[0]["setting"],
        law=law,
        runs=len(rows),
        found=count["found"],
        another=count["another"] + count["law"] + count["formula"],
        close=sum(row["outcome"] == "another" and _close(row["residual"]) for row in rows),
        none=count["none"] + count["nothing"] + count["silent"],
        failed=sum(row["error"] is not None for row in rows),
        interval=(float(interval.low), float(interval.high)),
        **{name: _median(rows, name) for name in ("loss", "floor", "residual", "seconds")},
        figures={h: _median(rows, key) for h, key in find(rows[0]["study"]).figures.items()},
    )


def _close(residual):
    return residual is not None and residual < _CLOSE


def _median(rows, name):
    values = [row[name] for row in rows if row.get(name) is not None]
    return median(values) if values else None


def table(rows):
    """Return the lines of some rows of one study as a `Table`."""
    found = lines(rows)
    study = find(rows[0]["study"]) if rows else Study
    headings = tuple(study.figures) if rows else ()
    head = (
        "", "setting", "found", "95 %", study.another, study.none, "loss", "floor", "off", *headings, "s",
    )  # fmt: skip
    return Table(head, tuple(map(_cells, found, [None, *found])))


def _cells(line, before):
    low, high = (f"{100 * share:.0f}" for share in line.interval)
    return (
        "" if before and before.group == line.group else line.group,
        line.setting,
        {True: f"{line.found} of {line.runs}", False: "there is none", None: "not known"}[line.law],
        f"{low}–{high}",
        str(line.another) + (f" ({line.close} close)" if line.close else ""),
        str(line.none) + (f", {line.failed} failed" if line.failed else ""),
        *(_number(value, ".1e") for value in (line.loss, line.floor, line.residual)),
        *(_number(value, ".4g") for value in line.figures.values()),
        _number(line.seconds, ".1f"),
    )


def _number(value, form):
    return "–" if value is None else format(float(value), form)
