"""What a person's formula is: the concept that the neuron has learnt, or how far it is from it."""

import itertools

import numpy as np

from ..formula.expressions import angles, evaluate
from ..network.concepts import CONCEPTS
from ..search import WORDS
from ..verdict import verify

__all__ = ["answer", "meanings"]

_APART = 2.0  # degrees in the median: farther apart no formula is the concept
_ONE = 1e-6  # relative spread of a ratio that is a number
_SHARED = {"classifier": "the rule that tells the two kinds apart", "siamese": "what the pairs share"}


def answer(formula, field, experiment=None):
    """Say what a SymPy formula is to a neuron: {"same": bool, "name": text, "said": text}.

    Without an experiment, whose concepts are known, there are only the angles.
    """
    middle = float(np.median(angles(formula, field)))
    apart = f"The arrows are {middle:.2g}° apart in the middle."
    if middle > _APART:
        return {"same": False, "name": "Not yet", "said": f"{apart} Change the formula, and ask again."}
    if experiment is None or not experiment.concepts:
        return {"same": False, "name": "", "said": f"{apart} Nobody knows the answer: ask the machine, too."}
    for concept, meaning in meanings(experiment):
        if verify(formula, concept, field=field, constraints=experiment.constraints).same:
            said = f"{meaning}, {_up_to(formula, concept, field)}. You have just read a neuron."
            return {"same": True, "name": "", "said": said}
    name, sentence = WORDS["approximation"]
    return {"same": False, "name": name, "said": f"{apart} {sentence}"}


def meanings(experiment):
    """Concepts of an experiment, each with its words; without any for what is of no experiment."""
    if experiment is None:
        return []
    row = CONCEPTS.get(experiment.id)
    words = row.meanings if row else ()
    return itertools.zip_longest(experiment.concepts, words, fillvalue=_SHARED[experiment.kind])


def _up_to(formula, concept, field):
    """In what two formulas of one concept may differ, as no direction tells it."""
    mine, known = (evaluate(one, field.names, field.points)[0] for one in (formula, concept))
    with np.errstate(all="ignore"):
        ratio = mine / known
    ratio = ratio[np.isfinite(ratio)]
    return "up to a factor" if np.ptp(ratio) <= _ONE * np.abs(ratio).max() else "up to a bend"
