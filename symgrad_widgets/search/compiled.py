"""The compiled interpreter of terms: value and gradient of one term on one block of points, then its loss.

Everything lives in one work space that is allocated once for a call and addressed in bytes. A *row* holds one
number for each point of a block. A *record* holds what the reverse pass has to know about one operator, or
about one input, as eight-byte words. The forward pass runs along the postfix tokens with a stack of (record,
row of the value) and the reverse pass runs back along the records; each operator has one parent, so an adjoint
is written once and may share the row of a value that nobody reads any more.

The adjoint of a record is SCALE times the row ADJOINT: signs and factors never cost a loop, and neither do
sums, whose arguments share the adjoint row, nor the outermost operator, whose adjoint is the row `ones`.
"""

import math

import numpy as np
from numba import njit

from ..operators import NATIVE, OPERATORS
from .lanes import (
    EXP_LIMIT,
    HUGE,
    LANES,
    SINE_LIMIT,
    STEP,
    absolute,
    below,
    beyond,
    exp,
    flag,
    fma,
    get,
    inlined,
    larger,
    load,
    log,
    negative,
    put,
    put_word,
    root,
    sincos,
    some,
    splat,
    store,
    tanh,
    total,
    with_sign,
    word,
)
from .terms import CONSTANT

__all__ = ["evaluate"]

_CODE = {name: op.code for name, op in OPERATORS.items()}
ADD, SUB, MUL, DIV = (_CODE[name] for name in ("add", "sub", "mul", "div"))
NEG, INV, SQUARE, CUBE, POW4 = (_CODE[name] for name in ("neg", "inv", "square", "cube", "pow4"))
SQRT, INV_SQRT, EXP, LOG = (_CODE[name] for name in ("sqrt", "inv_sqrt", "exp", "log"))
SIN, COS, TAN, TANH, ABS = (_CODE[name] for name in ("sin", "cos", "tan", "tanh", "abs"))

# What the rows of derivatives lack of the derivative.
_FACTORS = {
    "square": 2.0,
    "cube": 3.0,
    "pow4": 4.0,
    "inv": -1.0,
    "sqrt": 0.5,
    "inv_sqrt": -0.5,
    "cos": -1.0,
    "neg": -1.0,
}
_FACTOR = np.array([_FACTORS.get(name, 1.0) for name in OPERATORS][:NATIVE])

# Words of a record: operator, arguments, their rows, own value, derivative, adjoint and its scale, the row an
# adjoint may be written to, and what giving an adjoint means (one of the four kinds below).
OP, LEFT, RIGHT, ROW_A, ROW_B, VALUE, SLOPE, ADJOINT, SCALE, TARGET, KIND = range(0, 88, 8)
RECORD = 128
INNER, UNSEEN, SEEN, FIXED = 0, 3, 6, 9  # operator; input without, with a gradient so far; no input below
WIDEST = (
    512  # points in a block: long enough to pay for the branches, short enough for the second-level cache
)


@njit(nogil=True, error_model="numpy")
def _slowly(op, v, d, a, width):
    """libm where the vector functions do not reach; False where value or derivative is not finite."""
    for k in range(0, width, 8):
        x = get(a + k)
        if op == LOG:
            y, z = math.log(abs(x)), 1 / x
        elif op == SIN:
            y, z = math.sin(x), math.cos(x)
        elif op == COS:
            y, z = math.cos(x), math.sin(x)
        elif op == TAN:
            y = math.tan(x)
            z = 1 + y * y
        else:
            e = math.exp(-2 * abs(x))
            y, z = math.tanh(x), 4 * e / ((1 + e) * (1 + e))
        if not (abs(x) < math.inf and abs(y) < math.inf and abs(z) < math.inf):
            return False
        put(v + k, y)
        put(d + k, z)
    return True


@inlined
def _steep_exp(v, a, width):
    """exp beyond its range, as the square of exp(x / 2); False where it overflows."""
    far = flag(0)
    low, high = splat(-700.0), splat(700.0)
    for k in range(0, width, STEP):
        x = splat(0.5) * load(a + k)
        half = exp(below(x, low, low, below(high, x, high, x)))
        far = beyond(far, half * half, math.inf)
        store(v + k, half * half)
    return not some(far)


@inlined
def _exceeds(far, limit):
    return some(beyond(flag(0), far, limit))


