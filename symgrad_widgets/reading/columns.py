"""Lay out a network for drawing: columns of neurons, and the weights between them."""

import numpy as np

__all__ = ["columns", "weights"]


def columns(activity):
    """Return the positions of the layers of an `Activity` to draw.

    A layer is left out if the next layer is its activation. The first layer is also left out if it only
    scales the inputs.
    """
    layers = activity.layers
    shown = [
        i
        for i, layer in enumerate(layers)
        if i + 1 == len(layers) or not (layers[i + 1].bent and layers[i + 1].count == layer.count)
    ]
    scales = len(shown) > 1 and "Linear" not in layers[shown[0]].kind and not layers[shown[0]].bent
    return shown[1:] if scales and layers[shown[0]].count == len(activity.names) else shown


def weights(activity, before, after):
    """Return the weights (neurons after, neurons before) from the layer `before` to the layer `after`.

    `before` can be None for the inputs. The result is None unless exactly one linear layer lies between the
    two layers.
    """
    count = len(activity.names) if before is None else activity.layers[before].count
    modules = dict(activity.model.named_modules())
    between = activity.layers[0 if before is None else before + 1 : after + 1]
    found = [getattr(modules.get(layer.name or ""), "weight", None) for layer in between]
    matrices = [matrix for matrix in found if matrix is not None and matrix.ndim == 2]
    if len(matrices) != 1 or tuple(matrices[0].shape) != (activity.layers[after].count, count):
        return None
    return np.asarray(matrices[0].detach().cpu().tolist())
