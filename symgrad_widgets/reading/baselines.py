"""Baselines for comparison with gradient matching: formulas fitted to a neuron's value or to labels.

Each function returns a front: `Fit`s in order of rising complexity, each with a smaller error than all
simpler ones. The fit uses no gradients. Afterwards each formula is scored by its gradients, so that you can
compare it with the formulas of a search.
"""

import dataclasses
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import sympy as sp

from ..arrays import floats
from ..checks import duration, whole
from ..errors import DataError, ExpressionError, SymgradError
from ..field import GradientField
from ..formula.expressions import evaluate, parse
from ..search import Candidate, score

__all__ = ["Fit", "MissingPackageError", "fit_labels", "fit_polynomials", "fit_value"]

_SYMBOLS = "add,sub,mul,div,sin,exp,constant,variable"  # the operators of arXiv 2401.04978
_POPULATION = 1000
_LONGEST = 30  # nodes of a formula, as in arXiv 2401.04978
_POINTS, _LEAST = 500, 20  # points to fit on: most, and fewest
_HIGHEST = 6  # degree of a polynomial
_HELD_OUT = 1 / 3
_NEGLIGIBLE = 0.01  # a polynomial's term is left out below this share of the largest term's spread


class MissingPackageError(SymgradError, ImportError):
    """A package for this comparison is not installed."""


@dataclass(frozen=True, repr=False)
class Fit(Candidate):
    """A formula fitted without gradients; `error` is measured on held-out points.

    For values, the error is the share of the variance that is not explained; for labels, it is the share of
    wrong labels. `loss` is the mean `1 - cos^2`, as for every Candidate.
    """

    error: float = dataclasses.field(kw_only=True)

    def __repr__(self):
        return f"{super().__repr__()[:-1]}, error={self.error:.3g})".replace("Candidate", "Fit")


def fit_value(x, values, field, seconds=20, random_state=0, evaluations=200_000):
    """Fit a formula to a neuron's value by the usual method, symbolic regression (least squares).

    Genetic programming finds the best formula of each length, and least squares fits the constants (operon:
    Burlacu, Kronberger, Kommenda 2020). The formula has to describe the whole neuron, including its outer
    function phi.

    >>> fit_value(field.points, field.values, field)  # doctest: +SKIP

    Parameters
    ----------
    x, values : arrays (N, n) and (N,) of points and of the neuron's values at these points
    field : GradientField, used only to name the inputs and to score the formulas found
    seconds : time limit, rounded up to whole seconds, or None
    random_state : int; the same seed gives the same front if `evaluations` ends the run
    evaluations : the largest number of formulas to try; 200,000 take about three seconds

    Returns
    -------
    tuple of Fit

    Raises
    ------
    DataError
        if the arrays do not fit each other, or do not fit the field.
    MissingPackageError
        if pyoperon is not installed.

    """
    x, values = _checked(x, values, field)
    return _regression(x, _standard(values), field, _unexplained, seconds, random_state, evaluations)


def fit_labels(x, y, field, seconds=20, random_state=0, evaluations=200_000):
    """Fit a formula whose sign is the label (symbolic classification), without a network.

    The two kinds of labels become -1 and 1. The fit minimises the squared error, with free scale and offset.
    (The baseline of arXiv 2401.04978 minimises the hinge loss, which operon does not have. With either
    loss, the best formula is positive for one kind of label only.) Arguments, result and errors are as in
    `fit_value`.
    """
    classes = np.unique(np.asarray(y))
    if len(classes) != 2:
        raise DataError(f"labels must be of two kinds, got {len(classes)}")
    x, signs = _checked(x, np.where(np.asarray(y) == classes[1], 1.0, -1.0), field)
    return _regression(x, signs, field, _wrong, seconds, random_state, evaluations)


def fit_polynomials(x, values, field, degree=3):
    """Fit the value by polynomials, one of each degree up to `degree`, as arXiv 2003.04299 does for latents.

    This is a least-squares fit over all monomials of the inputs. Terms that contribute less than 1 % of the
    largest term are left out, and the others are fitted again. Arguments, result and errors are as in
    `fit_value`.
    """
    x, values = _checked(x, values, field)
    if not 1 <= whole(degree, "degree") <= _HIGHEST:
        raise DataError(f"degree must be from 1 to {_HIGHEST}, got {degree}")
    target, (fit, held) = _standard(values), _split(len(x), 0)
    formulas = [_polynomial(field.names, x[fit], target[fit], d) for d in range(1, degree + 1)]
    return _front(_fit(formula, field, x[held], target[held], _unexplained) for formula in formulas)


