"""A formula in place of a neuron: what it is worth to the rest of the network, and to the task.

Agreeing gradients show that, on the data, a neuron is a function of the formula. Whether the network can work
with the formula instead is a question of cause and effect. This module asks it.
"""

import math
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from inspect import signature

import numpy as np
import torch

from ..errors import DataError, ModelError
from ..network.gradients.along import along, checked_direction, is_direction, split
from ..network.gradients.inputs import Arguments, checked_points
from ..network.gradients.modes import undisturbed
from ..network.gradients.neurons import neuron_index, others_of
from ..network.gradients.outputs import described, table_of, tensors_in
from ..network.gradients.reader import forward, home, layer_of, not_compiled, placed, scripted

__all__ = ["Effect", "Spliced", "splice"]

_SURE = 1e-12  # a probability nearer to 0 or 1 has the logit of this one


@dataclass(frozen=True, repr=False)
class Effect:
    """Loss of a task with the neuron as it is, with the formula in its place, and with its values shuffled.

    A neuron whose values are shuffled among the points is as busy as before but says nothing: compare the
    formula with that. `mean` is the loss with the neuron held at its mean (mean ablation). It is nan if the
    task has no such loss, for example if nothing is left to tell pairs apart.
    """

    original: float
    spliced: float
    shuffled: float
    mean: float = math.nan

    @property
    def recovered(self):
        """Share of the neuron's worth to the task that the formula recovers; 1 is all of it.

        The worth is measured from the lower of the two losses without the neuron, shuffled or held at its
        mean: compared with a confident wrong answer, any timid one would look good. None if the task is no
        worse without the neuron.
        """
        without = self.shuffled if math.isnan(self.mean) else min(self.shuffled, self.mean)
        worth = without - self.original
        return (without - self.spliced) / worth if worth > 0 else None

    def __repr__(self):
        share = self.recovered
        told = "the task does not need the neuron" if share is None else f"{100 * share:.4g} % recovered"
        return (
            f"Effect(loss {self.original:.4g}, with the formula {self.spliced:.4g}, "
            f"with shuffled values {self.shuffled:.4g}, with its mean {self.mean:.4g}: {told})"
        )


@dataclass(frozen=True)
class Spliced:
    """What `splice` makes from a model. The model itself does not change; the copies are in eval mode.

    Attributes
    ----------
    model : torch.nn.Module, a copy in which the neuron's value is phi(formula)
    shuffled : torch.nn.Module, a copy in which the neuron's values are shuffled among the points
    mean : torch.nn.Module, a copy in which the neuron is the mean of its values at the given points
    original : torch.nn.Module, as you gave it
    change : float
        How much the formula changes the model's output at the points of the interpretation, in eval mode:
        mean squared change divided by variance, all outputs together.

    """

    model: torch.nn.Module
    shuffled: torch.nn.Module
    mean: torch.nn.Module
    original: torch.nn.Module
    change: float

    def effect(self, loss):
        """`Effect` on a task. `loss(model)` is a number, the lower the better: for instance `run.loss`.

        All models are in eval mode during the calls, and `loss` draws the same random numbers for each.
        """
        known = (_loss(loss, model) for model in (self.original, self.model, self.shuffled))
        return Effect(*known, mean=_loss_or_nan(loss, self.mean))


def splice(model, result, layer=None, neuron=0, x=None, wrt=None, forward_args=(), of="value"):
    """Replace a neuron by the formula of its `Interpretation`, bent by its phi.

    Beyond the values of the formula that occurred in the data, phi is constant.

    Parameters
    ----------
    model : torch.nn.Module
    result : Interpretation of one neuron
    layer, wrt, forward_args, of : as in `gradient_field`
    neuron : int, tuple of int, or a direction (array), across which the output stays the same
        If a layer is called more than once, the neuron is replaced each time.
    x : array (N, ...) or None
        Points at which to measure the change; None: those of the interpretation, a table.

    Returns
    -------
    Spliced

    Raises
    ------
    DataError
        if the result has no formula or no values, or is of several neurons.
    UnknownNameError, ModelError
        if a layer or a neuron does not exist.

    """
    if result.best is None or result.phi is None:
        lacks = (
            "formula"
            if result.best is None
            else "phi (it is of several neurons, or of a field without values)"
        )
        raise DataError(f"the interpretation has no {lacks}, so there is nothing to put in a neuron's place")
    if wrt is not None and x is None:
        raise DataError(
            "the interpretation's points belong to the layer given as wrt: give points of the model, x=..."
        )
    layer_of(model, layer), layer_of(model, split(wrt)[0])
    formula, bend = result.to_torch(), _bend(result.phi)
    x, kept = checked_points(result.points if x is None else x)
    arguments = Arguments(forward_args, kept).at(slice(None), *home(model))
    with undisturbed(model) as before:
        plain = not_compiled(model)
        if isinstance(plain, torch.jit.ScriptModule):
            raise scripted(plain)
        made = partial(_replaced, plain, _shared(plain, before.tensors), layer, neuron, wrt)
        spliced = made(lambda x, _: bend(formula(_precise(_table(x, result.inputs)))), of=of)
        shuffled = made(lambda _, own: own[_order(len(own))])
        mean = made(lambda _, own: own.mean().expand_as(own))
        placed_x = placed(x, model, whole=wrt is not None)
        return Spliced(spliced, shuffled, mean, model, _change(plain, spliced, placed_x, arguments))


