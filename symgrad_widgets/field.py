"""The gradient field of one or several neurons: plain NumPy arrays, the only thing the search ever sees."""

from functools import cache, cached_property
from numbers import Real
from typing import NamedTuple

import numpy as np

from .arrays import floats, names_of
from .checks import checked_names
from .directions import noise, surroundings
from .errors import DataError, NoGradientError

__all__ = ["TRAINING_ERROR", "GradientField", "Measure", "measured"]

TRAINING_ERROR = 3e-5  # 1 - cos^2, an angle of 0.3 degrees: what less turns a network's gradient is training

_FLAT = 1e-5  # a direction in which the standardised data vary by less than this is no direction
_DOUBLE = 1e-3  # a combination of neurons with less of their gradients' power says that they agree
_CHANCE = 0.1  # a direction with less than this share of the power it has by chance is noise
_VANISHING = 1e-12  # gradients shorter than this times the longest are zero
_SAME = 1e-6  # of a velocity: two at one point that differ by less are one
_LEAVING = 1e-2  # of the velocities' power: what leads out of a surface by less is error
_STAY = "give states from the whole of the flow"
_TURNED = 0.02  # of a gradient's length: an error of less is no reason to trust it less
_LONG = 0.5  # of the length of those that hold most of the power: one of it is not short, whatever the error


