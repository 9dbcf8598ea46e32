"""Formulas as people type them: by hand, and drawn by a seed up to eight levels deep, good and spoilt."""

import random
from unittest import mock

import numpy as np

from symgrad_widgets.errors import ExpressionError
from symgrad_widgets.formula import vocabulary
from symgrad_widgets.formula.duals import evaluate_tree
from symgrad_widgets.formula.typed import read_formula

NAMES = ("x", "v", "x_{1}", "alpha", "my speed", "N")
TYPED = ("x", "v", "x_{1}", "x₁", "x_1", "α", "alpha", "\\alpha", "my speed", "N")
DEEPEST = 8
PLAIN = 40
EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, 1e5, -1e5)

# of x and v: how each is read, and the other way where there is one
SPELLINGS = {
    "x²": "x^2",
    "x⁻¹": "x^(-1)",
    "2x": "2*x",
    "x v": "x*v",
    "xv": "x*v",
    "x·v": "x*v",
    "3(x+v)(x−v)": "3*(x + v)*(x - v)",
    "x(v+1)": "x*(v + 1)",
    "1,6 x^2": "1.6*x^2",
    "½": "1/2",
    "1½x": "(3/2)*x",
    "√x": "sqrt(x)",
    "√(x²+v²)": "sqrt(x^2 + v^2)",
    "sin x": "sin(x)",
    "Sin x": "sin(x)",
    "sinx": "sin(x)",
    "sin 2x": "sin(2*x)",
    "sin -x": "sin(-x)",
    "sin² x + cos^2 v": "sin(x)^2 + cos(v)^2",
    "2 sin x cos v": "2*sin(x)*cos(v)",
    "ln |x|": "log(abs(x))",
    "|x||v|": "abs(x)*abs(v)",
    "||x|-v|": "abs(abs(x) - v)",
    "pi x": "pi*x",
    "πx": "pi*x",
    "e^-x": "e^(-x)",
    "E = v²/2 + x²/2": "v^2/2 + x^2/2",
    "f(x, v) = x v": "x*v",
    "x² + v² = const": "x^2 + v^2",
    "E = x² + v² = 1": "x^2 + v^2",
    "\\sqrt{x} + x^{2}": "sqrt(x) + x^2",
    "x÷v": "x/v",
    "pow(x, 2) + arctan(1,5)": "x^2 + atan(1.5)",
}
AMBIGUOUS = {
    "1/2x": ("(1/2)*x", "1/(2*x)"),
    "v²/2x": ("(v^2/2)*x", "v^2/(2*x)"),
    "sin x v": ("sin(x)*v", "sin(x*v)"),
    "√x v": ("sqrt(x)*v", "sqrt(x*v)"),
    "sin x/2": ("sin(x)/2", "sin(x/2)"),
    "sin 2*x": ("sin(2)*x", "sin(2*x)"),
    "x^1/2": ("x^1/2", "x^(1/2)"),
    "sin^-1 x": ("asin(x)", "sin(x)^(-1)"),
    "tan⁻¹ x": ("atan(x)", "tan(x)^(-1)"),
}


def points(seed=0):
    """Points (N, n): the plain ones between -2 and 2, and edges of domains."""
    rng = np.random.default_rng(seed)
    edges = np.stack([rng.permutation(EDGES) for _ in NAMES], axis=1)
    return np.vstack(
        [rng.uniform(-2, 2, (PLAIN, len(NAMES))), edges, np.tile(np.array(EDGES)[:, None], len(NAMES))]
    )


def good(count, seed):
    """So many texts that can be read, and whose values are not a matter of rounding errors."""
    rng = random.Random(seed)
    found = []
    while len(found) < count:
        text = _drawn(rng, 1 + len(found) % DEEPEST)
        try:
            tree = read_formula(text, NAMES).tree
        except ExpressionError:  # a constant in it is not finite or not real
            continue
        if steady(tree):
            found.append(text)
    return found


def bad(count, seed):
    """So many texts that cannot be read: good ones with signs left out, put in, or exchanged."""
    rng = random.Random(seed)
    found = []
    while len(found) < count:
        text = list(_drawn(rng, rng.randint(1, 4)))
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(text) + 1)
            text[place : place + rng.randint(0, 2)] = rng.choice(
                ["", *"()|,.*/^=+y#?[½²\\ ", "foo", "sinus(", "**"]
            )
        try:
            read_formula("".join(text), NAMES)
        except ExpressionError:
            found.append("".join(text))
    return found


def steady(tree):
    """Whether values and gradients stay when every function's last digits change."""
    there = points()
    plain = evaluate_tree(tree, NAMES, there)
    noisy = {name: _with_noise(run) for name, run in vocabulary.ON_ARRAYS.items()}
    with mock.patch.dict(vocabulary.ON_ARRAYS, noisy):
        return all(map(alike, plain, evaluate_tree(tree, NAMES, there)))


def alike(a, b, tolerance=1e-9):
    """Whether two arrays are finite at the same places and agree there, relative to the largest.

    The first points and the others, the edges of domains, count each for themselves.
    """
    a, b = np.asarray(a), np.asarray(b, dtype=float)
    same = np.array_equal(np.isfinite(a), np.isfinite(b))
    return same and all(_near(a[part], b[part], tolerance) for part in (slice(PLAIN), slice(PLAIN, None)))


def _near(a, b, tolerance):
    finite = np.isfinite(a)
    return bool(np.all(np.abs(a[finite] - b[finite]) <= tolerance * np.abs(a[finite]).max(initial=0)))


def _with_noise(run):
    return lambda u: run(u) * (1 + 1e-15)


def _drawn(rng, depth):
    if depth == 1:
        return _leaf(rng)
    inner = f"({_drawn(rng, depth - 1)})"
    kind = rng.random()
    if kind < 0.4:
        pair = [inner, f"({_drawn(rng, rng.randint(1, min(depth - 1, 3)))})"]
        rng.shuffle(pair)
        return rng.choice(["{} + {}", "{} - {}", "{}*{}", "{} {}", "{}·{}", "{}/{}", "-{}{}"]).format(*pair)
    if kind < 0.6:
        return inner + rng.choice(["²", "^2", "**3", "⁻¹", "^0,5", "^-1.5", f"^{_leaf(rng)}", "^½", " / 2 x"])
    if kind < 0.7:
        name = rng.choice(["pow", "add", "sub", "mul", "div"])
        return f"{name}({inner}, ({_leaf(rng)}))"
    name = rng.choice(
        [
            name
            for name in vocabulary.known_functions()
            if vocabulary.arity(vocabulary.ALIASES.get(name, name)) == 1
        ]
    )
    return rng.choice(
        [
            f"{name}{inner}",
            f"{name} {inner}",
            f"{name}² {inner}",
            f"√{inner}",
            f"|{inner}|",
            f"2{name}{inner}",
        ]
    )


def _leaf(rng):
    if rng.random() < 0.7:
        return rng.choice(TYPED)
    number = f"{10 ** rng.uniform(-6, 6):.4g}"
    return rng.choice([number, number.replace(".", ","), str(rng.randint(1, 9)), "½", "1¾", "pi", "π", "e"])
