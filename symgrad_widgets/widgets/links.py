"""The views of a Workbench that Python can drive. All views show one state."""

import threading

from ..errors import SymgradError
from .chooser import ExperimentChooser
from .expressionview import ExpressionView
from .fieldview import FieldView
from .neuronpicker import NeuronPicker
from .phiview import PhiView
from .stepper import SearchStepper
from .subject import Network

__all__ = ["Links", "Turning"]


class Turning(threading.local):
    """Whether this thread is updating the views from the state; changes by other threads still count."""

    now = False


class Links:
    """Views that are made on first use. The views follow a Workbench, and the Workbench follows the views."""

    @property
    def chooser(self):
        """`ExperimentChooser`, or None for a network of your own."""
        return None if self._given_model else self._linked("chooser")

    @property
    def picker(self):
        """`NeuronPicker` of the network."""
        return self._linked("picker")

    @property
    def fieldview(self):
        """`FieldView`, or None if the field has one input."""
        return self._linked("fieldview") if len(self.field.names) > 1 else None

    @property
    def stepper(self):
        """`SearchStepper` of the search."""
        return self._linked("stepper")

    @property
    def phiview(self):
        """`PhiView`, or None for several neurons, or neurons without values."""
        one = self.field.neurons == 1 and self.field.values is not None
        return self._linked("phiview") if one else None

    @property
    def expression(self):
        """`ExpressionView` of the guesses, and of the machine's formula that was shown last."""
        return self._linked("expression")

    def _linked(self, name):
        view = self._views.get(name)
        if view is None or view.comm is None:  # it may have been closed with its cell
            view = self._views[name] = getattr(self, f"_make_{name}")()
            self._turned(name)
        return view

    def _follow_all(self):
        """Update all views from the state."""
        for name in list(self._views):
            if self._views[name].comm is not None:
                self._turned(name)

    def _turned(self, name):
        if getattr(self, name) is None:
            return
        before, self._turning.now = self._turning.now, True
        try:
            getattr(self, f"_turn_{name}")(self._views[name])
        finally:
            self._turning.now = before

    def _hear(self, view, act, *traits):
        """Act when a person or a program changes a view, but not when the state changes it."""
        view.observe(lambda change: None if self._turning.now else act(change), traits)

    def _take(self, **parts):
        """Apply a view's change to the state, or say why this is impossible."""
        try:
            self.state = self._with(parts)
            self._say("")
        except SymgradError as error:
            self._say(self._sentence(error))

    @property
    def _machine(self):
        """Text of the machine's formula on show or, if none is on show, of the machine's best formula."""
        found, view = self._subject.found, self._shown
        if not 0 < view.generation <= len(found):
            return None
        front, best = found[view.generation - 1]["front"], found[view.generation - 1]["best"]
        if view.selected in [one["text"] for one in front]:
            return view.selected
        return front[best]["text"] if best >= 0 else None

    # -- one by one ------------------------------------------------------------------------------------------

    def _make_chooser(self):
        network = self._subject.network
        chooser = ExperimentChooser(
            network.run or network.experiment, network.seed, self.hidden, language=self._language
        )
        self._hear(chooser, self._trained, "run")
        return chooser

    def _trained(self, change):
        if change.new is self._subject.network.run:
            return
        if change.new is None:
            self._say(self._says("training.noWeights"))
            return
        self._begin(Network.of(change.new))
        self._say("")

    def _turn_chooser(self, chooser):
        if self._subject.network.run is not None:
            chooser.take(self._subject.network.run)

    def _make_picker(self):
        picker = NeuronPicker(self._subject.network.activity, beside=False, language=self._language)
        self._hear(picker, self._chosen, "layer", "neurons")
        return picker

    def _chosen(self, _):
        picker, activity = self._views["picker"], self._subject.network.activity
        position = activity.position(picker.layer)
        layer = None if position == activity.position(None) else picker.layer
        if (layer, picker.neurons) != (self._shown.layer, self._shown.neurons):
            self._take(layer=layer, neurons=picker.neurons)

    def _turn_picker(self, picker):
        subject = self._subject
        if picker.activity is not subject.network.activity:
            picker.close()
            picker = self._views["picker"] = self._make_picker()
        picker.choose(subject.layer, *subject.neurons)
        picker.know(subject.field)

    def _make_fieldview(self):
        view = FieldView(self.field, inputs=self._shown.inputs, language=self._language)
        looked = lambda _: self._take(inputs=view.inputs, slice=dict(view.slice or {}))  # noqa: E731
        self._hear(view, looked, "inputs", "slice")
        return view

    def _turn_fieldview(self, view):
        view.candidate = None
        view.field = self.field
        view.inputs = self._shown.inputs
        if dict(view.slice or {}) != self._shown.slice:
            view.slice = self._shown.slice or None
        view.candidate = self._shown.selected

    def _make_phiview(self):
        return PhiView(self.field, language=self._language)

    def _turn_phiview(self, view):
        view.candidate = None
        view.field = self.field
        view.candidate = self._shown.selected

    def _make_expression(self):
        view = ExpressionView(self.field, hidden=self._shown.hidden, language=self._language)
        self._hear(view, lambda _: self._guessed(view), "guess")
        return view

    def _guessed(self, view):
        if view.guess is not None:
            if not view.guessed:
                self._assigned |= {view.texts[-1]}
            self._take(guesses=tuple(dict.fromkeys(view.texts)), selected=view.texts[-1])

    def _turn_expression(self, view):
        view.field = self.field
        view.hidden = self._shown.hidden
        if (view.texts, view.hidden and not view.guessed) != (self._shown.guesses, self._secret):
            view.take(self._shown.guesses, not self._secret)
        view.candidate = self._machine

    def _make_stepper(self):
        stepper = SearchStepper(self.search, language=self._language)
        self._hear(stepper, self._stepped, "state", "selected")
        return stepper

    def _stepped(self, _):
        stepper, subject = self._views["stepper"], self._subject
        if stepper.search is not subject.search:
            return
        known = subject.known
        subject.ended = "known" if subject.search.settled else None
        for plain in subject.found[known:]:
            self._tell_generation(subject, plain)
        chosen = stepper.selected
        text = (
            self._shown.selected if chosen is None or self._secret else str(subject.search.in_inputs(chosen))
        )
        self._take(generation=stepper.state.generation, selected=text)

    def _turn_stepper(self, stepper):
        subject, view = self._subject, self._shown
        if stepper.search is not subject.search:
            stepper.search = subject.search
        stepper.share(subject.states)
        stepper.hidden = self._secret
        stepper.guesses = tuple(subject.scored(text) for text in view.guesses)
        if stepper.state is not subject.states.get(view.generation, stepper.state):
            stepper.goto(view.generation)
        texts = stepper.texts
        if view.selected in texts:
            stepper.selected = stepper.state.front[texts.index(view.selected)]