class GradientField:
    """Input gradients of `k` neurons at `N` points of `n` inputs.

    Parameters
    ----------
    points : array (N, n)
        This and the others may be of any type of number, masked, tables or tensors.
    gradients : array (N, n), or (N, k, n) for k neurons
    names : n distinct words, default those of the columns where the points are a table, else x1 ... xn
    values : array (N,) or (N, k), the neurons' values; needed only where they are shown
    tangent : "auto" | None | array (n, m) or (N, n, m)
        Orthonormal basis of the directions in which the data extend. "auto" finds the linear subspace the
        points fill (PCA of the standardised inputs); None says that they fill all of R^n. Gradients are
        only compared after projection onto it.
    measure : Measure, or None
        That of another field, whose points these belong to; None: the points' own.
    error : number or array (N,)
        Standard deviation of a component of a gradient, each input in its spread. None: not known.
    weights : array (N,), what each point counts; None: what the error tells

    Angles between gradients are taken where each input is measured in its own spread, the standard deviation
    `measure.spread` over the points: no input counts more because its unit is small. `points`, `gradients`,
    `values` and `tangent` stay in the reader's coordinates; `projected` and `unit` are in that measure.

    Points at which a value is not finite, masked or missing, or at which every gradient vanishes on the
    tangent space, are dropped; `dropped` counts them. `constant` names the inputs that do not vary over the
    points.

    An error turns a short gradient more than a long one. So a point of gradient length g has the weight
    `g^2 / (s^2 + g^2)`: one of length s is turned by 2 % of it. An error that is not given is what gradients
    at neighbouring points do not share (`directions.noise`); s is then at most half the length of those that
    hold most of the power, `s^2 = sum g^4 / sum g^2 / 4`. `effective` is the number of points of equal weight
    that tell as much (Kish 1965, Survey Sampling).

    Raises
    ------
    DataError
        for wrong shapes, types or names.
    NoGradientError
        when fewer than n + 1 usable points are left, or when no gradient depends on the inputs.

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
        points, gradients, values = _checked_arrays(points, gradients, values)
        count, n = points.shape
        self.names = checked_names(names, n)
        error, weights = _checked_trust(error, weights, count)
        known = [a for a in (points, gradients, values, weights) if a is not None]
        finite = np.logical_and.reduce([_finite(a) for a in known])
        _enough(finite.sum(), n, count, "finite")
        if measure is None:
            measure = measured(points[finite], _checked_tangent(tangent, points))
        cubed = np.where(finite[:, None, None], gradients.reshape(count, -1, n), 0.0)
        projected = measure.project(cubed)
        keep = finite & _usable(cubed * measure.spread, projected)
        _enough(keep.sum(), n, count, "non-vanishing")
        self.points = points[keep]
        _varied(self.points)
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
        """Return the field whose formulas are the first integrals of a flow: what its motion does not change.

        >>> x, v = points.T  # doctest: +SKIP
        >>> interpret(GradientField.from_flow(points, np.stack([v, -x], 1), ("x", "v")))  # doctest: +SKIP

        The gradient of a first integral is at right angles to the velocity. So the neurons of this field span
        all directions on the tangent space but the velocity's, one less than its dimension m, and the loss of
        a formula is the squared cosine between its gradient and the velocity. The number of neurons is no
        promise: few flows have m - 1 independent first integrals that are formulas, and most have none.

        Parameters
        ----------
        points : array (N, n), states
        velocities : array (N, n), how fast they change there, by any clock
        names, tangent, weights : as of any field
        error : number or array (N,)
            Standard deviation of a component of a velocity, each input in units of its spread.

        Points without velocity are dropped, and `dropped` counts them. Where a flow depends on time, time is
        an input with the velocity 1.

        Raises
        ------
        DataError
            for wrong shapes, types or names, points that fill one dimension only, and velocities that lead
            out of the dimensions that the points fill, or differ at one point.
        NoGradientError
            when fewer than n + 1 points have a velocity.

        """
        names = names_of(points, names)
        points, velocities = floats(points, "points"), floats(velocities, "velocities")
        moving = _checked_flow(points, velocities)
        measure = measured(points[moving], _checked_tangent(tangent, points))
        spread = measure.spread
        for number in np.flatnonzero((spread == 0) & velocities[moving].any(0)):
            name = checked_names(names, len(spread))[number]
            raise DataError(f"{name} is the same at all points and has a velocity: {_STAY}")
        slopes = velocities / np.where(spread > 0, spread, np.inf) ** 2  # a field multiplies by the spread
        along = cls(points, slopes, names, measure=measure, error=error, weights=weights)
        return along._across()

    def _across(self):
        """Return the field of all directions on the tangent space but one neuron's, each of its length."""
        vectors = self.projected[:, 0]
        if (vectors**2).sum() < (1 - _LEAVING) * ((self.gradients * self.measure.spread) ** 2).sum():
            raise DataError(
                f"the velocities lead out of the {self.dimension} dimensions of the points: {_STAY}"
            )
        if self.dimension < 2:
            raise DataError("the points lie on one line: motion along it keeps nothing but where the line is")
        span = _across(vectors)  # (N, m, m - 1)
        turned = np.linalg.det(np.concatenate([vectors[..., None], span], axis=2)) < 0
        span[turned, :, -1] *= -1  # in pictures neighbours look alike
        span = span.swapaxes(1, 2) * np.linalg.norm(vectors, axis=1)[:, None, None]
        gradients = self.measure.lift(span[:, 0] if self.dimension == 2 else span)
        about = {"measure": self.measure, "weights": self.weights, "dropped": self.dropped}
        return type(self)(self.points, gradients, self.names, **about)

    @cached_property
    def tangent(self) -> np.ndarray | None:
        """Orthonormal basis (n, m) or (N, n, m) of the directions in which the data extend; None: all."""
        basis = self.measure.basis
        return None if basis is None else np.linalg.qr(self.measure.spread[:, None] * basis)[0]

    @property
    def constant(self) -> tuple[str, ...]:
        """Names of the inputs that do not vary over the points: nothing can be said of them."""
        return tuple(
            name for name, spread in zip(self.names, self.measure.spread, strict=True) if spread == 0
        )

    @cached_property
    def weights(self) -> np.ndarray:
        """How much each point counts (N,); only their ratios matter."""
        return _trusted(self) if self._weights is None else self._weights

    @cached_property
    def surroundings(self):
        """Neighbours of some of the points (`directions.Surroundings`), each input in its spread."""
        spread = self.measure.spread
        return surroundings(self.points / np.where(spread > 0, spread, np.inf))

    @property
    def effective(self) -> float:
        """Number of points of equal weight that tell as much as these."""
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

        The neurons count alike, and so do the points. Combinations with hardly any gradient are left out.
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
        every point (the argument of AI Poincare, arXiv 2011.04698, for conserved quantities). A direction
        counts when it has at least a tenth of the power that it has in independent random gradients, of the
        combinations of the neurons that are uncorrelated and equal in power: noise of up to 2 % of their
        power is told from a concept.
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
        """Gradients (N, n) or (N, k, n) of something else at the same points, in tangent coordinates."""
        return self.measure.project(floats(gradients, "gradients", copy=False))

    def take(self, index: np.ndarray) -> "GradientField":
        """Return the field at some of its points only (an index array or boolean mask), in its measure."""
        values = None if self.values is None else self.values[index]
        about = {"measure": self.measure.take(index), "weights": self.weights[index]}
        about["error"] = self.error if np.ndim(self.error) == 0 else self.error[index]
        some = GradientField(self.points[index], self.gradients[index], self.names, values, **about)
        if self.neurons > 1:  # few points do not tell another rank
            some.__dict__ |= {"rank": self.rank, "unit": self.unit[index]}
        return some

    def steepest(self, share: float) -> "GradientField":
        """Return the field at the share of its points, above 0 up to 1, that has the largest gradients.

        They come in falling order; several neurons count alike. An error that is equally large everywhere
        turns a long gradient least: where a neuron is saturated its directions are noise.
        """
        if isinstance(share, bool) or not (isinstance(share, Real) and 0 < share <= 1):
            raise DataError(f"share must be a number above 0 and up to 1, for example 0.1, got {share!r}")
        count = round(share * len(self))
        if count <= len(self.names):
            raise DataError(
                f"a share of {share} of {len(self)} points leaves {count}, and at least n + 1 = "
                f"{len(self.names) + 1} are needed"
            )
        squares = (self.projected**2).sum(2)  # (N, k)
        power = squares.mean(0)
        size = (squares / np.where(power > 0, power, 1)).sum(1)
        return self.take(np.argsort(-size, kind="stable")[:count])

    def without(self, gradients: np.ndarray) -> "GradientField":
        """Return the field of several concepts on the tangent space without a direction at each point (N, n).

        Given a formula's own gradients, every function of it is constant on what remains: what else the
        neurons hold can be searched for. The gradients that remain are a basis of the rest of their span,
        of one rank less. DataError where the rank is 1.
        """
        if self.rank == 1:
            raise DataError("the neurons hold one concept: nothing is left without it")
        e = self.project(gradients)
        across = _across(e)  # (N, m, m - 1)
        inside = np.einsum("nrm,nm->nr", self.unit, e)
        span = _across(inside).swapaxes(1, 2) @ self.unit  # (N, rank - 1, m)
        basis = self.measure.basis
        measure = Measure(self.measure.spread, across if basis is None else basis @ across)
        left = self.measure.lift(span)
        return GradientField(self.points, left, self.names, measure=measure, weights=self.weights)

    def scaled(self, by: np.ndarray) -> "GradientField":
        """Return the same field of inputs measured in other units (n,): points divided by them."""
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


