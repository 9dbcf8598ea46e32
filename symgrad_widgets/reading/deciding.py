"""The experiment that decides: ask the network where formulas differ most, and one of them falls.

Two formulas that fit the same data may differ elsewhere. Among all allowed inputs, those at which the
directions of the two differ most tell most (Hunter and Reiner 1965, Technometrics 7, 307: designs that
discriminate between models), if the network's gradient there is long enough to have a direction. Inputs among
the data tell nothing new: there, a longer formula is near the network's errors, because it was fitted to
them.
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

_DRAWN = 12  # 2**12 points of a box are tried
_TELLING = 9  # times what the better formula leaves on the data: three standard errors in an angle
_FAR = 2  # times the largest distance between neighbours: at the edge of the data networks err most
_SURE = 3  # standard errors between what two formulas leave
_NEITHER = 0.25  # of the squared sine between two formulas: a network farther off follows neither
_ROUNDING = 1e-20  # squared sines are no smaller


class Trial(NamedTuple):
    """Two formulas where they differ most, and what the network says there; angles are root mean squares."""

    formulas: tuple[sp.Expr, sp.Expr]
    points: np.ndarray  # (k, n), the most telling one first
    apart: float  # degrees between the two
    off: tuple[float, float]  # degrees between each of them and the neuron
    fallen: sp.Expr | None  # None if the network follows neither, or both equally well


@dataclass(frozen=True)
class Decided:
    """Which formulas are left after the network was asked where they differ.

    Attributes
    ----------
    left : formulas that no trial contradicts, one or more; the first has passed every trial
    trials : tuple of Trial, in order
    open : tuple of (formula, degrees): those among `left` that no allowed input tells from the first, with
        the largest angle between the two
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
            f"Within this box nobody can tell {self.left[0]} from {other}: at most {_angle(apart)} apart."
            for other, apart in self.open
        ]
        return "\n".join([*lines, f"{self.left[0]} is left."] if len(self.left) == 1 else lines)

    def _told(self, trial):
        (first, second), (near, far) = trial.formulas, trial.off
        where = ", ".join(f"{name} = {x:.3g}" for name, x in zip(self.names, trial.points[0], strict=True))
        end = "This does not decide." if trial.fallen is None else f"{trial.fallen} falls."
        return (
            f"At {where}, and at points like it, {first} and {second} differ by {_angle(trial.apart)}. The "
            f"network is {_angle(near)} off the first and {_angle(far)} off the second. {end}"
        )

    __repr__ = __str__


def decide(result, model, box=None, rivals=None, forward_args=(), random_state=0):
    """Ask a network at inputs that tell apart formulas which the data do not.

    >>> print(result.decide(model, {"x": (-3, 3), "v": (-3, 3)}))  # doctest: +SKIP

    Parameters
    ----------
    result : Interpretation of one neuron of the model, not of a layer's output (`wrt`)
    model : torch.nn.Module that it was made from, whose points are tables (N, n)
    box : mapping of names to (lowest, highest), array (N, n) of inputs that are allowed, or None
        An input without a range keeps that of the data; None keeps all ranges. If the data fill fewer
        dimensions than there are inputs, the box is cut to the space they fill.
    rivals : formulas (text or SymPy) to tell from the answer, or None
        None: formulas of the front whose distance from the answer, on the data, is below the answer's loss.
    forward_args : as in `gradient_field`
    random_state : int, seed of the points tried in the box

    Returns
    -------
    Decided

    Raises
    ------
    DataError
        if the result has no formula, or is of several neurons, of a field, or on a curved surface, and if
        the box contains no points.

    """
    best, where = _checked(result), whole(random_state, "random_state")
    allowed = _allowed(result, box, where)
    given = _close(result) if rivals is None else [as_expression(one, result.inputs) for one in rivals]
    asked = _Asked(model, result, forward_args, allowed)
    first, waiting, trials, undecided = best, [one for one in given if one != best], [], []
    while waiting:
        other = waiting.pop(0)
        trial, apart = asked.trial(first, other)
        trials += [] if trial is None else [trial]
        if trial is None or trial.fallen is None:
            undecided.append((other, apart, trial))
        elif trial.fallen == first:  # the other takes its place, and all that are left have to face it
            first, waiting, undecided = other, waiting + [one for one, *_ in undecided], []
    left = (first, *(one for one, *_ in undecided))
    unseen = tuple((one, apart) for one, apart, trial in undecided if trial is None)
    return Decided(left, tuple(trials), unseen, result.inputs)


