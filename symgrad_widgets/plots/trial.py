"""Where two formulas differ most: their directions there and, later, the network's own directions."""

import numpy as np

from ..formula.expressions import evaluate
from ..words import ENGLISH
from .angles import describe_angle, thin
from .arrows import displaced
from .picture import BLUE, GREEN, GREY, ORANGE, Mark, Picture

__all__ = ["trial_picture"]

_BEHIND = 300  # dots for the data
_LENGTH = 0.12  # length of an arrow, as a share of the shown range


def trial_picture(trial, data, names, measure, asked=False, say=ENGLISH):
    """Draw the directions of a `Trial`'s formulas at its points and, once it is `asked`, the network's.

    `data` are the points (N, n) on which the formulas were found, and `measure` is the measure of their
    field. The picture shows the two inputs in which the formulas differ most. A direction has no sign, so all
    directions are turned to the side of the first formula's.
    """
    slopes = [evaluate(one, names, trial.points)[1] for one in trial.formulas]
    first, second, own = (_directions(measure.project(one)) for one in (*slopes, trial.gradients))
    second, own = (np.where((one * first).sum(1, keepdims=True) < 0, -one, one) for one in (second, own))
    i, j = pair = sorted(
        np.argsort(-np.abs(measure.lift(second - first) * measure.spread).mean(0))[:2].tolist()
    )
    some = data[thin(len(data), _BEHIND)]
    looks = [(first, BLUE, str(trial.formulas[0]), 2), (second, ORANGE, str(trial.formulas[1]), 2)]
    looks += [(own, GREEN, say("plots.network"), 4)] if asked else []
    arrows = [
        _arrows(np.concatenate([data, trial.points]), pair, measure.lift(one), *look) for one, *look in looks
    ]
    behind = Mark("points", {"x": some[:, i], "y": some[:, j]}, GREY, say("plots.data"), "circle", 2)
    return Picture(
        title=say("plots.asked"),
        x_label=names[i],
        y_label=names[j],
        marks=(behind, *(mark for marks in reversed(arrows) for mark in marks)),
        words=_words(trial, names, asked, say),
        say=say,
    )


def _words(trial, names, asked, say):
    place = zip(names, trial.points[0].tolist(), strict=True)
    where = say.listed(f"{name} = {say.number(value, '.3g')}" for name, value in place)
    (first, second), angle = trial.formulas, describe_angle(trial.apart, say)
    told = say("plots.differ", where=where, first=first, second=second, angle=angle)
    if not asked:
        return told
    near, far = (describe_angle(one, say) for one in trial.off)
    end = say("plots.undecided") if trial.fallen is None else say("plots.formulaFalls", formula=trial.fallen)
    return f"{told} {say('plots.followed', near=near, far=far)} {end}"


def _directions(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-300)


def _arrows(points, pair, gradients, colour, label, width):
    """Yield shafts and heads of the arrows of some gradients, which belong to the last points."""
    chosen = np.arange(len(points) - len(gradients), len(points))
    start, step, turn = displaced(points, pair, chosen, gradients, _LENGTH)
    (x, y), (x1, y1) = start.T, (start + step).T
    yield Mark("segments", {"x0": x, "y0": y, "x1": x1, "y1": y1}, colour, label, size=width)
    yield Mark("points", {"x": x1, "y": y1, "angle": turn}, colour, "", "triangle", 4 + width)
