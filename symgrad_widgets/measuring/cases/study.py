"""What a study is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

__all__ = ["Study"]


@dataclass(frozen=True)
class Study:
    """One question, as a grid of settings that is measured over seeds.

    Attributes
    ----------
    title, question : str
    groups : mapping of group to mapping of setting to keyword arguments of `measure`
        A group is one picture, in which one thing varies; the key names a setting.
    measure : callable
        `measure(seed, **arguments)` returns what `blind_reading.answered` does, and more figures.
    figures : mapping of heading to key
        What of these further figures the table shows.

    """

    title: str
    question: str
    groups: Mapping[str, Mapping[str, Mapping]]
    measure: Callable = field(repr=False)
    figures: Mapping[str, str] = field(default_factory=dict, repr=False)