def _checked(x, target, field):
    if not isinstance(field, GradientField):
        raise DataError(f"field must be a GradientField, got {type(field).__name__}")
    x, target = floats(x, "points"), floats(target, "values")
    if target.ndim != 1 or x.shape != (len(target), len(field.names)):
        raise DataError(
            f"the fit takes points (N, {len(field.names)}), columns for {', '.join(field.names)}, and "
            f"a number for each point: got {x.shape} and {target.shape}"
        )
    if len(x) < _LEAST or not (np.isfinite(x).all() and np.isfinite(target).all() and np.ptp(target) > 0):
        raise DataError(f"the fit needs at least {_LEAST} finite points whose values are not all equal")
    return x, target


def _standard(values):
    """Scale values to mean 0 and variance 1, because operon finds little if errors are far above 1."""
    return (values - values.mean()) / values.std()


def _regression(x, target, field, error, seconds, random_state, evaluations):
    seconds = duration(seconds)
    regressor = _operon()(
        allowed_symbols=_SYMBOLS,
        objectives=["mse", "length"],
        optimizer_iterations=5,
        max_length=_LONGEST,
        population_size=_POPULATION,
        generations=10**6,
        max_evaluations=whole(evaluations, "evaluations"),
        max_time=None if np.isinf(seconds) else max(int(np.ceil(seconds)), 1),
        random_state=whole(random_state, "random_state"),
    )
    fit, held = _split(len(x), random_state)
    regressor.fit(x[fit], target[fit])
    formulas = filter(None, (_read(row["model"], field.names) for row in regressor.pareto_front_))
    return _front(_fit(formula, field, x[held], target[held], error) for formula in formulas)


def _operon():
    try:
        from pyoperon.sklearn import SymbolicRegressor
    except ImportError as error:
        raise MissingPackageError(
            f"fitting values and labels needs pyoperon ({error}): "
            'pip install "symgrad-widgets[compare]", or pip install pyoperon'
        ) from None
    return SymbolicRegressor


def _split(count, seed):
    order = np.random.default_rng(seed).permutation(count)
    held = int(count * _HELD_OUT)
    return order[held:][:_POINTS], order[:held]


def _read(text, names):
    """Read operon's text, in which inputs are X1, X2, ...; None if the formula has no inputs or no value."""
    numbered = [f"X{i}" for i in range(1, len(names) + 1)]
    pairs = zip(numbered, names, strict=True)
    symbols = {sp.Symbol(number, real=True): sp.Symbol(name, real=True) for number, name in pairs}
    try:
        formula = parse(text, numbered).xreplace(symbols)
    except ExpressionError:  # a constant divided by zero, or too large
        return None
    return formula if formula.free_symbols else None


def _fit(formula, field, points, target, error):
    """Return the `Fit` of a formula: its error on the target, and its loss without scale and offset."""
    predicted = evaluate(formula, field.names, points)[0]
    scored = score(field, formula.as_coeff_Add()[1].as_coeff_Mul()[1])
    return Fit(**vars(scored), error=error(predicted, target))


def _unexplained(predicted, values):
    with np.errstate(all="ignore"):
        share = float(((predicted - values) ** 2).mean() / values.var())
    return share if np.isfinite(share) else np.inf


def _wrong(predicted, signs):
    return float((np.sign(predicted) != signs).mean())


def _front(fits):
    """Sort formulas from simple to complex; keep those that have a smaller error than all simpler ones."""
    front = []
    for fit in sorted(fits, key=lambda fit: (fit.complexity, fit.error)):
        if np.isfinite(fit.error) and (not front or fit.error < front[-1].error):
            front.append(fit)
    return tuple(front)


def _polynomial(names, points, values, degree):
    symbols = [sp.Symbol(name, real=True) for name in names]
    powers = [
        part for d in range(1, degree + 1) for part in combinations_with_replacement(range(len(names)), d)
    ]
    columns = np.stack([points[:, part].prod(1) for part in powers], 1)
    coefficients = _least_squares(columns, values)
    weight = np.abs(coefficients) * columns.std(0)
    kept = np.flatnonzero(weight >= _NEGLIGIBLE * weight.max())
    numbers = _least_squares(columns[:, kept], values)
    terms = [float(c) * sp.Mul(*(symbols[i] for i in powers[k])) for c, k in zip(numbers, kept, strict=True)]
    offset = (values - columns[:, kept] @ numbers).mean()
    return sp.Add(sp.Float(offset, 6), *terms).n(6)


def _least_squares(columns, values):
    return np.linalg.lstsq(columns - columns.mean(0), values - values.mean(), rcond=None)[0]
