"""Make a network whose neurons are directions in another network's layer, such as probes or features."""

import torch
from torch import nn

from ...arrays import floats
from ...errors import DataError, ModelError
from .outputs import described
from .reader import forward, hooked, layer_of, not_compiled

__all__ = ["LAYER", "Features", "inside"]

LAYER = "features"


class Features(nn.Module):
    """A model with a further layer, `features`; its k neurons are components along k directions in a layer.

    Parameters
    ----------
    model : torch.nn.Module
    layer : name in `model.named_modules()`, or None for the output
    directions : array (k, ...)

    """

    def __init__(self, model, layer, directions):
        super().__init__()
        self.model, self.layer = not_compiled(model), layer
        self.rows = floats(directions, "directions")
        if self.rows.ndim < 2 or not len(self.rows):
            raise DataError(f"directions must hold one row for each direction, got shape {self.rows.shape}")
        layer_of(model, layer)
        self.features = _Along(self.rows, layer)

    def forward(self, x, *arguments, **named):
        """Return the components (N, k) along the directions."""
        seen = []
        if self.layer is None:
            return self.features(forward(self.model, x, *arguments, **named))
        with hooked(layer_of(self.model, self.layer), lambda _module, _given, output: seen.append(output)):
            forward(self.model, x, *arguments, **named)
        if not seen:
            raise ModelError(f"the model's forward does not call the layer {self.layer!r}")
        return self.features(seen[-1])


def inside(wrt):
    """Return the name, inside `Features`, of the layer that counts as the input."""
    if wrt is None:
        return None
    return f"model.{wrt}" if isinstance(wrt, str) else (f"model.{wrt[0]}", *wrt[1:])


class _Along(nn.Module):
    def __init__(self, rows, layer):
        super().__init__()
        self.where = "the model's output" if layer is None else f"the output of layer {layer!r}"
        self.register_buffer("rows", torch.from_numpy(rows))

    def forward(self, output):
        if not isinstance(output, torch.Tensor) or not output.is_floating_point():
            raise ModelError(f"{self.where} is {described(output)}: only a tensor has directions")
        shape, given = tuple(output.shape[1:]), tuple(self.rows.shape[1:])
        if shape != given:
            raise DataError(f"{self.where} has neurons of shape {shape}, but the directions have {given}")
        return output.flatten(1) @ self.rows.flatten(1).T.to(output)
