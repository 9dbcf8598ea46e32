"""Two automatic rules, applied to our fronts, to compare with the choices of arXiv 2409.05305.

The paper's own 12 choices were made by hand. The first rule (*drop*, below) agrees with 10 of these choices,
and the second (*slope*) with 8.
"""

import itertools
import math

__all__ = ["RULES", "judged"]

_ZERO = 1e-15  # losses below this count as equal


def _drop(before, after):
    """Return the fall of the logarithm of the loss from one entry (complexity, loss) to the next."""
    return math.log(max(before[1], _ZERO) / max(after[1], _ZERO))


def _slope(before, after):
    return _drop(before, after) / (after[0] - before[0])


# Each rule chooses the entry with the greatest value. A rule takes the first entry of a front only if there
# is no other entry.
RULES = {"drop": _drop, "slope": _slope}


def chosen(rule, entries):
    """Return the index of a rule's answer among pairs (complexity, loss) in order of rising complexity."""
    gains = [RULES[rule](*pair) for pair in itertools.pairwise(entries)]
    return 1 + gains.index(max(gains)) if gains else 0


def judged(result, trained):
    """Each rule's answer on an `Interpretation`'s front, with its verdict: {rule: {formula, same, how}}.

    `same` says whether the answer is one of the experiment's concepts. With several neurons, only the first
    front counts, because the others depend on the choice from the first.
    """
    from ...network.gradients import gradient_field

    entries = [(c.complexity, c.loss) for c in result.front]
    if not entries:
        return {}
    field = gradient_field(trained.model, trained.x, neuron=trained.neuron, names=trained.names)
    return {rule: _judged(result.front[chosen(rule, entries)], trained.experiment, field) for rule in RULES}


def _judged(candidate, experiment, field):
    from ...verdict import verdict_on

    formula = str(candidate.expression)
    if not experiment.concepts:
        return {"formula": formula, "same": None, "how": None}
    verdict = verdict_on(candidate.expression, experiment.concepts, field, experiment.constraints)
    return {"formula": formula, "same": verdict.same, "how": verdict.how}
