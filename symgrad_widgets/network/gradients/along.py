"""Directions in a layer's output: a direction can replace a neuron, and several can replace the inputs."""

import numpy as np
import torch

from ...arrays import floats
from ...errors import DataError

__all__ = ["Coordinates", "along", "checked_direction", "is_direction", "split"]


def is_direction(neuron):
    """Return whether a neuron is given as a direction: an array or tensor."""
    return isinstance(neuron, np.ndarray | torch.Tensor) and neuron.ndim > 0


def checked_direction(direction, output, where):
    """Return a direction in a layer's outputs (N, ...) as a flat tensor, or raise DataError."""
    vector = floats(direction, "the direction given as neuron")
    shape = tuple(output.shape[1:])
    if vector.shape != shape:
        raise DataError(f"{where} has neurons of shape {shape}, but the direction has shape {vector.shape}")
    if not np.isfinite(vector).all() or not vector.any():
        raise DataError("the direction given as neuron must hold finite numbers that are not all 0")
    return torch.from_numpy(vector.reshape(-1).copy()).to(output)


def along(output, direction, where):
    """Return the components (N,) of an output (N, ...) along a direction of shape (...)."""
    return output.flatten(1) @ checked_direction(direction, output, where)


def split(wrt):
    """Return the name of the layer that counts as the input, and `Coordinates` in its output, or None."""
    if not isinstance(wrt, tuple | list):
        return wrt, None
    if len(wrt) != 2 or not isinstance(wrt[0], str):
        raise DataError(
            f"wrt must be a layer's name, or a name and the directions in its output, got {wrt!r}"
        )
    return wrt[0], Coordinates(*wrt)


class Coordinates:
    """Coordinates along r directions (r, ...) in a layer's output; the rest of the output stays fixed."""

    def __init__(self, layer, directions):
        self._layer, rows = layer, floats(directions, "the directions given in wrt")
        if rows.ndim < 2 or not np.isfinite(rows).all():
            raise DataError(
                "the directions given in wrt must be finite numbers, with one row for each direction, "
                f"got shape {rows.shape}"
            )
        self._shape, self._rows = rows.shape[1:], rows.reshape(len(rows), -1)
        if np.linalg.matrix_rank(self._rows) < len(rows):
            raise DataError(
                f"the {len(rows)} directions given in wrt are linearly dependent: leave out those that are "
                "combinations of the others"
            )
        self._inverse = np.linalg.pinv(self._rows)

    def of(self, outputs):
        """Return the coordinates (N, r) of outputs (N, ...), by least squares."""
        if tuple(outputs.shape[1:]) != self._shape:
            raise DataError(
                f"the layer {self._layer!r} gives shape {tuple(outputs.shape[1:])} for a point, but the "
                f"directions given in wrt have shape {self._shape}"
            )
        return outputs.flatten(1) @ torch.from_numpy(self._inverse).to(outputs)

    def hold(self, outputs):
        """Return the coordinates of outputs, and remember the rest of these outputs."""
        coordinates = self.of(outputs)
        self._rest = outputs - self._spanned(coordinates)
        return coordinates

    def put(self, coordinates, rows):
        """Return outputs with these coordinates and the remembered rest of the points numbered `rows`."""
        return self._rest[rows] + self._spanned(coordinates)

    def _spanned(self, coordinates):
        flat = coordinates @ torch.from_numpy(self._rows).to(coordinates)
        return flat.reshape(-1, *self._shape)
