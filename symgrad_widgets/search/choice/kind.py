"""Decide what kind of answer a formula is (match, approximation, none), and name the kinds."""

import numpy as np

from ...words import ENGLISH
from ..tuning import CHOICE, KIND, ROUNDING, VALUES

__all__ = ["CAVEAT", "WORDS", "kind_of", "one_after_another"]

WORDS = {kind: tuple(both) for kind, both in ENGLISH.table["kinds"].items()}  # name, and sentence
CAVEAT = "It describes this network. It need not be a law of nature."


def kind_of(best, others, count, heard, chance):
    """Return "match" or "approximation" for the formula `best` among others, on `count` points.

    A formula is a match unless a longer formula explains so much more that it is worth its extra length. If
    values are known, the unexplained part of the values decides. Otherwise the unexplained part of the
    directions decides: for a match, this part must be rounding, or noise that neighbouring points do not
    share. If this part is smooth, a part of the law is missing.

    Parameters
    ----------
    best, others : objects with `effort`, `loss`, `smooth` and `rest`, which is None without values
    count : int
    heard : bool, whether values decide. Even then, a formula is not a match if it leaves too much of the
        directions unexplained, and this part is smooth
    chance : float, the loss of random directions

    """
    if best.loss <= ROUNDING.loss:
        return "match"
    longer = [other for other in others if other.effort > best.effort]
    if heard:
        most = best.rest + VALUES.training
        gains = (_gain(most, o.rest + VALUES.training) / (o.effort - best.effort) for o in longer)
        contradicted = best.loss >= CHOICE.law * chance and best.smooth > KIND.smooth
        full = best.rest <= KIND.left and max(gains, default=0) <= KIND.values_price and not contradicted
        return "match" if full else "approximation"
    if best.smooth > KIND.smooth:
        return "approximation"
    gains = (_gain(best.loss, o.loss) / (o.effort - best.effort) for o in longer)
    worth = CHOICE.flat * CHOICE.pieces / max(count, CHOICE.pieces)
    return "match" if max(gains, default=0) <= worth else "approximation"


def one_after_another(found):
    """Return the kinds of formulas found one after another, from pairs (kind, loss).

    Each formula was found in the part that earlier formulas left unexplained. After an incomplete formula,
    this part contains the formula's own error, so no later formula can be a match. All formulas of one field
    have similar errors. So if one formula leaves nothing unexplained, a later one that leaves something is
    incomplete.
    """
    kinds, complete, exact = [], True, False
    for kind, loss in found:
        doubtful = not complete or (exact and loss > ROUNDING.loss)
        kinds.append("approximation" if kind == "match" and doubtful else kind)
        complete = complete and kinds[-1] == "match"
        exact = exact or loss <= ROUNDING.loss
    return tuple(kinds)


def _gain(left, lower):
    """Return by how much the log of the unexplained part falls from one formula to another."""
    return float(np.log(max(left, ROUNDING.loss) / max(lower, ROUNDING.loss)))
