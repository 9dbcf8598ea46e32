"""A search as a person drives it: step, run, look at the front, save, go back."""

import time
from dataclasses import dataclass
from functools import cache

import numpy as np
import sympy as sp

from ..errors import DataError, SymgradError, UnknownNameError, nearest
from ..expressions import as_expression
from . import storage
from .candidates import Candidate, identifiable
from .canonical import unwrapped
from .engine import Engine
from .evidence import evidence
from .grammar import Grammar
from .judge import Judge
from .subspace import active_subspace, relevant_inputs
from .terms import from_sympy

__all__ = ["Search", "SearchState"]

_SETTLED, _GIVEN_UP = 10, 40  # generations of evolution with the same answer, and with none, that are enough


@dataclass(frozen=True)
class SearchState:
    """What is known after a generation."""

    generation: int
    front: tuple
    best: Candidate | None
    evaluations: int
    seconds: float


class Search:
    """Search for formulas whose unit gradients agree with those of a field.

    Parameters
    ----------
    field : GradientField
    operators : names from the operator table, default all of them
    max_complexity : int, nodes at most
    guesses : formulas (text or SymPy) whose terms the search starts with
    backend : "native"
    random_state : int; the same seed gives the same front, however it is stepped

    A third of the points is held out: every loss shown is measured on them. Where over 64 inputs have a part
    but their gradients span at most 8 directions, the formulas are of the coordinates `z = x @ subspace`,
    named z1, z2 ...; otherwise `subspace` is None.

    Raises
    ------
    DataError
        when there are as many neurons as tangent dimensions, so that every formula fits.

    """

    def __init__(
        self, field, operators=None, max_complexity=40, guesses=(), backend="native", random_state=0
    ):
        identifiable(field)
        if backend != "native":
            raise UnknownNameError(f"no search backend {backend!r}: {nearest(backend, ['native'])}")
        self.field, self.backend = field, backend
        self.operators = None if operators is None else _several(operators, "operators")
        self.max_complexity, self.random_state = (
            _whole(max_complexity, "max_complexity"),
            _whole(random_state, "random_state"),
        )
        self.guesses = tuple(as_expression(g, field.names) for g in _several(guesses, "guesses"))
        self._field, self.subspace = active_subspace(field)
        self.symbols = [sp.Symbol(name, real=True) for name in self._field.names]
        self._stop = False
        self._restart()

    def _restart(self):
        grammar = Grammar(self.operators, relevant_inputs(self._field))
        guesses = [] if self.subspace is not None else [_terms(g, self.symbols) for g in self.guesses]
        self._judge = Judge(self._field, self.symbols, self.max_complexity, self.random_state)
        self._engine = Engine(self._judge.searched, grammar, self.max_complexity, guesses, self.random_state)
        self.generation, self.seconds = 0, 0.0
        self.front, self.best = (), None

    @property
    def coordinates(self):
        """Field in what the formulas are written in: the inputs, or the coordinates of `subspace`."""
        return self.field if self.subspace is None else self._field

    def in_inputs(self, candidate):
        """Return a candidate's expression in the inputs, also where it is written in coordinates."""
        if self.subspace is None:
            return candidate.expression
        inputs = sp.Matrix([sp.Symbol(name, real=True) for name in self.field.names])
        forms = sp.Matrix(self.subspace.T) * inputs
        return candidate.expression.xreplace(dict(zip(self.symbols, forms, strict=True)))

    @property
    def evaluations(self):
        """Number of term sets whose coefficients have been solved for."""
        return self._engine.evaluations

    @property
    def state(self):
        """SearchState now."""
        return SearchState(self.generation, self.front, self.best, self.evaluations, self.seconds)

    def step(self):
        """Run one generation and return the SearchState."""
        start = time.perf_counter()
        with np.errstate(all="ignore"), _one_thread():  # out of domain is an answer, not an accident
            self._engine.step()
            self.front = self._judge.front([tuple(self._engine.terms(s)) for s in self._engine.contenders()])
            self.best = self._judge.answer()
        self.generation += 1
        self.seconds += time.perf_counter() - start
        return self.state

    def run(self, seconds=None, generations=None, evaluations=None, progress=True, callback=None):
        """Step until a budget is used up, and return the SearchState.

        Without generations or evaluations it ends when `best` has not changed for ten generations of
        evolution (forty while there is none). `seconds` is a cap on top. `callback(state)` is called after
        each generation; when it returns True, or `stop()` is called, the run ends there.
        """
        from tqdm import tqdm

        deadline = time.monotonic() + (np.inf if seconds is None else seconds)
        last = np.inf if generations is None else self.generation + _whole(generations, "generations")
        most = np.inf if evaluations is None else _whole(evaluations, "evaluations")
        settles = generations is None and evaluations is None
        self._stop, unchanged, patience = False, 0, _GIVEN_UP
        with tqdm(desc="search", unit="gen", disable=not progress, total=generations, leave=False) as bar:
            while self.generation < last and self.evaluations < most and time.monotonic() < deadline:
                if self._stop or (settles and unchanged >= patience):
                    break
                before, state = self.best, self.step()
                unchanged = unchanged + 1 if state.best == before and self._engine.evolving else 0
                patience = _SETTLED if state.best else _GIVEN_UP
                bar.update()
                bar.set_postfix_str(f"best {state.best.expression}" if state.best else "no law yet")
                self._stop = self._stop or bool(callback is not None and callback(state))
        return self.state

    def evidence(self, resamples=50, thorough=False):
        """Return the `Evidence` for the answer: null, agreement of resamples, spread of constants."""
        return evidence(self, self._judge, resamples, thorough)

    def stop(self):
        """End a run after the generation it is in; may be called from another thread."""
        self._stop = True

    def goto(self, generation):
        """Return to the state after that many generations, by replaying them."""
        if _whole(generation, "generation") < self.generation:
            self._restart()
        while self.generation < generation:
            self.step()
        return self.state

    def like(self, field):
        """Return a new search with the same settings on another field."""
        names = ("operators", "max_complexity", "guesses", "backend", "random_state")
        return type(self)(field, **{name: getattr(self, name) for name in names})

    def save(self, path):
        """Write field, settings and generation to an .npz file without pickle."""
        settings = {
            "generation": self.generation,
            "operators": self.operators,
            "max_complexity": self.max_complexity,
            "guesses": [str(g) for g in self.guesses],
            "random_state": self.random_state,
        }
        storage.write(path, self.field, settings)

    @classmethod
    def load(cls, path):
        """Search from a file, where it was saved: the generations are replayed, bit by bit the same."""
        field, settings = storage.read(path)
        try:
            generation = settings.pop("generation")
            search = cls(field, **settings)
            search.goto(generation)
        except (KeyError, TypeError, SymgradError) as error:
            raise storage.damaged(path, error) from None
        return search


@cache
def _thread_pools():
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _one_thread():
    """Keep linear algebra on one thread: the same bits on every machine, and no slower for small matrices."""
    return _thread_pools().limit(limits=1, user_api="blas")


def _terms(formula, symbols):
    """Terms of a sum without its wrapping, those left out that hold an input without any part."""
    parts = sp.Add.make_args(unwrapped(formula))
    return [
        from_sympy(part, symbols) for part in parts if part.free_symbols and part.free_symbols <= set(symbols)
    ]


def _several(some, what):
    """Tuple of a sequence; a single text counts as one."""
    try:
        return (some,) if isinstance(some, (str, sp.Basic)) else tuple(some)
    except TypeError:
        raise DataError(f"{what} must be a sequence, got {some!r}") from None


def _whole(number, what):
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 0:
        raise DataError(f"{what} must be a whole number >= 0, got {number!r}")
    return int(number)
