"""The neurons on show, as plain data for a page: their field, their sections, and the search's results."""

import itertools
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from ..errors import DataError, SymgradError
from ..formula.expressions import evaluate, from_file
from ..network.experiment import experiments
from ..reading.activity import Activity
from ..search import Search, identifiable, score
from ..words import ENGLISH
from .answers import answer
from .fielddata import field_data, packed
from .found import plain_state
from .hints import HINTS, hint, needed
from .opening import opening
from .planes import asked, plain_section
from .reasons import reasons, untried
from .tiles import Samples, layer_data, network_data
from .viewstate import ViewState

__all__ = ["Network", "Subject"]

_FILES = {".pt", ".pth", ".safetensors", ".ckpt", ".onnx"}
_GENERATIONS = 5  # generations of a search for hints
_ALIKE, _EXACT = 1e-6, 1e-13  # if arrows are equal, losses differ by at most this share, or this rounding


@dataclass(frozen=True, eq=False)
class Network:
    """A network and its points: from an experiment and a seed, or your own.

    Attributes
    ----------
    activity : Activity
    experiment : Experiment or None
    seed : int
    neuron : numbers of the output neurons to begin with
    run : TrainingResult of the experiment, or None
    laws : {(layer, neuron): its formula, written as generations (see `plain_law`)}, filled while an atlas is
        made

    """

    activity: Activity
    experiment: object = None
    seed: int = 0
    neuron: tuple[int, ...] = (0,)
    run: object = None  # TrainingResult
    laws: dict = field(default_factory=dict)  # (layer, neuron) -> generations, of an atlas that grows
    _planes: dict = field(default_factory=dict)

    @classmethod
    def of(cls, source, x=None, names=None, seed=0, halted=None, watch=None, **reading):
        """Make a Network from an experiment (or its name), a TrainingResult, or a module with its points.

        Training reports to `watch` and ends when `halted()` is true. `reading` is as in `Activity`.
        """
        if x is not None:
            return cls(Activity(source, x, names, **reading), seed=seed)
        run = source if hasattr(source, "history") else _run(source, seed, halted, watch)
        neuron = tuple(int(one) for one in np.atleast_1d(run.neuron))
        return cls(Activity(run.model, run.x, run.names), run.experiment, run.seed, neuron, run)

    def plane(self, field, inputs, where=None):
        """Return the `Section` of all neurons over two named inputs, through the data of a field; or None."""
        if where:
            return asked(self.activity, field, inputs, where)
        if inputs not in self._planes:
            self._planes[inputs] = asked(self.activity, field, inputs)
        return self._planes[inputs]

    @property
    def harder(self):
        """Number of the next experiment, or None; the experiment's name would reveal the concept."""
        after = {one.slug: other.id for one, other in itertools.pairwise(experiments)}
        return after.get(getattr(self.experiment, "slug", None))

    def name(self, hidden):
        """Return what names the experiment in a state: its number if `hidden`; None for your own network."""
        if self.experiment is None:
            return None
        return self.experiment.id if hidden else self.experiment.slug

    def story(self, say=ENGLISH):
        """Return what happened to the network, without a word about the concept that it has learnt."""
        if self.experiment is None:
            return say("told.own")
        names = ", ".join(self.experiment.names[:6]) + (", ..." if len(self.experiment.names) > 6 else "")
        return say(f"told.{self.experiment.kind}", names=names)


def _run(source, seed, halted, watch):
    if isinstance(source, str) and Path(source).suffix in _FILES:
        raise DataError(
            f"{source!r} is a file of weights: build its network, load the weights into it, and pass "
            "its points, too: Workbench(model, x)"
        )
    experiment = experiments[source] if isinstance(source, str) else source
    if not hasattr(experiment, "sample"):
        from ..network.gradients.wanted import wanted  # loads torch, which a model needs anyway

        points = wanted(experiment) if callable(getattr(experiment, "named_modules", None)) else ""
        raise DataError(
            f"pass an experiment, or the name of an experiment, got {type(experiment).__name__}; "
            "for your own network, also pass points: Workbench(model, x)"
            + (f", where x is {points}" if points else "")
        )
    try:
        run = experiment.pretrained()
    except SymgradError:
        run = None
    if run is not None and run.seed == seed:
        return run
    callback = None if halted is None else lambda _: halted()
    return experiment.train(seed=seed, progress=False, callback=callback, watch=watch)


