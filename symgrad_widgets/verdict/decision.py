"""Decide whether a formula is the concept: proved, up to its constants, numerically, or not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp

from ..errors import ExpressionError
from ..field import GradientField
from ..field.directions import degrees
from ..formula.expressions import as_expression, exact_numbers
from .comparison import box_regions, data_region, defined, flat, is_monotone, misaligned
from .proof import Screening, proves, screen
from .refit import refit
from .surface import Surface, read_equation
from .tolerances import CONSTANT_PART, EXACT_POINTS, SAME_DIRECTIONS, UNDEFINED_PART, WORTH_A_REFIT

__all__ = ["CERTAINTY", "Verdict", "verify"]

CERTAINTY = ("different", "undecided", "constants", "numerically", "proved")  # least certain first

_CONSTANT = "the formula is constant on the data, or on a part of them."


@dataclass(frozen=True)
class Verdict:
    """What `verify` found.

    Attributes
    ----------
    same : True, False, or None if `verify` cannot tell
    how : "proved" | "constants" (same form, constants within 1 %) | "numerically" | "different" |
        "undecided" | "mixture" (of several concepts in one neuron: only from `interpret`)
    residual : mean over the points of 1 - cos^2 between the gradients of the concept and of the formula as
        given, on the tangent space
    message : a sentence for the reader

    In an `if`, a verdict counts as true only if `same` is True; "undecided" counts as false.

    """

    same: bool | None
    how: str
    residual: float
    message: str

    def __bool__(self):
        return self.same is True

    def __str__(self):
        return self.message


def verify(
    expression: str | sp.Expr,
    concept: str | sp.Expr,
    field: GradientField | None = None,
    constraints: Iterable = (),
) -> Verdict:
    """Decide whether a formula is the same concept as another, up to monotone functions.

    Two formulas are the same if three conditions hold: their gradients are parallel on the data's tangent
    space (all 2x2 minors of their Jacobian vanish); neither is constant on a part of the data; and on the
    data, one is a monotone function of the other. So `cos(20*g)` is not `g`.

    >>> verify("3 / exp(x^2 + v^2)", "x^2/2 + v^2/2").how
    'proved'

    Parameters
    ----------
    expression, concept : str or sympy.Expr
        If `concept` is a sequence of k formulas, we ask whether `expression` is a function of these formulas
        (then all (k+1)-minors vanish).
    field : GradientField, or None
        Gives names, points and tangent space. With None, we use points of the boxes (0.2, 2)^n and (-2, 2)^n
        at which both formulas are finite. The formula must be monotone in the concept in at least one box; if
        it is monotone in only one box, the message says so.
    constraints : text "x1 + x4 = 5", SymPy equations, or expressions that are zero
        Equations that hold on the data; the proof uses them exactly.

    Returns
    -------
    Verdict

    Raises
    ------
    ExpressionError
        if a text cannot be read or has unknown symbols, or if a formula is constant or has no finite real
        value.
    DataError
        if the constraints contradict one another or the data.

    """
    case = _Case(expression, concept, field, constraints)
    return case.decide() if case.surface.dimension > len(case.concepts) else case.undecided()


class _Case:
    """One question: a formula, the concepts, and the surface on which they are compared."""

    def __init__(self, expression, concept, field, constraints):
        known = None if field is None else field.names
        listed = concept if isinstance(concept, (list, tuple)) else [concept]
        constraints = [constraints] if isinstance(constraints, (str, sp.Basic)) else constraints
        self.formula = _not_constant(as_expression(expression, known), "formula")
        self.concepts = [_not_constant(as_expression(c, known), "concept") for c in listed]
        if not self.concepts:
            raise ExpressionError("the list of concepts is empty: pass at least one formula")
        equations = [read_equation(equation, known) for equation in constraints]
        self.names = known or _names_in(self.formula, *self.concepts, *equations)
        self.field = field
        self.surface = Surface.of(self.names, equations, field)

    def undecided(self):
        d, k = self.surface.dimension, len(self.concepts)
        inputs = "one effective input" if d == 1 else f"{d} effective inputs and {k} concepts"
        return Verdict(None, "undecided", 0.0, f"Cannot tell: with {inputs} every formula agrees.")

    def decide(self):
        self.regions = self._regions()
        self.shares = self._everywhere(misaligned)
        undefined = 1 - self._everywhere(defined).mean()
        if undefined == 1:
            raise ExpressionError(f"the formula {self.formula} has no finite real value at any of the points")
        if undefined > UNDEFINED_PART:
            return self._different(f"the formula has no finite real value at {undefined:.0%} of the points.")
        if self._everywhere(flat).mean() > CONSTANT_PART:
            return self._different(_CONSTANT)
        return self._exactly()

    def _regions(self):
        if self.field is None:
            return box_regions(self.formula, self.concepts, self.surface)
        return {"on the data": data_region(self.concepts, self.surface, self.field)}

    def _everywhere(self, measure):
        return np.concatenate([measure(self.formula, region) for region in self.regions.values()])

    @property
    def residual(self):
        return float(self.shares.mean())

    def _exactly(self):
        formula, *concepts = (exact_numbers(e) for e in (self.formula, *self.concepts))
        chart = self.surface.chart(np.concatenate([region.points for region in self.regions.values()]))
        found = screen(formula, concepts, self.surface, chart[self._telling()])
        if found is Screening.CONSTANT:
            return self._different(_CONSTANT)
        if found is not Screening.PARALLEL:
            return self._approximately(found is Screening.UNKNOWN or not self.surface.exact)
        if proves(formula, concepts, self.surface, chart):
            where = f" on {self.surface}" if self.surface.equations else ""
            return self._same("proved", f"the minors of the Jacobian vanish identically{where}.")
        return self._same("numerically", "to 1e-60 at points computed with 100 digits; SymPy finds no proof.")

    def _telling(self):
        """Return the indices of points to compute exactly: the worst points, and a sample of all points."""
        shares = np.where(self._everywhere(defined), self.shares, 0)
        worst = np.argsort(-shares, kind="stable")[: EXACT_POINTS // 2]
        step = max(1, 2 * len(self.shares) // EXACT_POINTS)
        return np.concatenate([worst, np.arange(0, len(self.shares), step)])

    def _approximately(self, rounded):
        """Judge a formula that exact points do not confirm and, if `rounded`, do not refute either."""
        wide = self._wide()
        near = self.residual < WORTH_A_REFIT
        found = _first(refit(self.formula, region) for region in wide) if near else None
        if found is not None and (found.changes or not rounded):
            return self._same("constants", _told_apart(found.changes), found.expression)
        if rounded or any(e.has(sp.Float) for e in (self.formula, *self.concepts)):
            worst = max(self.residual, *(misaligned(self.formula, region).mean() for region in wide))
            if worst < SAME_DIRECTIONS:
                return self._same(
                    "numerically", f"to 1e{np.ceil(np.log10(worst + 1e-32)):.0f}.", strict=False
                )
        return self._different(self._angles())

    def _wide(self):
        """Return regions beyond the data, because formulas that agree in a small box can differ elsewhere."""
        regions = self.regions
        if self.field is not None and self.surface.exact:
            try:
                regions = box_regions(self.formula, self.concepts, replace(self.surface, measure=None))
            except ExpressionError:
                regions = self.regions
        return list(regions.values())[::-1]

    def _same(self, how, why, formula=None, strict=True):
        what = "Same form, constants within 1 %: " if how == "constants" else f"Same concept, {how}: "
        if len(self.concepts) > 1:
            return Verdict(
                True, how, self.residual, f"A function of the {len(self.concepts)} concepts, {how}: {why}"
            )
        formula = self.formula if formula is None else formula
        monotone = [
            where
            for where, region in self.regions.items()
            if is_monotone(formula, self.concepts[0], region, strict)
        ]
        if not monotone:
            return self._different(
                "the gradients are parallel, but neither formula is a monotone function of the other."
            )
        if len(monotone) < len(self.regions):
            why += (
                f" The formula is monotone in the concept only for inputs {monotone[0]}; for other data, "
                "pass the field."
            )
        return Verdict(True, how, self.residual, what + why)

    def _different(self, why):
        many = len(self.concepts) > 1
        what = f"Not a function of the {len(self.concepts)} concepts" if many else "Different concepts"
        return Verdict(False, "different", self.residual, f"{what}: {why}")

    def _angles(self):
        high = np.percentile(degrees(self.shares), 95)
        close = " An exact computation shows that they differ." if self.residual < SAME_DIRECTIONS else ""
        return (
            f"mean 1 - cos^2 is {self.residual:.1e} at {len(self.shares)} points, "
            f"an angle of {degrees(self.residual):.2g} degrees; 95 % of the angles are "
            f"below {high:.2g}.{close}"
        )


def _not_constant(expression, what):
    if not expression.free_symbols:
        raise ExpressionError(f"the {what} {expression} is a constant: it has no gradient to compare")
    return expression


def _names_in(*expressions):
    names = {symbol.name for expression in expressions for symbol in expression.free_symbols}
    return tuple(sorted(names, key=lambda name: (len(name), name)))


def _first(found):
    return next((one for one in found if one is not None), None)


def _told_apart(changes, most=6):
    """Return constants as given and as found, each pair with enough digits to show that the two differ."""
    told = []
    for given, found in changes[:most]:
        digits = next((d for d in range(4, 17) if f"{given:.{d}g}" != f"{found:.{d}g}"), 17)
        told.append(f"{given:.{digits}g} where {found:.{digits}g} is exact")
    if len(changes) > most:
        told.append(f"and {len(changes) - most} more")
    return (", ".join(told) or "equal up to rounding") + "."
