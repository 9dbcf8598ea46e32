"""The rows of a folder: which runs they finish, and whether they belong together."""

import importlib.metadata
from pathlib import Path

from ... import __version__, batch
from ...errors import DataError, OutputError
from ...stored import misfit

__all__ = ["ROWS", "missing", "reference_rows", "rows_in", "same_versions", "versions"]

ROWS = "sweep.jsonl"
_KINDS = {
    "experiment": str,
    "seed": int,
    "versions": dict[str, str],
    "variant": str,
    "preset": str,
    "settings": dict,
    "budget": float | None,
    "by": str,
    "error": str | None,
    "formulas": list[str],
    "known": int | None,
    "same": bool | None,
    "how": str | None,
    "floor": float | None,
    "loss": float | None,
    "seconds": dict[str, float | None],
}
_OPTIONAL = {
    "memory": float | None,
    "cpu": float | None,
    "floor_median": float | None,
    "rules": dict[str, dict[str, str | bool | None]] | None,
    "front": list[list[float | str | None]],
}


def versions():
    """Return the versions on which the figures depend, by name."""
    return {"symgrad": __version__} | {name: importlib.metadata.version(name) for name in ("torch", "numpy")}


def rows_in(folder):
    """Return the last row of each experiment and seed, by experiment, from `sweep.jsonl` or a file of rows.

    Raises
    ------
    DataError
        if something is not a row of a sweep.

    """
    path = Path(folder)
    path = path / ROWS if path.is_dir() else path
    rows = {}
    for row in batch.read(path):
        wrong = misfit(row, _KINDS | {name: kind for name, kind in _OPTIONAL.items() if name in row})
        if wrong is not None:
            raise DataError(f"{path} holds a row that is not from a sweep ({wrong}): choose another folder")
        rows[row["experiment"], row["seed"]] = row
    return [rows[key] for key in sorted(rows)]


def reference_rows(path):
    """Return the rows to compare with, as `rows_in` reads them; an OutputError if there are none."""
    rows = rows_in(path)
    if not rows:
        raise OutputError(f"there are no rows at {path}: name a file of rows, or the folder of a sweep")
    return rows


def missing(folder, runs):
    """Return the runs that have no row in the folder, or only the row of a failure.

    Raises
    ------
    OutputError
        if some rows were made by other versions, or for the same experiment and seed with other settings.

    """
    path = Path(folder) / ROWS
    finished = {}
    for row in rows_in(folder):
        same_versions(row, path)
        finished[row["experiment"], row["seed"]] = row
    for run in runs:
        if run.key in finished:
            _same_setup(finished[run.key], run, path)
    return [run for run in runs if finished.get(run.key, {"error": "none"})["error"] is not None]


def same_versions(row, path):
    """Raise OutputError if other versions made a row."""
    for name, here in versions().items():
        there = row["versions"].get(name)
        if there != here:
            raise OutputError(
                f"{path} was made with {name} {there}, but this is {here}: choose another folder with "
                f"--out, or install {name} {there}"
            )


def _same_setup(row, run, path):
    for name, wanted in run.setup.items():
        if row[name] != wanted:
            raise OutputError(
                f"{path} has {run} with {_difference(name, row[name], wanted)}: "
                "choose another folder with --out, or ask for the same"
            )


def _difference(name, there, here):
    if isinstance(there, dict) and isinstance(here, dict):
        name = next(n for n in {**here, **there} if there.get(n) != here.get(n))
        there, here = there.get(name), here.get(name)
    return f"{name} {there!r}, but this sweep asks for {here!r}"
