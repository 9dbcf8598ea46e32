"""What an answer is worth beside all small formulas."""

from dataclasses import dataclass

from .candidate import Candidate

__all__ = ["Certificate"]


@dataclass(frozen=True)
class Certificate:
    """Whether any small formula does better than an answer, by the rule that chose it.

    Attributes
    ----------
    answer : Candidate that it is about, or None where the search has no law
    best : Candidate that the rule chooses of the small formulas alone, or None
    better : Candidate that the rule chooses with all of them beside the answer, or None
    nodes : of the longest formula
    tried : number of trees of so many nodes; each function is met once, however many trees it has. The only
        number in them is 1, in 1 + u, 1 - u, u - 1 and 1/u, and counts as no node.
    summed : nodes at most of each of two functions that are added, with free coefficients
    sums : number of such sums
    inputs, operators : names
    points : number that the formulas are compared at, before the best of each length are judged
    domain : least and greatest value of each input

    """

    answer: Candidate | None
    best: Candidate | None
    better: Candidate | None
    nodes: int
    tried: int
    summed: int
    sums: int
    inputs: tuple[str, ...]
    operators: tuple[str, ...]
    points: int
    domain: tuple[tuple[float, float], ...]

    @property
    def claim(self) -> str:
        """What is certain, of how many formulas."""
        said = f"formula of up to {self.nodes} nodes over these operators"
        if self.better is not None:
            claim = f"{self.better.expression}, a {said} or a sum of two, does better"
        elif self.answer is None:
            claim = f"No {said} stands out from chance"
        else:
            claim = f"No {said} does better"
        return (
            f"{claim}: {self.tried:,} tried, and {self.sums:,} sums of two of up to {self.summed} nodes with "
            "free coefficients"
        )

    @property
    def text(self) -> str:
        """The claim, with operators, numbers and domain."""
        ranges = (
            f"{name} from {low:.3g} to {high:.3g}"
            for name, (low, high) in zip(self.inputs, self.domain, strict=True)
        )
        return (
            f"{self.claim}. Operators: {', '.join(self.operators)}, and no other number than 1; "
            f"at {self.points} points, {', '.join(ranges)}."
        )

    def __str__(self):
        return self.text
