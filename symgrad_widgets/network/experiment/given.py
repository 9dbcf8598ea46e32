"""What else pairs share: the same pairs, with strangers that are alike in what networks already know."""

import math
from functools import partial

import numpy as np

from ...errors import DataError

__all__ = ["given"]

# A wide last layer, which is solved for, holds a cubic form from the start; few rows overfit it.
_TRAINING = {"hidden": (128, 128), "batch": 1024, "epochs": 30}
_CANDIDATES = 8  # nearest anchors, of which the first that is another point is the stranger
_SHARE = 0.4  # of the epochs of an experiment that has its own: what is solved for needs fewer


def given(experiment, runs):
    """Attributes of an experiment that asks what pairs share beyond what runs know: `Experiment.given`."""
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
        raise DataError(f"{experiment.slug} has no pairs, and only pairs can tell what else they share")
    if experiment.presets.get("default", {}).get("loss") == "conditional":
        raise DataError(f"{experiment.slug} is already given something: give all runs at once, given(a, b)")
    if not runs:
        raise DataError(
            "give the runs whose latents are known: experiment.given(run), with run = experiment.train()"
        )
    for run in runs:
        if not hasattr(run, "shared"):
            raise DataError(
                "given takes runs as experiment.train() returns them, given(first, second); "
                f"got {type(run).__name__}"
            )
        if tuple(run.names) != tuple(experiment.names):
            raise DataError(f"a run has the inputs {', '.join(run.names)}, not {', '.join(experiment.names)}")


def _alike(runs, draw, *arguments):
    """Triplets of a sampler; each negative is the other anchor that is nearest in what the runs know."""
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
            f"{alone} of {len(known)} anchors have no stranger, as the nearest ones are the same point: "
            "rows must be of many different systems"
        )
    return data._replace(negative=data.anchor[near[np.arange(len(near)), others.argmax(1)]])
