"""Show question, field, guess, network, formulas, bend (the curve phi) and timeline in one instrument."""

import threading
from dataclasses import replace
from functools import partial
from time import monotonic

import traitlets

from .. import plots
from ..checks import several, whole
from ..errors import DataError, SymgradError
from ..formula.expressions import angles, as_expression
from ..formula.typed import read_formula
from ..network.experiment import experiments
from ..reading.interpretation import interpret
from ..search import warm_up
from ..verdict import verdict_on
from .links import Links, Turning
from .pages import write_page
from .pane import Pane
from .subject import Network, Subject
from .viewstate import PANELS, ViewState
from .worker import Worker
from .xray import GrowingAtlas

__all__ = ["Workbench"]

_PACE = 0.25  # seconds between two pictures of a training
_STILL = 200  # arrows of a picture that does not move
_ALL = ("network", "field", "guess", "angle", "formulas", "front", "bend", "rest", "time", "told")


class Workbench(Links, Pane):
    """See what a neuron does, guess a formula, let the machine try, and look at the next neuron.

    The page responds at once, because it needs no Python to score guesses and to play the search. All panels
    show one state, which fits into a line of text.

    >>> sg.Workbench("cubic_force")
    >>> sg.Workbench(my_network, x, names=("x", "v"))
    >>> sg.Workbench("cubic_force", show=("field", "guess"))

    Parameters
    ----------
    source : name of an experiment, Experiment, TrainingResult, or torch.nn.Module (then pass `x`, too)
        An experiment begins with the package's weights, if there are any for it; otherwise a network is
        trained.
    x : array (N, ...) of points, for a network of your own
    names : names of the n inputs
    seed : int, of the training and of the search
    show : names of the panels to show, which are then the only ones: "network", "field", "guess", "angle",
        "formulas", "front" (error against length), "bend", "rest" (what the bend leaves unexplained), "time",
        "told" (answers). Without `show`, all panels are there, but most are closed at first; "all" opens
        them.
    hidden : bool
        Hide the machine's formulas until somebody guesses, that is, types a formula and presses Enter, or
        moves a formula's numbers and asks *What is this?* A guess that a cell assigns to `expression.guess`
        shows its own angle, but not the machine's formulas.
    language : "en" or "de", the language of all words
    projector : bool, whether to use larger type, for a projector in a classroom
    **reading : `layers`, `wrt`, `forward_args`, `training` as in `NeuronPicker`, for a network of your own

    Attributes
    ----------
    state : ViewState; assign a state, or its text, to show that state
    field : GradientField of the chosen neurons; can be observed
    search : Search in this field
    interpretation : Interpretation of the chosen neurons, after `interpret()`, or None
    hidden : can be assigned
    chooser, picker, fieldview, stepper, phiview, expression
        Views of the same state; each is made when you first ask for it. You can drive each view from Python,
        or show it in another cell, and the other views follow. Some views can be None: a network of your own
        has no chooser, several neurons have no phi, and one input has no field of directions.

    """

    field = traitlets.Any(read_only=True)

    def __init__(
        self,
        source="oscillator",
        x=None,
        names=None,
        *,
        seed=0,
        show=(),
        hidden=False,
        language="en",
        projector=False,
        **reading,
    ):
        self.interpretation, self._running, self._views, self._turning = None, False, {}, Turning()
        self._going = threading.Lock()  # a thread that changes the neuron keeps others from sending results
        self._worker = Worker(self._working)
        self._aside = Worker(self._answering)  # beside a search
        self._atlas = GrowingAtlas(lambda: self._worker.running or self._aside.running, self._read)
        if not isinstance(hidden, bool):
            raise DataError(f"hidden must be True or False, got {hidden!r}")
        everything = PANELS if show == "all" else ()
        show = () if everything else several(show, "show")
        for panel in show:
            if panel not in _ALL:
                raise DataError(f"there is no panel {panel!r}: choose from {', '.join(_ALL)}")
        network = Network.of(source, x, names, seed, **reading)
        self._subject = Subject(network, None, network.neuron)
        self._subjects = {_key(self._subject): self._subject}  # each keeps its search
        self._given_model = x is not None
        self._assigned = frozenset()  # guesses that a cell has made: they uncover nothing
        self._known = {}  # experiments, by name, that are not the package's
        experiment = network.experiment
        if experiment is not None:
            self._known |= {experiment.slug: experiment, experiment.id: experiment}
        super().__init__(self._subject.view(everything, hidden), show, language, projector)
        self.set_trait("field", self._subject.field)

    # -- state -----------------------------------------------------------------------------------------------

    @property
    def search(self):
        """Search in the field."""
        return self._subject.search

    @property
    def seed(self):
        """Seed of the training and of the search."""
        return self.state.seed

    @property
    def hidden(self):
        """Whether the machine's formulas are kept back until somebody has guessed."""
        return self.state.hidden

    @hidden.setter
    def hidden(self, whether):
        self.state = replace(self.state, hidden=whether)

    @property
    def state(self):
        """What is shown, as a `ViewState`."""
        return self._shown

    @state.setter
    def state(self, given):
        self._moved_to(ViewState.read(given))

    def _moved_to(self, view):
        subject = self._tried(view)
        self._show(replace(view, experiment=subject.network.name(view.hidden)), subject)

    def state_dict(self):
        """Return what is shown, as a dict of JSON values, for `from_state` here or on another machine.

        The dict holds neither your own networks nor training runs with other settings than the default.
        """
        return self.state.plain()

    @property
    def state_line(self):
        """`state_dict()` as one line of text to share, at most 2 KB; of many guesses, the last are kept."""
        return self.state.line

    def load_state(self, state):
        """Load a state, given as a dict or as text. If this fails, the present state stays."""
        self.state = state

    def export(self, path, **given):
        """Write a page that needs no kernel, with everything shown or found so far; return its `Path`.

        The keywords `atlas`, `word`, `tasks`, `title`, `notebook`, `bokeh` and `language` are those of
        `symgrad_widgets.page`.
        """
        return write_page(path, self.state, self._subject, **{"language": self._language, **given})

    @classmethod
    def from_state(cls, state, model=None, x=None, names=None, **given):
        """Restore the Workbench that a `state_dict()`, or its text, describes; the search is replayed.

        Raises
        ------
        DataError
            if the state is from another version or damaged, or if it belongs to a network that you did not
            give.

        """
        state = ViewState.read(state)
        if state.experiment is None and model is None:
            raise DataError("this state needs your own network, too: from_state(state, model, x, names)")
        bench = cls(state.experiment if model is None else model, x, names, seed=state.seed, **given)
        try:
            bench.state = state
        except BaseException:
            bench.close()
            raise
        return bench

    def _show(self, view, subject):
        """Show a state and its subject, after `_tried` has checked both."""
        if subject is not self._subject:
            self._halt()
            self.interpretation = None
            if subject.network is not self._subject.network:
                self._atlas.stop()
        subject.reach(view.generation)
        other, before, secret = subject is not self._subject, self._shown, self._secret
        kept = {key: one for key, one in self._subjects.items() if key[0] is subject.network}
        self._subjects = kept | {_key(subject): subject}
        told = {}
        with self._going:
            self._subject, self._shown = subject, view
            if other:
                told = self._given() | {"told": None}  # what was said was about other neurons
            elif (view.inputs, view.slice) != (before.inputs, before.slice):
                told["section"] = self._section()
            if secret != self._secret:
                told |= self._searched()
            seen, last = (
                (one.experiment, one.seed, one.inputs, self._has("network", one)) for one in (view, before)
            )
            if seen[-1] and seen != last:
                told["network"] = self._tiles()
            self._go(view, **told)
        self.set_trait("field", subject.field)
        self._follow_all()

    def _with(self, parts):
        """Return the state with the changes that a page asks for; no search is run."""
        view = super()._with(parts)
        subject = self._of(self._subject.network, view.layer, view.neurons)
        found = [] if self._keeps_back(view) else subject.found
        if "generation" not in parts and (subject is not self._subject or len(found) > len(self._found)):
            return _at_the_end(view, found, self._found)
        return replace(view, generation=min(view.generation, len(subject.found)))

    def _has(self, panel, view):
        return panel in (self._panels or view.open)

    def _tried(self, view):
        """Return a state's subject; if it cannot be loaded, raise an error and change nothing."""
        now = self._subject
        if (view.experiment is None) != self._given_model:
            other = "a network of one's own" if view.experiment is None else view.experiment
            raise DataError(f"this state belongs to {other}, not to what this Workbench shows")
        names = {now.network.name(hidden) for hidden in (False, True)}
        if view.experiment in names and view.seed == self._shown.seed:
            network = now.network
        elif self._given_model:
            network = Network(now.network.activity, None, view.seed, now.network.neuron)
        else:
            network = Network.of(self._known.get(view.experiment, view.experiment), seed=view.seed)
        subject = self._of(network, view.layer, view.neurons)
        names = subject.field.names
        for name in (*view.inputs, *view.slice):
            if name not in names:
                raise DataError(f"there is no input {name!r}: choose from {', '.join(names)}")
        if view.selected is not None:
            read_formula(view.selected, names)
        for text in view.guesses:
            subject.scored(text)
        return subject

    def _of(self, *key):
        """Return the subject of a network, a layer and neurons; for the present network, made only once."""
        if key not in self._subjects:
            subject = Subject(*key)
            if subject.network is not self._subject.network:
                return subject
            self._subjects[key] = subject
        return self._subjects[key]

    # -- what the page is told -------------------------------------------------------------------------------

    def _given(self):
        """Return everything that a page needs to know, as plain data."""
        subject = self._subject
        return super()._given() | {
            "choices": [] if self._given_model else _choices(self._known.values(), self._shown.hidden),
            "story": subject.network.story(self._says),
            "what": subject.what(self._says),
            "last": subject.last_hint,
            "field": subject.data(),
            "section": self._section(),
            "running": self._running,
            **self._searched(),
        }

    def _section(self):
        return [list(self._shown.inputs), self._subject.section(self._shown.inputs, self._shown.slice)]

    @property
    def _secret(self):
        return self._keeps_back(self._shown)

    def _keeps_back(self, view):
        return view.hidden and self._assigned.issuperset(view.guesses)

    @property
    def _found(self):
        """What the search has found; nothing while a page has to keep the answer back."""
        return [] if self._secret else self._subject.found

    def _searched(self):
        """Return what the search has found or, while this is kept back, only the number of generations."""
        subject = self._subject
        if self._secret:
            return {"found": [], "ended": None, "kept": len(subject.found)}
        return {"found": subject.found, "ended": subject.ended, "kept": None}

    def _tell_all(self):
        view = self._shown
        super()._tell_all(network=self._tiles() if self._has("network", view) else None)

    def _tiles(self):
        """The network as tiles. From then on we search for its neurons' formulas, the last layer first."""
        subject, tiles = self._subject, self._subject.tiles(self._shown.inputs)
        if not self._secret:
            columns = [one for one in reversed(tiles["columns"]) if one["choosable"]]
            self._atlas.grow(
                subject.network, [(one["layer"], neuron) for one in columns for neuron in one["neurons"]]
            )
        return tiles

    def _read(self, network, place, found):
        """Tell the page what the atlas has found for a neuron."""
        with self._going:
            if network is self._subject.network and not self._secret:
                self._tell(read=[*place, found])

    def _do(self, message):
        self._atlas.rest()
        get = message.get
        answers = {
            "layer": lambda: self._tell(layer=self._subject.layer_tiles(self._shown.inputs, get("layer"))),
            "look": lambda: self._look(get("layer"), get("neuron"), bool(get("ahead"))),
            "what": lambda: self._aside.start(partial(self._what, get("text"))),
            "go": lambda: self._aside.start(partial(self._open, get("experiment"), get("seed", 0))),
            "state": lambda: self._paste(str(get("text"))),
            "halt": self._aside.halted.set,
            "hint": lambda: self._worker.start(partial(self._hint, get("text"))),
            "step": lambda: self._worker.start(self._step),
            "play": lambda: self._worker.start(self._play),
            "stop": self._halt,
        }
        answers.get(get("want", get("do")), lambda: None)()

    def _paste(self, text):
        self.load_state(text)
        self._say("")

    def _look(self, layer, neuron, ahead=False):
        """Give the page another neuron to show or to keep for later; the chosen neuron stays chosen."""
        where = {"layer": layer, "neuron": neuron, "ahead": ahead}
        try:
            subject, view = self._of(self._subject.network, layer, (neuron,)), self._shown
        except SymgradError:
            self._tell(look=where | {"field": None})
            if ahead:  # nobody has asked for it yet
                return
            raise
        self._tell(
            look=where
            | {
                "what": subject.what(self._says),
                "field": subject.data(self.field),
                "section": [list(view.inputs), subject.section(view.inputs, view.slice)],
                "found": []
                if self._secret
                else subject.found or subject.network.laws.get((layer, neuron), []),
            }
        )

    def answer(self, formula=None):
        """Say how a formula relates to the neurons, as *What is this?* does; None means the formula on show.

        The result {"same": bool, "name": text, "said": a sentence} says whether the neurons have learnt the
        formula.
        """
        return self._subject.told(self._shown.selected if formula is None else formula, self._says)

    def _what(self, text):
        subject = self._subject
        told = {"text": text, "harder": subject.network.harder}
        self._told_of(subject, told=subject.told(text, self._says) | told)

    def _open(self, experiment, seed):
        """Begin with an experiment, given by name; train it if the package has no weights for the seed."""
        self._halt()
        seed, halted = whole(seed, "seed", most=2**31), self._aside.halted.is_set
        source, last = self._known.get(experiment, experiment), [0.0]

        def watch(history, model):
            if monotonic() - last[0] > _PACE:  # a page draws no more often
                self._learning(source, history, model)
                last[0] = monotonic()

        self._begin(Network.of(source, seed=seed, halted=halted, watch=watch))

    def _learning(self, source, history, model):
        """Tell the page how far training has come, and what the neurons on show now do."""
        subject, told = self._subject, {"training": [float(f"{one:.4g}") for one in history["validation"]]}
        experiment = subject.network.experiment
        if self._has("network", self._shown) and source in (experiment, experiment.slug):
            told["network"] = subject.learning(model, self._shown.inputs)
        self._tell(**told)

    def _begin(self, network):
        """Begin with another network."""
        if network.experiment is not None:
            for hidden in (False, True):
                self._known.setdefault(network.name(hidden), network.experiment)
        self._assigned = frozenset()
        subject = Subject(network, None, network.neuron)
        self._show(subject.view(self._shown.open, self._shown.hidden), subject)

    def _working(self, running, error):
        self._running, self.error = running, error
        self._tell(running=running, error=error)

    def _answering(self, running, error):
        self.error = error
        self._tell(busy=running, error=error)

    def _step(self):
        subject = self._subject
        known = len(subject.found)
        state = subject.search.step()
        if state.generation > known:
            self._kept(subject, state)

    def _play(self):
        subject = self._subject
        warm_up()  # the search does not look at Stop before all is compiled
        if not self._worker.halted.is_set():
            callback = partial(self._kept, subject)
            subject.ended = subject.search.run(progress=False, callback=callback).ended
            if not self._secret:
                self._told_of(subject, ended=subject.ended)
            if subject.field.rank > 1 and subject.ended == "known":
                self._read_all(subject)

    def _read_all(self, subject):
        """With several neurons, search for their other concepts as well, and say which concepts there are."""
        found = subject.concepts(self._worker.halted.is_set)
        if not self._secret:
            self._list(subject, found)

    def _list(self, subject, formulas):
        """Tell the page which concepts have been found."""
        name = self._says("told.concepts", count=len(formulas), rank=subject.field.rank)
        said = "; ".join(f"`{one}`" for one in formulas) or self._says("told.nothing")
        self._told_of(subject, told={"name": name, "said": said, "text": None, "same": False})

    def _kept(self, subject, state):
        self._tell_generation(subject, subject.keep(state))
        return self._worker.halted.is_set()

    def _tell_generation(self, subject, plain):
        """Tell the page about a generation; if the generation is kept back, tell only its number."""
        if self._secret:
            self._told_of(subject, kept=plain["generation"])
        else:
            self._told_of(subject, generation=plain, ended=subject.ended)

    def _told_of(self, subject, **given):
        """Tell the page, unless somebody has meanwhile chosen another neuron."""
        with self._going:
            if subject is self._subject:
                self._tell(**given)

    def _hint(self, text):
        subject = self._subject
        said = subject.hint(text, self._secret, self._says)
        told = {"text": text, "same": False, "name": self._says("told.hint"), "said": said}
        self._told_of(subject, told=told, last=subject.last_hint)

    # -- pictures and words ----------------------------------------------------------------------------------

    def pictures(self):
        """Return the field, with the angles to the formula on show; for one input, the neuron's value."""
        field, view = self.field, self._shown
        if len(view.inputs) < 2:
            what = view.inputs[0]
            values = field.points[:, field.names.index(what)], field.values
            return [plots.phi_picture(*values, what=what, say=self._says)]
        if view.selected is None:
            return [plots.field_picture(field, None, view.inputs, say=self._says)]
        formula = as_expression(view.selected, field.names)
        apart = angles(formula, field)
        return [plots.field_picture(field, apart, view.inputs, _STILL, view.selected, say=self._says)]

    @property
    def words(self):
        """Description of the view, in words."""
        view, subject, say = self._shown, self._subject, self._says
        said = [say("instrument.question"), subject.network.story(say)]
        said.append(say("search.lookedAt", what=subject.what(say)))
        if view.selected is not None:
            apart = angles(as_expression(view.selected, self.field.names), self.field)
            of, told = (
                plots.target(self.field, say),
                plots.describe_angles(apart, plots.trust(self.field), say),
            )
            said += [say("search.shown", what=view.selected), say("search.angle", of=of, angles=told)]
        return "\n".join(filter(None, [" ".join(said), self.error]))

    def interpret(self, seconds=20):
        """Search for all concepts that the chosen neurons hold; return the `Interpretation`.

        The result is kept as `interpretation` until other neurons are chosen, and its concepts are listed.
        To stop the search, interrupt the cell. *Let the machine try* does the same without a cell.
        """
        if self._secret:
            raise DataError("the machine's answer is hidden until somebody has guessed: type a guess first")
        experiment, subject, field = self._experiment, self._subject, self.field
        found = interpret(
            field,
            concept=(experiment and experiment.concepts) or None,
            constraints=experiment.constraints if experiment else (),
            seconds=seconds,
            random_state=self.seed,
        )
        if field is self.field:  # otherwise another neuron has been chosen meanwhile
            self.interpretation = found
            self._list(subject, [concept.expression for concept in found.concepts])
        return found

    def verdict(self):
        """Compare the formula on show with the experiment's concept; return the `Verdict`."""
        experiment, selected = self._experiment, self._shown.selected
        if experiment is None or not experiment.concepts:
            raise DataError(
                "no concept is known to compare with: look at the angles, and at the loss by chance"
            )
        if selected is None:
            raise DataError("no formula is chosen: type one, or step or play the search first")
        formula = as_expression(selected, self.field.names)
        return verdict_on(formula, experiment.concepts, self.field, experiment.constraints)

    @property
    def _experiment(self):
        return self._subject.network.experiment

    def close(self):
        """End all work in the background, and close all views."""
        self._halt()
        self._aside.halted.set()
        self._atlas.stop()
        for view in self._views.values():
            view.close()
        super().close()

    def _halt(self):
        """End all work; the current generation is dropped."""
        if self._worker.running:
            self._worker.halted.set()
            self._subject.stop()


def _at_the_end(view, found, before):
    """Return a state at the last generation.

    The state shows this generation's best formula, unless a person's guess is on show; then the guess stays.
    Without a best formula, the formula on show stays, unless it is in `before`, the formulas found in the
    previous state.
    """
    best = next((one["front"][one["best"]]["text"] for one in found[-1:] if one["best"] >= 0), None)
    known = [one["text"] for state in before for one in state["front"]]
    stays = view.selected in view.guesses or (best is None and view.selected not in known)
    return replace(view, generation=len(found), selected=view.selected if stays else best)


def _choices(own, hidden):
    """Return [name, label] for each experiment that people can choose; no label gives an answer away."""
    shown = {one.id if hidden else one.slug: one for one in (*own, *experiments)}
    return [[name, f"{one.id}  {', '.join(one.names[:4])}".strip()] for name, one in shown.items()]


def _key(subject):
    return subject.network, subject.layer, subject.neurons
