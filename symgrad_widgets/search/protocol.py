"""What a search expects from an engine: the native engine or PySR."""

from typing import Protocol, Self, runtime_checkable

__all__ = ["ReportsEarly", "SearchEngine"]


@runtime_checkable
class SearchEngine(Protocol):
    """One reproducible search; `step()` runs the next generation.

    If a step is interrupted, the engine cannot go on. So step a `copy()`, and use this copy only if the step
    succeeds.
    """

    evaluations: int

    @property
    def evolving(self) -> bool:
        """Whether the fixed stages are over; until then, an unchanged answer means nothing."""

    @property
    def surveyed(self) -> bool:
        """Whether the stages that every field gets are over; until then, "no answer" means nothing."""

    @property
    def divided(self) -> bool:
        """Whether all divisions of the field have also been tried."""

    def copy(self) -> Self:
        """Return a copy that continues exactly as this engine would."""

    def step(self) -> None:
        """Run the next generation."""

    def contenders(self) -> list[tuple]:
        """Return all sums that could be the answer, each as a tuple of `Term`s."""


@runtime_checkable
class ReportsEarly(Protocol):
    """An engine with long generations, which can report results before a generation ends."""

    def so_far(self) -> list[tuple]:
        """Return the contenders so far, including those of an interrupted step."""
