"""A diagram of a network's neurons, to see what each neuron does on data, and to choose one."""

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

_LISTED = 8  # neurons that a sentence names, at most
_Checked: Any = traitlets.TraitType  # unlike Any, it asks the validator about None too


class NeuronPicker(Pane):
    """A network's layers and neurons, coloured by what each neuron does on the data; click one to choose it.

    A layer is a column of tiles. Each tile shows a neuron's value over two inputs, or only at the data points
    if the network takes no other points. The tile of a convolution's channel shows its map at one point.
    Tiles of weak neurons are faded. Click or use the arrow keys to choose a neuron; with shift or ctrl you
    add a neuron of the same layer.

    >>> picker = sg.NeuronPicker(run.model, run.x, names=run.names)
    >>> picker.layer, picker.neuron = "silu2", 17
    >>> picker.observe(lambda change: ..., ["layer", "neurons"])
    >>> sg.interpret(picker.field)

    Activations are recorded when the view is made, in one forward pass at up to 400 of the points. Gradients
    are computed only when a measure needs them. They cost one forward-mode pass for each input, not one
    backward pass for each neuron. If there are more than 32 inputs, 32 random projections take their
    place (see `Activity`).

    Parameters
    ----------
    model : torch.nn.Module, or an `Activity`, which brings its own points
    x : array (N, ...)
        One point in each row, at least two.
    names : names of the n inputs
    formula : formula (text, SymPy or Candidate), or None
    atlas : Atlas of this model, or of some of its layers, or None
    layers : names of the layers to show, or None for all layers that compute something. You need this for
        networks of more than 16,384 neurons.
    wrt, forward_args, training
        As in `gradient_field`.
    beside : bool, whether to draw a large picture of the current neuron's value over two inputs, too
    language : "en" or "de", the language of all words

    Attributes
    ----------
    layer : str, or None for the model's output
    neurons : tuple of int
        The chosen neurons, by number; the last one is current. If the layer changes, numbers that exist in
        the new layer stay chosen.
    neuron : int, the current neuron; if you assign it, only that neuron is chosen
    colour_by : "activation" | "gradient" | "alignment" | "law"
        In this order: the standard deviation of the value over the data; how much the gradient turns; the
        angle to the formula; how well the neuron's formula in the atlas fits.
    formula, atlas : can be assigned; a formula is read as `score` reads it
        All these attributes can be observed. If a value is wrong, an error is raised and nothing changes.

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
        language="en",
    ):
        known = isinstance(model, Activity)
        self.activity = model if known else Activity(model, x, names, layers, wrt, forward_args, training)
        self._field, self._planes = (None, None), {}
        self._inputs = tuple(self.activity.names[:2])
        super().__init__(ViewState(), self.panels if beside else ("network",), language)
        self.layer = None
        self.formula, self.atlas = formula, atlas
        self.observe(self._kept, ["layer", "neurons", "neuron", "formula", "atlas"])
        self.observe(self._draw, ["layer", "neurons", "colour_by", "formula", "atlas"])
        self.observe(self._coloured, "_choices")
        self._draw()

    def choose(self, layer, *neurons):
        """Choose a layer and some of its neurons at the same time."""
        position = self.activity.position(layer)
        neurons = self.activity.neurons(position, neurons)
        with self.hold_trait_notifications():
            self.layer, self.neurons = self.activity.layers[position].name, neurons

    def know(self, field):
        """Use a field of the chosen neurons that was computed elsewhere."""
        self._field = (self.activity.position(self.layer), self.neurons), field

    @property
    def field(self):
        """`GradientField` of the chosen neurons, at all points of x."""
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
        """Keep traits that depend on one another consistent."""
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
        """Return what the view says about the neurons, and the current neuron's value over the data."""
        measure = self._measure()
        asked = {} if not self._planes else {"field": self._values(), "section": self._section()}
        return asked | {
            "what": self._name("title"),
            "said": self._description(),
            "legend": [measure.title, measure.low, measure.high],
            "measures": [[name, self._says(f"neurons.{name}"), self._available(name)] for name in MEASURES],
        }

    def _tiles(self):
        position, *neurons = self._choice
        strength = None if self.colour_by == "activation" else self._measure().strength
        return {"network": network_data(self.activity, self._plane(), neurons, position, strength)}

    def _plane(self):
        """Return the `Section` of all neurons over the inputs on show, or `Samples`."""
        if self._inputs not in self._planes:
            points = self.activity.points
            field = GradientField(points, np.ones_like(points), self.activity.names)
            self._planes[self._inputs] = asked(self.activity, field, self._inputs) or Samples(self.activity)
        return self._planes[self._inputs]

    def _section(self):
        plane, number = self._plane(), self.activity.starts[self._choice[0]] + self.neurons[-1]
        return [list(self._inputs), None if isinstance(plane, Samples) else plain_section(plane, number)]

    def _points(self):
        """Return the points, as plain data of a field without arrows."""
        points = self.activity.points[self.activity.rows].astype(float)
        return {"points": packed(points.T), "spread": packed(points.std(0)), "basis": None}

    def _values(self):
        """Return the current neuron's values at the points."""
        number = self.activity.starts[self._choice[0]] + self.neurons[-1]
        return {
            "names": list(self.activity.names),
            "count": len(self.activity.rows), "dimension": 0, "rank": 0, "span": "", "weights": None,
            "values": packed(self.activity.values[:, number].astype(float)),
        }  # fmt: skip

    def _measure(self):
        return self.activity.measure(self.colour_by, self.formula, self.atlas, self._says)

    def _columns(self):
        """Return each neuron's mean, spread, gradient spread and angle; NaN for values not known yet."""
        return np.stack([self.activity.mean, self.activity.spread, *self.activity.known(self.formula)])

    def _activation(self):
        activity, number = self.activity, self.activity.starts[self._choice[0]] + self.neurons[-1]
        two = (0, 1) if len(activity.names) == 2 else None
        return plots.activation_picture(
            activity.points[activity.rows],
            activity.values[:, number],
            activity.names,
            two,
            self._name("name"),
            self._says,
        )

    def pictures(self):
        """Return the neurons, and the current neuron's activation over the data."""
        activity, measure = self.activity, self._measure()
        dots = plots.NeuronsPicture(
            layers=tuple((layer.label, layer.count) for layer in activity.layers),
            levels=plots.levels_of(measure.strength),
            chosen=tuple(int(activity.starts[self._choice[0]]) + neuron for neuron in self.neurons),
            legend=(measure.title, measure.low, measure.high),
            words=self._description(),
            say=self._says,
        )
        return [dots, self._activation()]

    def _name(self, key):
        title = self.activity.layers[self._choice[0]].title
        return self._says(f"neurons.{key}", number=self.neurons[-1], layer=title)

    def _description(self):
        activity, (position, *neurons) = self.activity, self._choice
        layer, number = activity.layers[position], activity.starts[position] + self.neurons[-1]
        say, title = self._says, self._name("title")
        many = say("neurons.one") if layer.count == 1 else say("told.neurons", count=layer.count)
        words = say("neurons.which", title=title, kind=layer.kind, many=many)
        if len(neurons) > 1:
            some = ", ".join(map(str, neurons[:_LISTED])) + (", ..." if len(neurons) > _LISTED else "")
            words += say("neurons.among", count=len(neurons), some=some)
        mean, spread, turning, angle = self._columns()[:, number]
        words += say("neurons.mean", count=len(activity.rows), mean=mean, spread=spread)
        words += say("neurons.turning", turning=turning) if np.isfinite(turning) else ""
        if np.isfinite(angle):
            words += say("neurons.angle", formula=str(self.formula), angle=angle)
        words += self._law(layer.name)
        measure = say(f"neurons.{self.colour_by}")
        words += say("neurons.coloured", count=int(activity.starts[-1]), measure=measure)
        return f"{words} {self.atlas.warning}".rstrip() if self.colour_by == "law" else words

    def _law(self, layer):
        rows = () if self.atlas is None else self.atlas.of(layer).rows
        for row in rows:
            if row.neuron == self.neurons[-1] and not row.note:
                formula = row.formula or self._says("neurons.none")
                given = self._says("neurons.given") if row.by_construction else ""
                return self._says("neurons.formula", formula=formula, loss=row.loss, given=given)
        return ""

    @property
    def words(self):
        """Description of the view, in words."""
        return "\n".join(filter(None, [self._description(), self.error]))
