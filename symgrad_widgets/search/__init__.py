"""Gradient-matching symbolic search: formulas whose unit gradients agree with those of a neuron."""

from .session import Candidate, Search, SearchState, score

__all__ = ["Candidate", "Search", "SearchState", "score"]
