"""How a system moves: its velocities as arrows over the first two of its quantities."""

import numpy as np

from .picture import BLUE, GREY, Mark, Picture

__all__ = ["velocities_picture"]

_ALONG = 13  # arrows in a row
_LONG = 0.8  # of the distance between arrows: the longest


def velocities_picture(names, rhs, low, high):
    """Draw velocities where two quantities are between `low` and `high`, and any others in the middle.

    `names` and `rhs` are those of `formula.velocities.read_velocities`, for two quantities or more.
    """
    across, up = (axis.ravel() for axis in np.meshgrid(*[np.linspace(low, high, _ALONG)] * 2))
    middle = np.full(len(across), (low + high) / 2)
    with np.errstate(all="ignore"):
        velocities = np.stack(rhs(across, up, *[middle] * (len(names) - 2))[:2])
    speed = np.hypot(*velocities)
    known = np.isfinite(speed)
    longest = speed[known].max(initial=0) or 1.0
    step = _LONG * (high - low) / (_ALONG - 1) * velocities[:, known] / longest
    x, y = across[known], up[known]
    arrows = {"x0": x, "y0": y, "x1": x + step[0], "y1": y + step[1]}
    title = "How it moves"
    words = f"Arrows show where {names[0]} and {names[1]} go next: the longer, the faster."
    marks = (
        Mark("points", {"x": x, "y": y}, GREY, "", "circle", 3),
        Mark("segments", arrows, BLUE, "velocity", size=2),
    )
    return Picture(title, names[0], names[1], marks, words)
