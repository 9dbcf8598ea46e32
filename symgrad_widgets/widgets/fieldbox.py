"""A view of one field and one formula, both of which may be replaced."""

import traitlets

from ..errors import DataError
from ..field import GradientField
from ..formula.expressions import as_expression
from ..reading.interpretation import Interpretation
from .guard import DescribedBox

__all__ = ["FieldBox"]


class FieldBox(DescribedBox):
    """A box that draws itself anew when one of its traits changes.

    A subclass says what fields it takes in `_checked`, what else follows from a change in `_follow`, and
    draws in `_draw`. `traits` are set in order, the field first, before anything is drawn.

    Attributes
    ----------
    field : GradientField; a formula of inputs that another field does not have is dropped
    candidate : formula (text, SymPy, Candidate or Interpretation), or None

    """

    field = traitlets.Any()
    candidate = traitlets.Any(allow_none=True)

    def __init__(self, children, **traits):
        super().__init__(children)
        self._settling = True  # nothing is drawn
        for name, value in traits.items():
            setattr(self, name, value)
        self._settling = False
        self.observe(self._changed, list(traits))
        self._follow("field")
        self._draw()

    def _checked(self, field):
        """Return the field, or raise DataError where the view cannot show it."""
        if not isinstance(field, GradientField):
            raise DataError(
                f"the view shows a GradientField, got {type(field).__name__}: make one with gradient_field"
            )
        return field

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
        self._draw()

    def _follow(self, name):
        """Set what follows from a change of the trait `name`."""
        if name == "field" and self.candidate is not None:
            symbols = {symbol.name for symbol in self.candidate.free_symbols}
            if not symbols <= set(self.field.names):
                self.candidate = None
