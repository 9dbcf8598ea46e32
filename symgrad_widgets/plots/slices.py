"""Points near a plane of two inputs, at given values of the others."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Slice"]


@dataclass(frozen=True)
class Slice:
    """Values `at` = {name: value} of all inputs except two, and how near a point must be to count.

    `band` is in standard deviations of those inputs: the root mean square of a point's distances along them.
    """

    at: dict
    band: float = 0.5

    def near(self, field):
        """Return which points of a field are within the band, shape (N,), bool."""
        columns = [field.names.index(name) for name in self.at]
        points = field.points[:, columns]
        spread = points.std(axis=0)
        far = (points - list(self.at.values())) / np.where(spread > 0, spread, 1.0)
        return (far**2).mean(axis=1) <= self.band**2

    def __str__(self):
        places = ", ".join(f"{name} = {value:.3g}" for name, value in self.at.items())
        return f"{places} (within {self.band:.2g} standard deviations)"
