"""While a formula is read, compute its parts without inputs, so that no later step can take forever."""

import numpy as np

from .operators import OPERATORS
from .plain import short, written
from .vocabulary import LIMITS, ON_ARRAYS, VALUES

__all__ = ["constant", "levels", "number"]


def number(text):
    """Return the value of a number that a tree holds as text: 1.6, 1e-3, 3/2."""
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def constant(tree, refuse):
    """Return the value of a tree without inputs; None for any other tree.

    For a part without a finite real value, the function calls `refuse(sentence, piece=...)`, which must raise
    an error.
    """
    head, *parts = tree
    if head in ("#", "@"):
        return number(parts[0]) if head == "#" else None
    values = [constant(part, refuse) for part in parts]
    if head == "pow" and values[1] is not None and abs(values[1]) > LIMITS["exponent"]:
        refuse("exponent", piece=short(written(tree)), most=LIMITS["exponent"])
    known = [(part, value) for part, value in zip(parts, values, strict=True) if value is not None]
    if len(known) < len(parts) and (head not in ("add", "mul") or not known):
        return None
    value = _applied(head, [value for _, value in known])
    if not abs(value) <= LIMITS["size"]:
        piece = written([head, *(part for part, _ in known)])
        refuse("real" if np.isnan(value) else "finite", piece=short(piece))
    return value if len(known) == len(parts) else None


def _applied(head, values):
    """Return the value of a function of numbers."""
    if head in VALUES:
        return VALUES[head]
    if head in ("add", "mul"):
        return (np.sum if head == "add" else np.prod)(values)
    run = ON_ARRAYS.get(head) or (np.power if head == "pow" else OPERATORS[head].value)
    return float(run(*map(np.float64, values)))


def levels(tree):
    """Return how deeply the lists of a tree are nested."""
    most, stack = 0, [(tree, 1)]
    while stack:
        (_, *parts), level = stack.pop()
        most = max(most, level)
        stack += [(part, level + 1) for part in parts if isinstance(part, list)]
    return most
