"""Neurons that are looked at, as plain data for a page: field, sections, and what was found."""

import itertools
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from ..errors import DataError, SymgradError
from ..formula.expressions import as_expression, evaluate, from_file
from ..network.experiment import experiments
from ..reading.activity import Activity
from ..search import Search, identifiable, score
from ..words import ENGLISH
from .answers import answer
from .fielddata import field_data, packed
from .found import plain_state
from .hints import HINTS, hint
from .opening import opening
from .planes import asked, plain_section
from .reasons import reasons, untried
from .tiles import Samples, layer_data, network_data
from .viewstate import ViewState

__all__ = ["Network", "Subject"]

_FILES = {".pt", ".pth", ".safetensors", ".ckpt", ".onnx"}
_GENERATIONS = 5  # of a search for hints


@dataclass(frozen=True, eq=False)
class Network:
    """A network on points: of an experiment and a seed, or one of one's own.

    Attributes
    ----------
    activity : Activity
    experiment : Experiment or None
    seed : int
    neuron : numbers of the neurons of the output to begin with
    run : TrainingResult of the experiment, or None
    laws : {(layer, neuron): generations} of an atlas that grows

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
        """Network of an experiment's name, an Experiment, a TrainingResult, or a module with its points.

        A training ends when `halted()`, and tells `watch`; `reading` is that of an `Activity`.
        """
        if x is not None:
            return cls(Activity(source, x, names, **reading), seed=seed)
        run = source if hasattr(source, "history") else _run(source, seed, halted, watch)
        neuron = tuple(int(one) for one in np.atleast_1d(run.neuron))
        return cls(Activity(run.model, run.x, run.names), run.experiment, run.seed, neuron, run)

    def plane(self, field, inputs, where=None):
        """`Section` of all neurons over two inputs, by name, through the data of a field, or None."""
        if where:
            return asked(self.activity, field, inputs, where)
        if inputs not in self._planes:
            self._planes[inputs] = asked(self.activity, field, inputs)
        return self._planes[inputs]

    @property
    def harder(self):
        """Number of the experiment after this one, which gives nothing away, or None."""
        after = {one.slug: other.id for one, other in itertools.pairwise(experiments)}
        return after.get(getattr(self.experiment, "slug", None))

    def name(self, hidden):
        """Name of the experiment in a state; where answers are kept back its number. None for one's own."""
        if self.experiment is None:
            return None
        return self.experiment.id if hidden else self.experiment.slug

    def story(self, say=ENGLISH):
        """What happened to the network, without giving away what it has learnt."""
        if self.experiment is None:
            return say("told.own")
        names = ", ".join(self.experiment.names[:6]) + (", ..." if len(self.experiment.names) > 6 else "")
        return say(f"told.{self.experiment.kind}", names=names)


