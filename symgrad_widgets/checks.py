"""Check the settings that a person gives, or raise one clear error."""

import re
from numbers import Real

import numpy as np

from .errors import DataError

__all__ = ["checked_names", "duration", "several", "whole"]

_NAME = re.compile(r"(?!.* $|.*[²³¹⁰⁴-⁹¼-¾⅐-⅞])[^\W\d][\w (){}.%]*")  # letters of any kind


def several(some, what):
    """Return items of a sequence, as a tuple; a single string or a single formula becomes a tuple of one."""
    try:
        return (some,) if isinstance(some, str) or hasattr(some, "free_symbols") else tuple(some)
    except TypeError:
        raise DataError(f"{what} must be a sequence, got {some!r}") from None


def whole(number, what, least=0, most=None):
    """Return a whole number from `least` to `most`; without `most` there is no upper limit."""
    fits = not isinstance(number, bool) and isinstance(number, (int, np.integer)) and number >= least
    if not fits or (most is not None and number > most):
        allowed = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise DataError(f"{what} must be a whole number {allowed}, got {number!r}")
    return int(number)


def duration(seconds):
    """Return seconds >= 0; infinity for None."""
    if seconds is None:
        return np.inf
    if isinstance(seconds, bool) or not isinstance(seconds, Real) or not seconds >= 0:
        raise DataError(f"seconds must be a number >= 0, or None for no cap, got {seconds!r}")
    return float(seconds)


def checked_names(names, count=None):
    """Return the names of inputs as a tuple of distinct words; None gives x1 ... xn for `count` inputs."""
    if isinstance(names, str) and count is None:
        raise DataError(f"names must be a list such as ['x', 'v'], got the string {names!r}")
    names = tuple(f"x{i + 1}" for i in range(count)) if names is None else tuple(map(str, names))
    if count is not None and len(names) != count:
        raise DataError(f"there are {len(names)} names {names} for {count} inputs: pass one name for each")
    for name in names:
        if not _NAME.fullmatch(name) or names.count(name) > 1:
            raise DataError(
                f"input name {name!r} must be one or more words, such as 'x1' or 'mass (kg)', and occur "
                "only once"
            )
    return names
