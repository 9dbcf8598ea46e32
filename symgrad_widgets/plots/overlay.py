"""A formula drawn over a neuron's gradient field: the directions of its gradients, and its level lines."""

import numpy as np

from ..formula.expressions import evaluate
from ..words import ENGLISH
from .arrows import directions, displaced, position, seen
from .picture import GREY, Mark

__all__ = ["formula_arrows", "level_lines"]

_LENGTH = 0.09  # length of a unit arrow: its end shows beyond the neuron's arrow in the same direction
_GRID = 40  # points along each side


def formula_arrows(expression, field, inputs=(0, 1), limit=400, cut=None, say=ENGLISH):
    """Return the marks of the formula's directions, at the points where `field_picture` draws the neuron's.

    The directions are projected onto the space that the data fill. If the reversed directions agree better
    with the neuron, all are reversed, because a line has no sign.
    """
    pair, chosen = [position(field, i) for i in inputs], seen(field, limit, cut)
    gradients = evaluate(expression, field.names, field.points)[1]
    neurons = directions(field, chosen)
    with np.errstate(all="ignore"):
        own = directions(field, chosen, field.project(gradients)[chosen])
        cosines = (own * neurons).sum(1) / np.linalg.norm(own, axis=1) / np.linalg.norm(neurons, axis=1)
        start, step, turn = displaced(
            field.points, pair, chosen, -own if np.nansum(cosines) < 0 else own, length=_LENGTH
        )
    (x, y), (x1, y1) = start.T, (start + step).T
    return (
        Mark("segments", {"x0": x, "y0": y, "x1": x1, "y1": y1}, GREY, size=1),
        Mark("points", {"x": x1, "y": y1, "angle": turn}, GREY, say("plots.arrows"), "triangle", 4),
    )


def level_lines(expression, field, inputs=(0, 1), at=None, count=8, say=ENGLISH):
    """Return the mark of level lines in the plane of two inputs: along each line, the formula has one value.

    `at` = {name: value} says where the plane lies along the other inputs. The lines are at quantiles of the
    values over the plane, so that a monotone function of the formula has the same lines.
    """
    from contourpy import contour_generator

    pair = [position(field, i) for i in inputs]
    sides = np.linspace(field.points[:, pair].min(axis=0), field.points[:, pair].max(axis=0), _GRID).T
    plane = np.empty((_GRID**2, len(field.names)))
    for name, value in (at or {}).items():
        plane[:, position(field, name)] = value
    plane[:, pair[0]], plane[:, pair[1]] = (side.ravel() for side in np.meshgrid(*sides))
    values = evaluate(expression, field.names, plane)[0]
    known = values[np.isfinite(values)]
    if len(known) and np.ptp(known) > 0:
        contours = contour_generator(*sides, np.ma.masked_invalid(values.reshape(_GRID, _GRID)))
        levels = np.unique(np.quantile(known, (np.arange(count) + 0.5) / count))
        lines = [line for level in levels for line in contours.lines(level)]
    else:
        lines = []
    gap = np.full((1, 2), np.nan)
    x, y = np.concatenate([gap, *(row for line in lines for row in (line, gap))]).T
    return Mark("line", {"x": x, "y": y}, GREY, say("plots.levels"), "solid", 1)
