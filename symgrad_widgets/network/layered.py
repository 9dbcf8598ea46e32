"""Write a network as plain arrays that run without torch, if its layers form a chain."""

import operator
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from .modules import Standardize

__all__ = ["Step", "layered"]

_CLOSE = 1e-4  # share of the output's spread: the steps may differ from the model by this
_POINTS = 64
_SAME = (nn.Identity, nn.Dropout, nn.AlphaDropout)  # these do nothing in eval mode
_MODULES = {  # each with its parameters
    nn.ELU: ("elu", ("alpha",)),
    nn.GELU: ("gelu", ()),
    nn.LeakyReLU: ("leakyrelu", ("negative_slope",)),
    nn.ReLU: ("relu", ()),
    nn.SELU: ("selu", ()),
    nn.SiLU: ("silu", ()),
    nn.Sigmoid: ("sigmoid", ()),
    nn.Softplus: ("softplus", ("beta", "threshold")),
    nn.Softsign: ("softsign", ()),
    nn.Tanh: ("tanh", ()),
}
_FUNCTIONS = {  # functions and methods that a model may call in `forward`
    "cos": torch.cos,
    "exp": torch.exp,
    "gelu": nn.functional.gelu,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "silu": nn.functional.silu,
    "sin": torch.sin,
    "softplus": nn.functional.softplus,
    "tanh": torch.tanh,
}
_NAMES = {function: name for name, function in _FUNCTIONS.items()}
_NAMES |= {nn.functional.relu: "relu", nn.functional.sigmoid: "sigmoid", nn.functional.tanh: "tanh"}
_STANDARD = {"softplus": {"beta": 1.0, "threshold": 20.0}}


class Step(NamedTuple):
    """One step from numbers (N, k) to numbers (N, k').

    There are four kinds. A "linear" step has arrays `weight` (k', k) and `bias` (k',) in `given`. An "affine"
    step has `by` and `plus`, each (k,). The step "same" changes nothing. Any other `kind` is the name of a
    function of single numbers; `given` holds its parameters. `name` is the module's name in the model, or
    None.
    """

    kind: str
    name: str | None
    given: dict
    call: object  # the same step in torch, without a module's hooks


def layered(model, points, values):
    """Return the steps of a model if its layers form a chain; otherwise None.

    Parameters
    ----------
    model : torch.nn.Module
        The model's forward pass is traced symbolically, without numbers.
    points : array (N, n)
    values : array (N, k), the model's outputs at these points, to compare with the outputs of the steps

    Returns
    -------
    tuple of Step with float32 arrays, or None

    """
    steps = _followed(model)
    if not steps:
        return None
    found = next(iter(model.parameters()), torch.empty(0)).detach().new_tensor(points[:_POINTS])
    expected = found.new_tensor(values[:_POINTS])
    try:
        with torch.no_grad():
            for step in steps:
                found = step.call(found)
    except RuntimeError:  # the points do not fit the first step
        return None
    if found.shape != expected.shape:
        return None
    off = (found - expected).abs().max() / (expected.std() + 1e-12)
    return tuple(steps) if float(off) < _CLOSE else None


class _Tracer(torch.fx.Tracer):
    def is_leaf_module(self, module, name):
        return isinstance(module, Standardize) or super().is_leaf_module(module, name)


def _followed(model):
    """Return the steps along the only path through a model's graph; None if there is no single path."""
    try:
        nodes = list(_Tracer().trace(model).nodes)
    except Exception:  # noqa: BLE001 - tracing may raise anything
        return None
    modules, at, steps = dict(model.named_modules()), nodes[0], []
    for node in nodes[1:]:
        if node.op == "output":
            return steps if node.args == (at,) else None
        step = _step(node, modules) if node.args[:1] == (at,) else None
        if step is None:
            return None
        steps.append(step)
        at = node
    return None


def _step(node, modules):
    if node.op == "call_module":
        return _of_module(node.target, modules[node.target]) if len(node.args) == 1 else None
    plain = len(node.args) == 1 and not node.kwargs
    name = node.target if node.op == "call_method" else _NAMES.get(node.target)
    if plain and node.op in {"call_method", "call_function"} and name in _FUNCTIONS:
        return Step(name, None, _STANDARD.get(name, {}), _FUNCTIONS[name])
    if len(node.args) == 2 and isinstance(node.args[1], int | float) and node.target in _BY_NUMBER:
        by, plus = _BY_NUMBER[node.target](float(node.args[1]))
        return Step("affine", None, {"by": _plain([by]), "plus": _plain([plus])}, lambda u: by * u + plus)
    return None


_BY_NUMBER = {
    operator.add: lambda c: (1.0, c),
    operator.sub: lambda c: (1.0, -c),
    operator.mul: lambda c: (c, 0.0),
    operator.truediv: lambda c: (1 / c if c else np.nan, 0.0),
}


def _of_module(name, module):
    kind = type(module)
    if kind is nn.Linear:
        bias = torch.zeros(module.out_features) if module.bias is None else module.bias
        return Step("linear", name, {"weight": _plain(module.weight), "bias": _plain(bias)}, module.forward)
    if kind is Standardize:
        return _affine(name, 1 / module.scale, -module.mean / module.scale)
    if kind is nn.BatchNorm1d and module.running_mean is not None:
        scale = (module.running_var + module.eps) ** -0.5
        by = scale if module.weight is None else scale * module.weight
        plus = -module.running_mean * by
        return _affine(name, by, plus if module.bias is None else plus + module.bias)
    if kind in _SAME:
        return Step("same", name, {}, lambda u: u)
    if kind not in _MODULES or getattr(module, "approximate", "none") != "none":
        return None
    called, attributes = _MODULES[kind]
    return Step(called, name, {one: float(getattr(module, one)) for one in attributes}, module.forward)


def _affine(name, by, plus):
    return Step("affine", name, {"by": _plain(by), "plus": _plain(plus)}, lambda u: by * u + plus)


def _plain(tensor):
    return np.asarray(torch.as_tensor(tensor).detach().cpu().float().numpy())
