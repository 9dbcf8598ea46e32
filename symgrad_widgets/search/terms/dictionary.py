"""Terms to start with, before anything is known: small ones of every shape, and the monomials."""

import itertools
from functools import reduce
from math import comb

import numpy as np

from ..tuning import DICTIONARY
from .grammar import arguments, root
from .postfix import CONSTANT, constant

__all__ = [
    "bent_products",
    "distances",
    "families",
    "large_families",
    "monomials",
    "products",
    "small_terms",
    "special_families",
]


def small_terms(grammar, inputs, limit):
    """Distinct small terms by rising size: inputs, f(x), x*y, x/y, f(x*y), f(x+y), x*f(y), f(1+x), f(g(x)),
    and b(x, y) of any further operator of two arguments.

    `inputs` are the input terms to use, the most important first: if there are many, only the first ones form
    pairs. Layers that would exceed the limit are left out. Sums and differences occur only inside a function
    or a quotient: elsewhere the eigenproblem makes them.
    """
    functions = [grammar[name] for name in grammar.unary if name != "abs"]
    near = inputs[: DICTIONARY.paired_inputs]
    single = [f(x) for f in functions for x in inputs]
    squares = [grammar["square"](x) for x in near] if "square" in grammar else []
    sums, round_sums = (_all(grammar, ("add", "sub"), some) for some in (near, squares))
    products = _all(grammar, ("mul",), near)
    quotients = [grammar["div"](a, b) for a, b in itertools.permutations(near, 2)] if "div" in grammar else []
    further = [grammar[name] for name in grammar.binary if name not in ("add", "sub", "mul", "div")]
    quotients += [f(a, b) for f in further for a, b in itertools.permutations(near, 2)]
    mixed = [grammar["mul"](x, s) for x in near for s in single] if "mul" in grammar else []
    layers = [inputs, single, products, quotients]
    layers += [[f(u) for f in functions for u in some] for some in (sums, round_sums, products)]
    layers += [mixed, _logarithms_of_uneven_sums(grammar, near), [f(u) for f in functions for u in quotients]]
    layers += [[f(u) for f in functions for u in _with_constants(grammar, near, squares)]]
    layers += [[f(g(x)) for f in functions for g in functions for x in inputs]]
    terms = []
    for layer in layers:
        if not terms or len(terms) + len(layer) <= limit:
            terms += layer
    return list(dict.fromkeys(terms))


def _logarithms_of_uneven_sums(grammar, inputs):
    """Logarithms of x + 100 y: inputs near 1 may come in units that are powers of ten apart."""
    if not {"log", "mul", "add", "sub"} <= set(grammar.names):
        return []
    tens = [[grammar["mul"](constant(ten), y) for ten in DICTIONARY.uneven] for y in inputs]
    uneven = [(x, scaled) for i, x in enumerate(inputs) for y in tens[i + 1 :] for scaled in y]
    return [grammar["log"](grammar[op](*pair)) for pair in uneven for op in ("add", "sub")]


def _with_constants(grammar, inputs, squares):
    """Inputs and squares, shifted and scaled; the constants are refined later, from inside the domain."""
    one, factors = constant(1.0), [constant(c) for c in DICTIONARY.factors]
    shifted = [grammar[op](one, u) for op in ("add", "sub") if op in grammar for u in (*inputs, *squares)]
    return shifted + [grammar["mul"](c, u) for c in factors for u in (*inputs, *squares) if "mul" in grammar]


def _all(grammar, names, terms):
    """Every pair of terms under each of the binary operators."""
    pairs = list(itertools.combinations(terms, 2))
    return [grammar[name](a, b) for name in names if name in grammar for a, b in pairs]


def monomials(grammar, inputs, degree):
    """All monomials of the inputs up to a degree, if the grammar has operators for them."""
    n = len(inputs)
    factors = (f for d in range(1, degree + 1) for f in itertools.combinations_with_replacement(range(n), d))
    terms = (_monomial(grammar, inputs, np.bincount(f, minlength=n)) for f in factors)
    return [t for t in terms if t is not None]


