"""Step a search, run it and stop it, and watch its front grow."""

import threading
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from .. import plots
from ..errors import DataError
from .guard import DescribedBox
from .panel import Panel

__all__ = ["SearchStepper"]

_HERE = Path(__file__).parent


class _Controls(anywidget.AnyWidget):
    """Buttons, a line of status and the front as a table."""

    _esm = _HERE / "stepper.js"
    _css = _HERE / "symgrad.css"
    running = traitlets.Bool().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    rows = traitlets.List().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)


class SearchStepper(DescribedBox):
    """Buttons Step, Run, Stop and Restart for a `Search`, and its front, live.

    The search runs in a thread of its own, one at a time, so that the kernel stays free and Stop works.
    Without a browser `step()` and `run()` do the same.

    Parameters
    ----------
    search : Search
    guesses : sequence of Candidate
        A person's own formulas, to stand beside the front.

    """

    def __init__(self, search, guesses=()):
        if not callable(getattr(search, "step", None)) or not hasattr(search, "front"):
            raise DataError(
                f"SearchStepper steps a Search, got {type(search).__name__}: make one with Search(field)"
            )
        self.search, self.guesses = search, tuple(guesses)
        self._thread, self._halt, self._lock = None, threading.Event(), threading.Lock()
        self._controls, self._panel = _Controls(), Panel()
        self._controls.layout = {"flex": "1 1 360px", "min_width": "0", "width": "auto"}
        layout = {"width": "100%", "flex_flow": "row wrap"}
        super().__init__([ipywidgets.HBox([self._controls, self._panel], layout=layout)])
        self._controls.on_msg(self._asked)
        self._show(search.state)

    def step(self):
        """Run one generation now; returns the SearchState."""
        self.stop()
        return self._show(self.search.step())

    def run(self, **budget):
        """Run in this thread until the budget of `Search.run` is used up; returns the SearchState."""
        self.stop()
        self._halt.clear()
        progress = budget.pop("progress", False)
        return self._show(self.search.run(progress=progress, callback=self._show_and_go_on, **budget))

    def stop(self):
        """Stop what runs in the background, and wait until its generation has ended."""
        self._halt.set()
        if self._thread is not None:
            self._thread.join()

    def _asked(self, _, message, __):
        if message.get("do") == "stop":
            self._halt.set()
        elif message.get("do") in self._works:
            self._start(self._works[message["do"]])

    def _start(self, work):
        with self._lock:  # a second click, or a second kernel thread, while one is at work
            if self._thread is not None and self._thread.is_alive():
                return
            self._halt.clear()
            self._controls.set_trait("running", True)
            self._thread = threading.Thread(target=self._guarded, args=(work,), daemon=True)
            self._thread.start()

    def _guarded(self, work):
        try:
            work()
            self._controls.error = ""
        except Exception as error:  # noqa: BLE001 - it would be lost in the thread; the last good front stays
            self._controls.error = f"The search stopped: {error}"
        finally:
            self._controls.running = False

    @property
    def _works(self):
        return {"step": self._step, "run": self._run, "restart": self._restart}

    def _step(self):
        self._show(self.search.step())

    def _restart(self):
        self._show(self.search.goto(0))

    def _run(self):
        self.search.run(progress=False, callback=self._show_and_go_on)

    def _show_and_go_on(self, state):
        self._show(state)
        return self._halt.is_set()

    def _show(self, state):
        best = state.best
        found = "none stands out yet" if best is None else f"{best.expression} (loss {best.loss:.2g})"
        with self._controls.hold_sync():
            self._controls.status = (
                f"Generation {state.generation}, {state.evaluations} evaluations, "
                f"{state.seconds:.1f} s. Chosen: {found}."
            )
            self._controls.rows = [_row(c, c == best) for c in state.front]
        self._panel.show(self.pictures()[0])
        return state

    def pictures(self):
        """The front."""
        return [plots.front_picture(self.search.front, self.search.best, self.guesses)]

    @property
    def words(self):
        """What is shown, in words."""
        return f"{self._controls.status}\n{self._panel.words}"


def _row(candidate, chosen):
    return {
        "complexity": candidate.complexity,
        "loss": f"{candidate.loss:.2g}",
        "formula": str(candidate.expression),
        "chosen": chosen,
    }
