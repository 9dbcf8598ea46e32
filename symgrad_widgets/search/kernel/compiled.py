"""Evaluate terms in numba loops, which are made from the table of operators, over blocks of points.

A *node* is a token of a term. The forward pass writes one row of values for each node, and one row of partial
derivatives for each argument of the node. Each node has one parent, so the reverse pass only multiplies: the
adjoint of an argument is the adjoint of its node, times the partial derivative.
"""

import hashlib
from pathlib import Path

import numpy as np
from numba import njit

from ...formula import operators
from ...formula.operators import DEFAULT, OPERATORS
from ..terms import postfix
from ..terms.postfix import CONSTANT
from .kept import compiled_and_kept

__all__ = ["HAS_LOOP", "cached", "evaluate"]

HAS_LOOP = np.isin(list(OPERATORS), DEFAULT)  # by operator code; operators without a loop run on NumPy
WIDEST = 512  # points in a block: enough to make branches cheap, few enough for the level-2 cache

_compiled = njit(nogil=True, error_model="numpy")
_CODES = len(HAS_LOOP)
_ARITY = np.array([row.arity for row in OPERATORS.values()])


def _scalar(function):
    """Compile a function from the operators' table so that it takes numbers."""

    @_compiled
    def ufunc(*at):
        return function(*at)

    return ufunc if isinstance(function, np.ufunc) else _compiled(function)


def _loops(arity):
    """Return one function that evaluates any operator of this arity; it takes the operator's `code` first."""
    chosen = None
    for name in DEFAULT:
        if OPERATORS[name].arity == arity:
            chosen = (_unary if arity == 1 else _binary)(OPERATORS[name], chosen)
    return chosen


def _unary(row, others):
    code, value, partial = row.code, _scalar(row.value), _scalar(row.partials[0])

    @_compiled
    def apply(op, a, v, d):
        if op == code:
            for i in range(len(v)):
                v[i] = value(a[i])
                d[i] = partial(a[i], v[i])
        elif others is not None:
            others(op, a, v, d)

    return apply


def _binary(row, others):
    code, value, (first, second) = row.code, _scalar(row.value), map(_scalar, row.partials)

    @_compiled
    def apply(op, a, b, v, d, e):
        if op == code:
            for i in range(len(v)):
                v[i] = value(a[i], b[i])
                d[i] = first(a[i], b[i], v[i])
                e[i] = second(a[i], b[i], v[i])
        elif others is not None:
            others(op, a, b, v, d, e)

    return apply


_apply_to_one, _apply_to_two = _loops(1), _loops(2)


@_compiled
def _sound(tokens, n, constants):
    """Return whether the tokens are a valid formula."""
    height = 0
    for t in tokens:
        if t < -n or _CODES <= t < CONSTANT or t >= CONSTANT + constants:
            return False
        if t < 0 or t >= CONSTANT:
            height += 1
        elif HAS_LOOP[t]:
            height -= _ARITY[t] - 1
        else:
            return False
        if height < 1:
            return False
    return height == 1


@_compiled
def _forward(tokens, constants, n, rows, partials, arguments, stack):
    """Compute the rows of all nodes. Input j is row j; token k is row n + k."""
    height = 0
    for k in range(len(tokens)):
        t, row = tokens[k], n + k
        if t >= CONSTANT:
            rows[row] = constants[t - CONSTANT]
        elif t >= 0 and _ARITY[t] == 1:
            height -= 1
            arguments[k, 0] = stack[height]
            _apply_to_one(t, rows[_row(tokens, n, stack[height])], rows[row], partials[k, 0])
        elif t >= 0:
            height -= 2
            a, b = stack[height], stack[height + 1]
            arguments[k, 0], arguments[k, 1] = a, b
            first, second = rows[_row(tokens, n, a)], rows[_row(tokens, n, b)]
            _apply_to_two(t, first, second, rows[row], partials[k, 0], partials[k, 1])
        stack[height] = k
        height += 1
    return _row(tokens, n, len(tokens) - 1)


@_compiled
def _row(tokens, n, k):
    return -1 - tokens[k] if tokens[k] < 0 else n + k


@_compiled
def _backward(tokens, partials, arguments, adjoints, gradient):
    """Compute the gradient (n, width)."""
    gradient[:] = 0.0
    adjoints[len(tokens) - 1] = 1.0
    for k in range(len(tokens) - 1, -1, -1):
        t = tokens[k]
        if t < 0:
            _add(adjoints[k], gradient[-1 - t])
        elif t < CONSTANT:
            for side in range(_ARITY[t]):
                child = arguments[k, side]
                if tokens[child] < CONSTANT:
                    _multiply(adjoints[k], partials[k, side], adjoints[child])


@_compiled
def _add(a, out):
    for i in range(len(out)):
        out[i] += a[i]


@_compiled
def _multiply(a, b, out):
    for i in range(len(out)):
        out[i] = a[i] * b[i]


@_compiled
def _copied(row, out):
    """Copy as many numbers of a row as fit; return whether all copied numbers are finite."""
    total = 0.0
    for i in range(len(out)):
        out[i] = row[i]
        total += row[i] - row[i]
    return total == 0.0


def cached(function):
    """Compile a function, and keep it on disk under a name that changes with its source files.

    We need this because numba itself only checks the file that contains the function.
    """
    sources = b"".join(Path(module.__file__).read_bytes() for module in (operators, postfix))
    function.__qualname__ += "_" + hashlib.sha256(sources).hexdigest()[:12]
    return compiled_and_kept(function)


@cached
def evaluate(tokens, starts, constants, shifts, X, longest, values, grads, ok):
    """Evaluate terms at the points X (n, N), block by block.

    Values and gradients go to `values (P, N)` and `grads (P, n, N)`. `ok (P,)` says which terms to evaluate
    and, afterwards, which of them are finite everywhere. `longest` is the largest number of tokens. Return -1
    or, if a term is not a valid formula, the number of that term; then nothing is evaluated.
    """
    n, N = X.shape
    for p in range(len(ok)):
        if ok[p] and not _sound(tokens[starts[p] : starts[p + 1]], n, shifts[p + 1] - shifts[p]):
            return p
    blocks = (N + WIDEST - 1) // WIDEST
    width = (N + blocks - 1) // blocks
    rows, gradient = np.empty((n + longest, width)), np.empty((n, width))
    partials, adjoints = np.empty((longest, 2, width)), np.empty((longest, width))
    arguments, stack = np.empty((longest, 2), np.int64), np.empty(longest, np.int64)
    for start in range(0, N, width):
        end = min(start + width, N)
        for j in range(n):
            for i in range(width):
                rows[j, i] = X[j, min(start + i, N - 1)]
        for p in range(len(ok)):
            if not ok[p]:
                continue
            term = tokens[starts[p] : starts[p + 1]]
            top = _forward(term, constants[shifts[p] : shifts[p + 1]], n, rows, partials, arguments, stack)
            _backward(term, partials, arguments, adjoints, gradient)
            good = _copied(rows[top], values[p, start:end])
            for j in range(n):
                good &= _copied(gradient[j], grads[p, j, start:end])
            ok[p] = good
    return -1
