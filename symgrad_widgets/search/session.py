"""A search that a person can drive: step, run, look at the front, save, go back."""

import time
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import sympy as sp

from ..batch.locks import Lock
from ..checks import duration, several, whole
from ..errors import DataError, EngineError, SymgradError, UnknownNameError, nearest
from ..field import GradientField
from ..formula.expressions import as_expression, from_file
from . import storage
from .certify import certified, enumerated
from .choice.candidate import Candidate, identifiable
from .choice.certificate import Certificate
from .choice.evidence import evidence
from .choice.judge import Judge
from .choice.numbers import numbers_by_name
from .choice.writing import unwrapped
from .engine import Engine
from .kernel.evaluation import warm_up
from .protocol import ReportsEarly, SearchEngine
from .subspace import active_subspace, relevant_inputs
from .surveying import Surveyed, survey
from .terms.decades import decades, in_decades
from .terms.dimensions import Dimensions
from .terms.grammar import Grammar
from .terms.postfix import from_sympy
from .tuning import CERTIFICATE, EVIDENCE, ROUNDING, SEARCH, SESSION, SPLIT
from .watch import Interrupted, Watch

__all__ = ["Search", "SearchState"]


@dataclass(frozen=True)
class SearchState:
    """What a search knows after a generation.

    Attributes
    ----------
    generation, evaluations : int
    front : Candidates by rising complexity and falling loss
    best : Candidate, or None if no formula stands out
    seconds : time that the generations have taken
    kind : "match" | "approximation" | "none" | "undecided"
        Says what `best` is: undecided until the first survey is done, unless nothing is left to explain.
    ended : None | "known" | "budget" | "seconds" | "stopped"
        Why `run` has ended.

    """

    generation: int
    front: tuple[Candidate, ...]
    best: Candidate | None
    evaluations: int
    seconds: float
    kind: str = "undecided"
    ended: str | None = None


class _Reached(NamedTuple):
    """Where a search is. A generation makes a new one, which replaces the old one in a single step."""

    engine: SearchEngine
    judge: Judge
    state: SearchState
    unchanged: int  # generations of evolution with the same answer


