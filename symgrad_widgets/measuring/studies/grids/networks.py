"""What a network makes of a formula: bends, noise, few rows, small networks, ReLU, dropout."""

import numpy as np

from ...cases.blind_reading import answered
from ...cases.made_neurons import of_seed
from ...cases.regression import fit, regression
from ...cases.study import Study

_POINTS = 1000
_BENDS = {
    "u": lambda u: u,
    "exp(u)": np.exp,
    "|u|": np.abs,
    "u²": np.square,
    "tanh 3u": lambda u: np.tanh(3 * u),
}


def _measure(seed, bend="u", smooth=0, steepest=1.0, blind=False, **settings):
    """Train a network on phi(u) and read its output, at the points of the largest gradients."""
    from ....network.gradients import gradient_field

    case = of_seed(seed)
    run, true = regression(case, _BENDS[bend], seed, blind=blind, **settings)
    points = case.points(seed, round(_POINTS / steepest))
    field = gradient_field(run.model, points, names=case.names, smooth=smooth)
    predicted = fit(field.values, true(field.points))
    if steepest < 1:
        field = field.steepest(steepest)
    return answered(field, None if blind else case.formula, seed) | {"fit": predicted}


def _group(name, *values, label="{}".format):
    return {label(value): {name: value} for value in values}


def _widths(hidden):
    return "-".join(map(str, hidden))


STUDY = Study(
    title="What a network makes of a formula",
    question=(
        "We train regression networks on values of u, the standardised formula. The networks have two "
        "layers of 32 SiLU neurons, and train for 3,000 steps on 2,000 rows without noise. Then we change "
        "one thing at a time. Which changes spoil the formula?"
    ),
    groups={
        "trained on phi(u)": {bend: {"bend": bend} for bend in _BENDS},
        "trained on phi(u), read at the 10 % of points with the largest gradients": {
            bend: {"bend": bend, "steepest": 0.1} for bend in ("exp(u)", "tanh 3u")
        },
        "noise in the labels, as a fraction of their spread": _group("label_noise", 0.1, 0.3),
        "noise in the inputs, as a fraction of their spread": _group("input_noise", 0.1, 0.3),
        "number of rows": _group("rows", 50, 200),
        "hidden layers": _group("hidden", (4,), (64, 64, 64), label=_widths),
        "activation": {
            "relu": {"activation": "relu"},
            "relu, smooth=64": {"activation": "relu", "smooth": 64},
        },
        "dropout": _group("dropout", 0.2),
        "no law: shuffled labels": {"2000 rows": {"blind": True}},
    },
    measure=_measure,
    figures={"network's R²": "fit"},
)
