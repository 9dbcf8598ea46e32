"""Training: a network learns from an experiment's data alone; the concept is read only for `result.floor`."""

import contextlib
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from .concepts import gradients_of
from .errors import DataError, ModelError, UnknownNameError, nearest
from .networks import mlp

__all__ = ["KINDS", "PRESETS", "Kind", "Settings", "TrainingResult", "train"]

_TRAINING, _VALIDATION, _HELD_OUT = range(3)  # streams of one seed
_WARM_UP = 0.1  # of the steps


@dataclass(frozen=True)
class Settings:
    """Everything about a training run but its seed; any of it can be given to `train` by name.

    Attributes
    ----------
    hidden, activation, standardize
        Hidden widths, a row of `networks.ACTIVATIONS`, whether a first layer scales the inputs.
    loss : str, a row of the kind's losses
    epochs, batch, rate, weight_decay
        Of Adam; one epoch passes once through the `count` training rows.
    schedule : "cosine" | "plateau"
        Warm-up over the first tenth and a cosine down to zero, or the rate times `plateau_factor` after
        `plateau_patience` epochs without a better validation loss.
    patience : int or None
        Early stop after so many epochs without a better validation loss. A cosine schedule finds its best
        weights in its last epochs, so it has none by default.
    count, validation, held_out : int
        Rows to train on, to choose the best epoch by, and to interpret on.

    """

    hidden: tuple = (64, 64)
    activation: str = "silu"
    standardize: bool = True
    loss: str = "ratio"
    epochs: int = 40
    batch: int = 512
    rate: float = 5e-3
    weight_decay: float = 0.0
    schedule: str = "cosine"
    plateau_factor: float = 0.5
    plateau_patience: int = 10
    patience: int | None = None
    count: int = 50_000
    validation: int = 5_000
    held_out: int = 5_000


PRESETS = {
    "default": Settings(),
    # arXiv 2409.05305; epochs and plateau factor differ between its experiments, see their `presets`
    "paper": Settings(
        hidden=(256, 256, 256),
        activation="relu",
        standardize=False,
        loss="triplet",
        epochs=300,
        batch=256,
        rate=1e-3,
        weight_decay=1e-4,
        schedule="plateau",
        held_out=10_000,
    ),
}


def _ratio(model, anchor, positive, _):
    """Log of the variance within pairs over the variance of all: free of scale, offset and margin.

    For several latents, the log of the ratio of the determinants of the two covariances, which is free of
    any linear map of the latent space.
    """
    latent = model(torch.cat([anchor, positive]))
    first, second = latent.chunk(2)
    return _log_volume(first - second) - _log_volume(latent - latent.mean(0))


def _log_volume(rows):
    covariance = rows.T @ rows / len(rows)
    return torch.logdet(covariance) if len(covariance) > 1 else covariance.log().sum()


def _triplet(model, anchor, positive, negative):
    """Triplet margin loss, margin 1, Euclidean distance."""
    latents = model(torch.cat([anchor, positive, negative])).chunk(3)
    return nn.functional.triplet_margin_loss(*latents, margin=1.0)


class Loss(NamedTuple):
    """`value(model, *rows)` is a scalar; `scale_free` when it leaves offset and scale of the latents open."""

    value: Callable
    scale_free: bool = False


class Kind(NamedTuple):
    """What is particular to a kind of training; the data are tuples of arrays with equal numbers of rows.

    `losses` maps names to a `Loss`; `inputs(data)` gives the points (N, n) that the
    network will see, to scale its inputs by; `points(data)` those to interpret it on.
    """

    losses: Mapping[str, Callable]
    inputs: Callable
    points: Callable


