"""Points that move along the orbits of a motion."""

import numpy as np

from ..words import ENGLISH
from .picture import BLUE, GREY, ORANGE, Mark, Picture

__all__ = ["motion_picture"]

_ORBITS, _STEPS = 12, 25  # lines to draw, and corners of each
_POINTS = 150


def _moving(motion):
    """Return positions of two inputs to draw: the first two that move, or the one that moves and another."""
    moves = (motion.matrix != 0).any(1) | (motion.offset != 0)
    moved = [*np.flatnonzero(moves), *np.flatnonzero(~moves)]
    return tuple(int(i) for i in moved[:2])


def motion_picture(points, motion, parameter, reach, inputs=None, say=ENGLISH):
    """Return a picture of points (N, n) before and after a motion, and some of their orbits up to `reach`.

    `motion` is a Generator; `inputs` are the positions of the two inputs to draw.
    """
    i, j = _moving(motion) if inputs is None else inputs
    some = points[:: max(1, len(points) // _POINTS)][:_POINTS]
    now = motion.moved(some, parameter)
    few = some[:: max(1, len(some) // _ORBITS)][:_ORBITS]
    times = np.linspace(-reach, reach, _STEPS)
    path = np.stack([motion.moved(few, t) for t in times])  # (steps, orbits, n)
    starts, ends = path[:-1].reshape(-1, points.shape[1]), path[1:].reshape(-1, points.shape[1])
    orbits = {"x0": starts[:, i], "y0": starts[:, j], "x1": ends[:, i], "y1": ends[:, j]}
    a, b = (motion.names[k] for k in (i, j))
    return Picture(
        title=motion.name,
        x_label=a,
        y_label=b,
        marks=(
            Mark("segments", orbits, GREY, say("plots.orbits"), "dotted", 1),
            Mark("points", {"x": some[:, i], "y": some[:, j]}, ORANGE, say("plots.before"), "ring", 5),
            Mark("points", {"x": now[:, i], "y": now[:, j]}, BLUE, say("plots.now"), "circle", 5),
        ),
        words=say("plots.moved", count=len(some), across=a, up=b, motion=motion, by=parameter),
        say=say,
    )
