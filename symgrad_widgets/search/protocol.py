"""What a search can step: the native engine, and PySR's."""

from typing import Protocol, Self, runtime_checkable

__all__ = ["ReportsEarly", "SearchEngine"]


@runtime_checkable
class SearchEngine(Protocol):
    """One reproducible search, whose `step()` runs the next generation.

    After a step is cut short, the engine cannot go on. So step a `copy()`, and keep the copy once the step
    has finished.
    """

    evaluations: int

    @property
    def evolving(self) -> bool:
        """Whether the stages with a fixed order are over, so that the same answer again means something."""

    @property
    def surveyed(self) -> bool:
        """Whether everything that any field gets has been tried, so that "no answer" means something."""

    @property
    def divided(self) -> bool:
        """Whether every way to divide the field has been tried too."""

    def copy(self) -> Self:
        """Return an engine that goes on from here, bit for bit as this one would."""

    def step(self) -> None:
        """Run the next generation."""

    def contenders(self) -> list[tuple]:
        """Return what may be the answer, each as a tuple of `Term`s to sum."""


@runtime_checkable
class ReportsEarly(Protocol):
    """An engine whose generations are so long that it shows what they find before they end."""

    def so_far(self) -> list[tuple]:
        """Return contenders, with those of a step that was cut short."""
