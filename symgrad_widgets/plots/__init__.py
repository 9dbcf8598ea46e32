"""Pictures of gradient fields, fronts and trainings: pure functions from arrays to a `Picture`.

A `Picture` is shown as it is (SVG and words), as a bokeh figure (`.figure()`), or live in a `Panel`.
"""

from .angles import angle_groups, angle_histogram, describe_angles, target, worst
from .expression import ExpressionPicture
from .field import describe_field, field_picture, position
from .overlay import formula_arrows, level_lines
from .phi import residual_picture
from .picture import Mark, Picture
from .pictures import (
    front_picture,
    history_picture,
    labels_picture,
    pairs_picture,
    phi_picture,
    plane_picture,
)
from .published import published_front
from .slices import Slice
from .units import UnitsPicture, activation_picture, levels_of

__all__ = [
    "ExpressionPicture",
    "Mark",
    "Picture",
    "Slice",
    "UnitsPicture",
    "activation_picture",
    "angle_groups",
    "angle_histogram",
    "describe_angles",
    "describe_field",
    "field_picture",
    "formula_arrows",
    "front_picture",
    "history_picture",
    "labels_picture",
    "level_lines",
    "levels_of",
    "pairs_picture",
    "phi_picture",
    "plane_picture",
    "position",
    "published_front",
    "residual_picture",
    "target",
    "worst",
]
