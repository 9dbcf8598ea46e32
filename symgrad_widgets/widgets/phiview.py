"""How a formula is bent into the neuron: `neuron = phi(formula)`."""

import numpy as np

from .. import plots
from ..errors import DataError
from ..formula.expressions import evaluate
from ..reading.phi import fit_phi
from .fieldbox import FieldBox

__all__ = ["PhiView"]


class PhiView(FieldBox):
    """The neuron's value plotted against the formula's, the fitted monotone `phi`, and what phi misses.

    >>> view = sg.PhiView(field, "x**2 + v**2")
    >>> view.candidate = search.best
    >>> view.phi.r2, view.phi.monotonicity

    Parameters
    ----------
    field : GradientField of one neuron, with its values
    candidate : formula (text, SymPy, Candidate or Interpretation), or None
        Field and candidate can be assigned later. If something cannot be shown, an error is raised and
        nothing changes.
    beside : bool, whether to draw the part that phi misses, too
    language : "en" or "de", the language of all words

    Attributes
    ----------
    phi : Phi, or None if there is no formula, or if the formula is constant on the data

    """

    panels = ("bend", "rest")
    _plots = panels

    def __init__(self, field, candidate=None, *, beside=True, language="en"):
        self._checked(field)
        self.phi = None
        shown = self.panels if beside else ("bend",)
        super().__init__(shown, language, field=field, candidate=candidate)

    def _checked(self, field):
        if super()._checked(field).values is None or field.neurons != 1:
            raise DataError(
                "phi belongs to one neuron and needs its values: make the field with "
                "gradient_field(model, x), or use GradientField(points, gradients, values=...)"
            )
        return field

    def _draw(self, changed):
        self.phi = None if self.candidate is None else fit_phi(self.candidate, self.field)
        super()._draw(changed)

    def pictures(self):
        """The neuron plotted against the formula, and the residuals; without a formula, only its values."""
        field, neuron = self.field, self.field.values.reshape(len(self.field))
        if self.phi is None:
            return [plots.activation_picture(field.points, neuron, field.names, say=self._says)]
        formula, what = evaluate(self.candidate, field.names, field.points)[0], str(self.candidate)
        usable = np.isfinite(formula)
        both = formula[usable], neuron[usable], self.phi, what
        return [draw(*both, say=self._says) for draw in (plots.phi_picture, plots.residual_picture)]

    @property
    def words(self):
        """Description of the view, in words."""
        if self.candidate is not None and self.phi is None:
            return self._says("plots.noPhi", what=str(self.candidate))
        curve, *rest = (picture.words for picture in self.pictures())
        if self.phi is None:
            return curve
        rest = rest if "rest" in self._panels else []
        return " ".join([curve, self._says("plots.explains", share=self.phi.r2), *rest])
