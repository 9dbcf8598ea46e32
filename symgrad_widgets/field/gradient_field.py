"""The gradient field of one or several neurons: plain NumPy arrays, all that the search ever sees."""

from functools import cache, cached_property
from numbers import Real

import numpy as np

from ..arrays import floats, names_of
from ..checks import checked_names
from ..errors import DataError
from .checking import checked_arrays, enough, finite_rows, usable, varied
from .directions import across
from .measure import Measure, checked_tangent, measured
from .motion import across_flow, along_flow
from .trajectories import smoothed
from .trust import checked_trust, surroundings, trusted

__all__ = ["GradientField"]

_DOUBLE = 1e-3  # a combination of neurons with less of their gradients' power says that they agree
_CHANCE = 0.1  # a direction with less than this share of the power it has by chance is noise


class GradientField:
    """Input gradients of `k` neurons at `N` points of `n` inputs.

    Parameters
    ----------
    points : array (N, n)
        These and the other arrays may hold any type of number, and may be masked arrays, tables or tensors.
    gradients : array (N, n), or (N, k, n) for k neurons
    names : n distinct words; by default the names of the columns if the points are a table, else x1 ... xn
    values : array (N,) or (N, k), the neurons' values; needed only to show them
    tangent : "auto" | None | array (n, m) or (N, n, m)
        Orthonormal basis of the directions in which the data extend. "auto" finds the linear subspace that
        the points fill (PCA of the standardised inputs); None says that they fill all of R^n. Gradients are
        compared only after projection onto it.
    measure : Measure, or None
        The measure of another field, if these points belong to it. None: the points' own measure.
    error : number or array (N,)
        Standard deviation of a component of a gradient, each input in units of its spread. None: unknown.
    weights : array (N,), how much each point counts; None: computed from the error

    For angles between gradients, each input is measured in units of its spread: its standard deviation over
    the points, `measure.spread`. So no input counts more because its unit is small. `points`, `gradients`,
    `values` and `tangent` stay in the reader's coordinates; `projected` and `unit` are in that measure.

    A point is dropped if a value there is infinite, masked or missing, or if every gradient there vanishes on
    the tangent space. `dropped` counts these points. `constant` names the inputs that do not vary over the
    points.

    An error turns a short gradient more than a long one. So a point with a gradient of length g has the
    weight `g^2 / (s^2 + g^2)`, where the error is 2 % of the length s. If you give no error, it is estimated
    from what gradients at neighbouring points do not share (`trust.noise`). Then s is at most half the length
    of those gradients that hold most of the power, `s^2 = sum g^4 / sum g^2 / 4`.
    `effective` is the number of points of equal weight that would tell as much (Kish 1965, Survey Sampling).

    Raises
    ------
    DataError
        if a shape, type or name is wrong.
    NoGradientError
        if fewer than n + 1 usable points are left, or if no gradient depends on the inputs.

    """

    def __init__(
        self,
        points,
        gradients,
        names=None,
        values=None,
        tangent="auto",
        dropped=0,
        measure=None,
        error=None,
        weights=None,
    ):
        names = names_of(points, names)
        points, gradients, values = checked_arrays(points, gradients, values)
        count, n = points.shape
        self.names = checked_names(names, n)
        error, weights = checked_trust(error, weights, count)
        known = [a for a in (points, gradients, values, weights) if a is not None]
        finite = np.logical_and.reduce([finite_rows(a) for a in known])
        enough(finite.sum(), n, count, "finite")
        if measure is None:
            measure = measured(points[finite], checked_tangent(tangent, points))
        cubed = np.where(finite[:, None, None], gradients.reshape(count, -1, n), 0.0)
        projected = measure.project(cubed)
        keep = finite & usable(cubed * measure.spread, projected)
        enough(keep.sum(), n, count, "non-vanishing")
        self.points = points[keep]
        varied(self.points)
        self.gradients = gradients[keep]
        self.values = None if values is None else values[keep]
        self.measure = measure.take(keep)
        self.projected = projected[keep]  # (N, k, m): the gradients in tangent coordinates
        self.dropped = dropped + int(count - keep.sum())
        self.error = error if np.ndim(error) == 0 else error[keep]
        self._weights = None if weights is None else weights[keep]
        for array in (self.points, self.gradients, self.values, self.projected, self._weights, *self.measure):
            if array is not None:
                array.flags.writeable = False

    @classmethod
    def from_flow(
        cls, points, velocities, names=None, *, tangent="auto", error=None, weights=None
    ) -> "GradientField":
        """Return the field whose formulas are the first integrals of a flow: what its motion conserves.

        >>> x, v = points.T  # doctest: +SKIP
        >>> interpret(GradientField.from_flow(points, np.stack([v, -x], 1), ("x", "v")))  # doctest: +SKIP

        The gradient of a first integral is at right angles to the velocity. So the neurons of this field span
        all directions of the m-dimensional tangent space except the velocity's: m - 1 of them. The loss of a
        formula is the squared cosine between its gradient and the velocity. The number of neurons promises
        nothing: few flows have m - 1 independent first integrals that are formulas, and most have none.

        Parameters
        ----------
        points : array (N, n), states
        velocities : array (N, n), how fast they change there, by any clock
        names, tangent, weights : as of any field
        error : number or array (N,)
            Standard deviation of a component of a velocity, each input in units of its spread.

        Points without velocity are dropped, and `dropped` counts them. If a flow depends on time, make time
        an input with the velocity 1.

        Raises
        ------
        DataError
            if a shape, type or name is wrong, if the points fill only one dimension, and if velocities lead
            out of the dimensions that the points fill, or differ at one point.
        NoGradientError
            if fewer than n + 1 points have a velocity.

        """
        points, slopes, about = along_flow(points, velocities, names, tangent)
        along = cls(points, slopes, error=error, weights=weights, **about)
        about |= {"weights": along.weights, "dropped": along.dropped}
        return cls(along.points, across_flow(along), **about)

    @classmethod
    def from_trajectories(cls, times, states, names=None, *, tangent="auto") -> "GradientField":
        """Return the field whose formulas are what measured motions conserve.

        >>> t, *states = np.genfromtxt("pendulum.csv", delimiter=",", skip_header=1).T  # doctest: +SKIP
        >>> field = GradientField.from_trajectories(t, np.stack(states, 1), ("a", "w"))  # doctest: +SKIP

        Velocities are slopes of polynomials of degree 4, each fitted to the measurements around one time
        (Fan, Gijbels 1996). Leave-one-out errors choose how many measurements. The field knows the error of
        the velocities. Points of one polynomial share this error, so the field keeps only a few of them:
        measure often.

        Parameters
        ----------
        times : array (N,), or a list of one for each trajectory
            In an array, a new trajectory begins wherever the time goes back.
        states : array (N, n), or a list of one for each trajectory
            All quantities that the motion depends on: for a position, give its velocity too.
        names, tangent : as of any field

        Raises
        ------
        DataError
            if a shape, type or name is wrong, if a time occurs twice in a row, and if a trajectory has
            fewer than 7 measurements; and as `from_flow`.
        NoGradientError
            as `from_flow`.

        """
        points, velocities, error, names = smoothed(times, states, names)
        return cls.from_flow(points, velocities, names, tangent=tangent, error=error)

    @cached_property
    def tangent(self) -> np.ndarray | None:
        """Orthonormal basis (n, m) or (N, n, m) of the directions in which the data extend; None: all."""
        basis = self.measure.basis
        return None if basis is None else np.linalg.qr(self.measure.spread[:, None] * basis)[0]

    @property
    def constant(self) -> tuple[str, ...]:
        """Names of the inputs that do not vary over the points: the field says nothing about them."""
        return tuple(
            name for name, spread in zip(self.names, self.measure.spread, strict=True) if spread == 0
        )

    @cached_property
    def weights(self) -> np.ndarray:
        """How much each point counts (N,); only their ratios matter."""
        return trusted(self) if self._weights is None else self._weights

    @cached_property
    def surroundings(self):
        """Neighbours of some of the points (`trust.Surroundings`), each input in units of its spread."""
        spread = self.measure.spread
        return surroundings(self.points / np.where(spread > 0, spread, np.inf))

    @property
    def effective(self) -> float:
        """Number of points of equal weight that would tell as much as these."""
        return float(self.weights.sum() ** 2 / (self.weights**2).sum())

    @property
    def neurons(self) -> int:
        """Number k of neurons."""
        return self.projected.shape[1]

    @property
    def dimension(self) -> int:
        """Dimension m of the tangent space of the data."""
        return self.projected.shape[2]

    @cached_property
    def _spectrum(self):
        """Singular values (N, r) and right vectors (N, r, m) of the gradients of r uncorrelated combinations.

        All neurons count equally, and so do all points. Combinations with hardly any gradient are left out.
        """
        power = (self.projected**2).sum(2).mean(0)
        scaled = self.projected / np.sqrt(np.where(power > 0, power, 1.0))[:, None]  # one may be dead
        scaled = scaled / np.linalg.norm(scaled, axis=(1, 2), keepdims=True)
        size, axes = np.linalg.eigh(np.einsum("nkm,nlm->kl", scaled, scaled) / len(self))
        kept = size > _DOUBLE
        white = np.einsum("kc,nkm->ncm", axes[:, kept] / np.sqrt(size[kept]), scaled)
        _, s, vt = np.linalg.svd(white, full_matrices=False)
        return s, vt

    @cached_property
    def rank(self) -> int:
        """Number of independent concepts in the neurons.

        Neurons that are functions of fewer concepts have gradients in a space of that many dimensions at
        every point (AI Poincare, arXiv 2011.04698, argues so for conserved quantities). The neurons are
        combined so that the combinations are uncorrelated and equal in power. A direction counts if it has at
        least a tenth of the power that it would have in independent random gradients. This tells a concept
        from noise of up to 2 % of the power.
        """
        if self.neurons == 1:
            return 1
        power = _shares(self._spectrum[0])
        return int((power > _CHANCE * _shares_by_chance(len(power), self.dimension)).sum())

    @cached_property
    def unit(self) -> np.ndarray:
        """Orthonormal basis of the span of the projected gradients at each point, shape (N, rank, m).

        For one neuron: the unit gradients in tangent coordinates. Directions that vanish are zero rows.
        """
        if self.neurons == 1:
            return self.projected / np.linalg.norm(self.projected, axis=2, keepdims=True)
        s, vt = self._spectrum
        alive = s > 1e-9 * s[:, :1]
        return (vt * alive[..., None])[:, : self.rank]

    def project(self, gradients: np.ndarray) -> np.ndarray:
        """Project other gradients (N, n) or (N, k, n) at the same points: returns tangent coordinates."""
        return self.measure.project(floats(gradients, "gradients", copy=False))

    def take(self, index: np.ndarray) -> "GradientField":
        """Return the field at only some of its points (an index array or boolean mask), in its measure."""
        values = None if self.values is None else self.values[index]
        about = {"measure": self.measure.take(index), "weights": self.weights[index]}
        about["error"] = self.error if np.ndim(self.error) == 0 else self.error[index]
        some = GradientField(self.points[index], self.gradients[index], self.names, values, **about)
        if self.neurons > 1:  # few points do not tell another rank
            some.__dict__ |= {"rank": self.rank, "unit": self.unit[index]}
        return some

    def steepest(self, share: float) -> "GradientField":
        """Return the field at the share (above 0, up to 1) of its points that has the largest gradients.

        The largest comes first; several neurons count equally. An error that is equally large everywhere
        turns a long gradient least. Where a neuron is saturated, its directions are noise.
        """
        if isinstance(share, bool) or not (isinstance(share, Real) and 0 < share <= 1):
            raise DataError(f"share must be a number above 0 and up to 1, for example 0.1, got {share!r}")
        count = round(share * len(self))
        if count <= len(self.names):
            raise DataError(
                f"a share of {share} of {len(self)} points leaves {count}, but at least n + 1 = "
                f"{len(self.names) + 1} are needed"
            )
        squares = (self.projected**2).sum(2)  # (N, k)
        power = squares.mean(0)
        size = (squares / np.where(power > 0, power, 1)).sum(1)
        return self.take(np.argsort(-size, kind="stable")[:count])

    def without(self, gradients: np.ndarray) -> "GradientField":
        """Return the field of several concepts after taking out one direction (N, n) at each point.

        Take out a formula's gradients, and every function of this formula is constant on what remains. Then
        you can search for what else the neurons hold. The remaining gradients are a basis of the rest of
        their span; the rank is one less. Raises DataError if the rank is 1.
        """
        if self.rank == 1:
            raise DataError("the neurons hold one concept: nothing is left without it")
        e = self.project(gradients)
        around = across(e)  # (N, m, m - 1)
        inside = np.einsum("nrm,nm->nr", self.unit, e)
        span = across(inside).swapaxes(1, 2) @ self.unit  # (N, rank - 1, m)
        basis = self.measure.basis
        measure = Measure(self.measure.spread, around if basis is None else basis @ around)
        left = self.measure.lift(span)
        return GradientField(self.points, left, self.names, measure=measure, weights=self.weights)

    def scaled(self, by: np.ndarray) -> "GradientField":
        """Return the same field in other units (n,) of its inputs: it divides the points by them."""
        about = {"measure": Measure(self.measure.spread / by, self.measure.basis), "weights": self.weights}
        return GradientField(
            self.points / by, self.gradients * by, self.names, self.values, error=self.error, **about
        )

    def __len__(self):
        return len(self.points)

    def __repr__(self):
        neurons = "1 neuron" if self.neurons == 1 else f"{self.neurons} neurons"
        flat = "" if self.dimension == len(self.names) else f", which fill {self.dimension} dimensions"
        gone = f", {self.dropped} dropped" if self.dropped else ""
        return f"GradientField({neurons} of ({', '.join(self.names)}) at {len(self)} points{flat}{gone})"


def _shares(s):
    """Mean share of the power in each direction, from singular values (N, r)."""
    power = s**2
    whole = power.sum(1, keepdims=True)
    return np.divide(power, whole, out=np.zeros_like(power), where=whole > 0).mean(0)


@cache
def _shares_by_chance(neurons, dimension, draws=2000):
    """Mean share of the power in each direction of independent random gradients."""
    gradients = np.random.default_rng(0).normal(size=(draws, neurons, dimension))
    return _shares(np.linalg.svd(gradients, compute_uv=False))
