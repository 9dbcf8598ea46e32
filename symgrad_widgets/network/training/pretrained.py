"""Make a `TrainingResult` without training: read the weights from a file, and draw the points again."""

import dataclasses
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import get_type_hints

import numpy as np
import torch

from ...errors import ModelError, OutputError, UnknownNameError
from ...stored import misfit
from .kinds import KINDS
from .settings import Settings, chosen_settings
from .task import held_out, network
from .training_result import TrainingResult
from .weight_files import AGAIN, read, shipped

__all__ = ["load"]

_MOST_POINTS = 10**6


def load(experiment, path=None, *, seed=None, variant=None):
    """Load the `TrainingResult` of an experiment from a file, without training; draw its points again.

    Parameters
    ----------
    experiment : Experiment
    path : path or None
        None means the weights that come with the package.
    seed, variant : required seed and variant of the weights; None accepts any

    Raises
    ------
    UnknownNameError
        if the package has no weights for the experiment.
    OutputError
        if the file is damaged, or was not written by `TrainingResult.save`.
    ModelError
        if the weights belong to another experiment, seed or variant, or do not fit the network; or if the
        package's own weights were made with settings that the experiment no longer has.

    """
    file = shipped(experiment) if path is None else Path(path)
    if path is None and not file.is_file():
        raise UnknownNameError(
            f"the package has no weights for {experiment.slug!r}: train a network, or load your own file"
        )
    tensors, described = read(file)
    if described["experiment"] != experiment.slug:
        raise ModelError(f"{file} holds weights of {described['experiment']}, not of {experiment.slug}")
    _check_asked(experiment, described, seed=seed, variant=variant)
    experiment = experiment.of(described["variant"])
    settings = _settings(experiment, described, tensors, file)
    if path is None:
        _check_settings(experiment, settings, file)
    model = _fitted(network(experiment, settings, generator=torch.Generator()), tensors, file)
    x = held_out(experiment, described["seed"], described["variant"], settings, model)
    within = described["within"]
    return TrainingResult(
        model=model,
        x=x,
        history=described["history"],
        seconds=described["seconds"],
        ending=described["ending"],
        experiment=experiment,
        seed=described["seed"],
        variant=described["variant"],
        settings=settings,
        within=None if within is None else np.array(within),
    )


def _settings(experiment, described, tensors, file):
    """Check and return a file's settings, because wrong settings could make us reserve too much memory."""
    given, within = described["settings"], described["within"]
    wrong = misfit(given, get_type_hints(Settings))
    if wrong is None:
        sizes = len(experiment.names), *given["hidden"], given["latent"] or 0
        checks = {
            "its settings are not the settings of a training run": len(given) == len(fields(Settings)),
            f"there is no loss {given['loss']!r}": given["loss"] in KINDS[experiment.kind].losses,
            f"{given['held_out']:,} points are too many to draw": given["held_out"] <= _MOST_POINTS,
            "its entry 'within' does not fit its latents": within is None or len(within) == given["latent"],
            f"a network of widths {sizes} has other weights": 0
            < sum(a * b for a, b in pairwise(sizes))
            <= sum(tensor.numel() for tensor in tensors.values()),
        }
        wrong = next((what for what, fine in checks.items() if not fine), None)
    if wrong is not None:
        raise OutputError(f"{file} does not describe its network: {wrong}; {AGAIN}")
    return Settings(**given)


def _check_asked(experiment, described, **asked):
    for name, value in asked.items():
        if value is not None and described[name] != value:
            raise ModelError(
                f"the weights of {experiment.slug} have {name} {described[name]!r}, not {value!r}: "
                f"train the network (in a notebook, set retrain = True), or leave {name} as it is"
            )


def _check_settings(experiment, settings, file):
    now = chosen_settings(experiment, "default", {})
    for name, value in dataclasses.asdict(now).items():
        if getattr(settings, name) != value:
            raise ModelError(
                f"{file} was made with {name}={getattr(settings, name)!r}, but the experiment now has "
                f"{value!r}: run `symgrad weights make {experiment.slug}`"
            )


def _fitted(model, tensors, file):
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"{file} does not fit its network ({reason}): {AGAIN}") from None
    return model.eval()
