"""Measure recovery over seeds: train, interpret and verify many times, and keep a row of results for each.

>>> from symgrad_widgets.measuring.recovery import planned, sweep, table
>>> for row in sweep("runs", planned(["oscillator"], seeds=range(3)), jobs=2):  # doctest: +SKIP
...     print(row["formula"], row["floor"])
>>> print(table(rows_in("runs")))  # doctest: +SKIP

The rows are in `runs/sweep.jsonl`; rows that exist are not made again. The package `batch` holds everything
that is not specific to experiments: rows, processes and clusters.
"""

from .against_reference import Comparison, compare
from .html import to_html
from .plan import Run, parse_seeds, planned
from .runs import interpret_run, sweep
from .seeds import over_seeds
from .side_by_side import beside
from .store import ROWS, missing, reference_rows, rows_in
from .summary import Summary, succeeded, summaries, table, total

__all__ = [
    "ROWS",
    "Comparison",
    "Run",
    "Summary",
    "beside",
    "compare",
    "interpret_run",
    "missing",
    "over_seeds",
    "parse_seeds",
    "planned",
    "reference_rows",
    "rows_in",
    "succeeded",
    "summaries",
    "sweep",
    "table",
    "to_html",
    "total",
]
