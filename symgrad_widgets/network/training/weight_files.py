"""Trained networks in files: safetensors, with all that a `TrainingResult` is made of in the metadata.

Those of `data/weights/` come with the package: every experiment, seed 0, default settings. They are made
again by `symgrad weights make`, which each file names, beside its settings and its floor.
"""

import dataclasses
import importlib.metadata
import json
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes

from ... import __version__
from ...errors import ModelError, OutputError, UnknownNameError
from . import Settings, TrainingResult, chosen_settings, held_out, network

__all__ = ["SHIPPED", "load", "save", "shipped"]

SHIPPED = Path(__file__).parents[2] / "data" / "weights"
_FORMAT = 1
_DIGITS = 6  # of the training curves


def shipped(experiment):
    """Path of the weights that come with the package for an experiment, whether they are there or not."""
    return SHIPPED / f"{experiment.slug}.safetensors"


def save(run, path):
    """Write a `TrainingResult` to a file, whole or not at all."""
    path = Path(path)
    content = to_bytes(run.model.state_dict(), {"symgrad": json.dumps(_description(run))})
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"cannot write the weights to {path}: {error.strerror or error}") from None


def _description(run):
    return {
        "format": _FORMAT,
        "experiment": run.experiment.slug,
        "seed": int(run.seed),
        "variant": run.variant,
        "settings": dataclasses.asdict(run.settings),
        "floor": run.floor,
        "floor_median": run.floor_median,
        "seconds": round(run.seconds, 3),
        "ending": run.ending,
        "within": None if run.within is None else [float(share) for share in run.within],
        "history": {name: [_short(v) for v in column] for name, column in run.history.items()},
        "versions": {"symgrad": __version__, "torch": importlib.metadata.version("torch")},
        "make": f"symgrad weights make {run.experiment.slug}",
    }


def _short(value):
    return value if isinstance(value, int) else float(f"{value:.{_DIGITS}g}")


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
    tensors, described = _read(file)
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


def _read(file):
    """Tensors by name and the description of a file."""
    try:
        with safe_open(file, framework="pt") as opened:
            described = json.loads(opened.metadata()["symgrad"])
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - no mapping
        found = described["format"]
        described["settings"]["hidden"] = tuple(described["settings"]["hidden"])
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{file} is damaged or holds no trained network ({error}): {_AGAIN}") from None
    if found != _FORMAT:
        raise OutputError(f"{file} has format {found!r}, this version reads {_FORMAT}: {_AGAIN}")
    return tensors, described


_AGAIN = "make it again with `symgrad weights make`, or with run.save(path)"


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
        raise ModelError(f"{file} does not fit its network ({reason}): {_AGAIN}") from None
    return model.eval()
