"""One motion that a neuron does not notice, in words and numbers."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp

from ...search import covariance, groups_of
from .motion_names import named

__all__ = ["Coefficient", "Generator", "numbered"]

_WIDE = 2.0  # standard errors on either side of a number
_AS_GOOD = 4.5  # standard errors within which a fraction is as good: networks also err as a whole
_BY_CHANCE = 0.1  # at most so many equally simple fractions lie in the interval by chance
_LARGEST = 12  # in a fraction
_LEAST = 1e-9  # relative width of an interval
_ROUNDING = 1e-12  # of the largest number


@dataclass(frozen=True)
class Coefficient:
    """A number of a generator: how fast `input` moves where `per` is 1; for `per` "1", a steady motion.

    It lies between `low` and `high` with 95 % confidence, if the generator's largest number is held fixed.
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
    coefficients : tuple of Coefficient, the nonzero ones of the inputs that can be chosen freely
    residual : mean square of what it changes, divided by that by chance
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
        """Velocity of each input that moves, as a formula of the inputs."""
        symbols = [sp.Symbol(name, real=True) for name in self.names]
        found = {}
        for name, row, steady in zip(self.names, self.matrix, self.offset, strict=True):
            parts = [_exact(a) * x for a, x in zip(row, symbols, strict=True) if a]
            if parts or steady:
                found[name] = sp.Add(*parts, _exact(steady))
        return found

    def moved(self, points: np.ndarray, parameter: float) -> np.ndarray:
        """Points (N, n) after the time `parameter` of the motion, on their orbits."""
        from scipy.linalg import expm

        n = len(self.names)
        whole = np.zeros((n + 1, n + 1))
        whole[:-1, :-1], whole[:-1, -1] = self.matrix, self.offset
        flow = expm(parameter * whole)
        return points @ flow[:-1, :-1].T + flow[:-1, -1]

    def time(self, points: np.ndarray) -> float:
        """How long points (N, n) take to move by one spread of the inputs, root mean square."""
        spread = points.std(0)
        speed = (points @ self.matrix.T + self.offset)[:, spread > 0] / spread[spread > 0]
        return float(1 / np.sqrt((speed**2).mean()))

    def changes(self, expression) -> sp.Expr:
        """How fast a formula changes along the motion: 0 if the motion is its symmetry."""
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
    """Return the `Generator` of a `Simple`; its numbers are fractions if few would fit by chance."""
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
    """Factors (m (m + 1),) that turn numbers in spreads into the reader's numbers."""
    return (sample.spread[:, None] / np.append(sample.spread, 1)[None]).ravel()


def _intervals(simple, sample, scale):
    """Numbers in the reader's coordinates, the largest 1 or -1, with lower and upper bounds: three (K,)."""
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
    """Sign of the largest number: if two inputs move each other, the later one follows the first."""
    table = numbers.reshape(m, m + 1) / numbers[lead]
    below = table[:, :m][np.tril_indices(m, -1)]
    told = below if below.any() else table.ravel()
    return np.sign(told[told.nonzero()[0][0]])


def _errors(numbers, rest, sample):
    """Standard errors of the numbers `rest` if the largest is held fixed; neighbours err together."""
    ones = np.column_stack([sample.places + sample.centre / sample.spread, np.ones(len(sample.places))])
    m = len(sample.free)
    changes = np.einsum("nkm,mb,nb->nk", sample.rows, numbers.reshape(m, m + 1), ones)
    i, j = np.unravel_index(rest, (m, m + 1))
    slopes = sample.rows[:, :, i] * ones[:, None, j]
    curvature = np.einsum("n,nks,nkt->st", sample.weights, slopes, slopes)
    scores = sample.weights[:, None] * np.einsum("nk,nks->ns", changes, slopes)
    return np.sqrt(np.diag(covariance(curvature, scores, groups_of(sample.field.points))))


def _simple(low, high, value):
    """Simplest fraction between two numbers, if one so simple would hardly lie there by chance."""
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
