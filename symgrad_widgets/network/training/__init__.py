"""Train networks. A network learns from data alone; only `TrainingResult.floor` uses the concept."""

import contextlib
import time

import numpy as np
import torch
from scipy.linalg import eigh
from tqdm import tqdm

from .kinds import KINDS
from .settings import PRESETS, Settings, chosen_settings, kept_epochs, row
from .task import TRAINING, VALIDATION, drawer, held_out, held_out_loss, network
from .trainer import Trainer, as_tensor
from .training_result import TrainingResult

__all__ = [
    "KINDS",
    "PRESETS",
    "Settings",
    "TrainingResult",
    "chosen_settings",
    "held_out",
    "held_out_loss",
    "network",
    "train",
]


def train(
    experiment,
    seed=0,
    preset="default",
    variant="default",
    progress=True,
    callback=None,
    keep=(),
    watch=None,
    **settings,
):
    """Train a network on an experiment's data; the same seed gives the same bits.

    Parameters
    ----------
    experiment : Experiment
        Any object with `sample(count, seed, variant)`, `latent`, `kind` and `presets`.
    seed : int
        Seed of data, initial weights and batches, each in its own stream.
    preset : str
        A row of `PRESETS`.
    variant : str
        Variant of the data, such as "default" or "paper".
    progress : bool
        Whether to show a progress bar on stderr.
    callback : callable or None
        Called with the history after each epoch; training stops if the callback returns a true value.
    keep : iterable of int
        Epochs after which `result.kept` stores a copy of the network; 0 is before the first epoch.
        `sg.film(result.kept, result.x)` reads the copies.
    watch : callable or None
        Called after each epoch with the history and a copy of the current network.
    **settings
        Any attribute of `Settings`, for instance `epochs=5`.

    Returns
    -------
    TrainingResult
        After Ctrl-C, the result has the best weights so far, and its `ending` is "interrupted".

    Raises
    ------
    UnknownNameError
        if a preset, variant, setting or row of a table does not exist.
    DataError, ModelError
        if a seed or an epoch to keep is not valid, or if the loss is not finite in the first epoch.

    """
    start = time.perf_counter()
    chosen = chosen_settings(experiment, preset, settings)
    kind = KINDS[experiment.kind]
    loss = row(kind.losses, chosen.loss, "loss")
    draw = drawer(experiment, seed, variant)
    data, validation = draw(TRAINING, chosen.count), draw(VALIDATION, chosen.validation)
    with (
        _one_thread(),
        _own_randomness(seed) if chosen.dropout else contextlib.nullcontext(),
        tqdm(total=chosen.epochs, desc=experiment.slug, unit="epoch", disable=not progress) as bar,
    ):
        generator = torch.Generator().manual_seed(int(seed))
        model = network(experiment, chosen, kind.points(data), generator)
        trainer = Trainer(model, loss, data, validation, chosen, generator, kept_epochs(keep, chosen), watch)
        ending = trainer.run(bar, callback)
        within = _normalise(model, *validation[:2]) if loss.scale_free else None
    x = held_out(experiment, seed, variant, chosen, model.eval())
    seconds = time.perf_counter() - start
    return TrainingResult(
        model, x, trainer.history, seconds, ending, experiment, seed, variant, chosen, within, trainer.kept
    )


@contextlib.contextmanager
def _one_thread():
    """Use one thread: small networks are faster, and sums have the same order on every machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextlib.contextmanager
def _own_randomness(seed):
    """Seed torch's global generator, which dropout uses; restore it afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


@torch.no_grad()
def _normalise(model, anchor, positive):
    """Make latents uncorrelated, with mean 0 and variance 1, and sort them; the loss leaves this open.

    The latents that vary least within pairs come first. We multiply the last layer by linear discriminants
    (Fisher): eigenvectors of the covariance within pairs, relative to that of all points. Return the
    eigenvalues (k,) in rising order: the share of each latent's variance that lies within pairs.
    """
    latent, other = (model(as_tensor(points)).double().numpy() for points in (anchor, positive))
    within = (latent - other).T @ (latent - other) / (2 * len(latent))
    shares, axes = eigh(within, np.atleast_2d(np.cov(latent.T)))
    axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(len(shares))])
    weight, bias = (p.double().numpy() for p in (model.latent.weight, model.latent.bias))
    model.latent.weight.copy_(torch.from_numpy(axes.T @ weight))
    model.latent.bias.copy_(torch.from_numpy(axes.T @ (bias - latent.mean(0))))
    return shares
