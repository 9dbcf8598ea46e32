"""A diagram of a network's neurons: look at what each does on data, and choose."""

import json
from typing import Any

import numpy as np
import traitlets

from .. import plots
from ..errors import SymgradError
from ..formula.expressions import as_expression
from ..reading.activity import MEASURES, Activity
from .frontend import Front
from .guard import DescribedBox
from .panel import Panel

__all__ = ["NeuronPicker"]

_LISTED = 8  # neurons named in a sentence
_Checked: Any = traitlets.TraitType  # unlike Any, it asks the validator about None too


class _Diagram(Front):
    """The neurons on a canvas; `choice` is what a click chooses: the layer's number, then the neurons'."""

    _script, _style = "neuronpicker.js", "neuronpicker.css"
    layers = traitlets.Unicode("[]").tag(sync=True)
    numbers = traitlets.Bytes().tag(sync=True)
    levels = traitlets.Bytes().tag(sync=True)
    measures = traitlets.Unicode("[]").tag(sync=True)
    legend = traitlets.Unicode("[]").tag(sync=True)
    choice = traitlets.Tuple().tag(sync=True)
    colour_by = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)


class NeuronPicker(DescribedBox):
    """A network's layers and neurons, coloured by what each does on the data; click one to choose it.

    A layer is a block of dots. A dot is a neuron: a channel of a convolution (its mean over the image), a
    feature of a sequence (its mean over the positions). Large and blue is strong, small and grey weak, a
    cross has no value. Click or arrow keys choose a neuron, page up and down change the layer. Shift or ctrl
    with a click, shift with an arrow, or the space bar after ctrl with an arrow add one of the same layer.

    >>> picker = sg.NeuronPicker(run.model, run.x, names=run.names)
    >>> picker.layer, picker.neuron = "silu2", 17
    >>> picker.observe(lambda change: ..., ["layer", "neurons"])
    >>> sg.interpret(picker.field)

    Activations are recorded at once, in one forward pass at up to 400 of the points. Gradients wait until
    a measure needs them, and then cost one forward-mode pass for each input, not one backward pass for
    each neuron (of more than 32 inputs, 32 random projections: see `Activity`).

    Parameters
    ----------
    model : torch.nn.Module
    x : array (N, ...)
        One point a row, two at least.
    names : names of the n inputs
    formula : formula (text, SymPy or Candidate), or None
    atlas : Atlas of this model, or of some of its layers, or None
    layers : names of the layers to show, or None for all that compute something
        For networks of more than 16,384 neurons.
    wrt, forward_args, training
        As in `gradient_field`.
    beside : bool, whether the current neuron's activation over the data is drawn, too

    Attributes
    ----------
    layer : str, or None for the model's output
    neurons : tuple of int
        The neurons chosen, the last of them current; numbers that another layer has too stay chosen there.
    neuron : int, the current one; assigning chooses it alone
    colour_by : "activation" | "gradient" | "alignment" | "law"
        Standard deviation over the data; how much the gradient turns; angle to the formula; how well the
        formula fits that the atlas has of it.
    formula, atlas : may be assigned; a formula is read like that of `score`
        All of these may be observed, and what is wrong raises and changes nothing.

    """

    layer = _Checked(None)
    neurons = _Checked((0,))
    neuron = _Checked(0)
    colour_by = _Checked("activation")
    formula = _Checked(None)
    atlas = _Checked(None)

    def __init__(
        self,
        model,
        x,
        names=None,
        formula=None,
        atlas=None,
        *,
        layers=None,
        wrt=None,
        forward_args=(),
        training=False,
        beside=True,
    ):
        self.activity = Activity(model, x, names, layers, wrt, forward_args, training)
        self._field = None, None
        self._diagram = _Diagram("symgrad-wide")
        self._panel = Panel() if beside else None
        self._diagram.layers = json.dumps([[a.title, a.label, a.count] for a in self.activity.layers])
        super().__init__(list(filter(None, [self._diagram, self._panel])))
        self.layer = None
        self.formula, self.atlas = formula, atlas
        self.observe(self._kept, ["layer", "neurons", "neuron", "formula", "atlas"])
        self.observe(self._draw, ["layer", "neurons", "colour_by", "formula", "atlas"])
        self._diagram.observe(self._clicked, ["choice", "colour_by"])
        self._draw()

    def choose(self, layer, *neurons):
        """Choose neurons of a layer, both at once."""
        position = self.activity.position(layer)
        neurons = self.activity.neurons(position, neurons)
        with self.hold_trait_notifications():
            self.layer, self.neurons = self.activity.layers[position].name, neurons

    @property
    def field(self):
        """`GradientField` of the neurons chosen, at all the points of x."""
        choice = self.activity.position(self.layer), self.neurons
        if self._field[0] != choice:
            self._field = choice, self.activity.field(*choice)
        return self._field[1]

    @traitlets.validate("layer")
    def _known(self, proposal):
        return self.activity.layers[self.activity.position(proposal.value)].name

    @traitlets.validate("neurons")
    def _all_there(self, proposal):
        return self.activity.neurons(self.activity.position(self.layer), proposal.value)

    @traitlets.validate("neuron")
    def _there(self, proposal):
        return self.activity.neurons(self.activity.position(self.layer), (proposal.value,))[0]

    @traitlets.validate("formula")
    def _read(self, proposal):
        if proposal.value is None:
            return None
        formula = as_expression(getattr(proposal.value, "expression", proposal.value), self.activity.names)
        if self.colour_by == "alignment":
            self.activity.measure("alignment", formula)  # raises before anything has changed
        return formula

    @traitlets.validate("atlas")
    def _of_this_model(self, proposal):
        if proposal.value is not None:
            self.activity.measure("law", atlas=proposal.value)
        return proposal.value

    @traitlets.validate("colour_by")
    def _measurable(self, proposal):
        self.activity.measure(proposal.value, self.formula, self.atlas)
        return proposal.value

    def _kept(self, change):
        """Keep what hangs together in step."""
        if change.name == "layer":
            count = self.activity.layers[self.activity.position(self.layer)].count
            self.neurons = tuple(neuron for neuron in self.neurons if neuron < count) or (0,)
        elif change.name == "neurons":
            self.neuron = self.neurons[-1]
        elif change.name == "neuron" and self.neuron != self.neurons[-1]:
            self.neurons = (self.neuron,)
        elif not self._available(self.colour_by):
            self.colour_by = "activation"

    def _available(self, measure):
        return {"alignment": self.formula, "law": self.atlas}.get(measure, True) is not None

    def _clicked(self, change):
        try:
            if change.name == "colour_by":
                self.colour_by = change.new
            elif change.new != self._choice:
                position, *neurons = change.new
                self.choose(self.activity.layers[position].name, *neurons)
        except (SymgradError, IndexError, TypeError, ValueError) as error:
            self._draw()  # back to the last good state
            self._diagram.error = str(error)

    @property
    def _choice(self):
        return (self.activity.position(self.layer), *self.neurons)

    def _draw(self, _=None):
        measure = self._measure()
        with self._diagram.hold_sync():
            self._diagram.choice, self._diagram.colour_by = self._choice, self.colour_by
            self._diagram.levels = plots.levels_of(measure.strength).tobytes()
            self._diagram.numbers = _packed(self._columns())
            self._diagram.legend = json.dumps([measure.title, measure.low, measure.high])
            self._diagram.measures = json.dumps(
                [[name, title, self._available(name)] for name, title in MEASURES.items()]
            )
            self._diagram.words, self._diagram.error = self._description(), ""
        if self._panel is not None:
            self._panel.show(self._activation())

    def _measure(self):
        return self.activity.measure(self.colour_by, self.formula, self.atlas)

    def _columns(self):
        """Mean, spread, gradient spread and angle of every neuron; NaN where not known yet."""
        return np.stack([self.activity.mean, self.activity.spread, *self.activity.known(self.formula)])

    def _activation(self):
        activity, number = self.activity, self.activity.starts[self._choice[0]] + self.neuron
        two = (0, 1) if len(activity.names) == 2 else None
        return plots.activation_picture(
            activity.points[activity.rows], activity.values[:, number], activity.names, two, self._name()
        )

    def pictures(self):
        """The neurons, and the current one's activation over the data."""
        activity, measure = self.activity, self._measure()
        dots = plots.NeuronsPicture(
            layers=tuple((layer.label, layer.count) for layer in activity.layers),
            levels=plots.levels_of(measure.strength),
            chosen=tuple(int(activity.starts[self._choice[0]]) + neuron for neuron in self.neurons),
            legend=(measure.title, measure.low, measure.high),
            words=self._description(),
        )
        return [dots, self._activation()]

    def _name(self):
        return f"neuron {self.neuron} of layer {self.activity.layers[self._choice[0]].title}"

    def _description(self):
        activity, (position, *neurons) = self.activity, self._choice
        layer, number = activity.layers[position], activity.starts[position] + self.neuron
        many = "1 neuron" if layer.count == 1 else f"{layer.count} neurons"
        words = f"Neuron {self.neuron} of layer {layer.title} ({layer.kind}, {many})"
        if len(neurons) > 1:
            more = ", ..." if len(neurons) > _LISTED else ""
            words += f", one of {len(neurons)} chosen: {', '.join(map(str, neurons[:_LISTED]))}{more}"
        mean, spread, turning, angle = self._columns()[:, number]
        words += f". Over {len(activity.rows)} points its activation is {mean:.2g} ± {spread:.2g}"
        words += f", its gradient spread {turning:.2g}" if np.isfinite(turning) else ""
        words += f", its angle to {self.formula} {angle:.2g} degrees" if np.isfinite(angle) else ""
        words += self._law(layer.name)
        words += f". The {activity.starts[-1]} neurons are coloured by {MEASURES[self.colour_by]}."
        return f"{words} {self.atlas.warning}".rstrip() if self.colour_by == "law" else words

    def _law(self, layer):
        rows = () if self.atlas is None else self.atlas.of(layer).rows
        for row in rows:
            if row.neuron == self.neuron and not row.note:
                given = ", by construction" if row.by_construction else ""
                return f", and its formula {row.formula or 'none'} (loss {row.loss:.1e}{given})"
        return ""

    @property
    def words(self):
        """What is shown, in words."""
        return "\n".join(filter(None, [self._description(), self._diagram.error]))


def _packed(columns):
    """Numbers as bytes, two each: the upper half of single precision (bfloat16), two to three digits."""
    bits = np.ascontiguousarray(columns, dtype="<f4").view("<u4")
    return ((bits + 0x8000) >> 16).astype("<u2").tobytes()
