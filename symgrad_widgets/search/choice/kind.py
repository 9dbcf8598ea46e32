"""What an answer is: a match, an approximation, none, or not to be told yet; and the words for each."""

import numpy as np

from ...words import ENGLISH
from ..tuning import CHOICE, KIND, ROUNDING, VALUES

__all__ = ["CAVEAT", "WORDS", "kind_of", "one_after_another"]

WORDS = {kind: tuple(both) for kind, both in ENGLISH.table["kinds"].items()}  # name, and sentence
CAVEAT = "It describes this network. It need not be a law of nature."


def kind_of(best, others, count, heard):
    """Return "match" or "approximation" for a formula among others, on `count` points.

    A formula matches when no longer one lowers what is left by more than its length is worth. What is left of
    the values decides where they are known. Else what is left of the directions does: it must be rounding, or
    noise, which neighbouring points do not share; a smooth rest is a part of the law that is missing.

    Parameters
    ----------
    best, others : objects with `effort`, `loss`, `smooth`, and `rest`, which is None without values
    count : int
    heard : bool, whether values decide

    """
    if best.loss <= ROUNDING.loss:
        return "match"
    longer = [other for other in others if other.effort > best.effort]
    if heard:
        most = best.rest + VALUES.training
        gains = (_gain(most, o.rest + VALUES.training) / (o.effort - best.effort) for o in longer)
        full = best.rest <= KIND.left and max(gains, default=0) <= KIND.values_price
        return "match" if full else "approximation"
    if best.smooth > KIND.smooth:
        return "approximation"
    gains = (_gain(best.loss, o.loss) / (o.effort - best.effort) for o in longer)
    worth = CHOICE.flat * CHOICE.pieces / max(count, CHOICE.pieces)
    return "match" if max(gains, default=0) <= worth else "approximation"


def one_after_another(found):
    """Kinds of the formulas of one field, each found on what those before it leave; `found` are (kind, loss).

    What an incomplete formula leaves is not what the neurons hold: no match comes after it. And the errors of
    one field are alike: where one formula leaves nothing, another that leaves something is incomplete.
    """
    kinds, complete, exact = [], True, False
    for kind, loss in found:
        doubtful = not complete or (exact and loss > ROUNDING.loss)
        kinds.append("approximation" if kind == "match" and doubtful else kind)
        complete = complete and kinds[-1] == "match"
        exact = exact or loss <= ROUNDING.loss
    return tuple(kinds)


def _gain(left, lower):
    """Fall of the logarithm of what is left."""
    return float(np.log(max(left, ROUNDING.loss) / max(lower, ROUNDING.loss)))