@inlined
def _binary(op, v, d, a, b, width):
    """Row of the value and, for a quotient, of the inverse of what is below."""
    if op == ADD:
        for k in range(0, width, STEP):
            store(v + k, load(a + k) + load(b + k))
    elif op == SUB:
        for k in range(0, width, STEP):
            store(v + k, load(a + k) - load(b + k))
    elif op == MUL:
        for k in range(0, width, STEP):
            store(v + k, load(a + k) * load(b + k))
    else:
        for k in range(0, width, STEP):
            x, y = load(a + k), load(b + k)
            inverse = splat(1.0) / y
            quotient = x * inverse
            store(d + k, inverse)
            # one Newton step, so that x / x is 1 and its gradient 0
            store(v + k, fma(fma(negative(y), quotient, x), inverse, quotient))


@inlined
def _unary(op, v, d, a, width):
    """Rows of the value and, but for _FACTOR, of the derivative; False where a function leaves the numbers."""
    if op == NEG:
        for k in range(0, width, STEP):
            store(v + k, negative(load(a + k)))
    elif op == INV:
        for k in range(0, width, STEP):
            x = splat(1.0) / load(a + k)
            store(v + k, x)
            store(d + k, x * x)
    elif op == SQUARE:
        for k in range(0, width, STEP):
            x = load(a + k)
            store(v + k, x * x)
    elif op == CUBE:
        for k in range(0, width, STEP):
            x = load(a + k)
            store(d + k, x * x)
            store(v + k, x * x * x)
    elif op == POW4:
        for k in range(0, width, STEP):
            x = load(a + k)
            store(d + k, x * x * x)
            store(v + k, (x * x) * (x * x))
    elif op == SQRT:
        for k in range(0, width, STEP):
            x = root(load(a + k))
            store(v + k, x)
            store(d + k, splat(1.0) / x)
    elif op == INV_SQRT:
        for k in range(0, width, STEP):
            x = splat(1.0) / root(load(a + k))
            store(v + k, x)
            store(d + k, x * x * x)
    elif op == EXP:
        far = splat(0.0)
        for k in range(0, width, STEP):
            x = load(a + k)
            far = larger(x, far)
            store(v + k, exp(x))
        if _exceeds(far, EXP_LIMIT):
            return _steep_exp(v, a, width)
    elif op == LOG:
        outside = flag(0)
        for k in range(0, width, STEP):
            x = load(a + k)
            inverse = splat(1.0) / x
            outside = beyond(beyond(outside, x, HUGE), inverse, HUGE)
            store(v + k, log(absolute(x)))
            store(d + k, inverse)
        if some(outside):
            return _slowly(op, v, d, a, width)
    elif op == SIN:
        far = splat(0.0)
        for k in range(0, width, STEP):
            x = load(a + k)
            far = larger(x, far)
            s, c = sincos(x)
            store(v + k, s)
            store(d + k, c)
        if _exceeds(far, SINE_LIMIT):
            return _slowly(op, v, d, a, width)
    elif op == COS:
        far = splat(0.0)
        for k in range(0, width, STEP):
            x = load(a + k)
            far = larger(x, far)
            s, c = sincos(x)
            store(v + k, c)
            store(d + k, s)
        if _exceeds(far, SINE_LIMIT):
            return _slowly(op, v, d, a, width)
    elif op == TAN:
        far = splat(0.0)
        for k in range(0, width, STEP):
            x = load(a + k)
            far = larger(x, far)
            s, c = sincos(x)
            t = s / c
            store(v + k, t)
            store(d + k, fma(t, t, splat(1.0)))
        if _exceeds(far, SINE_LIMIT):
            return _slowly(op, v, d, a, width)
    elif op == TANH:
        far = splat(0.0)
        for k in range(0, width, STEP):
            x = load(a + k)
            far = larger(x, far)
            t, s = tanh(x)
            store(v + k, t)
            store(d + k, s)
        if _exceeds(far, 0.5 * EXP_LIMIT):
            return _slowly(op, v, d, a, width)
    elif op == ABS:
        for k in range(0, width, STEP):
            x = load(a + k)
            store(v + k, absolute(x))
            store(d + k, below(absolute(x), splat(5e-324), splat(0.0), with_sign(splat(1.0), x)))
    return True


