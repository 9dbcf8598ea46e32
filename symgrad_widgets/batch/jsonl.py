"""Results in a file, one JSON object on each line; the file survives any interruption of a write.

A line counts once its newline is written. `repair` cuts off an incomplete line that a killed process has
left.
"""

import json
import math
from pathlib import Path

from ..errors import DataError, OutputError
from ..stored import from_json

__all__ = ["append", "read", "repair"]

_LARGEST, _MOST = 2**26, 10**6  # bytes, rows


def read(path):
    """Return the complete rows of a file as a list of dicts; a missing file has no rows.

    Raises
    ------
    DataError
        if a line is not a JSON object; the message names the first such line.
    OutputError
        if the file cannot be read.

    """
    try:
        if Path(path).stat().st_size > _LARGEST:
            raise DataError(
                f"{path} is larger than {_LARGEST / 1e6:.0f} MB, so it is not a file of symgrad's rows"
            )
        text = Path(path).read_bytes()
        if text.count(b"\n") > _MOST:
            raise DataError(f"{path} has more than {_MOST:,} rows, so it is not a file of symgrad's rows")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OutputError(f"cannot read {path}: {error.strerror or error}") from None
    complete, _, _ = text.rpartition(b"\n")
    lines = enumerate(complete.split(b"\n"), start=1)
    return [_row(path, number, line) for number, line in lines if line.strip()]


def _row(path, number, line):
    try:
        row = from_json(line)
    except ValueError as error:
        raise DataError(f"line {number} of {path} is not JSON ({error}): remove that line") from None
    if not isinstance(row, dict):
        raise DataError(f"line {number} of {path} is not a row of results: remove that line")
    return row


def repair(path):
    """Cut off a half-written last line of a file, if it has one."""
    path = Path(path)
    if path.is_file():
        text = path.read_bytes()
        if not text.endswith(b"\n"):
            _cut(path, text.rfind(b"\n") + 1)


def append(path, row):
    """Write a row to the end of a file; infinities and NaN become null.

    Raises
    ------
    OutputError
        if the whole line cannot be written, for instance on a full disk; the file then stays as it was.

    """
    line = json.dumps(_plain(row), allow_nan=False).encode() + b"\n"
    path, start = Path(path), None
    try:
        with path.open("ab", buffering=0) as file:
            start = file.tell()
            while line:
                line = line[file.write(line) :]
    except OSError as error:
        if start is not None:
            _cut(path, start)
        raise OutputError(
            f"cannot write to {path} ({error.strerror or error}): its {len(read(path))} rows are kept; "
            "make room and run the same command again"
        ) from None


def _cut(path, length):
    with path.open("r+b") as file:
        file.truncate(length)


def _plain(value):
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