class Measure(NamedTuple):
    """What lengths and angles of gradients are taken in: units of each input's spread, on the tangent space.

    `spread (n,)` is 0 for an input that does not vary. `basis (n, m)`, or `(N, n, m)` for one at each point,
    is orthonormal in these units; None stands for all directions.
    """

    spread: np.ndarray
    basis: np.ndarray | None

    def project(self, gradients):
        """Tangent coordinates (N, m) or (N, k, m) of gradients (N, n) or (N, k, n)."""
        gradients = gradients * self.spread
        if self.basis is None:
            return gradients
        if self.basis.ndim == 2:
            return gradients @ self.basis
        return np.einsum("i...n,inm->i...m", gradients, self.basis)

    def lift(self, projected):
        """Gradients (N, n) or (N, k, n) of which these are the tangent coordinates."""
        if self.basis is None:
            along = projected
        elif self.basis.ndim == 2:
            along = projected @ self.basis.T
        else:
            along = np.einsum("i...m,inm->i...n", projected, self.basis)
        return np.divide(along, self.spread, out=np.zeros_like(along), where=self.spread > 0)

    def take(self, index):
        """Return the measure at some of the points."""
        return (
            self._replace(basis=self.basis[index])
            if self.basis is not None and self.basis.ndim == 3
            else self
        )


