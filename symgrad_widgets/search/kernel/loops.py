"""One row of numbers, at a byte address, from another: the loops the interpreter is made of.

Rows are 64 bytes apart at least and `width` bytes long, a multiple of STEP.
"""

import math

import numpy as np
from numba import njit

from ...formula.operators import OPERATORS
from .lanes import (
    EXP_LIMIT,
    HUGE,
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
    root,
    sincos,
    some,
    splat,
    store,
    tanh,
    with_sign,
)

__all__ = [
    "DIV",
    "EXP",
    "FACTOR",
    "HAS_LOOP",
    "IS_BINARY",
    "MUL",
    "NEG",
    "SQUARE",
    "SUB",
    "add_product",
    "add_scaled",
    "all_finite",
    "binary",
    "copy",
    "fill",
    "product",
    "scaled",
    "scaled_product",
    "two_products",
    "unary",
]

_BINARY = ("add", "sub", "mul", "div")
_POWERS = ("neg", "inv", "square", "cube", "pow4", "sqrt", "inv_sqrt", "abs")
_FUNCTIONS = ("exp", "log", "sin", "cos", "tan", "tanh")
ADD, SUB, MUL, DIV = (OPERATORS[name].code for name in _BINARY)
NEG, INV, SQUARE, CUBE, POW4, SQRT, INV_SQRT, ABS = (OPERATORS[name].code for name in _POWERS)
EXP, LOG, SIN, COS, TAN, TANH = (OPERATORS[name].code for name in _FUNCTIONS)


def _marked(names):
    """Whether the operator of each code is one of these (CODES,), for compiled code."""
    return np.isin(list(OPERATORS), names)


HAS_LOOP = _marked(_BINARY + _POWERS + _FUNCTIONS)  # others run on NumPy
IS_BINARY, _IS_FUNCTION = _marked(_BINARY), _marked(_FUNCTIONS)

# What the rows of derivatives that `unary` writes lack of the derivative, for each code.
FACTOR = np.ones(len(OPERATORS))
FACTOR[[SQUARE, CUBE, POW4, INV, SQRT, INV_SQRT, COS, NEG]] = 2.0, 3.0, 4.0, -1.0, 0.5, -0.5, -1.0, -1.0


@inlined
def product(out, a, b, width):
    """out = a b."""
    for k in range(0, width, STEP):
        store(out + k, load(a + k) * load(b + k))


@inlined
def two_products(first, second, g, a, b, width):
    """first = g a and second = g b, in one loop: each may be written where a factor of the other is."""
    for k in range(0, width, STEP):
        x, y, z = load(g + k), load(a + k), load(b + k)
        store(first + k, x * y)
        store(second + k, x * z)


@inlined
def scaled(out, s, a, width):
    """out = s a."""
    factor = splat(s)
    for k in range(0, width, STEP):
        store(out + k, factor * load(a + k))


@inlined
def scaled_product(out, s, a, b, width):
    """out = s a b."""
    factor = splat(s)
    for k in range(0, width, STEP):
        store(out + k, factor * load(a + k) * load(b + k))


@inlined
def add_scaled(out, s, a, width):
    """out += s a."""
    factor = splat(s)
    for k in range(0, width, STEP):
        store(out + k, fma(factor, load(a + k), load(out + k)))


@inlined
def add_product(out, s, a, b, width):
    """out += s a b."""
    factor = splat(s)
    for k in range(0, width, STEP):
        store(out + k, fma(factor * load(a + k), load(b + k), load(out + k)))


@inlined
def fill(out, number, width):
    """The same number everywhere."""
    x = splat(number)
    for k in range(0, width, STEP):
        store(out + k, x)


@inlined
def copy(out, a, bytes_):
    """Exactly so many bytes, a multiple of 8, and none beyond."""
    whole = bytes_ // STEP * STEP
    for k in range(0, whole, STEP):
        store(out + k, load(a + k))
    for k in range(whole, bytes_, 8):
        put(out + k, get(a + k))


@inlined
def exceeds(x, limit):
    """Whether one of eight numbers is not below the limit in magnitude."""
    return some(beyond(flag(0), x, limit))


@inlined
def all_finite(a, width):
    """Whether a row has no inf and no nan."""
    far = flag(0)
    for k in range(0, width, STEP):
        far = beyond(far, load(a + k), math.inf)
    return not some(far)


@inlined
def binary(op, v, d, a, b, width):
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
def unary(op, v, d, a, width):
    """Rows of the value and, except for FACTOR, of the derivative; False where a function leaves the numbers.

    The derivative of exp is its value, those of square and neg are known without a row: none is written.
    """
    if _IS_FUNCTION[op]:
        return _function(op, v, d, a, width)
    _power(op, v, d, a, width)
    return True


@inlined
def _power(op, v, d, a, width):  # noqa: C901, PLR0912 - one branch for each operator
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
    elif op == ABS:
        for k in range(0, width, STEP):
            x = load(a + k)
            store(v + k, absolute(x))
            store(d + k, below(absolute(x), splat(5e-324), splat(0.0), with_sign(splat(1.0), x)))


@inlined
def _function(op, v, d, a, width):  # noqa: C901, PLR0911, PLR0912 - one branch for each operator
    if op == EXP:
        far = splat(0.0)
        for k in range(0, width, STEP):
            x = load(a + k)
            far = larger(x, far)
            store(v + k, exp(x))
        if exceeds(far, EXP_LIMIT):
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
            return _slowly(op, v, d, a, width, 1 / HUGE, HUGE)
    elif op == SIN:
        far = splat(0.0)
        for k in range(0, width, STEP):
            x = load(a + k)
            far = larger(x, far)
            s, c = sincos(x)
            store(v + k, s)
            store(d + k, c)
        if exceeds(far, SINE_LIMIT):
            return _slowly(op, v, d, a, width, -1.0, SINE_LIMIT)
    elif op == COS:
        far = splat(0.0)
        for k in range(0, width, STEP):
            x = load(a + k)
            far = larger(x, far)
            s, c = sincos(x)
            store(v + k, c)
            store(d + k, s)
        if exceeds(far, SINE_LIMIT):
            return _slowly(op, v, d, a, width, -1.0, SINE_LIMIT)
    elif op == TAN:
        far = splat(0.0)
        for k in range(0, width, STEP):
            x = load(a + k)
            far = larger(x, far)
            s, c = sincos(x)
            t = s / c
            store(v + k, t)
            store(d + k, fma(t, t, splat(1.0)))
        if exceeds(far, SINE_LIMIT):
            return _slowly(op, v, d, a, width, -1.0, SINE_LIMIT)
    elif op == TANH:
        far = splat(0.0)
        for k in range(0, width, STEP):
            x = load(a + k)
            far = larger(x, far)
            t, s = tanh(x)
            store(v + k, t)
            store(d + k, s)
        if exceeds(far, 0.5 * EXP_LIMIT):
            return _slowly(op, v, d, a, width, -1.0, 0.5 * EXP_LIMIT)
    return True


@njit(nogil=True, error_model="numpy")
def _slowly(op, v, d, a, width, low, high):
    """Mend with libm what lies outside low < |x| < high; False where value or derivative is not finite."""
    for k in range(0, width, 8):
        x = get(a + k)
        if low < abs(x) < high:
            continue
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
            y, z = math.copysign(1.0, x), 0.0  # tanh: the derivative is below 1e-300
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