@inlined
def _give(record, g, f, s, ones, width, used):
    """Give the adjoint s * g * f to an argument: to its record or, for an input, to the gradient."""
    kind, out = word(record + KIND), word(record + TARGET)
    if kind == INNER:
        put(record + SCALE, s)
        if g == ones:
            put_word(record + ADJOINT, f)
        elif f == ones:
            put_word(record + ADJOINT, g)
        else:
            for k in range(0, width, STEP):
                store(out + k, load(g + k) * load(f + k))
            put_word(record + ADJOINT, out)
        return
    if kind == FIXED:
        return
    scale = splat(s)
    if kind == SEEN:
        if g == ones:
            for k in range(0, width, STEP):
                store(out + k, fma(scale, load(f + k), load(out + k)))
        elif f == ones:
            for k in range(0, width, STEP):
                store(out + k, fma(scale, load(g + k), load(out + k)))
        else:
            for k in range(0, width, STEP):
                store(out + k, fma(scale * load(g + k), load(f + k), load(out + k)))
    else:
        _mark(record, out, used)
        if g == ones:
            for k in range(0, width, STEP):
                store(out + k, scale * load(f + k))
        elif f == ones:
            for k in range(0, width, STEP):
                store(out + k, scale * load(g + k))
        else:
            for k in range(0, width, STEP):
                store(out + k, scale * load(g + k) * load(f + k))


@inlined
def _give_both(a, b, g, fa, fb, s, width):
    """Give a product's adjoint to two operators in one loop: each goes where the other's factor was."""
    oa, ob = word(a + TARGET), word(b + TARGET)
    for k in range(0, width, STEP):
        x, y, z = load(g + k), load(fa + k), load(fb + k)
        store(oa + k, x * y)
        store(ob + k, x * z)
    put_word(a + ADJOINT, oa)
    put_word(b + ADJOINT, ob)
    put(a + SCALE, s)
    put(b + SCALE, s)


@inlined
def _mark(record, out, used):
    """Put a gradient row on the list of those that are not zero: a count of bytes, then the addresses."""
    put_word(record + KIND, SEEN)
    end = word(used) + 16
    put_word(used, end)
    put_word(used + end - 8, out)
    put_word(used + end, record)


@inlined
def _term(tokens, end, constants, ones, inputs, fixed, used, stack, records, free, size, width):
    """Row of the value, or 0 where the term is not a number; the gradient rows are on the list `used`.

    `tokens` to `end` and `constants` are the term; `ones`, `inputs` and `free` are rows `size` bytes apart, of
    which `width` bytes are filled; the records of the inputs stand before `fixed`, the record of all constants.
    """
    last = word(used)
    for q in range(16, last + 16, 16):
        put_word(word(used + q) + KIND, UNSEEN)
    put_word(used, 0)
    first = records
    while tokens < end:
        t = word(tokens)
        tokens += 8
        if t < 0:
            put_word(stack, fixed + t * RECORD)
            put_word(stack + 8, inputs + (-1 - t) * size)
            stack += 16
        elif t >= CONSTANT:
            number = splat(get(constants + 8 * (t - CONSTANT)))
            for k in range(0, width, STEP):
                store(free + k, number)
            put_word(stack, fixed)
            put_word(stack + 8, free)
            free += size
            stack += 16
        else:
            # an adjoint may be written where the value was, unless the derivative is made of the value
            v = free
            put_word(records + OP, t)
            put_word(records + VALUE, v)
            put_word(records + TARGET, v)
            free += size
            if t <= DIV:
                stack -= 16
                left, a, right, b = word(stack - 16), word(stack - 8), word(stack), word(stack + 8)
                put_word(records + LEFT, left)
                put_word(records + RIGHT, right)
                put_word(records + ROW_A, a)
                put_word(records + ROW_B, b)
                _binary(t, v, free, a, b, width)
                if t == DIV:
                    put_word(records + SLOPE, free)
                    put_word(records + TARGET, free + size)
                    free += 2 * size
                constant = (left == fixed) & (right == fixed)
            else:
                left, a = word(stack - 16), word(stack - 8)
                put_word(records + LEFT, left)
                if not _unary(t, v, free, a, width):
                    return 0
                slope = free
                if t == EXP:
                    slope = v
                    put_word(records + TARGET, free)
                    free += size
                elif t == SQUARE:
                    slope = a
                elif t == NEG:
                    slope = ones
                else:
                    free += size
                put_word(records + SLOPE, slope)
                constant = left == fixed
            put_word(stack - 8, v)
            if constant:
                put_word(stack - 16, fixed)
            else:
                put_word(stack - 16, records)
                records += RECORD
    _give(word(stack - 16), ones, ones, 1.0, ones, width, used)
    while records > first:
        records -= RECORD
        op = word(records + OP)
        g, s = word(records + ADJOINT), get(records + SCALE)
        a = word(records + LEFT)
        if op > DIV:
            _give(a, g, word(records + SLOPE), s * _FACTOR[op], ones, width, used)
            continue
        b = word(records + RIGHT)
        fa = fb = ones
        sb = s
        if op == MUL:
            fa, fb = word(records + ROW_B), word(records + ROW_A)
            if word(a + KIND) == INNER:
                if word(b + KIND) == INNER and g != ones:
                    _give_both(a, b, g, fa, fb, s, width)
                    continue
                # the second adjoint may overwrite a factor of the first
                a, b, fa, fb = b, a, fb, fa
        elif op == SUB:
            sb = -s
        elif op == DIV:
            sb = -s
            fa, fb = word(records + SLOPE), word(records + VALUE)
            if g != ones:
                for k in range(0, width, STEP):
                    store(fa + k, load(g + k) * load(fa + k))
            g, fa = fa, ones
        _give(a, g, fa, s, ones, width, used)
        _give(b, g, fb, sb, ones, width, used)
    return word(stack - 8)


