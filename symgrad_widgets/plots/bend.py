"""What a fitted `phi` leaves of a neuron's values."""

import numpy as np

from ..errors import DataError
from .angles import thin
from .picture import BLUE, RED, Mark, Picture

__all__ = ["residual_picture"]

_POINTS = 400


def residual_picture(formula_values, neuron_values, phi, what="the formula"):
    """Neuron value less `phi(formula value)`, one dot a point; what has a shape is not explained."""
    x, y = np.asarray(formula_values, dtype=float), np.asarray(neuron_values, dtype=float)
    if x.shape != y.shape or x.ndim != 1:
        raise DataError(
            f"formula and neuron values must be two equally long columns, got {x.shape} and {y.shape}"
        )
    rest = y - np.asarray(phi(x), dtype=float)
    share = rest.var() / y.var() if y.var() > 0 else 0.0
    chosen = thin(len(x), _POINTS)
    ends = np.array([x.min(), x.max()])
    return Picture(
        title="What phi leaves",
        x_label=f"value of {what}",
        y_label="neuron - phi",
        marks=(
            Mark("points", {"x": x[chosen], "y": rest[chosen]}, BLUE, "data", "circle", 4),
            Mark("line", {"x": ends, "y": np.zeros(2)}, RED, "phi", "dashed", 2),
        ),
        words=f"Residuals of phi({what}): standard deviation {rest.std():.2g}, largest "
        f"{np.abs(rest).max():.2g}; {share:.2%} of the neuron's variance is left.",
    )
