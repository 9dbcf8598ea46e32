"""The decisive experiment: what happens to formulas when we ask the network at points where they differ."""

import numpy as np

from ....reading.interpretation import interpret
from ....verdict import verify
from ...cases.made_neurons import CASES, LAWS, of_seed
from ...cases.regression import regression
from ...cases.study import Study

_POINTS = 1000
_PHI = np.tanh, lambda t: np.exp(-t), lambda t: t + 0.2 * t**3, lambda t: t
_TRAINED = {"rows": 20_000, "rate": 4e-3, "weight_decay": 1e-5}
_RECIPES = {
    "64-64, SiLU": {"hidden": (64, 64)},
    "128-128, ReLU": {"hidden": (128, 128), "activation": "relu"},
}


def _measure(seed, part=1.0, blind=False, recipe=None):
    """Train a network on a whole box, read its neuron in the middle, and ask the network in the whole box."""
    case = of_seed(seed, LAWS if recipe else CASES)
    settings = _TRAINED | _RECIPES[recipe] if recipe else {}
    run, _ = regression(case, _bend(seed) if recipe else lambda u: u, seed, blind=blind, **settings)
    points = case.points(seed, _POINTS)
    middle = (points.min(0) + points.max(0)) / 2
    given = {"names": case.names, "random_state": seed, "seconds": None}
    result = interpret(run.model, middle + part * (points - middle), **given)
    row = {"formula": None, "loss": float(result.front[-1].loss), "trials": 0, "open": 0, "before": 0.0}
    if result.best is None:
        return row | {"outcome": "nothing" if blind else "none"}
    decided = result.decide(run.model, case.box, random_state=seed)
    told = {"trials": len(decided.trials), "open": len(decided.open), "loss": float(result.best.loss)}
    told |= {"formula": str(decided.left[0])}
    if blind:
        return row | told | {"outcome": "law"}
    field = case.field(points)  # the formula's own field

    def right(formula):
        return verify(formula, case.formula, field).same

    before, after = map(right, (result.best.expression, decided.left[0]))
    told |= {"before": float(before), "outcome": "found" if after else "another"}
    if not before:
        left = result.decide(run.model, case.box, rivals=[case.formula], random_state=seed).left
        told["given"] = float(len(left) == 1 and right(left[0]))
    return row | told


def _bend(seed):
    """Return a function that bends a standardised law; successive seeds use different functions."""
    phi = _PHI[seed % len(_PHI)]
    return lambda t: phi(np.clip(t, -4, 4))


STUDY = Study(
    title="The experiment that decides",
    question=(
        "We train regression networks on inputs from a box (each input has a range), and look for formulas "
        "only at points in the middle of the box. Then we search the whole box for the inputs at which the "
        "formulas that we found differ most, and ask the networks for their outputs at these inputs. How "
        "often does asking correct a wrong answer? The networks have two layers of 32 SiLU neurons, unless "
        "a row gives different layers and a different activation."
    ),
    groups={
        "read in the middle of the box; share of each input's range": {
            f"{part:g}": {"part": part} for part in (0.25, 0.5, 1.0)
        },
        "bent laws of physics, read in the middle half of each input's range": {
            name: {"part": 0.5, "recipe": name} for name in _RECIPES
        },
        "no law: shuffled labels": {"half of each input's range": {"part": 0.5, "blind": True}},
    },
    measure=_measure,
    figures={"right before": "before", "trials": "trials", "open": "open", "given the law": "given"},
)
