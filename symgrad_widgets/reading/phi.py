"""Fit phi, the monotone function from a formula to the neuron's values."""

from dataclasses import dataclass

import numpy as np

from ..formula.expressions import evaluate

__all__ = ["Phi", "fit_phi"]


@dataclass(frozen=True)
class Phi:
    """The monotone function that bends the formula into the neuron: `neuron = phi(formula)`.

    The function is an isotonic least-squares fit (pool adjacent violators). Call a Phi with values of the
    formula. `r2` is the share of the neuron's variance that the fit explains. `monotonicity` is Spearman's
    rank correlation of the neuron with the formula: 1 or -1 means that one is a monotone function of the
    other.
    """

    formula: np.ndarray  # (N,) ascending
    neuron: np.ndarray  # (N,) fitted
    r2: float
    monotonicity: float

    def __call__(self, values):
        return np.interp(values, self.formula, self.neuron)


def fit_phi(expression, field):
    """Fit a monotone function from the formula's values to the neuron's values; None without values."""
    from scipy.optimize import isotonic_regression
    from scipy.stats import spearmanr

    if field.values is None or field.neurons != 1:
        return None
    values, _ = evaluate(expression, field.names, field.points)
    usable = np.isfinite(values)
    neuron = field.values.reshape(len(field))[usable]
    values = values[usable]
    if len(values) < 3 or np.ptp(values) == 0 or np.ptp(neuron) == 0:
        return None
    rank = float(spearmanr(values, neuron).statistic)
    order = np.argsort(values, kind="stable")
    values, neuron = values[order], neuron[order]
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)  # equal values have one phi
    means = np.bincount(place, neuron) / count
    fitted = isotonic_regression(means, weights=count, increasing=rank >= 0).x[place]
    rest = ((neuron - fitted) ** 2).sum() / ((neuron - neuron.mean()) ** 2).sum()
    return Phi(values, fitted, 1 - float(rest), rank)