@inlined
def _angle(along, length, value, doubt):
    """1 - cos^2 from <g, u> and <g, g>; doubt where these are out of range or the value is not finite."""
    inverse = splat(1.0) / length
    doubt = beyond(beyond(beyond(doubt, length, 1e290), inverse, 1e290), load(value), math.inf)
    return fma(negative(along * along), inverse, splat(1.0)), doubt


@inlined
def _block_loss(value, offset, width, valid, used, spare):
    """Sum of 1 - cos^2 over the valid points of a block, and whether it is sure."""
    doubt, loss, zero = flag(0), splat(0.0), splat(0.0)
    full = valid // LANES * STEP
    last = used + word(used)
    k = 0
    while k + 4 * STEP <= full:
        a0, a1, a2, a3 = zero, zero, zero, zero
        l0, l1, l2, l3 = zero, zero, zero, zero
        q = used
        while q < last:
            row = word(q + 8) + k
            u = row + offset
            q += 16
            g0, g1, g2, g3 = load(row), load(row + STEP), load(row + 2 * STEP), load(row + 3 * STEP)
            a0, a1 = fma(g0, load(u), a0), fma(g1, load(u + STEP), a1)
            a2, a3 = fma(g2, load(u + 2 * STEP), a2), fma(g3, load(u + 3 * STEP), a3)
            l0, l1, l2, l3 = fma(g0, g0, l0), fma(g1, g1, l1), fma(g2, g2, l2), fma(g3, g3, l3)
        a0, doubt = _angle(a0, l0, value + k, doubt)
        a1, doubt = _angle(a1, l1, value + k + STEP, doubt)
        a2, doubt = _angle(a2, l2, value + k + 2 * STEP, doubt)
        a3, doubt = _angle(a3, l3, value + k + 3 * STEP, doubt)
        loss = loss + ((a0 + a1) + (a2 + a3))
        k += 4 * STEP
    rest = 0.0
    while k < width:
        along, length = zero, zero
        q = used
        while q < last:
            row = word(q + 8) + k
            g = load(row)
            along = fma(g, load(row + offset), along)
            length = fma(g, g, length)
            q += 16
        angle, doubt = _angle(along, length, value + k, doubt)
        if k < full:
            loss = loss + angle
        else:
            store(spare, angle)
            for i in range(valid % LANES):
                rest += get(spare + 8 * i)
        k += STEP
    return total(loss) + rest, not some(doubt)


