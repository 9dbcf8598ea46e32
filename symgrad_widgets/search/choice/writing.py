"""Write terms and coefficients as a formula for people: simple numbers, no outer function, real products.

A concept is defined only up to a monotone function. So we write the simplest formula of its class: without a
scale, an offset or an outer function, and as a product instead of a sum of logarithms.
"""

from functools import partial

import numpy as np
import sympy as sp

from ...formula.expressions import complexity
from ...formula.outer import core
from ..kernel.evaluation import gradients
from ..terms.postfix import from_sympy, to_sympy
from ..tuning import INTERVALS, ROUNDING, WRITING
from .coefficients import as_number, is_simple, mostly_positive, plainness, simple_numbers

__all__ = ["formulas", "unwrapped"]


def formulas(terms, directions, values, forms, symbols, points):
    """Return the ways to write the best sum of terms, each as (expression, coefficients); none if constant.

    The coefficients are those of the terms in the expression, up to scale and offset. Directions or values
    determine the coefficients, whichever leave less unexplained. The first way uses all simple numbers that
    cost nothing. If numbers remain that are not simple, the second way uses all simple numbers that the
    coefficients' errors allow.

    Parameters
    ----------
    terms : list of K Term
    directions : Directions
    values : Values or None
    forms : tuple of expressions in the symbols, one for each input of the terms, such as `x / 1000`
    symbols : symbols of the inputs
    points : (N, n), to find signs

    """
    kept = directions.needed
    if not kept.all():
        some = [t for t, keep in zip(terms, kept, strict=True) if keep]
        fewer = directions.take(kept), values and values.take(kept)
        return [(e, _with_zeros(c, kept)) for e, c in formulas(some, *fewer, forms, symbols, points)]
    witness = directions
    if values is not None:
        values.place(directions.placed)
        if values.rest < directions.loss:
            witness = values
    bodies = [_body(t, forms) for t in terms]
    ways = []
    for cost, limit in ((witness.left_by, witness.limit), (witness.errors_from, INTERVALS.errors)):
        ways += _shortest(simple_numbers(witness.placed, cost, limit), bodies, symbols, points)
        if not ways or is_simple(ways[0][1]).all():
            break
    return ways


def _with_zeros(some, kept):
    numbers = np.zeros(len(kept))
    numbers[kept] = some
    return numbers


def _shortest(choices, bodies, symbols, points):
    """Return a list with the shortest (expression, coefficients) of the simplest choices; it may be empty."""
    logs = len(bodies) > 1 and all(isinstance(body, sp.log) for body in bodies)
    written = []
    for numbers in _distinct(map(mostly_positive, sorted(choices, key=plainness)[: WRITING.tried]), logs):
        folded = _hyperbolic(bodies, numbers)
        product = len(folded) > 1 and all(isinstance(body, sp.log) for body in folded)
        write = partial(_product, symbols=symbols, points=points) if product else _sum
        e = write([*folded], [*folded.values()])
        if e.free_symbols:
            e = _plain(unwrapped(e), symbols, points)
            written.append((_without_pole(e, symbols, points), numbers))
    return [min(written, key=lambda w: _effort(w[0]))] if written else []


def _distinct(choices, logs):
    """Yield choices of coefficients without repeats.

    If all numbers are simple, a multiple of an earlier choice is a repeat. For powers of a product's factors,
    only equal numbers are repeats.
    """
    seen = []
    for numbers in choices:
        ratios = numbers if logs else numbers / numbers[0]
        if is_simple(numbers).all():
            if any(np.allclose(ratios, others, rtol=ROUNDING.share, atol=0) for others in seen):
                continue
            seen.append(ratios)
        yield numbers


def _effort(e):
    """Return the complexity. A power of a sum costs more: x**4/2 + x**2 reads better than (x**2 + 1)**2."""
    return complexity(e) + WRITING.power_of_sum * any(
        p.base.is_Add and p.exp.is_Integer and p.exp > 0 for p in e.atoms(sp.Pow)
    )


def _body(term, forms):
    """Write a term with 1/2 instead of 0.5, and log|x - y| instead of log|10 x - 10 y|."""
    e = to_sympy(term, forms)
    e = e.xreplace({x: as_number(float(x)) for x in e.atoms(sp.Float)})
    return e.xreplace({e.args[0]: _without_scale(e.args[0])}) if isinstance(e, sp.log) else e


def _without_scale(e):
    """Return e, or |e|, without a number that is a factor of all its terms."""
    if isinstance(e, sp.Abs):
        return sp.Abs(_without_scale(e.args[0]))
    return e.primitive()[1] if e.is_Add else e.as_coeff_Mul()[1]