def families(grammar, limit):
    """Compact structured bases for backward elimination: functions that make a list of at most `limit` terms.

    Monomials of each degree, of the inputs and of their squares; functions of single inputs; `logarithms`.
    Each of these functions takes the small terms.
    """
    inputs = grammar.inputs
    squares = [grammar["square"](x) for x in inputs if "square" in grammar]
    even = range(2, DICTIONARY.degree // 2 + 1) if squares else ()
    degrees = [d for d in range(1, DICTIONARY.degree + 1) if d == 1 or _count(len(inputs), d) <= limit]
    functions = [*inputs, *(grammar[f](x) for f in grammar.unary if f != "abs" for x in inputs)]
    n = len(inputs)
    factors = n, n**2, n * (2 * n - 1)  # inputs; their sums and differences; those of their squares
    return [
        *(lambda _, d=d: monomials(grammar, inputs, d) for d in degrees),
        *(lambda _, d=d: monomials(grammar, squares, d) for d in even if _count(len(inputs), d) <= limit),
        lambda _: functions[:limit],
        *(lambda small, count=count: logarithms(small)[:count] for count in factors if count < limit),
        lambda small: logarithms(small)[:limit],
    ]


def special_families(grammar, limit):
    """Bases of exponentials, of sines and cosines, and of distances: functions as in `families`."""
    return [
        *(lambda _, names=names: harmonics(grammar, names, limit) for names in (("exp",), ("sin", "cos"))),
        lambda _: distances(grammar, limit),
    ]


def harmonics(grammar, names, limit):
    """Inputs, squares, f(k x), f(x + y), f(2 x + y), x f(y) for some functions f: sums of Fourier and Prony.

    It leaves out whatever would make more than `limit` terms.
    """
    functions = [grammar[name] for name in names if name in grammar]
    if not functions or "mul" not in grammar:
        return []
    signs = (1, -1) if "exp" in names else (1,)  # sin and cos are odd or even
    inputs = grammar.inputs
    terms = [*inputs, *(grammar["square"](x) for x in inputs if "square" in grammar)][:limit]
    twice = [(_multiple(grammar, 2, x), y) for x, y in itertools.permutations(inputs, 2)]
    uneven = [grammar[op](*pair) for op in ("add", "sub") if op in grammar for pair in twice]
    for factors, forms in (((1, 2), inputs), ((1,), _all(grammar, ("add", "sub"), inputs)), ((1,), uneven)):
        options = itertools.product(functions, signs, factors, forms)
        layer = [f(_multiple(grammar, s * k, u)) for f, s, k, u in options]
        terms += layer if len(terms) + len(layer) <= limit else []
    options = itertools.product(functions, signs, itertools.permutations(inputs, 2))
    layer = [grammar["mul"](x, f(_multiple(grammar, s, y))) for f, s, (x, y) in options]
    return terms + (layer if len(terms) + len(layer) <= limit else [])


def distances(grammar, limit):
    """Monomials up to degree 3, and r, 1/r, x/r, y/r with r = sqrt(x^2 + y^2) for all pairs of inputs."""
    if not {"square", "sqrt", "inv_sqrt", "add", "mul"} <= set(grammar.names):
        return []
    inputs, terms = grammar.inputs, []
    for x, y in itertools.combinations(inputs, 2):
        square = grammar["add"](grammar["square"](x), grammar["square"](y))
        inverse = grammar["inv_sqrt"](square)
        terms += [grammar["sqrt"](square), inverse, grammar["mul"](x, inverse), grammar["mul"](y, inverse)]
    degrees = range(1, DICTIONARY.distance_degree + 1)
    degrees = [d for d in degrees if _count(len(inputs), d) + len(terms) <= limit]
    return terms + monomials(grammar, inputs, degrees[-1]) if terms and degrees else []


def _multiple(grammar, k, term):
    if term.constants and term.tokens[:1] == (CONSTANT,) and root(term) == "mul":
        return grammar["mul"](constant(k * term.constants[0]), arguments(term)[1])
    return term if k == 1 else grammar["mul"](constant(k), term)


def logarithms(terms):
    """The terms whose sums are products and quotients of sums, differences and powers."""
    return [t for t in terms if root(t) == "log"]


def bent_products(grammar, inputs, decades_of):
    """u, u^2, log|u|, log|1 + c u|, log|1 - c u^2|, log|1 - exp(c u)|, log|sin(c u)| and log|cos(c u)|.

    `u` are the inputs, their products and quotients. `decades_of(terms)` returns the powers of ten next to
    their values: c takes u to where the function bends. Sums of such logarithms are products of such
    functions, and a law of few quantities mostly has such factors.
    """
    if not {"log", "add", "sub", "mul", "div", "inv"} <= set(grammar.names):
        return []
    some = [*inputs, *(grammar["inv"](x) for x in inputs)]
    some += _all(grammar, ("mul",), inputs) + [grammar["div"](*p) for p in itertools.permutations(inputs, 2)]
    squares = [grammar["square"](u) for u in some if "square" in grammar]
    plain = [*some, *squares]
    pairs = [(x, y, z) for x, y in itertools.combinations(inputs, 2) for z in inputs if z not in (x, y)]
    even = [grammar["div"](grammar["mul"](x, y), grammar["square"](z)) for x, y, z in pairs if squares]
    factors = _beside_one(grammar, _scaled(grammar, plain + even, decades_of, DICTIONARY.beside_one))
    for name in ("exp", "sin", "cos"):
        scaled = _scaled(grammar, some, decades_of, DICTIONARY.bent) if name in grammar else []
        bent = [grammar[name](u) for u in scaled]
        factors += _beside_one(grammar, bent) if name == "exp" else bent
    logs = [grammar["log"](u) for u in (*some, *factors)]
    return plain + _modulated(grammar, pairs) + logs + _hyperbolic(grammar, some, decades_of)


def _modulated(grammar, pairs):
    """sqrt(x y) f(z): what two waves have in common."""
    functions = [grammar[name] for name in ("sin", "cos") if {name, "sqrt"} <= set(grammar.names)]
    roots = [(grammar["sqrt"](grammar["mul"](x, y)), z) for x, y, z in pairs if functions]
    return [grammar["mul"](root, f(z)) for root, z in roots for f in functions]


def _hyperbolic(grammar, terms, decades_of):
    """log(2 cosh(c u)) and log|2 sinh(c u)|, as log(1 +- exp(2 c u)) - c u."""
    if "exp" not in grammar:
        return []
    scaled = _scaled(grammar, terms, decades_of, DICTIONARY.bent)
    twice = [grammar["exp"](_multiple(grammar, 2, u)) for u in scaled]
    sums = _beside_one(grammar, twice)
    return [grammar["sub"](grammar["log"](s), u) for s, u in zip(sums, scaled * 2, strict=True)]


def _scaled(grammar, terms, decades_of, factors):
    """Terms times each of the factors, divided by the power of ten next to their values."""
    return [
        _multiple(grammar, factor / ten, u)
        for u, ten in zip(terms, decades_of(terms), strict=True)
        for factor in factors
    ]


def _beside_one(grammar, terms):
    return [grammar[op](constant(1.0), u) for op in ("add", "sub") for u in terms]


def large_families(grammar, small, limit):
    """Bases of more than `small` and at most `limit` terms: quadratic monomials, then products of d inputs.

    They hold sums of many products, such as determinants. They are functions as in `families`.
    """
    inputs = grammar.inputs
    quadratic = small < _count(len(inputs), 2) <= limit
    degrees = DICTIONARY.product_degrees if "mul" in grammar else ()
    degrees = [d for d in degrees if small < comb(len(inputs), d) <= limit]
    return [
        *([lambda _: monomials(grammar, inputs, 2)] if quadratic else []),
        *(lambda _, d=d: products(grammar, inputs, d) for d in degrees),
    ]


def products(grammar, inputs, degree):
    """All products of `degree` different inputs."""
    return [reduce(grammar["mul"], factors) for factors in itertools.combinations(inputs, degree)]


def _count(n, degree):
    """Number of monomials of n inputs up to a degree."""
    return comb(n + degree, degree) - 1


def _monomial(grammar, inputs, exponents):
    """Product of powers, or None when the grammar lacks an operator for it."""
    factors = []
    for x, e in zip(inputs, exponents, strict=True):
        if e:
            factors.append(grammar.power(x, int(e)))
    if any(f is None for f in factors) or (len(factors) > 1 and "mul" not in grammar):
        return None
    return reduce(grammar["mul"], factors)
