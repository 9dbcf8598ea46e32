"""Draw rows of data: triplets and labelled points; check a user's concepts."""

from typing import NamedTuple

import numpy as np

from ...checks import several
from ...errors import DataError

__all__ = ["PARTS", "Labelled", "Triplets", "checked_concepts", "generator", "redraw", "rows_of"]

PARTS = (0.7, 0.85)  # training and validation rows of a table end here; the rest serve to interpret
_ROUNDS = 1000  # at most this many rounds of redrawing


class Triplets(NamedTuple):
    """Points (N, n): anchor and positive have the same value of the concept; the negative is any point."""

    anchor: np.ndarray
    positive: np.ndarray
    negative: np.ndarray


class Labelled(NamedTuple):
    """Points x (N, n), and a label (0 or 1) or a value y (N,) for each point."""

    x: np.ndarray
    y: np.ndarray


def generator(seed):
    """Return the random generator for a seed; raise DataError if the seed is not a whole number >= 0."""
    try:
        return np.random.default_rng(np.random.SeedSequence(seed))
    except (TypeError, ValueError):
        raise DataError(f"seed must be a whole number of at least 0, got {seed!r}") from None


def rows_of(seed, size):
    """Return the indices of a table's rows, in an order that depends on the seed.

    If the seed is a sequence (seed, part), return only the rows to train on (part 0), to validate on (1) or
    to interpret on (2): 70, 15 and 15 % of the table. For one seed, these parts do not overlap.
    """
    seed, *part = np.atleast_1d(seed).tolist()
    rows = generator(seed).permutation(size)
    return np.split(rows, [int(share * size) for share in PARTS])[part[0]] if part else rows


def checked_concepts(concepts, names):
    """Return a user's formula, or several (SymPy or text), as a tuple of formulas in these names."""
    from ...formula.expressions import as_expression  # loads SymPy, which only formulas need

    return tuple(as_expression(concept, names) for concept in several(concepts, "concepts"))


def redraw(draw, accept, count):
    """Draw rows until `count` rows are accepted.

    `draw(number)` returns a tuple of arrays with `number` rows each; `accept(*arrays)` returns a boolean for
    each row.
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
