"""Replace a neuron with a formula, and see how well the network then does its task.

If gradients agree, the neuron is a function of the formula on the data. But can the network work with the
formula instead of the neuron? This is a question of cause and effect, and this module answers it.
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

_SURE = 1e-12  # probabilities are kept this far from 0 and 1


@dataclass(frozen=True, repr=False)
class Effect:
    """Loss of a task with the original neuron, with the formula in its place, and with shuffled values.

    Shuffled values say nothing about the points. So compare the loss with the formula to the loss with
    shuffled values. `mean` is the loss if the neuron always has its mean value (mean ablation). `mean` is NaN
    if the task then has no loss, for example because nothing distinguishes the pairs.
    """

    original: float
    spliced: float
    shuffled: float
    mean: float = math.nan

    @property
    def recovered(self):
        """The share of the neuron's worth to the task that the formula recovers; 1 means everything.

        There are two losses without the neuron: one with shuffled values, and one with the neuron's mean
        value. The neuron's worth is the lower of these two losses, minus the original loss. We take the lower
        one because shuffled values can give confident wrong answers, and any cautious answer would look good
        in comparison. The result is None if this lower loss is no higher than the original loss.
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
    """The copies of a model that `splice` makes, in eval mode. The model itself does not change.

    Attributes
    ----------
    model : torch.nn.Module, a copy in which the neuron's value is phi(formula)
    shuffled : torch.nn.Module, a copy in which the neuron's values are shuffled among the points of each pass
    mean : torch.nn.Module, a copy in which the neuron always has its mean value over the points of each
        pass
    original : torch.nn.Module, as you passed it
    change : float
        How much the formula changes the model's outputs at the points, in eval mode: the mean squared change
        divided by the variance, over all outputs together.

    """

    model: torch.nn.Module
    shuffled: torch.nn.Module
    mean: torch.nn.Module
    original: torch.nn.Module
    change: float

    def effect(self, loss):
        """Return the `Effect` on a task. `loss(model)` returns a number, and lower is better.

        An example is `run.loss`. Each model is in eval mode while `loss` runs, and `loss` draws the same
        random numbers for all models.
        """
        known = (_loss(loss, model) for model in (self.original, self.model, self.shuffled))
        return Effect(*known, mean=_loss_or_nan(loss, self.mean))


def splice(model, result, layer=None, neuron=0, x=None, wrt=None, forward_args=(), of="value"):
    """Replace a neuron with the formula of its `Interpretation`, bent by its phi.

    Outside the range of the formula's values in the data, phi is constant.

    Parameters
    ----------
    model : torch.nn.Module
    result : Interpretation of one neuron
    layer, wrt, forward_args, of : as in `gradient_field`
    neuron : int, tuple of int, or a direction (array). With a direction, only the output's component along it
        is replaced. If the model calls a layer more than once, the neuron is replaced each time.
    x : array (N, ...) or None
        Points at which to measure the change; None means the points of the interpretation, which are a table.

    Returns
    -------
    Spliced

    Raises
    ------
    DataError
        if the result has no formula or no values, or was made from several neurons.
    UnknownNameError, ModelError
        if a layer or a neuron does not exist.

    """
    if result.best is None or result.phi is None:
        lacks = (
            "formula"
            if result.best is None
            else "phi (it was made from several neurons, or from a field without values)"
        )
        raise DataError(f"the interpretation has no {lacks}, so there is nothing to put in a neuron's place")
    if wrt is not None and x is None:
        raise DataError(
            "the interpretation's points belong to the layer given as wrt: pass points of the model, x=..."
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
    """Return the loss of a model with a constant neuron; NaN if the loss divides by the neuron's spread."""
    try:
        return _loss(loss, model)
    except torch.linalg.LinAlgError:
        return math.nan


def _shared(model, tensors):
    """For each part of a model that cannot be copied, map its id to what `deepcopy` should use instead.

    Results that the model keeps are detached. Other objects in its modules that cannot be copied, such as the
    lock of a trainer, are shared.
    """
    memo = {id(tensor): tensor.detach().clone() for tensor in tensors if not tensor.is_leaf}
    own = {id(one): one for one in [*model.modules(), *tensors]}  # no need to try these
    for module in model.modules():
        for value in vars(module).values():
            try:
                deepcopy(value, own | memo)
            except Exception:  # noqa: BLE001 - copying may raise anything
                memo[id(value)] = value
    return memo


def _replaced(model, memo, layer, neuron, wrt, value, of="value"):
    """Return a copy of the model whose neuron, or its probability, is `value(inputs, old value)`."""
    try:
        copy, seen = deepcopy(model, memo.copy()), []
    except Exception as error:  # copying may raise anything
        raise ModelError(
            f"the model cannot be spliced, because it cannot be copied: {type(error).__name__}: {error}"
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
    """Convert to double precision if possible: in single precision, different values can coincide."""
    return x if x.device.type == "mps" else x.double()


def _bend(phi):
    """Return phi as a piecewise linear function of tensors."""
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
    """Return all real numbers that a model returns for each point, as a table."""
    output = forward(model, x, *positional, **named)
    table = table_of(output, len(x))
    if table is None:
        raise ModelError(
            f"the model returns {described(output)}, and no tensor in it has a row for each of {len(x)} "
            "points: there is no output in which to measure a change"
        )
    return table.detach().double()
