"""Rows of data: triplets and labelled points, how a seed draws them, and what a reader may give."""

from typing import NamedTuple

import numpy as np

from ...checks import several
from ...errors import DataError

__all__ = ["PARTS", "Labelled", "Triplets", "checked_concepts", "generator", "redraw", "rows_of"]

PARTS = (0.7, 0.85)  # of a table, the rows to train on, up to here to validate on, the rest to interpret on
_ROUNDS = 1000  # redrawing that has not ended by then never will


class Triplets(NamedTuple):
    """Points (N, n): anchor and positive share the concept's value, the negative is another point."""

    anchor: np.ndarray
    positive: np.ndarray
    negative: np.ndarray


class Labelled(NamedTuple):
    """Points x (N, n) and their labels y (N,), 0 or 1, or their values."""

    x: np.ndarray
    y: np.ndarray


def generator(seed):
    """Random generator of a seed, or a DataError."""
    try:
        return np.random.default_rng(np.random.SeedSequence(seed))
    except (TypeError, ValueError):
        raise DataError(f"seed must be a whole number of at least 0, got {seed!r}") from None


def rows_of(seed, size):
    """Indices of the rows of a table in an order that the seed decides.

    A sequence (seed, part) asks for rows to train on (part 0), validate on (1) or interpret on (2): 70, 15
    and 15 % of the table, without overlap for one seed.
    """
    seed, *part = np.atleast_1d(seed).tolist()
    rows = generator(seed).permutation(size)
    return np.split(rows, [int(share * size) for share in PARTS])[part[0]] if part else rows


def checked_concepts(concepts, names):
    """Return a reader's formula, or several (SymPy or text), as a tuple of formulas in the names."""
    from ...formula.expressions import as_expression  # SymPy: only when a reader gives formulas

    return tuple(as_expression(concept, names) for concept in several(concepts, "concepts"))


def redraw(draw, accept, count):
    """Draw rows with `draw(number)` until `count` of them pass `accept(rows)`.

    `draw` returns a tuple of arrays of `number` rows, `accept` a boolean for each row.
    """
    parts, missing = [], count
    for _ in range(_ROUNDS):
        rows = draw(missing)
        good = accept(*rows)
        parts.append([array[good] for array in rows])
        missing -= int(good.sum())
        if not missing:
            return tuple(map(np.concatenate, zip(*parts, strict=True)))
    raise DataError(f"{missing} of {count} rows were still refused after {_ROUNDS} draws")
