"""Step a search, play it, pause it, go back in it, and watch its front grow."""

from contextlib import suppress

import traitlets

from .. import plots
from ..checks import whole
from ..errors import DataError
from ..search import WORDS, null_front, warm_up
from .frontend import Front
from .guard import DescribedBox
from .panel import Panel
from .worker import Worker

__all__ = ["SearchStepper"]

_PACE = 0.25  # seconds for each generation that is played again
_NULL = 8  # generations of the search of random directions


class _Controls(Front):
    """Buttons, a line of status and the front as a table."""

    _script, _style = "stepper.js", "controls.css"
    running = traitlets.Bool().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    generation = traitlets.Int().tag(sync=True)
    rows: traitlets.List = traitlets.List().tag(sync=True)
    marked = traitlets.Int(-1).tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)


class SearchStepper(DescribedBox):
    """Step, Play, Pause, Stop, Back and Go to for a `Search`, and its front, live.

    The search runs in a thread of its own, one at a time, so that the kernel stays free and Stop works.
    Generations that were seen are kept: going back, and forward again, costs nothing, and what comes after is
    the same as in a fresh search, bit for bit. Without a browser `step()`, `goto()` and `run()` do the same.

    Parameters
    ----------
    search : Search
    guesses : sequence of Candidate
        A person's own formulas, to stand beside the front.

    Attributes
    ----------
    search, guesses : may be assigned; another search ends what runs
    state : SearchState on show, of the generation that was gone to
    selected : Candidate of the front on show, or None; follows `state.best` until another one is assigned,
        by a click on its point or row, with the arrow keys, or in Python

    """

    search = traitlets.Any()
    guesses = traitlets.Tuple()
    selected = traitlets.Any(allow_none=True)
    state = traitlets.Any()

    def __init__(self, search, guesses=()):
        self._worker = Worker(self._changed)
        self._controls = _Controls("symgrad-wide")
        self._panel = Panel()
        super().__init__([self._controls, self._panel])
        self._controls.on_msg(self._asked)
        self._panel.observe(self._clicked, "picked")
        self.guesses = tuple(guesses)
        self.search = search
        self.observe(self._mark, "selected")
        self._begin()
        self.observe(self._begin, "search")
        self.observe(self._draw, "guesses")

    @traitlets.validate("search")
    def _steppable(self, proposal):
        search = proposal.value
        if not callable(getattr(search, "step", None)) or not hasattr(search, "front"):
            raise DataError(
                f"SearchStepper steps a Search, got {type(search).__name__}: make one with Search(field)"
            )
        self.stop()
        return search

    def _begin(self, _=None):
        """Show a search that has been put in the place of the one before."""
        state = self.search.state
        self._null, self._states, self._certificate = (), {state.generation: state}, None
        self.selected = None
        self._show(state)

    def step(self):
        """Go to the next generation; returns the SearchState."""
        return self.goto(self.state.generation + 1)

    def back(self):
        """Go to the generation before; returns the SearchState."""
        return self.goto(max(self.state.generation - 1, 0))

    def goto(self, generation):
        """Go to the state after so many generations, known or yet to come; returns the SearchState."""
        generation = whole(generation, "generation")
        self._rest()
        state = self._show(self._reached(generation))
        self._leave()
        return state

    def run(self, **budget):
        """Run in this thread until the budget of `Search.run` is used up; returns the SearchState."""
        self._rest()
        progress = budget.pop("progress", False)
        state = self._show(self.search.run(progress=progress, callback=self._show_and_go_on, **budget))
        self._leave()
        return state

    def stop(self):
        """Stop what runs in the background; the generation in hand is dropped."""
        if self._worker.running:
            self._halt()
            self._worker.wait()

    def close(self):
        """End what runs in the background, and the view."""
        if self.search is not None:
            self._halt()
        super().close()

    def _halt(self):
        self._worker.halted.set()
        self.search.stop()

    def _rest(self):
        self.stop()
        self._worker.halted.clear()

    @traitlets.validate("selected")
    def _on_the_front(self, proposal):
        if proposal.value is not None and proposal.value not in self.state.front:
            raise DataError(f"{proposal.value!r} is not on the front on show: select one of state.front")
        return proposal.value

    def _asked(self, _, message, __):
        todo = message.get("do")
        if todo == "stop" and self._worker.running:
            self._controls.status = "Stopping, as soon as the step in hand lets go."
            self._halt()
        elif todo == "pause":
            self._worker.halted.set()
        elif todo == "select":
            self._select(message.get("row"))
        elif todo in self._works:
            self._worker.start(lambda: self._works[todo](message))

    def _select(self, row):
        if isinstance(row, int) and 0 <= row < len(self.state.front):
            self.selected = self.state.front[row]

    def _clicked(self, change):
        if change.new and change.new[0] == 1:  # the points of the front
            self._select(change.new[1])

    def _changed(self, running, error):
        with self._controls.hold_sync():
            self._controls.running = running
            self._controls.status = _told(self.state, self._certificate)
            self._controls.error = error and f"The search stopped: {error}"

    @property
    def _works(self):
        return {
            "step": lambda _: self._show(self._reached(self.state.generation + 1)),
            "back": lambda _: self._show(self._reached(max(self.state.generation - 1, 0))),
            "goto": lambda message: self._show(self._reached(max(int(message["generation"]), 0))),
            "play": lambda _: self._play(),
        }

    def _play(self):
        while self.state.generation < self.search.generation and not self._worker.halted.wait(_PACE):
            self._show(self._states[self.state.generation + 1])
        warm_up()  # the search does not look at Stop before all is compiled
        if self._worker.halted.is_set():
            return
        self._show(self.search.run(progress=False, callback=self._show_and_go_on))
        if not self._null and not self._worker.halted.is_set():
            self._null = null_front(self.search, _NULL)
            self._draw()
        if not self._worker.halted.is_set():
            with suppress(DataError):  # more inputs matter
                self._certificate = self.search.certificate(progress=False)

    def _reached(self, generation):
        """State of a generation: as it was seen, replayed for what came before, or run to."""
        if generation < min(self._states):
            earlier = self.search.like(self.search.field)
            self._states.update((i, earlier.goto(i)) for i in range(min(self._states)))
        while generation > self.search.generation and not self._worker.halted.is_set():
            self._keep(self.search.step())
        return self._states[min(generation, self.search.generation)]

    def _keep(self, state):
        self._states[state.generation] = state
        return state

    def _show_and_go_on(self, state):
        self._show(state)
        return self._worker.halted.is_set()

    def _show(self, state):
        self._keep(state)
        best, before = state.best, self.selected
        followed = before is None or before == self.state.best
        with self._controls.hold_sync():
            self._controls.generation = state.generation
            self._controls.status = _told(state, self._certificate)
            self._controls.rows = [_row(c, c == best) for c in state.front]
            with self.hold_trait_notifications():
                self.state = state
                if followed or before not in state.front:
                    self.selected = best
            if self.selected == before:  # otherwise it has been marked already
                self._mark()
        return state

    def _mark(self, _=None):
        front = self.state.front
        self._controls.marked = front.index(self.selected) if self.selected in front else -1
        self._draw()

    def _draw(self, _=None):
        self._panel.show(self.pictures()[0])

    def pictures(self):
        """The front."""
        state = self.state
        return [
            plots.front_picture(state.front, state.best, self.guesses, null=self._null, marked=self.selected)
        ]

    @property
    def words(self):
        """What is shown, in words."""
        return f"{self._controls.status}\n{self._panel.words}"


def _told(state, certificate):
    best = state.best
    found = "none stands out yet" if best is None else f"{best.expression} (loss {best.loss:.2g})"
    name, sentence = WORDS[state.kind]
    certain = certificate is not None and certificate.answer == best
    return (
        f"Generation {state.generation}, {state.evaluations} evaluations, {state.seconds:.1f} s. "
        f"Chosen: {found}. {name}: {sentence[0].lower()}{sentence[1:]}"
        + (f" {certificate.claim}." if certain else "")
    )


def _row(candidate, chosen):
    return {
        "complexity": candidate.complexity,
        "loss": f"{candidate.loss:.2g}",
        "formula": str(candidate.expression),
        "chosen": chosen,
    }
