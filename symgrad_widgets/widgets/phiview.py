"""How a formula is bent into the neuron: `neuron = phi(formula)`."""

import numpy as np

from .. import plots
from ..errors import DataError
from ..formula.expressions import evaluate
from ..reading.phi import fit_phi
from .fieldbox import FieldBox

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

    panels = ("bend", "rest")
    _plots = panels

    def __init__(self, field, candidate=None, *, beside=True):
        self._checked(field)
        self.phi = None
        super().__init__(self.panels if beside else ("bend",), field=field, candidate=candidate)

    def _checked(self, field):
        if super()._checked(field).values is None or field.neurons != 1:
            raise DataError(
                "phi is of one neuron and needs its values: make the field with gradient_field(model, x), or "
                "give GradientField(points, gradients, values=...)"
            )
        return field

    def _draw(self, changed):
        self.phi = None if self.candidate is None else fit_phi(self.candidate, self.field)
        super()._draw(changed)

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
        if self.candidate is not None and self.phi is None:
            return (
                f"{self.candidate} or the neuron has one value on the data, or none: there is no phi to fit."
            )
        curve, *rest = (picture.words for picture in self.pictures())
        if self.phi is None:
            return curve
        rest = rest if "rest" in self._panels else []
        return " ".join([curve, f"phi explains {self.phi.r2:.2%} of the neuron's variance.", *rest])
