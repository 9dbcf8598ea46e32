"""A view of one field and one formula. Both can be replaced."""

import numpy as np
import traitlets

from ..errors import DataError
from ..field import GradientField
from ..formula.expressions import as_expression
from ..reading.interpretation import Interpretation
from .pane import Pane, looked_at
from .viewstate import ViewState

__all__ = ["FieldBox", "checked_field"]


class FieldBox(Pane):
    """A view of a field and a formula that redraws itself when one of its traits changes.

    A subclass can override four methods: `_checked` says which fields the view accepts, `_follow` sets what
    depends on a change, `_parts` gives the parts of the state, and `_more` gives further data for a page.
    `traits` are set in their order, the field first, before anything is drawn.

    Attributes
    ----------
    field : GradientField; a formula is dropped if a new field lacks one of its inputs
    candidate : formula (text, SymPy, Candidate or Interpretation), or None

    """

    field = traitlets.Any()
    candidate = traitlets.Any(allow_none=True)

    def __init__(self, panels=None, language="en", **traits):
        super().__init__(ViewState(), panels, language)
        self._settling = True  # nothing is drawn
        for name, value in traits.items():
            setattr(self, name, value)
        self._settling = False
        self.observe(self._changed, list(traits))
        self._follow("field")
        self._draw("field")

    def _checked(self, field):
        """Return the field, or raise DataError if the view cannot show it."""
        return checked_field(field)

    @traitlets.validate("field")
    def _usable(self, proposal):
        return self._checked(proposal.value)

    @traitlets.validate("candidate")
    def _read(self, proposal):
        value = proposal.value.best if isinstance(proposal.value, Interpretation) else proposal.value
        if value is None:
            return None
        return as_expression(getattr(value, "expression", value), self.field.names)

    def _changed(self, change):
        if self._settling:
            return
        self._settling = True
        try:
            self._follow(change.name)
        finally:
            self._settling = False
        self._draw(change.name)

    def _follow(self, name):
        """Set whatever depends on the trait `name`."""
        if name == "field" and self.candidate is not None:
            symbols = {symbol.name for symbol in self.candidate.free_symbols}
            if not symbols <= set(self.field.names):
                self.candidate = None

    def _draw(self, changed):
        """Draw the view once a change and its consequences have taken effect."""
        told = self._given() if changed == "field" else self._more()
        self._go(ViewState(**self._parts()), **told)

    def _parts(self):
        """Return the parts of the state, by name."""
        return {
            "inputs": self.field.names[:2],
            "selected": None if self.candidate is None else str(self.candidate),
            "neurons": tuple(range(self.field.neurons)),
        }

    def _given(self):
        many = self.field.neurons
        what = self._says("told.neuron") if many == 1 else self._says("told.neurons", count=many)
        return super()._given() | {"what": what, "field": looked_at(self.field)} | self._more()

    def _more(self):
        """Return other things that a page needs to know after each change."""
        return {}

    def _plane(self, inputs, at):
        """Return plain data of a plane of two inputs; other inputs have values {name: value}, or medians."""
        points, names = self.field.points, self.field.names
        columns = [names.index(name) for name in inputs]
        centre = np.median(points, axis=0)
        for name, value in at.items():
            centre[names.index(name)] = value
        others = {name: float(c) for name, c in zip(names, centre, strict=True) if name not in inputs}
        low, high = points[:, columns].min(0), points[:, columns].max(0)
        return [
            list(inputs),
            {
                "low": low.tolist(), "high": high.tolist(), "centre": centre.tolist(),
                "tilt": np.eye(len(names))[columns].tolist(), "at": others, "across": False, "shades": None,
            },
        ]  # fmt: skip


def checked_field(field):
    """Return a GradientField; raise DataError for anything else."""
    if not isinstance(field, GradientField):
        raise DataError(
            f"the view shows a GradientField, got {type(field).__name__}: make one with gradient_field"
        )
    return field
