"""Choose the answer. One rule serves every field, and this rule does not know the concept."""

from typing import NamedTuple

import numpy as np
import sympy as sp

from ...field.directions import outside
from ...formula.expressions import complexity
from ..terms.decades import decade, plain, power_of_ten, significand
from ..tuning import CHOICE, FRONT, KIND, ROUNDING, SEARCH, VALUES, WRITING

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
    "worth_their_length",
]


def chance_loss(neurons, dimension):
    """Return the mean `1 - cos^2` between random directions and k fixed neurons in m dimensions: 1 - k/m."""
    return 1 - neurons / dimension


def effort(expression):
    """Return the complexity, plus two for each function and for each number that is not simple.

    Fractions of numbers up to 12 are simple. Powers of ten are free, because they depend on the units of the
    inputs. But in a sum such as x + 3/100, the power of ten says how far x is shifted, so this power is not
    free.
    """
    without = plain(expression)
    extras = [f for f in expression.atoms(sp.Function) if not isinstance(f, sp.Abs)]
    extras += [number for number in without.atoms(sp.Number) if not _simple(number)]
    extras += [whole for whole in expression.atoms(sp.Add) if _small_step(whole)]
    return complexity(without) + CHOICE.extra * len(extras)


def _small_step(whole):
    """Return whether a sum contains a number that is simple only without its power of ten, as x + 3/100 does.

    We divide the number by the power of ten in each other term of the sum. No quotient may be simple.
    """
    number, rest = whole.as_coeff_Add()
    if not number or not _simple(number) or abs(significand(number)) == 1:
        return False
    factors = (term.as_coeff_Mul()[0] for term in sp.Add.make_args(rest))
    beside = [number / power_of_ten(np.log10(decade(abs(float(factor))))) for factor in factors]
    return all(max(abs(n.p), n.q) > WRITING.largest for n in beside)


def _simple(number):
    return number.is_Rational and max(abs(significand(number).p), significand(number).q) <= WRITING.largest


def select(losses, efforts, smooth, chance, count, rests=None):
    """Return the index of the formula at the knee of log loss against effort, or None if there is no law.

    Up to the answer, the log loss should fall steeply (in nats per node); beyond it, hardly at all. Each
    formula on the front has two slopes. The slope before a formula is the smallest slope from a simpler
    formula with at least 60 % as many nodes. The slope beyond a formula is the largest slope to a more
    complex one. The knee is the formula with the largest ratio of the two slopes. Slopes above 0.6 count as
    0.6, and slopes below 0.1 as 0.1, so an exact fit or a flat tail cannot decide alone.

    `smooth` is the share of each loss that neighbouring points have in common (`smooth_share`). A loss is a
    mean of residuals. The more residuals are independent, the better we know the log loss, and the more a
    slope counts. If the residuals are noise, all `count` of them are independent. If the residuals are
    smooth, like a network's errors, they count as 20 independent ones. With 20 independent residuals, the log
    likelihood is 10 times the log loss. So a slope of 0.1, which counts as flat, means 1 nat of log
    likelihood per node.

    Directions cannot distinguish the knee from formulas of at most the same effort whose log loss is at most
    0.1 higher. If `rests` says how much of the values each formula leaves unexplained, we choose among these
    formulas the one that leaves the least, unless the log of its rest is hardly lower than the knee's.
    """
    losses, efforts = np.maximum(losses, CHOICE.floor), np.asarray(efforts, dtype=float)
    front = leading(losses, efforts)
    heights = np.log(losses + min(CHOICE.training, CHOICE.exact * losses.min()))
    least = min(CHOICE.pieces / count, 1)
    independent = 1 / (least + (1 - least) * np.square(smooth)[front])
    about = efforts[front], heights[front], independent
    knees = [_knee(*about, i, np.log(chance)) for i in range(len(front))]
    best = front[max(range(len(front)), key=lambda i: (round(knees[i], 9), i))]
    if rests is not None:
        left = np.log(np.add(rests, VALUES.training))
        higher = heights - heights[best]
        same = np.abs(higher) <= SEARCH.tie  # the same directions, in another form
        tied = (efforts <= efforts[best]) & (higher <= CHOICE.flat) & ~same
        tied &= left < left[best] - CHOICE.flat
        best = int(np.argmin(np.where(tied, left, np.inf))) if tied.any() else best
    return best if losses[best] < CHOICE.law * chance else None


