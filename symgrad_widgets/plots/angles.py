"""Angles between a neuron's gradients and a candidate's: the numbers behind colours, bars and words."""

import numpy as np

from .picture import BLUE, GREEN, GREY, ORANGE, RED, Mark, Picture

__all__ = ["GROUPS", "angle_groups", "angle_histogram", "describe_angles", "target", "thin", "worst"]

# (upper limit in degrees, label, colour, line width): far-off arrows are thicker, not only redder
GROUPS = (
    (1, "under 1°", BLUE, 1.5),
    (5, "1-5°", GREEN, 1.5),
    (20, "5-20°", ORANGE, 2.2),
    (np.inf, "over 20°", RED, 3),
)
NO_ANGLE = (np.inf, "", GREY, 1.5)


def angle_groups(degrees):
    """Number of the group (row of GROUPS) of each angle."""
    return np.searchsorted([limit for limit, *_ in GROUPS[:-1]], degrees, side="right")


def describe_angles(degrees):
    """Median and 95th percentile in a clause."""
    median, most = (f"{a:.2g}" if a >= 0.01 else "under 0.01" for a in np.percentile(degrees, [50, 95]))
    return f"{median} degrees in the median, {most} for the worst twentieth"


def worst(degrees, count):
    """Numbers of the points with the largest angles, the largest first."""
    return np.argsort(-np.asarray(degrees), kind="stable")[:count]


def target(field):
    """Name the reference of a candidate's angles: one neuron, or the span of several neurons' gradients."""
    return "the neuron" if field.neurons == 1 else f"the span of {field.neurons} neurons"


def angle_histogram(degrees, what="the formula", of="the neuron"):
    """Histogram of angles (degrees) between `of`, a neuron or the span of several, and a candidate."""
    degrees = np.asarray(degrees, dtype=float)
    counts, edges = np.histogram(degrees, bins=30, range=(0, max(np.percentile(degrees, 99.5), 1e-3)))
    bars = {"left": edges[:-1], "right": edges[1:], "bottom": np.zeros(30), "top": counts, "points": counts}
    median = np.median(degrees)
    return Picture(
        title=f"Angle to {of}",
        x_label="angle (degrees)",
        y_label="points",
        marks=(
            Mark("bars", bars, BLUE, hover=("points",)),
            Mark("line", {"x": [median] * 2, "y": [0, counts.max()]}, RED, "median", "dashed", 2),
        ),
        words=f"Angles between {of} and {what} at {len(degrees)} points: {describe_angles(degrees)}.",
    )


def thin(count, limit):
    """Indices of at most `limit` of `count` points, evenly spread and always the same."""
    return np.unique(np.linspace(0, count - 1, min(count, limit)).astype(int))


def comparable(points):
    """Whether two columns (N, 2) extend so similarly that one scale suits both axes."""
    spans = np.ptp(points, axis=0)
    return bool(spans.max() <= 4 * spans.min())
