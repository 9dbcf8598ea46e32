"""How a formula is bent into the neuron: `neuron = phi(formula)`."""

import ipywidgets
import numpy as np
import traitlets

from .. import plots
from ..errors import DataError
from ..expressions import as_expression, evaluate
from ..field import GradientField
from ..interpretation import Interpretation, fit_phi
from .guard import DescribedBox
from .panel import Panel

__all__ = ["PhiView"]


class PhiView(DescribedBox):
    """The neuron's value against the formula's with the fitted monotone `phi`, and what phi leaves.

    >>> view = sg.PhiView(field, "x**2 + v**2")
    >>> view.candidate = search.best
    >>> view.phi.r2, view.phi.monotonicity

    Parameters
    ----------
    field : GradientField of one neuron, with its values
    candidate : formula (text, SymPy, Candidate or Interpretation), or None
        May be assigned later; a formula that cannot be read raises, and nothing changes.

    Attributes
    ----------
    phi : Phi, or None without a formula or where the formula is constant on the data

    """

    candidate = traitlets.Any(allow_none=True)

    def __init__(self, field, candidate=None):
        if not isinstance(field, GradientField):
            raise DataError(
                f"PhiView shows a GradientField, got {type(field).__name__}: make one with gradient_field"
            )
        if field.values is None or field.neurons != 1:
            raise DataError(
                "phi is of one neuron and needs its values: make the field with gradient_field(model, x), or "
                "give GradientField(points, gradients, values=...)"
            )
        self.field, self.phi = field, None
        self._curve, self._rest = Panel(), Panel()
        layout = {"width": "100%", "flex_flow": "row wrap"}
        super().__init__([ipywidgets.HBox([self._curve, self._rest], layout=layout)])
        self.candidate = candidate
        self.observe(self._draw, "candidate")
        self._draw()

    @traitlets.validate("candidate")
    def _read(self, proposal):
        value = proposal.value.best if isinstance(proposal.value, Interpretation) else proposal.value
        if value is None:
            return None
        return as_expression(getattr(value, "expression", value), self.field.names)

    def _draw(self, _=None):
        self.phi = None if self.candidate is None else fit_phi(self.candidate, self.field)
        curve, *rest = self.pictures()
        self._curve.show(curve)
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
        return (
            f"{self._curve.words} phi explains {self.phi.r2:.2%} of the neuron's variance. {self._rest.words}"
        )
