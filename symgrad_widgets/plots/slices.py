"""Points near a plane of two inputs, on which the other inputs have given values."""

from dataclasses import dataclass

import numpy as np

from ..words import ENGLISH

__all__ = ["Slice"]


@dataclass(frozen=True)
class Slice:
    """Values `at` = {name: value} of all inputs except two, and how near to these values a point must be.

    `band` is the largest distance at which a point is included. The distance is the root mean square of the
    distances along those inputs, in standard deviations of each.
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

    def told(self, say=ENGLISH):
        """In words: where the slice is, and how wide."""
        places = ", ".join(f"{name} = {say.number(value, '.3g')}" for name, value in self.at.items())
        return say("plots.slice", places=places, band=self.band)
