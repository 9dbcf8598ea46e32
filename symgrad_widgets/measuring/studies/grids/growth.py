"""Growth: inputs, terms, depth, and inputs that do not occur in the formula."""

import numpy as np

from ....field import GradientField
from ...cases.blind_reading import answered
from ...cases.made_neurons import Case, directions, disturbed, waves
from ...cases.study import Study

_FUNCTIONS = ("sin", "cos", "exp", "tanh")


def _inputs(rng, size):
    """Pair all inputs at random; return the sum of the pairs' products, with random signs."""
    order = rng.permutation(size) + 1
    pairs = [f"{rng.choice(['+', '-'])} x{i}*x{j}" for i, j in order.reshape(-1, 2)]
    return " ".join(pairs), size


def _terms(rng, size):
    """Return a sum of distinct products of one to three of six inputs, coefficients +-1, +-2 and +-3."""
    found = {}
    while len(found) < size:
        factors = sorted(rng.integers(1, 7, rng.integers(1, 4)))
        found["*".join(f"x{i}" for i in factors)] = rng.choice([-3, -2, -1, 1, 2, 3])
    return " ".join(f"{factor:+d}*{term}" for term, factor in found.items()), 6


def _depth(rng, size):
    """Return a product of two inputs, plus nested functions of a third input."""
    inner = "x3"
    for name in rng.choice(_FUNCTIONS, size):
        inner = f"{name}({inner})"
    return f"x1*x2 + {inner}", 3


def _idle(_, size):
    """Return four inputs in two products, and `size` inputs that do not occur in the formula."""
    return "x1*x4 - x2*x3", 4 + size


def _measure(seed, size, make=None, noise=0.0, kind=None):
    rng = np.random.default_rng([seed, 4])
    formula, n = make(rng, size) if make else (None, size)
    names = tuple(f"x{i + 1}" for i in range(n))
    case = Case(formula, names, -1, 1)
    points = case.points(seed)
    if formula is None:
        return answered(GradientField(points, kind(points, seed), names), None, seed)
    field = case.field(points)
    field = disturbed(field, directions(points, seed), noise)
    most = max(40, 6 * formula.count("x"))
    return answered(field, formula, seed, max_complexity=most) | {"points": len(field)}


def _group(make, *sizes, **settings):
    return {str(size): {"make": make, "size": size, **settings} for size in sizes}


STUDY = Study(
    title="Growth",
    question=(
        "We draw random formulas, with exact gradients at 1,000 points. How many inputs, terms and nested "
        "functions can the search handle? We also try noisy gradients (mean 1 - cos² of 0.03). How many "
        "inputs that do not occur in the formula can we then add?"
    ),
    groups={
        "number of inputs, in products of pairs": _group(_inputs, 2, 8, 32),
        "number of terms, each a product of one to three of six inputs": _group(_terms, 2, 8, 32),
        "number of nested functions": _group(_depth, 1, 2, 3, 4),
        "number of useless inputs, with noisy gradients": _group(_idle, 4, 60, noise=0.03),
        "no law: random directions; number of inputs": _group(None, 2, 16, kind=directions),
        "no law: random smooth function; number of inputs": _group(None, 2, 16, kind=waves),
    },
    measure=_measure,
)
