"""A table as text, with a line of names and then one row on each line; and an experiment for a column."""

import csv
from collections import Counter
from contextlib import suppress

import numpy as np

from ...errors import DataError, UnknownNameError, nearest
from .definition import Experiment

__all__ = ["column_experiment", "numbers_of", "read_table"]

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
    rows = [
        (place, [cell.strip() for cell in row])
        for place, row in enumerate(csv.reader(lines, delimiter=separator, skipinitialspace=True), 1)
        if any(cell.strip() for cell in row)
    ]
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


def column_experiment(columns, answer, title):
    """Experiment that learns the column `answer` of a table from the others.

    Two kinds of entries are labels; more are values. If an entry is not a number, DataError gives its row.
    """
    if answer not in columns:
        raise UnknownNameError(f"no column {answer!r}; {nearest(answer, columns)}")
    inputs = {name: numbers_of(name, column) for name, column in columns.items() if name != answer}
    if not inputs:
        raise DataError(f"the table has the column {answer!r} alone: there is nothing to learn it from")
    x, y = np.stack(list(inputs.values()), axis=1), columns[answer]
    if len(set(y)) == 2:
        return Experiment.from_labels(x, y, list(inputs), title=title)
    return Experiment.from_values(x, numbers_of(answer, y), list(inputs), title=title)


def numbers_of(name, column):
    """Finite numbers (N,) of a column, with a point or a comma before the decimals, or a DataError."""
    values = np.full(len(column), np.nan)
    for row, text in enumerate(column):
        with suppress(ValueError):
            values[row] = float(text.replace(",", "."))
        if not np.isfinite(values[row]):
            raise DataError(f"row {row + 1} of {name} holds {text!r}, no finite number: leave the row out")
    return values
