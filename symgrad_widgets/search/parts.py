"""Show which inputs of a neuron act together, as a tree that people can read."""

import itertools
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ..errors import DataError
from .choice.candidate import identifiable
from .choice.coefficients import as_number
from .choice.writing import unwrapped
from .division import Pairs, divisions, together, undivided
from .fit.bank import Sample
from .subspace import relevant_inputs
from .terms.decades import decades, in_decades, power_of_ten
from .terms.grammar import Grammar
from .terms.postfix import to_sympy
from .tuning import DIVISION

__all__ = ["Division", "Pair", "Part", "divide"]


@dataclass(frozen=True)
class Part:
    """Inputs on which a neuron depends only through one quantity.

    Attributes
    ----------
    inputs : their names
    expression : sympy.Expr, the quantity, up to a monotone function
    residual : share of the smaller gradient component that `expression` does not explain; 0 for an input
    parts : the two Parts that this Part joins; () for an input

    """

    inputs: tuple[str, ...]
    expression: sp.Expr
    residual: float = 0.0
    parts: tuple["Part", ...] = ()

    def __str__(self):
        return str(self.expression)


@dataclass(frozen=True)
class Pair:
    """Two inputs, and how well a single quantity can replace them.

    Attributes
    ----------
    inputs : the two names
    residual : share of the smaller gradient component that no formula of the two inputs can explain
    expression : sympy.Expr, the small formula that fits best, or None
    left : share of the same component that `expression` does not explain, or None

    """

    inputs: tuple[str, str]
    residual: float
    expression: sp.Expr | None
    left: float | None


@dataclass(frozen=True)
class Division:
    """The quantities on which a neuron depends. Inputs that act together share a quantity.

    Attributes
    ----------
    parts : the quantities, Parts; a single Part if all inputs act together
    pairs : all pairs of the inputs that matter most (at most 12), sorted by residual, to show which other
        inputs might act together
    residual : largest residual of any Part
    points : number of points used

    """

    parts: tuple[Part, ...]
    pairs: tuple[Pair, ...]
    residual: float
    points: int

    def __str__(self):
        lines = [line for part in self.parts for line in _lines(part)]
        if all(not part.parts for part in self.parts):
            lines.append("No inputs act together in a small formula.")
        return "\n".join(lines)

    __repr__ = __str__


def divide(field) -> Division:
    """Find which inputs of a neuron act together, from its gradients alone.

    If `f = F(h(x, y), rest)`, the two gradient components along x and y have the direction of `grad h`,
    whatever the other inputs are. Step by step, we replace such a pair with h, as long as h explains at
    least nine tenths of the smaller component. A small residual makes it likely that two inputs act together,
    but does not prove it. (Graph modularity: Udrescu et al. 2020, arXiv 2006.10782.)

    Parameters
    ----------
    field : GradientField of one neuron, on data that fill the space of its inputs

    >>> divide(gradient_field(model, x, names=("m", "c", "v")))  # doctest: +SKIP
    m
    v/c  (5.7e-03)
      v
      c

    Raises
    ------
    DataError
        if there are several neurons, or if the data lie on a surface, where components along single inputs
        mean nothing.

    """
    identifiable(field)
    tens = decades(field.measure.spread)
    scaled = field.scaled(np.array([float(power_of_ten(k)) for k in tens]))
    sample = Sample(scaled.take(slice(DIVISION.shown)))
    if sample.whole is None:
        what = f"{field.neurons} neurons" if field.neurons > 1 else "data on a surface"
        raise DataError(
            f"{what} cannot be divided: use one neuron, on data that fill the space of its inputs"
        )
    grammar = Grammar(None, relevant_inputs(field))
    writer = _Writer(field.names, tens)
    (whole,) = reduced = undivided(sample, grammar.inputs)
    two = Pairs(grammar)
    pairs = [_pair(two, a, b, writer) for a, b in itertools.combinations(whole.coordinates, 2)]
    best = whole
    while reduced:
        reduced = [r for r in divisions(two, reduced) if r.residual <= DIVISION.sure]
        best = reduced[0] if reduced else best
    parts = tuple(writer.part(c) for c in best.coordinates)
    return Division(
        parts, tuple(sorted(pairs, key=lambda p: p.residual)), best.residual, len(sample.points.T)
    )


class _Writer:
    """Writes coordinates as Parts, in the original inputs."""

    def __init__(self, names, tens):
        self.names = names
        self.forms = [*in_decades([sp.Symbol(name, real=True) for name in names], tens).values()]

    def part(self, coordinate):
        parts = tuple(map(self.part, coordinate.parts))
        numbers = sorted({-1 - t for t in coordinate.term.tokens if t < 0})
        names = tuple(self.names[i] for i in numbers)
        return Part(names, self.formula(coordinate), coordinate.residual, parts)

    def formula(self, coordinate):
        written = to_sympy(coordinate.term, self.forms)
        return unwrapped(written.xreplace({x: as_number(float(x)) for x in written.atoms(sp.Float)}))


def _pair(two, a, b, writer):
    fitting = two.mergers(a, b)
    names = tuple(writer.names[-1 - c.term.tokens[0]] for c in (a, b))
    best = fitting[0] if fitting else None
    return Pair(
        names,
        together(a, b),
        best and writer.formula(best.coordinate),
        best and best.coordinate.residual,
    )


def _lines(part, depth=0):
    said = "exact" if part.residual <= DIVISION.exact else f"{part.residual:.1e}"
    own = f"  ({said})" if part.parts else ""
    yield f"{'  ' * depth}{part}{own}"
    for inner in part.parts:
        yield from _lines(inner, depth + 1)
