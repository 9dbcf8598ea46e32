"""What goes into a model: points, checked and named, and the further arguments of its forward pass."""

from collections.abc import Mapping
from itertools import product

import numpy as np
import torch

from ...errors import DataError

__all__ = ["Arguments", "axis_names", "checked_points", "to_numpy"]


def checked_points(x):
    """Points as a tensor (N, ...) of real numbers, or a DataError that says what they are instead."""
    x = x.detach() if isinstance(x, torch.Tensor) else _from_array(x)
    if x.is_complex() or x.dtype == torch.bool:
        raise DataError(f"points must be real numbers, got {x.dtype}")
    if x.ndim < 2 or not x.numel():
        raise DataError(
            f"points must have shape (N, n) or (N, ...), got {tuple(x.shape)}; "
            "a single point is a table of one row, x[None]"
        )
    finite = torch.isfinite(x.reshape(len(x), -1)).all(1)
    if not finite.all():
        first = int(torch.nonzero(~finite)[0])
        raise DataError(
            f"{int((~finite).sum())} of {len(x)} points hold NaN or infinity, the first in row {first}; "
            "drop them: x = x[np.isfinite(x).all(axis=1)]"
        )
    return x


def _from_array(x):
    try:
        array = np.asarray(x)
        return torch.tensor(array.astype(np.float64) if array.dtype.kind in "OU" else array)
    except (TypeError, ValueError) as error:
        raise DataError(f"points must be an array of numbers, got {type(x).__name__}: {error}") from None


class Arguments:
    """Further arguments of the forward pass; those with a row for each point are cut up with the points."""

    def __init__(self, arguments, count):
        named = isinstance(arguments, Mapping)
        self.positional = () if named else tuple(arguments)
        self.named = dict(arguments) if named else {}
        self.count = count

    def at(self, rows, device):
        """Positional and named arguments for a slice of the points."""

        def cut(value):
            value = torch.tensor(value) if isinstance(value, np.ndarray) else value
            if not isinstance(value, torch.Tensor):
                return value
            value = value.to(device)
            return value[rows] if value.ndim and len(value) == self.count else value

        return [cut(value) for value in self.positional], {k: cut(value) for k, value in self.named.items()}


def to_numpy(tensor):
    """Float64 array of a tensor's values, wherever it lives."""
    return tensor.detach().cpu().double().numpy()


def axis_names(shape):
    """Names x_0_1 by index for points of several axes; None, the field's own x1 ..., for vectors."""
    if len(shape) == 1:
        return None
    return tuple("_".join(["x", *map(str, index)]) for index in product(*map(range, shape)))
