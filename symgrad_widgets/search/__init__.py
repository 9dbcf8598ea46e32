"""Search for formulas whose gradients have the same directions as a neuron's (gradient matching)."""

from .branching import Branch, branches
from .choice.candidate import Candidate, identifiable, score
from .choice.certificate import Certificate
from .choice.evidence import Evidence, null_front
from .choice.intervals import covariance, groups_of
from .choice.kind import CAVEAT, WORDS, one_after_another
from .choice.selection import chance_loss
from .choice.split import held_out
from .fit.combine import eliminate, losses, solve
from .kernel.evaluation import warm_up
from .parts import Division, Pair, Part, divide
from .session import Search, SearchState

__all__ = [
    "CAVEAT",
    "WORDS",
    "Branch",
    "Candidate",
    "Certificate",
    "Division",
    "Evidence",
    "Pair",
    "Part",
    "Search",
    "SearchState",
    "branches",
    "chance_loss",
    "covariance",
    "divide",
    "eliminate",
    "groups_of",
    "held_out",
    "identifiable",
    "losses",
    "null_front",
    "one_after_another",
    "score",
    "solve",
    "warm_up",
]
