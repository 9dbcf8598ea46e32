"""`symgrad sweep`: measure recovery, or one of the `studies`, over seeds.

Exit codes: 0 done; 1 a run failed, or a run no longer finds the concept that it found in the reference.
"""

import argparse
import contextlib
import os
import sys

from ..errors import DataError, OutputError
from ..notebook_support import notebook_files

__all__ = ["checked_jobs", "configure", "main"]

_OF_A_STUDY = {"study", "seeds", "jobs", "dask", "out"}  # all others are for experiments


def configure(parser):
    """Describe the arguments."""
    add = parser.add_argument
    add("experiments", nargs="*", metavar="EXPERIMENT", help="names or numbers in the paper (default: all)")
    add("--seeds", default="0", help="seeds, for example 0-19 or 0,3,7-9 (default: 0)")
    add(
        "--variant",
        default="default",
        help="variant of the data: default, paper, or another that the experiments have",
    )
    add("--preset", default="default", help="preset of the training: default or paper")
    add("--epochs", type=int, metavar="N", help="epochs of training, in place of the preset's")
    add("--budget", type=float, metavar="SECONDS", help="time limit of a search (default: 20)")
    add("--notebooks", action="store_true", help="execute the notebooks instead of calling the library")
    add("--notebook-folder", metavar="FOLDER", help="where the notebooks are (default: the repository's own)")
    add("--jobs", type=int, metavar="N", help="runs at a time (default: one for each core)")
    add("--dask", metavar="SCHEDULER", help="address of a Dask scheduler, whose workers do the runs")
    add("--out", default="runs", metavar="FOLDER", help="folder for the rows and the report (default: runs)")
    add("--study", metavar="NAME", help="measure one of the package's studies instead of recovery")
    add("--compare", metavar="REFERENCE", help="file of rows to compare with, or the folder of a sweep")


def main(arguments, _):
    """Run the sweep; rows that already exist are kept and not made again."""
    from ..measuring import recovery

    jobs = checked_jobs(arguments.jobs)
    if arguments.study is not None:
        return _study(arguments, jobs)
    folder = arguments.notebook_folder
    notebooks = notebook_files.notebook_folder(folder) if arguments.notebooks or folder else None
    runs = recovery.planned(
        arguments.experiments,
        recovery.parse_seeds(arguments.seeds),
        arguments.variant,
        arguments.preset,
        arguments.budget,
        notebooks,
        arguments.epochs,
    )
    reference = None if arguments.compare is None else recovery.reference_rows(arguments.compare)
    folder = notebook_files.check_folder(arguments.out)
    with contextlib.closing(recovery.sweep(folder, runs, jobs, arguments.dask)) as rows:
        _announce(rows, len(recovery.missing(folder, runs)), len(runs))
    rows = recovery.rows_in(folder)
    print(f"{recovery.table(rows)}\nrows     {folder / recovery.ROWS}", flush=True)
    print(f"report   {_written(folder / 'sweep.html', recovery.to_html(rows))}", flush=True)
    keys = {run.key for run in runs}
    return _judged([row for row in rows if (row["experiment"], row["seed"]) in keys], reference)


def _study(arguments, jobs):
    from ..measuring import recovery, studies
    from ..measuring.studies.study_page import to_html

    for name, unset in _defaults().items():
        if name not in _OF_A_STUDY and getattr(arguments, name) != unset:
            told = f"--{name.replace('_', '-')}" if name != "experiments" else arguments.experiments[0]
            raise DataError(f"{told} does not apply to a study, which has its own settings: leave it out")
    runs = studies.planned(arguments.study, recovery.parse_seeds(arguments.seeds))
    folder = notebook_files.check_folder(arguments.out)
    with contextlib.closing(studies.measure(folder, runs, jobs, arguments.dask)) as rows:
        _announce(rows, len(studies.missing(folder, runs)), len(runs), _line_of_study)
    rows = studies.rows_in(folder, arguments.study)
    page = folder / f"{arguments.study}.html"
    print(f"{studies.table(rows)}\nrows     {page.with_suffix('.jsonl')}", flush=True)
    print(f"report   {_written(page, to_html(rows))}", flush=True)
    keys = {run.key for run in runs}
    return int(any(row["error"] is not None for row in rows if studies.key(row) in keys))


def _defaults():
    """Return the default of each argument."""
    parser = argparse.ArgumentParser()
    configure(parser)
    return vars(parser.parse_args([]))


def _written(page, text):
    """Write a page, either completely or not at all, and return its path."""
    part = page.with_name(f"{page.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(page)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write the report to {page} ({error.strerror or error}): all rows are saved; "
            "make room and run the same command again"
        ) from None
    return page


def _judged(rows, reference):
    failed = any(row["error"] is not None for row in rows)
    if reference is None:
        return int(failed)
    from ..measuring.recovery import compare

    comparison = compare(rows, reference)
    print(f"\n{comparison}", flush=True)
    return int(failed or bool(comparison.lost))


def _announce(rows, missing, count, line=None):
    """Write a line to stderr for each new row."""
    _say(f"{missing} of {count} runs to do")
    try:
        for number, row in enumerate(rows, start=count - missing + 1):
            _say(f"[{number}/{count}] {(line or _line)(row)}")
    except KeyboardInterrupt:
        _say("finished rows are kept: the same command does the rest")
        raise


def _say(text):
    print(text, file=sys.stderr, flush=True)


def _line(row):
    from ..measuring.recovery import succeeded

    run = f"{row['experiment']} seed {row['seed']}"
    if row["error"] is not None:
        return f"{run}: {row['error']}"
    found = "found" if succeeded(row) else "not found"
    floor = "" if row["floor"] is None else f", floor {row['floor']:.1e}"
    times = ", ".join(f"{name} {row['seconds'].get(name, 0):.1f} s" for name in ("training", "search"))
    return f"{run}: {found}, {', '.join(row['formulas']) or 'no closed form'}{floor}, {times}"


def _line_of_study(row):
    run = f"{row['group']}: {row['setting']}, seed {row['seed']}"
    return f"{run}: {row['error'] or row['outcome']}{', ' if row['formula'] else ''}{row['formula'] or ''}"


def checked_jobs(given):
    """Return how many runs to do at a time: the number given, or one for each core."""
    if given is not None and given < 1:
        raise DataError(f"--jobs {given}: must be at least 1")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return given or cores
