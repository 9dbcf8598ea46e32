"""Compare an answer with all small formulas."""

from dataclasses import dataclass

from ...words import ENGLISH
from .candidate import Candidate

__all__ = ["Certificate"]


@dataclass(frozen=True)
class Certificate:
    """Whether a small formula is better than the answer, by the rule that chose the answer.

    Attributes
    ----------
    answer : the search's Candidate, or None if it found no law
    best : the Candidate that the rule chooses among the small formulas alone, or None
    better : a Candidate that the rule prefers to the answer, or None
    nodes : largest number of nodes of a formula
    tried : number of trees of at most `nodes` nodes; equal functions are tried once. The only number in trees
        is 1, in 1 + u, 1 - u, u - 1 and 1/u, and this 1 does not count as a node
    summed : largest number of nodes of each of the two functions in a sum with free coefficients
    sums : number of these sums
    inputs, operators : names
    points : number of points for comparing formulas, before the best of each length are judged
    domain : smallest and largest value of each input

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
        """A sentence that says what the certificate proves, and for how many formulas."""
        return self.said()

    def said(self, say=ENGLISH) -> str:
        """Return the claim in one of the languages."""
        small = say("search.small", nodes=self.nodes)
        if self.better is not None:
            claim = say("search.better", formula=str(self.better.expression), small=small)
        else:
            claim = say("search.byChance" if self.answer is None else "search.noBetter", small=small)
        return say("search.claim", claim=claim, tried=self.tried, sums=self.sums, summed=self.summed)

    @property
    def text(self) -> str:
        """The claim, with operators, numbers and domain."""
        ranges = (
            f"{name} from {low:.3g} to {high:.3g}"
            for name, (low, high) in zip(self.inputs, self.domain, strict=True)
        )
        return (
            f"{self.claim}. Operators: {', '.join(self.operators)}, and no number except 1; "
            f"at {self.points} points, {', '.join(ranges)}."
        )

    def __str__(self):
        return self.text