@dataclass(eq=False)
class Subject:
    """Some neurons of a layer, or of the output (layer None). Unreadable ones raise a DataError."""

    network: Network
    layer: str | None
    neurons: tuple[int, ...]
    states: dict = field(default_factory=dict)  # number of a generation -> SearchState, as it was seen
    ended: str | None = None  # why the search has ended
    at_work: object = None  # a search for another concept
    _plain: list = field(default_factory=list)
    _scored: dict = field(default_factory=dict)  # text -> Candidate
    _hints: int = 0  # number of hints given

    def __post_init__(self):
        activity = self.network.activity
        self.position = activity.position(self.layer)
        self.neurons = activity.neurons(self.position, list(self.neurons))
        self.field = activity.field(self.position, self.neurons)
        if len(self.field.names) > 1:  # with one input there is a value to see, and nothing to search for
            identifiable(self.field)

    @cached_property
    def search(self):
        """Search in the field, whose generations are kept in `states`."""
        search = Search(self.field, random_state=self.network.seed)
        self.states[0] = search.state
        return search

    @property
    def found(self):
        """What each generation found, as plain data."""
        while len(self._plain) + 1 in self.states:
            self._plain.append(plain_state(self.search, self.states[len(self._plain) + 1]))
        return self._plain

    @property
    def known(self):
        """Number of generations that exist as plain data."""
        return len(self._plain)

    def scored(self, text):
        """Return a person's formula as a Candidate; raise an error if it has no value on the data."""
        if text not in self._scored:
            self._scored[text] = score(self.field, from_file(text, self.field.names))
        return self._scored[text]

    @cached_property
    def _steep(self):
        """Positions of the inputs; the one on which the neurons depend most comes first."""
        reach = (self.field.gradients.reshape(len(self.field), -1, len(self.field.names)) ** 2).mean((0, 1))
        return np.argsort(-reach * self.field.measure.spread**2, kind="stable").tolist()

    @property
    def steepest(self):
        """Names of the two inputs on which the neurons depend most, in the order of the inputs."""
        return tuple(self.field.names[i] for i in sorted(self._steep[:2]))

    def what(self, say=ENGLISH):
        """Return the name of the neurons on the screen."""
        if self.layer is not None:
            return f"{self.layer} {', '.join(map(str, self.neurons))}"
        count = len(self.neurons)
        return say("told.outputNeuron") if count == 1 else say("told.neurons", count=count)

    @cached_property
    def beginning(self):
        """A first formula, with a number to drag."""
        return opening(self.field, self._steep)

    def view(self, panels=(), hidden=False):
        """Return the `ViewState` with which these neurons begin."""
        return ViewState(
            experiment=self.network.name(hidden),
            seed=self.network.seed,
            layer=self.layer,
            neurons=self.neurons,
            inputs=self.steepest,
            selected=self.beginning,
            open=panels,
            hidden=hidden,
        )

    def hint(self, text=None, secret=False, say=ENGLISH):
        """Give a hint that says a little more than the last; name the formula only if it is no secret.

        `text` is the formula of the person who asks. If nothing is missing from this formula, the hint says
        so. The hint that names the inputs is left out if the formula has just these inputs.
        """
        names, wanted = self.field.names, self.answer()
        if text is not None:
            if self._complete(text):
                return say("told.complete")
            if needed(from_file(text, names), names) == needed(wanted, names):
                self._hints = max(self._hints, 1)
        self._hints = min(self._hints + 1, HINTS)
        if secret and self._hints == HINTS:
            return say("told.guessFirst")
        return hint(wanted, names, self._hints - 1, say)

    @property
    def last_hint(self):
        """Whether the next hint is the last, which is the answer."""
        return self._hints >= HINTS - 1

    def told(self, formula, say=ENGLISH):
        """Return how a formula relates to the neurons, in words, as plain data."""
        if formula is None:
            raise DataError("no formula is shown: pass one, such as 'x² + v²'")
        candidate = self.scored(formula)
        told = answer(candidate, self.field, self._experiment, say, self._judged(candidate))
        return told | {"why": reasons(candidate, self.field, say), "change": self.untried(say)}

    @property
    def _experiment(self):
        """The experiment if the neurons' concepts are known; otherwise None."""
        return self.network.experiment if self.layer is None else None

    def _complete(self, text):
        """Return whether a formula is the concept or, if none is known, the match found by the search."""
        try:
            candidate = self.scored(text)
        except SymgradError:  # it has no value on the data
            return False
        kind, known = self._judged(candidate), self._experiment
        if known is None or not known.concepts:
            return kind == "match"
        return answer(candidate, self.field, known, kind=kind)["same"]

    def untried(self, say=ENGLISH):
        """Return sentences on what might change an answer."""
        if len(self.field.names) < 2:
            return []
        return untried(self.search, self.field, self.network.seed, say)

    def _judged(self, candidate):
        """Return the kind of the search's answer if this formula has the same loss; otherwise None."""
        best = self.search.best if len(self.field.names) > 1 else None
        loss = np.nan if best is None else self.scored(str(self.search.in_inputs(best))).loss
        return self.search.kind if np.isclose(candidate.loss, loss, rtol=_ALIKE, atol=_EXACT) else None

    def answer(self):
        """Return the known concept of an output, or the best formula of a short search."""
        if self._experiment is not None and self._experiment.concepts:
            return self._experiment.concepts[0]
        self.reach(_GENERATIONS)
        best = self.search.best or self.search.front[-1]
        return self.search.in_inputs(best)

    def section(self, inputs, where):
        """Return plain data of the neurons' values over two named inputs; None if there are no values.

        `where`, {name: value}, says near which values of the other inputs the section lies; {} means the
        middle of the data.
        """
        plane = self.network.plane(self.field, inputs, where)
        if plane is None:
            return None
        number = self.network.activity.starts[self.position] + self.neurons[0]
        return plain_section(plane, number)

    def tiles(self, inputs):
        """Return plain data of the whole network over two inputs, given by name."""
        activity = self.network.activity
        plane = self.network.plane(self.field, inputs) or Samples(activity)
        return network_data(activity, plane, self.neurons, self.position)

    def learning(self, model, inputs):
        """Return plain data of the whole network over two inputs, given by name, during its training."""
        now = self.network.activity
        activity = Activity(model, now.points, now.names)
        plane = asked(activity, self.field, inputs) or Samples(activity)
        return network_data(activity, plane, self.neurons, self.position)

    def layer_tiles(self, inputs, layer):
        """Return plain data of all tiles of a layer, given by its name, over two inputs."""
        activity = self.network.activity
        return layer_data(activity, self.network.plane(self.field, inputs) or Samples(activity), layer)

    def data(self, like=None):
        """Return plain data of the field (see `field_data`); for a single neuron, also the values."""
        values = self.field.values if self.field.neurons == 1 else None
        return field_data(self.field, like) | {"values": packed(values)}

    def keep(self, state):
        """Keep a generation, and return it as plain data."""
        self.states[state.generation] = state
        del self._plain[state.generation - 1 :]
        self.ended = "known" if self.search.settled else None
        return self.found[state.generation - 1]

    def concepts(self, halted):
        """Return the formulas of all concepts that several neurons hold, one after another, until `halted()`.

        Each formula's gradient is taken out of the span of the neurons' gradients before the next search.
        """
        search, formulas = self.search, []
        while search.best is not None:
            formulas.append(search.in_inputs(search.best))
            if search.field.rank == 1 or halted():
                break
            slopes = evaluate(formulas[-1], self.field.names, self.field.points)[1]
            search = self.at_work = search.like(search.field.without(slopes))
            search.run(progress=False, callback=lambda _: halted())
        self.at_work = None
        return formulas

    def stop(self):
        """End the search that is running; the current generation is dropped."""
        (self.at_work or self.search).stop()

    def reach(self, generation):
        """Search until this number of generations is done."""
        while self.search.generation < generation:
            before = self.search.generation
            state = self.search.step()
            if state.generation == before:
                return
            self.keep(state)
