"""Run a search to its end without the concept, and then compare the answer with the concept."""

from ...formula.expressions import as_expression
from ...search import Search, score
from ...verdict import verify

__all__ = ["answered"]

_GENERATIONS = 100  # most generations; a search settles long before that


def answered(field, concept, seed, generations=_GENERATIONS, **options):
    """Search a field until the answer has settled, and return entries for a row.

    Parameters
    ----------
    field : GradientField
    concept : formula, or None if there is none
    seed, options : of the `Search`
    generations : int
        The search runs at most this many generations, without a time limit.

    Returns
    -------
    dict
        outcome : "found", "another" (formula) or "none"; without a concept, "law" (a formula) or "nothing"
        formula : text or None
        how : what the verdict says about the formula
        loss : held-out loss of the answer or, if there is none, of the last entry of the front
        floor : loss of the concept itself
        residual : mean 1 - cos^2 between the gradients of formula and concept

    """
    search = Search(field, random_state=seed, **options)
    state = search.run(progress=False, callback=lambda state: state.generation >= generations)
    best = state.best
    shown = best or (state.front[-1] if state.front else None)
    row = {"formula": best and str(best.expression), "loss": shown and float(shown.loss)}
    if concept is None:
        return row | {"outcome": "law" if best else "nothing"}
    concept = as_expression(concept, field.names)
    row["floor"] = float(score(field, concept).loss)
    if best is None:
        return row | {"outcome": "none"}
    verdict = verify(best.expression, concept, field)
    outcome = "found" if verdict.same else "another"
    return row | {"outcome": outcome, "how": verdict.how, "residual": float(verdict.residual)}
