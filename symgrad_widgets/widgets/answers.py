"""Say whether a person's formula is the concept that the neuron has learnt, or how far off it is."""

import itertools

import numpy as np

from ..formula.expressions import angles, evaluate
from ..network.concepts import CONCEPTS
from ..verdict import verify
from ..words import ENGLISH

__all__ = ["answer", "meanings"]

_APART = 2.0  # degrees in the median: farther apart no formula is the concept
_ONE = 1e-6  # relative spread of a ratio that is a number
_SHARED = {"classifier": "rule", "siamese": "shared", "regression": "value"}


def answer(formula, field, experiment=None, say=ENGLISH):
    """Say what a SymPy formula is to a neuron: {"same": bool, "name": text, "said": text}.

    A formula that is the concept is so by proof, by numbers within 1 %, or at points computed exactly.

    Without an experiment, whose concepts are known, there are only the angles.
    """
    middle = float(np.median(angles(formula, field)))
    apart = say("told.apart", angle=f"{middle:.2g}")
    if middle > _APART:
        return {"same": False, "name": say("told.notYet"), "said": f"{apart} {say('told.change')}"}
    if experiment is None or not experiment.concepts:
        return {"same": False, "name": "", "said": f"{apart} {say('told.nobody')}"}
    for concept, meaning in meanings(experiment, say):
        found = verify(formula, concept, field=field, constraints=experiment.constraints)
        if found.same:
            how, up_to = say(f"how.{found.how}"), say(_up_to(formula, concept, field))
            said = say("told.same", meaning=meaning, upTo=up_to, how=how)
            return {"same": True, "name": "", "said": said}
    name, sentence = say.table["kinds"]["approximation"]
    return {"same": False, "name": name, "said": f"{apart} {sentence}"}


def meanings(experiment, say=ENGLISH):
    """Concepts of an experiment, each with its words; none for a network without an experiment."""
    if experiment is None:
        return []
    row = CONCEPTS.get(experiment.id)
    keys = row.meanings if row else ()
    both = itertools.zip_longest(experiment.concepts, keys, fillvalue=_SHARED[experiment.kind])
    return [(concept, say.table["meanings"][key]) for concept, key in both]


def _up_to(formula, concept, field):
    """Key of what two formulas of one concept may differ in, since no direction shows it."""
    mine, known = (evaluate(one, field.names, field.points)[0] for one in (formula, concept))
    with np.errstate(all="ignore"):
        ratio = mine / known
    ratio = ratio[np.isfinite(ratio)]
    return "told.factor" if np.ptp(ratio) <= _ONE * np.abs(ratio).max() else "told.bend"
