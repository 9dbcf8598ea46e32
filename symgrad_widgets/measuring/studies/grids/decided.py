"""The experiment that decides: what formulas become when the network is asked where they differ."""

from ....reading.interpretation import interpret
from ....verdict import verify
from ...cases.made_neurons import of_seed
from ...cases.regression import regression
from ...cases.study import Study

_POINTS = 1000


def _measure(seed, part=1.0, blind=False):
    """Train a network on the whole of a box, read it on the middle of that, and ask it in the whole."""
    case = of_seed(seed)
    run, _ = regression(case, lambda u: u, seed, blind=blind)
    points = case.points(seed, _POINTS)
    middle = (points.min(0) + points.max(0)) / 2
    given = {"names": case.names, "random_state": seed, "seconds": None}
    result = interpret(run.model, middle + part * (points - middle), **given)
    row = {"formula": None, "loss": float(result.front[-1].loss), "trials": 0, "open": 0, "before": 0.0}
    if result.best is None:
        return row | {"outcome": "nothing" if blind else "none"}
    decided = result.decide(run.model, dict.fromkeys(case.names, (case.low, case.high)), random_state=seed)
    told = {"trials": len(decided.trials), "open": len(decided.open), "loss": float(result.best.loss)}
    told |= {"formula": str(decided.left[0])}
    if blind:
        return row | told | {"outcome": "law"}
    field = case.field(points)  # of the formula itself
    answers = result.best.expression, decided.left[0]
    before, after = (verify(one, case.formula, field).same for one in answers)
    return row | told | {"before": float(before), "outcome": "found" if after else "another"}


STUDY = Study(
    title="The experiment that decides",
    question=(
        "We train regression networks of two layers of 32 SiLU neurons on a box, and read them in its "
        "middle. Then we ask them, anywhere in the box, where the formulas of the front differ most. How "
        "often does that correct the answer?"
    ),
    groups={
        "read in the middle of the box, of so much of each input's range": {
            f"{part:g}": {"part": part} for part in (0.25, 0.5, 1.0)
        },
        "no law: labels of other points": {"half of each input's range": {"part": 0.5, "blind": True}},
    },
    measure=_measure,
    figures={"right before": "before", "trials": "trials", "open": "open"},
)
