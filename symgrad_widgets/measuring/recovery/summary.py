"""Summarise the rows of a sweep: one line for each experiment."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from ...network.experiment import experiments

__all__ = ["Summary", "succeeded", "summaries", "table", "total"]

_HEAD = (
    "paper", "experiment", "found", "drop", "slope", "failed", "floor", "worst", "loss",
    "train s", "search s", "MB", "formula",
)  # fmt: skip
_NUMBERS = set(_HEAD[2:-1])


@dataclass(frozen=True)
class Summary:
    """Figures of all runs of one experiment with one variant and preset.

    Of all `runs`, `found` runs ended with every known concept and nothing else, and `failed` runs ended with
    an error. `drop` and `slope` count the runs in which the paper's rules (`RULES`) choose a concept on the
    first front. `floor` and `loss` are medians over the runs, and `worst` is the highest floor. Times are
    medians in seconds, and `memory` is the peak in MB. `formulas` counts the formulas found, the most common
    first. None means that no run has the figure.
    """

    experiment: str
    variant: str
    preset: str
    runs: int
    found: int
    drop: int | None
    slope: int | None
    failed: int
    floor: float | None
    worst: float | None
    loss: float | None
    training: float | None
    search: float | None
    memory: float | None
    formulas: tuple

    @property
    def title(self):
        """Name, with variant and preset if they are not the default."""
        return " ".join([self.experiment, *(s for s in (self.variant, self.preset) if s != "default")])

    @property
    def id(self):
        """Number in the paper."""
        return experiments[self.experiment].id if self.experiment in experiments else ""


def succeeded(row):
    """Return whether a run found all concepts that its neurons are known to hold, and nothing else."""
    return row["error"] is None and bool(row["same"]) and len(row["formulas"]) >= (row["known"] or 0)


def summaries(rows):
    """Return a tuple of `Summary` in the order of the paper."""
    rows = sorted(rows, key=_group)
    found = [_summary(*key, list(group)) for key, group in groupby(rows, _group)]
    return tuple(sorted(found, key=lambda s: (s.id, s.title)))


def _group(row):
    return row["experiment"], row["variant"], row["preset"]


def _summary(experiment, variant, preset, rows):
    formulas = Counter(", ".join(row["formulas"]) for row in rows if row.get("formulas"))
    return Summary(
        experiment=experiment,
        variant=variant,
        preset=preset,
        runs=len(rows),
        found=sum(map(succeeded, rows)),
        drop=_by_rule(rows, "drop"),
        slope=_by_rule(rows, "slope"),
        failed=sum(row["error"] is not None for row in rows),
        floor=_median(figures(rows, "floor")),
        worst=max(figures(rows, "floor"), default=None),
        loss=_median(figures(rows, "loss")),
        training=_median(figures(rows, "seconds", "training")),
        search=_median(figures(rows, "seconds", "search")),
        memory=max(figures(rows, "memory"), default=None),
        formulas=tuple(formulas.most_common()),
    )


def _by_rule(rows, rule):
    """Count the fronts on which a rule of `RULES` chooses a concept; None if no row has the rule."""
    same = [bool(row["rules"][rule]["same"]) for row in rows if row.get("rules")]
    return sum(same) if same else None


def figures(rows, name, part=None):
    """Return a column, or a part of it, from the rows that have it."""
    column = [row.get(name) if part is None else (row.get(name) or {}).get(part) for row in rows]
    return [figure for figure in column if figure is not None]


def _median(values):
    return median(values) if values else None


def table(rows):
    """Return a table as text: a line for each experiment, and a line for all."""
    lines = [_cells(summary) for summary in summaries(rows)]
    widths = [max(map(len, column)) for column in zip(_HEAD, *lines, strict=True)]
    text = [_line(cells, widths) for cells in (_HEAD, *lines)]
    return "\n".join([*text, "", total(rows)])


def total(rows):
    """Say how many runs found their concept, and how many would have found it with the paper's rules."""
    found, failed = sum(map(succeeded, rows)), sum(row["error"] is not None for row in rows)
    share = f" ({100 * found / len(rows):.1f} %)" if rows else ""
    errors = f"; {failed} failed with an error" if failed else ""
    return f"{found} of {len(rows)} runs found their concept{share}{errors}{_rules(rows)}"


def _rules(rows):
    drop, slope = (_by_rule(rows, rule) for rule in ("drop", "slope"))
    if drop is None:
        return ""
    found = f"*drop* finds the concept in {drop} of these runs, and *slope* in {slope}"
    return f". arXiv 2409.05305 has two automatic rules for choosing a formula. The rule {found}"


def _cells(s):
    formula = f"{s.formulas[0][0]}{_others(s.formulas[1:])}" if s.formulas else "-"
    times = [_number(value, ".1f") for value in (s.training, s.search)]
    losses = [_number(value, ".1e") for value in (s.floor, s.worst, s.loss)]
    counts = f"{s.found}/{s.runs}", _number(s.drop, "d"), _number(s.slope, "d"), str(s.failed or "-")
    return (s.id, s.title, *counts, *losses, *times, _number(s.memory, ".0f"), formula)


def _others(formulas):
    return f"  (and {len(formulas)} other)" if formulas else ""


def _number(value, form):
    return "-" if value is None else format(value, form)


def _line(cells, widths):
    parts = (
        cell.rjust(width) if name in _NUMBERS else cell.ljust(width)
        for name, cell, width in zip(_HEAD, cells, widths, strict=True)
    )
    return "  ".join(parts).rstrip()
