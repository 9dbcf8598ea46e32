"""From terms and coefficients to the formula a person reads: simple numbers, no wrapper, products as such.

A concept is only defined up to a monotone function, so the simplest member of the class is written: no scale,
no offset, no outer function, a sum of logarithms as the product it is the logarithm of.
"""

import numpy as np
import sympy as sp

from ...formula.expressions import complexity
from ...formula.outer import core
from ..fit import combine
from ..kernel.evaluation import gradients
from ..terms.decades import decade, power_of_ten
from ..terms.postfix import from_sympy, to_sympy
from ..tuning import KIND, ROUNDING, VALUES, WRITING
from .values import polished, unexplained

__all__ = ["acceptable", "effective_count", "formula", "is_simple", "simple_numbers", "unwrapped"]

_SIMPLE = np.array(WRITING.simple)


def acceptable(loss, count):
    """Largest loss at which simpler numbers do not hurt, for a mean of `count` squared residuals.

    1 % more, or what a trained network cannot tell; of few residuals what noise could do: 6 nats.
    """
    noise = max(WRITING.slack, np.exp(2 * WRITING.nats / count))
    return loss * noise + min(WRITING.untold_share * loss, WRITING.untold) + ROUNDING.loss


def formula(terms, G, D, forms, symbols, points, heard=None, roughly=False):
    """Best sum of the terms, written simply: (expression, coefficients), or None where it has no gradient.

    G (K, N, m) and D (K, N, k) are the terms' projected gradients (not normalised) and their components along
    the neurons. The coefficients are those of the terms, as the expression has them but for scale and offset.
    `forms` are what the terms' inputs are in the symbols: `x / 1000`. `heard` are values of the terms
    (K, N), of the neuron (N,), and sides (N,), as `unexplained` has them: where a sum leaves less of the
    values than of the directions, they place its coefficients. `roughly`: whatever is near a simple number is
    written as one, at any loss.
    """
    even, along, size = combine.normalised(G, D)
    c, loss = combine.solve(even, along, rounds=WRITING.rounds)
    kept = np.abs(c) > WRITING.nothing * np.abs(c).max()
    if not kept.all():
        return _without_the_rest(kept, terms, G, D, forms, symbols, points, heard, roughly)
    best, limit = c / size, acceptable(float(loss), effective_count(even, along, c))

    def loss_of(numbers):
        return combine.losses(G, D, numbers)[0]

    if heard is not None:
        values, neuron, sides = heard
        (placed,), (rest,) = polished(values[None], neuron, best[None], sides)
        if rest < loss:
            best, limit = placed, rest * _worth_of(placed)

            def loss_of(numbers):
                return unexplained(numbers @ values, neuron, sides) * _worth_of(numbers)

    bodies = [_body(to_sympy(t, forms)) for t in terms]
    logs = len(terms) > 1 and all(isinstance(body, sp.log) for body in bodies)
    written = []
    if roughly:
        limit = np.inf
    choices = sorted(simple_numbers(best, loss_of, limit), key=_plainness)[: WRITING.tried]
    for numbers in map(_mostly_positive, choices):
        e = _product(bodies, numbers, symbols, points) if logs else _sum(bodies, numbers)
        if e.free_symbols:
            written.append((_plain(unwrapped(e), symbols, points), numbers))
    return min(written, key=lambda w: _effort(w[0]), default=None)


def _worth_of(numbers):
    """Factor of what is left of the values that coefficients have to earn: their nodes, and their digits."""
    coefficients = (np.abs(numbers) != decade(np.abs(numbers))).sum()
    nats = VALUES.price * coefficients + KIND.values_price * (~is_simple(numbers)).sum()
    return np.exp(WRITING.decimal * nats)


def effective_count(G, D, c):
    """Number of squared residuals that the loss of a sum rests on: few where few points make up most of it.

    Kish's effective sample size (Survey Sampling, 1965) of the points' shares of the loss, times what it
    lacks of their number where residuals are Gaussian: then it is the number of all components.
    """
    e, along = (np.tensordot(c, part, 1) for part in (G, D))
    share = 1 - (along**2).sum(1) / np.maximum((e**2).sum(1), ROUNDING.divisor)
    share = np.maximum(share, 0) + WRITING.residual
    return float(share.sum() ** 2 / (share**2).sum() * (G.shape[2] - D.shape[2] + 2))


def _without_the_rest(kept, terms, G, D, forms, symbols, points, heard, roughly):
    """Return the formula of the terms kept, the others with coefficient 0."""
    some = [t for t, keep in zip(terms, kept, strict=True) if keep]
    if heard is not None:
        heard = heard[0][kept], *heard[1:]
    found = formula(some, G[kept], D[kept], forms, symbols, points, heard, roughly)
    if found is None:
        return None
    numbers = np.zeros(len(kept))
    numbers[kept] = found[1]
    return found[0], numbers


