"""Find laws that are sums of products of a few quantities, by comparing whole bases of such products.

There are four kinds of bases. The first contains monomials, some of them with negative powers. The second
contains monomials divided by a sum or by its square root, as in `(x y + z) / sqrt(1 + x^2)`. The third
contains waves or exponentials of one quantity, multiplied by monomials of the other quantities. The fourth
contains powers multiplied by one further factor, as in `x^3 / (exp(x y) - 1)`.

To test a basis, we fit the best sum of all its terms at a few points. The loss of this sum shows whether the
basis can contain the law. We compare hundreds of bases in this way, and return the terms of the bases with
the lowest loss.
"""

import itertools
from functools import partial

import numpy as np

from .fit import combine
from .kernel.evaluation import gradients, on_numpy
from .terms.decades import nearest_decade
from .terms.dictionary import laurent_monomials, multiple
from .terms.postfix import constant, leaf
from .tuning import COMPOSITION, MEMORY, SUMS

__all__ = ["Look", "compositions"]

_ONE = constant(1.0)


def compositions(grammar, sample, coordinates, most):
    """Return the best bases of each kind, as lists of terms, for a few coordinates of one neuron's field.

    Waves and exponentials are left out if the loss of their best sum is `most` or more.
    """
    if not {"add", "sub", "mul", "div", "inv", "log"} <= set(grammar.names):
        return []
    look = Look(sample)
    amplitudes = partial(_products, grammar, look, most)
    kinds = [amplitudes(_waves(grammar, coordinates, names)) for names in (("sin", "cos"), ("exp",))]
    kinds += _powers(grammar, look, coordinates)
    bases = [laurent_monomials(grammar, coordinates, COMPOSITION.monomials)]
    bases += _best(_quotients(grammar, look, coordinates), COMPOSITION.tried)
    for kind in kinds:
        bases += _best(kind, COMPOSITION.kept)
    return bases


def _best(kind, tried):
    """Optimize the numbers inside the bases with the lowest loss, and return the best results.

    `tried` is the number of these bases.
    """
    ranked = sorted(kind, key=lambda found: found[0])
    made = sorted((make() for _, make in ranked[:tried]), key=lambda found: found[0])
    return [terms for _, terms in made[: COMPOSITION.kept]]


