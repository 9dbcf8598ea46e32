"""What training returns: the network, points to interpret it on, and its noise floor on request."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from torch import nn

from ..concepts import gradients_of
from .settings import Settings

__all__ = ["TrainingResult"]


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """A trained network and the points to interpret it on.

    Attributes
    ----------
    model : torch.nn.Module
        In eval mode, on the CPU; raw inputs (N, n) to latents (N, k), which have mean 0 and variance 1 on
        the validation points where the loss leaves both free.
    x : array (N, n)
        Held-out points.
    history : dict of lists
        epoch, loss, validation, rate, seconds: one entry an epoch.
    seconds : float
        Drawing the data included.
    ending : "finished" | "early stop" | "callback" | "interrupted" | "diverged"
        Why training ended. Whatever it was, the weights are those of the best validation loss.
    experiment, seed, variant, settings
        What was trained.

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

    @property
    def names(self):
        """Names of the inputs, the columns of `x`."""
        return self.experiment.names

    @cached_property
    def floor(self):
        """Mean of 1 - cos^2 between the neuron's and the concept's gradients at `x`, on the tangent space.

        The noise that no formula can be expected to beat. Computed when first asked for: training does not
        know the concept. With several latents or concepts: how far the latents' gradients are, on average,
        from the span of the concepts' gradients. None where the experiment knows no concept.
        """
        if not self.experiment.concepts:
            return None
        from ..gradients import gradient_field

        latents = list(range(self.experiment.latent))
        neurons = gradient_field(self.model, self.x, neuron=latents, names=self.names)
        truth = gradients_of(self.experiment.concepts, self.names, neurons.points)
        return _distance(neurons.projected, neurons.project(truth))

    def __repr__(self):
        last = self.history["validation"][-1] if self.history["validation"] else float("nan")
        return (
            f"TrainingResult({self.experiment.slug}, seed {self.seed}: {self.ending} after "
            f"{len(self.history['epoch'])} epochs, {self.seconds:.1f} s, validation loss {last:.3g})"
        )


def _distance(vectors, span):
    """Mean squared sine of the angle between vectors (N, k, m) and the span of rows (N, c, m)."""
    _, s, basis = np.linalg.svd(span, full_matrices=False)
    basis = basis * (s > 1e-9 * s[:, :1])[..., None]
    inside = np.einsum("nkm,ncm->nkc", vectors, basis)
    whole = (vectors**2).sum(2)
    return float(np.mean(1 - (inside**2).sum(2)[whole > 0] / whole[whole > 0]))
