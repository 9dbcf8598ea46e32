"""A neuron's gradient field as arrows over two of its inputs."""

import numpy as np

from ..errors import DataError, UnknownNameError, nearest
from .angles import GROUPS, NO_ANGLE, angle_groups, comparable, describe_angles, target, thin
from .picture import GREY, Mark, Picture

__all__ = ["describe_field", "directions", "displaced", "field_picture", "position", "seen"]

_LENGTH = 0.06  # of a unit arrow, as a share of the shown range
_HEAD = 7
_BEHIND = 150  # dots for all data behind a slice


def field_picture(
    field, degrees=None, inputs=(0, 1), limit=400, what="the formula", cut=None, below=(), above=()
):
    """Unit gradients of the neuron as arrows; coloured and thickened by the angle to a candidate's.

    Parameters
    ----------
    field : GradientField
        If there are several neurons, the first is drawn, but angles are to the span of all.
    degrees : array (N,), optional
        Angle between a candidate's gradient and the neuron's at each point.
    inputs : two positions or names
        The inputs along the axes; if there are more, you see the arrows projected onto these two.
    limit : int
        The most arrows to draw.
    what : str
        What the words call the candidate.
    cut : Slice, optional
        Show only the points near this slice, and all data as grey dots behind them.
    below, above : sequences of Mark
        What else to show, beneath and on top of the arrows.

    """
    across, up = (position(field, i) for i in inputs)
    degrees = _checked(degrees, field)
    chosen = seen(field, limit, cut)
    start, step, turn = displaced(field.points, (across, up), chosen, directions(field, chosen))
    if degrees is None:
        groups, of = (NO_ANGLE,), np.zeros(len(chosen), int)
    else:
        groups, of = GROUPS, angle_groups(degrees[chosen])
    marks = [*below] if cut is None else [_everywhere(field, (across, up)), *below]
    for number, (_, label, colour, width) in enumerate(groups):
        part = of == number
        at, end = start[part], start[part] + step[part]
        shafts = {"x0": at[:, 0], "y0": at[:, 1], "x1": end[:, 0], "y1": end[:, 1]}
        heads = {"x": end[:, 0], "y": end[:, 1], "angle": turn[part]}
        hover = ()
        if degrees is not None:
            heads["degrees"], hover = degrees[chosen][part], ("degrees",)
        marks += [
            Mark("segments", shafts, colour, label, size=width),
            Mark("points", heads, colour, "", "triangle", _HEAD, hover),
        ]
    return Picture(
        title="Gradient field" if degrees is None else "Gradient field: angle to the formula",
        x_label=field.names[across],
        y_label=field.names[up],
        marks=(*marks, *above),
        words=describe_field(field, degrees, (across, up), len(chosen), what, cut),
        equal=comparable(field.points[:, [across, up]]),
    )


def describe_field(field, degrees=None, inputs=(0, 1), shown=400, what="the formula", cut=None):
    """Say what the arrows show, in words."""
    across, up = (field.names[position(field, i)] for i in inputs)
    near = slice(None) if cut is None else cut.near(field)
    count = len(field.points[near])
    place = "points" if cut is None else f"points near the slice {cut}, of {len(field)} in all"
    whose = (
        "the neuron's gradient"
        if field.neurons == 1
        else f"the gradient of the first of {field.neurons} neurons"
    )
    words = f"Directions of {whose} at {shown} of {count} {place}, over {across} and {up}."
    if count == 0:
        return words + " Widen the band to see some."
    if degrees is None:
        return words
    degrees = degrees[near]
    close = np.mean(degrees < GROUPS[1][0])
    between = "" if field.neurons == 1 else f"of {target(field)} "
    words += f" Angle {between}to {what}: {describe_angles(degrees)};"
    return f"{words} {close:.0%} of the points within 5 degrees."


def seen(field, limit, cut=None):
    """Numbers of the points that have an arrow."""
    among = np.arange(len(field)) if cut is None else np.flatnonzero(cut.near(field))
    return among[thin(len(among), limit)]


def _everywhere(field, pair):
    x, y = field.points[thin(len(field), _BEHIND)][:, pair].T
    return Mark("points", {"x": x, "y": y}, GREY, "data", "circle", 2)


def _checked(degrees, field):
    if degrees is None:
        return None
    degrees = np.asarray(degrees, dtype=float)
    if degrees.shape != (len(field),):
        raise DataError(f"degrees must be {len(field)} angles, one for each point, got shape {degrees.shape}")
    return degrees


def position(field, which):
    if isinstance(which, str):
        if which not in field.names:
            raise UnknownNameError(f"no input {which!r}: {nearest(which, field.names)}")
        return field.names.index(which)
    if not isinstance(which, int | np.integer) or not 0 <= which < len(field.names):
        raise DataError(
            f"input {which!r} does not exist: give a name or a position from 0 to {len(field.names) - 1}"
        )
    return int(which)


def displaced(points, pair, chosen, gradients, length=_LENGTH):
    """Start (N, 2), displacement (N, 2) and the turn of the head on the screen (N,) of each arrow.

    On the screen, the arrow of a gradient (N, n) is at right angles to the level lines, whatever the scales
    of the two axes. They multiply a gradient on its way to the screen, and a displacement on its way back.
    """
    span = np.ptp(points[:, pair], axis=0)
    alike = comparable(points[:, pair])
    scale = np.full(2, span.max()) if alike else np.maximum(span, 1e-300)
    scaled = gradients[:, pair] * scale
    whole = np.linalg.norm(gradients, axis=1) * scale[0] if alike else np.linalg.norm(scaled, axis=1)
    screen = scaled / np.maximum(whole, 1e-300)[:, None] * length
    turn = np.arctan2(screen[:, 1], screen[:, 0]) - np.pi / 2
    return points[chosen][:, pair], screen * scale, turn


def directions(field, chosen, projected=None):
    """Gradients (N, n) in input coordinates, from `projected` (N, m), by default the first neuron's."""
    projected = field.projected[chosen, 0] if projected is None else projected
    return field.measure.take(chosen).lift(projected)
