"""`symgrad weights make`: train the networks whose weights come with the package."""

import sys
from pathlib import Path

from ..notebook_support import notebook_files
from .sweep import checked_jobs

__all__ = ["configure", "main"]


def configure(parser):
    """Describe the arguments."""
    add = parser.add_argument
    add("action", choices=["make"], help="train with seed 0 and default settings, and write the files")
    add("experiments", nargs="*", metavar="EXPERIMENT", help="names or numbers in the paper (default: all)")
    add("--jobs", type=int, metavar="N", help="training runs at a time (default: one for each core)")
    add("--out", metavar="FOLDER", help="folder for the files (default: the package's own)")


def main(arguments, _):
    """Train the networks, and print a line for each file."""
    from .. import batch, experiments
    from ..network.training.weight_files import SHIPPED

    jobs = checked_jobs(arguments.jobs)
    slugs = [experiments[name].slug for name in arguments.experiments] or experiments.keys()
    folder = notebook_files.check_folder(arguments.out or SHIPPED)
    tasks = [(slug, str(folder / f"{slug}.safetensors")) for slug in slugs]
    died = 0
    for (slug, path), made in batch.stream(make, tasks, jobs):
        died += isinstance(made, batch.WorkerDiedError)
        print(f"{slug:<20} {made}  {path}", flush=True)
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    print(f"{size / 1e6:.2f} MB in all", file=sys.stderr)
    return int(died > 0)


def make(task):
    """Train the experiment named in (slug, path), write the file, and return what to print."""
    from .. import experiments

    slug, path = task
    run = experiments[slug].train(seed=0, progress=False)
    run.save(path)
    floor = "no concept" if run.floor is None else f"floor {run.floor:.1e}"
    return f"{floor}  {run.seconds:6.1f} s  {Path(path).stat().st_size / 1e3:6.1f} kB"
