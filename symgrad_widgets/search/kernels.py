"""Values, input gradients and losses of many terms at many points, compiled."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

from ..errors import DataError
from ..operators import NATIVE, OPERATORS
from .terms import CONSTANT, operator, pack

__all__ = ["gradients", "losses"]

B = 128  # points in a block
_CODE = {name: op.code for name, op in OPERATORS.items()}
ADD, SUB, MUL, DIV = (_CODE[n] for n in ("add", "sub", "mul", "div"))
NEG, INV, SQUARE, CUBE, POW4 = (_CODE[n] for n in ("neg", "inv", "square", "cube", "pow4"))
SQRT, INV_SQRT, EXP, LOG = (_CODE[n] for n in ("sqrt", "inv_sqrt", "exp", "log"))
SIN, COS, TAN, TANH, ABS = (_CODE[n] for n in ("sin", "cos", "tan", "tanh", "abs"))
_fast = njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})


@_fast
def _forward(op, v, d, a, b):
    """Value row v and, where it is cheap to know now, the derivative row d."""
    if op == ADD:
        for k in range(B):
            v[k] = a[k] + b[k]
    elif op == SUB:
        for k in range(B):
            v[k] = a[k] - b[k]
    elif op == MUL:
        for k in range(B):
            v[k] = a[k] * b[k]
    elif op == DIV:
        for k in range(B):
            d[k] = 1 / b[k]
            v[k] = a[k] / b[k]
    elif op == NEG:
        for k in range(B):
            v[k] = -a[k]
    elif op == INV:
        for k in range(B):
            v[k] = 1 / a[k]
            d[k] = -v[k] * v[k]
    elif op == SQUARE:
        for k in range(B):
            v[k] = a[k] * a[k]
            d[k] = 2 * a[k]
    elif op == CUBE:
        for k in range(B):
            v[k] = a[k] * a[k] * a[k]
            d[k] = 3 * a[k] * a[k]
    elif op == POW4:
        for k in range(B):
            d[k] = 4 * a[k] * a[k] * a[k]
            v[k] = (a[k] * a[k]) * (a[k] * a[k])
    elif op == SQRT:
        for k in range(B):
            v[k] = np.sqrt(a[k])
            d[k] = 0.5 / v[k]
    elif op == INV_SQRT:
        for k in range(B):
            v[k] = 1 / np.sqrt(a[k])
            d[k] = -0.5 * v[k] / a[k]
    elif op == EXP:
        for k in range(B):
            v[k] = np.exp(a[k])
            d[k] = v[k]
    elif op == LOG:
        for k in range(B):
            v[k] = np.log(np.abs(a[k]))
            d[k] = 1 / a[k]
    elif op == SIN:
        for k in range(B):
            v[k] = np.sin(a[k])
            d[k] = np.cos(a[k])
    elif op == COS:
        for k in range(B):
            v[k] = np.cos(a[k])
            d[k] = -np.sin(a[k])
    elif op == TAN:
        for k in range(B):
            v[k] = np.tan(a[k])
            d[k] = 1 + v[k] * v[k]
    elif op == TANH:
        for k in range(B):
            v[k] = np.tanh(a[k])
            d[k] = 1 / np.cosh(a[k]) ** 2
    elif op == ABS:
        for k in range(B):
            v[k] = np.abs(a[k])
            d[k] = np.sign(a[k])


@_fast
def _backward(op, work, g, v, d, a, b, ga, gb):
    """Add the adjoint row g, times the partial derivatives, to the adjoint rows of the arguments."""
    if op == ADD or op == SUB:
        if ga >= 0:
            for k in range(B):
                work[ga, k] += work[g, k]
        if gb >= 0:
            if op == ADD:
                for k in range(B):
                    work[gb, k] += work[g, k]
            else:
                for k in range(B):
                    work[gb, k] -= work[g, k]
    elif op == MUL:
        if ga >= 0:
            for k in range(B):
                work[ga, k] += work[g, k] * work[b, k]
        if gb >= 0:
            for k in range(B):
                work[gb, k] += work[g, k] * work[a, k]
    elif op == DIV:
        if ga >= 0:
            for k in range(B):
                work[ga, k] += work[g, k] * work[d, k]
        if gb >= 0:
            for k in range(B):
                work[gb, k] -= work[g, k] * work[d, k] * work[v, k]
    elif ga >= 0:
        if op == NEG:
            for k in range(B):
                work[ga, k] -= work[g, k]
        else:
            for k in range(B):
                work[ga, k] += work[g, k] * work[d, k]


# rows of the work space: n inputs, n input adjoints, then 4 for each token: value, derivative, adjoint, unused
@_fast
def _term(tokens, constants, work, n, left, right, stack, adjoint):
    """Value (row returned) and input gradient (rows n ... 2n - 1) of one term on one block."""
    top = 0
    count = len(tokens)
    for i in range(count):
        t = tokens[i]
        row = 2 * n + 3 * i
        left[i] = right[i] = -1
        adjoint[i] = row + 2
        if t < 0:
            row = -1 - t
            adjoint[i] = n + row
        elif t >= CONSTANT:
            adjoint[i] = -1
            for k in range(B):
                work[row, k] = constants[t - CONSTANT]
        else:
            if t <= DIV:
                top -= 1
                right[i] = stack[top]
            top -= 1
            left[i] = stack[top]
            a = left[i]
            b = right[i] if right[i] >= 0 else a
            ra = -1 - tokens[a] if tokens[a] < 0 else 2 * n + 3 * a
            rb = -1 - tokens[b] if tokens[b] < 0 else 2 * n + 3 * b
            _forward(t, work[row], work[row + 1], work[ra], work[rb])
            if adjoint[a] < 0 and adjoint[b] < 0:
                adjoint[i] = -1
        stack[top] = i
        top += 1
    for r in range(n, 2 * n):
        for k in range(B):
            work[r, k] = 0
    last = count - 1
    for i in range(count):
        if adjoint[i] >= 2 * n:
            for k in range(B):
                work[adjoint[i], k] = 0
    if adjoint[last] >= 0:
        for k in range(B):
            work[adjoint[last], k] = 1
    for i in range(last, -1, -1):
        if left[i] >= 0 and adjoint[i] >= 0:
            a = left[i]
            b = right[i] if right[i] >= 0 else a
            ra = -1 - tokens[a] if tokens[a] < 0 else 2 * n + 3 * a
            rb = -1 - tokens[b] if tokens[b] < 0 else 2 * n + 3 * b
            row = 2 * n + 3 * i
            _backward(tokens[i], work, adjoint[i], row, row + 1, ra, rb, adjoint[a], adjoint[b])
    return -1 - tokens[last] if tokens[last] < 0 else 2 * n + 3 * last


@_fast
def _load(X, start, stop, work):
    """Copy a block of the inputs; the last point fills the block up, so that no foreign value rejects a term."""
    for j in range(len(X)):
        for k in range(B):
            work[j, k] = X[j, min(start + k, stop - 1)]


@_fast
def _finite(row):
    total = 0.0
    for k in range(B):
        total += row[k] * 0.0
    return total == 0.0


@_fast
def _gradients(tokens, starts, constants, constant_starts, X, longest, values, grads, ok):
    n, N = X.shape
    work = np.empty((2 * n + 3 * longest, B))
    left = np.empty(longest, np.int64)
    right, stack, adjoint = np.empty_like(left), np.empty_like(left), np.empty_like(left)
    for start in range(0, N, B):
        stop = min(start + B, N)
        _load(X, start, stop, work)
        for p in range(len(starts) - 1):
            if ok[p]:
                body = tokens[starts[p] : starts[p + 1]]
                v = _term(body, constants[constant_starts[p] :], work, n, left, right, stack, adjoint)
                good = _finite(work[v])
                for j in range(n):
                    good = good and _finite(work[n + j])
                ok[p] = good
                for k in range(stop - start):
                    values[p, start + k] = work[v, k]
                for j in range(n):
                    for k in range(stop - start):
                        grads[p, j, start + k] = work[n + j, k]


@_fast
def _losses(tokens, starts, constants, constant_starts, X, longest, U, loss):
    n, N = X.shape
    work = np.empty((2 * n + 3 * longest, B))
    left = np.empty(longest, np.int64)
    right, stack, adjoint = np.empty_like(left), np.empty_like(left), np.empty_like(left)
    for start in range(0, N, B):
        stop = min(start + B, N)
        _load(X, start, stop, work)
        for p in range(len(starts) - 1):
            if loss[p] < np.inf:
                body = tokens[starts[p] : starts[p + 1]]
                v = _term(body, constants[constant_starts[p] :], work, n, left, right, stack, adjoint)
                good = _finite(work[v])
                for k in range(stop - start):
                    size = along = 0.0
                    scale = 0.0
                    for j in range(n):
                        scale = max(scale, abs(work[n + j, k]))
                        good = good and work[n + j, k] * 0 == 0
                    inverse = 1 / scale if scale > 0 else 0.0
                    for j in range(n):
                        g = work[n + j, k] * inverse
                        size += g * g
                        along += g * U[j, start + k]
                    loss[p] += 1 - along * along / size if size > 0 else 1.0
                if not good:
                    loss[p] = np.inf
    for p in range(len(loss)):
        loss[p] /= N


def _split(programs, threads):
    """Slices of consecutive terms with about equal numbers of tokens."""
    wanted = np.linspace(0, programs.starts[-1], threads + 1)
    cuts = np.unique(np.searchsorted(programs.starts, wanted))
    return [slice(a, b) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]


def _run(kernel, programs, X, threads, *outputs):
    """Apply the kernel to all terms; each term is computed whole by one thread, so the count changes no bit."""
    longest = int(np.diff(programs.starts).max(initial=1))

    def part(at):
        starts = programs.starts[at.start : at.stop + 1]
        shifts = programs.constant_starts[at.start : at.stop + 1]
        kernel(programs.tokens, starts, programs.constants, shifts, X, longest, *(o[at] for o in outputs))

    if threads == 1:
        part(slice(0, len(programs)))
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, _split(programs, threads)))


def _points(X):
    X = np.ascontiguousarray(X, dtype=np.float64)
    if X.ndim != 2 or X.shape[1] < 1:
        raise DataError(f"X must have shape (n, N), one row for each input, got {X.shape}")
    return X


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
        Where `ok` is False the term or its gradient is not finite at some point: the numbers of that term mean
        nothing.

    """
    programs, X = pack(terms), _points(X)
    P, (n, N) = len(programs), X.shape
    values, grads, ok = np.empty((P, N)), np.empty((P, n, N)), _native(programs)
    _run(_gradients, programs, X, threads, values, grads, ok)
    for p in np.flatnonzero(~_native(programs)):
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
    native = _native(programs)
    loss = np.where(native, 0.0, np.inf)
    _run(lambda *a: _losses(*a[:6], U, a[6]), programs, X, threads, loss)
    for p in np.flatnonzero(~native):
        _, gradient, ok = on_numpy(programs.term(p), X)
        loss[p] = angle_loss(gradient, U) if ok else np.inf
    return loss


def angle_loss(gradient, U):
    """Mean of 1 - cos^2 between gradients and unit gradients, both (n, N); a zero gradient counts 1."""
    scaled = gradient / np.maximum(np.abs(gradient).max(0), 1e-300)
    size = np.sum(scaled**2, axis=0)
    return float(
        np.mean(np.where(size > 0, 1 - np.sum(scaled * U, axis=0) ** 2 / np.where(size > 0, size, 1), 1))
    )


def _native(programs):
    """Which terms have no user-defined operator."""
    native = np.ones(len(programs), dtype=bool)
    foreign = np.flatnonzero((programs.tokens >= NATIVE) & (programs.tokens < CONSTANT))
    native[np.searchsorted(programs.starts, foreign, side="right") - 1] = False
    return native


def on_numpy(term, X):
    """Value (N,), gradient (n, N) and ok of one term from the rows of the table: any operator, slowly."""
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
