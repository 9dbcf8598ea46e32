"""The branches of a division: each has a letter, a formula, and a field of the two quantities it joins."""

from string import ascii_uppercase
from typing import NamedTuple

import numpy as np
import sympy as sp

from ..errors import DataError
from ..field import GradientField
from ..formula.expressions import evaluate
from .parts import Part

__all__ = ["Branch", "branches"]


class Branch(NamedTuple):
    """An input of a neuron, or a quantity that joins two others.

    Attributes
    ----------
    name : the input's name, or a letter
    part : the Part
    joined : the two Branches that this one joins; () for an input
    formula : sympy.Expr, the quantity, written in the names of the two Branches if possible, otherwise in
        inputs

    """

    name: str
    part: Part
    joined: tuple["Branch", ...]
    formula: sp.Expr

    def __str__(self):
        return f"{self.name} = {self.formula}" if self.joined else self.name

    @property
    def short(self):
        """Whether the formula is written with the names of the two joined Branches."""
        return {symbol.name for symbol in self.formula.free_symbols} <= {one.name for one in self.joined}

    def field(self, field):
        """Return the field of the two joined quantities: the components of the neuron's gradient along them.

        If `f = F(a(x), b(y), rest)`, the slopes of f along the inputs x are `dF/da` times the slopes of a. So
        a least-squares fit over x gives dF/da, and a fit over y gives dF/db. Each input is scaled by its
        spread.
        """
        if not self.joined:
            raise DataError(
                f"the input {self.name} acts by itself: choose a branch that joins two quantities"
            )
        both = [_along(field, one.part) for one in self.joined]
        values, slopes = (np.stack(columns, axis=1) for columns in zip(*both, strict=True))
        return GradientField(values, slopes, [one.name for one in self.joined], tangent=None)


def branches(division):
    """Return the branches of a `Division`. Each branch comes after the two branches that it joins.

    A branch that joins two others is named with a capital letter that no input uses.
    """
    inputs = [name for part in division.parts for name in part.inputs]
    letters = iter([letter for letter in ascii_uppercase if letter not in inputs])
    found = []
    for part in division.parts:
        _grow(part, letters, found)
    return tuple(found)


def _grow(part, letters, found):
    joined = tuple(_grow(inner, letters, found) for inner in part.parts)
    formula = part.expression.subs([(one.part.expression, sp.Symbol(one.name, real=True)) for one in joined])
    branch = Branch(next(letters) if joined else str(part), part, joined, formula)
    found.append(branch if branch.short or not joined else branch._replace(formula=part.expression))
    return found[-1]


def _along(field, part):
    """Return the values (N,) of a part, and the component (N,) of the neuron's gradient along it."""
    values, slopes = evaluate(part.expression, field.names, field.points)
    own = [field.names.index(name) for name in part.inputs]
    spread = field.measure.spread[own]
    slopes, along = slopes[:, own] * spread, field.gradients.reshape(len(field), -1)[:, own] * spread
    with np.errstate(all="ignore"):
        return values, (along * slopes).sum(1) / (slopes**2).sum(1)
