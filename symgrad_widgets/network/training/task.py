"""Build an untrained network, and draw separate rows to train it, validate it and interpret it."""

import numpy as np
import torch

from ...checks import whole
from ..gradients.modes import undisturbed
from .kinds import KINDS
from .trainer import as_tensor

__all__ = ["HELD_OUT", "TRAINING", "VALIDATION", "drawer", "held_out", "held_out_loss", "network", "outputs"]

TRAINING, VALIDATION, HELD_OUT = range(3)  # random streams of one seed


def network(experiment, settings, inputs=None, generator=None):
    """Return an untrained network for an experiment; training points (N, n), if given, scale its inputs."""
    inputs = np.zeros((1, len(experiment.names))) if inputs is None else inputs
    sizes = (inputs.shape[1], *settings.hidden, settings.latent)
    scaled_by = inputs if settings.standardize else None
    build = KINDS[experiment.kind].build
    return build(sizes, settings.activation, generator, scaled_by, settings.dropout)


def held_out(experiment, seed, variant, settings, model):
    """Return new points (N, n) at which to interpret a network; leave out points where this is impossible."""
    kind = KINDS[experiment.kind]
    x = kind.points(drawer(experiment, seed, variant)(HELD_OUT, settings.held_out))
    return x if kind.visible is None else x[kind.visible(outputs(model, x)).numpy()]


def outputs(model, x):
    """Return the output of a network at points (N, n), float32 (N, k)."""
    with undisturbed(model), torch.no_grad():
        return model(as_tensor(x))


def held_out_loss(run, model):
    """Return the loss of a model on the task of a `TrainingResult`, on data unseen in training."""
    loss = KINDS[run.experiment.kind].losses[run.settings.loss]
    data = drawer(run.experiment, run.seed, run.variant)(HELD_OUT, run.settings.held_out)
    with undisturbed(model), torch.no_grad():
        return loss.value(model, *map(as_tensor, data)).item()


def drawer(experiment, seed, variant):
    """Return a function of (stream, count) that draws rows of an experiment; each use has its own stream."""
    seed = whole(seed, "seed", most=2**63 - 1)
    return lambda stream, count: experiment.sample(count, (seed, stream), variant)
