"""Pictures of gradient fields, fronts and trainings: pure functions from arrays to a `Picture`.

A `Picture` is shown as it is (SVG and words), as a bokeh figure (`.figure()`), or live in a `Panel`.
"""

from .angles import angle_groups, angle_histogram, describe_angles
from .expression import ExpressionPicture
from .field import describe_field, field_picture
from .phi import residual_picture
from .picture import Mark, Picture
from .pictures import (
    front_picture,
    history_picture,
    pairs_picture,
    phi_picture,
    plane_picture,
)
from .published import published_front
from .units import UnitsPicture, activation_picture, levels_of

__all__ = [
    "ExpressionPicture",
    "Mark",
    "Picture",
    "UnitsPicture",
    "activation_picture",
    "angle_groups",
    "angle_histogram",
    "describe_angles",
    "describe_field",
    "field_picture",
    "front_picture",
    "history_picture",
    "levels_of",
    "pairs_picture",
    "phi_picture",
    "plane_picture",
    "published_front",
    "residual_picture",
]
