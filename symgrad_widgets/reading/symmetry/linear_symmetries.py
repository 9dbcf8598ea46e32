"""Find the linear motions of the inputs that do not change a neuron, and their Lie algebra."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from ...arrays import floats
from ...errors import DataError
from ...field import GradientField
from ...formula.expressions import as_expression
from ...verdict import Surface, read_equation, vanishes
from .algebra import Algebra, algebra_of
from .discrete import Exchanges, exchanges
from .generator import Generator, numbered
from .invariance import invariance
from .orbit_test import Drift, drifts
from .sample import sampled
from .simple import Forms, simplest

__all__ = ["Symmetries", "symmetries"]

_MOST_INPUTS = 16
_READING = ("layer", "neuron", "wrt", "forward_args", "smooth", "training", "of", "names")


@dataclass(frozen=True, repr=False)
class Symmetries:
    """Linear motions `x' = A x + b` that leave one or several neurons unchanged on the data.

    Attributes
    ----------
    motions : one Generator for each of the d dimensions, the simplest first
    generators, offsets : arrays (d, n, n) and (d, n), the A and b of the motions
    residuals : array (d,), mean square of the change along each motion, divided by the value expected by
        chance
    next : float, residual of the best motion that is not a symmetry; None if all motions are symmetries
    by_chance : float, the smallest residual if gradients and points are independent
    structure : Algebra; None if there are no motions, or if their brackets (commutators) leave the span
    algebra : str, name of the algebra, or None
    unseen : array (n, q), directions along which the neurons do not change
    without : names of the inputs that do not matter: each is an unseen direction
    trivial : int, number of motions that go only along unseen directions; `motions` does not contain them
    points : number of points
    effective : number of equally weighted points with as much information as the weighted points
    names : names of the inputs
    proved : for each motion, whether SymPy shows that the motion leaves the formula unchanged; () without a
        formula

    """

    motions: tuple[Generator, ...]
    residuals: np.ndarray
    next: float | None
    by_chance: float
    structure: Algebra | None
    unseen: np.ndarray
    without: tuple[str, ...]
    trivial: int
    points: int
    effective: float
    names: tuple[str, ...]
    proved: tuple[bool, ...] = ()

    @property
    def generators(self) -> np.ndarray:
        """Matrices A (d, n, n)."""
        n = len(self.names)
        return np.array([one.matrix for one in self.motions]).reshape(-1, n, n)

    @property
    def offsets(self) -> np.ndarray:
        """Constant parts b (d, n)."""
        return np.array([one.offset for one in self.motions]).reshape(-1, len(self.names))

    @property
    def algebra(self) -> str | None:
        """Name of the algebra, or None."""
        return None if self.structure is None else self.structure.name

    def drifts(self, model: object, x: ArrayLike, reach: float = 0.5, **reading) -> tuple[Drift, ...]:
        """Ask a model how much its value changes when points move along each motion, in both directions.

        `reach` is the root mean square distance that the points move, with each input in units of its spread.
        `reading` is as in `symmetries`. Each `Drift` gives the change near the data, outside the data, and
        by chance.
        """
        from ...network.gradients import values_at

        points = floats(x, "x")
        return drifts(self, lambda some: values_at(model, some, **reading), points, reach)

    def exchanges(self, model: object, x: ArrayLike, **reading) -> Exchanges:
        """Ask a model of up to eight inputs which reorderings and sign changes leave its value unchanged.

        `discrete.exchanges` says which exchanges it tries.
        """
        from ...network.gradients import values_at

        return exchanges(lambda some: values_at(model, some, **reading), floats(x, "x"), self.names)

    def __len__(self):
        return len(self.motions)

    def __repr__(self):
        return "\n".join(self._lines())

    def _lines(self):
        count = len(self)
        least = f"by chance the smallest residual is {self.by_chance:.2g}"
        after = "" if self.next is None else f", the next motion's {self.next:.1g}"
        if not count:
            yield f"No linear motion leaves the neuron as it is ({least}{after})."
        else:
            named = f", {self.algebra}" if self.algebra else ", whose brackets lead out of them"
            yield f"{count} linear motion{'s'[: count > 1]}{named} ({least}{after}):"
        for number, one in enumerate(self.motions):
            proof = " (proved)" if self.proved and self.proved[number] else ""
            yield f"  {one}  [{one.residual:.1e}]{proof}"
        if self.trivial:
            alone = f", {', '.join(self.without)} among them" if self.without else ""
            count = self.unseen.shape[1]
            seen = f"{count} direction{'s are' if count > 1 else ' is'} not seen at all{alone}"
            yield f"{seen}: {self.trivial} trivial motions."


def symmetries(
    model_or_field: object,
    x: ArrayLike | None = None,
    *,
    formula: object = None,
    constraints: Iterable = (),
    random_state: int = 0,
    **reading,
) -> Symmetries:
    """Find all linear motions `x' = A x + b` that leave one or several neurons unchanged on the data.

    For a neuron f, the condition is `grad f . (A x + b) = 0`. This condition is linear in A and b, so one
    eigenproblem finds all these motions. No closed form is needed. Residuals are divided by the values
    expected by chance: 0 means a symmetry, and 1 means that gradients and points are independent. A motion
    counts as a symmetry under three conditions. First, its residual is less than a fifth of the smallest
    residual by chance (the mean over five shuffles). Second, the part of the residual that is not noise is
    less than 3e-4, or less than a tenth of the residual. (Errors at single points are independent, so changes
    that other points predict are not noise.) Third, there is a gap: the residual of the next
    motion, which is not a symmetry, is at least three times as large.

    >>> symmetries(model, x, names=("t", "x", "y", "z")).algebra  # doctest: +SKIP
    'so(1,3)'

    Parameters
    ----------
    model_or_field : torch.nn.Module, or a GradientField, of up to 16 inputs
    x : array (N, n), points at which to read a model
    formula : formula, or several; SymPy then tries to prove that the motions leave it unchanged
    constraints : equations that hold on the data, for this proof
    random_state : seed of the shuffles
    reading : layer, neuron, names and so on, as in `gradient_field`

    Raises
    ------
    DataError
        if there are more than 16 inputs, or if you pass points together with a field, which has its own
        points.

    """
    field = _field(model_or_field, x, reading)
    if len(field.names) > _MOST_INPUTS:
        raise DataError(
            f"symmetries takes up to {_MOST_INPUTS} inputs, got {len(field.names)}: "
            "take a layer's output as the input, wrt=..., or pass a field of fewer inputs"
        )
    sample = sampled(field)
    found = invariance(sample, random_state)
    motions, matrices = _motions(found, sample)
    count = found.count
    return Symmetries(
        motions=motions,
        residuals=np.array([one.residual for one in motions]),
        next=float(found.residuals[count]) if count < len(found.residuals) else None,
        by_chance=found.least,
        structure=algebra_of(matrices) if count else None,
        unseen=_lifted(found.unseen, sample),
        without=_without(found.unseen, sample),
        trivial=found.trivial,
        points=len(field),
        effective=field.effective,
        names=field.names,
        proved=_proved(motions, formula, constraints, field),
    )


def _field(model_or_field, x, reading):
    if isinstance(model_or_field, GradientField):
        if x is not None or reading:
            others = ", ".join(["x", *reading])
            raise DataError(f"a GradientField brings its own points and names: leave out {others}")
        return model_or_field
    from ...network.gradients import gradient_field

    if x is None:
        raise DataError("pass points at which to read the model: symmetries(model, x), an array (N, n)")
    return gradient_field(model_or_field, x, **reading)


def _motions(found, sample):
    """Return generators of the symmetries, and their matrices (d, r + 1, r + 1) in the seen directions."""
    m = len(sample.free)
    shift = sample.centre / sample.spread
    space = found.motions.copy()  # from here on, relative to the user's origin
    space[..., -1] -= space[..., :-1] @ shift
    forms = _forms(sample, shift)
    limit = float(found.residuals[: found.count].max(initial=0))
    simple = simplest(space.reshape(len(space), m * (m + 1)).T, forms, limit)
    into, back = found.effective
    matrices = np.zeros((len(simple), len(into) + 1, len(into) + 1))
    motions = tuple(numbered(one, sample, forms) for one in simple)
    for matrix, one in zip(matrices, motions, strict=True):
        A = one.matrix[np.ix_(sample.free, sample.free)] * sample.spread / sample.spread[:, None]
        b = one.offset[sample.free] / sample.spread + A @ shift
        size = np.sqrt((A**2).sum() + (b**2).sum())
        matrix[:-1, :-1], matrix[:-1, -1] = into @ A @ back / size, into @ b / size
    order = sorted(range(len(motions)), key=lambda k: len(motions[k].coefficients))
    return tuple(motions[k] for k in order), matrices[order].reshape(-1, len(into) + 1, len(into) + 1)


def _forms(sample, shift):
    """Return quadratic forms in the numbers of a motion, as in `simple.Forms`."""
    ones = np.column_stack([sample.places + shift, np.ones(len(sample.places))])
    weights, rows = sample.weights, sample.rows
    products = np.einsum("n,nkm,nb->nkmb", np.sqrt(weights), rows, ones)
    products = products.reshape(-1, ones.shape[1] * rows.shape[2])
    squares = np.einsum("nkm,nkl->nml", rows, rows)
    power, moments = np.einsum("n,nml->ml", weights, squares), (weights[:, None] * ones).T @ ones
    errors = weights / (sample.field.projected**2).sum((1, 2))
    across = np.einsum("n,nml,na,nb->malb", errors, sample.metric - squares, ones, ones, optimize=True)
    return Forms(
        products.T @ products, np.kron(power, moments), across.reshape(products.shape[1], -1) / errors.sum()
    )


def _lifted(unseen, sample):
    """Return unseen directions (n, q) in the user's coordinates, each scaled to 1 for its largest input."""
    spread = sample.field.measure.spread
    directions = spread[:, None] * (sample.lift @ unseen)
    most = np.abs(directions).argmax(0)
    return directions / directions[most, range(directions.shape[1])]


def _without(unseen, sample):
    """Return the names of the free inputs that do not matter, because they are unseen directions."""
    inside = (unseen**2).sum(1)
    return tuple(sample.field.names[i] for i, share in zip(sample.free, inside, strict=True) if share > 0.99)


def _proved(motions, formula, constraints, field):
    if formula is None:
        return ()
    formulas = formula if isinstance(formula, list | tuple) else [formula]
    formulas = [as_expression(getattr(one, "expression", one), field.names) for one in formulas]
    exact = [sp.nsimplify(one, rational=True) for one in formulas]
    surface = Surface.of(field.names, [read_equation(one, field.names) for one in constraints], field)
    changes = ([surface.restrict(one.changes(g)) for g in exact] for one in motions)
    return tuple(all(vanishes(change, surface.implicit) for change in some) for some in changes)