KINDS = {
    "siamese": Kind(
        losses={"ratio": Loss(_ratio, scale_free=True), "triplet": Loss(_triplet)},
        inputs=lambda data: np.concatenate([data.anchor, data.positive]),
        points=lambda data: data.anchor,
    ),
}


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """A trained network and the points to interpret it on.

    Attributes
    ----------
    model : torch.nn.Module
        In eval mode, on the CPU; raw inputs (N, n) to latents (N, k), which have mean 0 and variance 1 on
        the validation points where the loss leaves both free.
    x : array (N, n)
        Held-out points.
    history : dict of lists
        epoch, loss, validation, rate, seconds: one entry an epoch.
    seconds : float
        Drawing the data included.
    ending : "finished" | "early stop" | "callback" | "interrupted" | "diverged"
        Why training ended. Whatever it was, the weights are those of the best validation loss.
    experiment, seed, variant, settings
        What was trained.

    """

    model: nn.Module
    x: np.ndarray
    history: dict
    seconds: float
    ending: str
    experiment: object
    seed: int
    variant: str
    settings: Settings

    @property
    def names(self):
        """Names of the inputs, the columns of `x`."""
        return self.experiment.names

    @cached_property
    def floor(self):
        """Mean of 1 - cos^2 between the neuron's and the concept's gradients at `x`, on the tangent space.

        The noise that no formula can be expected to beat. Computed when first asked for: training does not
        know the concept. With several latents or concepts: how far the latents' gradients are, on average,
        from the span of the concepts' gradients.
        """
        from .gradients import gradient_field

        latents = list(range(self.experiment.latent))
        neurons = gradient_field(self.model, self.x, neuron=latents, names=self.names)
        truth = gradients_of(self.experiment.concepts, self.names, neurons.points)
        return _distance(neurons.projected, neurons.project(truth))

    def __repr__(self):
        last = self.history["validation"][-1] if self.history["validation"] else float("nan")
        return (
            f"TrainingResult({self.experiment.slug}, seed {self.seed}: {self.ending} after "
            f"{len(self.history['epoch'])} epochs, {self.seconds:.1f} s, validation loss {last:.3g})"
        )


def _distance(vectors, span):
    """Mean squared sine of the angle between vectors (N, k, m) and the span of rows (N, c, m)."""
    _, s, basis = np.linalg.svd(span, full_matrices=False)
    basis = basis * (s > 1e-9 * s[:, :1])[..., None]
    inside = np.einsum("nkm,ncm->nkc", vectors, basis)
    whole = (vectors**2).sum(2)
    return float(np.mean(1 - (inside**2).sum(2)[whole > 0] / whole[whole > 0]))


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
    kind = _row(KINDS, experiment.kind, "kind of training")
    chosen = _settings(experiment, preset, settings)
    loss = _row(kind.losses, chosen.loss, "loss")
    draw = _drawer(experiment, seed, variant)
    data, validation = draw(_TRAINING, chosen.count), draw(_VALIDATION, chosen.validation)
    x = kind.points(draw(_HELD_OUT, chosen.held_out))
    with (
        _one_thread(),
        tqdm(total=chosen.epochs, desc=experiment.slug, unit="epoch", disable=not progress) as bar,
    ):
        generator = torch.Generator().manual_seed(seed)
        inputs = kind.inputs(data)
        sizes = (inputs.shape[1], *chosen.hidden, experiment.latent)
        model = mlp(sizes, chosen.activation, generator, inputs if chosen.standardize else None)
        trainer = _Trainer(model, loss.value, data, validation, chosen, generator)
        ending = trainer.run(bar, callback)
        if loss.scale_free:
            _normalise(model, kind.inputs(validation))
    seconds = time.perf_counter() - start
    return TrainingResult(
        model.eval(), x, trainer.history, seconds, ending, experiment, seed, variant, chosen
    )


def _row(table, name, what):
    if name not in table:
        raise UnknownNameError(f"no {what} {name!r}; {nearest(name, table)}")
    return table[name]


