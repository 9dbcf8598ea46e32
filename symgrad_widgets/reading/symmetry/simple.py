"""Find the simplest motions in a space of motions: those with the fewest nonzero numbers.

To find sparse vectors of a subspace, we alternate between the subspace and soft thresholds, starting from
each coordinate of the subspace (Qu, Sun, Wright 2014, arXiv 1412.4659). If one number is large, thresholds do
not show which small numbers can be left out, but the echelon form of the space does. Then we choose the
numbers of each motion such that the motion changes the neuron least.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

__all__ = ["Forms", "Simple", "simplest"]

_ROUNDS = 60
_ZERO = 0.02  # share of the largest number: smaller ones may be left out if the neuron allows it
_WORSE = 2.0  # a simpler motion may have this times the symmetries' largest residual
_SLACK = 1e-10  # residuals below this, divided by chance, are rounding
_NEW = 0.1  # share of a motion that must be independent of the others
_RIDGE = 1e-9
_STARTS = 200  # random starts, besides those from single numbers


class Forms(NamedTuple):
    """Quadratic forms (K, K) of the mean square change along a motion: measured, by chance, and by errors.

    We assume that gradients have equally large errors everywhere and in all directions. So errors turn a long
    gradient less than a short one. Whatever the size of the errors, a symmetry is the motion whose change is
    smallest compared with the change by errors alone. Simple least squares would prefer motions to which
    errors add little.
    """

    changed: np.ndarray
    by_chance: np.ndarray
    by_errors: np.ndarray

    def residual(self, numbers):
        """Return the mean square of the change, divided by the value expected by chance."""
        return max(float(numbers @ self.changed @ numbers / (numbers @ self.by_chance @ numbers)), 0.0)


@dataclass(frozen=True)
class Simple:
    """Numbers (K,) of a motion, positions (S,) of the numbers that are not 0, and the motion's residual."""

    numbers: np.ndarray
    support: np.ndarray
    residual: float


def simplest(space, forms, limit):
    """Return d independent motions (`Simple`) that span the space (K, d), the simplest first.

    `limit` is the largest residual of a motion in the space.
    """
    if not space.shape[1]:
        return []
    basis = np.linalg.qr(space)[0]
    allowed = _WORSE * limit + _SLACK
    patterns = {tuple(np.flatnonzero(one)) for one in _sparse(basis)}
    fitted = [_fitted(np.array(pattern), forms) for pattern in sorted(patterns, key=lambda p: (len(p), p))]
    fine = [one for one in fitted if one.residual <= allowed and _in(basis, one.numbers)]
    fine = sorted(fine, key=lambda one: (len(one.support), _order(one)))
    whole = [Simple(v, np.arange(len(v)), forms.residual(v)) for v in basis.T]
    return _independent([*fine, *whole], basis)


def _sparse(basis):
    """Yield which numbers (K,) are nonzero, for sparse vectors of a space, and for sparser variants."""
    random = np.random.default_rng(0).normal(size=(_STARTS, basis.shape[1]))
    q = np.concatenate([basis[np.linalg.norm(basis, axis=1) > _ZERO], random])
    q /= np.linalg.norm(q, axis=1, keepdims=True)
    threshold = 1 / np.sqrt(len(basis))
    for _ in range(_ROUNDS):
        x = q @ basis.T
        x = np.sign(x) * np.maximum(np.abs(x) - threshold * np.abs(x).max(1, keepdims=True), 0)
        q = x @ basis
        q /= np.linalg.norm(q, axis=1, keepdims=True)
    size = np.abs(np.concatenate([q @ basis.T, _echelon(basis)]))
    size /= size.max(1, keepdims=True)
    for one in size:
        yield from (one > zero for zero in (_ZERO, 5 * _ZERO, 0.2, 0.4) if (one > zero).any())


def _echelon(basis):
    """Return vectors (d, K) that span the space; each is zero where the others have their leading numbers."""
    from scipy.linalg import qr

    leading = qr(basis.T, mode="r", pivoting=True)[1][: basis.shape[1]]
    return np.linalg.solve(basis[leading].T, basis.T)


def _fitted(support, forms):
    from scipy.linalg import eigh

    A, M, errors = (form[np.ix_(support, support)] for form in forms)
    size = np.sqrt(np.diag(M))
    A, M, errors = (form / np.outer(size, size) for form in (A, M, errors))
    vectors = eigh(A, errors + _RIDGE * (M + np.eye(len(M))), subset_by_index=[0, 0])[1]
    numbers = np.zeros(len(forms.changed))
    numbers[support] = vectors[:, 0] / size
    return Simple(numbers / np.abs(numbers).max(), support, forms.residual(numbers))


def _in(basis, numbers):
    """Return whether a motion is nearly in the space."""
    return np.linalg.norm(basis.T @ numbers) > (1 - _NEW) * np.linalg.norm(numbers)


def _order(one):
    """Return a sorting key that puts motions of the first inputs first."""
    return tuple(one.support)


def _independent(motions, basis):
    """Return as many independent motions as the space has dimensions; earlier ones are preferred."""
    chosen, left = [], basis
    for one in motions:
        along = left @ (left.T @ one.numbers)
        if np.linalg.norm(along) > _NEW * np.linalg.norm(one.numbers) and len(chosen) < basis.shape[1]:
            chosen.append(one)
            inside = left.T @ one.numbers
            left = left @ np.linalg.qr(inside[:, None], mode="complete")[0][:, 1:]
    return chosen