class Search:
    """Search for formulas whose gradients have the same directions as a field's.

    Parameters
    ----------
    field : GradientField
    operators : names from the operator table; by default all of them
    max_complexity : int, the most nodes a formula may have
    guesses : formulas (text or SymPy) whose terms the search starts with
    backend : "native", or "pysr", or `PySR` settings for that second engine, which needs Julia
    random_state : int; the same seed gives the same front, however you step the search
    units : mapping of each input's name to its unit, such as {"x": "m", "v": "m/s"}, or None
        The search does not try formulas that add different dimensions or take the sine of a length. Units
        are products of powers of those of `sympy.physics.units`; "1" is a plain number.
    constants : units of the constants of the system, such as ["m**3/s**2"]
        Numbers in the formulas may have these dimensions; otherwise they have none.
    known : terms (text or SymPy) that are in every sum, such as ["m*v**2"]; it finds their coefficients
    named : mapping from names to numbers, such as {"g": 9.81}
        If the interval of a number in a formula contains one of these, the number gets its name:
        `best.intervals`.

    The search holds out a third of the points, and measures every loss it shows on them. If more than 64
    inputs matter but the gradients span at most 8 directions, the formulas are in the coordinates
    `z = x @ subspace`, named z1, z2 ...; otherwise `subspace` is None.

    A search does a generation as a whole or not at all. One that is cut short (by `stop()`, by the cap in
    seconds, by Ctrl-C) leaves no trace; the next step does it again from its beginning, with the same result.
    PySR's generations are long, so until then it shows the front of the one that was cut short. Several
    threads may use a search: it does one thing after another. If you pickle it for another process, it is
    rebuilt there, and its generations are replayed.

    Raises
    ------
    DataError
        if there are as many neurons as tangent dimensions, so that every formula fits; and if units cannot
        be read, are missing, or contradict a guess.

    """

    def __init__(
        self,
        field,
        operators=None,
        max_complexity=SEARCH.nodes,
        guesses=(),
        backend="native",
        random_state=0,
        units=None,
        constants=(),
        known=(),
        named=None,
    ):
        identifiable(field)
        self.field, self.backend = field, _known(backend)
        self.operators = None if operators is None else several(operators, "operators")
        self.max_complexity = whole(max_complexity, "max_complexity")
        self.random_state = whole(random_state, "random_state")
        self.guesses = tuple(as_expression(g, field.names) for g in several(guesses, "guesses"))
        self._field, self.subspace = active_subspace(field)
        self.symbols = [sp.Symbol(name, real=True) for name in self._field.names]
        self._decades = decades(self._field.measure.spread)
        self.units, self.constants = units, several(constants, "constants")
        self.known = tuple(as_expression(term, field.names) for term in several(known, "known"))
        self.named = numbers_by_name(named)
        self._known_terms = self._read_known()
        self._dimensions = None if units is None else self._read_units()
        self._watch, self._small, self._certificate = Watch(), None, None
        self._restart()

    def _refuse(self, what):
        """Raise DataError unless this is the native search in the inputs themselves."""
        if self.subspace is not None or self.backend != "native":
            where = "a search in a subspace of many inputs" if self.subspace is not None else "PySR"
            raise DataError(f"{where} cannot use {what}")

    def _read_units(self):
        self._refuse("units: leave them out")
        dimensions = Dimensions(self.units, self.constants, self._field.names)
        for guess in self.guesses:
            kinds = {dimensions.kind(term) for term in self._terms(guess)}
            if None in kinds or len(kinds) > 1:
                raise DataError(
                    f"the guess {guess} contradicts the units: it adds different ones, or takes a function "
                    "of a quantity that has one"
                )
        return dimensions

    def _read_known(self):
        if self.known:
            self._refuse(f"known terms: leave out known={[*map(str, self.known)]}")
        for term in self.known:
            if term.is_Add or not term.free_symbols:
                raise DataError(f"known={str(term)!r} is not one term of the inputs: give each separately")
        forms = in_decades(self.symbols, -self._decades)
        return tuple(from_sympy(term.xreplace(forms), self.symbols) for term in self.known)

    def _restart(self):
        judge = Judge(self._field, self.symbols, self.max_complexity, self.random_state, self.named)
        start = SearchState(generation=0, front=(), best=None, evaluations=0, seconds=0.0)
        self._reached = self._shown = _Reached(self._engine(judge), judge, start, unchanged=0)

    def _engine(self, judge):
        shown = () if self.subspace is not None else self.guesses
        guesses = [self._terms(guess) for guess in shown]
        settings = self.max_complexity, guesses, self.random_state, self._watch
        if self.backend == "native":
            grammar = Grammar(self.operators, relevant_inputs(self._field))
            for expression, term in zip(self.known, self._known_terms, strict=True):
                if judge.searched.features([term]) is None:
                    raise DataError(f"known={str(expression)!r} has no gradient at all points: leave it out")
            return Engine(judge.searched, grammar, *settings, self._dimensions, self._known_terms)
        from .pysr.julia_engine import Engine as PySREngine

        return PySREngine(judge, self.operators, self.symbols, self.backend, *settings, shown)

    def _terms(self, formula):
        """Terms of a sum without its wrapping, but none that contain an input that does not matter."""
        formula = unwrapped(formula).xreplace(in_decades(self.symbols, -self._decades)).primitive()[1]
        parts = [part for part in sp.Add.make_args(formula) if part.free_symbols]
        return [from_sympy(part, self.symbols) for part in parts if part.free_symbols <= {*self.symbols}]

    @property
    def coordinates(self):
        """Field in the variables of the formulas: the inputs, or the coordinates of `subspace`."""
        return self.field if self.subspace is None else self._field

    def in_inputs(self, candidate):
        """Return a candidate's expression in the inputs, even if it is written in coordinates."""
        if self.subspace is None:
            return candidate.expression
        inputs = sp.Matrix([sp.Symbol(name, real=True) for name in self.field.names])
        forms = sp.Matrix(self.subspace.T) * inputs
        return candidate.expression.xreplace(dict(zip(self.symbols, forms, strict=True)))

    @property
    def state(self) -> SearchState:
        """SearchState after the last whole generation; with PySR, the next one's front so far."""
        return self._shown.state

    @property
    def generation(self) -> int:
        """Number of generations done."""
        return self.state.generation

    @property
    def front(self) -> tuple[Candidate, ...]:
        """Candidates by rising complexity and falling loss."""
        return self.state.front

    @property
    def best(self) -> Candidate | None:
        """The front's answer, a Candidate, or None if there is no law."""
        return self.state.best

    @property
    def kind(self) -> str:
        """What `best` is: "match", "approximation", "none" or "undecided"."""
        return self.state.kind

    @property
    def evaluations(self) -> int:
        """Number of term sets whose coefficients have been solved for."""
        return self.state.evaluations

    @property
    def seconds(self) -> float:
        """Time that the generations have taken."""
        return self.state.seconds

    @property
    def settled(self) -> bool:
        """Whether `best` has stood long enough: 10 generations of evolution, or 40 while there is none.

        A match has to stand for two generations after the divisions. One generation after the survey is
        enough if each of its nodes explains much, and one of any kind if it leaves nothing to explain.
        """
        return self._reached.unchanged >= self._patience

    @property
    def _patience(self):
        if self.best is None:
            return SESSION.given_up
        if self._reached.judge.certain(self.best):
            return SESSION.certain
        return SESSION.matched if self.kind == "match" else SESSION.settled

    @property
    def log(self) -> Path | None:
        """Path of the file for the output of PySR and Julia; None for the native engine."""
        return None if self.backend == "native" else self._reached.engine.log

    @property
    def _judge(self):
        return self._shown.judge

    def step(self) -> SearchState:
        """Run one generation and return the SearchState: the old one if `stop()` cut it short."""
        with self._watch.over():
            self._advance()
            return self.state  # before another thread has its turn

    def _advance(self):
        """Run one generation on a copy of the current state; returns whether it was completed."""
        start, before = time.perf_counter(), self._reached.state
        engine, judge = self._reached.engine.copy(), copy(self._reached.judge)
        try:
            with np.errstate(all="ignore"), _one_thread:  # out of domain is an answer, not an accident
                self._watch()
                engine.step()
                front = judge.front(engine.contenders(), self._watch)
                best = judge.answer()
        except (Interrupted, EngineError, KeyboardInterrupt) as end:
            self._show_so_far(engine)
            if isinstance(end, Interrupted):
                return False
            raise
        seconds = before.seconds + time.perf_counter() - start
        kind = _kind(engine, judge, best)
        known = kind == "match" and (engine.divided or judge.certain(best))
        unchanged = self._reached.unchanged + 1 if best == before.best and (known or engine.evolving) else 0
        state = SearchState(before.generation + 1, front, best, engine.evaluations, seconds, kind)
        self._reached = self._shown = _Reached(engine, judge, state, unchanged)
        return True

    def _show_so_far(self, engine):
        """Show what was found in a generation that was cut short; the next one begins without it."""
        found = engine.so_far() if isinstance(engine, ReportsEarly) else []
        if found:
            judge = copy(self._reached.judge)
            with np.errstate(all="ignore"), _one_thread:
                front, best = judge.front(found), judge.answer()
                kind = _kind(engine, judge, best)
                state = replace(self._reached.state, front=front, best=best, kind=kind)
            self._shown = self._reached._replace(judge=judge, state=state)

    def run(
        self,
        seconds: float | None = None,
        generations: int | None = None,
        evaluations: int | None = None,
        progress: bool = True,
        callback: Callable[[SearchState], object] | None = None,
    ) -> SearchState:
        """Step until a budget is used up, and return the SearchState.

        If you give neither generations nor evaluations, it ends when the search has `settled`. If it had
        settled before, it runs on until its answer has stood for as long again. `seconds` is an additional
        cap; the clock starts once everything is compiled. When time is up, the current generation is
        dropped, as after `stop()`. `callback(state)` is called after each generation; if it returns True,
        the run ends there.
        """
        from tqdm import tqdm

        seconds = duration(seconds)
        more = np.inf if generations is None else whole(generations, "generations")
        most = np.inf if evaluations is None else whole(evaluations, "evaluations")
        desc = "search" if self.log is None else f"search (log {self.log})"
        bar = tqdm(desc=desc, unit="gen", disable=not progress, total=generations, leave=False)
        warm_up()
        with bar, self._watch.over(seconds):
            first, last = self.generation, self.generation + more
            while (ended := self._ended(first, last, most)) is None:
                if not self._advance():
                    ended = "stopped" if self._watch.stopped else "seconds"
                    break
                bar.update()
                bar.set_postfix_str(f"best {self.best.expression}" if self.best else "no law yet")
                if callback is not None and callback(self.state):
                    ended = "stopped"
                    break
            self._shown = self._shown._replace(state=replace(self.state, ended=ended))
            return self.state

    def _ended(self, first, last, most):
        """Why a run that began after `first` generations is over, or None if it is not."""
        if self.generation >= last or self.evaluations >= most:
            return "budget"
        budget = np.isfinite(last) or np.isfinite(most)
        return "known" if not budget and self.settled and self.generation - first >= self._patience else None

    def survey(self) -> Surveyed:
        """Return the result of the survey alone, on fewer points; the search stays where it is.

        This is for many fields, most of which hold nothing: it writes formulas only for what stands out to
        the engine. Guesses come first, and end the survey if they leave nothing to explain.
        """
        warm_up()
        settings = self.max_complexity, self.random_state, self.named, SPLIT.surveyed
        judge = Judge(self._field, self.symbols, *settings)
        with self._watch.over(), np.errstate(all="ignore"), _one_thread:
            return survey(self._engine(judge), judge)

    def certificate(self, progress: bool = True) -> Certificate | None:
        """Try all small formulas of a field of up to three inputs, and say whether one does better.

        They are judged as the search judges its own formulas, and change nothing in it. This takes a second
        or two, and no time when you ask again. Returns None if `stop()` cuts it short.

        >>> search.run()
        >>> print(search.certificate().text)
        No formula of up to 6 nodes over these operators does better: 3,853,868 tried, and ...

        Raises
        ------
        DataError
            if more inputs matter, and if the search has known terms.

        """
        from tqdm import tqdm

        grammar = Grammar(self.operators, relevant_inputs(self._field))
        if self.known:
            raise DataError(
                f"small formulas lack the known terms {[*map(str, self.known)]}: leave out known="
            )
        if len(grammar.inputs) > CERTIFICATE.inputs:
            raise DataError(
                f"there are too many small formulas: {len(grammar.inputs)} inputs matter, and at most "
                f"{CERTIFICATE.inputs} may: hold the others fixed and give a field of these"
            )
        warm_up()
        bar = tqdm(desc="certificate", unit="lot", disable=not progress, leave=False)

        def watch():
            self._watch()
            bar.update()

        with bar, self._watch.over(), np.errstate(all="ignore"), _one_thread, suppress(Interrupted):
            engine, judge, state, _ = self._reached
            if self._small is None:
                self._small = enumerated(judge, grammar, self.max_complexity, watch, self._dimensions)
            self._certificate = certified(judge, engine.contenders(), state.best, self._small, watch)
            return self._certificate
        return None

    def evidence(self, resamples=EVIDENCE.resamples, thorough=False):
        """Return the `Evidence` for the answer: null, agreement of resamples, spread of constants.

        It includes the answer's `certificate` if you have asked for that.
        """
        with self._watch.over():
            made = self._certificate
            certificate = made if made is not None and made.answer == self.best else None
            return evidence(self, self._judge, resamples, thorough, certificate)

    def stop(self) -> None:
        """End `run`, `step` or `goto` within a fraction of a second; call it from another thread.

        The current generation is dropped. If nothing runs, whatever begins within the next second ends at
        once: so a stop is not lost if it comes just before a run begins in another thread. Later runs are
        not affected.
        """
        self._watch.stop()

    def goto(self, generation: int) -> SearchState:
        """Return to the state after this many generations, by replaying them; `stop()` can end it early."""
        generation = whole(generation, "generation")
        with self._watch.over():
            if generation < self.generation:
                self._restart()
            while self.generation < generation and self._advance():
                pass
            return self.state

    def like(self, field: GradientField) -> "Search":
        """Return a new search with the same settings on another field."""
        names = (
            "operators", "max_complexity", "guesses", "backend", "random_state", "units", "constants",
            "known", "named",
        )  # fmt: skip
        return type(self)(field, **{name: getattr(self, name) for name in names})

    def save(self, path: str | Path) -> None:
        """Write field, settings and generation to an .npz file without pickle."""
        backend = self.backend if self.backend == "native" else self.backend.saved()
        storage.write(path, self.field, self._settings() | {"backend": backend})

    def _settings(self):
        """Settings and generation, as JSON values except for the backend's."""
        return {
            "generation": self.generation,
            "operators": self.operators,
            "max_complexity": self.max_complexity,
            "guesses": [str(g) for g in self.guesses],
            "random_state": self.random_state,
            "units": None if self.units is None else dict(self.units),
            "constants": list(self.constants),
            "known": [str(term) for term in self.known],
            "named": self.named,
            "backend": self.backend,
        }

    @classmethod
    def load(cls, path: str | Path) -> "Search":
        """Load a search from a file, at the generation where it was saved: replayed, bit for bit the same."""
        field, settings = storage.read(path)
        try:
            for formula in (*settings["guesses"], *settings["known"]):
                from_file(formula, field.names)
            return cls._again(field, settings)
        except (KeyError, TypeError, SymgradError) as error:
            raise storage.damaged(path, error) from None

    @classmethod
    def _again(cls, field, settings):
        generation = settings.pop("generation")
        search = cls(field, **settings)
        search.goto(generation)
        return search

    def __reduce__(self):
        return self._again, (self.field, self._settings())


