"""Say whether a person's formula is the concept that the neuron has learnt, or how far off the formula is."""

import itertools

import numpy as np

from ..formula.expressions import evaluate
from ..network.concepts import CONCEPTS
from ..verdict import verify
from ..words import ENGLISH

__all__ = ["answer", "meanings"]

_APART = 2.0  # degrees: arrows agree at smaller angles; assets/formula/arrows.js has the same limit
_ONE = 1e-6  # largest relative spread of a ratio that counts as a constant
_SHARED = {"classifier": "rule", "siamese": "shared", "regression": "value"}


def answer(candidate, field, experiment=None, say=ENGLISH, kind=None):
    """Say how a `Candidate` relates to a neuron: {"same": bool, "name": text, "said": text}.

    A formula counts as the concept if a proof shows it, if it has the concept's form and its numbers agree
    within 1 %, or if points computed with many digits show it. The angle then says how well the network has
    learnt the concept. If a search has judged the formula, the `kind` of its answer says whether something is
    left unexplained. If the formula is not the concept, this kind also decides whether the formula is near.

    Without an experiment, no concept is known. The answer then says only how well the formula agrees.
    """
    name, sentence = say.table["kinds"][kind] if kind else ("", "")
    judged = kind in ("match", "approximation")
    formula, agrees = candidate.expression, candidate.angle <= _APART
    near = kind == "match" if judged else agrees
    apart = say("told.apart", angle=say.number(candidate.angle, ".2g"))
    for concept, meaning in meanings(experiment, say):
        found = verify(formula, concept, field=field, constraints=experiment.constraints)
        if found.same:
            how, up_to = say(f"how.{found.how}"), say(_up_to(formula, concept, field))
            said = say("told.same", meaning=meaning, upTo=up_to, how=how)
            more = say("told.more") if kind == "approximation" else ""
            roughly = [apart, say("told.roughly"), sentence if judged else ""]
            learnt = [say("told.read"), more] if agrees else roughly
            return {"same": True, "name": "", "said": " ".join(filter(None, [said, *learnt]))}
    if experiment is not None and len(experiment.concepts) > 1:
        found = verify(formula, experiment.concepts, field=field, constraints=experiment.constraints)
        if found.same:
            count, how = len(experiment.concepts), say(f"how.{found.how}")
            return {"same": True, "name": "", "said": say("told.ofAll", count=count, how=how)}
    known = experiment is not None and experiment.concepts
    if judged:
        other = f" {say('told.other')}" if known and near else ""
        return {"same": False, "name": name, "said": f"{apart} {sentence}{other}"}
    if not near:
        return {"same": False, "name": say("told.notYet"), "said": f"{apart} {say('told.change')}"}
    if not known:
        return {"same": False, "name": name, "said": f"{apart} {say('told.nobody')}"}
    return {"same": False, "name": say("told.close"), "said": f"{apart} {say('told.closer')}"}


def meanings(experiment, say=ENGLISH):
    """Return the concepts of an experiment, each with its words; none for a network without an experiment."""
    if experiment is None:
        return []
    row = CONCEPTS.get(experiment.id)
    keys = row.meanings if row else ()
    both = itertools.zip_longest(experiment.concepts, keys, fillvalue=_SHARED[experiment.kind])
    return [(concept, say.table["meanings"][key]) for concept, key in both]


def _up_to(formula, concept, field):
    """Return the key of the words that say how two formulas differ although their directions are the same."""
    mine, known = (evaluate(one, field.names, field.points)[0] for one in (formula, concept))
    with np.errstate(all="ignore"):
        ratio = mine / known
    ratio = ratio[np.isfinite(ratio)]
    return "told.factor" if np.ptp(ratio) <= _ONE * np.abs(ratio).max() else "told.bend"
