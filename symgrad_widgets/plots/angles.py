"""Angles between a neuron's gradients and a candidate's: the numbers behind colours, bars and words."""

import numpy as np

from ..errors import DataError
from .picture import BLUE, GREEN, GREY, ORANGE, RED, Mark, Picture

__all__ = ["GROUPS", "angle_groups", "angle_histogram", "angles", "describe_angles", "thin"]

# (upper limit in degrees, label, colour, line width): far-off arrows are thicker, not only redder
GROUPS = (
    (1, "under 1°", BLUE, 1.5),
    (5, "1-5°", GREEN, 1.5),
    (20, "5-20°", ORANGE, 2.2),
    (np.inf, "over 20°", RED, 3),
)
NO_ANGLE = (np.inf, "", GREY, 1.5)


def angles(field, gradients):
    """Angle in degrees, 0 to 90, between a candidate's gradients (N, n) and the neuron, shape (N,).

    Both are projected onto the tangent space of the data; sign does not count. Where the candidate has no
    gradient the angle is 90. For several neurons it is the angle to the span of theirs.
    """
    gradients = np.asarray(gradients, dtype=float)
    if gradients.shape != field.points.shape:
        raise DataError(
            f"the candidate's gradients must have shape {field.points.shape} like the points, "
            f"got {gradients.shape}"
        )
    there = field.project(np.where(np.isfinite(gradients), gradients, 0))
    length = np.linalg.norm(there, axis=1)
    inside = np.linalg.norm(np.einsum("im,ikm->ik", there, field.unit), axis=1)
    outside = np.sqrt(np.maximum(length**2 - inside**2, 0))
    return np.where(length > 0, np.degrees(np.arctan2(outside, inside)), 90.0)


def angle_groups(degrees):
    """Number of the group (row of GROUPS) of each angle."""
    return np.searchsorted([limit for limit, *_ in GROUPS[:-1]], degrees, side="right")


def describe_angles(degrees):
    """Median and 95th percentile in a clause."""
    median, most = np.percentile(degrees, [50, 95])
    return f"{median:.2g} degrees in the median, {most:.2g} for the worst twentieth"


def angle_histogram(degrees, what="the formula"):
    """Histogram of angles (degrees) between the neuron and a candidate."""
    degrees = np.asarray(degrees, dtype=float)
    counts, edges = np.histogram(degrees, bins=30, range=(0, max(np.percentile(degrees, 99.5), 1e-3)))
    bars = {"left": edges[:-1], "right": edges[1:], "bottom": np.zeros(30), "top": counts, "points": counts}
    median = np.median(degrees)
    return Picture(
        title="Angle to the neuron",
        x_label="angle (degrees)",
        y_label="points",
        marks=(
            Mark("bars", bars, BLUE, hover=("points",)),
            Mark("line", {"x": [median] * 2, "y": [0, counts.max()]}, RED, "median", "dashed", 2),
        ),
        words=f"Angles between the neuron and {what} at {len(degrees)} points: {describe_angles(degrees)}.",
    )


def thin(count, limit):
    """Indices of at most `limit` of `count` points, evenly spread, always the same ones."""
    return np.unique(np.linspace(0, count - 1, min(count, limit)).astype(int))
