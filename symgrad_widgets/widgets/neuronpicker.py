"""A diagram of a network's neurons: look at what each does on data, and choose."""

from typing import Any

import numpy as np
import traitlets

from .. import plots
from ..errors import SymgradError
from ..field import GradientField
from ..formula.expressions import as_expression
from ..reading.activity import MEASURES, Activity
from .fielddata import packed
from .pane import Pane
from .planes import asked, plain_section
from .tiles import Samples, layer_data, network_data
from .viewstate import ViewState

__all__ = ["NeuronPicker"]

_LISTED = 8  # neurons named in a sentence
_Checked: Any = traitlets.TraitType  # unlike Any, it asks the validator about None too


class NeuronPicker(Pane):
    """A network's layers and neurons, coloured by what each does on the data; click one to choose it.

    A layer is a column of tiles. A tile is a neuron: its value over two inputs, or, where the network cannot
    be asked for other points, at points of the data; of a channel of a convolution the map at one point.
    Faded is weak. Click or arrow keys choose a neuron; shift or ctrl adds one of the same layer.

    >>> picker = sg.NeuronPicker(run.model, run.x, names=run.names)
    >>> picker.layer, picker.neuron = "silu2", 17
    >>> picker.observe(lambda change: ..., ["layer", "neurons"])
    >>> sg.interpret(picker.field)

    Activations are recorded at once, in one forward pass at up to 400 of the points. Gradients wait until
    a measure needs them, and then cost one forward-mode pass for each input, not one backward pass for
    each neuron (of more than 32 inputs, 32 random projections: see `Activity`).

    Parameters
    ----------
    model : torch.nn.Module, or an `Activity`, which has its own points
    x : array (N, ...)
        One point a row, two at least.
    names : names of the n inputs
    formula : formula (text, SymPy or Candidate), or None
    atlas : Atlas of this model, or of some of its layers, or None
    layers : names of the layers to show, or None for all that compute something
        For networks of more than 16,384 neurons.
    wrt, forward_args, training
        As in `gradient_field`.
    beside : bool, whether the current neuron's value over two inputs is drawn large, too

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

    panels = ("network", "field")
    layer = _Checked(None)
    neurons = _Checked((0,))
    neuron = _Checked(0)
    colour_by = _Checked("activation")
    formula = _Checked(None)
    atlas = _Checked(None)

    def __init__(
        self,
        model,
        x=None,
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
        known = isinstance(model, Activity)
        self.activity = model if known else Activity(model, x, names, layers, wrt, forward_args, training)
        self._field, self._planes = (None, None), {}
        self._inputs = tuple(self.activity.names[:2])
        super().__init__(ViewState(), self.panels if beside else ("network",))
        self.layer = None
        self.formula, self.atlas = formula, atlas
        self.observe(self._kept, ["layer", "neurons", "neuron", "formula", "atlas"])
        self.observe(self._draw, ["layer", "neurons", "colour_by", "formula", "atlas"])
        self.observe(self._coloured, "_choices")
        self._draw()

    def choose(self, layer, *neurons):
        """Choose neurons of a layer, both at once."""
        position = self.activity.position(layer)
        neurons = self.activity.neurons(position, neurons)
        with self.hold_trait_notifications():
            self.layer, self.neurons = self.activity.layers[position].name, neurons

    def know(self, field):
        """Have a field of the neurons chosen that somebody else has made."""
        self._field = (self.activity.position(self.layer), self.neurons), field

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

    def _moved_to(self, state):
        if (state.layer, state.neurons) != (self._shown.layer, self._shown.neurons):
            self.choose(state.layer, *state.neurons)
        if state.inputs != self._inputs:
            self._inputs = state.inputs
            self._draw()
            self._tell(**self._tiles())

    def _coloured(self, change):
        if change.new == {"colour_by": self.colour_by}:
            return
        try:
            self.colour_by = change.new.get("colour_by", self.colour_by)
            self._say("")
        except SymgradError as error:
            self._say(str(error))
        self._choices = {"colour_by": self.colour_by}

    def _do(self, message):
        if message.get("want") == "layer":
            name, strength = message.get("layer"), self._measure().strength
            self._tell(layer=layer_data(self.activity, self._plane(), name, strength))

    @property
    def _choice(self):
        return (self.activity.position(self.layer), *self.neurons)

    def _draw(self, change=None):
        position, *neurons = self._choice
        layer = None if position == self.activity.position(None) else self.activity.layers[position].name
        anew = change is not None and change.name in ("colour_by", "formula", "atlas")
        told = self._tiles() if anew and self._planes else {}  # a page has asked for them
        state = ViewState(layer=layer, neurons=tuple(neurons), inputs=self._inputs)
        self._go(state, **self._told(), **told)
        self._choices = {"colour_by": self.colour_by}

    def _given(self):
        return super()._given() | self._tiles() | self._told() | {"field": self._points() | self._values()}

    def _told(self):
        """What is said of the neurons, and the current one's value over the data."""
        measure = self._measure()
        asked = {} if not self._planes else {"field": self._values(), "section": self._section()}
        return asked | {
            "what": f"N{self._name()[1:]}",
            "said": self._description(),
            "legend": [measure.title, measure.low, measure.high],
            "measures": [[name, title, self._available(name)] for name, title in MEASURES.items()],
        }

    def _tiles(self):
        position, *neurons = self._choice
        strength = None if self.colour_by == "activation" else self._measure().strength
        return {"network": network_data(self.activity, self._plane(), neurons, position, strength)}

    def _plane(self):
        """`Section` of all neurons over the inputs that are looked at, or `Samples`."""
        if self._inputs not in self._planes:
            points = self.activity.points
            field = GradientField(points, np.ones_like(points), self.activity.names)
            self._planes[self._inputs] = asked(self.activity, field, self._inputs) or Samples(self.activity)
        return self._planes[self._inputs]

    def _section(self):
        plane, number = self._plane(), self.activity.starts[self._choice[0]] + self.neurons[-1]
        return [list(self._inputs), None if isinstance(plane, Samples) else plain_section(plane, number)]

    def _points(self):
        """Points without arrows."""
        points = self.activity.points[self.activity.rows].astype(float)
        return {"points": packed(points.T), "spread": packed(points.std(0)), "basis": None}

    def _values(self):
        """The current neuron's values at the points."""
        number = self.activity.starts[self._choice[0]] + self.neurons[-1]
        return {
            "names": list(self.activity.names),
            "count": len(self.activity.rows), "dimension": 0, "rank": 0, "span": "", "weights": None,
            "values": packed(self.activity.values[:, number].astype(float)),
        }  # fmt: skip

    def _measure(self):
        return self.activity.measure(self.colour_by, self.formula, self.atlas)

    def _columns(self):
        """Mean, spread, gradient spread and angle of every neuron; NaN where not known yet."""
        return np.stack([self.activity.mean, self.activity.spread, *self.activity.known(self.formula)])

    def _activation(self):
        activity, number = self.activity, self.activity.starts[self._choice[0]] + self.neurons[-1]
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
        return f"neuron {self.neurons[-1]} of layer {self.activity.layers[self._choice[0]].title}"

    def _description(self):
        activity, (position, *neurons) = self.activity, self._choice
        layer, number = activity.layers[position], activity.starts[position] + self.neurons[-1]
        many = "1 neuron" if layer.count == 1 else f"{layer.count} neurons"
        words = f"Neuron {self.neurons[-1]} of layer {layer.title} ({layer.kind}, {many})"
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
            if row.neuron == self.neurons[-1] and not row.note:
                given = ", by construction" if row.by_construction else ""
                return f", and its formula {row.formula or 'none'} (loss {row.loss:.1e}{given})"
        return ""

    @property
    def words(self):
        """What is shown, in words."""
        return "\n".join(filter(None, [self._description(), self.error]))
