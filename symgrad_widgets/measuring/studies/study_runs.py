"""The runs of a study, and their rows in a folder: each run is done once, and its row is kept."""

import time
from dataclasses import dataclass
from pathlib import Path

from ... import batch
from ...errors import DataError, OutputError
from ...stored import misfit
from ..recovery.store import same_versions, versions
from .catalogue import find

__all__ = ["Run", "key", "measure", "measured", "missing", "planned", "rows_in", "shipped"]

_DIGITS = 4
_KEY = ("study", "group", "setting", "seed")
_KINDS = {
    "study": str,
    "group": str,
    "setting": str,
    "seed": int,
    "outcome": str | None,
    "formula": str | None,
    "how": str | None,
    "loss": float | None,
    "floor": float | None,
    "residual": float | None,
    "seconds": float | None,
}
_SHIPPED = Path(__file__).parents[2] / "data" / "studies"


@dataclass(frozen=True)
class Run:
    """One setting of a study with one seed; `key` distinguishes it from the other runs."""

    study: str
    group: str
    setting: str
    seed: int

    @property
    def key(self):
        """Study, group, setting and seed."""
        return self.study, self.group, self.setting, self.seed


def planned(study, seeds=(0,), groups=None):
    """Runs of a study, or of some of its groups, ordered by seed, so that early runs cover all settings.

    Raises
    ------
    UnknownNameError
        if the study does not exist.

    """
    grid = find(study).groups
    return [
        Run(study, group, setting, int(seed))
        for seed in seeds
        for group in (grid if groups is None else groups)
        for setting in grid[group]
    ]


def measure(folder, runs, jobs=1, scheduler=None):
    """Do the runs that have no row in the folder yet, and yield each row when it is written.

    Parameters
    ----------
    folder : path of the results; it must exist. The rows of a study are in `NAME.jsonl`
    runs : sequence of `Run`
    jobs, scheduler : as in `batch.stream`

    Raises
    ------
    OutputError
        if the folder has rows of other versions, or if it is full. All rows are kept.

    """
    for study in dict.fromkeys(run.study for run in runs):
        batch.repair(_path(folder, study))
        for row in rows_in(folder, study):
            same_versions(row, _path(folder, study))
    for run, row in batch.stream(measured, missing(folder, runs), jobs, scheduler):
        written = _row(run, {}, str(row), 0.0) if isinstance(row, batch.WorkerDiedError) else row
        batch.append(_path(folder, run.study), written)
        yield written


def missing(folder, runs):
    """Return the runs that have no row in the folder, or only the row of a failure."""
    studies = dict.fromkeys(run.study for run in runs)
    done = {key(row) for study in studies for row in rows_in(folder, study) if row["error"] is None}
    return [run for run in runs if run.key not in done]


def measured(run):
    """Return the row of a `Run`, even if it fails; `seconds` is processor time."""
    study, start, found, error = find(run.study), time.process_time(), {}, None
    try:
        found = study.measure(run.seed, **study.groups[run.group][run.setting])
    except Exception as caught:  # noqa: BLE001 - one run may fail, the others go on
        error = f"{type(caught).__name__}: {caught}"
    return _row(run, found, error, time.process_time() - start)


def _row(run, found, error, seconds):
    empty = dict.fromkeys(_KINDS.keys() - set(_KEY))
    figures = {name: _rounded(value) for name, value in {**empty, **found, "seconds": seconds}.items()}
    return dict(zip(_KEY, run.key, strict=True)) | figures | {"error": error, "versions": versions()}


def _rounded(value):
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def rows_in(folder, study):
    """Return the last row of each setting and seed of a study in a folder, in the order of the study's grid.

    Raises
    ------
    DataError
        if something is not a row of a study.

    """
    path, grid, rows = _path(folder, study), find(study).groups, {}
    figures = dict.fromkeys(find(study).figures.values(), float | bool | None)
    for row in batch.read(path):
        row = {"error": None, **row}  # noqa: PLW2901 - the rows of the package leave it out
        known = {name: kind for name, kind in figures.items() if name in row}
        wrong = misfit(row, _KINDS | {"error": str | None} | known)
        if wrong is not None:
            raise DataError(f"{path} holds a row that is not from a study ({wrong}): choose another folder")
        rows[key(row)] = row
    order = {(group, s): (i, j) for i, group in enumerate(grid) for j, s in enumerate(grid[group])}
    known = [row for row in rows.values() if (row["group"], row["setting"]) in order]
    return sorted(known, key=lambda row: (order[row["group"], row["setting"]], row["seed"]))


def shipped(study):
    """Return the rows of a study that come with the package, in the form of `rows_in`.

    Raises
    ------
    OutputError
        if the package has none.

    """
    find(study)
    rows = rows_in(_SHIPPED, study)
    if not rows:
        raise OutputError(
            f"the package has no rows of {study!r}: measure them with `symgrad sweep --study {study}`"
        )
    return rows


def _path(folder, study):
    return Path(folder) / f"{study}.jsonl"


def key(row):
    """Return the study, group, setting and seed of a row: the `key` of its `Run`."""
    return tuple(row[name] for name in _KEY)
