"""Read JSON from an untrusted file: plain values of the expected kinds, or one ValueError."""

import json
import math
from types import NoneType, UnionType
from typing import Union, get_args, get_origin

__all__ = ["fits", "from_json", "misfit"]

_LONGEST = 2**22  # characters
_LARGEST = 2**63  # of a whole number


def from_json(text, longest=_LONGEST):
    """Return the value of JSON text, str or bytes; ValueError for other text, NaN or too deep nesting."""
    if len(text) > longest:
        raise ValueError(f"it has {len(text):,} characters, but may have only {longest:,}")
    try:
        return json.loads(text, parse_constant=_refuse)
    except (RecursionError, TypeError) as error:
        raise ValueError("it is nested too deeply" if isinstance(error, RecursionError) else error) from None


def _refuse(constant):
    raise ValueError(f"{constant} is not a number in JSON")


def fits(value, kind):
    """Return whether a value is of a kind, such as a type, `float | None`, `list[int]` or `dict[str, float]`.

    Any finite number counts as a float; truth values do not count as numbers.
    """
    origin, parts = get_origin(kind), get_args(kind)
    if origin is not None:
        return _fits_parts(value, origin, parts)
    if kind is float:
        return type(value) in (int, float) and abs(value) < _LARGEST**16 and math.isfinite(value)
    if kind is int:
        return type(value) is int and abs(value) < _LARGEST
    return isinstance(value, NoneType if kind is None else kind)


def _fits_parts(value, origin, parts):
    if origin in (Union, UnionType):
        return any(fits(value, part) for part in parts)
    if origin is dict:
        texts, values = parts
        return isinstance(value, dict) and all(fits(k, texts) and fits(v, values) for k, v in value.items())
    return isinstance(value, list | tuple) and all(fits(part, parts[0]) for part in value)


def misfit(record, kinds):
    """Say which entry a record lacks, or has of another kind than in `kinds`; return None if all is well."""
    for name, kind in kinds.items():
        if name not in record:
            return f"it lacks {name!r}"
        if not fits(record[name], kind):
            return f"its {name!r} is {str(record[name])[:60]!r}"
    return None