class _Asked:
    """A network that is asked where formulas differ."""

    def __init__(self, model, result, forward_args, allowed):
        from ..network.gradients import gradient_field  # torch: only when asked for

        (layer, neuron, _, of), names = result.asked, result.inputs
        settings = {"names": names, "of": of, "forward_args": forward_args, "tangent": None}
        told = gradient_field(model, allowed, layer, neuron, **settings)
        self._field = GradientField(told.points, told.gradients, names, told.values, measure=result.measure)
        self._new = _beyond(self._field.points, result.points, result.measure.spread)
        self._left = max(result.best.loss, _ROUNDING)

    def trial(self, first, second):
        """Return the `Trial` of two formulas, or None if no point tells, and how far apart they are there."""
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
        return Trial((first, second), field.points[rows], angle, turned, fallen), angle


def _checked(result):
    """Return the formula of a result about which a network can be asked."""
    if result.best is None:
        raise DataError("the interpretation has no formula, so there is nothing to decide")
    if result.asked is None or result.asked[2] is not None or result.subspace is not None:
        raise DataError(
            "a network is asked at its own inputs: give the interpretation of a model, without wrt and of "
            "formulas in the inputs themselves"
        )
    if result.rank != 1 or isinstance(result.asked[1], list):
        raise DataError("decide takes one neuron at a time: interpret it alone")
    if result.measure.basis is not None and result.measure.basis.ndim > 2:
        raise DataError("the data lie on a curved surface: give rivals that differ on it to `score`")
    return result.best.expression


def _close(result):
    """Formulas of the front whose distance from the answer, on the data, is below the answer's loss."""
    best = result.best
    others = [one.expression for one in result.front if one.expression != best.expression]
    given = result.points, result.inputs, result.measure
    return [one for one in others if np.nanmean(_between(best.expression, one, *given)) <= best.loss]


def _allowed(result, box, random_state):
    """Points (N, n) at which the network may be asked."""
    if box is not None and not hasattr(box, "keys"):
        points = floats(box, "box")
        if points.ndim != 2 or points.shape[1] != len(result.inputs) or not np.isfinite(points).all():
            raise DataError(
                f"box must be ranges by name, or finite points (N, {len(result.inputs)}), got {points.shape}"
            )
        return points
    low, high = result.points.min(0), result.points.max(0)
    for name, ends in dict(box or {}).items():
        if name not in result.inputs:
            raise DataError(f"box names {name!r}: the inputs are {', '.join(result.inputs)}")
        low[result.inputs.index(name)], high[result.inputs.index(name)] = _range(name, ends)
    drawn = _drawn(low, high, result, random_state)
    inside = ((drawn >= low) & (drawn <= high)).all(1)
    if inside.sum() <= len(result.inputs):
        raise DataError("the box has too few points in the dimensions that the data fill: make it wider")
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
    """Points spread evenly over a box, or over the flat space that the data fill around it."""
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
    """Squared sine (N,) between the gradients of two formulas."""
    a, b = (measure.project(evaluate(one, names, points)[1]) for one in (first, second))
    known = np.isfinite(a).all(1) & np.isfinite(b).all(1) & a.any(1) & b.any(1)
    apart = np.full(len(points), np.nan)
    apart[known] = misalignment(a[known], orthonormal(b[known][:, None]))
    return apart


def _beyond(points, data, spread):
    """Which points are twice as far from all data as data points are from the next; inputs in spreads."""
    from scipy.spatial import cKDTree

    live = spread > 0
    scaled, known = (some[:, live] / spread[live] for some in (points, data))
    tree = cKDTree(known)
    return tree.query(scaled)[0] > _FAR * tree.query(known, 2)[0][:, 1].max()


def _telling(points, worth):
    """Numbers of the point that tells most, and of others, far apart, that tell at least half as much."""
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
