"""What a study is, and which there are."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...errors import UnknownNameError, nearest

__all__ = ["Study", "find", "names"]


@dataclass(frozen=True)
class Study:
    """One question, as a grid of settings that is measured over seeds.

    Attributes
    ----------
    title, question : str
    groups : mapping of group to mapping of setting to keyword arguments of `measure`
        A group is one picture, in which one thing varies; a setting is told by its key.
    measure : callable
        `measure(seed, **arguments)` returns what `reading.answered` does, and more figures.
    figures : mapping of heading to key
        What of these further figures the table shows.

    """

    title: str
    question: str
    groups: Mapping[str, Mapping[str, Mapping]]
    measure: Callable = field(repr=False)
    figures: Mapping[str, str] = field(default_factory=dict, repr=False)


def names():
    """Names of all studies, in alphabetical order."""
    from . import grids

    return sorted(module.name for module in pkgutil.iter_modules(grids.__path__))


def find(name):
    """Return the `Study` of a name, or an UnknownNameError."""
    if name not in names():
        raise UnknownNameError(f"no study {name!r}; {nearest(name, names())}")
    return importlib.import_module(f"{__package__}.grids.{name}").STUDY
