"""Which linear motions of the inputs a neuron does not notice, and which algebra they form."""

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
    """Linear motions `x' = A x + b` under which a neuron, or several, stay the same on the data.

    Attributes
    ----------
    motions : one Generator for each of the d dimensions, the simplest first
    generators, offsets : arrays (d, n, n) and (d, n), their A and b
    residuals : array (d,), mean square of the change along each, divided by that by chance
    next : float, residual of the best motion that is not a symmetry; None if all are
    by_chance : float, the least residual if gradients and points have nothing to do with each other
    structure : Algebra; None if there are no motions, or if their brackets lead out of them
    algebra : str, its name, or None
    unseen : array (n, q), directions in which nothing changes at all, anywhere
    without : names of the inputs that do not matter, each an unseen direction
    trivial : int, how many motions go only along unseen directions; `motions` does not contain them
    points, effective : number of points, and number of points of equal weight that would tell as much
    names : names of the inputs
    proved : for each motion, whether SymPy shows that the formula does not change; () without a formula

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
        """Steady parts b (d, n)."""
        return np.array([one.offset for one in self.motions]).reshape(-1, len(self.names))

    @property
    def algebra(self) -> str | None:
        """Name of the algebra, or None."""
        return None if self.structure is None else self.structure.name

    def drifts(self, model: object, x: ArrayLike, reach: float = 0.5, **reading) -> tuple[Drift, ...]:
        """Ask a model how much its value changes when points move along each motion, both ways.

        `reach` says how far they move: root mean square, each input in units of its spread. `reading` is as
        in `symmetries`. Each `Drift` gives the change near other points, outside the data, and by chance.
        """
        from ...network.gradients import values_at

        points = floats(x, "x")
        return drifts(self, lambda some: values_at(model, some, **reading), points, reach)

    def exchanges(self, model: object, x: ArrayLike, **reading) -> Exchanges:
        """Ask a model of up to eight inputs which orders and signs of these do not change its value.

        `discrete.exchanges` says which it asks about.
        """
        from ...network.gradients import values_at

        return exchanges(lambda some: values_at(model, some, **reading), floats(x, "x"), self.names)

    def __len__(self):
        return len(self.motions)

    def __repr__(self):
        return "\n".join(self._lines())

    def _lines(self):
        count = len(self)
        least = f"by chance the least residual is {self.by_chance:.2g}"
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
    """Find all linear motions `x' = A x + b` under which a neuron, or several, do not change on the data.

    Whatever bends the concept, `grad f . (A x + b) = 0` is linear in A and b, so one eigenproblem finds all
    of them. It needs no closed form. Residuals are divided by those by chance: 0 means a symmetry, 1 means
    that gradients and points have nothing to do with each other. A motion counts if its residual is at most a
    fifth of the least that five shuffles leave, and if neighbouring points share no more than 3e-4 of it:
    what they share is not noise.

    >>> symmetries(model, x, names=("t", "x", "y", "z")).algebra  # doctest: +SKIP
    'so(1,3)'

    Parameters
    ----------
    model_or_field : torch.nn.Module, or a GradientField, of up to 16 inputs
    x : array (N, n), points to ask a model at
    formula : formula, or several; SymPy then tries to prove that the motions do not change it
    constraints : equations that hold on the data, for this proof
    random_state : seed of the shuffles
    reading : layer, neuron, names and so on, as in `gradient_field`

    Raises
    ------
    DataError
        if there are more than 16 inputs, and if you give a field, which has points, and other points.

    """
    field = _field(model_or_field, x, reading)
    if len(field.names) > _MOST_INPUTS:
        raise DataError(
            f"symmetries takes up to {_MOST_INPUTS} inputs, got {len(field.names)}: "
            "take a layer's output as the input, wrt=..., or give a field of fewer inputs"
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
        raise DataError("give the points to ask the model at: symmetries(model, x), an array (N, n)")
    return gradient_field(model_or_field, x, **reading)


def _motions(found, sample):
    """Generators of the symmetries, and their matrices (d, r + 1, r + 1) in the seen directions."""
    m = len(sample.free)
    shift = sample.centre / sample.spread
    space = found.motions.copy()  # from here on from the reader's origin
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
    """Quadratic forms of the numbers of a motion: see `simple.Forms`."""
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
    """Unseen directions (n, q) in the reader's coordinates, each with 1 for the input that moves most."""
    spread = sample.field.measure.spread
    directions = spread[:, None] * (sample.lift @ unseen)
    most = np.abs(directions).argmax(0)
    return directions / directions[most, range(directions.shape[1])]


def _without(unseen, sample):
    """Names of free inputs that do not matter: each lies in the unseen directions."""
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
