"""Linear symmetries: how many we count, how we name their algebra, and what we claim if there are none."""

import numpy as np

from ....field import GradientField
from ....reading.symmetry import symmetries
from ...cases.known_symmetries import LAWLESS, SYMMETRIC, UNSYMMETRIC, lawless
from ...cases.made_neurons import CASES, of_seed
from ...cases.regression import regression
from ...cases.study import Study

_NETWORKS = {
    "interval": (SYMMETRIC["interval"], 6, "so(1,3)"),
    "cubic_force": (UNSYMMETRIC["stiff spring"], 0, None),
}
_INPUTS = (2, 3, 4, 6, 8, 12, 16)


def _measure(seed, case=None, error=0.0, network=None, kind=None, inputs=2, blind=None):
    """Count the symmetries of a formula's gradients, a trained network's, or gradients without a law."""
    if network is not None:
        return _of_network(seed, *_NETWORKS[network], network)
    if kind is not None:
        return _answer(symmetries(lawless(kind, inputs, seed)), 0, None)
    if blind is not None:
        return _answer(symmetries(_shuffled(seed, blind)), 0, None)
    known = (
        SYMMETRIC[list(SYMMETRIC)[seed % len(SYMMETRIC)]] if case is None else (SYMMETRIC | UNSYMMETRIC)[case]
    )
    found = symmetries(known.field(seed, error))
    return _answer(found, known.dimension, known.algebra) | {
        "residual": _off(found, known, known.points(seed + 1000))
    }


def _of_network(seed, known, count, algebra, name):
    from ....network.experiment import experiments
    from ....network.gradients import gradient_field

    run = experiments[name].train(seed, progress=False)
    found = symmetries(gradient_field(run.model, run.x, names=run.names))
    return _answer(found, count, algebra) | {"floor": run.floor, "residual": _off(found, known, run.x)}


def _shuffled(seed, layers):
    """Return the field of a network trained on shuffled labels."""
    from ....network.gradients import gradient_field

    case = of_seed(seed, CASES)
    run, _ = regression(case, lambda u: u, seed, blind=True, hidden=layers, epochs=200)
    return gradient_field(run.model, case.points(seed), names=case.names)


def _answer(found, count, algebra):
    right = (len(found), found.algebra) == (count, algebra)
    return {
        "outcome": ("law" if len(found) else "nothing") if not count else _outcome(right, len(found), count),
        "formula": "; ".join(one.name for one in found.motions[:8]) or None,
        "how": found.algebra,
        "loss": float(found.residuals.max(initial=0)) if len(found) else found.next,
        "known": count,
        "counted": len(found),
        "unseen": found.unseen.shape[1],
    }


def _outcome(right, counted, known):
    return "found" if right else "another" if counted >= known else "none"


def _off(found, known, points):
    """Largest mean squared cosine between a motion and the formulas' gradients, in units of the spread."""
    if not len(found):
        return None
    slopes = known.slopes(points)
    field = GradientField(points, slopes if len(known.formulas) > 1 else slopes[:, 0])
    moved = np.einsum("dij,nj->dni", found.generators, field.points) + found.offsets[:, None]
    moved = moved / field.measure.spread
    along = np.einsum("dnm,nkm->dnk", moved, field.unit)
    return float(((along**2).sum((1, 2)) / (moved**2).sum((1, 2))).max())


STUDY = Study(
    title="Linear symmetries",
    question=(
        "We take gradients at 1,500 points. Do we find the right dimension for the linear symmetries, and "
        "the right name for their algebra? Some gradients are exact, some have errors (stated as "
        "fractions of the gradients' size), and some come from trained networks. We also try fields without "
        "a symmetry: other formulas; random directions, waves and networks with 2 to 16 inputs; networks "
        "trained on shuffled labels."
    ),
    groups={
        "gradients of formulas": {name: {"case": name} for name in SYMMETRIC},
        "gradients with errors, each formula in turn": {f"{e:g}": {"error": e} for e in (0.01, 0.03, 0.1)},
        "trained networks": {name: {"network": name} for name in _NETWORKS if _NETWORKS[name][1]},
        "no law: formulas without a symmetry": {name: {"case": name} for name in UNSYMMETRIC},
        "no law: network trained on such a formula": {
            name: {"network": name} for name in _NETWORKS if not _NETWORKS[name][1]
        },
        "no law: random fields": {
            f"{kind}, {n} inputs": {"kind": kind, "inputs": n} for kind in LAWLESS for n in _INPUTS
        },
        "no law: shuffled labels; hidden layers": {
            "-".join(map(str, layers)): {"blind": layers}
            for layers in ((8,), (16,), (32,), (8, 8), (16, 16), (32, 32))
        },
    },
    measure=_measure,
    figures={"known": "known", "counted": "counted", "unseen directions": "unseen"},
    none="too few",
)
