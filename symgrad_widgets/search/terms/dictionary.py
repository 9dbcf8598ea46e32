"""Build the terms that the search starts with: small terms, monomials, and whole bases."""

import itertools
from functools import cache, reduce
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
    "laurent_monomials",
    "monomials",
    "multiple",
    "products",
    "small_terms",
    "special_families",
]


def small_terms(grammar, inputs, limit):
    """List small terms without repeats, the smallest first.

    These are inputs, f(x), x*y, x/y, f(x*y), f(x+y), x*f(y), f(1+x), f(g(x)), and b(x, y) for any further
    operator of two arguments.

    `inputs` are the input terms, the most important first; if there are many, only the first ones form pairs.
    A kind of term is left out if its terms would exceed the limit. Sums and differences occur only inside a
    function or a quotient, because the eigenproblem makes all other sums.
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
    """List logarithms such as log(x + 100 y): the sizes of two inputs can be powers of ten apart."""
    if not {"log", "mul", "add", "sub"} <= set(grammar.names):
        return []
    tens = [[grammar["mul"](constant(ten), y) for ten in DICTIONARY.uneven] for y in inputs]
    uneven = [(x, scaled) for i, x in enumerate(inputs) for y in tens[i + 1 :] for scaled in y]
    return [grammar["log"](grammar[op](*pair)) for pair in uneven for op in ("add", "sub")]


def _with_constants(grammar, inputs, squares):
    """List shifted and scaled inputs and squares. The constants are starting values, to be fitted later."""
    one, factors = constant(1.0), [constant(c) for c in DICTIONARY.factors]
    shifted = [grammar[op](one, u) for op in ("add", "sub") if op in grammar for u in (*inputs, *squares)]
    return shifted + [grammar["mul"](c, u) for c in factors for u in (*inputs, *squares) if "mul" in grammar]


def _all(grammar, names, terms):
    """Join all pairs of terms by each of the named operators."""
    pairs = list(itertools.combinations(terms, 2))
    return [grammar[name](a, b) for name in names if name in grammar for a, b in pairs]


def monomials(grammar, inputs, degree):
    """List all monomials up to a degree, except those for which the grammar lacks an operator."""
    n = len(inputs)
    factors = (f for d in range(1, degree + 1) for f in itertools.combinations_with_replacement(range(n), d))
    terms = (_monomial(grammar, inputs, np.bincount(f, minlength=n)) for f in factors)
    return [t for t in terms if t is not None]


def laurent_monomials(grammar, inputs, limit):
    """List products of small positive and negative powers of terms, low degrees first; at most `limit`."""
    terms = []
    for degree in range(1, DICTIONARY.degree + 1):
        layer = _exponents(len(inputs), degree)
        if len(terms) + len(layer) > limit:
            break
        made = (_monomial(grammar, inputs, exponents) for exponents in layer)
        terms += [term for term in made if term is not None]
    return terms


@cache
def _exponents(n, degree):
    """List the exponents of the Laurent monomials of n inputs whose absolute exponents add up to `degree`."""
    powers = range(-DICTIONARY.laurent_power, DICTIONARY.laurent_power + 1)
    return [e for e in itertools.product(powers, repeat=n) if sum(map(abs, e)) == degree]


def families(grammar, limit):
    """List small bases for backward elimination, each as a function of the small terms.

    The bases are all monomials up to degree 1, 2, ..., in the inputs or in their squares; functions of single
    inputs; and `logarithms`. Each basis has at most `limit` terms.
    """
    inputs = grammar.inputs
    squares = [grammar["square"](x) for x in inputs if "square" in grammar]
    even = range(2, DICTIONARY.degree // 2 + 1) if squares else ()
    degrees = [d for d in range(1, DICTIONARY.degree + 1) if d == 1 or _count(len(inputs), d) <= limit]
    functions = [*inputs, *(grammar[f](x) for f in grammar.unary if f != "abs" for x in inputs)]
    n = len(inputs)
    # Logarithms of inputs come first, then those of sums and differences, then those of sums of squares.
    factors = n, n**2, n * (2 * n - 1)
    return [
        *(lambda _, d=d: monomials(grammar, inputs, d) for d in degrees),
        *(lambda _, d=d: monomials(grammar, squares, d) for d in even if _count(len(inputs), d) <= limit),
        lambda _: functions[:limit],
        *(lambda small, count=count: logarithms(small)[:count] for count in factors if count < limit),
        lambda small: logarithms(small)[:limit],
    ]


def special_families(grammar, limit):
    """List bases of exponentials, of sines and cosines, and of distances.

    Each basis is a function, as in `families`.
    """
    return [
        *(lambda _, names=names: harmonics(grammar, names, limit) for names in (("exp",), ("sin", "cos"))),
        lambda _: distances(grammar, limit),
    ]


def harmonics(grammar, names, limit):
    """List inputs, squares, f(k x), f(x + y), f(2 x + y) and x f(y), as in Fourier and Prony sums.

    `names` are the names of the functions f. A kind of term that would exceed `limit` is left out.
    """
    functions = [grammar[name] for name in names if name in grammar]
    if not functions or "mul" not in grammar:
        return []
    signs = (1, -1) if "exp" in names else (1,)  # sin and cos are odd or even, so 1 is enough
    inputs = grammar.inputs
    terms = [*inputs, *(grammar["square"](x) for x in inputs if "square" in grammar)][:limit]
    twice = [(multiple(grammar, 2, x), y) for x, y in itertools.permutations(inputs, 2)]
    uneven = [grammar[op](*pair) for op in ("add", "sub") if op in grammar for pair in twice]
    for factors, forms in (((1, 2), inputs), ((1,), _all(grammar, ("add", "sub"), inputs)), ((1,), uneven)):
        options = itertools.product(functions, signs, factors, forms)
        layer = [f(multiple(grammar, s * k, u)) for f, s, k, u in options]
        terms += layer if len(terms) + len(layer) <= limit else []
    options = itertools.product(functions, signs, itertools.permutations(inputs, 2))
    layer = [grammar["mul"](x, f(multiple(grammar, s, y))) for f, s, (x, y) in options]
    return terms + (layer if len(terms) + len(layer) <= limit else [])


def distances(grammar, limit):
    """List monomials up to degree 3, and r, 1/r, x/r and y/r for all pairs of inputs x and y.

    Here, r is sqrt(x^2 + y^2).
    """
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


def multiple(grammar, k, term):
    """Return k times a term. If the term starts with a number, multiply this number."""
    if term.constants and term.tokens[:1] == (CONSTANT,) and root(term) == "mul":
        return grammar["mul"](constant(k * term.constants[0]), arguments(term)[1])
    return term if k == 1 else grammar["mul"](constant(k), term)


def logarithms(terms):
    """Return those terms that are logarithms; their sums stand for products and quotients."""
    return [t for t in terms if root(t) == "log"]


def bent_products(grammar, inputs, decades_of):
    """List u, u^2, log|u|, log|1 + c u|, log|1 - c u^2|, log|1 - exp(c u)|, log|sin(c u)| and log|cos(c u)|.

    Here u is an input, or a product or quotient of inputs. `decades_of(terms)` returns the power of ten
    nearest to the values of each term; from this power, we choose values of c for which the functions are
    curved. A sum of such logarithms is a product of such functions, and most laws of a few quantities are
    products of this kind.
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
    """List sqrt(x y) f(z), as in the interference of two waves."""
    functions = [grammar[name] for name in ("sin", "cos") if {name, "sqrt"} <= set(grammar.names)]
    roots = [(grammar["sqrt"](grammar["mul"](x, y)), z) for x, y, z in pairs if functions]
    return [grammar["mul"](root, f(z)) for root, z in roots for f in functions]


