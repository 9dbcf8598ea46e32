"""Ask what else pairs share: negatives agree with anchors in everything that the networks already know."""

import math
from functools import partial

import numpy as np

from ...errors import DataError

__all__ = ["given"]

# A wide last layer, which we solve for, can represent a cubic form from the start. This layer overfits if
# there are few rows.
_TRAINING = {"hidden": (128, 128), "batch": 1024, "epochs": 30}
_CANDIDATES = 8  # of this many near anchors, the stranger is the nearest at a different point
_SHARE = 0.4  # share of an experiment's own epochs: a last layer that we solve for needs fewer


def given(experiment, runs):
    """Return the attributes of an experiment that asks what else pairs share: see `Experiment.given`."""
    _check(experiment, runs)
    before = experiment.presets.get("default", {})
    own = {**_TRAINING, **before, "loss": "conditional"}
    if "epochs" in before:
        own["epochs"] = math.ceil(_SHARE * before["epochs"])
    known = sum(np.size(run.neuron) for run in runs)
    return {
        "slug": f"{experiment.slug}_given_{known}",
        "title": f"{experiment.title}, given {known} latent{'s'[: known > 1]}",
        "samplers": {name: partial(_alike, runs, draw) for name, draw in experiment.samplers.items()},
        "latent": 1,
        "presets": {**experiment.presets, "default": own},
        "differences": {name: {**some, "latent": 1} for name, some in experiment.differences.items()},
    }


def _check(experiment, runs):
    if experiment.kind != "siamese":
        raise DataError(f"{experiment.slug} has no pairs, but given() needs an experiment with pairs")
    if experiment.presets.get("default", {}).get("loss") == "conditional":
        raise DataError(
            f"{experiment.slug} already has a run: pass all runs in one call, experiment.given(a, b)"
        )
    if not runs:
        raise DataError(
            "pass the runs whose latents are known: experiment.given(run), with run = experiment.train()"
        )
    for run in runs:
        if not hasattr(run, "shared"):
            raise DataError(
                "given() needs runs that experiment.train() returned, as in experiment.given(first, second); "
                f"got {type(run).__name__}"
            )
        if tuple(run.names) != tuple(experiment.names):
            raise DataError(f"a run has the inputs {', '.join(run.names)}, not {', '.join(experiment.names)}")


def _alike(runs, draw, *arguments):
    """Draw triplets; replace each negative with the other anchor whose latents in the runs are nearest."""
    from scipy.spatial import KDTree

    data = draw(*arguments)
    known = np.column_stack([run.shared(data.anchor) for run in runs])
    spread = known.std(0)
    known /= np.where(spread > 0, spread, 1)
    near = KDTree(known).query(known, k=range(1, 1 + min(_CANDIDATES, len(known))))[1]
    others = (data.anchor[near] != data.anchor[:, None]).any(2)
    alone = int((~others.any(1)).sum())
    if alone:
        raise DataError(
            f"{alone} of {len(known)} anchors have no stranger: their nearest anchors are all the same "
            "point. Use rows from many different systems"
        )
    return data._replace(negative=data.anchor[near[np.arange(len(near)), others.argmax(1)]])