def _effort(e):
    """Complexity, a little more for a power of a sum: x**4/2 + x**2 reads better than (x**2 + 1)**2."""
    return complexity(e) + WRITING.power_of_sum * any(
        p.base.is_Add and p.exp.is_Integer and p.exp > 0 for p in e.atoms(sp.Pow)
    )


def _body(e):
    """Return e with 0.5 written 1/2, and log|10 x - 10 y|, which differs by a constant, as log|x - y|."""
    e = e.xreplace({x: _number(float(x)) for x in e.atoms(sp.Float)})
    return e.xreplace({e.args[0]: _without_scale(e.args[0])}) if isinstance(e, sp.log) else e


def _without_scale(e):
    """Return e, or |e|, without a factor that all its terms have."""
    if isinstance(e, sp.Abs):
        return sp.Abs(_without_scale(e.args[0]))
    return e.primitive()[1] if e.is_Add else e.as_coeff_Mul()[1]


def _plainness(numbers):
    """Rank coefficients that say the same: few that are not +-1, few that are not simple, none far off."""
    size = np.abs(numbers) / decade(np.abs(numbers))
    return (size != 1).sum(), (~is_simple(numbers)).sum(), float(np.abs(np.log(np.abs(numbers))).sum())


def is_simple(numbers):
    return np.abs(numbers / _nearest(numbers) - 1) < ROUNDING.share


def simple_numbers(c, loss_of, limit):
    """Yield coefficients proportional to c, in each scale with as many simple numbers as the limit allows."""
    for scale in _scales(c):
        numbers = c / scale
        together = np.where(_near(numbers), _nearest(numbers), numbers)
        fits = loss_of(together) <= limit
        yield _rounded(together if fits else _one_by_one(numbers, loss_of, limit), loss_of, limit)


def _mostly_positive(numbers):
    """Return the numbers with the sign that is the cheaper to choose before SymPy has them."""
    return -numbers if 2 * (numbers < 0).sum() > len(numbers) else numbers


def _scales(c):
    """Coefficients worth being called 1: of a few all, of many those at the quartiles."""
    size = np.abs(c)
    order = np.argsort(size, kind="stable")
    order = order[size[order] > WRITING.least_scale * size.max()]
    if len(order) > WRITING.scales:
        order = order[np.linspace(0, len(order) - 1, WRITING.scale_ranks).astype(int)]
    return c[order]


def _near(numbers):
    """Whether each number may be taken for the nearest simple one."""
    nearest = _nearest(numbers)
    size = np.abs(nearest) / decade(np.abs(nearest))
    easy = (np.abs(size[:, None] / WRITING.easy - 1) < ROUNDING.share).any(1)
    allowed = np.where(easy, WRITING.near_easy, WRITING.near)
    return np.abs(numbers / nearest - 1) < allowed


def _one_by_one(numbers, loss_of, limit):
    offered, near = _nearest(numbers), _near(numbers)
    for k in np.argsort(np.abs(offered / numbers - 1), kind="stable"):
        trial = numbers.copy()
        trial[k] = offered[k]
        if near[k] and loss_of(trial) <= limit:
            numbers = trial
    return numbers


def _nearest(numbers):
    ten = decade(np.abs(numbers))
    size = np.abs(numbers) / ten
    return np.sign(numbers) * ten * _SIMPLE[np.argmin(np.abs(_SIMPLE[None, :] - size[:, None]), axis=1)]


def _rounded(numbers, loss_of, limit):
    """Fewest digits that keep the loss."""
    for digits in WRITING.digits:
        rounded = np.array([float(f"{x:.{digits}g}") for x in numbers])
        rounded = np.where(is_simple(numbers), numbers, rounded)
        if loss_of(rounded) <= limit:
            return rounded
    return numbers


def _number(x):
    if x == 0:
        return sp.Integer(0)
    ten = power_of_ten(np.log10(decade(abs(x))))
    ratio = sp.Rational(float(x / float(ten))).limit_denominator(WRITING.largest) * ten
    return ratio if abs(float(ratio) - x) <= ROUNDING.share * abs(x) else sp.Float(float(x))


def _sum(bodies, numbers):
    total = sp.Add(*(_number(x) * body for x, body in zip(numbers, bodies, strict=True)))
    if not any(body.has(sp.Add) for body in bodies):
        return total.primitive()[1]  # there is nothing to multiply out, which takes long
    expanded = sp.expand(total, power_exp=False, power_base=False, log=False)
    return min((total, expanded.primitive()[1]), key=_effort)


def _product(bodies, numbers, symbols, points):
    """Product whose logarithm the sum is, when the powers are simple numbers; else the sum itself."""
    powers = [_number(x) for x in numbers]
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
    return e.replace(sp.Abs, lambda u: _positive_there(u, symbols, points))


def _positive_there(e, symbols, points):
    """Return |e|, written e or -e where that is positive at all points."""
    (values,), _, (usable,) = gradients([from_sympy(e, symbols)], points.T)
    if not usable or (values.min() <= 0 <= values.max()):
        return sp.Abs(e)
    return e if values[0] > 0 else -e