def _hyperbolic(grammar, terms, decades_of):
    """List log(2 cosh(c u)) and log|2 sinh(c u)|, written as log(1 +- exp(2 c u)) - c u."""
    if "exp" not in grammar:
        return []
    scaled = _scaled(grammar, terms, decades_of, DICTIONARY.bent)
    twice = [grammar["exp"](multiple(grammar, 2, u)) for u in scaled]
    sums = _beside_one(grammar, twice)
    return [grammar["sub"](grammar["log"](s), u) for s, u in zip(sums, scaled * 2, strict=True)]


def _scaled(grammar, terms, decades_of, factors):
    """Divide each term by the power of ten nearest to its values, and multiply it by each factor."""
    return [
        multiple(grammar, factor / ten, u)
        for u, ten in zip(terms, decades_of(terms), strict=True)
        for factor in factors
    ]


def _beside_one(grammar, terms):
    return [grammar[op](constant(1.0), u) for op in ("add", "sub") for u in terms]


def large_families(grammar, small, limit):
    """List large bases: quadratic monomials, and products of d inputs.

    Each basis has more than `small` and at most `limit` terms. Determinants, for example, are sums of such
    products. Each basis is a function, as in `families`.
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
    """List all products of `degree` different inputs."""
    return [reduce(grammar["mul"], factors) for factors in itertools.combinations(inputs, degree)]


def _count(n, degree):
    """Return the number of monomials of n inputs up to a degree."""
    return comb(n + degree, degree) - 1


def _monomial(grammar, inputs, exponents):
    """Return a product of positive and negative powers, or None if the grammar lacks an operator for it."""
    over, under = (
        [grammar.power(x, sign * int(e)) for x, e in zip(inputs, exponents, strict=True) if sign * e > 0]
        for sign in (1, -1)
    )
    if None in over or None in under:
        return None
    needed = {"mul"} if max(len(over), len(under)) > 1 else set()
    if under:
        needed.add("div" if over else "inv")
    if not needed <= {*grammar.names}:
        return None
    over, under = (reduce(grammar["mul"], some) if some else None for some in (over, under))
    if under is None:
        return over
    return grammar["div"](over, under) if over else grammar["inv"](under)
