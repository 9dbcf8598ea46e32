"""Rows of a sweep as tables: figures over seeds, and the runs that missed the concept."""

from ...notebook_support.table import Table
from .summary import succeeded, summaries

__all__ = ["over_seeds"]

_COLUMNS = ("paper", "experiment", "found", "floor", "worst", "train s", "search s")
_MISSED = ("experiment", "seed", "floor", "found", "why it is missed")


def over_seeds(rows):
    """Return two `Table`s: a line of medians for each experiment, and a line for each run that missed."""
    found = summaries(rows)
    order = {summary.experiment: number for number, summary in enumerate(found)}
    missed = sorted((r for r in rows if not succeeded(r)), key=lambda r: (order[r["experiment"]], r["seed"]))
    return Table(_COLUMNS, tuple(map(_figures, found))), Table(_MISSED, tuple(map(_missed, missed)))


def _figures(s):
    floors, times = _told(".1e", s.floor, s.worst), _told(".0f", s.training, s.search)
    return s.id, s.title, f"{s.found}/{s.runs}", *floors, *times


def _told(form, *figures):
    return ("–" if figure is None else format(figure, form) for figure in figures)


def _missed(row):
    formulas = ", ".join(f"`{formula}`" for formula in row["formulas"])
    return row["experiment"], str(row["seed"]), *_told(".1e", row["floor"]), formulas or "–", _why(row)


def _why(row):
    if row["error"] is not None:
        return row["error"]
    lacking = (row["known"] or 0) - len(row["formulas"])
    if row["same"] and lacking:
        return f"{lacking} of {row['known']} concepts without a formula"
    if row["how"] == "mixture":
        return "a mixture of the concepts"
    if not row["formulas"]:
        return "no closed form found"
    return "not the concept, even with 1 % tolerance on constants"