def _hyperbolic(bodies, numbers):
    """Map bodies to numbers; write log(exp(2 u) + 1) - u as log(2 cosh(u)); do the same for sinh."""
    as_given = dict.fromkeys(bodies, 0)
    for body, number in zip(bodies, map(as_number, numbers), strict=True):
        as_given[body] += number
    if not any(body.has(sp.log) and body.has(sp.exp) for body in bodies):
        return as_given
    parts = dict(sp.Add(*(n * body for body, n in as_given.items())).as_coefficients_dict())
    for log in [part for part in parts if isinstance(part, sp.log)]:
        function, u = _half_of_exponential(log)
        for other in [part for part in parts if u is not None and (part / u).is_number]:
            if abs(parts[log] + parts[other] * other / u) <= ROUNDING.share * abs(parts[log]):
                parts[sp.log(sp.Abs(function(u)))] = parts.pop(log)
                del parts[other]
    return parts if len(parts) < len(sp.Add(*bodies).args) else as_given


def _half_of_exponential(log):
    """Return (cosh or sinh, u) for log|exp(2 u) + 1| or log|exp(2 u) - 1|; otherwise (None, None)."""
    inside = log.args[0].args[0] if isinstance(log.args[0], sp.Abs) else log.args[0]
    one, (sign, power) = inside.as_coeff_Add()[0], inside.as_coeff_Add()[1].as_coeff_Mul()
    if not isinstance(power, sp.exp) or abs(one) != 1 or abs(sign) != 1:
        return None, None
    return sp.cosh if one == sign else sp.sinh, power.args[0] / 2


def _sum(bodies, numbers):
    total = sp.Add(*(as_number(x) * body for x, body in zip(numbers, bodies, strict=True)))
    if not any(body.has(sp.Add) for body in bodies):
        return total.primitive()[1]  # nothing to expand, which would take long
    expanded = sp.expand(total, power_exp=False, power_base=False, log=False)
    return min((total, expanded.primitive()[1]), key=_effort)


def _product(bodies, numbers, symbols, points):
    """Return the product whose logarithm is the sum, if the powers are simple numbers; otherwise the sum."""
    powers = [as_number(x) for x in numbers]
    if any(p.is_Float or p.q > WRITING.root or abs(p) > WRITING.largest for p in powers):
        return _sum(bodies, numbers)
    arguments = [
        body.args[0].args[0] if isinstance(body.args[0], sp.Abs) else body.args[0] for body in bodies
    ]
    factors = (
        u if p.is_Integer else _positive_there(u, symbols, points)
        for u, p in zip(arguments, powers, strict=True)
    )
    return sp.Mul(*(u**p for u, p in zip(factors, powers, strict=True)))


def unwrapped(e):
    """Remove outer functions, powers, factors and offsets, and choose a sign.

    The directions stay the same.
    """
    e = core(e)
    if e.is_Mul:
        powers = [factor.as_base_exp()[1] for factor in e.args if factor.free_symbols]
        common = sp.gcd_list(powers) if all(p.is_Integer for p in powers) else 1
        e = sp.Mul(*(base ** (p / common) for base, p in (f.as_base_exp() for f in e.args)))
    return _positive(e.primitive()[1])


def _without_pole(e, symbols, points):
    """Return e, or its reciprocal if e has a pole among the points and the reciprocal has none."""
    below = [p.base for p in e.atoms(sp.Pow) if p.base.is_Add and p.exp.could_extract_minus_sign()]
    if all(_sign(u, symbols, points) for u in below):
        return e
    over, under = sp.fraction(sp.together(e))
    return unwrapped(under / over) if _sign(over, symbols, points) else e


def _positive(e):
    """Choose the sign with fewer minus signs; in a tie, make the first term positive."""
    if e.is_Add:
        minus = sum(a.could_extract_minus_sign() for a in e.args)
        if 2 * minus > len(e.args) or (2 * minus == len(e.args) and _first(e).could_extract_minus_sign()):
            return sp.Add(*(-part for part in e.args))
        return e
    return -e if e.could_extract_minus_sign() else e


def _first(e):
    return min(e.args, key=lambda a: sp.default_sort_key(-a if a.could_extract_minus_sign() else a))


def _plain(e, symbols, points):
    """Replace |u| with u or -u wherever u keeps its sign at all points."""
    return e.replace(sp.Abs, lambda u: _positive_there(u, symbols, points)) if e.has(sp.Abs) else e


def _positive_there(e, symbols, points):
    """Return |e|, written as e or -e if one of these is positive at all points."""
    sign = _sign(e, symbols, points)
    return sign * e if sign else sp.Abs(e)


def _sign(e, symbols, points):
    """Return 1 or -1 if e has this sign at all points, otherwise 0."""
    (values,), _, (usable,) = gradients([from_sympy(e, symbols)], points.T)
    if not usable or (values.min() <= 0 <= values.max()):
        return 0
    return 1 if values[0] > 0 else -1
