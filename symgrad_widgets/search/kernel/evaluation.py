"""Compute values and input gradients of many terms at many points."""

import numpy as np

from ...errors import DataError
from ..terms.postfix import CONSTANT, Term, check, operator, pack
from ..tuning import VALUES
from .compiled import HAS_LOOP, evaluate
from .lines import along, least_rest, lines

__all__ = ["gradients", "on_numpy", "warm_up"]

_HAS_LOOP = np.zeros(CONSTANT, dtype=bool)  # by operator token; users' own operators have no loop
_HAS_LOOP[: len(HAS_LOOP)] = HAS_LOOP


def gradients(terms, X):
    """Return values and input gradients of terms, by reverse-mode differentiation.

    Parameters
    ----------
    terms : sequence of `Term`, or `Programs`
    X : array (n, N), one row for each input

    Returns
    -------
    values (P, N), gradients (P, n, N), ok (P,)
        If `ok` is False, the term or its gradient is not finite at some point, and the numbers mean nothing.

    """
    programs, X = pack(terms), _points(X)
    P, (n, N) = len(programs), X.shape
    values, grads = np.empty((P, N)), np.zeros((P, n, N))
    foreign, ok = _native(programs)
    longest = int(np.diff(programs.starts).max(initial=1))
    wrong = evaluate(
        programs.tokens,
        programs.starts,
        programs.constants,
        programs.constant_starts,
        X,
        longest,
        values,
        grads,
        ok,
    )
    if wrong >= 0:
        check(programs.term(wrong), n)
    for p in foreign:
        values[p], grads[p], ok[p] = on_numpy(programs.term(p), X)
    return values, grads, ok


def warm_up():
    """Compile the loops that evaluate terms, or load them from disk, unless they are ready.

    The first time, this takes up to half a minute on a busy machine, so call it before you measure time.
    """
    gradients([Term((-1,))], np.ones((1, 1)))
    lines(np.ones((1, 2)), np.ones((1, 1, 2)), 1)
    along(np.ones(2), np.ones((1, 2)), np.arange(2), np.ones(2), np.ones(2), 1)
    least_rest(np.ones((1, 2)), np.ones((1, 2)), (1,) * len(VALUES.windows))


def _points(X):
    X = np.ascontiguousarray(X, dtype=np.float64)
    if X.ndim != 2 or 0 in X.shape:
        raise DataError(f"X must have shape (n, N), one row for each input, got {X.shape}")
    return X


def _native(programs):
    """Return the indices of terms that contain an operator without a loop, and which terms contain none."""
    native = np.ones(len(programs), dtype=bool)
    operators = np.flatnonzero((programs.tokens >= 0) & (programs.tokens < CONSTANT))
    foreign = operators[~_HAS_LOOP[programs.tokens[operators]]]
    owners = np.unique(np.searchsorted(programs.starts, foreign, side="right") - 1)
    native[owners] = False
    return owners, native


def on_numpy(term, X):
    """Return value (N,), gradient (n, N) and ok of one term. NumPy is slow, but works for any operator."""
    check(term, len(X))
    nodes, stack = [], []
    with np.errstate(all="ignore"):
        for t in term.tokens:
            row = operator(t) if 0 <= t < CONSTANT else None
            arguments = stack[len(stack) - row.arity :] if row else ()
            del stack[len(stack) - len(arguments) :]
            value = row.value(*(nodes[a][2] for a in arguments)) if row else _leaf(t, term, X)
            stack.append(len(nodes))
            nodes.append((row, arguments, value))
        adjoint = [np.zeros(X.shape[1]) for _ in nodes]
        adjoint[-1] += 1
        gradient = np.zeros_like(X)
        for i in reversed(range(len(nodes))):
            row, arguments, value = nodes[i]
            at = [nodes[a][2] for a in arguments]
            for a, partial in zip(arguments, row.partials if row else (), strict=True):
                adjoint[a] += adjoint[i] * partial(*at, value)
            if term.tokens[i] < 0:
                gradient[-1 - term.tokens[i]] += adjoint[i]
    value = nodes[-1][2]
    return value, gradient, bool(np.isfinite(value).all() and np.isfinite(gradient).all())


def _leaf(token, term, X):
    return X[-1 - token] if token < 0 else np.full(X.shape[1], term.constants[token - CONSTANT])
