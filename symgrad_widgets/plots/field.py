"""A neuron's gradient field as arrows over two of its inputs."""

import numpy as np

from ..errors import DataError, UnknownNameError, nearest
from .angles import GROUPS, NO_ANGLE, angle_groups, comparable, describe_angles, thin
from .picture import Mark, Picture

__all__ = ["describe_field", "field_picture"]

_LENGTH = 0.06  # of a unit arrow, as a share of the shown range
_HEAD = 7


def field_picture(field, degrees=None, inputs=(0, 1), limit=400, what="the formula"):
    """Unit gradients of the neuron as arrows; coloured and thickened by the angle to a candidate's.

    Parameters
    ----------
    field : GradientField
        Of several neurons the first is drawn; the angles are those to the span of all.
    degrees : array (N,), optional
        Angle between a candidate's gradient and the neuron's at each point.
    inputs : two positions or names
        The inputs along the axes; where there are more, an arrow is seen from that side.
    limit : int
        Arrows at most.
    what : str
        Name of the candidate in the words.

    """
    across, up = (_position(field, i) for i in inputs)
    degrees = _checked(degrees, field)
    chosen = thin(len(field), limit)
    start, step, turn = _arrows(field, (across, up), chosen)
    if degrees is None:
        groups, of = (NO_ANGLE,), np.zeros(len(chosen), int)
    else:
        groups, of = GROUPS, angle_groups(degrees[chosen])
    marks = []
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
        title="Gradient field" if degrees is None else "Gradient field, by angle to the formula",
        x_label=field.names[across],
        y_label=field.names[up],
        marks=tuple(marks),
        words=describe_field(field, degrees, (across, up), len(chosen), what),
        equal=comparable(field.points[:, [across, up]]),
    )


def describe_field(field, degrees=None, inputs=(0, 1), shown=400, what="the formula"):
    """Say what the arrows show, in words."""
    across, up = (field.names[_position(field, i)] for i in inputs)
    words = f"Directions of the neuron's gradient at {shown} of {len(field)} points, over {across} and {up}"
    if degrees is None:
        return words + "."
    near = np.mean(degrees < GROUPS[1][0])
    return (
        words + f". Angle to {what}: {describe_angles(degrees)}; {near:.0%} of the points within 5 degrees."
    )


def _checked(degrees, field):
    if degrees is None:
        return None
    degrees = np.asarray(degrees, dtype=float)
    if degrees.shape != (len(field),):
        raise DataError(f"degrees must be {len(field)} angles, one for each point, got shape {degrees.shape}")
    return degrees


def _position(field, which):
    if isinstance(which, str):
        if which not in field.names:
            raise UnknownNameError(f"no input {which!r}: {nearest(which, field.names)}")
        return field.names.index(which)
    if not isinstance(which, int | np.integer) or not 0 <= which < len(field.names):
        raise DataError(
            f"input {which!r} does not exist: give a name or a position from 0 to {len(field.names) - 1}"
        )
    return int(which)


def _arrows(field, pair, chosen):
    """Start (N, 2), displacement (N, 2) and the turn of the head on the screen (N,) of each arrow.

    On the screen the arrow of the first neuron stands at right angles to the level lines, whatever the units
    of the two axes: a gradient is divided by the unit, a displacement multiplied.
    """
    points = field.points[chosen][:, pair]
    span = np.ptp(field.points[:, pair], axis=0)
    unit = np.full(2, span.max()) if comparable(field.points[:, pair]) else np.maximum(span, 1e-300)
    gradients = _in_inputs(field, chosen)
    seen = gradients[:, pair] * unit
    whole = np.linalg.norm(gradients, axis=1) if (unit == unit[0]).all() else np.linalg.norm(seen, axis=1)
    whole = whole * (unit[0] if (unit == unit[0]).all() else 1)
    screen = seen / np.maximum(whole, 1e-300)[:, None] * _LENGTH
    turn = np.arctan2(screen[:, 1], screen[:, 0]) - np.pi / 2
    return points, screen * unit, turn


def _in_inputs(field, chosen):
    """Return the projected gradients of the first neuron in input coordinates, shape (N, n)."""
    projected = field.projected[chosen, 0]
    if field.tangent is None:
        return projected
    if field.tangent.ndim == 2:
        return projected @ field.tangent.T
    return np.einsum("im,inm->in", projected, field.tangent[chosen])
