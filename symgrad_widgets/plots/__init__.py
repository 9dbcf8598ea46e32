"""Pictures of gradient fields, fronts and training runs: pure functions from arrays to a `Picture`.

You can show a `Picture` on its own (SVG and words), as a bokeh figure (`.figure()`), or live in a `Panel`.
"""

from .angles import angle_groups, angle_histogram, describe_angles, target, trust, worst
from .arrows import describe_field, field_picture, position
from .bands import film_picture
from .bend import bent_picture, residual_picture
from .charts import front_picture, history_picture, labels_picture, pairs_picture, phi_picture, plane_picture
from .closest import closest_picture
from .diagram import NeuronsPicture, activation_picture, levels_of
from .expression import ExpressionPicture
from .moved_points import motion_picture
from .overlay import formula_arrows, level_lines
from .picture import Mark, Picture
from .published import published_front
from .slices import Slice
from .streams import velocities_picture
from .tree import division_picture, left
from .trial import trial_picture

__all__ = [
    "ExpressionPicture",
    "Mark",
    "NeuronsPicture",
    "Picture",
    "Slice",
    "activation_picture",
    "angle_groups",
    "angle_histogram",
    "bent_picture",
    "closest_picture",
    "describe_angles",
    "describe_field",
    "division_picture",
    "field_picture",
    "film_picture",
    "formula_arrows",
    "front_picture",
    "history_picture",
    "labels_picture",
    "left",
    "level_lines",
    "levels_of",
    "motion_picture",
    "pairs_picture",
    "phi_picture",
    "plane_picture",
    "position",
    "published_front",
    "residual_picture",
    "target",
    "trial_picture",
    "trust",
    "velocities_picture",
    "worst",
]
