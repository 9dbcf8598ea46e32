"""A search on disk: arrays and JSON in one .npz file, no pickle."""

import hashlib
import json
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

from ..errors import OutputError
from ..field import GradientField, Measure

__all__ = ["damaged", "digest", "read", "write"]

_FORMAT = 3


def write(path, field, settings):
    """Write a field and the settings of a search (JSON types)."""
    settings = {"format": _FORMAT, "names": field.names, "dropped": field.dropped, **settings}
    arrays = {"points": field.points, "gradients": field.gradients}
    optional = {"values": field.values, "spread": field.measure.spread, "basis": field.measure.basis}
    arrays |= {name: array for name, array in optional.items() if array is not None}
    arrays["settings"] = np.array(json.dumps(settings))
    try:
        path = Path(path)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            part = Path(file.name)
            try:
                np.savez_compressed(file, digest=digest(arrays), **arrays)
                file.close()
                part.replace(path)  # all or nothing: a file that was there stays until this one is whole
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"the search cannot be saved to {path}: {error.strerror or error}") from None
    except (TypeError, ValueError):
        raise OutputError(f"the search cannot be saved to {path!r}: give the path of a file") from None


def digest(arrays):
    """SHA-256 of arrays by name: types, shapes and every byte."""
    whole = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        whole.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        whole.update(np.ascontiguousarray(array))
    return whole.hexdigest()


def read(path):
    """Field and settings from a file, or one OutputError that says what is wrong with it."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        settings = json.loads(str(arrays["settings"]))
        version = settings.pop("format")
    except (
        OSError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise OutputError(
            f"{path} is not a saved search ({error}): save one with search.save(path)"
        ) from None
    if version != _FORMAT:
        raise OutputError(
            f"{path} was saved in format {version!r}, this version reads {_FORMAT}: "
            "run the search again and save it"
        )
    if str(arrays.pop("digest", "")) != digest(arrays):
        raise OutputError(f"{path} was changed after it was saved: save the search again")
    try:
        names, dropped = settings.pop("names"), int(settings.pop("dropped"))
        measure = Measure(arrays["spread"], arrays.get("basis"))
        field = GradientField(
            arrays["points"],
            arrays["gradients"],
            names,
            arrays.get("values"),
            dropped=dropped,
            measure=measure,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise damaged(path, error) from None
    return field, settings


def damaged(path, error):
    """Return the error for a file that reads well and does not hold what it should."""
    return OutputError(f"{path} does not hold what a saved search holds: {error}; save the search again")
