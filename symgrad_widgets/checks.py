"""Settings of a search as a person gives them, or one clear error."""

from numbers import Real

import numpy as np
import sympy as sp

from .errors import DataError

__all__ = ["duration", "several", "whole"]


def several(some, what):
    """Tuple of a sequence; a single text counts as one."""
    try:
        return (some,) if isinstance(some, (str, sp.Basic)) else tuple(some)
    except TypeError:
        raise DataError(f"{what} must be a sequence, got {some!r}") from None


def whole(number, what):
    """Whole number >= 0."""
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 0:
        raise DataError(f"{what} must be a whole number >= 0, got {number!r}")
    return int(number)


def duration(seconds):
    """Seconds >= 0; infinity for None."""
    if seconds is None:
        return np.inf
    if isinstance(seconds, bool) or not isinstance(seconds, Real) or not seconds >= 0:
        raise DataError(f"seconds must be a number >= 0, or None for no cap, got {seconds!r}")
    return float(seconds)
