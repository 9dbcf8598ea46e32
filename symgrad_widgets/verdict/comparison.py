"""Compare formulas with concepts in double precision, at many points: misalignment, domain, monotonicity."""

import numpy as np

from ..errors import DataError, ExpressionError, NoGradientError
from ..field import GradientField
from ..formula.expressions import evaluate, misalignments
from ..formula.outer import core
from . import tolerances

__all__ = ["box_regions", "data_region", "defined", "flat", "is_monotone", "misaligned"]


def data_region(concepts, surface, field):
    """Return the gradient field of the concepts, along the surface, at up to 2000 of a field's points."""
    index = np.arange(len(field))[:: max(1, -(-len(field) // tolerances.DATA_POINTS))]
    points = field.points[index]
    return _region(concepts, surface, points, surface.measure_at(points, index))


def box_regions(formula, concepts, surface):
    """Return gradient fields of the concepts, `{where: field}`, at finite points in each of two boxes.

    At these points, the values and gradients of all formulas are finite.

    Raises
    ------
    ExpressionError
        if neither box contains enough such points (more than there are inputs).
    DataError
        if no point of a box can be moved onto the surface.

    """
    regions = {}
    for where, (low, high) in tolerances.BOXES.items():
        shape = tolerances.POINTS_PER_BOX, len(surface.free)
        chart = surface.settle(np.random.default_rng(0).uniform(low, high, shape))
        if not len(chart):
            raise DataError(
                f"no real point was found on {surface}: do the constraints contradict each other?"
            )
        points = surface.lift(chart)
        points = points[_all_finite([formula, *concepts], surface.names, points)]
        if len(points) > len(surface.names):
            regions[where] = _region(concepts, surface, points, surface.measure_at(points))
    if not regions:
        raise ExpressionError(
            f"no point was found where both {formula} and {concepts[0]} are real and finite, for inputs "
            f"{' or '.join(tolerances.BOXES)}: pass the neuron's field as well, field=..."
        )
    return regions


def _all_finite(formulas, names, points):
    pairs = [evaluate(e, names, points) for formula in formulas for e in (formula, core(formula))]
    return np.all([np.isfinite(values) & np.isfinite(g).all(axis=1) for values, g in pairs], axis=0)


def _region(concepts, surface, points, measure):
    gradients = np.stack([_slopes(concept, surface.names, points) for concept in concepts], axis=1)
    try:
        region = GradientField(points, gradients, surface.names, measure=measure)
        lost = region.dropped / len(points)
    except NoGradientError:
        lost = 1.0
    if lost > tolerances.CONSTANT_PART:
        shown = ", ".join(map(str, concepts))
        raise ExpressionError(
            f"the concept {shown} is constant, or has no finite real value, at {lost:.0%} of the points "
            "where it is compared: use points on which it varies"
        )
    return region


def _slopes(concept, names, points):
    values, _ = evaluate(concept, names, points)
    _, gradients = evaluate(core(concept), names, points)
    return np.where(np.isnan(values)[:, None], np.nan, gradients)


def defined(formula, region):
    """Return where a formula has a real value, (N,) bool; an overflow counts if the `core` is finite."""
    values, _ = evaluate(formula, region.names, region.points)
    inner, _ = evaluate(core(formula), region.names, region.points)
    return ~np.isnan(values) & np.isfinite(inner)


def misaligned(formula, region):
    """Return the `misalignments` of the formula's `core`, (N,); 1 where the formula is not defined."""
    return np.where(defined(formula, region), misalignments(core(formula), region), 1.0)


def flat(formula, region):
    """Return where the formula has no direction along the surface, (N,) bool."""
    _, gradients = evaluate(core(formula), region.names, region.points)
    with np.errstate(all="ignore"):
        along = np.abs(region.project(gradients)).max(axis=1)
    return along <= tolerances.FLAT * np.abs(gradients * region.measure.spread).max(axis=1)


def is_monotone(formula, concept, region, strict=True):
    """Return whether a formula only rises or only falls as the concept rises, over the points of a region.

    We check the sign of the derivative and the order of the values: 1/g falls on either side of zero, but
    jumps at zero. If formulas agree only approximately (`strict=False`), the ranks of their values are
    compared.
    """
    from scipy.stats import spearmanr

    (high, up), (base, along) = (evaluate(e, region.names, region.points) for e in (formula, concept))
    up, along = region.project(up), region.project(along)
    with np.errstate(all="ignore"):
        cosines = (_unit(up) * _unit(along)).sum(axis=1)
        noise = np.stack([_noise(high, up), _noise(base, along)])
    clear = np.abs(cosines) > (tolerances.PARALLEL if strict else tolerances.NEARLY_PARALLEL)
    if (cosines[clear] > 0).any() and (cosines[clear] < 0).any():
        return False
    usable = clear & np.isfinite(noise).all(axis=0)
    if not strict or usable.sum() < tolerances.ORDERED_POINTS:
        finite = np.isfinite(high) & np.isfinite(base)
        return bool(abs(spearmanr(high[finite], base[finite]).statistic) > tolerances.SAME_RANKS)
    return _in_order(high[usable], base[usable], *noise[:, usable])


def _noise(values, gradients):
    """Return how much values can differ by rounding alone; gradients are in units of the inputs' spreads."""
    of_slope = tolerances.SLOPE_NOISE * np.linalg.norm(gradients, axis=1)
    return tolerances.VALUE_NOISE * np.abs(values) + of_slope + tolerances.LEAST


def _unit(vectors):
    scaled = vectors / np.abs(vectors).max(axis=1, keepdims=True)
    return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)


def _in_order(high, base, high_noise, base_noise):
    order = np.argsort(base)
    rises = [
        np.diff(values[order]) / _pairs(noise[order])
        for values, noise in ((high, high_noise), (base, base_noise))
    ]
    steps = rises[0][rises[1] > 1]
    return not ((steps > 1).any() and (steps < -1).any())


def _pairs(noise):
    return noise[1:] + noise[:-1]
