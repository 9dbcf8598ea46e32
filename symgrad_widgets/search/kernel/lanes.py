"""Eight float64 numbers in one variable for numba: explicit SIMD that LLVM maps on whatever the CPU has.

numba's own loops are vectorised at LLVM's discretion, and never through exp or sin, for which its wheels
carry no vector library. Here `load` and `store` move eight neighbouring numbers at a byte address,
+ - * / work on them, and `exp`, `sincos`, `log`, `tanh` are polynomials after a range reduction, accurate to
two units in the last place (tanh: five) inside the ranges stated; outside, callers go to libm.

Method: Cody and Waite, *Software Manual for the Elementary Functions* (1980); Muller, *Elementary Functions*
(2016), ch. 11. The coefficients interpolate the remainders at Chebyshev nodes, computed with 50 digits.
"""

import inspect
import operator

from llvmlite import ir
from numba import types
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_jitable, register_model

__all__ = ["LANES", "STEP", "exp", "fma", "inlined", "load", "log", "sincos", "splat", "store", "tanh"]

LANES = 8
STEP = 8 * LANES  # bytes
EXP_LIMIT = 708.0  # exp: |x| below this
SINE_LIMIT = 1e12  # sincos: |x| below this
HUGE = 1e307  # log: 1 / HUGE < |x| < HUGE

inlined = register_jitable(forceinline=True, error_model="numpy")
_DOUBLE, _INT = ir.DoubleType(), ir.IntType(64)
_VECTOR, _INTS = ir.VectorType(_DOUBLE, LANES), ir.VectorType(_INT, LANES)
_FLAGS = ir.VectorType(ir.IntType(1), LANES)


class _Lanes(types.Type):
    def __init__(self):
        super().__init__(name=f"float64x{LANES}")


lanes = _Lanes()


class _Flags(types.Type):
    def __init__(self):
        super().__init__(name=f"boolx{LANES}")


flags = _Flags()


@register_model(_Flags)
class _FlagsModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, _FLAGS)


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, _VECTOR)


def _binary(operation, instruction):
    @infer_global(operation)
    class _Typing(ConcreteTemplate):
        cases = (signature(lanes, lanes, lanes),)

    @lower_builtin(operation, lanes, lanes)
    def _lower(_context, builder, _signature, arguments):
        return getattr(builder, instruction)(*arguments)


for _operation, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _binary(_operation, _instruction)


def _compiled(*arguments, result=lanes):
    """Turn a function that emits LLVM code, (builder, *values) -> value, into one compiled code can call."""

    def decorate(emit):
        def typing(_context, *_given):
            return result(*arguments), lambda _context, builder, _signature, values: emit(builder, *values)

        names = list(inspect.signature(emit).parameters)
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        typing.__signature__ = inspect.Signature([inspect.Parameter(n, kind) for n in names])
        typing.__name__, typing.__doc__ = emit.__name__, emit.__doc__
        return intrinsic(typing)

    return decorate


def _bits(builder, x):
    return builder.bitcast(x, _INTS)


def _same(number):
    """Eight copies of an integer, as a constant."""
    return ir.Constant(_INTS, [number] * LANES)


def _call(builder, name, *arguments):
    kind = arguments[0].type
    function = ir.FunctionType(kind, [kind] * len(arguments))
    suffix = f".v{LANES}f64" if kind == _VECTOR else ".f64"
    return builder.call(builder.module.declare_intrinsic(f"llvm.{name}{suffix}", (), function), arguments)


def _pointer(builder, address, kind):
    return builder.inttoptr(address, kind.as_pointer())


@_compiled(types.int64)
def load(builder, address):
    """Eight numbers from a byte address."""
    return builder.load(_pointer(builder, address, _VECTOR), align=8)


@_compiled(types.int64, lanes, result=types.void)
def store(builder, address, x):
    """Eight numbers to a byte address."""
    builder.store(x, _pointer(builder, address, _VECTOR), align=8)


@_compiled(types.int64, result=types.int64)
def word(builder, address):
    """One integer from a byte address."""
    return builder.load(_pointer(builder, address, _INT), align=8)


@_compiled(types.int64, types.int64, result=types.void)
def put_word(builder, address, x):
    """One integer to a byte address."""
    builder.store(x, _pointer(builder, address, _INT), align=8)


@_compiled(types.int64, result=types.float64)
def get(builder, address):
    """One number from a byte address."""
    return builder.load(_pointer(builder, address, _DOUBLE), align=8)