class Look:
    """Compares bases at some of a sample's points."""

    def __init__(self, sample):
        step = max(1, sample.points.shape[1] // COMPOSITION.points)
        self._points = np.ascontiguousarray(sample.points[:, ::step])
        self._neuron, self._trust = sample.unit[::step], sample.trust[::step]
        self._spread = sample.field.measure.spread

    def evaluated(self, terms):
        """Return values (K, N) of terms, and gradients (K, N, n) times the input spread; 0 if not finite."""
        values, raw, finite = gradients(terms, self._points)
        values[~finite] = raw[~finite] = 0
        return values, np.swapaxes(raw, 1, 2) * self._spread

    def through(self, function, values, slopes):
        """Apply a function to quantities with values (..., N) and gradients (..., N, n).

        `function` turns one term into another. Return the new values and gradients, with 0 for a quantity if
        any of its values is not finite.
        """
        value, (rate,), _ = on_numpy(function(leaf(0)), values.reshape(1, -1))
        value, rate = value.reshape(values.shape), rate.reshape(values.shape)
        finite = (np.isfinite(value) & np.isfinite(rate)).all(-1, keepdims=True)
        return np.where(finite, value, 0), np.where(finite, rate, 0)[..., None] * slopes

    def left(self, G, ridges=(SUMS.constant,)):
        """Estimate the losses (B,) of the best sums of B sets of terms with gradients (B, K, N, n)."""
        size = np.sqrt(np.einsum("bknm,bknm->bk", G, G) / G.shape[2])
        G = G / np.where(size > 0, size, 1)[..., None, None]
        D = np.einsum("bknm,ncm->bknc", G, self._neuron)
        return combine.estimate(G, D, self._trust, ridges)

    def left_beside(self, known, G):
        """Do the same as `left`, but first add the terms `known`, with gradients (K, N, n), to each set."""
        left, step = [], max(1, int(MEMORY.solved / (known.size + G[0].size)))
        for first in range(0, len(G), step):
            some = G[first : first + step]
            both = [np.broadcast_to(known, (len(some), *known.shape)), some]
            left.append(self.left(np.concatenate(both, axis=1)))
        return np.concatenate(left)

    def left_by_products(self, amplitudes, factors):
        """Estimate the losses (B,) of the best sums of products of an amplitude and a factor.

        Amplitudes are, for example, monomials; factors are, for example, waves. The A amplitudes have
        values (A, N) and gradients (A, N, n). Each of the B sets of factors has values (F, N) and gradients
        (F, N, n). The product rule gives the gradients of the products.
        """
        (a, da), (f, df) = amplitudes, factors
        left, step = [], max(1, int(MEMORY.solved / (da.size * f.shape[1])))
        for first in range(0, len(f), step):
            some = slice(first, first + step)
            G = a[:, None, :, None] * df[some, None] + da[:, None] * f[some, None, ..., None]
            G = G.reshape(len(G), -1, *G.shape[3:])
            left.append(self.left(G, (SUMS.constant, SUMS.ridge)))
        return np.concatenate(left) if left else np.empty(0)


def _products(grammar, look, most, bases):
    """Multiply the amplitudes and factors of each basis; yield the loss, and a function that builds terms.

    The function returns the loss and the list of products. Bases with a loss of `most` or more are skipped.
    """
    known = {}
    for amplitudes, factors in bases:
        some = tuple(amplitudes)
        if some not in known:
            known = {some: look.evaluated(amplitudes)}
        left = _left_by_products(look, known[some], factors)
        if left < most:
            yield left, lambda left=left, a=amplitudes, f=factors: (left, _multiplied(grammar, a, f))


def _left_by_products(look, amplitudes, factors):
    f, df = look.evaluated(factors)
    return look.left_by_products(amplitudes, (f[None], df[None]))[0]


def _multiplied(grammar, amplitudes, factors):
    pairs = [pair for pair in itertools.product(amplitudes, factors) if pair != (_ONE, _ONE)]
    return [b if a == _ONE else a if b == _ONE else grammar["mul"](a, b) for a, b in pairs]


def _waves(grammar, coordinates, names):
    """Yield (amplitudes, factors) for each coordinate u.

    The factors are waves or exponentials of u. The amplitudes are monomials of the other coordinates, or of
    their square roots.
    """
    names, factors = [name for name in names if name in grammar], (1, 2, -1, -2) if "exp" in names else (1, 2)
    for u in coordinates if names else ():
        others = [c for c in coordinates if c != u]
        harmonics = [grammar[name](multiple(grammar, k, u)) for name in names for k in factors]
        roots = [grammar["sqrt"](c) for c in others if "sqrt" in grammar]
        for some in filter(None, (others, roots)):
            yield [_ONE, *laurent_monomials(grammar, some, COMPOSITION.amplitudes)], [_ONE, *harmonics]


def _quotients(grammar, look, coordinates):
    """Yield bases of monomials times 1/s, 1/sqrt(s) or sqrt(s), where s is a sum and positive at all points.

    Like `_products`, yield the loss of each basis and a function that builds the basis.
    """
    numerators = [_ONE, *laurent_monomials(grammar, coordinates, COMPOSITION.numerators)]
    known = look.evaluated(numerators)
    sums = _sums_and_differences(grammar, look, coordinates)
    values, gradients = look.evaluated([sum_of(number) for sum_of, number in sums])
    positive = np.flatnonzero(values.min(1) > 0)
    left_by = partial(_left_by_products, look, known)
    place = partial(_placed, left_by, partial(_multiplied, grammar, numerators))
    for name in ("inv", "inv_sqrt", "sqrt"):
        if name in grammar:
            f, df = look.through(grammar[name], values[positive], gradients[positive])
            left = look.left_by_products(known, (f[:, None], df[:, None]))
            for i, its_own in zip(positive, left.tolist(), strict=True):
                sum_of, number = sums[i]
                yield its_own, partial(place, partial(_of_sum, grammar[name], sum_of), number)


def _of_sum(function, sum_of, c):
    return [function(sum_of(c))]


def _sums_and_differences(grammar, look, coordinates):
    """List functions of c that return x + c y, x - c y or c y - x, each with a first guess for c.

    x and y are two coordinates; or x is 1, and y is a coordinate, or a product or quotient of two
    coordinates. The list also has the same sums with x^2 and y^2.
    """
    two = [*itertools.combinations(coordinates, 2)]
    beside = [*coordinates, *(grammar[name](*pair) for pair in two for name in ("mul", "div"))]
    beside += [grammar["div"](y, x) for x, y in two]
    pairs = two + [(_ONE, u) for u in beside]
    if "square" in grammar:
        pairs += [(x if x == _ONE else grammar["square"](x), grammar["square"](y)) for x, y in pairs]
    first, second = (_sizes(look.evaluated([pair[side] for pair in pairs])[0]) for side in (0, 1))
    return [
        (partial(_sum, grammar, name, step, *pair), factor * ratio)
        for pair, ratio in zip(pairs, (first / second).tolist(), strict=True)
        for factor in COMPOSITION.beside
        for name, step in (("add", 1), ("sub", 1), ("sub", -1))
    ]


def _sum(grammar, name, step, x, y, c):
    return grammar[name](*(x, multiple(grammar, c, y))[::step])


def _powers(grammar, look, coordinates):
    """Yield bases of the logarithms of all coordinates, and of some of the functions from `_functions`.

    The argument of each function is c u, where u is a monomial and c a number. Yield a list for each group of
    functions: the loss of each basis and a function that builds the basis, as in `_products`.
    """
    monomials = laurent_monomials(grammar, coordinates, COMPOSITION.inside)
    high = [grammar.power(x, n) for x in coordinates for n in COMPOSITION.high]
    monomials += [x for x in high if x is not None]
    logs = [grammar["log"](x) for x in coordinates]
    outside, (values, slopes) = look.evaluated(logs)[1], look.evaluated(monomials)
    numbers = np.outer(1 / nearest_decade(_sizes(values)), COMPOSITION.numbers)
    inner = numbers[..., None] * values[:, None], numbers[..., None, None] * slopes[:, None]
    place = partial(
        _placed,
        lambda terms: look.left_beside(outside, look.evaluated(terms)[1][None])[0],
        lambda terms: [*logs, *terms],
    )
    for functions, together in _functions(grammar):
        bent = np.stack([look.through(f, *inner)[1] for f in functions], axis=2)
        for some in together:
            sets = bent[:, :, some].reshape(numbers.size, len(some), *bent.shape[3:])
            left = look.left_beside(outside, sets).reshape(numbers.shape)
            chosen = [functions[k] for k in some]
            yield [
                (its_own[i], partial(place, partial(_of_multiple, grammar, chosen, u), c[i]))
                for u, c, its_own, i in zip(
                    monomials, numbers.tolist(), left.tolist(), left.argmin(1), strict=True
                )
            ]


def _of_multiple(grammar, functions, u, c):
    return [f(multiple(grammar, c, u)) for f in functions]


def _placed(left, terms, of, start):
    """Find the number c near `start` for which the terms `of(c)` have the lowest loss.

    Return the loss and the terms. We look for c between the neighbours of `start` on the grid. A relative
    error of c raises the loss by about the square of this error. So we compute c to more digits only if the
    loss is smaller than this square.
    """
    from scipy.optimize import minimize_scalar

    reach, middle, before = np.log(COMPOSITION.reach), np.log(start), left(of(start))
    for error in COMPOSITION.placed:
        found = minimize_scalar(
            lambda log: left(of(float(np.exp(log)))),
            bounds=(middle - reach, middle + reach),
            options={"xatol": error},
        )
        reach, middle = COMPOSITION.reach * error, found.x
        if found.fun > error**2:
            break
    if before <= found.fun:
        return before, terms(of(start))
    return found.fun, terms(of(float(np.exp(found.x))))


def _functions(grammar):
    """Yield pairs: a list of functions, and groups of indices into this list; we try each group together.

    Each function turns a term u into the logarithm of a factor. The functions of exp(u), combined with each
    other and with u, give sinh, cosh and tanh. The functions of u give 1 - u^2.
    """
    log = grammar["log"]
    waves = [lambda u, f=grammar[name]: log(f(u)) for name in ("sin", "cos") if name in grammar]
    beside = [lambda u, f=grammar[name]: log(f(_ONE, u)) for name in ("sub", "add")]
    growing = [lambda u, f=f: f(grammar["exp"](u)) for f in beside if "exp" in grammar]
    for some, more in ((waves, []), (beside, []), (growing, [lambda u: u])):
        if some:
            functions = [*some, *more]
            yield functions, [*([k] for k in range(len(some))), [*range(len(functions))]]


def _sizes(values):
    """Return the median size of each term, for values (K, N)."""
    return np.median(np.abs(values), axis=1)
