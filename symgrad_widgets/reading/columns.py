"""A network as a person draws it: columns of neurons, and the weights from each to the next."""

import numpy as np

__all__ = ["columns", "weights"]


def columns(activity):
    """Numbers of the layers of an `Activity` to draw: what is bent stands for what it bends.

    A first layer as wide as the inputs, which only scales them, is left out.
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
    """Weights (neurons after, neurons before) between two layers by number, None for the inputs.

    None where no linear layer of that shape lies between them.
    """
    count = len(activity.names) if before is None else activity.layers[before].count
    modules = dict(activity.model.named_modules())
    for layer in reversed(activity.layers[0 if before is None else before + 1 : after + 1]):
        matrix = getattr(modules.get(layer.name or ""), "weight", None)
        if matrix is not None and tuple(matrix.shape) == (activity.layers[after].count, count):
            return np.asarray(matrix.detach().cpu().tolist())
    return None