@_compiled(types.int64, types.float64, result=types.void)
def put(builder, address, x):
    """One number to a byte address."""
    builder.store(x, _pointer(builder, address, _DOUBLE), align=8)


def _spread(builder, x):
    start = ir.Constant(ir.VectorType(x.type, LANES), ir.Undefined)
    one = builder.insert_element(start, x, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, start, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))


@_compiled(types.float64)
def splat(builder, x):
    """Eight copies of a number."""
    return _spread(builder, x)


@_compiled(lanes, lanes, lanes)
def fma(builder, a, b, c):
    """a b + c, in one rounding where the CPU can."""
    return _call(builder, "fmuladd", a, b, c)


@_compiled(lanes)
def negative(builder, x):
    """-x."""
    return builder.fneg(x)


@_compiled(lanes, lanes)
def larger(builder, x, y):
    """The larger of |x| and y; y where x is nan."""
    x = _call(builder, "fabs", x)
    return builder.select(builder.fcmp_ordered(">", x, y), x, y)


@_compiled(lanes, lanes, lanes)
def exact_fma(builder, a, b, c):
    """a b + c in one rounding, on a CPU without such an instruction too."""
    return _call(builder, "fma", a, b, c)


@_compiled(lanes)
def absolute(builder, x):
    """|x|."""
    return _call(builder, "fabs", x)


@_compiled(lanes)
def root(builder, x):
    """Square root."""
    return _call(builder, "sqrt", x)


@_compiled(lanes, lanes)
def with_sign(builder, x, sign):
    """|x| with the sign of the second argument."""
    return _call(builder, "copysign", x, sign)


@_compiled(lanes, lanes, lanes, lanes)
def below(builder, a, b, yes, no):
    """`yes` where a < b, else, also where one is nan, `no`."""
    return builder.select(builder.fcmp_ordered("<", a, b), yes, no)


@_compiled(flags, lanes, types.float64, result=flags)
def beyond(builder, found, x, limit):
    """The flags, set also where not |x| < limit: where it is nan too."""
    magnitude = _call(builder, "fabs", x)
    return builder.or_(found, builder.fcmp_unordered(">=", magnitude, _spread(builder, limit)))


@_compiled(types.int64, result=flags)
def flag(builder, bit):
    """Eight flags, all set for 1, all clear for 0."""
    return _spread(builder, builder.trunc(bit, ir.IntType(1)))


@_compiled(flags, result=types.boolean)
def some(builder, found):
    """Whether any flag is set."""
    packed = builder.bitcast(found, ir.IntType(LANES))
    return builder.icmp_unsigned("!=", packed, ir.Constant(ir.IntType(LANES), 0))


# A whole number n in [-2^51, 2^51] is rounded, and found in the low bits, by adding 1.5 * 2^52.
_WHOLE = 6755399441055744.0


@_compiled(lanes, lanes)
def _scaled(builder, x, whole):
    """x 2^n from n + _WHOLE, where both are normal numbers."""
    shifted = builder.shl(_bits(builder, whole), _same(52))
    return builder.bitcast(builder.add(_bits(builder, x), shifted), _VECTOR)


@_compiled(lanes, lanes, lanes)
def _odd(builder, whole, yes, no):
    """`yes` where the n in n + _WHOLE is odd."""
    bit = builder.and_(_bits(builder, whole), _same(1))
    return builder.select(builder.icmp_unsigned("!=", bit, _same(0)), yes, no)


@_compiled(lanes, lanes, types.int64)
def _flipped(builder, x, whole, add):
    """x with its sign changed where the second lowest bit of n + add is set."""
    bit = builder.and_(builder.add(_bits(builder, whole), _spread(builder, add)), _same(2))
    return builder.bitcast(builder.xor(_bits(builder, x), builder.shl(bit, _same(62))), _VECTOR)


_ROOT_HALF = 0x3FE6A09E00000000  # bits of sqrt(1/2), rounded down


@_compiled(lanes)
def _exponent(builder, x):
    """k of x = m 2^k with sqrt(1/2) <= m < sqrt(2), as a number."""
    raised = builder.add(_bits(builder, x), _same((1023 << 52) - _ROOT_HALF))
    biased = builder.or_(builder.lshr(raised, _same(52)), _same(0x4330000000000000))
    number = builder.bitcast(biased, _VECTOR)
    return builder.fsub(number, ir.Constant(_VECTOR, [4503599627370496.0 + 1023] * LANES))


