"""Other domains: the fuel consumption of cars, and images classified by hand-made features."""

import numpy as np

from ....formula.export import to_numpy
from ....formula.expressions import as_expression
from ....network.experiment import Experiment
from ....network.experiment.data import Labelled
from ....reading.phi import fit_phi
from ...cases.blind_reading import answered
from ...cases.real_data import cars, digits
from ...cases.regression import fit
from ...cases.study import Study

_PLANTED = {"cars": "power/weight", "digits": "ink*left"}
_KIND = {"cars": (cars, "regression"), "digits": (digits, "classifier")}
_SETTINGS = {"hidden": (16, 16), "weight_decay": 3e-3, "epochs": 100, "batch": 16}
_VISIBLE = 9.2  # larger logits are saturated: their probabilities are within 1e-4 of 0 or 1


def _measure(seed, table, target):
    """Train on 70 % of the rows, read the network at all rows, and predict the last 15 %."""
    from ....network.gradients import gradient_field

    read, kind = _KIND[table]
    names, x, y = read()
    if target == "planted":
        y = to_numpy(_PLANTED[table], names)(x)
        y = (y > np.median(y)).astype(float) if kind == "classifier" else y / y.std()
    if target == "shuffled":
        y = np.random.default_rng([seed, 6]).permutation(y)
    data = Labelled(x, y)
    own = Experiment(
        table, table, table, names, {"default": lambda rows: Labelled(*(part[rows] for part in data))},
        kind=kind, size=len(x),
    )  # fmt: skip
    run = own.train(seed, progress=False, count=len(x), **_SETTINGS)
    field = gradient_field(run.model, x, names=names)
    held = own.sample(len(x), (seed, 2))
    if kind == "classifier":
        field = field.take(np.flatnonzero(np.abs(field.values) < _VISIBLE))
    row = answered(field, _PLANTED[table] if target == "planted" else None, seed)
    if target == "real":  # nobody knows whether there is a law
        row["outcome"] = {"law": "formula", "nothing": "silent"}[row["outcome"]]
    return row | _predicted(row["formula"], run, field, held, kind)


def _predicted(formula, run, field, held, kind):
    """Return how well the network and phi(formula) predict rows that were not used for training."""
    score = _accuracy if kind == "classifier" else fit
    found = {"fit": score(_output(run.model, held.x), held.y)}
    if formula is not None:
        expression = as_expression(formula, field.names)
        bent = fit_phi(expression, field)
        found["formula_fit"] = score(bent(to_numpy(expression, field.names)(held.x)), held.y)
    return found


def _output(model, x):
    from ....network.training.trainer import as_tensor

    return model(as_tensor(x)).detach().double().numpy()[:, 0]


def _accuracy(logits, labels):
    return float(np.mean((logits > 0) == (labels > 0)))


STUDY = Study(
    title="Other domains",
    question=(
        "This study uses two tables of real data, for which nobody knows a law. One table gives the fuel "
        "consumption of 392 cars, with their displacement, power, weight, and time to 60 miles an hour. The "
        "other table describes images of threes and eights by five numbers: the amount of ink, the fraction "
        "of the ink on the left, the fraction of the ink at the top, the spread of the ink across, and the "
        "spread of the ink down. We train networks with two layers of 16 neurons on the real labels, on "
        "shuffled labels, and on a planted law. For cars, the planted law is power/weight. For digits, the "
        "law says whether the product ink*left is above its median. We measure the fit on rows that were "
        "not used for training: R² for cars, and the fraction of right answers for digits."
    ),
    groups={
        table: {target: {"table": table, "target": target} for target in ("planted", "real")}
        for table in _PLANTED
    }
    | {"no law: shuffled labels": {table: {"table": table, "target": "shuffled"} for table in _PLANTED}},
    measure=_measure,
    figures={"network's fit": "fit", "formula's fit": "formula_fit"},
)
