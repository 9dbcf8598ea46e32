"""Networks for studies, which learn the values of an artificial neuron from data with chosen faults."""

import math
from functools import partial

import numpy as np

from ...network.experiment import Experiment
from ...network.experiment.data import Labelled

__all__ = ["fit", "regression", "trained"]

_STEPS, _BATCH = 3000, 256


def trained(names, draw, seed, rows=2000, **settings):
    """Train a regression network on rows of `draw(rng, count) -> (x, y)`, for 3,000 steps."""
    experiment = Experiment(
        "study", "study", "Study", names, {"default": partial(_drawn, draw)}, kind="regression"
    )
    batch = min(_BATCH, max(rows // 4, 16))
    settings = {"hidden": (32, 32), "epochs": math.ceil(_STEPS * batch / rows), **settings}
    return experiment.train(
        seed,
        progress=False,
        count=rows,
        batch=batch,
        validation=max(rows // 4, 30),
        **settings,
    )


def _drawn(draw, rng, count):
    return Labelled(*draw(rng, count))


def regression(case, phi, seed, label_noise=0.0, input_noise=0.0, blind=False, **settings):
    """Train a network on `phi` of a case's standardised formula; `phi` takes and returns arrays.

    Noise is Gaussian, in units of the spread of the labels or of each input. A blind network is given labels
    that belong to other points.
    """
    from ...formula.export import to_numpy

    value = to_numpy(case.standard(), case.names)

    def draw(rng, count):
        x = rng.uniform(case.low, case.high, (count, len(case.names)))
        y = phi(value(rng.permutation(x) if blind else x))
        y = y + label_noise * y.std() * rng.normal(size=count)
        return x + input_noise * x.std(0) * rng.normal(size=x.shape), y

    return trained(case.names, draw, seed, **settings), lambda x: phi(value(x))


def fit(predicted, true):
    """Return R^2: the share of the variance of the `true` values that is predicted."""
    return 1 - float(np.mean((predicted - true) ** 2) / np.var(true))