def _settings(experiment, preset, changes):
    base = replace(_row(PRESETS, preset, "preset"), **experiment.presets.get(preset, {}))
    known = [f.name for f in fields(Settings)]
    for name in changes:
        if name not in known:
            raise UnknownNameError(f"no training setting {name!r}; {nearest(name, known)}")
    return replace(base, **changes)


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
def _normalise(model, points):
    """Give the latents mean 0 and variance 1, through the last layer: the loss left both open."""
    latent = model(_tensor(points))
    scale = latent.std(0)
    model.latent.weight /= scale[:, None]
    model.latent.bias.sub_(latent.mean(0)).div_(scale)


def _tensor(array):
    return torch.as_tensor(array, dtype=torch.float32)


class _Trainer:
    """One run of Adam, which keeps the weights of the best validation loss."""

    def __init__(self, model, loss, data, validation, settings, generator):
        self.model, self.loss, self.settings, self.generator = model, loss, settings, generator
        self.rows = [_tensor(array) for array in data]
        self.validation = [_tensor(array) for array in validation]
        self.optimizer = torch.optim.Adam(
            model.parameters(), lr=settings.rate, weight_decay=settings.weight_decay
        )
        schedule = _row(SCHEDULES, settings.schedule, "schedule")
        self.after_step, self.after_epoch = schedule(self.optimizer, settings, len(self._batches()))
        self.history = {name: [] for name in ("epoch", "loss", "validation", "rate", "seconds")}
        self.best, self.best_weights, self.best_epoch = math.inf, None, 0

    def run(self, bar, callback):
        """Train to the end; returns why it ended."""
        start = time.perf_counter()
        ending = "finished"
        try:
            for epoch in range(1, self.settings.epochs + 1):
                self._record(epoch, self._epoch(), time.perf_counter() - start)
                bar.update()
                bar.set_postfix(loss=self.history["loss"][-1], validation=self.history["validation"][-1])
                ending = self._ending(callback)
                if ending != "finished":
                    break
        except KeyboardInterrupt:
            ending = "interrupted"
        self._restore()
        return ending

    def _batches(self):
        order = torch.randperm(len(self.rows[0]), generator=self.generator)
        return order.split(self.settings.batch)

    def _epoch(self):
        self.model.train()
        total = 0.0
        for batch in self._batches():
            loss = self.loss(self.model, *(rows[batch] for rows in self.rows))
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.after_step()
            total += loss.item() * len(batch)
        return total / len(self.rows[0])

    def _record(self, epoch, loss, seconds):
        self.model.eval()
        with torch.no_grad():
            validation = self.loss(self.model, *self.validation).item()
        rate = self.optimizer.param_groups[0]["lr"]
        for name, value in zip(self.history, (epoch, loss, validation, rate, seconds), strict=True):
            self.history[name].append(value)
        self.after_epoch(validation)
        if validation < self.best:
            self.best, self.best_epoch = validation, epoch
            self.best_weights = {name: value.clone() for name, value in self.model.state_dict().items()}

    def _ending(self, callback):
        epoch, patience = self.history["epoch"][-1], self.settings.patience
        if not math.isfinite(self.history["validation"][-1]):
            return "diverged"
        if callback is not None and callback(self.history):
            return "callback"
        if patience is not None and epoch - self.best_epoch >= patience:
            return "early stop"
        return "finished"

    def _restore(self):
        if self.best_weights is not None:
            self.model.load_state_dict(self.best_weights)
        elif self.history["epoch"]:
            raise ModelError(
                f"the loss is {self.history['validation'][-1]} from the first epoch on: are the data finite? "
                f"Otherwise try a lower rate than {self.settings.rate}"
            )


def _cosine(optimizer, settings, batches):
    steps = settings.epochs * batches

    def factor(step):
        part = (step + 0.5) / steps
        if part < _WARM_UP:
            return part / _WARM_UP
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (part - _WARM_UP) / (1 - _WARM_UP))))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor).step, lambda _: None


def _plateau(optimizer, settings, _):
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=settings.plateau_factor, patience=settings.plateau_patience
    )
    return lambda: None, scheduler.step


# each row: f(optimizer, settings, batches an epoch) -> (call after a step, call with the validation loss)
SCHEDULES = {"cosine": _cosine, "plateau": _plateau}
