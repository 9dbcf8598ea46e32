"""Keep trained networks in safetensors files; the metadata hold the rest of a `TrainingResult`.

The files in `data/weights/` come with the package: one for each experiment, with seed 0 and default settings.
`symgrad weights make` makes them again. Each file contains this command, the settings and the noise
floor (`TrainingResult.floor`).
"""

import dataclasses
import importlib.metadata
import json
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes

from ... import __version__
from ...errors import OutputError
from ...stored import from_json, misfit

__all__ = ["AGAIN", "SHIPPED", "read", "save", "shipped"]

SHIPPED = Path(__file__).parents[2] / "data" / "weights"
AGAIN = "make it again with `symgrad weights make`, or with run.save(path)"
_FORMAT = 1
_DIGITS = 6  # digits of the training curves
_KINDS = {
    "format": int,
    "experiment": str,
    "seed": int,
    "variant": str,
    "settings": dict[str, list[int] | str | bool | float | None],
    "seconds": float,
    "ending": str,
    "within": list[float] | None,
    "history": dict[str, list[float]],
}
_HISTORY = {"epoch", "validation"}


def shipped(experiment):
    """Return the path of the package's weights for an experiment; the file need not exist."""
    return SHIPPED / f"{experiment.slug}.safetensors"


def save(run, path):
    """Write a `TrainingResult` to a file, completely or not at all."""
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


def read(file):
    """Read a file of weights: return a dict of tensors by name, and the description of the network."""
    try:
        with safe_open(file, framework="pt") as opened:
            described = from_json(opened.metadata()["symgrad"])
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - no mapping
        found = described["format"]
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError(f"{file} is damaged or holds no trained network ({error}): {AGAIN}") from None
    wrong = (
        misfit(described, _KINDS)
        or misfit(described["history"], dict.fromkeys(_HISTORY, list))
        or misfit(described["settings"], {"hidden": list[int]})
    )
    if wrong is not None:
        raise OutputError(f"{file} does not describe its network: {wrong}; {AGAIN}")
    if found != _FORMAT:
        raise OutputError(f"{file} has format {found!r}, but this version reads {_FORMAT}: {AGAIN}")
    described["settings"]["hidden"] = tuple(described["settings"]["hidden"])
    return tensors, described
