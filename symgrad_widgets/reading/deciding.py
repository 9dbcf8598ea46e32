"""Decide between two formulas: ask the network where they differ most, and rule one of them out.

Two formulas that fit the same data can differ elsewhere. We look for allowed inputs at which the directions
of the two gradients differ most (Hunter and Reiner 1965, Technometrics 7, 307: designs that discriminate
between models). The network's gradient there must be long enough to have a direction. Inputs near the data
tell us nothing new, because a longer formula was fitted to the data, and follows the network's errors there.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import sympy as sp

from ..arrays import floats
from ..checks import whole
from ..errors import DataError
from ..field import GradientField, Measure
from ..field.directions import degrees, misalignment, orthonormal
from ..formula.expressions import as_expression, evaluate, misalignments

__all__ = ["Decided", "Trial", "decide"]

_DRAWN = 12  # we try 2**12 points of a box
_TELLING = 9  # the squared sine must be this many times the better formula's loss: 3 standard errors
_FAR = 2  # times the data's largest gap: we ask beyond this distance, as networks err most at the data's edge
_SURE = 3  # standard errors between the losses of two formulas
_NEITHER = 0.25  # share of the squared sine between two formulas; farther off, a network follows neither
_ROUNDING = 1e-20  # squared sines are at least this


class Trial(NamedTuple):
    """Two formulas, the points where they differ most, and the network's answer. Angles are RMS values."""

    formulas: tuple[sp.Expr, sp.Expr]
    points: np.ndarray  # (k, n), the most informative one first
    apart: float  # degrees between the formulas
    off: tuple[float, float]  # degrees between each formula and the neuron
    fallen: sp.Expr | None  # the formula ruled out; None if the network follows neither, or both equally well
    gradients: np.ndarray  # (k, n), the network's gradients at the points


@dataclass(frozen=True)
class Decided:
    """The formulas that remain after we asked the network at points where the formulas differ.

    Attributes
    ----------
    left : one or more formulas that no trial contradicts; the first has passed every trial
    trials : tuple of Trial, in order
    open : tuple of (formula, degrees), for each formula of `left` that no allowed input can distinguish from
        the first; the degrees are the RMS angle between the two at the points where we would ask
    names : names of the inputs

    """

    left: tuple[sp.Expr, ...]
    trials: tuple[Trial, ...]
    open: tuple[tuple[sp.Expr, float], ...]
    names: tuple[str, ...]

    def __str__(self):
        if len(self.left) == 1 and not self.trials:
            return f"There is nothing to decide: no other formula fits the data as well as {self.left[0]}."
        lines = [self._told(trial) for trial in self.trials]
        lines += [
            f"Within this box nobody can tell {self.left[0]} from {other}: "
            f"at the points where we would ask, they differ by {_angle(apart)} on average."
            for other, apart in self.open
        ]
        return "\n".join([*lines, f"{self.left[0]} is left."] if len(self.left) == 1 else lines)

    def _told(self, trial):
        (first, second), (near, far) = trial.formulas, trial.off
        where = ", ".join(f"{name} = {x:.3g}" for name, x in zip(self.names, trial.points[0], strict=True))
        end = (
            "This does not decide between the two."
            if trial.fallen is None
            else f"{trial.fallen} is ruled out."
        )
        return (
            f"Where we asked, at {where} and perhaps at other points, {first} and {second} differ by "
            f"{_angle(trial.apart)} on average. The "
            f"network is {_angle(near)} off the first and {_angle(far)} off the second. {end}"
        )

    __repr__ = __str__


