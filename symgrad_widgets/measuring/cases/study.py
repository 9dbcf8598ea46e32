"""The definition of a study."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

__all__ = ["Study"]


@dataclass(frozen=True)
class Study:
    """One question, turned into a grid of settings, each measured over seeds.

    Attributes
    ----------
    title, question : str
    groups : mapping of group to mapping of setting to keyword arguments of `measure`
        Each group is a picture in which one thing varies; the inner key names a setting.
    measure : callable
        `measure(seed, **arguments)` returns what `blind_reading.answered` returns, with further figures.
    figures : mapping of heading to key
        The further figures that the table shows.
    another, none : headings for the numbers of runs with these outcomes

    """

    title: str
    question: str
    groups: Mapping[str, Mapping[str, Mapping]]
    measure: Callable = field(repr=False)
    figures: Mapping[str, str] = field(default_factory=dict, repr=False)
    another: str = "another"
    none: str = "none"
