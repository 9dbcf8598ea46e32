"""Say what a model's first layer takes, and what to pass instead of something that is not a model."""

import inspect
from collections.abc import Mapping

from torch import nn

__all__ = ["instead_of", "wanted"]

_SIDES = {nn.Conv1d: "length", nn.Conv2d: "height, width", nn.Conv3d: "depth, height, width"}


def wanted(model, x=None):
    """Describe the points that a model's first layer takes; "" if it takes `x`, or if we cannot tell."""
    for layer in model.modules():
        for kind, sides in _SIDES.items():
            if isinstance(layer, kind):
                fits = x is not None and x.ndim == 2 + len(sides.split()) and x.shape[1] == layer.in_channels
                return "" if fits else f"an array (N, {layer.in_channels}, {sides})"
        if isinstance(layer, nn.Linear):
            fits = x is not None and x.shape[-1] == layer.in_features
            return "" if fits else f"an array (N, {layer.in_features})"
        if isinstance(layer, nn.Embedding):
            fits = x is not None and not x.is_floating_point()
            return "" if fits else f"whole numbers from 0 to {layer.num_embeddings - 1} in an array (N, n)"
    return ""


def instead_of(given):
    """Return the end of a message: what to pass instead of something that is not a module."""
    if hasattr(given, "module"):
        return ": pass its .module()"
    if isinstance(given, Mapping):
        return ": build its network, load these weights into it, model.load_state_dict(...), and pass it"
    if inspect.isclass(given):
        return f": build one, model = {given.__name__}(...), and pass it"
    if callable(given):
        return ": put it into a class Own(torch.nn.Module) as its forward, and pass Own()"
    return f": {given!r:.60}"