@_compiled(lanes)
def _mantissa(builder, x):
    """m of x = m 2^k."""
    raised = builder.add(_bits(builder, x), _same((1023 << 52) - _ROOT_HALF))
    fraction = builder.and_(raised, _same((1 << 52) - 1))
    return builder.bitcast(builder.add(fraction, _same(_ROOT_HALF)), _VECTOR)


_LOG2_E = 1.4426950408889634
_LN2 = (0.6931471803691238, 1.9082149292705877e-10)
_HALF_PI = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33)
_EXP = (
    0.5000000000000001,
    0.16666666666666669,
    0.04166666666662399,
    0.008333333333330051,
    0.0013888888917281794,
    0.00019841269863105968,
    2.480152119021773e-05,
    2.7557268378684192e-06,
    2.7620138719733994e-07,
    2.5100424157005067e-08,
)
_SIN = (
    -0.16666666666666666,
    0.008333333333330936,
    -0.00019841269836740527,
    2.755731609319604e-06,
    -2.505112989595894e-08,
    1.5917988944090988e-10,
)
_COS = (
    0.041666666666666664,
    -0.0013888888888887389,
    2.48015872987544e-05,
    -2.75573172658766e-07,
    2.087614504910586e-09,
    -1.1382544623261843e-11,
)
_LOG = (
    0.666666666666667,
    0.3999999999989938,
    0.2857142862603109,
    0.22222211125719984,
    0.18182889786351103,
    0.15331699629192183,
    0.14616721225361928,
)


def _horner(coefficients):
    @_compiled(lanes)
    def polynomial(builder, x):
        *rest, y = (ir.Constant(_VECTOR, [c] * LANES) for c in coefficients)
        for c in reversed(rest):
            y = _call(builder, "fmuladd", y, x, c)
        return y

    return polynomial


_exp_rest, _exp_less_one = _horner((1.0, 1.0, *_EXP)), _horner((1.0, *_EXP))
_sin_rest, _cos_rest, _log_rest = _horner(_SIN), _horner((1.0, -0.5, *_COS)), _horner(_LOG)


@inlined
def _exp_reduced(x):
    """(r, n + _WHOLE) with x = r + n log 2."""
    whole = fma(x, splat(_LOG2_E), splat(_WHOLE))
    n = splat(_WHOLE) - whole
    return fma(n, splat(_LN2[1]), fma(n, splat(_LN2[0]), x)), whole


@inlined
def exp(x):
    """Exponential of x, |x| < EXP_LIMIT."""
    r, whole = _exp_reduced(x)
    return _scaled(_exp_rest(r), whole)


@inlined
def tanh(x):
    """Hyperbolic tangent of x and its derivative, |x| < EXP_LIMIT / 2."""
    r, whole = _exp_reduced(splat(-2.0) * absolute(x))
    e, scale = r * _exp_less_one(r), _scaled(splat(1.0), whole)
    less = fma(scale, e, scale - splat(1.0))  # exp(-2|x|) - 1 without cancellation
    inverse = splat(1.0) / (less + splat(2.0))
    return with_sign(less * inverse, x), splat(4.0) * fma(scale, e, scale) * (inverse * inverse)


@inlined
def sincos(x):
    """Sine and cosine of x, |x| < SINE_LIMIT."""
    whole = fma(x, splat(0.6366197723675814), splat(_WHOLE))
    n = splat(_WHOLE) - whole
    r = exact_fma(n, splat(_HALF_PI[0]), x)  # no rounding: all digits of the difference fit
    r = exact_fma(n, splat(_HALF_PI[2]), exact_fma(n, splat(_HALF_PI[1]), r))
    z = r * r
    s = fma(r * z, _sin_rest(z), r)
    c = _cos_rest(z)
    return _flipped(_odd(whole, c, s), whole, 0), _flipped(_odd(whole, s, c), whole, 1)


@inlined
def log(x):
    """Natural logarithm of x, 1 / HUGE < x < HUGE."""
    k = _exponent(x)
    f = _mantissa(x) - splat(1.0)
    s = f / (f + splat(2.0))
    z = s * s
    # log(1 + f) = f - (f^2/2 - s (f^2/2 + z R)): the large part is exact
    half = splat(0.5) * f * f
    small = fma(s, fma(z, _log_rest(z), half), k * splat(_LN2[1]))
    return fma(k, splat(_LN2[0]), f - (half - small))
