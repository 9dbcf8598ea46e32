"""What is said of each neuron, and of all of them."""

from collections import Counter
from dataclasses import dataclass
from html import escape

import numpy as np

from ...search import WORDS

__all__ = ["Atlas", "NeuronLaw"]

_SHOWN = 40  # rows of a table
_COLUMNS = "layer", "neuron", "formula", "kind", "complexity", "held-out loss", "angle"


@dataclass(frozen=True)
class NeuronLaw:
    """What the search says of one neuron.

    Attributes
    ----------
    layer : name, or None for the model's output
    neuron : number within the layer
    formula : text, or None where no closed form was found
    loss : mean `1 - cos^2` on points held out from the search: of the formula; where there is none, of the
        best entry of the front; None where nothing can be said
    complexity : of the formula, or None
    points : at which the neuron has a gradient
    kind : "match" | "approximation" | "none" | "undecided", what the formula is
    note : why nothing can be said of the neuron, else empty

    """

    layer: str | None
    neuron: int
    formula: str | None = None
    loss: float | None = None
    complexity: int | None = None
    points: int = 0
    note: str = ""
    kind: str = "undecided"

    @property
    def angle(self):
        """Root mean square angle in degrees between the formula's gradient and the neuron's, or None."""
        return (
            None if self.formula is None else float(np.degrees(np.arcsin(np.sqrt(np.clip(self.loss, 0, 1)))))
        )


class Atlas:
    """What `atlas` has found, in the order of layers and neurons.

    Attributes
    ----------
    rows : tuple of NeuronLaw
    ending : "finished" | "stopped" | "interrupted"

    """

    def __init__(self, rows, ending):
        self.rows, self.ending = tuple(rows), ending

    @property
    def laws(self):
        """The rows with a formula, the best first."""
        return tuple(sorted((row for row in self.rows if row.formula is not None), key=lambda row: row.loss))

    def of(self, layer):
        """Return the atlas of one layer."""
        return Atlas((row for row in self.rows if row.layer == layer), self.ending)

    def __len__(self):
        return len(self.rows)

    def __repr__(self):
        said = f"Atlas ({self.ending}): {len(self.laws)} of {len(self.rows)} neurons have a formula"
        kinds = Counter(row.kind for row in self.laws)
        if kinds:
            said += f" ({', '.join(f'{count} {WORDS[kind][0].lower()}' for kind, count in kinds.items())})"
        common = Counter(row.formula for row in self.laws).most_common(1)
        if common and common[0][1] > 1:
            said += f", {common[0][1]} of them {common[0][0]}"
        silent = sum(bool(row.note) for row in self.rows)
        return said + (f"; nothing can be said of {silent}" if silent else "")

    def _repr_html_(self):
        shown = [*self.laws, *(row for row in self.rows if row.formula is None)][:_SHOWN]
        rest = len(self.rows) - len(shown)
        head = "".join(f"<th style='text-align:left'>{title}</th>" for title in _COLUMNS)
        body = "".join(f"<tr>{_cells(row)}</tr>" for row in shown)
        more = f"<p>and {rest} more in <code>.rows</code></p>" if rest else ""
        return f"<p>{escape(repr(self))}</p><table><tr>{head}</tr>{body}</table>{more}"


def _cells(row):
    cells = (
        "output" if row.layer is None else row.layer,
        row.neuron,
        row.formula or row.note or "none",
        "" if row.note else WORDS[row.kind][0],
        "" if row.complexity is None else row.complexity,
        "" if row.loss is None else f"{row.loss:.1e}",
        "" if row.angle is None else f"{row.angle:.2g}°",
    )
    return "".join(f"<td style='text-align:left'>{escape(str(cell))}</td>" for cell in cells)
