"""Decide whether a formula and a concept are the same: proved, up to constants, numerically, or not."""

from .decision import CERTAINTY, Verdict, verify
from .proof import vanishes
from .several_concepts import verdict_on, verdict_on_all
from .surface import Surface, read_equation

__all__ = [
    "CERTAINTY",
    "Surface",
    "Verdict",
    "read_equation",
    "vanishes",
    "verdict_on",
    "verdict_on_all",
    "verify",
]
