"""Products: in sums, over sums and roots, and multiplied by a function."""

import numpy as np

from ....field import GradientField
from ...cases.blind_reading import answered
from ...cases.made_neurons import Case, directions
from ...cases.study import Study

_BENT = ("(exp({}) - 1)", "sin({})", "tanh({})", "(1 + exp({}))", "cosh({})")


def _sum(rng, inputs, count):
    """Return the sum of `count` products of two of the `inputs`, with coefficients +-1, +-2 or +-3."""
    pairs = {tuple(sorted(rng.choice(inputs, 2, replace=False))) for _ in range(9 * count)}
    chosen = rng.permutation(sorted(pairs))[:count]
    return " ".join(f"{rng.choice([-3, -2, -1, 1, 2, 3]):+d}*{a}*{b}" for a, b in chosen)


def _over_a_sum(rng, shared):
    """Return a sum of two products, over a sum of two inputs, which the products contain if `shared`."""
    names = [f"x{i}" for i in rng.permutation(6) + 1]
    below = names[:2] if shared else names[4:]
    return f"({_sum(rng, names[:4], 2)})/({below[0]} + {rng.integers(1, 4)}*{below[1]})", 6


def _over_a_root(rng, inputs):
    """Return a sum of two products over sqrt(c^2 + d^2), where c occurs in the products and d does not."""
    a, b, c, d = (f"x{i}" for i in rng.permutation(4) + 1)
    return f"({_sum(rng, [a, b, c], 2)})/sqrt({c}**2 + {d}**2)", inputs


def _two_powers(rng, inputs):
    """Two powers of a quotient of two distances, times one more input, as in the Lennard-Jones potential."""
    first, second = rng.choice([(12, 6), (9, 3), (6, 3), (4, 2), (2, 1), (3, 1)])
    return f"x3*((x1/x2)**{first} - {rng.integers(1, 4)}*(x1/x2)**{second})", inputs


def _one_function(rng, inputs):
    """Return the product of powers of inputs, times one function of the product or quotient of two."""
    powers, (over, under) = rng.choice([-2, -1, 1, 2, 3], inputs), rng.permutation(inputs)[:2] + 1
    outside = "*".join(f"x{i + 1}**({p})" for i, p in enumerate(powers))
    inside = f"{rng.uniform(0.3, 1.5):.2f}*x{over}{rng.choice(['*', '/'])}x{under}"
    return f"{outside}*{rng.choice(_BENT).format(inside)}", inputs


def _measure(seed, make=None, size=None, blind=0):
    rng = np.random.default_rng([seed, 7])
    formula, n = (None, blind) if make is None else make(rng, size)
    case = Case(formula, tuple(f"x{i + 1}" for i in range(n)), 0.5, 2)
    points = case.points(seed)
    if formula is None:
        return answered(GradientField(points, directions(points, seed), case.names), None, seed)
    return answered(case.field(points), formula, seed)


STUDY = Study(
    title="Products",
    question=(
        "We draw random formulas, with exact gradients at 1,000 points. There are three kinds of formulas: "
        "sums of products, divided by a sum or a root; differences of two powers of a distance; and "
        "products of powers and one more function. Does the search find the formula?"
    ),
    groups={
        "two products divided by a sum, six inputs": {
            "the sum has other inputs": {"make": _over_a_sum, "size": False},
            "the sum has the same inputs": {"make": _over_a_sum, "size": True},
        },
        "two products divided by the root of two squares": {"four inputs": {"make": _over_a_root, "size": 4}},
        "difference of two powers of a distance": {"three inputs": {"make": _two_powers, "size": 3}},
        "powers of inputs, times a function of two inputs": {
            f"{n} inputs": {"make": _one_function, "size": n} for n in (2, 3)
        },
        "no law: random directions": {"four inputs": {"blind": 4}},
    },
    measure=_measure,
)
