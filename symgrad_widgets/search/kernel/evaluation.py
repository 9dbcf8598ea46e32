"""Values, input gradients and losses of many terms at many points."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from ...errors import DataError
from ...formula.operators import NATIVE
from ..terms.postfix import CONSTANT, Term, check, operator, pack
from .compiled import evaluate

__all__ = ["angle_loss", "gradients", "losses", "on_numpy", "warm_up"]

_NONE = np.empty((0, 0))


def gradients(terms, X, threads=1):
    """Values and input gradients of terms, by reverse mode.

    Parameters
    ----------
    terms : sequence of `Term`, or `Programs`
    X : array (n, N), one row for each input
    threads : terms are shared out among so many threads; the result is the same, bit for bit

    Returns
    -------
    values (P, N), gradients (P, n, N), ok (P,)
        Where `ok` is False the term or its gradient is not finite at some point: the numbers of that term
        mean nothing.

    """
    programs, X = pack(terms), _points(X)
    P, (n, N) = len(programs), X.shape
    values, grads = np.empty((P, N)), np.zeros((P, n, N))
    foreign, ok = _native(programs)
    _share(programs, X, _NONE, threads, values, grads, np.empty(P), ok)
    for p in foreign:
        values[p], grads[p], ok[p] = on_numpy(programs.term(p), X)
    return values, grads, ok


def losses(terms, X, U, threads=1):
    """Mean of 1 - cos^2 between the gradients of terms and the unit gradients U (n, N), shape (P,).

    A point where the gradient vanishes counts 1; a term that is not finite somewhere has loss inf.
    """
    programs, X = pack(terms), _points(X)
    U = np.ascontiguousarray(U, dtype=np.float64)
    if U.shape != X.shape:
        raise DataError(f"U must have shape {X.shape} like X, got {U.shape}")
    P = len(programs)
    foreign, ok = _native(programs)
    loss = np.zeros(P)
    _share(programs, X, U, threads, np.empty((P, 0)), np.empty((P, 0, 0)), loss, ok)
    loss = np.where(ok, np.maximum(loss / X.shape[1], 0.0), np.inf)
    for p in foreign:
        _, gradient, fine = on_numpy(programs.term(p), X)
        loss[p] = angle_loss(gradient, U) if fine else np.inf
    return loss


def warm_up():
    """Compile what evaluates terms, or load it from disk, unless this process has done so before.

    It takes up to half a minute on a busy machine that never did: to be called before time is counted.
    """
    gradients([Term((-1,))], np.ones((1, 1)))


def _points(X):
    X = np.ascontiguousarray(X, dtype=np.float64)
    if X.ndim != 2 or 0 in X.shape:
        raise DataError(f"X must have shape (n, N), one row for each input, got {X.shape}")
    return X


def _native(programs):
    """Numbers of the terms with a user-defined operator, and which terms (P,) have none."""
    native = np.ones(len(programs), dtype=bool)
    foreign = np.flatnonzero((programs.tokens >= NATIVE) & (programs.tokens < CONSTANT))
    owners = np.unique(np.searchsorted(programs.starts, foreign, side="right") - 1)
    native[owners] = False
    return owners, native


def _share(programs, X, U, threads, *results):
    """Evaluate all terms; each is computed whole by one thread, so that their number changes no bit."""
    longest = int(np.diff(programs.starts).max(initial=1))

    def part(a, b):
        starts, shifts = programs.starts[a : b + 1], programs.constant_starts[a : b + 1]
        own = (result[a:b] for result in results)
        wrong = evaluate(programs.tokens, starts, programs.constants, shifts, X, U, longest, *own)
        if wrong >= 0:
            check(programs.term(a + wrong), len(X))

    if threads == 1:
        part(0, len(programs))
        return
    wanted = np.linspace(0, programs.starts[-1], threads + 1)
    cuts = np.unique(np.searchsorted(programs.starts, wanted))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(part, *zip(*pairwise(cuts), strict=True)))


def angle_loss(gradient, U):
    """Mean of 1 - cos^2 between gradients and unit gradients, both (n, N); a zero gradient counts 1."""
    scaled = gradient / np.maximum(np.abs(gradient).max(0), 1e-300)
    size = np.sum(scaled**2, axis=0)
    cosine = np.sum(scaled * U, axis=0) ** 2 / np.where(size > 0, size, 1)
    return float(np.mean(np.where(size > 0, 1 - cosine, 1)))


def on_numpy(term, X):
    """Value (N,), gradient (n, N) and ok of one term from the rows of the table: any operator, slowly."""
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
