"""How a formula is bent into the neuron: `neuron = phi(formula)`."""

import numpy as np

from .. import plots
from ..errors import DataError
from ..formula.expressions import evaluate
from ..reading.phi import fit_phi
from .fieldbox import FieldBox
from .panel import Panel

__all__ = ["PhiView"]


class PhiView(FieldBox):
    """The neuron's value against the formula's with the fitted monotone `phi`, and what phi leaves.

    >>> view = sg.PhiView(field, "x**2 + v**2")
    >>> view.candidate = search.best
    >>> view.phi.r2, view.phi.monotonicity

    Parameters
    ----------
    field : GradientField of one neuron, with its values
    candidate : formula (text, SymPy, Candidate or Interpretation), or None
        Both may be assigned later; what cannot be shown raises, and nothing changes.
    beside : bool, whether what phi leaves is drawn, too

    Attributes
    ----------
    phi : Phi, or None without a formula or where the formula is constant on the data

    """

    def __init__(self, field, candidate=None, *, beside=True):
        self._checked(field)
        self.phi = None
        self._curve, self._rest = Panel(), Panel() if beside else None
        super().__init__(list(filter(None, [self._curve, self._rest])), field=field, candidate=candidate)

    def _checked(self, field):
        if super()._checked(field).values is None or field.neurons != 1:
            raise DataError(
                "phi is of one neuron and needs its values: make the field with gradient_field(model, x), or "
                "give GradientField(points, gradients, values=...)"
            )
        return field

    def _draw(self):
        self.phi = None if self.candidate is None else fit_phi(self.candidate, self.field)
        curve, *rest = self.pictures()
        self._curve.show(curve)
        if self._rest is not None:
            self._rest.layout.display = "" if rest else "none"
            for residuals in rest:
                self._rest.show(residuals)

    def pictures(self):
        """The neuron against the formula, and the residuals; without a formula the neuron's values."""
        field, neuron = self.field, self.field.values.reshape(len(self.field))
        if self.phi is None:
            return [plots.activation_picture(field.points, neuron, field.names, what="the neuron")]
        formula, what = evaluate(self.candidate, field.names, field.points)[0], str(self.candidate)
        usable = np.isfinite(formula)
        both = formula[usable], neuron[usable], self.phi, what
        return [plots.phi_picture(*both), plots.residual_picture(*both)]

    @property
    def words(self):
        """What is shown, in words."""
        if self.candidate is None:
            return self._curve.words
        if self.phi is None:
            return (
                f"{self.candidate} or the neuron has one value on the data, or none: there is no phi to fit."
            )
        rest = "" if self._rest is None else f" {self._rest.words}"
        return f"{self._curve.words} phi explains {self.phi.r2:.2%} of the neuron's variance.{rest}"
