"""What a search steps: the native engine, and PySR's."""

from typing import Protocol, Self, runtime_checkable

__all__ = ["ReportsEarly", "SearchEngine"]


@runtime_checkable
class SearchEngine(Protocol):
    """One reproducible search, whose `step()` runs the next generation.

    A step that is cut short leaves the engine in no state to go on from: step a `copy()`, and keep it when
    the step has ended.
    """

    evaluations: int

    @property
    def evolving(self) -> bool:
        """Whether the stages with a fixed order are over, so that the same answer again means something."""

    @property
    def surveyed(self) -> bool:
        """Whether all that is tried of any field has been tried, so that an answer can be told from none."""

    @property
    def divided(self) -> bool:
        """Whether every way to divide the field has been tried too."""

    def copy(self) -> Self:
        """Return an engine that goes on from here, bit for bit as this one would."""

    def step(self) -> None:
        """Run the next generation."""

    def contenders(self) -> list[tuple]:
        """Return what has been found and may be the answer, each as a tuple of `Term`s to be summed."""


@runtime_checkable
class ReportsEarly(Protocol):
    """An engine whose generations are so long that what they find is shown before they end."""

    def so_far(self) -> list[tuple]:
        """Return contenders, with those of a step that was cut short."""
