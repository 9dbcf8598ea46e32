"""A search under your control: step it, run it, look at its best formulas, save it, go back."""

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
    """The results of a search after a generation.

    Attributes
    ----------
    generation, evaluations : int
    front : Candidates in order of rising complexity and falling loss
    best : Candidate, or None if no formula stands out
    seconds : time used by the generations
    kind : "match" | "approximation" | "none" | "undecided"
        The kind of answer. The kind is "undecided" until the survey is done (the stages that every field
        gets), unless a formula explains everything.
    ended : None | "known" | "budget" | "seconds" | "stopped"
        Why `run` has ended: the answer is settled, a number of generations or evaluations is reached, time
        is up, or somebody has stopped the run.

    """

    generation: int
    front: tuple[Candidate, ...]
    best: Candidate | None
    evaluations: int
    seconds: float
    kind: str = "undecided"
    ended: str | None = None


class _Reached(NamedTuple):
    """The state of a search. Each generation replaces the whole object at once."""

    engine: SearchEngine
    judge: Judge
    state: SearchState
    unchanged: int = 0  # generations that confirm the answer
    patience: int = SESSION.given_up  # after so many, the answer is settled


class Search:
    """Search for formulas whose gradients have the same directions as a field's.

    Parameters
    ----------
    field : GradientField
    operators : names from the operator table; by default all of them
    max_complexity : int, the largest number of nodes in a formula
    guesses : formulas (text or SymPy); the search starts with their terms
    backend : "native"; or "pysr", a second engine, which needs Julia; or `PySR` settings for that engine
    random_state : int; the same seed gives the same front, however you step the search
    units : mapping of each input's name to its unit, such as {"x": "m", "v": "m/s"}, or None
        With units, the search does not try formulas that add quantities of different dimensions or take the
        sine of a length. A unit is a product of powers of units from `sympy.physics.units`; "1" stands for a
        plain number.
    constants : units of the system's constants, such as ["m**3/s**2"]
        Numbers in the formulas can have these dimensions; without `constants`, numbers have no dimension.
    known : terms (text or SymPy) that every sum contains, such as ["m*v**2"]; the search finds their
        coefficients
    named : mapping from names to numbers, such as {"g": 9.81}
        If the interval of a number in a formula contains one of these numbers, `best.intervals` shows the
        number's name.

    The search holds out a third of the points, but at most 2,000, and none if there are few points. All
    losses that you see are measured on the points held out; if there are none, on all points. If more than 64
    inputs matter but the gradients span at most 8 directions, the formulas are written in the coordinates
    `z = x @ subspace`, named z1, z2 ...; otherwise `subspace` is None.

    A generation counts only if it is finished. If a generation is interrupted (by `stop()`, by the limit in
    seconds, or by Ctrl-C), the next step runs this generation again from the start, with the same result.
    PySR's generations are long, so you see the front even of an unfinished generation. Several threads can
    use one search, which serves them one after another. You can pickle a search for another process, which
    rebuilds it and replays its generations.

    Raises
    ------
    DataError
        if there are as many neurons as directions in which the data extend, so that every formula fits; or if
        units cannot be read, are missing, or contradict a guess.

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
        """Raise DataError unless this is a native search in the inputs themselves."""
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
                    f"the guess {guess} contradicts the units: it adds different units, or takes a function "
                    "of a quantity with a unit"
                )
        return dimensions

    def _read_known(self):
        if self.known:
            self._refuse(f"known terms: leave out known={[*map(str, self.known)]}")
        for term in self.known:
            if term.is_Add or not term.free_symbols:
                raise DataError(f"known={str(term)!r} is not one term in the inputs: pass terms separately")
        forms = in_decades(self.symbols, -self._decades)
        return tuple(from_sympy(term.xreplace(forms), self.symbols) for term in self.known)

    def _restart(self):
        judge = Judge(self._field, self.symbols, self.max_complexity, self.random_state, self.named)
        start = SearchState(generation=0, front=(), best=None, evaluations=0, seconds=0.0)
        self._reached = self._shown = _Reached(self._engine(judge), judge, start)

    def _engine(self, judge):
        shown = () if self.subspace is not None else self.guesses
        guesses = [self._terms(guess) for guess in shown]
        settings = self.max_complexity, guesses, self.random_state, self._watch
        if self.backend == "native":
            grammar = Grammar(self.operators, relevant_inputs(self._field))
            for expression, term in zip(self.known, self._known_terms, strict=True):
                if judge.searched.features([term]) is None:
                    raise DataError(
                        f"known={str(expression)!r} is constant, or not finite at some point: leave it out"
                    )
            return Engine(judge.searched, grammar, *settings, self._dimensions, self._known_terms)
        from .pysr.julia_engine import Engine as PySREngine

        return PySREngine(judge, self.operators, self.symbols, self.backend, *settings, shown)

    def _terms(self, formula):
        """Strip a formula's outer functions; return its terms except those with irrelevant inputs."""
        formula = unwrapped(formula).xreplace(in_decades(self.symbols, -self._decades)).primitive()[1]
        parts = [part for part in sp.Add.make_args(formula) if part.free_symbols]
        return [from_sympy(part, self.symbols) for part in parts if part.free_symbols <= {*self.symbols}]

    @property
    def coordinates(self):
        """The field in the variables of the formulas: the inputs, or the coordinates of `subspace`."""
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
        """SearchState after the last finished generation; PySR's front may be from an unfinished one."""
        return self._shown.state

    @property
    def generation(self) -> int:
        """Number of finished generations."""
        return self.state.generation

    @property
    def front(self) -> tuple[Candidate, ...]:
        """The Candidates found, in order of rising complexity and falling loss."""
        return self.state.front

    @property
    def best(self) -> Candidate | None:
        """The answer, a Candidate on the front; None if there is no law."""
        return self.state.best

    @property
    def kind(self) -> str:
        """The kind of answer: "match", "approximation", "none" or "undecided"."""
        return self.state.kind

    @property
    def evaluations(self) -> int:
        """Number of sets of terms that have been fitted."""
        return self.state.evaluations

    @property
    def seconds(self) -> float:
        """Time used by the generations."""
        return self.state.seconds

    @property
    def settled(self) -> bool:
        """Whether `best` has stayed the same for 5 generations of evolution, or 40 if there is no answer.

        A match needs less time if it has no rivals (other formulas that explain nearly as much). Then one
        generation after the divisions is enough. If the match leaves nothing unexplained, or little that two
        inputs can predict, the generation that finds the match is enough, unless this generation is an
        elimination or belongs to evolution.
        """
        return self._reached.unchanged >= self._reached.patience

    @property
    def log(self) -> Path | None:
        """Path of the file with the output of PySR and Julia; None for the native engine."""
        return None if self.backend == "native" else self._reached.engine.log

    @property
    def _judge(self):
        return self._shown.judge

    def step(self) -> SearchState:
        """Run one generation and return the new SearchState; if `stop()` interrupts it, the old one."""
        with self._watch.over():
            self._advance()
            return self.state  # before another thread changes it

    def _advance(self):
        """Run one generation on a copy of the current state; return whether it was finished."""
        start, before = time.perf_counter(), self._reached.state
        engine, judge = self._reached.engine.copy(), copy(self._reached.judge)
        try:
            with np.errstate(all="ignore"), _one_thread:  # invalid values are expected, and handled
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
        alone = kind == "match" and judge.unrivalled(best)
        certain = alone and judge.certain(best)
        stands = _form(best) == _form(before.best) and (
            engine.evolving or certain or (kind == "match" and engine.divided)
        )
        # After an elimination, a division may shorten the formula.
        eliminated = engine.surveyed and not self._reached.engine.surveyed
        in_order = not eliminated and not engine.evolving
        unchanged = self._reached.unchanged + 1 if stands or (certain and in_order) else 0
        state = SearchState(before.generation + 1, front, best, engine.evaluations, seconds, kind)
        patience = SESSION.matched if alone else SESSION.settled if best else SESSION.given_up
        self._reached = self._shown = _Reached(engine, judge, state, unchanged, patience)
        return True

    def _show_so_far(self, engine):
        """Show the results of an interrupted generation; the next generation does not use them."""
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

        If you pass neither generations nor evaluations, the run ends when the search has `settled`. If the
        search had settled before, the run continues for as many generations as a new answer would need.
        `seconds` is a further limit; the clock starts once everything is compiled. When time is up, the
        current generation is dropped, as after `stop()`. After each generation, the run calls
        `callback(state)`, and ends if the callback returns True.
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
        """Return why a run that began after `first` generations is over, or None if the run goes on."""
        if self.generation >= last or self.evaluations >= most:
            return "budget"
        if np.isfinite(last) or np.isfinite(most):
            return None
        return "known" if self.settled and self.generation - first >= self._reached.patience else None

    def survey(self) -> Surveyed:
        """Run a short search on fewer points, and return its result. This search itself does not change.

        Use surveys if you have many fields, and expect no formula in most of them. A survey writes formulas
        only if the engine finds something that stands out. A survey tries guesses first, and ends if the
        guesses explain everything.
        """
        warm_up()
        settings = self.max_complexity, self.random_state, self.named, SPLIT.surveyed
        judge = Judge(self._field, self.symbols, *settings)
        with self._watch.over(), np.errstate(all="ignore"), _one_thread:
            return survey(self._engine(judge), judge)

    def certificate(self, progress: bool = True) -> Certificate | None:
        """Try all small formulas of up to three inputs, and say whether one is better than the answer.

        The small formulas are judged like the search's own formulas, and do not change the search. This takes
        up to three seconds the first time, and less afterwards. The result is None after an interruption by
        `stop()`.

        >>> search.run()
        >>> print(search.certificate().text)
        No formula of up to 6 nodes over these operators does better: 3,853,868 formulas were tried, and ...

        Raises
        ------
        DataError
            if more than three inputs matter, or if the search has known terms.

        """
        from tqdm import tqdm

        grammar = Grammar(self.operators, relevant_inputs(self._field))
        if self.known:
            raise DataError(
                f"small formulas do not contain the known terms {[*map(str, self.known)]}: leave out known="
            )
        if len(grammar.inputs) > CERTIFICATE.inputs:
            raise DataError(
                f"there are too many small formulas, because {len(grammar.inputs)} inputs matter: hold all "
                f"but {CERTIFICATE.inputs} of them fixed, and pass a field of those {CERTIFICATE.inputs}"
            )
        warm_up()
        bar = tqdm(desc="certificate", unit="lot", disable=not progress, leave=False)

        def watch():
            self._watch()
            bar.update()

        with bar, self._watch.over(), np.errstate(all="ignore"), _one_thread, suppress(Interrupted):
            engine, judge, state, *_ = self._reached
            if self._small is None:
                self._small = enumerated(judge, grammar, self.max_complexity, watch, self._dimensions)
            self._certificate = certified(judge, engine.contenders(), state.best, self._small, watch)
            return self._certificate
        return None

    def evidence(self, resamples=EVIDENCE.resamples, thorough=False):
        """Return the `Evidence` for the answer, from resampled points and from random directions.

        The evidence includes the answer's `certificate` if you have asked for the certificate before.
        """
        with self._watch.over():
            made = self._certificate
            certificate = made if made is not None and made.answer == self.best else None
            return evidence(self, self._judge, resamples, thorough, certificate)

    def stop(self) -> None:
        """End `run`, `step` or `goto` within a fraction of a second; call it from another thread.

        The current generation is dropped. If nothing is running, anything that starts within the next second
        ends at once. So a stop is not lost if another thread starts a run just after it. Later runs are not
        affected.
        """
        self._watch.stop()

    def goto(self, generation: int) -> SearchState:
        """Go forward or back to the state after this many generations; `stop()` can end this early."""
        generation = whole(generation, "generation")
        with self._watch.over():
            if generation < self.generation:
                self._restart()
            while self.generation < generation and self._advance():
                pass
            return self.state

    def like(self, field: GradientField) -> "Search":
        """Return a new search on another field, with the same settings."""
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
        """Return the settings and the generation, all as JSON values except the backend."""
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
        """Load a search from a file, and replay it exactly to the generation where it was saved."""
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


def _form(candidate):
    """Return the formula of a candidate without its decimal numbers, which may still change; or None."""
    if candidate is None:
        return None
    return candidate.expression.xreplace(dict.fromkeys(candidate.expression.atoms(sp.Float), sp.Float(1)))


def _kind(engine, judge, best):
    """Return the kind of an answer: undecided before the survey ends, unless all is explained."""
    kind = judge.kind(best)
    exact = kind == "match" and best.loss <= ROUNDING.loss
    return kind if engine.surveyed or exact else "undecided"


def _known(backend):
    """Return "native" or PySR settings; raise UnknownNameError for anything else."""
    if isinstance(backend, str) and backend == "native":
        return backend
    from .pysr import PySR

    if isinstance(backend, (PySR, dict)) or (isinstance(backend, str) and backend == "pysr"):
        return PySR.read(backend)
    raise UnknownNameError(f"there is no search backend {backend!r}: {nearest(backend, ['native', 'pysr'])}")


class _OneThread:
    """Keeps linear algebra on one thread: so all machines give the same bits; small matrices take no longer.

    The limit holds for the whole process while any search is at work. The last search to end lifts the limit.
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
