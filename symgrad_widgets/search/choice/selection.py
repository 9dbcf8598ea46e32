"""Which formula is the answer: one rule for every field, blind to any concept."""

from typing import NamedTuple

import numpy as np
import sympy as sp

from ...field.directions import outside
from ...formula.expressions import complexity
from ..terms.decades import plain, significand
from ..tuning import CHOICE, FRONT, ROUNDING, VALUES, WRITING

__all__ = [
    "Neighbours",
    "chance_loss",
    "effort",
    "leading",
    "neighbours",
    "pareto",
    "reach",
    "select",
    "select_by_values",
    "smooth_share",
]


def chance_loss(neurons, dimension):
    """Mean `1 - cos^2` between a fixed field and random directions: 1 - k / m."""
    return 1 - neurons / dimension


def effort(expression):
    """Complexity, and two more for each function and each number that is no fraction of numbers up to 12.

    Powers of ten are free: they are what the units of the inputs make of a formula.
    """
    expression = plain(expression)
    extras = expression.atoms(sp.Function, sp.Number) - expression.atoms(sp.Abs)
    return complexity(expression) + CHOICE.extra * sum(not _simple(extra) for extra in extras)


def _simple(extra):
    return extra.is_Rational and max(abs(significand(extra).p), significand(extra).q) <= WRITING.largest


def select(losses, efforts, smooth, chance, count):
    """Index of the knee of some formulas in the plane of effort and log loss, or None when no law is found.

    The slope of the log loss, in nats for each node, should be steep up to the answer and flat behind it: the
    entry with the greatest ratio of the slope before (the least one, seen from the simpler entries with at
    least 60 % of its nodes) to the slope behind (the greatest one, to any more complex entry). Slopes above
    0.6 count as 0.6 and below 0.1 as 0.1, so that neither an exact fit nor a flat tail decides alone.

    `smooth` are the shares of their losses that neighbouring points have in common (`smooth_share`). A log
    loss is known the better, and a slope weighs the more, the more independent residuals a loss is the mean
    of: all `count` of them where they are noise, 20 where they are smooth, as the errors of a network are. So
    the slopes are those of log likelihoods in units of 10 nats, and flat is 1 nat for each node.
    """
    losses, efforts = np.maximum(losses, CHOICE.floor), np.asarray(efforts, dtype=float)
    front = leading(losses, efforts)
    height = np.log(losses[front] + min(CHOICE.training, CHOICE.exact * losses.min()))
    least = min(CHOICE.pieces / count, 1)
    independent = 1 / (least + (1 - least) * np.square(smooth)[front])
    knees = [_knee(efforts[front], height, independent, i, np.log(chance)) for i in range(len(front))]
    best = front[max(range(len(front)), key=lambda i: (round(knees[i], 9), i))]
    return best if losses[best] < CHOICE.law * chance else None


def select_by_values(rests, efforts):
    """Index of the formula that leaves least of a neuron's values and is worth its length, or None.

    Worth its length is what leaves less, by a price for each node, than every shorter formula: the full price
    against those of similar length, less against those that are much shorter. None where much is left.
    """
    left, efforts = np.log(np.add(rests, VALUES.training)), np.asarray(efforts, dtype=float)
    longer = efforts[:, None] - efforts
    alike = efforts >= CHOICE.window * efforts[:, None]
    price = np.where(alike, VALUES.price, VALUES.far_price) * longer
    worth = ((left - left[:, None] >= price) | (longer <= 0)).all(1)
    best = min(np.flatnonzero(worth), key=lambda i: (left[i], efforts[i]))
    return int(best) if rests[best] < VALUES.law else None


def reach(left, training):
    """Nats between the worst and the best of some formulas, as one witness tells; training blurs the best."""
    least = min(left)
    blurred = least + min(training, CHOICE.exact * least)
    return float(np.log(max(*left, ROUNDING.divisor) / max(blurred, ROUNDING.divisor)))