def select_by_values(rests, efforts):
    """Return the index of the formula that explains the values best and is worth its length, or None.

    A formula is worth its length if it beats every shorter formula by a fixed amount for each extra node.
    Compared with much shorter formulas, a smaller amount is enough. The result is None if the best formula
    leaves too much unexplained.
    """
    left, efforts = np.log(np.add(rests, VALUES.training)), np.asarray(efforts, dtype=float)
    longer = efforts[:, None] - efforts
    alike = efforts >= CHOICE.window * efforts[:, None]
    price = np.where(alike, VALUES.price, VALUES.far_price) * longer
    worth = ((left - left[:, None] >= price) | (longer <= 0)).all(1)
    best = min(np.flatnonzero(worth), key=lambda i: (left[i], efforts[i]))
    return int(best) if rests[best] < VALUES.law else None


def reach(left, training):
    """Return the log ratio of what the worst and the best formula leave unexplained, in nats.

    We add up to `training` to the share that the best formula leaves unexplained.
    """
    least = min(left)
    blurred = least + min(training, CHOICE.exact * least)
    return float(np.log(max(*left, ROUNDING.divisor) / max(blurred, ROUNDING.divisor)))


def leading(losses, efforts):
    """Sort formulas by effort; return the indices of those with less loss than all before them."""
    front = []
    for i in np.lexsort((losses, efforts)):
        if not front or losses[i] < losses[front[-1]]:
            front.append(int(i))
    return front


def worth_their_length(left):
    """Return the sizes at which a sum explains so much that no smaller sum can be a match.

    A size is the `effort` of a sum. `left` maps each size to the share that the sum of this size leaves
    unexplained.
    """
    kept = {}
    for size in sorted(left):
        height = np.log(max(left[size], ROUNDING.loss))
        if all(height < lower - KIND.values_price * (size - smaller) for smaller, lower in kept.items()):
            kept[size] = height
    return [*kept]


def _knee(nodes, height, independent, i, top):
    """Divide the slope before formula i by the slope beyond it; `top` is the log loss without a formula."""
    slope = np.minimum(independent, independent[i]) * (height - height[i])
    slope = slope / np.where(nodes == nodes[i], 1, nodes[i] - nodes)
    near = nodes[:i] >= CHOICE.window * nodes[i]
    near[i - 1 :] = True
    before = slope[:i][near].min() if i else (top - height[i]) / nodes[i]
    behind = slope[i + 1 :].max(initial=CHOICE.flat)
    return min(before, CHOICE.steep) / max(behind, CHOICE.flat)


class Neighbours(NamedTuple):
    """The neighbours of N points, in two shells around each point."""

    near: np.ndarray  # (N, a) indices of the nearest points
    far: np.ndarray  # (N, b) indices of the next points
    reach: float  # distance of the near points, divided by the gap between the shells


def smooth_share(spanning, directions, neighbours, trust=1.0):
    """Return the smooth share of a formula's loss: the share that neighbouring points have in common.

    `directions (N, m)` are the formula's unit gradients, and `spanning (N, k, m)` span the neurons'
    gradients. A point's residual is the part of the formula's direction outside that span, times the square
    root of the point's weight in `trust (N,)`. We correlate this residual with the residuals of the point's
    `neighbours`. Noise is not correlated between neighbours, but the systematic error of a network or a
    formula is. With many inputs, no two points are close. So if the correlation is too large for chance,
    we extrapolate it to distance 0, as exp(-distance / length). If the extrapolated correlation is below 1,
    the remainder is noise (the nugget of geostatistics: Cressie 1993, Statistics for Spatial Data).
    """
    residual = outside(directions, spanning) * np.sqrt(np.reshape(trust, (-1, 1)))
    power = max((residual**2).sum(), CHOICE.residual * len(residual))
    shells = neighbours.near, neighbours.far
    near, far = (float((residual * residual[shell].mean(1)).sum() / power) for shell in shells)
    if near > far > CHOICE.by_chance / np.sqrt(neighbours.far.size):
        near *= (near / far) ** neighbours.reach
    return float(np.clip(near, 0, 1))


def neighbours(points):
    """Find the `Neighbours` of at least three `points (N, n)`, after scaling inputs to equal spread."""
    from scipy.spatial import cKDTree

    spread = points.std(0)
    scaled = points[:, spread > 0] / spread[spread > 0]
    distance, index = cKDTree(scaled).query(scaled, min(sum(CHOICE.shells), len(points) - 1) + 1)
    near, far = np.split(np.arange(1, index.shape[1]), [min(CHOICE.shells[0], index.shape[1] - 2)])
    inner, outer = distance[:, near].mean(), distance[:, far].mean()
    reach = min(inner / max(outer - inner, ROUNDING.divisor), CHOICE.reach)
    return Neighbours(index[:, near], index[:, far], reach)


def pareto(candidates, alike, answer=None):
    """Return candidates in order of rising complexity, each with a loss at least 2 % below the one before.

    No two candidates are `alike`. Among candidates of equal complexity, each constant that is not simple has
    to lower the loss by 5 %. The `answer` stays on the front, even if another candidate beats it by chance on
    the held-out points.
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
