"""Orders and signs of the inputs that a neuron does not tell apart: found by asking it."""

import itertools
from dataclasses import dataclass

import numpy as np

from ...errors import DataError

__all__ = ["Exchange", "Exchanges", "exchanges"]

_MOST_INPUTS = 8
_MOVED = 4  # inputs moved at once; exchanges of more are made from these
_FIRST, _ALL = 16, 500  # points asked at first, and points asked about what is left
_SAME = 0.05  # of the value's spread: it may change by this much
_ALIKE = 0.5  # of the joint range of two inputs must be in both: else one has no data where the other has


@dataclass(frozen=True)
class Exchange:
    """Inputs in another order or with other signs: the matrix (n, n), and the change over the spread."""

    name: str
    matrix: np.ndarray
    change: float

    def __str__(self):
        return f"{self.name} [{self.change:.1e}]"


@dataclass(frozen=True)
class Exchanges:
    """Exchanges that generate all others of their group, and the group's order, including the identity."""

    makers: tuple[Exchange, ...]
    order: int

    def __str__(self):
        if not self.makers:
            return "No order or sign of the inputs can be changed."
        return "\n".join([f"A group of {self.order} orders and signs, made by:", *map(str, self.makers)])


def exchanges(compute, x, names):
    """Find orders and signs of the inputs (N, n) that change a neuron's value by less than 5 % of its spread.

    It asks about all exchanges that move up to four of up to eight inputs, but only where there are data: an
    input takes another's place only if half of their joint range is in both.

    Parameters
    ----------
    compute : function from points (N, n) to values (N,) or (N, k)
    x : array (N, n)
    names : names of the inputs

    """
    n = x.shape[1]
    if n > _MOST_INPUTS:
        raise DataError(f"exchanges takes up to {_MOST_INPUTS} inputs, got {n}: give fewer")
    some = x[np.linspace(0, len(x) - 1, min(len(x), _ALL)).astype(int)]
    before = _values(compute, some)
    spread = before.std(0)
    few = slice(None, None, max(len(some) // _FIRST, 1))
    found = []
    for order, signs in _candidates(_allowed(x), n):
        for part in (few, slice(None)):
            after = _values(compute, some[part][:, order] * signs)
            change = np.sqrt((((after - before[part]) / spread) ** 2).mean())
            if not change <= _SAME:
                break
        else:
            found.append(
                Exchange(_name(order, signs, names), np.eye(n)[order] * signs[:, None], float(change))
            )
    return _made(found, n)


def _values(compute, points):
    """Values (N, k)."""
    return np.asarray(compute(points), dtype=float).reshape(len(points), -1)


def _allowed(x):
    """Whether input j, with sign s, has data where input i has data: (n, n, 2)."""
    low, high = x.min(0), x.max(0)
    ends = np.stack([np.stack([low, high]), np.stack([-high, -low])], -1)  # (2, n, 2)
    common = np.minimum(high[:, None, None], ends[1]) - np.maximum(low[:, None, None], ends[0])
    whole = np.maximum(high[:, None, None], ends[1]) - np.minimum(low[:, None, None], ends[0])
    return common >= _ALIKE * whole


def _candidates(allowed, n):
    """Orders and signs (n,) that move up to four inputs, the fewest first."""
    for count in range(1, min(_MOVED, n) + 1):
        for moved in itertools.combinations(range(n), count):
            for images in itertools.permutations(moved):
                for signs in itertools.product((1.0, -1.0), repeat=count):
                    pairs = zip(moved, images, signs, strict=True)
                    if all((i != j or s < 0) and allowed[i, j, int(s < 0)] for i, j, s in pairs):
                        order, sign = np.arange(n), np.ones(n)
                        order[list(moved)], sign[list(moved)] = images, signs
                        yield order, sign


def _made(found, n):
    """Exchanges that earlier ones do not generate, as permutations of the inputs and their negatives."""
    from sympy.combinatorics import Permutation, PermutationGroup

    makers, group = [], PermutationGroup([Permutation(2 * n - 1)])
    for one in found:
        image = np.abs(one.matrix).argmax(1)
        minus = one.matrix[range(n), image] < 0
        permutation = Permutation([*(image + n * minus).tolist(), *(image + n * ~minus).tolist()])
        if not group.contains(permutation):
            makers.append(one)
            group = PermutationGroup([*group.generators, permutation])
    return Exchanges(tuple(makers), int(group.order()))


def _name(order, signs, names):
    moved = [
        f"{names[i]} -> {'-' if s < 0 else ''}{names[j]}"
        for i, (j, s) in enumerate(zip(order, signs, strict=True))
        if i != j or s < 0
    ]
    return ", ".join(moved)
