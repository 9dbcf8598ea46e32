"""Step, play and pause a search, go back in it, and watch its front grow."""

from contextlib import suppress

import traitlets

from .. import plots
from ..checks import whole
from ..errors import DataError
from ..search import null_front, warm_up
from .found import plain_state
from .pane import Pane, looked_at
from .viewstate import ViewState
from .worker import Worker

__all__ = ["SearchStepper"]

_NULL = 8  # generations of the search on random directions


class SearchStepper(Pane):
    """Buttons to step, play, pause and go back in a `Search`; its generations on a line; and its front.

    The search runs in its own thread, so the kernel stays free and Pause works. Only one search runs at a
    time. The stepper keeps every generation that was seen, so going back and forward again takes no time. A
    search that continues from an earlier generation gives the same results as a fresh search, bit for bit.
    Without a browser, `step()`, `back()`, `goto()` and `run()` do what the buttons do.

    Parameters
    ----------
    search : Search
    guesses : sequence of Candidate
        A person's own formulas, which are shown beside the front.
    language : "en" or "de", the language of all words

    Attributes
    ----------
    search, guesses : can be assigned; a new search ends the running one
    hidden : bool, whether the formulas found are kept back
    state : the SearchState on show, which is that of the current generation
    selected : the selected Candidate on the displayed front, or None. The default is `state.best`, until
        somebody chooses another Candidate: by a click on its point or row, with the arrow keys, or in Python

    """

    panels = ("time", "formulas", "front")
    search = traitlets.Any()
    guesses = traitlets.Tuple()
    selected = traitlets.Any(allow_none=True)
    state = traitlets.Any()
    _plots = ("front",)

    def __init__(self, search, guesses=(), *, language="en"):
        self._worker, self.hidden = Worker(self._changed), False
        super().__init__(ViewState(), language=language)
        self.guesses = tuple(guesses)
        self.search = search
        self.observe(self._mark, ["selected", "guesses"])
        self._begin()
        self.observe(self._begin, "search")

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
        """Show a search that has replaced an earlier one."""
        state = self.search.state
        self._null, self._states, self._certificate = (), {state.generation: state}, None
        self._chosen = None
        with self.hold_trait_notifications():
            self.selected, self.state = None, state
        self._show(state)
        self._tell(**self._given())

    def share(self, states):
        """Use another object's store of generations: {number: SearchState}."""
        self._states = states

    def step(self):
        """Go to the next generation; return the SearchState."""
        return self.goto(self.state.generation + 1)

    def back(self):
        """Go to the previous generation; return the SearchState."""
        return self.goto(max(self.state.generation - 1, 0))

    def goto(self, generation):
        """Go to the state after a number of generations (search if necessary), and return the state."""
        generation = whole(generation, "generation")
        self._rest()
        state = self._show(self._reached(generation))
        self._leave()
        return state

    def run(self, **budget):
        """Run in this thread until the budget of `Search.run` is used up; return the SearchState."""
        self._rest()
        progress = budget.pop("progress", False)
        state = self._show(self.search.run(progress=progress, callback=self._show_and_go_on, **budget))
        self._leave()
        return state

    def stop(self):
        """Stop the work in the background; the current generation is dropped."""
        if self._worker.running:
            self._halt()
            self._worker.wait()

    def close(self):
        """End the work in the background, and close the view."""
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
            raise DataError(f"{proposal.value!r} is not on the front shown: select one of state.front")
        return proposal.value

    def _do(self, message):
        todo = message.get("do")
        if todo == "stop" and self._worker.running:
            self._halt()
        elif todo == "step":
            self._worker.start(lambda: self._show(self._reached(self.state.generation + 1)))
        elif todo == "play":
            self._worker.start(self._play)

    def _moved_to(self, state):
        """Follow the page to a generation and a formula; during a search, only to a formula."""
        if state.generation != self.state.generation and not self._worker.running:
            known = self._states.get(min(state.generation, self.search.generation))
            if known is None:
                self._worker.start(lambda: self._show(self._reached(state.generation)))
                return
            self._show(known)
        front = self.texts
        self._chosen = state.selected
        if state.selected in front:
            self.selected = self.state.front[front.index(state.selected)]
        self._mark()

    def _changed(self, running, error):
        self._say(error and self._says("search.stopped", error=error))
        self._tell(running=running)

    def _given(self):
        search = self.search
        field = (
            {}
            if search.field is None
            else {"field": looked_at(search.field), "what": self._says("told.neuron")}
        )
        return super()._given() | field | {"running": self._worker.running} | self._all_found()

    def _all_found(self):
        """Return all generations so far; those that nobody has seen are still empty."""
        numbers = range(1, self.search.generation + 1)
        blank = {"tried": 0, "front": [], "best": -1, "kind": ""}
        states = [self._states.get(i) for i in numbers]
        found = [
            {"generation": i} | blank if state is None else plain_state(self.search, state)
            for i, state in zip(numbers, states, strict=True)
        ]
        return {"found": [] if self.hidden else found, "driven": True, **self._aside()}

    def _aside(self):
        """What a page shows besides the front: how the search ended, its certificate and a chance front."""
        certain = self._certificate is not None and self._certificate.answer == self.state.best
        return {
            "ended": "known" if getattr(self.search, "settled", False) else None,
            "certain": f"{self._certificate.said(self._says)}." if certain else "",
            "null": [[one.complexity, one.loss] for one in self._null],
        }

    @property
    def texts(self):
        """Formulas of the front on show, as text."""
        return [str(self.search.in_inputs(one)) for one in self.state.front]

    def _play(self):
        warm_up()  # the search does not look at Stop before all is compiled
        if self._worker.halted.is_set():
            return
        self._show(self.search.run(progress=False, callback=self._show_and_go_on))
        if not self._null and not self._worker.halted.is_set():
            self._null = null_front(self.search, _NULL)
        if not self._worker.halted.is_set():
            with suppress(DataError):  # more than three inputs matter
                self._certificate = self.search.certificate(progress=False)
        self._tell(**self._aside())

    def _reached(self, generation):
        """Return the state of a generation: kept from before, replayed, or reached by a longer search."""
        if generation < min(self._states):
            earlier = self.search.like(self.search.field)
            self._states.update((i, earlier.goto(i)) for i in range(min(self._states)))
            self._tell(**self._all_found())
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
        if state.generation and not self.hidden:
            self._tell(generation=plain_state(self.search, state), **self._aside())
        with self.hold_trait_notifications():
            self.state = state
            if followed or before not in state.front:
                self.selected = best
        if self.selected == before:  # otherwise it has been marked already
            self._mark()
        return state

    def _mark(self, change=None):
        """Show the current generation and the chosen formula."""
        front, guesses = self.texts, tuple(str(guess.expression) for guess in self.guesses)
        if change is not None or self._chosen not in guesses:
            marked = self.selected in self.state.front
            self._chosen = front[self.state.front.index(self.selected)] if marked else None
        field = self.search.field
        self._go(
            ViewState(
                inputs=() if field is None else field.names[:2],
                generation=self.state.generation,
                selected=None if self.hidden else self._chosen,
                guesses=tuple(dict.fromkeys(guesses)),
            )
        )

    def pictures(self):
        """Return the front."""
        if self.hidden:
            return []
        state = self.state
        return [
            plots.front_picture(
                state.front,
                state.best,
                self.guesses,
                null=self._null,
                marked=self.selected,
                say=self._says,
            )
        ]

    @property
    def words(self):
        """Description of the view, in words."""
        if self.hidden:
            return self._says("search.hidden")
        return "\n".join(filter(None, [self._told(), self.pictures()[0].words, self.error]))

    def _told(self):
        """Return the progress of the search, and the chosen formula."""
        state, say = self.state, self._says
        best, (name, sentence) = state.best, say.table["kinds"][state.kind]
        told = say(
            "search.state",
            number=state.generation,
            tried=state.evaluations,
            seconds=state.seconds,
            found=say("search.none")
            if best is None
            else say("search.best", what=str(best.expression), loss=best.loss),
            name=name,
            sentence=f"{sentence[0].lower()}{sentence[1:]}",
        )
        return f"{told} {self._aside()['certain']}".rstrip()
