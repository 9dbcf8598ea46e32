"""Several concepts in one set of pairs: networks trained one after another, counted and read."""

from functools import partial

import sympy as sp

from ....network.experiment import Experiment, experiments
from ....network.experiment.data import Triplets
from ....network.experiment.matrices import similar, uniform
from ...cases.study import Study

_SHARED = 0.02  # largest share of a latent's variance within pairs


def _invariants(size):
    """Return the trace, the sum of principal minors (for 3 x 3), and the determinant."""
    A = sp.Matrix(size, size, sp.symbols(f"x1:{size**2 + 1}", real=True))
    minors = [sp.expand((A.trace() ** 2 - (A * A).trace()) / 2)]
    return (A.trace(), *(minors if size == 3 else []), A.det())


def _matrices(size, reach):
    return Experiment(
        f"{size}x{size}",
        f"matrices{size}",
        f"Similar {size}x{size} matrices",
        tuple(f"x{i + 1}" for i in range(size**2)),
        {"default": partial(similar, draw=partial(uniform, size=size, low=-1.0), reach=reach)},
        _invariants(size),
    )


def _strangers():
    def draw(rng, count):
        return Triplets(*rng.uniform(-1, 1, (3, count, 4)))

    return Experiment("strangers", "strangers", "Pairs of strangers", ("a", "b", "c", "d"), {"default": draw})


_PAIRS = {
    "field-strength tensors": lambda: experiments["fieldstrength"],
    "states of a planet": lambda: experiments["kepler"],
    "similar 2x2 matrices": partial(_matrices, 2, 3),
    "similar 3x3 matrices": partial(_matrices, 3, 2),
    "strangers": _strangers,
}


def _measure(seed, pairs):
    """Train networks until one finds nothing that pairs share, or nothing new; then read them together."""
    from ....network.gradients import gradient_field
    from ....network.modules import SideBySide
    from ....reading.interpretation import interpret

    experiment = _PAIRS[pairs]()
    runs = [experiment.train(seed, progress=False, latent=1)]
    if runs[0].within[0] > _SHARED:
        return {"outcome": "none" if experiment.concepts else "nothing", "counted": 0}
    while True:
        model = SideBySide(*(run.model for run in runs))
        field = gradient_field(model, runs[0].x, neuron=list(range(len(runs))), names=experiment.names)
        if field.rank < len(runs):
            break
        last = experiment.given(*runs).train(seed, progress=False)
        if last.within[0] > _SHARED:
            break
        runs.append(last)
    result = interpret(field, concept=experiment.concepts or None, seconds=None, random_state=seed)
    false = sum(not verdict.same for verdict in result.verdicts)
    return {
        "outcome": _outcome(len(result.concepts), false, len(experiment.concepts)),
        "how": getattr(result.verdict, "how", None),  # without concepts, there is no verdict
        "formula": "; ".join(str(found.expression) for found in result.concepts) or None,
        "loss": result.evidence.loss,
        "counted": field.rank,
        "read": len(result.concepts),
        "false": false,
        "networks": len(runs),
    }


def _outcome(read, false, known):
    if not known:
        return "law" if read else "nothing"
    return "another" if false else "found" if read == known else "none"


STUDY = Study(
    title="Several concepts",
    question=(
        "The two points of each pair share several quantities. We train one network after another. Each "
        "network has to learn a quantity that the earlier networks have not learnt. We stop when a network "
        "finds nothing that the pairs share, or adds no new direction. How many concepts do we count? How "
        "many concepts does the search find? How many formulas match no concept? We know two concepts for "
        "the tensors and the 2x2 matrices, and three for the planet and the 3x3 matrices."
    ),
    groups={
        "one network after another": {name: {"pairs": name} for name in _PAIRS if name != "strangers"},
        "no law: nothing is shared": {"strangers": {"pairs": "strangers"}},
    },
    measure=_measure,
    figures={"counted": "counted", "read": "read", "false formulas": "false"},
    none="too few",
)
