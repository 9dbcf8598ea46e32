"""Training: a network learns from an experiment's data alone; the concept is read only for `result.floor`."""

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
    keep : iterable of int
        Epochs after which a copy of the network is kept in `result.kept`, as it was then; 0 is before the
        first. `sg.film(result.kept, result.x)` reads them.
    watch : callable or None
        Called after each epoch with the history and a copy of the network as it is then.
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
        for a seed or an epoch to keep that is none, and when the loss is not finite from the start.

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
    """Small networks are faster so, and the order of sums - the bits - does not depend on the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextlib.contextmanager
def _own_randomness(seed):
    """Seed torch's global generator, the only one that dropout draws from; it is restored afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


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