@njit(nogil=True, error_model="numpy")
def _careful_loss(value, offset, valid, used):
    """The same point by point, with each gradient scaled: zero, very long and very short ones."""
    loss = 0.0
    last = used + word(used)
    for k in range(0, 8 * valid, 8):
        longest = 0.0
        for q in range(used + 8, last, 16):
            x = abs(get(word(q) + k))
            if not x < math.inf:
                return math.inf
            longest = max(longest, x)
        if not abs(get(value + k)) < math.inf:
            return math.inf
        along = length = 0.0
        for q in range(used + 8, last, 16):
            g = get(word(q) + k) / max(longest, 1e-300)
            along += g * get(word(q) + k + offset)
            length += g * g
        loss += 1 - along * along / length if longest > 0 else 1.0
    return loss


@inlined
def _all_finite(row, width):
    far = flag(0)
    for k in range(0, width, STEP):
        far = beyond(far, load(row + k), math.inf)
    return not some(far)


@inlined
def _copy(row, out, valid):
    for k in range(0, valid // LANES * STEP, STEP):
        store(out + k, load(row + k))
    for k in range(valid // LANES * STEP, 8 * valid, 8):
        put(out + k, get(row + k))


@njit(nogil=True, error_model="numpy")
def _fill(source, start, valid, row, size, width):
    """Copy a block; its last point fills the last lanes, so that no foreign number rejects a term."""
    for j in range(len(source)):
        for i in range(width // 8):
            put(row + j * size + 8 * i, source[j, start + min(i, valid - 1)])


@njit(nogil=True, error_model="numpy", cache=True)
def evaluate(tokens, starts, constants, shifts, X, U, longest, values, grads, loss, ok):
    """Evaluate terms at the points X (n, N), block by block.

    With U (n, N), unit gradients, the losses go to `loss (P,)`; with U (0, 0) values and gradients go to
    `values (P, N)` and `grads (P, n, N)`, which has to be zero at first. `ok (P,)` says which terms to evaluate and
    in the end which are finite everywhere; `longest` is the largest number of tokens.
    """
    n, N = X.shape
    blocks = (N + WIDEST - 1) // WIDEST
    points = ((N + blocks - 1) // blocks + LANES - 1) // LANES * LANES
    size = 8 * points + 64
    work = np.empty((2 + 3 * n + 3 * longest) * (size // 8) + 16)
    ones = (work.ctypes.data + 63) // 64 * 64
    spare, inputs = ones + size, ones + 2 * size
    gradient, target = inputs + n * size, inputs + 2 * n * size
    free = target + n * size
    table = np.zeros((2 * n + 2) + 2 * (longest + 1) + RECORD // 8 * (n + 1 + longest), np.int64)
    used = table.ctypes.data
    stack = used + 8 * (2 * n + 2)
    fixed = stack + 16 * (longest + 1) + n * RECORD
    put_word(fixed + KIND, FIXED)
    for j in range(n):
        put_word(fixed - (j + 1) * RECORD + KIND, UNSEEN)
        put_word(fixed - (j + 1) * RECORD + TARGET, gradient + j * size)
    one = splat(1.0)
    for k in range(0, 8 * points, STEP):
        store(ones + k, one)
    for start in range(0, N, points):
        valid = min(points, N - start)
        width = (valid + LANES - 1) // LANES * STEP
        _fill(X, start, valid, inputs, size, width)
        _fill(U, start, valid, target, size, width)
        for p in range(len(ok)):
            if not ok[p]:
                continue
            body, rest = tokens.ctypes.data, constants.ctypes.data
            value = _term(
                body + 8 * starts[p],
                body + 8 * starts[p + 1],
                rest + 8 * shifts[p],
                ones,
                inputs,
                fixed,
                used,
                stack,
                fixed + RECORD,
                free,
                size,
                width,
            )
            if value == 0:
                ok[p] = False
            elif len(U) > 0:
                part, sure = _block_loss(value, target - gradient, width, valid, used, spare)
                if not sure:
                    part = _careful_loss(value, target - gradient, valid, used)
                    ok[p] = part < math.inf
                loss[p] += part
            else:
                good = _all_finite(value, width)
                _copy(value, values.ctypes.data + 8 * (p * N + start), valid)
                for q in range(used + 8, used + word(used), 16):
                    row = word(q)
                    good &= _all_finite(row, width)
                    j = (row - gradient) // size
                    _copy(row, grads.ctypes.data + 8 * ((p * n + j) * N + start), valid)
                ok[p] = good
