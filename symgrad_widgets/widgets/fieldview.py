"""A neuron's gradient field, with the angles to a candidate formula."""

import json
from collections.abc import Mapping, Sequence
from numbers import Real
from types import MappingProxyType

import numpy as np
import traitlets

from .. import plots
from ..errors import DataError, SymgradError, UnknownNameError, nearest
from ..formula.expressions import angles
from .fieldbox import FieldBox
from .frontend import Column, Front
from .panel import Panel

__all__ = ["FieldView"]

_COUNTS = {"levels": (0, 40), "worst": (0, 100), "arrows": (1, 2000)}
_CHOICES = {"slice": None, "band": 0.5, "overlay": False, "levels": 0, "worst": 0, "arrows": 250}
_COLUMNS = 6  # inputs that the table of the worst points has room for


class _FieldControls(Front):
    """Choices below the picture; each comes back as the message {"set": trait, "value": value}."""

    _script, _style = "fieldview.js", "fieldview.css"
    shown = traitlets.Unicode("{}").tag(sync=True)


class FieldView(FieldBox):
    """The unit gradients as arrows over two inputs; with a candidate, coloured by the angle to it.

    >>> view = sg.FieldView(field, "x1*x4 - x2*x3", inputs=("x1", "x4"))
    >>> view.slice, view.band = {"x2": 0.5}, 0.3      # only points near x2 = 0.5 and the middle of x3
    >>> view.overlay, view.levels, view.worst = True, 8, 10

    Parameters
    ----------
    field : GradientField of two inputs or more
    candidate : formula (text, SymPy, Candidate or Interpretation), or None
    inputs : names of the two inputs along the axes
    beside : bool, whether the histogram of the angles is drawn, too

    Attributes
    ----------
    field, candidate, inputs
        as above; these and all below may be assigned, wrong values raise, and nothing changes
    slice : {name: value} of the other inputs, or None for all points, projected
        Inputs that are not named are set to their median.
    band : float > 0
        How near the slice a point has to be, in standard deviations of the other inputs.
    overlay : bool, whether the candidate's own directions are drawn as thin arrows
    levels : int, how many level lines of the candidate; of more than two inputs only on a slice
    worst : int, how many of the points with the largest angles are listed
    arrows : int, how many arrows are drawn at most

    """

    inputs = traitlets.Any()  # the validators below say what each may be
    slice, band, overlay, levels, worst, arrows = (traitlets.Any() for _ in _CHOICES)

    def __init__(self, field, candidate=None, inputs=None, *, beside=True, **choices):
        self._checked(field)
        for name in set(choices) - set(_CHOICES):
            raise UnknownNameError(f"a FieldView takes no {name!r}: {nearest(name, _CHOICES)}")
        self._degrees = None
        self._controls = None  # until there is something to choose
        self._field, self._histogram = Panel(), Panel() if beside else None
        self._left = Column([self._field], "symgrad-panel")
        super().__init__(
            list(filter(None, [self._left, self._histogram])),
            field=field,
            candidate=candidate,
            inputs=inputs or field.names[:2],
            **_CHOICES | choices,
        )

    def _checked(self, field):
        if len(super()._checked(field).names) < 2:
            raise DataError("one input has no field of directions to look at: a plot of the value says all")
        return field

    @traitlets.validate("inputs")
    def _two_inputs(self, proposal):
        pair = proposal.value
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise DataError(f"inputs are the names of two inputs, got {pair!r}")
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
            raise DataError(f"a slice is a mapping from inputs to values, or None, got {at!r}")
        if not self._others:
            raise DataError("both inputs are along the axes: nothing is left to slice")
        for name, value in at.items():
            if name not in self._others:
                raise UnknownNameError(f"no input {name!r} to slice: {nearest(name, self._others)}")
            if not _is_number(value):
                raise DataError(f"the slice needs a number for {name}, got {value!r}")
        medians = np.median(self.field.points, axis=0)
        middle = dict(zip(self.field.names, medians.tolist(), strict=True))
        return MappingProxyType({name: float(at.get(name, middle[name])) for name in self._others})

    @traitlets.validate("band")
    def _positive(self, proposal):
        if not _is_number(proposal.value) or proposal.value <= 0:
            raise DataError(f"band is a number of standard deviations above 0, got {proposal.value!r}")
        return float(proposal.value)

    @traitlets.validate("overlay")
    def _yes_or_no(self, proposal):
        if not isinstance(proposal.value, bool):
            raise DataError(f"overlay is True or False, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate(*_COUNTS)
    def _counted(self, proposal):
        name, value, (least, most) = proposal.trait.name, proposal.value, _COUNTS[proposal.trait.name]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise DataError(f"{name} is a whole number from {least} to {most}, got {value!r}")
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

    def _asked(self, _, message, __):
        name = message.get("set")
        try:
            if name == "inputs" or name in _CHOICES:
                setattr(self, name, message.get("value"))
                self._field.error = ""
        except SymgradError as error:
            self._field.error = str(error)

    @property
    def _cut(self):
        return None if self.slice is None else plots.Slice(self.slice, self.band)

    def _draw(self):
        arrows, *rest = self.pictures()
        self._field.show(arrows)
        if self._histogram is not None:
            self._histogram.layout.display = "" if rest else "none"
            for histogram in rest:
                self._histogram.show(histogram)
        if self._controls is None and (self._others or self.candidate is not None):
            self._controls = _FieldControls()
            self._controls.on_msg(self._asked)
            self._left.children = [self._field, self._controls]
        if self._controls is not None:
            self._controls.shown = json.dumps(self._choices())

    def pictures(self):
        """The field and, with a candidate, the histogram of the angles to it."""
        cut, where = self._cut, (self.inputs, self.arrows)
        if self.candidate is None:
            return [plots.field_picture(self.field, None, *where, cut=cut)]
        below, above = (), ()
        if self.levels and (cut or not self._others):
            below = [plots.level_lines(self.candidate, self.field, self.inputs, self.slice, self.levels)]
        if self.overlay:
            above = plots.formula_arrows(self.candidate, self.field, *where, cut)
        what, degrees = str(self.candidate), self._degrees[self._shown]
        field = plots.field_picture(self.field, self._degrees, *where, what, cut, below, above)
        return (
            [field, plots.angle_histogram(degrees, what, plots.target(self.field))]
            if len(degrees)
            else [field]
        )

    @property
    def _shown(self):
        """Numbers of the points on show, of which the arrows are some."""
        cut = self._cut
        return np.arange(len(self.field)) if cut is None else np.flatnonzero(cut.near(self.field))

    def _worst(self):
        """(number of the point, angle) of the worst points on show."""
        if self.candidate is None or not self.worst:
            return []
        rows = self._shown[plots.worst(self._degrees[self._shown], self.worst)]
        return [(int(row), float(self._degrees[row])) for row in rows]

    def _choices(self):
        """What the controls show, JSON-ready."""
        names, points = self.field.names, self.field.points
        low, high = points.min(axis=0), points.max(axis=0)
        sliders = [
            [name, value, *(float(f"{end[names.index(name)]:.4g}") for end in (low, high))]
            for name, value in (self.slice or {}).items()
        ]
        columns = names if len(names) <= _COLUMNS else self.inputs
        rows = [
            [*(f"{points[row, names.index(name)]:.3g}" for name in columns), f"{degrees:.3g}°"]
            for row, degrees in self._worst()
        ]
        return {
            "names": names,
            "inputs": self.inputs,
            "slice": None if self.slice is None else sliders,
            "band": self.band,
            "candidate": self.candidate is not None,
            "overlay": self.overlay,
            "levels": self.levels,
            "worst": self.worst,
            "rows": [[*columns, "angle"], *rows] if rows else [],
        }

    @property
    def words(self):
        """What is shown, in words."""
        words = self._field.words
        for row, degrees in self._worst()[:1]:
            place = zip(self.field.names, self.field.points[row], strict=True)
            where = ", ".join(f"{name} = {value:.3g}" for name, value in place)
            words += f" The worst point, {where}, is {degrees:.3g} degrees off."
        return "\n".join(filter(None, [words, self._field.error]))


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool) and bool(np.isfinite(value))
