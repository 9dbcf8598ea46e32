"""A table as text, with a line of names and then one row on each line; and an experiment for a column."""

import csv
from collections import Counter
from contextlib import suppress

import numpy as np

from ...errors import DataError, UnknownNameError, nearest
from .definition import Experiment

__all__ = ["column_experiment", "numbers_in", "numbers_of", "read_table"]

_SEPARATORS = ",;\t"


def read_table(text, what="the table"):
    """Columns {name: [texts]} of a text, separated by commas, semicolons or tabs.

    If a row does not fit the names, it raises a DataError that begins with `what` and the line.
    """
    lines = text.lstrip("\ufeff").splitlines()
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise DataError(f"{what} is empty: a line of names on top, then a row a line")
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
        raise DataError(f"{what} has names and no rows: a line of names on top, then a row a line")
    for place, row in rows[1:]:
        if len(row) != len(names):
            raise DataError(f"{what}, line {place}: {len(row)} entries for {len(names)} columns")
    return {name: [row[column] for _, row in rows[1:]] for column, name in enumerate(names)}


def numbers_in(columns, answer):
    """Numbers {name: (N,)} of a table; an `answer` of two kinds of entries is 0 and 1.

    If an entry is not a number, DataError gives its row.
    """
    if answer not in columns:
        raise UnknownNameError(f"no column {answer!r}; {nearest(answer, columns)}")
    if len(columns) < 2:
        raise DataError(f"the table has the column {answer!r} alone: there is nothing to learn it from")
    labels = len(set(columns[answer])) == 2
    return {
        name: _labels(column) if labels and name == answer else numbers_of(name, column)
        for name, column in columns.items()
    }


def column_experiment(columns, answer, title):
    """Experiment that learns the column `answer` of a table from the others: two kinds as labels."""
    numbers = numbers_in(columns, answer)
    y = numbers.pop(answer)
    make = Experiment.from_labels if len(set(columns[answer])) == 2 else Experiment.from_values
    return make(np.stack(list(numbers.values()), axis=1), y, list(numbers), title=title)


def _labels(column):
    return (np.array(column) == max(column)).astype(float)


def numbers_of(name, column):
    """Finite numbers (N,) of a column, with a point or a comma before the decimals, or a DataError."""
    values = np.full(len(column), np.nan)
    for row, text in enumerate(column):
        with suppress(ValueError):
            values[row] = float(text.replace(",", "."))
        if not np.isfinite(values[row]):
            raise DataError(f"row {row + 1} of {name} holds {text!r}, no finite number: leave the row out")
    return values