def _checked_arrays(points, gradients, values):
    """Points (N, n), gradients (N, n) or (N, k, n), values (N,) or (N, k) or None, as float64."""
    points, gradients = floats(points, "points"), floats(gradients, "gradients")
    if points.ndim != 2:
        raise DataError(
            f"points must have shape (N, n), got {points.shape}; reshape a table of one row with x[None]"
        )
    count, n = points.shape
    if gradients.ndim not in (2, 3) or gradients.shape[0] != count or gradients.shape[-1] != n:
        raise DataError(
            f"gradients must have shape ({count}, {n}) or ({count}, k, {n}) like the points, "
            f"got {gradients.shape}"
        )
    values = None if values is None else floats(values, "values")
    if values is not None and values.shape != gradients.shape[:-1]:
        raise DataError(
            f"values must have shape {gradients.shape[:-1]}, one for each gradient, got {values.shape}"
        )
    return points, gradients, values


def _checked_flow(points, velocities):
    """Which states (N,) of a flow move, all of shape (N, n); of one state there is one velocity."""
    if points.ndim != 2 or points.shape != velocities.shape:
        raise DataError(
            f"points and velocities must have the same shape (N, n), got {points.shape} and "
            f"{velocities.shape}: one velocity for each point"
        )
    moving = _finite(points) & _finite(velocities) & velocities.any(1)
    if moving.sum() < points.shape[1] + 1:
        raise NoGradientError(
            f"only {moving.sum()} of {len(points)} points have a finite velocity other than zero, at least "
            f"n + 1 = {points.shape[1] + 1} are needed: give states that move"
        )
    some, rates = points[moving], velocities[moving]
    _, first, number = np.unique(some, axis=0, return_index=True, return_inverse=True)
    apart = np.abs(rates - rates[first[number.reshape(-1)]]).max(1)
    if (apart > _SAME * np.abs(rates).max(1)).any():
        raise DataError(
            f"the point {some[apart.argmax()].tolist()} has two velocities: where a flow depends on time, "
            "make time an input with the velocity 1; of repeated measurements give the mean"
        )
    return moving


def _trusted(field):
    """Weights (N,) of the points of a field: of several neurons the mean."""
    length = np.linalg.norm(field.projected, axis=2)  # (N, k)
    most = np.where(length.any(0), length.max(0), 1)
    squares = (length / most) ** 2
    if field.error is not None:
        short = (np.reshape(field.error, (-1, 1)) / most / _TURNED) ** 2
    else:
        error = noise(field.surroundings, field.projected / most[:, None])
        long = (squares**2).sum(0) / np.where(squares.any(0), squares.sum(0), 1)
        short = np.minimum((error / _TURNED) ** 2, _LONG**2 * long)
    return (squares / np.where(squares > 0, short + squares, 1)).mean(1)


def _checked_trust(error, weights, count):
    """Error, a float or an array (N,), and weights (N,), each None where it is not given."""
    if error is not None:
        error = floats(error, "error")
        if error.shape not in ((), (count,)) or not (np.isfinite(error) & (error > 0)).all():
            raise DataError(
                f"error must be a number above 0, or one for each of the {count} points, got {_shown(error)}"
            )
        error = error if error.ndim else float(error)
    if weights is not None:
        weights = floats(weights, "weights")
        if weights.shape != (count,) or (weights < 0).any() or not (weights > 0).any():
            raise DataError(
                f"weights must be {count} numbers from 0, one for each point, and some above 0, "
                f"got {_shown(weights)}"
            )
    return error, weights