def _loss(loss, model):
    with undisturbed(model):
        value = loss(model)
        return float(value.detach() if isinstance(value, torch.Tensor) else value)


def _loss_or_nan(loss, model):
    """Loss of a model with a constant neuron; nan if the loss divides by the neuron's spread."""
    try:
        return _loss(loss, model)
    except torch.linalg.LinAlgError:
        return math.nan


def _shared(model, tensors):
    """What a copy of a model uses in place of what cannot be copied, by id.

    It detaches results that the model keeps. It shares with the model anything else in its modules, such as
    the lock of a trainer.
    """
    memo = {id(tensor): tensor.detach().clone() for tensor in tensors if not tensor.is_leaf}
    own = {id(one): one for one in [*model.modules(), *tensors]}  # no need to copy these, to try
    for module in model.modules():
        for value in vars(module).values():
            try:
                deepcopy(value, own | memo)
            except Exception:  # noqa: BLE001 - it may be anything
                memo[id(value)] = value
    return memo


def _replaced(model, memo, layer, neuron, wrt, value, of="value"):
    """Return a copy of the model in which the neuron, or its probability, is `value(inputs, old value)`."""
    try:
        copy, seen = deepcopy(model, memo.copy()), []
    except Exception as error:  # it may be anything
        raise ModelError(
            f"the model cannot be copied, and only a copy is spliced: {type(error).__name__}: {error}"
        ) from error
    first, (wrt, coordinates) = next(iter(signature(model.forward).parameters), None), split(wrt)

    def remember(_module, arguments, named):
        seen[:] = arguments[:1] or ([named[first]] if first in named else tensors_in(named)[:1])

    def remember_output(_module, _arguments, output):
        seen[:] = [output if coordinates is None else coordinates.of(output)]

    def put(_module, _arguments, output):
        if not isinstance(output, torch.Tensor):
            raise ModelError(f"only a neuron of a tensor can be replaced, but this is {described(output)}")
        if not seen:
            raise ModelError(f"the model calls the layer {layer!r} before the layer {wrt!r} given as wrt")
        changed = output.clone()
        column = changed[:, None] if changed.ndim == 1 else changed
        where = f"the layer {layer!r}"
        if is_direction(neuron):
            one, own = checked_direction(neuron, column, where), along(column, neuron, where)
            return output + torch.outer(value(seen[0], own).to(own) - own, one / (one @ one)).view_as(output)
        index = neuron_index(tuple(column.shape[1:]), neuron, where)
        new = value(seen[0], column[(slice(None), *index)])
        if of == "probability":
            new = torch.logit(new, _SURE) + others_of(column, index, where)
        column[(slice(None), *index)] = new.to(column)
        return changed

    if wrt is None:
        copy.register_forward_pre_hook(remember, with_kwargs=True)
    else:
        layer_of(copy, wrt).register_forward_hook(remember_output)
    (copy if layer is None else layer_of(copy, layer)).register_forward_hook(put)
    return copy


def _table(x, names):
    table = x.flatten(1)
    if table.shape[1] != len(names):
        raise ModelError(
            f"the formula has {len(names)} inputs, {', '.join(names[:8])}, but the model gets points with "
            f"{table.shape[1]} numbers each; for a formula in a layer's output, name this layer, wrt=..."
        )
    return table


def _precise(x):
    """Double precision if the device has it: in single precision, values of the formula may coincide."""
    return x if x.device.type == "mps" else x.double()


def _bend(phi):
    """Phi as a function of tensors: piecewise linear."""
    knots, first = np.unique(phi.formula, return_index=True)
    knots, values = torch.as_tensor(knots), torch.as_tensor(phi.neuron[first])

    def bend(x):
        k, v = knots.to(x), values.to(x)
        right = torch.searchsorted(k, x.detach().contiguous()).clamp(1, len(k) - 1)
        share = ((x - k[right - 1]) / (k[right] - k[right - 1])).clamp(0, 1)
        return v[right - 1] + share * (v[right] - v[right - 1])

    return bend


def _order(count):
    return torch.randperm(count, generator=torch.Generator().manual_seed(0))


def _change(model, spliced, x, arguments):
    before, after = (_outputs(one, x, *arguments) for one in (model, spliced))
    return float((after - before).square().sum() / (before - before.mean(0)).square().sum())


def _outputs(model, x, positional, named):
    """All real numbers that a model returns for each point, as a table."""
    output = forward(model, x, *positional, **named)
    table = table_of(output, len(x))
    if table is None:
        raise ModelError(
            f"the model returns {described(output)}, and no tensor in it has a row for each of {len(x)} "
            "points: there is no output in which to measure a change"
        )
    return table.detach().double()