def _kind(engine, judge, best):
    """Kind of an answer: undecided until the survey is complete, unless nothing is left to explain."""
    kind = judge.kind(best)
    exact = kind == "match" and best.loss <= ROUNDING.loss
    return kind if engine.surveyed or exact else "undecided"


def _known(backend):
    """Return "native" or settings of PySR; UnknownNameError for anything else."""
    if isinstance(backend, str) and backend == "native":
        return backend
    from .pysr import PySR

    if isinstance(backend, (PySR, dict)) or (isinstance(backend, str) and backend == "pysr"):
        return PySR.read(backend)
    raise UnknownNameError(f"no search backend {backend!r}: {nearest(backend, ['native', 'pysr'])}")


class _OneThread:
    """Keep linear algebra on one thread: the same bits on every machine, and no slower for small matrices.

    The limit holds for the whole process while any search is at work; the last one lifts it.
    """

    def __init__(self):
        self._lock, self._inside, self._limit = Lock(), 0, None

    def __enter__(self):
        with self._lock.held():
            if self._inside == 0:
                self._limit = _thread_pools().limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *_):
        with self._lock.held():
            self._inside -= 1
            if self._inside == 0:
                self._limit.restore_original_limits()


@cache
def _thread_pools():
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


_one_thread = _OneThread()
