"""Save a search as arrays and JSON in one .npz file, without pickle.

A file can come from a stranger. So we check the sizes that the file declares before we allocate memory.
"""

import hashlib
import io
import json
import math
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from ..errors import OutputError
from ..field import GradientField, Measure
from ..stored import from_json, misfit
from .tuning import STORAGE

__all__ = ["damaged", "digest", "read", "write"]

_FORMAT = 3
_ARRAYS = {"points", "gradients", "values", "weights", "error", "spread", "basis", "settings", "digest"}
_KINDS = {
    "names": list[str],
    "dropped": int,
    "generation": int,
    "operators": list[str] | None,
    "max_complexity": int,
    "guesses": list[str],
    "random_state": int,
    "units": dict[str, str] | None,
    "constants": list[str],
    "known": list[str],
    "named": dict[str, float],
    "backend": str | dict,
}


def write(path, field, settings):
    """Write a field, and a search's settings as JSON, to a file."""
    settings = {"format": _FORMAT, "names": field.names, "dropped": field.dropped, **settings}
    arrays = {"points": field.points, "gradients": field.gradients, "weights": field.weights}
    optional = {"values": field.values, "spread": field.measure.spread, "basis": field.measure.basis}
    optional["error"] = None if field.error is None else np.asarray(field.error)
    arrays |= {name: array for name, array in optional.items() if array is not None}
    size = sum(array.nbytes for array in arrays.values())
    if size > STORAGE.bytes:
        raise OutputError(
            f"the search's field has {size / 1e6:.0f} MB, but a file may have only "
            f"{STORAGE.bytes / 1e6:.0f}: search on fewer of its points"
        )
    arrays["settings"] = np.array(json.dumps(settings))
    try:
        path = Path(path)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            part = Path(file.name)
            try:
                np.savez_compressed(file, digest=digest(arrays), **arrays)
                file.close()
                part.replace(path)  # an old file stays until the new one is complete
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"the search cannot be saved to {path}: {error.strerror or error}") from None
    except (TypeError, ValueError):
        raise OutputError(f"the search cannot be saved to {path!r}: pass the path of a file") from None


def digest(arrays):
    """Return the SHA-256 of named arrays. The digest covers names, types, shapes and all bytes."""
    whole = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        whole.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        whole.update(np.ascontiguousarray(array))
    return whole.hexdigest()


def read(path):
    """Read field and settings from a file; raise an OutputError that says what is wrong."""
    try:
        arrays = _opened(path)
        settings = from_json(str(arrays["settings"]), STORAGE.characters)
        version = settings.pop("format")
    except Exception as error:  # noqa: BLE001 - a stranger's bytes may fail in any way
        raise OutputError(
            f"{path} is not a saved search ({error}): save one with search.save(path)"
        ) from None
    if version != _FORMAT:
        raise OutputError(
            f"{path} was saved in format {version!r}, but this version reads {_FORMAT}: "
            "run the search again and save it"
        )
    if str(arrays.pop("digest", "")) != digest(arrays):
        raise OutputError(f"{path} was changed after it was saved: save the search again")
    settings = {"known": [], "named": {}} | settings  # older files lack both
    wrong = misfit(settings, _KINDS)
    if wrong is not None:
        raise damaged(path, wrong)
    try:
        names, dropped = settings.pop("names"), settings.pop("dropped")
        measure = _measure(arrays["spread"], arrays.get("basis"), arrays["points"].shape)
        field = GradientField(
            arrays["points"],
            arrays["gradients"],
            names,
            arrays.get("values"),
            dropped=dropped,
            measure=measure,
            error=_error(arrays.get("error")),
            weights=arrays.get("weights"),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise damaged(path, error) from None
    return field, {name: settings[name] for name in _KINDS if name in settings}


def _opened(path):
    """Return a file's arrays by name; raise ValueError if the file is not ours, or too large."""
    with zipfile.ZipFile(path) as file:
        entries = {entry.filename.removesuffix(".npy"): entry for entry in file.infolist()}
        if not entries.keys() <= _ARRAYS or len(entries) < len(file.infolist()):
            raise ValueError("it holds something else")
        if sum(entry.file_size for entry in entries.values()) > STORAGE.bytes + 4 * STORAGE.characters:
            raise ValueError("it claims to be larger than any search")
        return {name: _array(file.read(entry), name) for name, entry in entries.items()}


def _array(content, name):
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(stream)
    if dtype.kind not in "fiU" or math.prod(shape) * dtype.itemsize != len(content) - stream.tell():
        raise ValueError(f"{name} is not an array")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)


def _error(array):
    return array if array is None or array.ndim else float(array)


def _measure(spread, basis, shape):
    """Return the Measure of points of this `shape` (N, n); raise ValueError if the arrays do not fit."""
    count, n = shape
    tall = None if basis is None else (*basis.shape[:-2], *basis.shape[-2:-1])
    kinds = {array.dtype.kind for array in (spread, basis) if array is not None}
    if spread.shape != (n,) or tall not in (None, (n,), (count, n)) or kinds != {"f"}:
        raise ValueError("its measure does not fit its points")
    return Measure(spread, basis)


def damaged(path, error):
    """Return the error for a readable file with wrong contents."""
    return OutputError(f"{path} does not hold what a saved search holds: {error}; save the search again")
