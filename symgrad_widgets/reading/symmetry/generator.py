"""Describe a motion that does not change a neuron, in words and numbers."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp

from ...search import covariance, groups_of
from .motion_names import named

__all__ = ["Coefficient", "Generator", "numbered"]

_WIDE = 2.0  # standard errors on either side of a number
_AS_GOOD = 4.5  # standard errors within which a fraction may replace a number
_BY_CHANCE = 0.1  # at most this many equally simple fractions are expected in the interval by chance
_LARGEST = 12  # largest number in a fraction
_LEAST = 1e-9  # relative width of an interval
_ROUNDING = 1e-12  # numbers below this share of the largest are rounding


@dataclass(frozen=True)
class Coefficient:
    """`value` times `per` is one part of the speed of `input`; if `per` is "1", this part is constant.

    With the generator's largest number fixed, the coefficient lies between `low` and `high` with 95 %
    confidence.
    """

    input: str
    per: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Generator:
    """A motion `x' = matrix @ x + offset` along which a neuron does not change.

    Attributes
    ----------
    kind : "turn" | "boost" | "scaling" | "shear" | "shift" | "mixed"
    name : str, such as "turns x into v"
    matrix, offset : arrays (n, n), (n,)
    coefficients : tuple of Coefficient, the nonzero numbers for the free inputs (those that determine the
        others)
    residual : mean square of the neuron's change along the motion, divided by the value expected by chance
    names : names of the n inputs

    """

    kind: str
    name: str
    matrix: np.ndarray
    offset: np.ndarray
    coefficients: tuple[Coefficient, ...]
    residual: float
    names: tuple[str, ...]

    @property
    def velocities(self) -> dict[str, sp.Expr]:
        """Velocity of each input that moves, as a formula in the inputs."""
        symbols = [sp.Symbol(name, real=True) for name in self.names]
        found = {}
        for name, row, steady in zip(self.names, self.matrix, self.offset, strict=True):
            parts = [_exact(a) * x for a, x in zip(row, symbols, strict=True) if a]
            if parts or steady:
                found[name] = sp.Add(*parts, _exact(steady))
        return found

    def moved(self, points: np.ndarray, parameter: float) -> np.ndarray:
        """Move points (N, n) along their orbits for the time `parameter`."""
        from scipy.linalg import expm

        n = len(self.names)
        whole = np.zeros((n + 1, n + 1))
        whole[:-1, :-1], whole[:-1, -1] = self.matrix, self.offset
        flow = expm(parameter * whole)
        return points @ flow[:-1, :-1].T + flow[:-1, -1]

    def time(self, points: np.ndarray) -> float:
        """Return the time in which points (N, n) move by one spread of the inputs, as a root mean square."""
        spread = points.std(0)
        speed = (points @ self.matrix.T + self.offset)[:, spread > 0] / spread[spread > 0]
        return float(1 / np.sqrt((speed**2).mean()))

    def changes(self, expression) -> sp.Expr:
        """Return the rate of change of a formula along the motion: 0 if the motion is a symmetry."""
        moved = (sp.diff(expression, sp.Symbol(n, real=True)) * v for n, v in self.velocities.items())
        return sp.Add(*moved)

    def __str__(self):
        motion = ", ".join(f"{name}' = {v}" for name, v in self.velocities.items())
        return f"{self.name}: {motion}"


def _exact(number):
    fraction = Fraction(float(number)).limit_denominator(_LARGEST)
    if fraction and abs(float(fraction) / number - 1) < 1e-12:
        return sp.Rational(fraction.numerator, fraction.denominator)
    return sp.Float(float(f"{number:.4g}"), 4)


def numbered(simple, sample, forms):
    """Return the `Generator` of a `Simple`.

    A number is written as a fraction if such a fraction is unlikely to fit by chance.
    """
    m, scale = len(sample.free), _scales(sample)
    numbers, low, high = _intervals(simple, sample, scale)
    names = [sample.field.names[i] for i in sample.free]
    A, b = np.hsplit(numbers.reshape(m, m + 1), [m])
    back = numbers / scale
    spread = sample.field.measure.spread
    lift = spread[:, None] * sample.lift / sample.spread
    matrix = np.zeros((len(spread), len(spread)))
    matrix[:, sample.free] = lift @ A
    kind, name = named(A, b[:, 0], names)
    return Generator(
        kind=kind,
        name=name,
        matrix=_clean(matrix),
        offset=_clean(lift @ b[:, 0]),
        coefficients=tuple(
            Coefficient(names[k // (m + 1)], [*names, "1"][k % (m + 1)], *map(float, three))
            for k, *three in zip(
                simple.support, *(x[simple.support] for x in (numbers, low, high)), strict=True
            )
        ),
        residual=forms.residual(back),
        names=sample.field.names,
    )


def _clean(array):
    return np.where(np.abs(array) > _ROUNDING * np.abs(array).max(initial=0), array, 0.0)


def _scales(sample):
    """Return factors (m (m + 1),) that turn a motion's numbers into numbers in the user's coordinates."""
    return (sample.spread[:, None] / np.append(sample.spread, 1)[None]).ravel()


def _intervals(simple, sample, scale):
    """Return a motion's numbers in the user's coordinates, and their lower and upper bounds: arrays (K,).

    The numbers are scaled such that the largest is 1 or -1.
    """
    numbers, rest = simple.numbers, simple.support
    lead = rest[np.abs(numbers[rest]).argmax()]
    rest = rest[rest != lead]
    error = np.zeros(len(numbers))
    if len(rest):
        error[rest] = _errors(numbers, rest, sample)
    size = scale / (numbers[lead] * scale[lead]) * _sign(numbers, lead, len(sample.free))
    numbers, error = numbers * size, error * np.abs(size)
    for k in rest:
        wide = _AS_GOOD * error[k]
        numbers[k] = _simple(numbers[k] - wide, numbers[k] + wide, numbers[k])
    return numbers, numbers - _WIDE * error, numbers + _WIDE * error


def _sign(numbers, lead, m):
    """Return a sign for the numbers, such that earlier inputs turn into later ones."""
    table = numbers.reshape(m, m + 1) / numbers[lead]
    below = table[:, :m][np.tril_indices(m, -1)]
    told = below if below.any() else table.ravel()
    return np.sign(told[told.nonzero()[0][0]])


def _errors(numbers, rest, sample):
    """Return standard errors of a motion's numbers `rest`, with the largest number fixed.

    Neighbouring points form groups, because they have similar errors.
    """
    ones = np.column_stack([sample.places + sample.centre / sample.spread, np.ones(len(sample.places))])
    m = len(sample.free)
    changes = np.einsum("nkm,mb,nb->nk", sample.rows, numbers.reshape(m, m + 1), ones)
    i, j = np.unravel_index(rest, (m, m + 1))
    slopes = sample.rows[:, :, i] * ones[:, None, j]
    curvature = np.einsum("n,nks,nkt->st", sample.weights, slopes, slopes)
    scores = sample.weights[:, None] * np.einsum("nk,nks->ns", changes, slopes)
    return np.sqrt(np.diag(covariance(curvature, scores, groups_of(sample.field.points))))


def _simple(low, high, value):
    """Return the simplest fraction from `low` to `high`, or `value` if a fraction could fit by chance."""
    if not np.isfinite([low, high]).all() or low * high <= 0:
        return value
    slack = _LEAST * abs(value)
    width = max(high - low, slack) / abs(value)
    for size in range(1, _LARGEST + 1):
        if width * size**2 > _BY_CHANCE:
            break
        for p, q in ((p, q) for p in range(1, size + 1) for q in range(1, size + 1) if max(p, q) == size):
            fraction = np.copysign(p / q, value)
            if low - slack <= fraction <= high + slack:
                return fraction
    return value
