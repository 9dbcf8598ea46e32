"""Training: a network learns from an experiment's data alone; the concept is read only for `result.floor`."""

import contextlib
import time

import numpy as np
import torch
from scipy.linalg import eigh
from tqdm import tqdm

from ..errors import DataError
from ..networks import mlp
from .kinds import KINDS
from .result import TrainingResult
from .settings import PRESETS, Settings, chosen_settings, row
from .trainer import Trainer, as_tensor

__all__ = ["KINDS", "PRESETS", "Settings", "TrainingResult", "train"]

_TRAINING, _VALIDATION, _HELD_OUT = range(3)  # streams of one seed


def train(experiment, seed=0, preset="default", variant="default", progress=True, callback=None, **settings):
    """Train a network on an experiment's data; the same seed gives the same bits.

    Parameters
    ----------
    experiment : Experiment
        Anything with `sample(count, seed, variant)`, `latent`, `kind` and `presets`.
    seed : int
        Of data, initial weights and batches, each in its own stream.
    preset : str
        A row of `PRESETS`.
    variant : str
        Of the data: "default" or "paper".
    progress : bool
        A progress bar on stderr.
    callback : callable or None
        Called with the history after each epoch; training stops when it returns something true.
    **settings
        Any attribute of `Settings`, for instance `epochs=5`.

    Returns
    -------
    TrainingResult
        Also after Ctrl-C, with the best weights so far and `ending` "interrupted".

    Raises
    ------
    UnknownNameError
        for a preset, variant, setting or row of a table that does not exist.
    DataError, ModelError
        for a seed that is none, and when the loss is not finite from the start.

    """
    start = time.perf_counter()
    kind = row(KINDS, experiment.kind, "kind of training")
    chosen = chosen_settings(experiment, preset, settings)
    loss = row(kind.losses, chosen.loss, "loss")
    draw = _drawer(experiment, seed, variant)
    data, validation = draw(_TRAINING, chosen.count), draw(_VALIDATION, chosen.validation)
    x = kind.points(draw(_HELD_OUT, chosen.held_out))
    with (
        _one_thread(),
        tqdm(total=chosen.epochs, desc=experiment.slug, unit="epoch", disable=not progress) as bar,
    ):
        generator = torch.Generator().manual_seed(int(seed))
        inputs = kind.points(data)
        sizes = (inputs.shape[1], *chosen.hidden, chosen.latent)
        model = mlp(sizes, chosen.activation, generator, inputs if chosen.standardize else None)
        trainer = Trainer(model, loss.value, data, validation, chosen, generator)
        ending = trainer.run(bar, callback)
        within = _normalise(model, *validation[:2]) if loss.scale_free else None
    seconds = time.perf_counter() - start
    return TrainingResult(
        model.eval(), x, trainer.history, seconds, ending, experiment, seed, variant, chosen, within
    )


def _drawer(experiment, seed, variant):
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**63:
        raise DataError(f"seed must be a whole number from 0 to 2**63 - 1, got {seed!r}")
    return lambda stream, count: experiment.sample(count, (int(seed), stream), variant)


@contextlib.contextmanager
def _one_thread():
    """Small networks are faster so, and the order of sums - the bits - does not depend on the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@torch.no_grad()
def _normalise(model, anchor, positive):
    """Make latents of mean 0 and variance 1, uncorrelated, best shared by pairs first: the loss left it open.

    Linear discriminants (Fisher): eigenvectors of the covariance within pairs against the whole, through the
    last layer. Returns the eigenvalues (k,), the share of each latent's variance within pairs, rising.
    """
    latent, other = (model(as_tensor(points)).double().numpy() for points in (anchor, positive))
    within = (latent - other).T @ (latent - other) / (2 * len(latent))
    shares, axes = eigh(within, np.atleast_2d(np.cov(latent.T)))
    axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(len(shares))])
    weight, bias = (p.double().numpy() for p in (model.latent.weight, model.latent.bias))
    model.latent.weight.copy_(torch.from_numpy(axes.T @ weight))
    model.latent.bias.copy_(torch.from_numpy(axes.T @ (bias - latent.mean(0))))
    return shares
