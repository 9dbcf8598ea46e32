"""From terms and coefficients to the formula a person reads: simple numbers, no wrapper, products as such.

A concept is only defined up to a monotone function, so the simplest member of the class is written: no scale,
no offset, no outer function, a sum of logarithms as the product it is the logarithm of.
"""

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
    """Ways to write the best sum of some terms: (expression, coefficients); none where it has no gradient.

    The coefficients are those of the terms, as the expression has them, up to scale and offset. The witness
    that is left with less places them. The first way has all the simple numbers that cost nothing. If others
    remain, the second has all that the errors of the coefficients allow.

    Parameters
    ----------
    terms : list of K Term
    directions : Directions
    values : Values or None
    forms : tuple of what the terms' inputs are in the symbols, `x / 1000`
    symbols : of the inputs
    points : (N, n), that tell signs

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
    """List with the shortest (expression, coefficients) of the plainest choices of coefficients, if any."""
    logs = len(bodies) > 1 and all(isinstance(body, sp.log) for body in bodies)
    written = []
    for numbers in _distinct(map(mostly_positive, sorted(choices, key=plainness)[: WRITING.tried]), logs):
        e = _product(bodies, numbers, symbols, points) if logs else _sum(bodies, numbers)
        if e.free_symbols:
            written.append((_plain(unwrapped(e), symbols, points), numbers))
    return [min(written, key=lambda w: _effort(w[0]))] if written else []


def _distinct(choices, logs):
    """Yield those of some coefficients that are not written as others before them: multiples, if all are
    simple; for powers of a product only the same ones.
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
    """Complexity, a little more for a power of a sum: x**4/2 + x**2 reads better than (x**2 + 1)**2."""
    return complexity(e) + WRITING.power_of_sum * any(
        p.base.is_Add and p.exp.is_Integer and p.exp > 0 for p in e.atoms(sp.Pow)
    )


def _body(term, forms):
    """Return a term with 0.5 written 1/2, and log|10 x - 10 y|, differing by a constant, as log|x - y|."""
    e = to_sympy(term, forms)
    e = e.xreplace({x: as_number(float(x)) for x in e.atoms(sp.Float)})
    return e.xreplace({e.args[0]: _without_scale(e.args[0])}) if isinstance(e, sp.log) else e


def _without_scale(e):
    """Return e, or |e|, without a factor that all its terms have."""
    if isinstance(e, sp.Abs):
        return sp.Abs(_without_scale(e.args[0]))
    return e.primitive()[1] if e.is_Add else e.as_coeff_Mul()[1]


def _sum(bodies, numbers):
    total = sp.Add(*(as_number(x) * body for x, body in zip(numbers, bodies, strict=True)))
    if not any(body.has(sp.Add) for body in bodies):
        return total.primitive()[1]  # there is nothing to multiply out, which takes long
    expanded = sp.expand(total, power_exp=False, power_base=False, log=False)
    return min((total, expanded.primitive()[1]), key=_effort)


def _product(bodies, numbers, symbols, points):
    """Product whose logarithm the sum is, when the powers are simple numbers; else the sum itself."""
    powers = [as_number(x) for x in numbers]
    if any(p.is_Float or p.q > WRITING.root or abs(p) > WRITING.largest for p in powers):
        return _sum(bodies, numbers)
    factors = []
    for body, power in zip(bodies, powers, strict=True):
        inner = body.args[0].args[0] if isinstance(body.args[0], sp.Abs) else body.args[0]
        factors.append((inner if power.is_Integer else _positive_there(inner, symbols, points)) ** power)
    return sp.Mul(*factors)


def unwrapped(e):
    """Return e without outer functions, powers, factors and offsets, its sign chosen: same directions."""
    e = core(e)
    if e.is_Mul:
        powers = [factor.as_base_exp()[1] for factor in e.args if factor.free_symbols]
        common = sp.gcd_list(powers) if all(p.is_Integer for p in powers) else 1
        e = sp.Mul(*(base ** (p / common) for base, p in (f.as_base_exp() for f in e.args)))
    return _positive(e.primitive()[1])


def _positive(e):
    """Choose the sign with fewer minus signs in front; ties go to a positive first term."""
    if e.is_Add:
        minus = sum(a.could_extract_minus_sign() for a in e.args)
        if 2 * minus > len(e.args) or (2 * minus == len(e.args) and _first(e).could_extract_minus_sign()):
            return sp.expand(-e)
        return e
    return -e if e.could_extract_minus_sign() else e


def _first(e):
    return min(e.args, key=lambda a: sp.default_sort_key(-a if a.could_extract_minus_sign() else a))


def _plain(e, symbols, points):
    """Return e with |u| written u or -u where u keeps its sign on the data."""
    return e.replace(sp.Abs, lambda u: _positive_there(u, symbols, points)) if e.has(sp.Abs) else e


def _positive_there(e, symbols, points):
    """Return |e|, written e or -e where that is positive at all points."""
    (values,), _, (usable,) = gradients([from_sympy(e, symbols)], points.T)
    if not usable or (values.min() <= 0 <= values.max()):
        return sp.Abs(e)
    return e if values[0] > 0 else -e