def leading(losses, efforts):
    """Indices, by rising effort, of what no other of at most the same effort equals in loss."""
    front = []
    for i in np.lexsort((losses, efforts)):
        if not front or losses[i] < losses[front[-1]]:
            front.append(int(i))
    return front


def _knee(nodes, height, independent, i, top):
    """Slope before over slope behind entry i; `top` is the log loss of no formula at all."""
    slope = np.minimum(independent, independent[i]) * (height - height[i])
    slope = slope / np.where(nodes == nodes[i], 1, nodes[i] - nodes)
    near = nodes[:i] >= CHOICE.window * nodes[i]
    near[i - 1 :] = True
    before = slope[:i][near].min() if i else (top - height[i]) / nodes[i]
    behind = slope[i + 1 :].max(initial=CHOICE.flat)
    return min(before, CHOICE.steep) / max(behind, CHOICE.flat)


class Neighbours(NamedTuple):
    """Who is near whom among N points, in two shells around each."""

    near: np.ndarray  # (N, a) indices of the nearest other points
    far: np.ndarray  # (N, b) of the next ones
    reach: float  # distance of the near ones, in gaps between the two shells


def smooth_share(spanning, directions, neighbours, trust=1.0):
    """Share of a formula's loss that is smooth in the inputs: what neighbouring points have in common.

    The residual of the formula's unit gradients `directions (N, m)` against the span of the neurons',
    `spanning (N, k, m)`, each times the root of its point's weight in `trust (N,)`, is compared with that of
    the `neighbours`: what is noise has no correlation, what is a network's systematic error, or a formula's,
    has. Of many inputs no two points are close, so a
    correlation that is none of chance is extrapolated to distance 0, as exp(-distance / length). What it
    lacks of 1 there is noise, the nugget of geostatistics (Cressie 1993, Statistics for Spatial Data).
    """
    residual = outside(directions, spanning) * np.sqrt(np.reshape(trust, (-1, 1)))
    power = max((residual**2).sum(), CHOICE.residual * len(residual))
    shells = neighbours.near, neighbours.far
    near, far = (float((residual * residual[shell].mean(1)).sum() / power) for shell in shells)
    if near > far > CHOICE.by_chance / np.sqrt(neighbours.far.size):
        near *= (near / far) ** neighbours.reach
    return float(np.clip(near, 0, 1))


def neighbours(points):
    """`Neighbours` among `points (N, n)`, at least three; inputs are scaled to equal spread."""
    from scipy.spatial import cKDTree

    spread = points.std(0)
    scaled = points[:, spread > 0] / spread[spread > 0]
    distance, index = cKDTree(scaled).query(scaled, min(sum(CHOICE.shells), len(points) - 1) + 1)
    near, far = np.split(np.arange(1, index.shape[1]), [min(CHOICE.shells[0], index.shape[1] - 2)])
    inner, outer = distance[:, near].mean(), distance[:, far].mean()
    reach = min(inner / max(outer - inner, ROUNDING.divisor), CHOICE.reach)
    return Neighbours(index[:, near], index[:, far], reach)


def pareto(candidates, alike, answer=None):
    """Candidates by rising complexity whose loss falls by at least 2 %, without two that are `alike`.

    Among those of equal complexity a constant that is no simple number has to lower the loss by 5 %. The
    `answer` stays, whatever beats it by chance on the points that are shown.
    """
    leaders = {}
    for c in candidates:
        handicap = -1 if c is answer else c.loss * FRONT.handicap ** len(c.expression.atoms(sp.Float))
        if c.complexity not in leaders or handicap < leaders[c.complexity][0]:
            leaders[c.complexity] = handicap, c
    front = []
    for _, (_, c) in sorted(leaders.items()):
        if c is answer:
            front = [other for other in front if other.loss > c.loss and not alike(c, other)]
        elif front and max(c.loss, FRONT.floor) > FRONT.fall * max(front[-1].loss, FRONT.floor):
            continue
        if not any(alike(c, other) for other in front):
            front.append(c)
    return tuple(front)