def decide(result, model, box=None, rivals=None, forward_args=(), random_state=0):
    """Ask a network which of several formulas it follows, at inputs where the formulas differ.

    >>> print(result.decide(model, {"x": (-3, 3), "v": (-3, 3)}))  # doctest: +SKIP

    Parameters
    ----------
    result : Interpretation of one neuron of the model, with formulas in the model's own inputs (no `wrt`)
    model : the torch.nn.Module that was interpreted; the result's points must be a table (N, n)
    box : mapping of names to (lowest, highest), array (N, n) of the allowed inputs, or None
        An input without a range keeps the range of the data; None keeps all ranges. If the data fill fewer
        dimensions than there are inputs, only the part of the box in the data's space is used.
    rivals : formulas (text or SymPy) to compare with the answer, or None
        None: the other formulas of the front that, on the data, are no farther from the result's formula than
        the network is (their mean squared sine with this formula is at most its loss).
    forward_args : as in `gradient_field`
    random_state : int, seed of the points tried in the box

    Returns
    -------
    Decided

    Raises
    ------
    DataError
        if the result has no formula; if the result comes from several neurons, from a field, or from data on
        a curved surface; or if the box contains too few points.

    """
    best, where = _checked(result), whole(random_state, "random_state")
    allowed = _allowed(result, box, where)
    given = _close(result) if rivals is None else [as_expression(one, result.inputs) for one in rivals]
    asked = _Asked(model, result, forward_args, allowed, given if rivals is not None else ())
    first, waiting, trials, undecided = best, [one for one in given if one != best], [], []
    while waiting:
        other = waiting.pop(0)
        trial, apart = asked.trial(first, other)
        trials += [] if trial is None else [trial]
        if trial is None or trial.fallen is None:
            undecided.append((other, apart, trial))
        elif trial.fallen == first:  # the other formula takes its place, and faces all that are left
            first, waiting, undecided = other, waiting + [one for one, *_ in undecided], []
    left = (first, *(one for one, *_ in undecided))
    unseen = tuple((one, apart) for one, apart, trial in undecided if trial is None)
    return Decided(left, tuple(trials), unseen, result.inputs)


class _Asked:
    """A network that we can ask at chosen points.

    `known` are rival formulas that may fit the data better than the answer.
    """

    def __init__(self, model, result, forward_args, allowed, known):
        from ..network.gradients import gradient_field  # loads torch only if needed

        (layer, neuron, _, of), names = result.asked, result.inputs
        settings = {"names": names, "of": of, "forward_args": forward_args, "tangent": None}

        def field(points):
            told = gradient_field(model, points, layer, neuron, **settings)
            return GradientField(told.points, told.gradients, names, told.values, measure=result.measure)

        self._field = field(allowed)
        self._new = _beyond(self._field.points, result.points, result.measure.spread)
        data = field(result.points) if known else None
        losses = [np.average(misalignments(one, data), weights=data.weights) for one in known]
        self._left = float(max(min([result.best.loss, *losses]), _ROUNDING))

    def trial(self, first, second):
        """Return the `Trial` of two formulas (None if no point can decide) and the angle between them."""
        field = self._field
        apart = np.nan_to_num(_between(first, second, field.points, field.names, field.measure))
        rows = _telling(field.points, field.weights * apart * self._new)
        weights = field.weights[rows] / field.weights[rows].sum()
        between = float(weights @ apart[rows])
        angle = float(degrees(between))
        if between < _TELLING * self._left or not self._new[rows].all():
            return None, angle
        off = [misalignments(one, field)[rows] for one in (first, second)]
        means = [float(weights @ one) for one in off]
        turned = tuple(float(degrees(mean)) for mean in means)
        difference = off[0] - off[1]
        mean = weights @ difference
        spread = (weights**2 * ((difference - mean) ** 2 + self._left**2)).sum()
        told = min(means) <= _NEITHER * between and abs(mean) > _SURE * np.sqrt(spread)
        fallen = (first if mean > 0 else second) if told else None
        seen = field.points[rows], angle, turned, fallen, field.gradients[rows]
        return Trial((first, second), *seen), angle


def _checked(result):
    """Return the formula of a result; raise DataError if no network can be asked about it."""
    if result.best is None:
        raise DataError("the interpretation has no formula, so there is nothing to decide")
    if result.asked is None or result.asked[2] is not None or result.subspace is not None:
        raise DataError(
            "decide evaluates the network at its inputs: use the interpretation of a model, without wrt, "
            "with formulas in the inputs themselves"
        )
    if result.rank != 1 or isinstance(result.asked[1], list):
        raise DataError("decide takes one neuron at a time: interpret this neuron alone")
    if result.measure.basis is not None and result.measure.basis.ndim > 2:
        raise DataError("the data lie on a curved surface: use `score` on rivals that differ on this surface")
    return result.best.expression


