"""A neuron's gradient field as arrows over two of its inputs."""

import numpy as np

from ..errors import DataError, UnknownNameError, nearest
from ..words import ENGLISH
from .angles import (
    GROUPS,
    NO_ANGLE,
    angle_groups,
    comparable,
    describe_angles,
    labels_of_groups,
    target,
    thin,
    trust,
)
from .picture import GREY, Mark, Picture

__all__ = ["describe_field", "directions", "displaced", "field_picture", "position", "seen"]

_LENGTH = 0.06  # length of a unit arrow, as a share of the shown range
_HEAD = 7
_BEHIND = 150  # dots for all data behind a slice


def field_picture(
    field, degrees=None, inputs=(0, 1), limit=400, what=None, cut=None, below=(), above=(), say=ENGLISH
):
    """Draw the neuron's gradient directions as arrows; colour and width show the angle to a candidate.

    Parameters
    ----------
    field : GradientField
        If there are several neurons, the first is drawn, but the angles are measured from the span of all.
    degrees : array (N,), optional
        Angle between a candidate's gradient and the neuron's at each point.
    inputs : two positions or names
        The inputs along the axes. If there are more inputs, the arrows are projected onto these two.
    limit : int
        The largest number of arrows to draw.
    what : str
        Name of the candidate in the words; by default "the formula".
    cut : Slice, optional
        Show only points near this slice, with all data as grey dots behind them.
    below, above : sequences of Mark
        Other marks to draw, beneath the arrows and on top of them.
    say : Words, the language

    """
    across, up = (position(field, i) for i in inputs)
    degrees = _checked(degrees, field)
    chosen = seen(field, limit, cut)
    start, step, turn = displaced(field.points, (across, up), chosen, directions(field, chosen))
    if degrees is None:
        groups, labels, of = (NO_ANGLE,), ("",), np.zeros(len(chosen), int)
    else:
        groups, labels, of = GROUPS, labels_of_groups(say), angle_groups(degrees[chosen])
    marks = [*below] if cut is None else [_everywhere(field, (across, up), say), *below]
    for number, ((_, colour, width), label) in enumerate(zip(groups, labels, strict=True)):
        part = of == number
        at, end = start[part], start[part] + step[part]
        shafts = {"x0": at[:, 0], "y0": at[:, 1], "x1": end[:, 0], "y1": end[:, 1]}
        heads = {"x": end[:, 0], "y": end[:, 1], "angle": turn[part]}
        hover = ()
        if degrees is not None:
            hover = (say("plots.degrees"),)
            heads[hover[0]] = degrees[chosen][part]
        marks += [
            Mark("segments", shafts, colour, label, size=width),
            Mark("points", heads, colour, "", "triangle", _HEAD, hover),
        ]
    return Picture(
        title=say("plots.field" if degrees is None else "plots.fieldAngle"),
        x_label=field.names[across],
        y_label=field.names[up],
        marks=(*marks, *above),
        words=describe_field(field, degrees, (across, up), len(chosen), what, cut, say),
        equal=comparable(field.points[:, [across, up]]),
        say=say,
    )


def describe_field(field, degrees=None, inputs=(0, 1), shown=400, what=None, cut=None, say=ENGLISH):
    """Say in words what the arrows show."""
    across, up = (field.names[position(field, i)] for i in inputs)
    near = slice(None) if cut is None else cut.near(field)
    count = len(field.points[near])
    one = field.neurons == 1
    whose = say("plots.oneGradient") if one else say("plots.firstGradient", count=field.neurons)
    place = say("plots.allPoints") if cut is None else say("plots.sliced", cut=cut.told(say), all=len(field))
    words = say("plots.directions", whose=whose, shown=shown, count=count, place=place, across=across, up=up)
    if count == 0:
        return f"{words} {say('plots.widen')}"
    if degrees is None:
        return words
    degrees, counts = degrees[near], trust(field, None if cut is None else near)
    angle = say(
        "plots.angleOf",
        between="" if one else say("plots.spanOf", span=target(field, say)),
        what=what or say("plots.formula"),
        angles=describe_angles(degrees, counts, say),
        share=np.mean(degrees < GROUPS[1][0]),
    )
    return f"{words} {angle}"


def seen(field, limit, cut=None):
    """Return the indices of the points that have an arrow."""
    among = np.arange(len(field)) if cut is None else np.flatnonzero(cut.near(field))
    return among[thin(len(among), limit)]


def _everywhere(field, pair, say):
    x, y = field.points[thin(len(field), _BEHIND)][:, pair].T
    return Mark("points", {"x": x, "y": y}, GREY, say("plots.data"), "circle", 2)


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
            raise UnknownNameError(f"there is no input {which!r}: {nearest(which, field.names)}")
        return field.names.index(which)
    if not isinstance(which, int | np.integer) or not 0 <= which < len(field.names):
        raise DataError(
            f"input {which!r} does not exist: pass a name or a position from 0 to {len(field.names) - 1}"
        )
    return int(which)


def displaced(points, pair, chosen, gradients, length=_LENGTH):
    """Start (N, 2) and displacement (N, 2) of each arrow, and the turn (N,) of its head on the screen.

    On the screen, the arrow of a gradient (N, n) is at right angles to the level lines, whatever the scales
    of the two axes are. For this, a gradient is multiplied by the scales to get to the screen, and the
    displacement is multiplied by the same scales to get back to the data.
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
    """Gradients (N, n) in input coordinates, from `projected` (N, m), by default from the first neuron's."""
    projected = field.projected[chosen, 0] if projected is None else projected
    return field.measure.take(chosen).lift(projected)
