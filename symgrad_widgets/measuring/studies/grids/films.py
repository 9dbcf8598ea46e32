"""Learning as a film: when the neuron has the concept's direction, and when its loss is low."""

from dataclasses import replace

import numpy as np

from ....field.directions import degrees, misalignment, orthonormal
from ....network.experiment import experiments
from ....search import Search
from ....verdict import verdict_on
from ...cases.study import Study

_ROWS, _EPOCHS = 20_000, 60
_LOW = 0.9  # share of the loss's fall, from before the first epoch to its lowest value
_ALIGNED = 2.0  # degrees between concept and neuron


def _measure(seed, experiment, blind=False):
    """Train an experiment's network, keep it after each epoch, and look for the concept in each copy."""
    experiment = _blind(experiments[experiment]) if blind else experiments[experiment]
    epochs = range(_EPOCHS + 1)
    size = {"count": _ROWS, "epochs": _EPOCHS, "latent": len(experiment.concepts)}
    run = experiment.train(seed, progress=False, keep=epochs, **size)
    losses = np.array([run.loss(run.kept[epoch]) for epoch in epochs])
    losses = np.exp(losses) if experiment.kind == "siamese" else losses  # the loss of pairs is a log ratio
    off = np.array([_off(run, _field(run, run.kept[epoch])) for epoch in epochs])
    low = _first(losses <= losses[0] - _LOW * (losses[0] - losses.min()))
    aligned = _first(degrees(off) <= _ALIGNED)
    seen = {"loss": float(off[low]), "floor": float(off[-1]), "low": float(low)}
    seen |= {"aligned": None if aligned is None else float(aligned)}
    if blind:
        return seen | {"outcome": "nothing" if aligned is None else "law"}
    outcome = "none" if aligned is None else "found" if aligned <= low else "another"
    formula, named = _named(run, run.kept[low], seed)
    return seen | {
        "outcome": outcome,
        "formula": formula,
        "named": named,
        "named last": _named(run, run.kept[_EPOCHS], seed)[1],
    }


def _field(run, model):
    from ....network.gradients import gradient_field

    neuron = 0 if run.settings.latent == 1 else list(range(run.settings.latent))
    return gradient_field(model, run.x, neuron=neuron, names=run.names)


def _off(run, field):
    """Return the mean 1 - cos^2 between gradients of neurons and concepts, averaged if there are several."""
    from ....network.concepts import gradients_of

    truth = gradients_of(run.experiment.concepts, run.names, field.points)
    spanning, found = orthonormal(field.project(truth)), field.projected
    seen = (found**2).sum(2) > 0
    shares = [misalignment(found[:, j], spanning) for j in range(found.shape[1])]
    return np.stack(shares, axis=1)[seen].mean()


def _named(run, model, seed):
    """Return what a survey reads from the network at a time, and whether it is the concept: 1, 0 or None."""
    if run.settings.latent > 1:
        return None, None
    field, experiment = _field(run, model), run.experiment
    search = Search(field, random_state=seed)
    best = search.survey().best
    if best is None:
        return None, 0.0
    formula = search.in_inputs(best)
    same = verdict_on(formula, experiment.concepts, field, experiment.constraints).same
    return str(formula), float(same)


def _first(true):
    return int(true.argmax()) if true.any() else None


def _blind(experiment):
    """Return the experiment with pairs of strangers, or with shuffled labels."""
    draw = experiment.samplers["default"]

    def shuffled(rng, count):
        rows = draw(rng, count)
        name = rows._fields[1]  # positives, or labels
        return rows._replace(**{name: rng.permutation(getattr(rows, name))})

    return replace(experiment, samplers={"default": shuffled})


def _settings(kind):
    return {one.slug: {"experiment": one.slug} for one in experiments if one.kind == kind}


STUDY = Study(
    title="Learning as a film",
    question=(
        "We train the network of each experiment on 20,000 rows, and keep a copy after each of 60 epochs. "
        "Which comes first: a low loss, or a neuron whose gradients are within 2 degrees of the concept's, "
        "on average?"
    ),
    groups={
        "pairs of points": _settings("siamese"),
        "labels": _settings("classifier"),
        "no law: pairs of strangers, and shuffled labels": {
            slug: {"experiment": slug, "blind": True}
            for slug in ("oscillator", "interval", "quadratic", "sine")
        },
    },
    measure=_measure,
    figures={"low": "low", "aligned": "aligned", "read at low": "named", "read last": "named last"},
    another="later",
    none="never",
)
