"""Formulas against concepts in double precision, at many points: misalignment, domain, monotonicity."""

import numpy as np

from .errors import ExpressionError, NoGradientError
from .expressions import evaluate, misalignments
from .field import GradientField
from .proof import core

__all__ = ["box_regions", "data_region", "defined", "flat", "is_monotone", "misaligned"]

_BOXES = {"between 0.2 and 2": (0.2, 2.0), "between -2 and 2": (-2.0, 2.0)}
_PER_BOX = 150
_MOST_POINTS = 2000


def data_region(concepts, surface, field):
    """Gradient field of the concepts at (at most 2000 of) a field's points, along the surface."""
    index = np.arange(len(field))[:: max(1, -(-len(field) // _MOST_POINTS))]
    points = field.points[index]
    return _region(concepts, surface, points, surface.tangent(points, index))


def box_regions(formula, concepts, surface):
    """Gradient fields of the concepts in two boxes, `{where: field}`, at points at which all is finite.

    Raises
    ------
    ExpressionError
        when there is none in either box.

    """
    regions = {}
    for where, (low, high) in _BOXES.items():
        chart = np.random.default_rng(0).uniform(low, high, (_PER_BOX, len(surface.free)))
        points = surface.lift(surface.settle(chart))
        points = points[_all_finite([formula, *concepts], surface.names, points)]
        if len(points) > len(surface.names):
            regions[where] = _region(concepts, surface, points, surface.tangent(points))
    if not regions:
        raise ExpressionError(
            f"no real finite point: {formula} and {concepts[0]} are not both finite for inputs "
            f"{' or '.join(_BOXES)}; give the field"
        )
    return regions


def _all_finite(formulas, names, points):
    pairs = [evaluate(e, names, points) for formula in formulas for e in (formula, core(formula))]
    return np.all([np.isfinite(values) & np.isfinite(g).all(axis=1) for values, g in pairs], axis=0)


def _region(concepts, surface, points, tangent):
    gradients = np.stack([evaluate(core(concept), surface.names, points)[1] for concept in concepts], axis=1)
    try:
        return GradientField(points, gradients, surface.names, tangent=tangent)
    except NoGradientError as error:
        shown = ", ".join(map(str, concepts))
        raise ExpressionError(f"the concept {shown} has no gradient where it is compared: {error}") from None


def defined(formula, region):
    """Where a formula has a real value, (N,) bool; an overflow is one if what it bends is finite."""
    values, _ = evaluate(formula, region.names, region.points)
    inner, _ = evaluate(core(formula), region.names, region.points)
    return ~np.isnan(values) & np.isfinite(inner)


def misaligned(formula, region):
    """`1 - |P grad e|^2 / |grad e|^2` at each point, (N,); 1 where the formula is not defined."""
    return np.where(defined(formula, region), misalignments(core(formula), region), 1.0)


def flat(formula, region):
    """Where the formula has no direction along the surface, (N,) bool."""
    _, gradients = evaluate(core(formula), region.names, region.points)
    with np.errstate(all="ignore"):
        along = np.abs(region.project(gradients)).max(axis=1)
    return along <= 1e-9 * np.abs(gradients).max(axis=1)


def is_monotone(formula, concept, region, strict=True):
    """Whether a formula only rises, or only falls, with the concept over the points of a region.

    Both the sign of the derivative and the order of the values are looked at: 1/g falls on either side of
    zero, but jumps there. Formulas that agree but approximately (`strict=False`) are compared by their ranks.
    """
    (high, up), (base, along) = (evaluate(e, region.names, region.points) for e in (formula, concept))
    with np.errstate(all="ignore"):
        cosines = (_unit(region.project(up)) * _unit(region.project(along))).sum(axis=1)
    if (cosines > 0.5).any() and (cosines < -0.5).any():
        return False
    finite = np.isfinite(high) & np.isfinite(base)
    compare = _in_order if strict else _ranks_agree
    return compare(high[finite], base[finite])


def _unit(vectors):
    scaled = vectors / np.abs(vectors).max(axis=1, keepdims=True)
    return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)


def _in_order(high, base):
    order = np.argsort(base)
    high, base = high[order], base[order]
    steps = np.diff(high) / _rounding(high)
    steps = steps[np.diff(base) > _rounding(base)]
    return not ((steps > 1).any() and (steps < -1).any())


def _rounding(values):
    return 1e-9 * (np.abs(values[1:]) + np.abs(values[:-1])) + 1e-300


def _ranks_agree(high, base):
    ranks = [np.argsort(np.argsort(values)) for values in (high, base)]
    return bool(abs(np.corrcoef(*ranks)[0, 1]) > 0.999)
