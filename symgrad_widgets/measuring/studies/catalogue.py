"""Find the studies: the modules of `grids`, each with its `STUDY`."""

import importlib
import pkgutil

from ...errors import UnknownNameError, nearest
from . import grids

__all__ = ["find", "names"]


def names():
    """Return the names of all studies, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(grids.__path__))


def find(name):
    """Return the `Study` with a name, or raise UnknownNameError."""
    if name not in names():
        raise UnknownNameError(f"there is no study {name!r}; {nearest(name, names())}")
    return importlib.import_module(f"{grids.__name__}.{name}").STUDY
