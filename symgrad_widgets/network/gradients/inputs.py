"""Check the inputs of a model: points with names, and the further arguments of its forward pass."""

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

import numpy as np
import torch

from ...arrays import numbers
from ...errors import DataError
from .outputs import mapped

__all__ = ["Arguments", "Points", "axis_names", "checked_points", "to_numpy"]

_ARRAYS = torch.Tensor | np.ndarray
_WHOLE = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


class Points(NamedTuple):
    """Points at which to read a model."""

    x: torch.Tensor  # (N, ...) real numbers; integers stay integers
    kept: np.ndarray  # booleans: which of the given points are kept

    @property
    def dropped(self):
        """Number of given points that contain anything but finite numbers."""
        return int((~self.kept).sum())


def checked_points(x):
    """Return `Points` of finite numbers, or raise a DataError that says what was given instead."""
    if type(x) in (torch.Tensor, torch.nn.Parameter) and _real(x):
        x = x.detach()
    else:
        x = torch.from_numpy(numbers(x, "points"))
    if x.ndim < 2 or not x.numel():
        raise DataError(
            f"points must have shape (N, n) or (N, ...), got {tuple(x.shape)}; "
            "pass a single input as one column, x[:, None], and a single point as one row, x[None]"
        )
    finite = torch.isfinite(x.reshape(len(x), -1)).all(1)
    if not finite.any():
        raise DataError(
            f"each of the {len(x)} points holds NaN, infinity, or an entry that is masked or missing"
        )
    x = x if finite.all() else x[finite]
    return Points(x.contiguous(), finite.cpu().numpy())  # other strides would change the last bits


def _real(x):
    """Return whether a tensor holds real numbers in memory, so that it can stay on its device."""
    numbers_of = x.dtype.is_floating_point or x.dtype in _WHOLE
    return numbers_of and x.layout == torch.strided and not x.is_meta


class Arguments:
    """Further arguments of the forward pass: a tuple or list, a mapping by name, or a single argument.

    An array or tensor with a row for each point is split together with the points, even inside lists,
    mappings and the like. Real numbers are converted to the model's type. `kept` says which points remain.
    """

    def __init__(self, arguments, kept):
        arguments = () if arguments is None else arguments
        plain = type(arguments) in (tuple, list)  # a record of tensors is one argument
        named = isinstance(arguments, Mapping)
        self.named = dict(arguments) if named else {}
        self.positional = () if named else tuple(arguments) if plain else (arguments,)
        self._given, self._rows = len(kept), torch.from_numpy(np.flatnonzero(kept))

    @property
    def count(self):
        """Number of points."""
        return len(self._rows)

    def at(self, rows, device, dtype):
        """Return positional and named arguments for some points, given by a slice or an array of numbers.

        Real numbers are converted to `dtype`; with None, they keep their type.
        """

        def cut(value):
            value = _tensor(value) if isinstance(value, np.ndarray) else value
            each = value.ndim and len(value) == self._given
            value = value[self._rows[rows].to(value.device)] if each else value
            return value.to(device, dtype if value.dtype.is_floating_point else None)

        return mapped(cut, list(self.positional), _ARRAYS), mapped(cut, self.named, _ARRAYS)


def _tensor(array):
    """Return a tensor from an array of any byte order, strides or number type, with or without a mask."""
    try:
        if not isinstance(array, np.ma.MaskedArray):
            return torch.tensor(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("=")))
    except TypeError:  # torch lacks this type of number
        pass
    return torch.from_numpy(numbers(array, "an argument of the forward pass"))


def to_numpy(tensor):
    """Return a tensor's values as a float64 array; the tensor can be on any device."""
    return tensor.detach().cpu().double().numpy()


def axis_names(shape):
    """Return names by index, such as x_0_1, for points with several axes; None for vectors (x1, x2 ...)."""
    if len(shape) == 1:
        return None
    return tuple("_".join(["x", *map(str, index)]) for index in product(*map(range, shape)))
