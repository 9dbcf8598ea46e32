"""The compiled interpreter of terms: value and gradient of one term on one block of points.

Everything lives in one work space. A call allocates it once, and addresses it in bytes. A *row* holds one
number for each point of a block. A *record* holds what the reverse pass has to know about one operator, or
about one input, in words of eight bytes. The forward pass runs along the postfix tokens with a stack of
(record, row of the value), and the reverse pass runs back along the records. Each operator has one parent, so
an adjoint is written only once. It takes the place of a value that is no longer needed.

The adjoint of a record is SCALE times the row ADJOINT: signs and factors never cost a loop. Nor do sums,
as their arguments share the adjoint row; nor does the outermost operator (its adjoint is `ones`). Functions
of a single input are computed once for a block and shared by all terms.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import njit

from ...formula import operators
from ..terms import postfix
from ..terms.postfix import CONSTANT
from . import lanes, loops
from .kept import compiled_and_kept
from .lanes import LANES, STEP, get, inlined, put, put_word, word
from .loops import DIV, EXP, FACTOR, HAS_LOOP, IS_BINARY, MUL, NEG, SQUARE, SUB

__all__ = ["cached", "evaluate"]

_CODES = len(HAS_LOOP)

# The words of a record: operator, its arguments and their rows, its value and its derivative, the adjoint row
# and its scale, the row that an adjoint may be written to, and the kind.
OP, LEFT, RIGHT, ROW_A, ROW_B, VALUE, SLOPE, ADJOINT, SCALE, TARGET, KIND = range(0, 88, 8)
RECORD = 128
# Kinds: an operator; an input without, with a gradient so far; what does not depend on the inputs.
INNER, UNSEEN, SEEN, FIXED = range(4)
WIDEST = 512  # points in a block: enough to pay for the branches, few enough for the second-level cache


class _Space(NamedTuple):
    """Addresses in the work space.

    Rows are `size` bytes apart. There is the row `ones`, and the first row each of the `inputs`, of the
    `gradient`, of the functions of one input (`shared`), and of those `free` for a term. Then there are
    words. `known` is an unused word and then the state of each shared row. `used` lists the gradient rows in
    use: its length in bytes, then pairs of row and record. `fixed` is the record of constants, after the
    records of the n inputs and before those of operators. `stack` is the stack.
    """

    n: int
    size: int
    ones: int
    inputs: int
    gradient: int
    shared: int
    free: int
    known: int
    used: int
    stack: int
    fixed: int


@inlined
def _forward(tokens, end, constants, space, stamp, width):
    """Record and row of the value, and the end of the records; the row is 0 if the term is not a number."""
    stack, free, record = space.stack, space.free, space.fixed + RECORD
    while tokens < end:
        t = word(tokens)
        tokens += 8
        if t < 0:
            stack = _push(stack, space.fixed + t * RECORD, space.inputs + (-1 - t) * space.size)
        elif t >= CONSTANT:
            loops.fill(free, get(constants + 8 * (t - CONSTANT)), width)
            stack = _push(stack, space.fixed, free)
            free += space.size
        else:
            put_word(record + OP, t)
            if IS_BINARY[t]:
                stack -= 16
                row, free = _binary(t, record, stack, free, space, width)
                constant = (word(stack - 16) == space.fixed) & (word(stack) == space.fixed)
            else:
                row, free = _unary(t, record, stack, free, space, stamp, width)
                constant = word(stack - 16) == space.fixed
            if row == 0:
                return 0, 0, record
            put_word(record + VALUE, row)
            stack = _push(stack - 16, space.fixed if constant else record, row)
            if not constant:
                record += RECORD
    return word(stack - 16), word(stack - 8), record


@inlined
def _push(stack, record, row):
    put_word(stack, record)
    put_word(stack + 8, row)
    return stack + 16


@inlined
def _binary(op, record, stack, free, space, width):
    """Row of the value of an operator of two arguments, and the next free row."""
    a, b, size = word(stack - 8), word(stack + 8), space.size
    put_word(record + LEFT, word(stack - 16))
    put_word(record + RIGHT, word(stack))
    put_word(record + ROW_A, a)
    put_word(record + ROW_B, b)
    put_word(record + TARGET, free)
    loops.binary(op, free, free + size, a, b, width)
    if op != DIV:
        return free, free + size
    put_word(record + SLOPE, free + size)
    put_word(record + TARGET, free + 2 * size)  # the value is still wanted then
    return free, free + 3 * size


@inlined
def _unary(op, record, stack, free, space, stamp, width):
    """Row of the value of an operator of one argument (0 if it is not a number), and the next free row.

    A function of an input is computed if no term of this block, number `stamp`, has asked for it yet.
    """
    left, a, size = word(stack - 16), word(stack - 8), space.size
    put_word(record + LEFT, left)
    row, target, after, state = free, free, free + 2 * size, space.known
    shared = left < space.fixed
    if shared:
        index = op * space.n + (space.fixed - left) // RECORD - 1
        row, after, state = space.shared + 2 * size * index, free + size, space.known + 8 * (index + 1)
    elif op == EXP:
        target += size
    if not shared or word(state) != stamp:
        fine = word(state) != -stamp and loops.unary(op, row, row + size, a, width)
        put_word(state, 0 if not shared else (stamp if fine else -stamp))
        if not fine:
            return 0, after
    slope = row + size
    if op == EXP:
        slope = row
    elif op == SQUARE:
        slope = a
    elif op == NEG:
        slope = space.ones
    put_word(record + SLOPE, slope)
    put_word(record + TARGET, target)
    return row, after


@inlined
def _backward(first, record, space, width):
    """Run back along the records from the last, whose adjoint is set, to the first."""
    ones = space.ones
    while record > first:
        record -= RECORD
        op, g, s = word(record + OP), word(record + ADJOINT), get(record + SCALE)
        a, b = word(record + LEFT), word(record + RIGHT)
        fa, fb, sb = ones, ones, s
        if not IS_BINARY[op]:
            b, fa, s = space.fixed, word(record + SLOPE), s * FACTOR[op]
        elif op == MUL:
            fa, fb = word(record + ROW_B), word(record + ROW_A)
            if word(a + KIND) == INNER:
                if word(b + KIND) == INNER and g != ones:
                    loops.two_products(word(a + TARGET), word(b + TARGET), g, fa, fb, width)
                    _receive(a, word(a + TARGET), s)
                    _receive(b, word(b + TARGET), s)
                    continue
                a, b, fa, fb = b, a, fb, fa  # the adjoint given second may overwrite a factor of the first
        elif op == SUB:
            sb = -s
        elif op == DIV:
            sb = -s
            inverse, fb = word(record + SLOPE), word(record + VALUE)
            if g != ones:
                loops.product(inverse, g, inverse, width)
            g = inverse
        _give(a, g, fa, s, space, width)
        if b != space.fixed:
            _give(b, g, fb, sb, space, width)


@inlined
def _receive(record, row, s):
    put_word(record + ADJOINT, row)
    put(record + SCALE, s)


@inlined
def _give(record, g, f, s, space, width):
    """Give the adjoint s * g * f to an argument: to its record or, for an input, to the gradient."""
    kind, out, ones = word(record + KIND), word(record + TARGET), space.ones
    if kind == INNER:
        if g == ones:
            _receive(record, f, s)
        elif f == ones:
            _receive(record, g, s)
        else:
            loops.product(out, g, f, width)
            _receive(record, out, s)
    elif kind == SEEN:
        if g == ones:
            loops.add_scaled(out, s, f, width)
        elif f == ones:
            loops.add_scaled(out, s, g, width)
        else:
            loops.add_product(out, s, g, f, width)
    elif kind == UNSEEN:
        _use(record, out, space.used)
        if g == ones:
            loops.scaled(out, s, f, width)
        elif f == ones:
            loops.scaled(out, s, g, width)
        else:
            loops.scaled_product(out, s, g, f, width)


@inlined
def _use(record, out, used):
    """Add a gradient row to the list of rows in use."""
    put_word(record + KIND, SEEN)
    end = word(used) + 16
    put_word(used, end)
    put_word(used + end - 8, out)
    put_word(used + end, record)


@inlined
def _term(tokens, end, constants, space, stamp, width):
    """Row of the value of a term, 0 if it is not a number; the list `used` has the rows of the gradient."""
    used, first = space.used, space.fixed + RECORD
    for q in range(16, word(used) + 16, 16):
        put_word(word(used + q) + KIND, UNSEEN)
    put_word(used, 0)
    top, value, last = _forward(tokens, end, constants, space, stamp, width)
    if value != 0:
        if word(top + KIND) == UNSEEN:  # the term is an input
            _use(top, word(top + TARGET), used)
            loops.fill(word(top + TARGET), 1.0, width)
        _receive(top, space.ones, 1.0)
        _backward(first, last, space, width)
    return value


@njit(nogil=True, error_model="numpy")
def _sound(tokens, n, constants):
    """Whether tokens are one formula: addresses are computed from them, unchecked."""
    height = 0
    for t in tokens:
        if t < -n or _CODES <= t < CONSTANT or t >= CONSTANT + constants:
            return False
        if t < 0 or t >= CONSTANT:
            height += 1
        elif HAS_LOOP[t]:
            height -= IS_BINARY[t]
        else:
            return False
        if height < 1:
            return False
    return height == 1


@njit(nogil=True, error_model="numpy")
def _load(source, start, valid, out, size, width):
    """Copy a block; its last point fills the last lanes, so that no stray number can reject a term."""
    for j in range(len(source)):
        for i in range(width // 8):
            put(out + j * size + 8 * i, source[j, start + min(i, valid - 1)])


@inlined
def _laid_out(work, table, n, size, longest):
    """Addresses in the two arrays, and the words and rows that never change."""
    rows_of = (work.ctypes.data + 63) // 64 * 64
    words = table.ctypes.data
    inputs = rows_of + size
    shared = inputs + 2 * n * size
    known = words
    used = known + 8 * (_CODES * n + 1)
    stack = used + 8 * (2 * n + 1)
    space = _Space(
        n=n,
        size=size,
        ones=rows_of,
        inputs=inputs,
        gradient=inputs + n * size,
        shared=shared,
        free=shared + 2 * _CODES * n * size,
        known=known,
        used=used,
        stack=stack,
        fixed=stack + 16 * (longest + 1) + n * RECORD,
    )
    loops.fill(space.ones, 1.0, size)
    put_word(space.fixed + KIND, FIXED)
    for j in range(n):
        put_word(space.fixed - (j + 1) * RECORD + KIND, UNSEEN)
        put_word(space.fixed - (j + 1) * RECORD + TARGET, space.gradient + j * size)
    return space


@inlined
def _write(values, grads, start, value, space, valid, width):
    """Write the value and the gradient of a block to the results; False if they are not finite."""
    good = loops.all_finite(value, width)
    loops.copy(values.ctypes.data + 8 * start, value, 8 * valid)
    N, used = len(values), space.used
    for q in range(used + 8, used + word(used), 16):
        row = word(q)
        good &= loops.all_finite(row, width)
        j = (row - space.gradient) // space.size
        loops.copy(grads.ctypes.data + 8 * (j * N + start), row, 8 * valid)
    return good


def cached(function):
    """Compile, and keep the result on disk under a name that changes with its source files.

    numba itself looks only at the file that contains the function.
    """
    sources = b"".join(Path(module.__file__).read_bytes() for module in (lanes, loops, operators, postfix))
    function.__qualname__ += "_" + hashlib.sha256(sources).hexdigest()[:12]
    return compiled_and_kept(function)


@cached
def evaluate(tokens, starts, constants, shifts, X, longest, values, grads, ok):
    """Evaluate terms at the points X (n, N), block by block.

    Values and gradients go to `values (P, N)` and `grads (P, n, N)`, which has to be zero at first. `ok (P,)`
    says which terms to evaluate, and in the end which are finite everywhere. `longest` is the largest number
    of tokens. Returns -1; or, if a term is no formula, its number, and then nothing is evaluated.
    """
    n, N = X.shape
    for p in range(len(ok)):
        if ok[p] and not _sound(tokens[starts[p] : starts[p + 1]], n, shifts[p + 1] - shifts[p]):
            return p
    blocks = (N + WIDEST - 1) // WIDEST
    points = ((N + blocks - 1) // blocks + LANES - 1) // LANES * LANES
    size = 8 * points + 64
    work = np.empty((2 + (2 + 2 * _CODES) * n + 3 * longest) * (size // 8))
    table = np.zeros((_CODES + 2) * n + 4 + 2 * longest + RECORD // 8 * (n + 1 + longest), np.int64)
    space = _laid_out(work, table, n, size, longest)
    for start in range(0, N, points):
        valid = min(points, N - start)
        width = (valid + LANES - 1) // LANES * STEP
        _load(X, start, valid, space.inputs, size, width)
        for p in range(len(ok)):
            if not ok[p]:
                continue
            begin, end = tokens.ctypes.data + 8 * starts[p], tokens.ctypes.data + 8 * starts[p + 1]
            value = _term(begin, end, constants.ctypes.data + 8 * shifts[p], space, start + 1, width)
            ok[p] = value != 0 and _write(values[p], grads[p], start, value, space, valid, width)
    table[0] = work.size  # numba frees an array after its last use, and addresses are none
    return -1
