"""Read a table from text, and make an experiment that learns one of its columns."""

import csv
from collections import Counter
from contextlib import suppress

import numpy as np

from ...errors import DataError, UnknownNameError, nearest
from .definition import Experiment

__all__ = ["column_experiment", "numbers_in", "numbers_of", "read_table"]

_SEPARATORS = ",;\t"


def read_table(text, what="the table"):
    """Return the columns {name: [texts]} of a text: a line of names, then one row per line.

    Commas, semicolons or tabs separate the entries. If a row does not fit the names, DataError says so,
    beginning with `what` and the line number.
    """
    lines = text.lstrip("\ufeff").splitlines()
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise DataError(f"{what} is empty: write a line of names, then one row in each line")
    separator = max(_SEPARATORS, key=first.count)
    try:
        read = list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
    except csv.Error as error:
        raise DataError(f"{what} cannot be read as rows: {error}") from None
    cells = ([cell.strip() for cell in row] for row in read)
    rows = [(place, row) for place, row in enumerate(cells, 1) if any(row)]
    _, names = rows[0]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice or not all(names):
        name = f"the column {twice[0]!r} twice" if twice else "a column without a name"
        raise DataError(f"{what} has {name}: give each column a name of its own in the first line")
    if len(rows) == 1:
        raise DataError(f"{what} has names but no rows: write a line of names, then one row in each line")
    for place, row in rows[1:]:
        if len(row) != len(names):
            raise DataError(f"{what}, line {place}: {len(row)} entries for {len(names)} columns")
    return {name: [row[column] for _, row in rows[1:]] for column, name in enumerate(names)}


def numbers_in(columns, answer):
    """Return the numbers {name: (N,)} of a table.

    If the column `answer` has two kinds of entries, these become 0 and 1. If another entry is not a number,
    DataError names its row.
    """
    if answer not in columns:
        raise UnknownNameError(f"there is no column {answer!r}; {nearest(answer, columns)}")
    if len(columns) < 2:
        raise DataError(f"the table has only the column {answer!r}: there is nothing to learn it from")
    labels = _two_kinds(columns[answer])
    return {
        name: _labels(column) if labels and name == answer else numbers_of(name, column)
        for name, column in columns.items()
    }


def column_experiment(columns, answer, title):
    """Return the experiment that learns column `answer` from the others; two kinds of entries are labels."""
    numbers = numbers_in(columns, answer)
    y = numbers.pop(answer)
    make = Experiment.from_labels if _two_kinds(columns[answer]) else Experiment.from_values
    return make(np.stack(list(numbers.values()), axis=1), y, list(numbers), title=title)


def _two_kinds(column):
    return len(set(column)) == 2


def _labels(column):
    return (np.array(column) == max(column)).astype(float)


def numbers_of(name, column):
    """Return the finite numbers (N,) of a column, with a decimal point or comma; or raise DataError."""
    values = np.full(len(column), np.nan)
    for row, text in enumerate(column):
        with suppress(ValueError):
            values[row] = float(text.replace(",", "."))
        if not np.isfinite(values[row]):
            raise DataError(
                f"row {row + 1} of {name} holds {text!r}, which is not a finite number: leave it out"
            )
    return values
