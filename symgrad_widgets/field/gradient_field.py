"""The gradient field of one or several neurons, in plain NumPy arrays: the only data that the search sees."""

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

_DOUBLE = 1e-3  # a combination with less of the neurons' power only shows that the neurons agree
_CHANCE = 0.1  # a direction with less than this share of the power it has by chance is noise


class GradientField:
    """Input gradients of `k` neurons at `N` points of `n` inputs.

    Parameters
    ----------
    points : array (N, n)
        Every array here can hold any type of number, and can be a masked array, a table or a tensor.
    gradients : array (N, n), or (N, k, n) for k neurons
    names : n distinct words; by default, the names of the columns if the points are a table, otherwise x1 ...
        xn
    values : array (N,) or (N, k), the neurons' values, if known
        The values help to choose a formula, and to fit phi in `neuron = phi(formula)`.
    tangent : "auto" | None | array (n, m) or (N, n, m)
        Orthonormal basis of the directions in which the data extend. "auto" finds the linear subspace that
        the points fill (PCA of the standardised inputs); None means that the points fill all of R^n.
        Gradients are projected onto this basis before they are compared.
    measure : Measure, or None
        The measure (spreads of the inputs, and tangent basis) of another field, to be used for these points,
        too. None: the points' own measure.
    error : number or array (N,)
        Standard deviation of a gradient's components, with each input in units of its spread. None: unknown.
    weights : array (N,), how much each point counts; None: they are computed from the error

    For angles between gradients, each input is measured in units of its spread (`measure.spread`), which
    is its standard deviation over the points. So no input counts more because its unit is small. `points`,
    `gradients`, `values` and `tangent` stay in the user's coordinates; `projected` and `unit` use this
    measure.

    A point is dropped if one of its numbers is infinite, masked or missing, or if all its gradients vanish on
    the tangent space. `dropped` counts these points. `constant` names the inputs that do not vary over the
    points.

    An error turns a short gradient more than a long one. So a point with a gradient of length g has the
    weight `g^2 / (s^2 + g^2)`, where s is the length at which the relative error is 2 %. If you do not pass
    an error, it is estimated from the part of the gradients that neighbouring points do not share
    (`trust.noise`). In that case s is at most half the typical length of the strong gradients: `s^2 = sum g^4
    / sum g^2 / 4`. `effective` is the number of points of equal weight that would carry as much information
    (Kish 1965, Survey Sampling).

    Raises
    ------
    DataError
        if a shape, type or name is wrong.
    NoGradientError
        if fewer than n + 1 usable points are left, or if all gradients are zero.

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
        """Return the field whose formulas are the first integrals of a flow: what the flow conserves.

        >>> x, v = points.T  # doctest: +SKIP
        >>> interpret(GradientField.from_flow(points, np.stack([v, -x], 1), ("x", "v")))  # doctest: +SKIP

        The gradient of a first integral is at right angles to the velocity. So the m - 1 neurons of this
        field span all directions of the m-dimensional tangent space except that of the velocity. The loss of
        a formula is the squared cosine between its gradient and the velocity. A field of m - 1 neurons does
        not mean m - 1 conserved quantities. Few flows have that many independent first integrals that are
        formulas; most flows have none.

        Parameters
        ----------
        points : array (N, n), states
        velocities : array (N, n), how fast the states change, on any time scale
        names, tangent, weights : as for any field
        error : number or array (N,)
            Standard deviation of a velocity's components, with each input in units of its spread.

        Points with zero velocity are dropped, and `dropped` counts them. If a flow depends on time, make time
        an input with the velocity 1.

        Raises
        ------
        DataError
            if a shape, type or name is wrong; if the points fill only one dimension; if velocities lead out
            of the dimensions that the points fill; or if one point has different velocities.
        NoGradientError
            if fewer than n + 1 points have a velocity.

        """
        points, slopes, about = along_flow(points, velocities, names, tangent)
        along = cls(points, slopes, error=error, weights=weights, **about)
        about |= {"weights": along.weights, "dropped": along.dropped}
        return cls(along.points, across_flow(along), **about)

    @classmethod
    def from_trajectories(cls, times, states, names=None, *, tangent="auto") -> "GradientField":
        """Return the field whose formulas are the quantities that measured motions conserve.

        >>> t, *states = np.genfromtxt("pendulum.csv", delimiter=",", skip_header=1).T  # doctest: +SKIP
        >>> field = GradientField.from_trajectories(t, np.stack(states, 1), ("a", "w"))  # doctest: +SKIP

        Velocities are slopes of polynomials of degree 4, each fitted to the measurements around one time
        (Fan, Gijbels 1996). Leave-one-out errors decide how many measurements each fit uses. The field stores
        the error of the velocities. Points whose fits use the same measurements share an error, so the
        field keeps only a few of these points. Therefore you need frequent measurements.

        Parameters
        ----------
        times : array (N,), or a list with an array for each trajectory
            In a single array, a new trajectory begins wherever the time goes backwards.
        states : array (N, n), or a list with an array for each trajectory
            All quantities on which the motion depends: if you pass a position, pass its velocity, too.
        names, tangent : as for any field

        Raises
        ------
        DataError
            if a shape, type or name is wrong; if a time occurs twice in a row; if a trajectory has fewer than
            7 measurements; or if `from_flow` raises it.
        NoGradientError
            if `from_flow` raises it.

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
        """Names of the inputs that do not vary over the points; the field says nothing about these."""
        return tuple(
            name for name, spread in zip(self.names, self.measure.spread, strict=True) if spread == 0
        )

    @cached_property
    def weights(self) -> np.ndarray:
        """How much each point counts (N,); only their ratios matter."""
        return trusted(self) if self._weights is None else self._weights

    @cached_property
    def surroundings(self):
        """Neighbours of some of the points (`trust.Surroundings`), with inputs in units of their spread."""
        spread = self.measure.spread
        return surroundings(self.points / np.where(spread > 0, spread, np.inf))

    @property
    def effective(self) -> float:
        """Number of points of equal weight that would carry as much information as these points."""
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
        """Singular values (N, r) and right vectors (N, r, m) of the gradients of uncorrelated combinations.

        The combinations are linear combinations of the neurons. All neurons count equally, and so do all
        points. Combinations with hardly any gradient are left out.
        """
        power = (self.projected**2).sum(2).mean(0)
        scaled = self.projected / np.sqrt(np.where(power > 0, power, 1.0))[:, None]  # a neuron may be dead
        scaled = scaled / np.linalg.norm(scaled, axis=(1, 2), keepdims=True)
        size, axes = np.linalg.eigh(np.einsum("nkm,nlm->kl", scaled, scaled) / len(self))
        kept = size > _DOUBLE
        white = np.einsum("kc,nkm->ncm", axes[:, kept] / np.sqrt(size[kept]), scaled)
        _, s, vt = np.linalg.svd(white, full_matrices=False)
        return s, vt

    @cached_property
    def rank(self) -> int:
        """Number of independent concepts in the neurons.

        If the neurons are functions of fewer concepts, their gradients at each point span only as many
        dimensions as there are concepts (AI Poincare, arXiv 2011.04698, argues this for conserved
        quantities). We combine the neurons so that the combinations are uncorrelated and equal in power. A
        direction counts if its power is at least a tenth of what independent random gradients would have
        there. This rule separates concepts from noise if the noise has at most 2 % of the power.
        """
        if self.neurons == 1:
            return 1
        power = _shares(self._spectrum[0])
        return int((power > _CHANCE * _shares_by_chance(len(power), self.dimension)).sum())

    @cached_property
    def unit(self) -> np.ndarray:
        """Orthonormal basis of the span of the projected gradients at each point, shape (N, rank, m).

        For one neuron, these are the unit gradients in tangent coordinates. Missing directions are rows of
        zeros.
        """
        if self.neurons == 1:
            return self.projected / np.linalg.norm(self.projected, axis=2, keepdims=True)
        s, vt = self._spectrum
        alive = s > 1e-9 * s[:, :1]
        return (vt * alive[..., None])[:, : self.rank]

    def project(self, gradients: np.ndarray) -> np.ndarray:
        """Return the tangent coordinates of other gradients (N, n) or (N, k, n) at the same points."""
        return self.measure.project(floats(gradients, "gradients", copy=False))

    def take(self, index: np.ndarray) -> "GradientField":
        """Return the field at some of its points (index array or boolean mask), with the same measure."""
        values = None if self.values is None else self.values[index]
        about = {"measure": self.measure.take(index), "weights": self.weights[index]}
        about["error"] = self.error if np.ndim(self.error) == 0 else self.error[index]
        some = GradientField(self.points[index], self.gradients[index], self.names, values, **about)
        if self.neurons > 1:  # a few points must not change the rank
            some.__dict__ |= {"rank": self.rank, "unit": self.unit[index]}
        return some

    def steepest(self, share: float) -> "GradientField":
        """Return the field at the points with the largest gradients, a `share` (above 0, up to 1) of all.

        The point with the largest gradient comes first; several neurons count equally. Errors that are
        equally large everywhere turn long gradients least. Where a neuron is saturated, gradients are short,
        and their directions are noise.
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
        """Remove one direction (N, n) at each point from a field of several concepts; return what remains.

        If you take out a formula's gradients, the gradients of all functions of this formula are gone,
        too. You can then search for what else the neurons hold. The remaining gradients form a basis of the
        remaining span; the rank falls by one. Raises DataError if the rank is 1.
        """
        if self.rank == 1:
            raise DataError("the neurons hold only one concept: no direction is left without it")
        e = self.project(gradients)
        around = across(e)  # (N, m, m - 1)
        inside = np.einsum("nrm,nm->nr", self.unit, e)
        span = across(inside).swapaxes(1, 2) @ self.unit  # (N, rank - 1, m)
        basis = self.measure.basis
        measure = Measure(self.measure.spread, around if basis is None else basis @ around)
        left = self.measure.lift(span)
        return GradientField(self.points, left, self.names, measure=measure, weights=self.weights)

    def scaled(self, by: np.ndarray) -> "GradientField":
        """Return the same field with its inputs in other units (n,); the points are divided by these."""
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
    """Return the mean share of the power in each direction, from singular values (N, r)."""
    power = s**2
    whole = power.sum(1, keepdims=True)
    return np.divide(power, whole, out=np.zeros_like(power), where=whole > 0).mean(0)


@cache
def _shares_by_chance(neurons, dimension, draws=2000):
    """Return the mean share of the power in each direction if the gradients are independent and random."""
    gradients = np.random.default_rng(0).normal(size=(draws, neurons, dimension))
    return _shares(np.linalg.svd(gradients, compute_uv=False))
