"""Do one run, from training to a row of results, or a sweep of many runs."""

import contextlib
import dataclasses
import io
import tempfile
import traceback
from pathlib import Path

from ... import batch
from ...errors import DataError, SymgradError
from ...notebook_support.report import Report, read, summarise
from .store import ROWS, missing, versions
from .usage import Usage

__all__ = ["interpret_run", "sweep"]

_CELL_SECONDS = 900


def sweep(folder, runs, jobs=1, scheduler=None):
    """Do the runs that have no row in the folder yet, and yield each row when it is written.

    Parameters
    ----------
    folder : path of the results; it must exist
    runs : sequence of `Run`
    jobs, scheduler : as in `batch.stream`

    Raises
    ------
    OutputError
        if the folder has rows of other versions or settings, or if it is full. All rows are kept.
    ClusterError
        if there is no Dask cluster, or if it cannot do the runs.

    """
    path = Path(folder) / ROWS
    batch.repair(path)
    for run, row in batch.stream(interpret_run, missing(folder, runs), jobs, scheduler):
        died = isinstance(row, batch.WorkerDiedError)
        written = _row(run, _told(row), {}) if died else row
        batch.append(path, written)
        yield written


def interpret_run(run):
    """Train, interpret and verify; return the row of a `Run`, even if it fails."""
    found, error = {}, None
    with Usage() as usage:
        try:
            found.update(_by_library(run)) if run.notebook is None else _by_notebook(run, found)
        except Exception as caught:  # noqa: BLE001 - whatever happens to one run, the others go on
            error = _told(caught)
    if run.notebook is None:  # a notebook's kernel is another process
        found |= {"cpu": usage.cpu, "memory": usage.memory}
    return _row(run, error, found)


def _told(error):
    """Say what happened and, unless this package raised the error on purpose, where."""
    words = f"{type(error).__name__}: {error}"
    if isinstance(error, SymgradError):
        return words
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{words} ({Path(last.filename).name}, line {last.lineno})"


def _row(run, error, found):
    key = {"experiment": run.experiment, "seed": run.seed}
    empty = dataclasses.asdict(Report(None)) | {"cpu": None, "memory": None}
    return {**key, **empty, **found, **key, "error": error, **run.setup, "versions": versions()}


def _by_library(run):
    from ... import experiments
    from ...reading.interpretation import interpret
    from .rules import judged

    experiment = experiments[run.experiment].of(run.variant)
    trained = experiment.train(run.seed, run.preset, run.variant, progress=False, **run.settings)
    result = interpret(
        trained.model,
        trained.x,
        neuron=trained.neuron,
        names=trained.names,
        concept=experiment.concepts or None,
        constraints=experiment.constraints,
        random_state=run.seed,
        **({} if run.budget is None else {"seconds": run.budget}),
    )
    return dataclasses.asdict(summarise(result, trained)) | {"rules": judged(result, trained)}


def _by_notebook(run, found):
    """Fill `found` with what the notebook records, even if a later cell fails."""
    import nbformat

    from ...notebook_support import runner

    quiet = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / "executed.ipynb"
        try:
            with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
                runner.execute(Path(run.notebook), executed, run.parameters(), _CELL_SECONDS)
        finally:
            recorded = read(nbformat.read(executed, as_version=4)) if executed.is_file() else None
            found.update(dataclasses.asdict(recorded) if recorded else {})
    if not recorded:
        raise DataError("the notebook has recorded no result: it needs sg.record(result, run)")
