"""Hold the results of an atlas, for each neuron and for all neurons together."""

from collections import Counter
from dataclasses import asdict, dataclass
from html import escape
from typing import NamedTuple

from ...errors import SymgradError
from ...field.directions import degrees
from ...search import WORDS

__all__ = ["Atlas", "ByChance", "NeuronLaw"]

_SHOWN = 40  # rows of a table
_COLUMNS = "layer", "neuron", "formula", "kind", "complexity", "held-out loss", "angle", "explained"
_SURE = 0.95  # probability that the number of matches by chance is within its bounds


@dataclass(frozen=True)
class NeuronLaw:
    """The search's result for one neuron.

    Attributes
    ----------
    layer : name, or None for the model's output
    neuron : number within the layer
    formula : text, or None if no closed form was found
    loss : mean `1 - cos^2` on held-out points, for the formula or, if there is none, for the best sum of
        terms; None if nothing can be said
    complexity : complexity of the formula, or None
    points : number of points at which the neuron has a gradient
    note : why nothing can be said about the neuron; otherwise empty
    kind : "match" | "approximation" | "none" | "undecided": the kind of answer
    explained : share of the variance of the neuron's values that a function of the formula predicts, or None
    by_construction : whether the formula is a linear sum of the inputs that follows from the architecture

    """

    layer: str | None
    neuron: int
    formula: str | None = None
    loss: float | None = None
    complexity: int | None = None
    points: int = 0
    note: str = ""
    kind: str = "undecided"
    explained: float | None = None
    by_construction: bool = False

    @property
    def angle(self):
        """Root mean square angle in degrees between the formula's gradient and the neuron's, or None."""
        return None if self.formula is None else float(degrees(self.loss))


class ByChance(NamedTuple):
    """How many matches of an atlas are probably false, estimated from a control that has learnt nothing.

    Matches by construction are not counted. The bounds hold with 95 % confidence, if a neuron of the model is
    as likely to match by chance as a neuron of the control, and if neurons match independently of each other.
    """

    matches: int  # of the control
    neurons: int  # of the control
    expected: float  # false matches expected: the control's share of matches, times the atlas's neurons
    low: int
    high: int


class Atlas:
    """The results of `atlas`, in the order of layers and neurons.

    Attributes
    ----------
    rows : tuple of NeuronLaw
    ending : "finished" | "stopped" | "interrupted"
    control : Atlas of a model in which there is nothing to find, or None

    """

    def __init__(self, rows, ending, control=None):
        self.rows, self.ending, self.control = tuple(rows), ending, control

    @property
    def laws(self):
        """Rows with a formula, the best first; formulas by construction are included."""
        return tuple(sorted((row for row in self.rows if row.formula is not None), key=lambda row: row.loss))

    @property
    def free(self):
        """Rows that have a result, except formulas by construction."""
        return tuple(row for row in self.rows if not (row.note or row.by_construction))

    @property
    def matches(self):
        """Rows that match and are not by construction, the best first."""
        return tuple(row for row in self.laws if row.kind == "match" and not row.by_construction)

    @property
    def by_chance(self):
        """`ByChance`: how many matches are probably false; None without a control with results."""
        count, others = (0 if atlas is None else len(atlas.free) for atlas in (self, self.control))
        if not others:
            return None
        from scipy.stats import betabinom  # slow to import

        found = len(self.control.matches)
        spread = betabinom(count, found + 0.5, others - found + 0.5)  # binomial share with Jeffreys' prior
        low, high = map(int, spread.ppf([(1 - _SURE) / 2, (1 + _SURE) / 2]))
        return ByChance(found, others, count * found / others, low, high)

    @property
    def warning(self):
        """Sentence that says how many matches are probably false; empty without a control."""
        told = self.by_chance
        if told is None:
            return ""
        return (
            f"The control gives {_number(told.matches, 'match', 'matches')} in "
            f"{_number(told.neurons, 'neuron', 'neurons')}: of the {len(self.matches)} here, expect "
            f"{told.expected:.1f} to be false ({told.low} to {told.high})."
        )

    def of(self, layer):
        """Return the part of the atlas for one layer."""
        control = None if self.control is None else self.control.of(layer)
        return Atlas((row for row in self.rows if row.layer == layer), self.ending, control)

    def to_frame(self):
        """Return a pandas table with the `NeuronLaw` and the angle of each neuron.

        Raises SymgradError if pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise SymgradError(
                "to_frame needs pandas: pip install pandas. Without it, "
                "[dataclasses.asdict(row) for row in atlas.rows] is the same as dicts"
            ) from None
        columns = [*NeuronLaw.__dataclass_fields__, "angle"]
        return pd.DataFrame([asdict(row) | {"angle": row.angle} for row in self.rows], columns=columns)

    def __len__(self):
        return len(self.rows)

    def __repr__(self):
        given = sum(row.by_construction for row in self.rows)
        free = [row for row in self.laws if not row.by_construction]
        said = f"Atlas ({self.ending}): {len(free)} of {len(self.rows) - given} neurons have a formula"
        kinds = Counter(row.kind for row in free)
        if kinds:
            said += f" ({', '.join(f'{count} {WORDS[kind][0].lower()}' for kind, count in kinds.items())})"
        common = Counter(row.formula for row in free).most_common(1)
        if common and common[0][1] > 1:
            said += f", {common[0][1]} of them {common[0][0]}"
        said += f"; {given} more by construction" if given else ""
        silent = sum(bool(row.note) for row in self.rows)
        said += f"; nothing can be said about {silent}" if silent else ""
        return f"{said}. {self.warning}" if self.warning else said

    def _repr_html_(self):
        order = sorted(self.rows, key=lambda row: (row.formula is None, row.by_construction, row.loss or 0))
        rest = len(order) - _SHOWN
        head = "".join(f"<th style='text-align:left'>{title}</th>" for title in _COLUMNS)
        body = "".join(f"<tr>{_cells(row)}</tr>" for row in order[:_SHOWN])
        more = f"<p>and {rest} more in <code>.rows</code></p>" if rest > 0 else ""
        return f"<p>{escape(repr(self))}</p><table><tr>{head}</tr>{body}</table>{more}"


def _number(count, one, many):
    return f"{count} {one if count == 1 else many}"


def _cells(row):
    cells = (
        "output" if row.layer is None else row.layer,
        row.neuron,
        row.formula or row.note or "none",
        "" if row.note else WORDS[row.kind][0] + ", by construction" * row.by_construction,
        "" if row.complexity is None else row.complexity,
        "" if row.loss is None else f"{row.loss:.1e}",
        "" if row.angle is None else f"{row.angle:.2g}°",
        "" if row.explained is None else f"{row.explained:.1%}",
    )
    return "".join(f"<td style='text-align:left'>{escape(str(cell))}</td>" for cell in cells)
