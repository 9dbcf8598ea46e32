"""How a system moves: its velocities as arrows over its first two quantities."""

import numpy as np

from ..words import ENGLISH
from .picture import BLUE, GREY, Mark, Picture

__all__ = ["velocities_picture"]

_ALONG = 13  # arrows in a row
_LONG = 0.8  # length of the longest arrow, as a share of the distance between arrows


def velocities_picture(names, rhs, low, high, say=ENGLISH):
    """Draw velocities where two quantities lie between `low` and `high`, and all others lie midway.

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
    words = say("plots.velocities", across=names[0], up=names[1])
    marks = (
        Mark("points", {"x": x, "y": y}, GREY, "", "circle", 3),
        Mark("segments", arrows, BLUE, say("plots.velocity"), size=2),
    )
    return Picture(say("plots.moves"), names[0], names[1], marks, words, say=say)
