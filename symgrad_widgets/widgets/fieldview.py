"""A neuron's gradient field, and the angles between it and a candidate formula."""

from collections.abc import Mapping, Sequence
from numbers import Real
from types import MappingProxyType

import numpy as np
import traitlets

from .. import plots
from ..errors import DataError, SymgradError, UnknownNameError, nearest
from ..formula.expressions import angles
from .fieldbox import FieldBox

__all__ = ["FieldView"]

_COUNTS = {"levels": (0, 40), "worst": (0, 100), "arrows": (1, 2000)}
_CHOICES = {"slice": None, "band": 0.5, "overlay": False, "levels": 0, "worst": 0, "arrows": 250}
_LOOKS = ("overlay", "levels", "worst", "arrows", "band")
_COLUMNS = 6  # inputs that the table of the worst points has room for


class FieldView(FieldBox):
    """The directions of the gradients as arrows over two inputs; colours show the angle to a candidate.

    >>> view = sg.FieldView(field, "x1*x4 - x2*x3", inputs=("x1", "x4"))
    >>> view.slice, view.band = {"x2": 0.5}, 0.3      # only points near x2 = 0.5 and the middle of x3
    >>> view.overlay, view.levels, view.worst = True, 8, 10

    Parameters
    ----------
    field : GradientField of two inputs or more
    candidate : formula (text, SymPy, Candidate or Interpretation), or None
    inputs : names of the two inputs along the axes
    beside : bool, whether to draw the histogram of the angles, too
    language : "en" or "de", the language of all words

    Attributes
    ----------
    field, candidate, inputs
        As above. These and all attributes below can be assigned. If a value is wrong, an error is raised and
        nothing changes.
    slice : {name: value} of the other inputs, or None to show all points, projected onto the plane
        In a slice, inputs that are not named are set to their median.
    band : float > 0
        Largest distance from the slice at which a point is shown, in standard deviations of the other inputs.
    overlay : bool, whether the candidate's own directions are drawn as thin arrows
    levels : int, how many level lines of the candidate are drawn; with more than two inputs they are drawn
        only on a slice
    worst : int, how many of the points with the largest angles are listed
    arrows : int, the largest number of arrows that are drawn

    """

    panels: tuple[str, ...] = ("field", "angle")
    inputs = traitlets.Any()  # the validators below say what each may be
    slice, band, overlay, levels, worst, arrows = (traitlets.Any() for _ in _CHOICES)

    def __init__(self, field, candidate=None, inputs=None, *, beside=True, language="en", **choices):
        self._checked(field)
        for name in set(choices) - set(_CHOICES):
            raise UnknownNameError(f"a FieldView has no argument {name!r}: {nearest(name, _CHOICES)}")
        self._degrees = None
        super().__init__(
            self.panels if beside else ("field",),
            language,
            field=field,
            candidate=candidate,
            inputs=inputs or field.names[:2],
            **_CHOICES | choices,
        )
        self.observe(self._chosen, "_choices")

    def _checked(self, field):
        if len(super()._checked(field).names) < 2:
            raise DataError("with one input there are no directions to look at: plot the value instead")
        return field

    @traitlets.validate("inputs")
    def _two_inputs(self, proposal):
        pair = proposal.value
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise DataError(f"inputs must be the names of two inputs, got {pair!r}")
        for name in pair:
            plots.position(self.field, name)
        if pair[0] == pair[1]:
            raise DataError(f"choose two different inputs, got {pair[0]!r} twice")
        return tuple(pair)

    @traitlets.validate("slice")
    def _all_others(self, proposal):
        at = proposal.value
        if at is None:
            return None
        if not isinstance(at, Mapping):
            raise DataError(f"a slice must be a mapping from inputs to values, or None, got {at!r}")
        if not self._others:
            raise DataError("the axes already show both inputs: there is nothing left to slice")
        for name, value in at.items():
            if name not in self._others:
                raise UnknownNameError(f"there is no input {name!r} to slice: {nearest(name, self._others)}")
            if not _is_number(value):
                raise DataError(f"the slice needs a number for {name}, got {value!r}")
        medians = np.median(self.field.points, axis=0)
        middle = dict(zip(self.field.names, medians.tolist(), strict=True))
        return MappingProxyType({name: float(at.get(name, middle[name])) for name in self._others})

    @traitlets.validate("band")
    def _positive(self, proposal):
        if not _is_number(proposal.value) or proposal.value <= 0:
            raise DataError(f"band must be a number of standard deviations, above 0, got {proposal.value!r}")
        return float(proposal.value)

    @traitlets.validate("overlay")
    def _yes_or_no(self, proposal):
        if not isinstance(proposal.value, bool):
            raise DataError(f"overlay must be True or False, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate(*_COUNTS)
    def _counted(self, proposal):
        name, value, (least, most) = proposal.trait.name, proposal.value, _COUNTS[proposal.trait.name]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise DataError(f"{name} must be a whole number from {least} to {most}, got {value!r}")
        return value

    @property
    def _others(self):
        return [name for name in self.field.names if name not in self.inputs]

    def _follow(self, name):
        super()._follow(name)
        if name == "field" and not set(self.inputs) <= set(self.field.names):
            self.inputs = self.field.names[:2]
        if name in ("field", "inputs") and self.slice is not None:
            kept = {name: value for name, value in self.slice.items() if name in self._others}
            self.slice = kept if self._others else None
        if name in ("field", "candidate"):
            self._degrees = None if self.candidate is None else angles(self.candidate, self.field)

    def _moved_to(self, state):
        self.inputs = state.inputs
        self.slice = state.slice or None

    def _chosen(self, change):
        """Follow the choices made on the page, and refuse those that are not allowed."""
        if change.new == self._looks():
            return
        try:
            for name, value in change.new.items():
                if name in _LOOKS and getattr(self, name) != value:
                    setattr(self, name, value)
            self._say("")
        except SymgradError as error:
            self._say(str(error))
        self._choices = self._looks()

    def _looks(self):
        return {name: getattr(self, name) for name in _LOOKS}

    @property
    def _cut(self):
        return None if self.slice is None else plots.Slice(self.slice, self.band)

    def _draw(self, changed):
        super()._draw(changed)
        self._choices = self._looks()

    def _parts(self):
        return super()._parts() | {"inputs": self.inputs, "slice": dict(self.slice or {})}

    def _more(self):
        return {"section": self._plane(self.inputs, self.slice or {}), "worst": self._table()}

    def pictures(self):
        """Return the field and, with a candidate, the histogram of the angles to it."""
        cut, where, say = self._cut, (self.inputs, self.arrows), self._says
        if self.candidate is None:
            return [plots.field_picture(self.field, None, *where, cut=cut, say=say)]
        below, above = (), ()
        if self.levels and (cut or not self._others):
            below = [plots.level_lines(self.candidate, self.field, self.inputs, self.slice, self.levels, say)]
        if self.overlay:
            above = plots.formula_arrows(self.candidate, self.field, *where, cut, say)
        what, degrees = str(self.candidate), self._degrees[self._near]
        field = plots.field_picture(self.field, self._degrees, *where, what, cut, below, above, say)
        if not len(degrees):
            return [field]
        trust = plots.trust(self.field, None if cut is None else self._near)
        return [field, plots.angle_histogram(degrees, what, plots.target(self.field, say), say, trust)]

    @property
    def _near(self):
        """Indices of the points on show, some of which have arrows."""
        cut = self._cut
        return np.arange(len(self.field)) if cut is None else np.flatnonzero(cut.near(self.field))

    def _worst(self):
        """Return (index of the point, angle) of the worst points on show."""
        if self.candidate is None or not self.worst:
            return []
        rows = self._near[plots.worst(self._degrees[self._near], self.worst)]
        return [(int(row), float(self._degrees[row])) for row in rows]

    def _table(self):
        """Return the worst points as rows of text, beneath a row of titles."""
        names, points = self.field.names, self.field.points
        columns = names if len(names) <= _COLUMNS else self.inputs
        rows = [
            [*(self._number(points[row, names.index(name)]) for name in columns), f"{self._number(degrees)}°"]
            for row, degrees in self._worst()
        ]
        return [[*columns, self._says("plots.angleAt")], *rows] if rows else []

    def _number(self, value):
        return self._says.number(value, ".3g")

    @property
    def words(self):
        """Description of the view, in words."""
        words = " ".join(picture.words for picture in self.pictures()[:1])
        for row, degrees in self._worst()[:1]:
            place = zip(self.field.names, self.field.points[row], strict=True)
            where = ", ".join(f"{name} = {self._number(value)}" for name, value in place)
            words += f" {self._says('plots.worst', where=where, angle=degrees)}"
        return "\n".join(filter(None, [words, self.error]))


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool) and bool(np.isfinite(value))
