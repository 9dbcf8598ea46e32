"""How a bend (outer function) changes a neuron's gradients, and which values a fitted `phi` misses."""

import numpy as np

from ..errors import DataError
from ..words import ENGLISH
from .angles import comparable, thin
from .arrows import displaced
from .picture import BLUE, ORANGE, RED, Mark, Picture

__all__ = ["bent_picture", "residual_picture"]

_POINTS = 400
_LITTLE = 0.01  # degrees
_LONGEST = 0.16  # length of the longest arrow, as a share of the shown range


def bent_picture(points, before, now, names, limit=150, say=ENGLISH):
    """Draw the gradients before and after a bend, at their true lengths: the lengths change, the lines stay.

    All arrays have shape (N, n); only the first two inputs are drawn. The words give the lengths, and the
    largest angle between the two gradients of a point.
    """
    points, before, now = (np.asarray(rows, dtype=float) for rows in (points, before, now))
    if not points.shape == before.shape == now.shape or points.ndim != 2:
        shapes = points.shape, before.shape, now.shape
        raise DataError(f"points and both gradients must have the same shape (N, n), got {shapes}")
    chosen = thin(len(points), limit)
    whole = max(np.linalg.norm(rows, axis=1).max() for rows in (before, now)) or 1.0
    looks = ((before, ORANGE, say("plots.before"), 5), (now, BLUE, say("plots.now"), 2))
    marks = (_as_long(points, rows[chosen], chosen, whole, *look) for rows, *look in looks)
    return Picture(
        title=say("plots.bent"),
        x_label=names[0],
        y_label=names[1],
        marks=tuple(marks),
        words=_describe_bent(before, now, say),
        equal=comparable(points[:, :2]),
        say=say,
    )


def _as_long(points, gradients, chosen, whole, colour, label, width):
    start, step, _ = displaced(points, [0, 1], chosen, gradients, _LONGEST)
    end = start + step * np.linalg.norm(gradients, axis=1, keepdims=True) / whole
    shafts = {"x0": start[:, 0], "y0": start[:, 1], "x1": end[:, 0], "y1": end[:, 1]}
    return Mark("segments", shafts, colour, label, size=width)


def _describe_bent(before, now, say):
    lengths = [np.linalg.norm(rows, axis=1) for rows in (before, now)]
    both = (lengths[0] > 0) & (lengths[1] > 0)
    if not both.any():
        return say("plots.noGradient")
    factors = lengths[1][both] / lengths[0][both]
    low, middle, high = np.quantile(factors, (0, 0.5, 1))
    turn = _turned(before[both], now[both])
    turned = say("plots.turnLittle" if turn < _LITTLE else "plots.turn", turn=max(turn, _LITTLE))
    return say("plots.lengths", low=low, middle=middle, high=high) + turned


def _turned(before, now):
    """Return the largest angle between lines, in degrees; exact even if the cosine rounds to 1."""
    lines = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (before, now)]
    apart = (np.linalg.norm(lines[0] - sign * lines[1], axis=1) / 2 for sign in (1, -1))
    return np.degrees(2 * np.arcsin(np.minimum(*apart).clip(0, 1))).max()


def residual_picture(formula_values, neuron_values, phi, what=None, say=ENGLISH):
    """Draw the neuron's value minus `phi(formula)`, a dot for each point; a pattern is not explained yet."""
    x, y = np.asarray(formula_values, dtype=float), np.asarray(neuron_values, dtype=float)
    if x.shape != y.shape or x.ndim != 1:
        raise DataError(
            f"formula and neuron values must be two equally long columns, got {x.shape} and {y.shape}"
        )
    what, rest = what or say("plots.formula"), y - np.asarray(phi(x), dtype=float)
    share = rest.var() / y.var() if y.var() > 0 else 0.0
    chosen = thin(len(x), _POINTS)
    ends = np.array([x.min(), x.max()])
    return Picture(
        title=say("plots.rest"),
        x_label=say("plots.valueOf", what=what),
        y_label=say("plots.minusPhi"),
        marks=(
            Mark("points", {"x": x[chosen], "y": rest[chosen]}, BLUE, say("plots.data"), "circle", 4),
            Mark("line", {"x": ends, "y": np.zeros(2)}, RED, "phi", "dashed", 2),
        ),
        words=say("plots.residuals", what=what, spread=rest.std(), most=np.abs(rest).max(), share=share),
        say=say,
    )
