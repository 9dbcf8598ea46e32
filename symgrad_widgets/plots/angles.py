"""Angles between the gradients of a neuron and a candidate, for colours, bars and words."""

import numpy as np

from ..field.directions import degrees as degrees_of
from ..search import held_out
from ..words import ENGLISH
from .picture import BLUE, GREEN, GREY, ORANGE, RED, Mark, Picture

__all__ = [
    "GROUPS",
    "angle_groups",
    "angle_histogram",
    "describe_angle",
    "describe_angles",
    "labels_of_groups",
    "target",
    "thin",
    "trust",
    "worst",
]

# (upper limit in degrees, colour, line width): far-off arrows are thicker, not only redder
GROUPS = ((1, BLUE, 1.5), (5, GREEN, 1.5), (20, ORANGE, 2.2), (np.inf, RED, 3))
NO_ANGLE = (np.inf, GREY, 1.5)
_LEAST = 0.01  # smallest angle that words mention, in degrees


def angle_groups(degrees):
    """Return the number of each angle's group (row of GROUPS)."""
    return np.searchsorted([limit for limit, *_ in GROUPS[:-1]], degrees, side="right")


def labels_of_groups(say=ENGLISH):
    """Return the names of the groups in a legend."""
    return say("plots.near"), "1-5°", "5-20°", say("plots.far")


def describe_angle(degrees, say=ENGLISH):
    """Return one angle as text, without the degree sign."""
    return say.number(degrees, ".2g") if degrees >= _LEAST else say("plots.under", number=_LEAST)


def trust(field, rows=None):
    """Return how much each point counts (N,), as in a loss; with `rows`, the weights of these points."""
    return field.weights * held_out(field) if rows is None else field.weights[rows]


def mean_angle(degrees, trust=None):
    """Return a mean of angles: its squared sine is the weighted mean of the squared sines, as in a loss."""
    return float(degrees_of(np.average(np.sin(np.radians(degrees)) ** 2, weights=trust)))


def describe_angles(degrees, trust=None, say=ENGLISH):
    """Return a clause with the mean of some angles, weighted by `trust`, and the 95th percentile of all."""
    mean, most = (
        describe_angle(one, say) for one in (mean_angle(degrees, trust), np.percentile(degrees, 95))
    )
    return say("plots.angles", mean=mean, most=most)


def worst(degrees, count):
    """Return the indices of the points with the largest angles, the largest first."""
    return np.argsort(-np.asarray(degrees), kind="stable")[:count]


def target(field, say=ENGLISH):
    """Say what a candidate's angles are measured from: a neuron, or the span of several gradients."""
    return say("plots.neuron") if field.neurons == 1 else say("plots.span", count=field.neurons)


def angle_histogram(degrees, what=None, of=None, say=ENGLISH, trust=None):
    """Draw a histogram of the angles (degrees) between a candidate and `of`, a neuron or the span of several.

    `trust` says how much each angle counts in the mean; None: all count equally.
    """
    what, of = what or say("plots.formula"), of or say("plots.neuron")
    degrees = np.asarray(degrees, dtype=float)
    counts, edges = np.histogram(degrees, bins=30, range=(0, max(np.percentile(degrees, 99.5), 1e-3)))
    points, mean = say("plots.points"), mean_angle(degrees, trust)
    bars = {"left": edges[:-1], "right": edges[1:], "bottom": np.zeros(30), "top": counts, points: counts}
    middle = {"x": [mean] * 2, "y": [0, counts.max()]}
    clause = describe_angles(degrees, trust, say)
    return Picture(
        title=say("plots.angleTo", of=of),
        x_label=say("plots.angle"),
        y_label=points,
        marks=(
            Mark("bars", bars, BLUE, hover=(points,)),
            Mark("line", middle, RED, say("plots.mean"), "dashed", 2),
        ),
        words=say("plots.anglesAt", of=of, what=what, count=len(degrees), angles=clause),
        say=say,
    )


def thin(count, limit):
    """Return the indices of at most `limit` of `count` points, at even steps and always the same."""
    return np.unique(np.linspace(0, count - 1, min(count, limit)).astype(int))


def comparable(points):
    """Return whether the ranges of two columns (N, 2) are so similar that one scale suits both axes."""
    spans = np.ptp(points, axis=0)
    return bool(spans.max() <= 4 * spans.min())
