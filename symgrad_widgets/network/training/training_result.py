"""The result of training: a network, points to interpret it on, and on request its noise floor."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from torch import nn

from ...field.directions import misalignment, orthonormal
from ..concepts import gradients_of
from .settings import Settings
from .task import held_out_loss, outputs
from .weight_files import save

__all__ = ["TrainingResult"]

_CONSERVED = 0.02  # a conserved latent has at most this share of its variance within pairs


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """A trained network, and points to interpret it on.

    Attributes
    ----------
    model : torch.nn.Module
        In eval mode, on the CPU. The network turns raw inputs (N, n) into latents (N, k). If the loss leaves
        the latents' mean and variance free, these are 0 and 1 on the validation points.
    x : array (N, n)
        Held-out points.
    history : dict of lists
        epoch, loss, validation, rate, seconds: one entry for each epoch.
    seconds : float
        Training time, including the time to draw the data.
    ending : "finished" | "early stop" | "callback" | "interrupted" | "diverged"
        Why training ended. In every case, the weights are those with the best validation loss.
    experiment, seed, variant, settings
        What was trained.
    within : array (k,) or None
        Share of each latent's variance that lies within pairs, in rising order: 0 means conserved, 1 means
        not conserved. None if a linear map of the latents would change the loss.
    kept : dict of torch.nn.Module by epoch
        The network after each epoch in `train(keep=...)`. Several latents are not yet in the order of
        `within`.

    """

    model: nn.Module
    x: np.ndarray
    history: dict
    seconds: float
    ending: str
    experiment: object
    seed: int
    variant: str
    settings: Settings
    within: np.ndarray | None = None
    kept: dict = field(default_factory=dict)

    @property
    def names(self):
        """Names of the inputs, the columns of `x`."""
        return self.experiment.names

    @cached_property
    def latents(self):
        """The network's output at `x`, array (N, k)."""
        return outputs(self.model, self.x).double().numpy()

    @property
    def neuron(self):
        """Neurons to interpret: 0 or, with several latents, a list of the latents that pairs share."""
        if self.settings.latent == 1:
            return 0
        if self.within is None:
            return list(range(self.settings.latent))
        return list(range(max(1, int((self.within < _CONSERVED).sum()))))

    def shared(self, points):
        """Return the values (N, c) of the c latents that pairs share (those in `neuron`) at points (N, n)."""
        return outputs(self.model, points).double().numpy()[:, np.atleast_1d(self.neuron)]

    @property
    def floor(self):
        """Mean of `floors`: the noise level that no formula should beat; None if no concept is known."""
        return None if self.floors is None else float(np.mean(self.floors))

    @property
    def floor_median(self):
        """Median of `floors`, which a few points near a fold or an edge do not change."""
        return None if self.floors is None else float(np.median(self.floors))

    @cached_property
    def floors(self):
        """1 - cos^2 between the neuron's and the concept's gradients at points of `x`, on the tangent space.

        This array is computed when you first ask for it, because training does not know the concept. With
        several latents or concepts, each neuron's gradient is compared with the span of the concepts'
        gradients. None if the experiment knows no concept.
        """
        if not self.experiment.concepts:
            return None
        from ..gradients import gradient_field

        latents = np.atleast_1d(self.neuron).tolist()
        neurons = gradient_field(self.model, self.x, neuron=latents, names=self.names)
        truth = gradients_of(self.experiment.concepts, self.names, neurons.points)
        spanning, found = orthonormal(neurons.project(truth)), neurons.projected
        shares = [misalignment(found[:, j], spanning) for j in range(found.shape[1])]
        return np.stack(shares, axis=1)[(found**2).sum(2) > 0]

    def loss(self, model=None):
        """Return the loss of the task on held-out data, a float, for this network or for a replacement."""
        return held_out_loss(self, self.model if model is None else model)

    def save(self, path):
        """Write the network and everything else to a .safetensors file; `exp.pretrained(path)` reads it."""
        save(self, path)

    def __repr__(self):
        last = self.history["validation"][-1] if self.history["validation"] else float("nan")
        return (
            f"TrainingResult({self.experiment.slug}, seed {self.seed}: {self.ending} after "
            f"{len(self.history['epoch'])} epochs, {self.seconds:.1f} s, validation loss {last:.3g})"
        )
