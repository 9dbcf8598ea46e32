"""The settings of a training run, and named presets."""

from dataclasses import dataclass, fields, replace

import numpy as np

from ...errors import DataError, UnknownNameError, nearest
from .kinds import KINDS

__all__ = ["PRESETS", "Settings", "chosen_settings", "kept_epochs", "row"]

_COUNTS = ("latent", "epochs", "batch", "count", "validation", "held_out", "patience", "plateau_patience")
_OPTIONAL = ("latent", "patience")
_LEAST = {"batch": 16, "count": 16, "validation": 16}  # the variance of fewer rows is useless


@dataclass(frozen=True)
class Settings:
    """All settings of a training run except its seed; you can pass each to `train` by name.

    Attributes
    ----------
    hidden, activation, standardize, dropout
        Hidden widths; a row of `network.ACTIVATIONS`; whether a first layer scales the inputs; and the share
        of hidden neurons to switch off at each step.
    latent : int or None
        Width of the output; None: the experiment's own.
    loss : str or None
        A row of the kind's losses; None: the first.
    epochs, batch, rate, weight_decay
        Settings of Adam. One epoch passes once through the `count` training rows.
    refined : float from 0 to 1
        Share of the epochs, at the end of the training, that use the refined form of the loss. This needs a
        loss with such a form, and a single latent. The default loss, "contrast", finds the concept. Then the
        ratio of variances, which solves for the last layer, makes the network a thousand times more exact. If
        this ratio rises, the refinement starts again at an eighth of the rate. The unrefined loss still
        decides which weights are kept.
    schedule : "cosine" | "plateau"
        "cosine" raises the rate over the first tenth of the training and then lowers it to zero along a
        cosine. "plateau" multiplies the rate by `plateau_factor` after `plateau_patience` epochs without a
        better validation loss.
    patience : int or None
        Training stops early after this many epochs without a better validation loss. By default training does
        not stop early, because a cosine schedule reaches its best weights in the last epochs.
    count, validation, held_out : int
        Numbers of rows to train on, to choose the best epoch with, and to interpret.

    """

    hidden: tuple = (32, 32, 32)
    activation: str = "silu"
    latent: int | None = None
    standardize: bool = True
    dropout: float = 0.0
    loss: str | None = None
    epochs: int = 40
    batch: int = 512
    rate: float = 5e-3
    weight_decay: float = 0.0
    refined: float = 0.3
    schedule: str = "cosine"
    plateau_factor: float = 0.5
    plateau_patience: int = 10
    patience: int | None = None
    count: int = 50_000
    validation: int = 5_000
    held_out: int = 5_000

    def __post_init__(self):
        for name in _COUNTS:
            self._check_whole(name, getattr(self, name))
        if not isinstance(self.hidden, tuple | list):
            raise DataError(f"hidden must be a tuple of widths, such as (32, 32, 32), got {self.hidden!r}")
        for width in self.hidden:
            self._check_whole("a hidden width", width)
        if not (isinstance(self.refined, int | float) and 0 <= self.refined <= 1):
            raise DataError(f"refined must be a share of the epochs, from 0 to 1, got {self.refined!r}")

    def _check_whole(self, name, value):
        missing = value is None and name in _OPTIONAL
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        least = _LEAST.get(name, 1)
        if not missing and not (whole and value >= least):
            raise DataError(f"{name} must be a whole number of at least {least}, got {value!r}")


PRESETS = {
    "default": Settings(),
    # arXiv 2409.05305; kinds and experiments change some of these in their own presets
    "paper": Settings(
        hidden=(256, 256, 256),
        activation="relu",
        standardize=False,
        epochs=300,
        batch=256,
        rate=1e-3,
        weight_decay=1e-4,
        schedule="plateau",
        held_out=10_000,
    ),
}


def row(table, name, what):
    """Return an entry of a table, or raise an UnknownNameError that lists the nearest names."""
    if name not in table:
        raise UnknownNameError(f"there is no {what} {name!r}; {nearest(name, table)}")
    return table[name]


def kept_epochs(keep, settings):
    """Return the epochs to keep as a set, or raise DataError."""
    wanted = [keep] if isinstance(keep, str) else list(keep) if hasattr(keep, "__iter__") else [keep]
    for epoch in wanted:
        whole = isinstance(epoch, int | np.integer) and not isinstance(epoch, bool)
        if not (whole and 0 <= epoch <= settings.epochs):
            raise DataError(
                f"keep must be epochs from 0 to {settings.epochs}, such as (0, 1, 10), got {keep!r}"
            )
    return {int(epoch) for epoch in wanted}


def chosen_settings(experiment, preset, changes):
    """Return the settings of a preset, changed by the kind, then the experiment, then the caller."""
    known = [f.name for f in fields(Settings)]
    for name in changes:
        if name not in known:
            raise UnknownNameError(f"there is no training setting {name!r}; {nearest(name, known)}")
    kind = row(KINDS, experiment.kind, "kind of training")
    own = {"latent": experiment.latent, "loss": next(iter(kind.losses))}
    for source in (kind, experiment):
        own.update(source.presets.get(preset, {}))
    return replace(row(PRESETS, preset, "preset"), **{**own, **changes})
