"""What a bend does to a neuron's gradients, and what a fitted `phi` leaves of its values."""

import numpy as np

from ..errors import DataError
from .angles import comparable, thin
from .arrows import displaced
from .picture import BLUE, ORANGE, RED, Mark, Picture

__all__ = ["bent_picture", "residual_picture"]

_POINTS = 400
_LONGEST = 0.16  # of the longest arrow, as a share of the shown range


def bent_picture(points, before, now, names, limit=150):
    """Gradients before and after a bend, at their true lengths: the lengths change, the lines stay.

    All arrays have shape (N, n); the first two inputs are drawn. The words give the lengths, and the largest
    angle between the two gradients at a point.
    """
    points, before, now = (np.asarray(rows, dtype=float) for rows in (points, before, now))
    if not points.shape == before.shape == now.shape or points.ndim != 2:
        shapes = points.shape, before.shape, now.shape
        raise DataError(f"points and both gradients must have one shape (N, n), got {shapes}")
    chosen = thin(len(points), limit)
    whole = max(np.linalg.norm(rows, axis=1).max() for rows in (before, now)) or 1.0
    looks = ((before, ORANGE, "before", 5), (now, BLUE, "now", 2))
    marks = (_as_long(points, rows[chosen], chosen, whole, *look) for rows, *look in looks)
    return Picture(
        title="Gradients: now and before",
        x_label=names[0],
        y_label=names[1],
        marks=tuple(marks),
        words=_describe_bent(before, now),
        equal=comparable(points[:, :2]),
    )


def _as_long(points, gradients, chosen, whole, colour, label, width):
    start, step, _ = displaced(points, [0, 1], chosen, gradients, _LONGEST)
    end = start + step * np.linalg.norm(gradients, axis=1, keepdims=True) / whole
    shafts = {"x0": start[:, 0], "y0": start[:, 1], "x1": end[:, 0], "y1": end[:, 1]}
    return Mark("segments", shafts, colour, label, size=width)


def _describe_bent(before, now):
    lengths = [np.linalg.norm(rows, axis=1) for rows in (before, now)]
    both = (lengths[0] > 0) & (lengths[1] > 0)
    if not both.any():
        return "No point has a gradient both before and now."
    factors = lengths[1][both] / lengths[0][both]
    low, middle, high = np.quantile(factors, (0, 0.5, 1))
    turn = _turned(before[both], now[both])
    return (
        f"The gradients are {low:.2g} to {high:.2g} times as long as before (median {middle:.2g}). "
        f"Their directions turn by {'less than 0.01' if turn < 0.01 else f'up to {turn:.2g}'} degrees."
    )


def _turned(before, now):
    """Largest angle between lines, in degrees; exact for small ones, whose cosine is 1 in all digits."""
    lines = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (before, now)]
    apart = (np.linalg.norm(lines[0] - sign * lines[1], axis=1) / 2 for sign in (1, -1))
    return np.degrees(2 * np.arcsin(np.minimum(*apart).clip(0, 1))).max()


def residual_picture(formula_values, neuron_values, phi, what="the formula"):
    """Neuron value minus `phi(formula value)`, one dot for each point; any visible shape is unexplained."""
    x, y = np.asarray(formula_values, dtype=float), np.asarray(neuron_values, dtype=float)
    if x.shape != y.shape or x.ndim != 1:
        raise DataError(
            f"formula and neuron values must be two equally long columns, got {x.shape} and {y.shape}"
        )
    rest = y - np.asarray(phi(x), dtype=float)
    share = rest.var() / y.var() if y.var() > 0 else 0.0
    chosen = thin(len(x), _POINTS)
    ends = np.array([x.min(), x.max()])
    return Picture(
        title="What phi leaves",
        x_label=f"value of {what}",
        y_label="neuron - phi",
        marks=(
            Mark("points", {"x": x[chosen], "y": rest[chosen]}, BLUE, "data", "circle", 4),
            Mark("line", {"x": ends, "y": np.zeros(2)}, RED, "phi", "dashed", 2),
        ),
        words=f"Residuals of phi({what}): standard deviation {rest.std():.2g}, largest "
        f"{np.abs(rest).max():.2g}; {share:.2%} of the neuron's variance is left.",
    )