def _close(result):
    """Return the other formulas of the front whose mean squared sine with the answer is at most its loss."""
    best = result.best
    others = [one.expression for one in result.front if one.expression != best.expression]
    given = result.points, result.inputs, result.measure
    return [one for one in others if np.nanmean(_between(best.expression, one, *given)) <= best.loss]


def _allowed(result, box, random_state):
    """Return the points (N, n) at which the network may be asked."""
    if box is not None and not hasattr(box, "keys"):
        points = floats(box, "box")
        if points.ndim != 2 or points.shape[1] != len(result.inputs) or not np.isfinite(points).all():
            raise DataError(
                "box must be a dict of ranges, or an array of finite points "
                f"(N, {len(result.inputs)}), got {points.shape}"
            )
        return points
    low, high = result.points.min(0), result.points.max(0)
    for name, ends in dict(box or {}).items():
        if name not in result.inputs:
            raise DataError(f"box has a range for {name!r}, but the inputs are {', '.join(result.inputs)}")
        low[result.inputs.index(name)], high[result.inputs.index(name)] = _range(name, ends)
    drawn = _drawn(low, high, result, random_state)
    inside = ((drawn >= low) & (drawn <= high)).all(1)
    if inside.sum() <= len(result.inputs):
        raise DataError(
            "the data fill only a flat part of the space of inputs, and too little of it is in the box: "
            "make the box wider"
        )
    return drawn[inside]


def _range(name, ends):
    try:
        low, high = map(float, ends)
    except (TypeError, ValueError):
        low = high = np.nan
    if not (np.isfinite([low, high]).all() and low < high):
        raise DataError(f"the range of {name} must be (lowest, highest), got {ends!r}")
    return low, high


def _drawn(low, high, result, random_state):
    """Return points spread evenly over a box; if the data fill only a flat subspace, the points lie in it."""
    from scipy.stats import qmc

    spread, basis = result.measure
    centre, half = (low + high) / 2, (high - low) / 2
    count = len(low) if basis is None else basis.shape[1]
    shift = np.random.default_rng(random_state).random(count)
    even = 2 * ((qmc.Sobol(count, scramble=False).random_base2(_DRAWN) + shift) % 1) - 1
    if basis is None:
        return centre + even * half
    live = np.where(spread > 0, spread, np.inf)
    mean = result.points.mean(0)
    middle, reach = basis.T @ ((centre - mean) / live), np.abs(basis).T @ (half / live)
    return mean + (middle + even * reach) @ basis.T * spread


def _between(first, second, points, names, measure: Measure):
    """Return the squared sine (N,) between the gradients of two formulas."""
    a, b = (measure.project(evaluate(one, names, points)[1]) for one in (first, second))
    known = np.isfinite(a).all(1) & np.isfinite(b).all(1) & a.any(1) & b.any(1)
    apart = np.full(len(points), np.nan)
    apart[known] = misalignment(a[known], orthonormal(b[known][:, None]))
    return apart


def _beyond(points, data, spread):
    """Return which points are farther from all data than twice the largest gap between neighbours.

    Distances are in units of the inputs' spread.
    """
    from scipy.spatial import cKDTree

    live = spread > 0
    scaled, known = (some[:, live] / spread[live] for some in (points, data))
    tree = cKDTree(known)
    return tree.query(scaled)[0] > _FAR * tree.query(known, 2)[0][:, 1].max()


def _telling(points, worth):
    """Return indices of the most informative point, and of points that are at least half as informative.

    Each further point is the one that is farthest from those chosen before.
    """
    count = min(2 * (points.shape[1] + 1), len(points))
    rows = np.flatnonzero(worth >= worth.max() / 2)
    scaled = points[rows] / np.where(points.std(0) > 0, points.std(0), 1)
    chosen = [int(worth[rows].argmax())]
    far = np.full(len(rows), np.inf)
    while len(chosen) < min(count, len(rows)):
        far = np.minimum(far, ((scaled - scaled[chosen[-1]]) ** 2).sum(1))
        chosen.append(int(far.argmax()))
    return rows[chosen]


def _angle(degrees):
    return f"{degrees:.2g}°"
