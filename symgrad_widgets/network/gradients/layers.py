"""Find layers whose outputs have neurons, number the neurons, and find layers that only bend earlier ones."""

import math
from dataclasses import dataclass

import torch
from torch import nn

__all__ = ["Layer", "bends", "layers_of", "tensor_of"]

_CHANNELS_FIRST = (
    nn.Conv1d, nn.ConvTranspose1d, nn.BatchNorm1d, nn.InstanceNorm1d, nn.MaxPool1d, nn.AvgPool1d,
    nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d,
)  # fmt: skip
_ELEMENTWISE = {
    nn.CELU, nn.ELU, nn.GELU, nn.Hardshrink, nn.Hardsigmoid, nn.Hardswish, nn.Hardtanh, nn.LeakyReLU,
    nn.LogSigmoid, nn.Mish, nn.PReLU, nn.ReLU, nn.ReLU6, nn.SELU, nn.SiLU, nn.Sigmoid, nn.Softplus,
    nn.Softshrink, nn.Softsign, nn.Tanh, nn.Tanhshrink, nn.Threshold,
}  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """A layer whose output has a row for each point; another axis numbers its neurons.

    Attributes
    ----------
    name : str or None
        As in `model.named_modules()`; None is the model's own output.
    kind : str, the module's type
    shape : tuple, shape of the output for one point
    axis : int
        The axis that numbers the neurons, such as the channels of an image or the features of a sequence. A
        neuron's value is the mean over the remaining axes.
    bent : bool
        Whether each neuron is known to be a function of the neuron with the same number in an earlier layer,
        so that the two have parallel gradients.

    """

    name: str | None
    kind: str
    shape: tuple
    axis: int
    bent: bool = False

    @property
    def count(self):
        """Number of neurons."""
        return self.shape[self.axis] if self.shape else 1

    @property
    def title(self):
        """The name that users see."""
        return "output" if self.name is None else self.name

    @property
    def label(self):
        """The name and the number of neurons, with the type if the name is just a number."""
        kind = f" {self.kind}" if self.title.rsplit(".", 1)[-1].isdigit() else ""
        return f"{self.title}{kind} · {self.count:,}"

    def values(self, output):
        """Return the values (N, count) of the neurons, a tensor, from the layer's output."""
        output = tensor_of(output)
        if not self.shape:
            return output[:, None]
        return output.movedim(1 + self.axis, 1).reshape(len(output), self.count, -1).mean(2)

    def neuron(self, number):
        """Return the neuron with this number as a value for `gradient_field(neuron=...)`."""
        return lambda output: self.values(output)[:, number]


def tensor_of(output):
    """Return the output, or its first part if it is a tuple, as in recurrent layers and attention."""
    return output[0] if isinstance(output, tuple) and output else output


def bends(module, before, after):
    """Whether a module is known to act on each number separately, and has turned `before` into `after`."""
    return type(module) in _ELEMENTWISE and torch.equal(module.forward(before.clone()), after)


def layers_of(outputs, modules, bent):
    """Yield a `Layer` for each output, a tensor; `bent` names the layers that only bend an earlier one."""
    images = set()  # shapes of sequences whose channels come first, as after a convolution
    for name, output in outputs.items():
        shape, module = tuple(output.shape[1:]), modules.get(name)
        if isinstance(module, _CHANNELS_FIRST):
            images.add(shape)
        axis = len(shape) - 1 if len(shape) == 2 and shape not in images else 0
        kind = "output" if module is None else type(module).__name__
        single = math.prod(shape) == (shape[axis] if shape else 1)  # a mean of bent values is not a bent mean
        yield Layer(name, kind, shape, axis, name in bent and single)
