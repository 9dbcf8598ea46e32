"""One instrument in which question, field, guess, formulas and time are seen at once."""

from functools import partial

import traitlets

from .. import plots
from ..checks import whole
from ..errors import DataError, SymgradError
from ..formula.expressions import angles, as_expression
from ..formula.language import language
from ..formula.typed import read_formula
from ..network.experiment import experiments
from ..search import warm_up
from . import bokehjs
from .canvases import document
from .cells import adopt
from .frontend import Front
from .pages import write_page
from .panel import described
from .subject import Network, Subject
from .viewstate import ViewState
from .worker import Worker

__all__ = ["Instrument"]

_STILL = 200  # arrows of a picture that does not move


class Instrument(Front):
    """See what a neuron does, guess a formula, and let the machine try.

    The page computes what hands need: it scores guesses, and plays what has been found, without Python.

    >>> sg.Instrument("cubic_force")
    >>> sg.Instrument(my_network, x, names=("x", "v"))

    Parameters
    ----------
    source : name of an experiment, Experiment, TrainingResult, or torch.nn.Module (then with `x`)
    x : array (N, ...) of points, for a network of your own
    names : names of the n inputs
    seed : int, of the training and of the search
    show : sequence of panels that are open: "network", "formulas", "bend", "time"
    hidden : bool
        Keep the machine's formulas back until somebody has guessed.

    Attributes
    ----------
    state : ViewState; assign one, or its text, to go there
    field : GradientField that is looked at
    search : Search in it

    """

    _script, _style = "instrument/index.js", "instrument/instrument.css"
    _version = traitlets.Unicode(bokehjs.VERSION).tag(sync=True)
    _state = traitlets.Dict().tag(sync=True)

    def __init__(self, source="oscillator", x=None, names=None, *, seed=0, show=(), hidden=False):
        self._worker = Worker(self._working)
        self._aside = Worker(self._answering)  # beside a search
        network = Network.of(source, x, names, seed)
        self._subject = Subject(network, None, network.neuron)
        self._subjects = {_key(self._subject): self._subject}  # each keeps its search
        self._given_model = x is not None
        self._known = {}  # experiments by name that are none of the package's
        experiment = network.experiment
        if experiment is not None:
            self._known[experiment.slug] = experiment
        self._view = self._subject.view(show, hidden)
        self._error, self._running = "", False
        super().__init__("sgi-view", _state=self._view.plain())
        self.on_msg(self._asked)
        self.observe(self._moved, "_state")
        adopt(self)

    # -- state -----------------------------------------------------------------------------------------------

    @property
    def field(self):
        """GradientField that is looked at."""
        return self._subject.field

    @property
    def search(self):
        """Search in the field."""
        return self._subject.search

    @property
    def state(self):
        """What is shown, as a `ViewState`."""
        return self._view

    @state.setter
    def state(self, given):
        view = ViewState.read(given)
        self._go(view, self._tried(view))

    def _go(self, view, subject):
        """Show a state that has been tried, and what it looks at."""
        if subject is not self._subject:
            self._halt()
        subject.reach(view.generation)
        other, before, secret = subject is not self._subject, self._view, self._secret
        kept = {key: one for key, one in self._subjects.items() if key[0] is subject.network}
        self._subjects = kept | {_key(subject): subject}
        self._subject, self._view = subject, view
        self._state = view.plain()
        if other:
            self._tell(**self._given())
        elif (view.inputs, view.slice) != (before.inputs, before.slice):
            self._tell(section=self._section())
        if secret and not self._secret:
            self._tell(found=subject.found)
        shown = (view.experiment, view.seed, view.inputs, "network" in view.open)
        if shown[-1] and shown != (before.experiment, before.seed, before.inputs, "network" in before.open):
            self._tell(network=subject.tiles(view.inputs))

    def _tried(self, view):
        """Return what a state looks at; raises, with nothing changed, where it cannot be gone to."""
        now = self._subject
        if (view.experiment is None) != self._given_model:
            other = "a network of one's own" if view.experiment is None else view.experiment
            raise DataError(f"this state is of {other}, not of what this Instrument shows")
        if (view.experiment, view.seed) == (self._view.experiment, self._view.seed):
            network = now.network
        elif self._given_model:
            network = Network(now.network.activity, None, view.seed, now.network.neuron)
        else:
            network = Network.of(self._known.get(view.experiment, view.experiment), seed=view.seed)
        subject = self._of(network, view.layer, view.neurons)
        names = subject.field.names
        for name in (*view.inputs, *view.slice):
            if name not in names:
                raise DataError(f"no input {name!r} is there to be shown: there are {', '.join(names)}")
        for text in (*view.guesses, *([] if view.selected is None else [view.selected])):
            read_formula(text, names)
        return subject

    def _of(self, *key):
        """Subject of a network, a layer and neurons; those of the network at hand are made once."""
        if key not in self._subjects:
            subject = Subject(*key)
            if subject.network is not self._subject.network:
                return subject
            self._subjects[key] = subject
        return self._subjects[key]

    def _moved(self, change):
        """Follow the page; what it may not be stays as it was, and the page is told why."""
        if change.new == self._view.plain():
            return
        try:
            self.state = change.new
            error = ""
        except SymgradError as refused:
            error = str(refused)
            self._state = self._view.plain()
        if error != self._error:
            self._error = error
            self._tell(error=error)

    # -- what the page is told -------------------------------------------------------------------------------

    def _tell(self, **given):
        self.send({"given": given})

    def _given(self):
        """All that a page has to know, as plain data."""
        subject = self._subject
        return {
            "language": language(),
            "choices": [] if self._given_model else _choices(self._known.values()),
            "story": subject.network.story,
            "what": subject.what,
            "field": subject.data(),
            "section": self._section(),
            "found": [] if self._secret else subject.found,
            "ended": subject.ended,
            "running": self._running,
            "error": self._error,
        }

    def _section(self):
        return [list(self._view.inputs), self._subject.section(self._view.inputs, self._view.slice)]

    @property
    def _secret(self):
        return self._view.hidden and not self._view.guesses

    def _asked(self, _, message, __):
        """Answer a page: `want` what it has to know, `do` what a person has asked for."""
        view, subject, get = self._view, self._subject, message.get
        answers = {
            "live": lambda: self.send({"live": self._version}, buffers=[bokehjs.script()]),
            "given": self._tell_all,
            "plots": lambda: self._tell(documents={name: document(name) for name in ("front", "bend")}),
            "layer": lambda: self._tell(layer=subject.layer_tiles(view.inputs, get("layer"))),
            "look": lambda: self._look(get("layer"), get("neuron")),
            "what": lambda: self._aside.start(partial(self._what, get("text"))),
            "go": lambda: self._aside.start(partial(self._open, get("experiment"), get("seed", 0))),
            "hint": lambda: self._worker.start(partial(self._hint, get("text"))),
            "step": lambda: self._worker.start(self._step),
            "play": lambda: self._worker.start(self._play),
            "stop": self._halt,
        }
        try:
            answers.get(get("want", get("do")), lambda: None)()
        except SymgradError as error:
            self._tell(error=str(error))

    def _tell_all(self):
        tiles = self._subject.tiles(self._view.inputs) if "network" in self._view.open else None
        self._tell(**self._given(), documents={"field": document("field")}, network=tiles)

    def _look(self, layer, neuron):
        """Give the page another neuron to look at; the one that is chosen stays."""
        subject, view = self._of(self._subject.network, layer, (neuron,)), self._view
        self._tell(
            look={
                "layer": layer,
                "neuron": neuron,
                "what": subject.what,
                "field": subject.data(self.field),
                "section": [list(view.inputs), subject.section(view.inputs, view.slice)],
                "found": [] if self._secret else subject.found,
            }
        )

    def answer(self, formula=None):
        """Say what a formula is to the neurons, as *What is this?* does; None is the one that is shown.

        Returns {"same": bool, "name": text, "said": a sentence}: whether it is what they have learnt.
        """
        return self._subject.told(self._view.selected if formula is None else formula)

    def _what(self, text):
        subject = self._subject
        told = {"text": text, "harder": subject.network.harder}
        self._told_of(subject, told=subject.told(text) | told)

    def _open(self, experiment, seed):
        """Begin with an experiment, by name; it is trained where the package has no weights for the seed."""
        self._halt()
        network = Network.of(self._known.get(experiment, experiment), seed=whole(seed, "seed", most=2**31))
        subject = Subject(network, None, network.neuron)
        self._go(subject.view(self._view.open, self._view.hidden), subject)

    def _working(self, running, error):
        self._running, self._error = running, error
        self._tell(running=running, error=error)

    def _answering(self, running, error):
        self._tell(busy=running, error=error)

    def _step(self):
        subject = self._subject
        state = subject.search.step()
        if state.generation > len(subject.found):
            self._found(subject, state)

    def _play(self):
        subject = self._subject
        warm_up()  # the search does not look at Stop before all is compiled
        if not self._worker.halted.is_set():
            callback = partial(self._found, subject)
            subject.ended = subject.search.run(progress=False, callback=callback).ended
            self._told_of(subject, ended=subject.ended)
            if subject.field.rank > 1 and subject.ended == "known":
                self._read_all(subject)

    def _read_all(self, subject):
        """Search for the other concepts of several neurons, too, and say which all there are."""
        found, rank = subject.concepts(self._worker.halted.is_set), subject.field.rank
        said = {"name": f"{len(found)} of {rank} concepts", "said": "; ".join(map(str, found)) or "none"}
        self._told_of(subject, told=said | {"text": None, "same": False})

    def _found(self, subject, state):
        plain = subject.keep(state)
        if not self._secret:
            self._told_of(subject, generation=plain, ended=subject.ended)
        return self._worker.halted.is_set()

    def _told_of(self, subject, **given):
        """Tell the page, unless another neuron has been chosen meanwhile."""
        if subject is self._subject:
            self._tell(**given)

    def _hint(self, text):
        subject = self._subject
        said = {"text": text, "same": False, "name": "Hint", "said": subject.hint()}
        self._told_of(subject, told=said)

    def export(self, path, **given):
        """Write what is shown, and what has been found, as a page that needs no kernel; returns its `Path`.

        Keywords `atlas`, `word`, `tasks`, `title`, `notebook`, `bokeh` are those of `symgrad_widgets.page`.
        """
        return write_page(path, self._view, self._subject, **given)

    # -- pictures and words ----------------------------------------------------------------------------------

    def pictures(self):
        """The field, with the angles to the formula that is shown; of one input, the neuron's value."""
        field, view = self.field, self._view
        if len(view.inputs) < 2:
            what = view.inputs[0]
            return [plots.phi_picture(field.points[:, field.names.index(what)], field.values, what=what)]
        if view.selected is None:
            return [plots.field_picture(field, None, view.inputs)]
        formula = as_expression(view.selected, field.names)
        apart = angles(formula, field)
        return [plots.field_picture(field, apart, view.inputs, _STILL, view.selected)]

    @property
    def words(self):
        """What is shown, in words."""
        view = self._view
        shown = f" Shown is {view.selected}." if view.selected else ""
        return f"What has this neuron learnt? {self._subject.network.story}{shown}"

    def _repr_mimebundle_(self, **kwargs):
        svg = "".join(picture.svg() for picture in self.pictures())
        return described(super()._repr_mimebundle_(**kwargs), svg, self.words)

    def close(self):
        """End what runs in the background, and the view."""
        self._halt()
        super().close()

    def _halt(self):
        """End what runs; the generation in hand is dropped."""
        if self._worker.running:
            self._worker.halted.set()
            self._subject.stop()


def _choices(own):
    """[name, label] of each experiment that can be gone to; a label gives no answer away."""
    shown = {one.slug: one for one in (*own, *experiments)}
    return [[slug, f"{one.id}  {', '.join(one.names[:4])}".strip()] for slug, one in shown.items()]


def _key(subject):
    return subject.network, subject.layer, subject.neurons