def _shown(array):
    least = array.min(initial=np.inf)
    return repr(float(array)) if array.ndim == 0 else f"shape {array.shape}, the least {least:g}"


def _finite(array):
    return np.isfinite(array.reshape(len(array), -1)).all(1)


def _usable(gradients, projected):
    """Points at which some neuron's gradient (N, k, n) is not zero, on the tangent space too."""
    whole = np.linalg.norm(gradients, axis=2).max(axis=1, initial=0)
    length = np.linalg.norm(projected, axis=2).max(axis=1, initial=0)
    if not whole.any():
        raise NoGradientError(
            "the gradient is zero at every point: the neuron does not depend on its input there "
            "(is it dead or saturated?); choose another neuron or other points"
        )
    return (length > _VANISHING * whole.max()) & (length > 1e-9 * whole)


def _varied(points):
    n = points.shape[1]
    for some in (points[: 4 * (n + 1)], points):  # a few nearly always settle it
        different = len(np.unique(some, axis=0))
        if different > n:
            return
    raise DataError(
        f"the points are {different} different ones repeated, at least n + 1 = {n + 1} are needed; "
        "give more points"
    )


def _enough(left, n, count, what):
    if left < n + 1:
        raise NoGradientError(
            f"only {left} of {count} points have a {what} gradient, at least n + 1 = {n + 1} are needed; "
            "give more points, or points where the neuron is not saturated"
        )


def _checked_tangent(tangent, points):
    count, n = points.shape
    if tangent is None or (isinstance(tangent, str) and tangent == "auto"):
        return tangent
    if isinstance(tangent, str):
        raise DataError(f"tangent must be 'auto', None or a basis, got {tangent!r}")
    tangent = floats(tangent, "tangent")
    m = tangent.shape[-1]
    if tangent.shape not in ((n, m), (count, n, m)) or m > n:
        raise DataError(
            f"tangent must have shape ({n}, m) or ({count}, {n}, m) with m <= {n}, got {tangent.shape}"
        )
    gram = np.swapaxes(tangent, -1, -2) @ tangent
    if not np.allclose(gram, np.eye(m), atol=1e-6):
        raise DataError(
            "tangent must be an orthonormal basis: its columns are not; use numpy.linalg.qr(basis)[0]"
        )
    return tangent


def measured(points, tangent="auto"):
    """Measure of points (N, n), with a basis that is orthonormal in the reader's coordinates, or "auto"."""
    spread, axes = _principal(points)
    if isinstance(tangent, str):
        return Measure(spread, axes)
    if tangent is None:
        return Measure(spread, None)
    live = np.where(spread > 0, spread, np.inf)
    return Measure(spread, np.linalg.qr(tangent / live[:, None])[0])


def _principal(points):
    """Spread (n,) of the inputs, and orthonormal axes (n, m) in these units that the points fill; None: all.

    An input whose spread is rounding error has none. Inputs are standardised first, so that their units do
    not matter.
    """
    centred = points - points.mean(0)
    spread = centred.std(0)
    live = spread > _FLAT * 1e-3 * np.abs(points).max(0, initial=1e-300)
    if not live.any():
        raise DataError(f"all {len(points)} points are equal: there is no direction to compare gradients in")
    _, s, vt = np.linalg.svd(centred[:, live] / spread[live], full_matrices=False)
    rank = int((s > _FLAT * s[0]).sum())
    if rank == points.shape[1]:
        return spread, None
    axes = np.zeros((points.shape[1], rank))
    axes[live] = vt[:rank].T
    return np.where(live, spread, 0.0), axes


def _across(vectors):
    """Orthonormal bases (N, m, m - 1) across each of the vectors (N, m)."""
    count, m = vectors.shape
    frame = np.concatenate([vectors[..., None], np.broadcast_to(np.eye(m), (count, m, m))], axis=2)
    return np.linalg.qr(frame)[0][:, :, 1:]


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
