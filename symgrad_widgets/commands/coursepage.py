"""`symgrad classroom page NETWORK --points FILE --task FILE`: a course's own page, which needs no Python.

The network is one of three things: an experiment of the package, by name; a checkpoint of linear layers,
which is read as numbers; or any torch module, `my_file.py:name`, where `name` is the module or a function
that returns it. A torch module's file is run as code, so use only files of your own.
"""

import importlib.util
from pathlib import Path

from ..errors import DataError, ModelError, OutputError

__all__ = ["configure", "main"]


def configure(parser):
    """Describe the arguments."""
    add = parser.add_argument
    add("network", metavar="NETWORK", help="name of an experiment, a checkpoint, or my_file.py:name")
    add("--points", metavar="CSV", help="points to look at: a row of names, then one row for each point")
    add("--task", metavar="MD", help="tasks as Markdown (notebooks/teaching/README.md)")
    add("--out", default="page.html", metavar="FILE", help="the page (default: page.html)")
    add("--activation", default="silu", help="activation of a checkpoint's layers (default: silu)")
    add("--title", help="title of the page (default: that of the tasks)")
    add("--notebook", metavar="ADDRESS", help="address of a notebook that the page links to")
    add("--word", help="password that encrypts what the page hides")
    add("--hidden", action="store_true", help="hide formulas until somebody has guessed")
    add("--generations", type=int, metavar="N", help="length of the recorded search (default: to its end)")
    add("--seed", type=int, default=0, help="seed of the search (default: 0)")


def main(arguments, _):
    """Write the page, and say where it is."""
    from .. import page

    source, points, names = arguments.network, None, None
    if arguments.points is not None:
        names, points = _points(Path(arguments.points))
        source = _module(source, arguments.activation)
    elif Path(source).suffix in {".pt", ".pth", ".safetensors"} or ".py:" in source:
        raise DataError(f"{source} is your own network: pass points to show it on, --points data.csv")
    tasks = None if arguments.task is None else _text(Path(arguments.task))
    path = page(
        source, arguments.out, points, names, seed=arguments.seed, generations=arguments.generations,
        hidden=arguments.hidden, word=arguments.word, tasks=tasks, title=arguments.title,
        notebook=arguments.notebook,
    )  # fmt: skip
    print(f"page       {path}: {path.stat().st_size / 1e6:.1f} MB, opens without Python and without internet")
    return 0


def _points(path):
    """Return the inputs' names and points (N, n), from a table whose first line holds the names."""
    from ..network.experiment.tables import numbers_of, read_table

    columns = read_table(_text(path), str(path))
    return list(columns), list(zip(*(numbers_of(name, columns[name]) for name in columns), strict=True))


def _module(source, activation):
    """Load a network from the path of a checkpoint, or from `file.py:name`."""
    if ".py:" not in source:
        from .. import from_checkpoint

        return from_checkpoint(source, activation)
    path, _, name = source.rpartition(":")
    _text(Path(path))
    spec = importlib.util.spec_from_file_location("course_network", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        raise ModelError(f"{path} has no {name!r}: name the network, or a function that returns it")
    found = getattr(module, name)
    return found if hasattr(found, "named_modules") else found()


def _text(path):
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
