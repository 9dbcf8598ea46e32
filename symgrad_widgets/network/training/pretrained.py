"""A `TrainingResult` without training: read from a file of weights, its points drawn again."""

import dataclasses
from pathlib import Path

import numpy as np
import torch

from ...errors import ModelError, UnknownNameError
from .settings import Settings, chosen_settings
from .task import held_out, network
from .training_result import TrainingResult
from .weight_files import AGAIN, read, shipped

__all__ = ["load"]


def load(experiment, path=None, *, seed=None, variant=None):
    """`TrainingResult` of an experiment from a file, without training; its points are drawn again.

    Parameters
    ----------
    experiment : Experiment
    path : path or None
        None: the weights that come with the package.
    seed, variant : what the weights have to be of; None: whatever they are

    Raises
    ------
    UnknownNameError
        when none come with the package.
    OutputError
        for a file that is damaged or not of this kind.
    ModelError
        for weights of another experiment, seed or variant, that do not fit the network, or, of the package's
        own, that were made with other settings than the experiment's are now.

    """
    file = shipped(experiment) if path is None else Path(path)
    if path is None and not file.is_file():
        raise UnknownNameError(
            f"no weights come with the package for {experiment.slug!r}: train it, or load a file of your own"
        )
    tensors, described = read(file)
    if described["experiment"] != experiment.slug:
        raise ModelError(f"{file} holds weights of {described['experiment']}, not of {experiment.slug}")
    _check_asked(experiment, described, seed=seed, variant=variant)
    experiment = experiment.of(described["variant"])
    settings = Settings(**described["settings"])
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


def _check_asked(experiment, described, **asked):
    for name, value in asked.items():
        if value is not None and described[name] != value:
            raise ModelError(
                f"the weights of {experiment.slug} are of {name} {described[name]!r}, not {value!r}: "
                f"train it (in a notebook, set retrain = True), or leave {name} as it is"
            )


def _check_settings(experiment, settings, file):
    now = chosen_settings(experiment, "default", {})
    for name, value in dataclasses.asdict(now).items():
        if getattr(settings, name) != value:
            raise ModelError(
                f"{file} was made with {name}={getattr(settings, name)!r}, the experiment now has {value!r}: "
                f"`symgrad weights make {experiment.slug}`"
            )


def _fitted(model, tensors, file):
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"{file} does not fit its network ({reason}): {AGAIN}") from None
    return model.eval()
