"""Define an experiment: names, seeded data, and the concept that the data hide."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...checks import whole
from ...errors import DataError, UnknownNameError, nearest
from ...field import GradientField
from .data import Labelled, Triplets, generator, rows_of
from .flow import flow_parts
from .given import given
from .own import labels_parts, pairs_parts, values_parts

if TYPE_CHECKING:
    from ..training import TrainingResult

__all__ = ["Experiment"]


@dataclass(frozen=True, eq=False)
class Experiment:
    """A system whose concept a network learns: data to train it, and the answer to check the result.

    Attributes
    ----------
    id, slug, title : str
        "P1-07", "oscillator", "Harmonic oscillator".
    names : tuple of str
        The n inputs, in the order of the columns of the data.
    samplers : mapping of variant to `f(rng, count) -> Triplets or Labelled`
        The variants are "default", "paper" if the published data differ from the default, and perhaps others.
    concepts, constraints : tuples of SymPy expressions and equations
        What the latents should have learnt, and the equations that hold on all data. Training reads none of
        this.
    latent : int
        Width of the network's output.
    kind : str
        How to train a network on the data: the name of a row of `training.KINDS`.
    presets : mapping of preset to settings
        The settings that this experiment changes in the preset.
    differences : mapping of variant to attributes
        If the pairs of a variant share something other than the default pairs do, the variant has its own
        `concepts`, `constraints` and `latent`.
    size : int or None
        Number of rows if the data are a given table. A sampler then takes indices of rows, `f(indices)`, and
        at most `size` rows can be drawn.
    rhs : callable that takes n arrays (N,) and returns their n time derivatives, or None
        The equations of motion, if the system moves.

    """

    id: str
    slug: str
    title: str
    names: tuple[str, ...]
    samplers: Mapping[str, Callable] = field(repr=False)
    concepts: tuple = ()
    constraints: tuple = ()
    latent: int = 1
    kind: str = field(default="siamese", repr=False)
    presets: Mapping[str, Mapping] = field(default_factory=dict, repr=False)
    differences: Mapping[str, Mapping] = field(default_factory=dict, repr=False)
    size: int | None = None
    rhs: Callable | None = field(default=None, repr=False)

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants of the data: "default", "paper" if the paper's data differ, and others."""
        return tuple(self.samplers)

    def of(self, variant: str) -> "Experiment":
        """Return this experiment with the concepts, constraints and latents of one variant of its data."""
        return replace(self, **self.differences[variant]) if variant in self.differences else self

    def sample(self, count: int, seed: int = 0, variant: str = "default") -> Triplets | Labelled:
        """Draw `count` triplets or labelled points; the same seed gives the same bits.

        Parameters
        ----------
        count : int
            Number of rows, at least 1.
        seed : int or sequence of int
            At least 0.
        variant : str
            One of `variants`.

        Returns
        -------
        Triplets or Labelled
            Float64 arrays: anchor, positive and negative (count, n), or x (count, n) and y (count,).

        Raises
        ------
        UnknownNameError
            if the experiment does not have this variant.
        DataError
            if `count` or `seed` is not a whole number in its range.

        """
        draw, count = self._sampler(variant), whole(count, "count", least=1)
        return draw(generator(seed), count) if self.size is None else draw(rows_of(seed, self.size)[:count])

    def _sampler(self, variant):
        if variant not in self.samplers:
            raise UnknownNameError(
                f"{self.id} ({self.slug}) has no variant {variant!r}; {nearest(variant, self.variants)}"
            )
        return self.samplers[variant]

    def train(
        self,
        seed: int = 0,
        preset: str = "default",
        variant: str = "default",
        progress: bool = True,
        callback: Callable | None = None,
        keep: Iterable[int] = (),
        watch: Callable | None = None,
        **settings,
    ) -> "TrainingResult":
        """Train a network on the data: `training.train` describes the settings."""
        from ..training import train  # loads torch only if needed

        return train(self.of(variant), seed, preset, variant, progress, callback, keep, watch, **settings)

    def pretrained(
        self, path: str | Path | None = None, *, seed: int | None = None, variant: str | None = None
    ) -> "TrainingResult":
        """Load a `TrainingResult` instead of training, from a file that `run.save` wrote or from the package.

        The package's own networks have seed 0 and default settings. It is an error if you pass a `seed` or
        `variant` that differs from the file's. See `training.pretrained.load`.
        """
        from ..training.pretrained import load  # loads torch only if needed

        return load(self, path, seed=seed, variant=variant)

    def flow_field(self, count: int = 1200, seed: int = 0) -> GradientField:
        """Return the field whose formulas are the conserved quantities of the motion; no network is needed.

        >>> interpret(experiments["oscillator"].flow_field())  # doctest: +SKIP

        Parameters
        ----------
        count, seed : as in `sample`; the anchors of the sample are the states

        Raises
        ------
        DataError
            if the experiment has no flow, and whenever `GradientField.from_flow` raises this error.

        """
        if self.rhs is None:
            raise DataError(
                f"{self.id} ({self.slug}) has no velocities: its data are not states of a motion. Use "
                "Experiment.from_flow(rhs, box, names), or GradientField.from_flow(points, velocities)"
            )
        states = self.sample(count, seed)[0]
        rates = [np.broadcast_to(rate, len(states)) for rate in self.rhs(*states.T)]
        return GradientField.from_flow(states, np.stack(rates, axis=1), self.names)

    def given(self, *runs: "TrainingResult") -> "Experiment":
        """Return an experiment on what pairs share beyond the quantities that trained networks already know.

        >>> first = experiment.train(seed=0, latent=1)
        >>> second = experiment.given(first).train(seed=0)
        >>> third = experiment.given(first, second).train(seed=0)

        The pairs stay the same. Each anchor gets a *stranger* as its negative: the other anchor whose latents
        in `runs` are most similar. No function of these latents can tell anchor and stranger apart, so a
        further network has to learn something new. If nothing new is left to learn, the network uses the
        small differences between anchors and strangers. To see whether this network learnt something new,
        look at the `rank` of the gradients of both networks together: `gradient_field(SideBySide(first.model,
        second.model), x, neuron=[0, 1])`. You need thousands of rows, so that anchor and stranger are alike.
        The rows must come from many orbits or systems, because two pairs from one orbit are not strangers.

        Parameters
        ----------
        runs : at least one `TrainingResult`, on the same inputs

        Raises
        ------
        DataError
            if the experiment has no pairs or was already made by `given`; if there are no runs, or if their
            inputs differ from the experiment's. `sample` raises DataError if an anchor has no stranger.

        """
        return replace(self, **given(self, runs))

    @classmethod
    def from_flow(cls, rhs, box, names=None, *, duration=3.0, title="Flow", concepts=()) -> "Experiment":
        """Make an experiment from your own moving system, to find what its motion conserves.

        >>> def predators(x, y):
        ...     return x - x * y, x * y - y
        >>> experiment = Experiment.from_flow(predators, [(0.5, 2), (0.5, 2)], ["x", "y"], duration=6)
        >>> pendulum = Experiment.from_flow("x' = v; v' = -sin(x)", [(-1, 1), (-1, 1)])

        Anchor and positive are states of one orbit at two random times. The negative is a state of another
        orbit at a random time.

        Parameters
        ----------
        rhs : callable of n arrays (N,), in the order of the names, or text
            The function takes N states at once and returns their n time derivatives, which are arrays (N,) or
            numbers. If a force depends on time, make time an input with derivative 1. A text has an equation
            `x' = ...` for each name, and is never run as code.
        box : n pairs (low, high)
            Starting points of the orbits are drawn uniformly from this box.
        names : n distinct words in any alphabet; leave them out if `rhs` is text, which contains them
        duration : float
            Orbits are seen at times from 0 to `duration`. Choose a duration in which the states move
            noticeably.
        title : str
        concepts : formula (SymPy or text) or several
            The conserved quantities, if you know them. Only the noise floor (`TrainingResult.floor`) and the
            verdict use them.

        Raises
        ------
        DataError
            if box, names, `rhs` and duration do not fit one another, or if an orbit cannot be followed to the
            end. `sample` also raises this error if `sample` meets such an orbit.
        ExpressionError
            if a text or concept cannot be read.

        """
        return cls(**flow_parts(rhs, box, names, duration, title, concepts))

    @classmethod
    def from_labels(cls, x, y, names=None, *, title="Labels", concepts=()) -> "Experiment":
        """Make an experiment from rows with labels, to find what the labels depend on.

        >>> table = np.genfromtxt("stars.csv", delimiter=",", skip_header=1)
        >>> experiment = Experiment.from_labels(table[:, :3], table[:, 3], ["mass", "radius", "age"])
        >>> run = experiment.train(seed=0)

        The seed splits the rows: 70 % train the network, 15 % choose the best epoch, and 15 % serve to
        interpret it.

        Parameters
        ----------
        x : array (N, n) or a table of n columns
            At least 120 rows of finite numbers.
        y : N labels
            Numbers, truth values or texts of exactly two kinds. The network learns the logit of the kind that
            comes last when sorted.
        names : n distinct words in any alphabet
            You can leave the names out if the points are a table whose columns have names.
        title : str
        concepts : formula (SymPy or text) or several
            The answer, if you know it. Only the noise floor (`TrainingResult.floor`) and the verdict use it.

        Raises
        ------
        DataError
            if the arrays do not match each other or the names, if there are too few rows, or if the labels
            have one class or more than two.
        ExpressionError
            if a concept cannot be read.

        """
        return cls(**labels_parts(x, y, names, title, concepts))

    @classmethod
    def from_values(cls, x, y, names=None, *, title="Values", concepts=()) -> "Experiment":
        """Make an experiment from rows, each with a number, to find what the number depends on.

        >>> table = np.genfromtxt("cars.csv", delimiter=",", skip_header=1)
        >>> experiment = Experiment.from_values(table[:, 1:], table[:, 0], ["power", "weight"])

        The network learns the standardised numbers (mean 0, standard deviation 1) by least squares. Rows are
        split as in `from_labels`.

        Parameters
        ----------
        x : array (N, n) or a table of n columns
            At least 120 rows of finite numbers.
        y : array (N,)
            Finite numbers that are not all the same.
        names, title, concepts
            As in `from_labels`.

        Raises
        ------
        DataError
            if the arrays do not match each other or the names, if there are too few rows, or if all numbers
            are the same.
        ExpressionError
            if a concept cannot be read.

        """
        return cls(**values_parts(x, y, names, title, concepts))

    @classmethod
    def from_pairs(cls, anchor, positive, names=None, *, title="Pairs", concepts=()) -> "Experiment":
        """Make an experiment from pairs of points, to find what the two points of each pair have in common.

        >>> before, after = np.load("before.npy"), np.load("after.npy")
        >>> experiment = Experiment.from_pairs(before, after, ["x", "y", "vx", "vy"])

        Rows are split as in `from_labels`. The negative is the anchor of another row.

        Parameters
        ----------
        anchor, positive : arrays (N, n)
            Row i of `anchor` and row i of `positive` are a pair. At least 120 rows of finite numbers.
        names, title, concepts
            As in `from_labels`.

        Raises
        ------
        DataError
            if the arrays do not match each other or the names, if there are too few rows, or if the two
            points of every pair are equal.
        ExpressionError
            if a concept cannot be read.

        """
        return cls(**pairs_parts(anchor, positive, names, title, concepts))
