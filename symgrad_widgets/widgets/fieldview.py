"""A neuron's gradient field, with the angles to a candidate formula."""

import ipywidgets
import traitlets

from .. import plots
from ..errors import DataError, SymgradError
from ..expressions import angles, as_expression
from ..field import GradientField
from .guard import DescribedBox
from .panel import Panel

__all__ = ["FieldView"]

_ARROWS = 250


class FieldView(DescribedBox):
    """The unit gradients as arrows over two inputs; with a candidate, coloured by the angle to it.

    Parameters
    ----------
    field : GradientField
    candidate : formula (text, SymPy or Candidate), or None
        May be assigned later; a formula that cannot be read raises, and nothing changes.
    inputs : two names
        Inputs along the axes; may be assigned later.

    """

    candidate = traitlets.Any(allow_none=True)
    inputs = traitlets.Tuple(traitlets.Unicode(), traitlets.Unicode())

    def __init__(self, field, candidate=None, inputs=None):
        if not isinstance(field, GradientField):
            raise DataError(
                f"FieldView shows a GradientField, got {type(field).__name__}: make one with gradient_field"
            )
        if len(field.names) < 2:
            raise DataError("one input has no field of directions to look at: a plot of the value says all")
        self.field = field
        self._arrows, self._angles = Panel(), Panel()
        self._choice = [self._dropdown(label) for label in ("across", "up")]
        super().__init__([ipywidgets.HBox(self._choice), self._row()])
        self._choice[0].layout.display = self._choice[1].layout.display = (
            "" if len(field.names) > 2 else "none"
        )
        self.inputs = tuple(inputs or field.names[:2])
        self.candidate = candidate
        self.observe(self._draw, ["candidate", "inputs"])
        self._draw()

    def _dropdown(self, label):
        chooser = ipywidgets.Dropdown(options=self.field.names, description=label, layout={"width": "160px"})
        chooser.observe(self._chosen, "value")
        return chooser

    def _row(self):
        layout = {"width": "100%", "flex_flow": "row wrap"}
        return ipywidgets.HBox([self._arrows, self._angles], layout=layout)

    @traitlets.validate("candidate")
    def _read(self, proposal):
        if proposal.value is None:
            return None
        return as_expression(getattr(proposal.value, "expression", proposal.value), self.field.names)

    @traitlets.validate("inputs")
    def _known(self, proposal):
        plots.field_picture(self.field, None, proposal.value, limit=1)  # raises for names that do not exist
        if proposal.value[0] == proposal.value[1]:
            raise DataError(f"choose two different inputs, got {proposal.value[0]!r} twice")
        return proposal.value

    def _chosen(self, _):
        try:
            self.inputs = tuple(chooser.value for chooser in self._choice)
        except SymgradError as error:
            self._arrows.error = str(error)

    def _draw(self, _=None):
        for chooser, name in zip(self._choice, self.inputs, strict=True):
            chooser.value = name
        arrows, *rest = self.pictures()
        self._arrows.show(arrows)
        self._angles.layout.display = "" if rest else "none"
        for histogram in rest:
            self._angles.show(histogram)

    def pictures(self):
        """The field and, with a candidate, the histogram of the angles to it."""
        if self.candidate is None:
            return [plots.field_picture(self.field, None, self.inputs, _ARROWS)]
        degrees, what = angles(self.candidate, self.field), str(self.candidate)
        return [
            plots.field_picture(self.field, degrees, self.inputs, _ARROWS, what),
            plots.angle_histogram(degrees, what),
        ]

    @property
    def words(self):
        """What is shown, in words."""
        return self._arrows.words
