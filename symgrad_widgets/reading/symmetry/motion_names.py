"""Name a linear motion."""

import numpy as np

__all__ = ["named"]

_PIECES = 6  # at most this many parts that a name lists one by one
_ROUNDING = 1e-9
_SMALL = 0.03  # share of the largest number: smaller eigenvalues count as zero
_VERBS = {"turn": "turns", "boost": "boosts", "scaling": "stretches", "shear": "shears", "mixed": "moves"}


def named(A, b, names):
    """Return kind and name of the motion x' = A x + b of the inputs `names`."""
    moves = [*_moves(A, names), *_shifts(A, b, names)]
    kinds = {kind for kind, _ in moves}
    if len(kinds) == 1 and len(moves) <= _PIECES:
        return kinds.pop(), _joined([name for _, name in moves]) + _around(A, b, names)
    if not A.any() or (kinds == {"shear", "shift"} and len(moves) <= _PIECES):
        return "shear", _joined([name for _, name in moves])
    kind = _nature(A)
    moved = [name for name, row in zip(names, A, strict=True) if row.any()]
    return kind, f"{_VERBS[kind]} {', '.join(moved)} together" + _around(A, b, names)


def _moves(A, names):
    """Yield kind and name of the motion of each pair of inputs, and of each single input."""
    for i, j in zip(*A.nonzero(), strict=True):
        if i == j:
            yield "scaling", f"{'stretches' if A[i, i] > 0 else 'shrinks'} {names[i]}"
        elif not A[j, i]:
            yield "shear", f"adds {names[j]} to {names[i]}"
        elif i < j and A[i, j] * A[j, i] > 0:
            yield "boost", f"boosts {names[i]}-{names[j]}"
        elif i < j:
            one, other = (i, j) if A[j, i] > 0 else (j, i)
            yield "turn", f"turns {names[one]} into {names[other]}"


def _shifts(A, b, names):
    """Yield the inputs that move at constant speed, unless the motion has a fixed point."""
    if b.any() and _centre(A, b) is None:
        yield from (("shift", f"shifts {names[i]}") for i in b.nonzero()[0])


def _centre(A, b):
    """Return a fixed point (m,) of a motion, or None if there is none."""
    place = -np.linalg.pinv(A) @ b
    return place if np.allclose(A @ place, -b, atol=_ROUNDING * np.abs(b).max()) else None


def _around(A, b, names):
    place = _centre(A, b) if b.any() else None
    if place is None:
        return ""
    told = (f"{n} = {p:.3g}" for n, p in zip(names, place, strict=True) if abs(p) > _ROUNDING)
    return f" around {', '.join(told)}"


def _nature(A):
    """Return the kind of a motion that moves many inputs at once, from its eigenvalues."""
    values = np.linalg.eigvals(A / np.abs(A).max())
    real, imaginary = (np.abs(part) > _SMALL for part in (values.real, values.imag))
    if not real.any():
        return "turn" if imaginary.any() else "shear"
    if imaginary.any():
        return "mixed"
    return "boost" if abs(values.real.sum()) < _SMALL else "scaling"


def _joined(names):
    """Join names with the same verb: "turns a into b, c into d"."""
    told, verb = [], None
    for name in names:
        first, rest = name.split(" ", 1)
        told.append(rest if first == verb else name)
        verb = first
    return ", ".join(told)