def _run(source, seed, halted, watch):
    if isinstance(source, str) and Path(source).suffix in _FILES:
        raise DataError(
            f"{source!r} is a file of weights: build its network, load them into it, and give its points, "
            "too: Workbench(model, x)"
        )
    experiment = experiments[source] if isinstance(source, str) else source
    if not hasattr(experiment, "sample"):
        from ..network.gradients.wanted import wanted  # loads torch, which a model needs anyway

        points = wanted(experiment) if callable(getattr(experiment, "named_modules", None)) else ""
        raise DataError(
            f"an experiment, or the name of one, is wanted here, got {type(experiment).__name__}; "
            "for a network of your own give its points, too: Workbench(model, x)"
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
    """Some neurons of a layer, None for the output; raises DataError where nothing can be said of them."""

    network: Network
    layer: str | None
    neurons: tuple[int, ...]
    states: dict = field(default_factory=dict)  # number of a generation -> SearchState, as it was seen
    ended: str | None = None  # why the search has
    at_work: object = None  # a search for another concept
    _plain: list = field(default_factory=list)
    _scored: dict = field(default_factory=dict)  # text -> Candidate
    _hints: int = 0  # given

    def __post_init__(self):
        activity = self.network.activity
        self.position = activity.position(self.layer)
        self.neurons = activity.neurons(self.position, list(self.neurons))
        self.field = activity.field(self.position, self.neurons)
        if len(self.field.names) > 1:  # of one input there is a value to see, and nothing to search for
            identifiable(self.field)

    @cached_property
    def search(self):
        """Search in the field; its generations are kept in `states`."""
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
        """Number of the generations that have been made plain."""
        return len(self._plain)

    def scored(self, text):
        """Candidate of a person's formula; one that has no value here raises."""
        if text not in self._scored:
            self._scored[text] = score(self.field, from_file(text, self.field.names))
        return self._scored[text]

    @cached_property
    def _steep(self):
        """Positions of the inputs, that which the neurons depend on most first."""
        reach = (self.field.gradients.reshape(len(self.field), -1, len(self.field.names)) ** 2).mean((0, 1))
        return np.argsort(-reach * self.field.measure.spread**2, kind="stable").tolist()

    @property
    def steepest(self):
        """Names of the two inputs that the neurons depend on most, in the order of the names."""
        return tuple(self.field.names[i] for i in sorted(self._steep[:2]))

    def what(self, say=ENGLISH):
        """What the neurons are called."""
        if self.layer is not None:
            return f"{self.layer} {', '.join(map(str, self.neurons))}"
        count = len(self.neurons)
        return say("told.outputNeuron") if count == 1 else say("told.neurons", count=count)

    @cached_property
    def beginning(self):
        """A formula to begin with, with a number to drag."""
        return opening(self.field, self._steep)

    def view(self, panels=(), hidden=False):
        """Return the `ViewState` in which one begins with these neurons."""
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

    def hint(self, secret=False, say=ENGLISH):
        """Say a little more than the time before; the formula itself only where it is no secret."""
        self._hints = min(self._hints + 1, HINTS - secret)
        return hint(self.answer(), self.field.names, self._hints - 1, say)

    def told(self, formula, say=ENGLISH):
        """What a formula is to the neurons, as plain data, in words."""
        if formula is None:
            raise DataError("no formula is shown: give one, such as 'x² + v²'")
        known = self.network.experiment if self.layer is None else None
        told = answer(as_expression(formula, self.field.names), self.field, known, say)
        if not told["name"] and not told["same"]:  # nobody knows: what the search says of its own formula
            told["name"] = self._judged(formula, say)
        return told | {"why": reasons(self.scored(formula), self.field, say), "change": self.untried(say)}

    def untried(self, say=ENGLISH):
        """Sentences on what might change an answer."""
        if len(self.field.names) < 2:
            return []
        return untried(self.search, self.field, self.network.seed, say)

    def _judged(self, formula, say):
        """Name of the kind of answer that a formula of the machine's is, or ""."""
        best = self.search.best
        if best is None or str(self.search.in_inputs(best)) != formula:
            return ""
        return say.table["kinds"][self.search.kind][0]

    def answer(self):
        """The known concept of an output, or else the best formula of a short search."""
        experiment = self.network.experiment
        if experiment is not None and experiment.concepts and self.layer is None:
            return experiment.concepts[0]
        self.reach(_GENERATIONS)
        best = self.search.best or self.search.front[-1]
        return self.search.in_inputs(best)

    def section(self, inputs, where):
        """Plain data of what the neurons' values are over two inputs, by name; None where there are none.

        `where` says near which values of others, {name: value}; {} is the middle of the data.
        """
        plane = self.network.plane(self.field, inputs, where)
        if plane is None:
            return None
        number = self.network.activity.starts[self.position] + self.neurons[0]
        return plain_section(plane, number)

    def tiles(self, inputs):
        """Plain data of the whole network over two inputs, by name."""
        activity = self.network.activity
        plane = self.network.plane(self.field, inputs) or Samples(activity)
        return network_data(activity, plane, self.neurons, self.position)

    def learning(self, model, inputs):
        """Plain data of the whole network as a training has it by then, over two inputs, by name."""
        now = self.network.activity
        activity = Activity(model, now.points, now.names)
        plane = asked(activity, self.field, inputs) or Samples(activity)
        return network_data(activity, plane, self.neurons, self.position)

    def layer_tiles(self, inputs, layer):
        """Plain data of all tiles of a layer, by name, over two inputs."""
        activity = self.network.activity
        return layer_data(activity, self.network.plane(self.field, inputs) or Samples(activity), layer)

    def data(self, like=None):
        """Plain data of the field, see `field_data`; the values of one neuron with it."""
        values = self.field.values if self.field.neurons == 1 else None
        return field_data(self.field, like) | {"values": packed(values)}

    def keep(self, state):
        """Keep a generation, and return it as plain data."""
        self.states[state.generation] = state
        del self._plain[state.generation - 1 :]
        self.ended = "known" if self.search.settled else None
        return self.found[state.generation - 1]

    def concepts(self, halted):
        """Formulas of all concepts that several neurons hold, one after another, until `halted()`.

        Each is taken out of the span of the neurons' gradients before the next one is searched for.
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
        """End the search that is at work; the generation in hand is dropped."""
        (self.at_work or self.search).stop()

    def reach(self, generation):
        """Search until so many generations have been done."""
        while self.search.generation < generation:
            before = self.search.generation
            state = self.search.step()
            if state.generation == before:
                return
            self.keep(state)
