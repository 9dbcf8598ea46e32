"""Gradient-matching symbolic search: formulas whose unit gradients agree with those of a neuron."""

from .choice.candidate import Candidate, score
from .choice.evidence import Evidence, null_front
from .session import Search, SearchState

__all__ = ["Candidate", "Evidence", "Search", "SearchState", "null_front", "score"]
