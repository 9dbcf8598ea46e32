"""A search as a person drives it: step, run, look at the front, save, go back."""

import json
import time
import zipfile
from dataclasses import dataclass
from functools import cache

import numpy as np
import sympy as sp

from ..errors import DataError, ExpressionError, OutputError, SymgradError, UnknownNameError, nearest
from ..expressions import as_expression, complexity, loss
from ..field import GradientField
from . import combine
from .bank import Sample
from .canonical import acceptable, formula
from .constants import tidied
from .engine import Engine
from .grammar import Grammar
from .selection import chance_loss, noise_loss, pareto, select
from .subspace import active_subspace, relevant_inputs
from .terms import from_sympy

__all__ = ["Candidate", "Search", "SearchState", "score"]

_FORMAT = 1
_SEARCHED = 4000  # points times dimensions the search looks at; the front is fitted and judged on more
_JUDGED = 20_000  # points times dimensions at most for each of fitting and judging, and 2,000 points
_SETTLED = 10  # generations of evolution without a new best
_ALIKE = 1e-8  # two formulas whose directions differ by less are one


@dataclass(frozen=True)
class Candidate:
    """A formula and how it agrees with the neuron.

    Attributes
    ----------
    expression : sympy.Expr in `Symbol(name, real=True)`, without outer function, scale or offset
    complexity : 1 for each leaf, operator and constant other than +-1
    loss : mean of `1 - cos^2` on held-out points, 0 = same direction everywhere, 1 = orthogonal

    """

    expression: sp.Expr
    complexity: int
    loss: float

    @property
    def angle(self):
        """Angle in degrees at which `1 - cos^2` equals the loss."""
        return float(np.degrees(np.arcsin(np.sqrt(min(self.loss, 1)))))

    def __repr__(self):
        return f"Candidate({self.expression}, complexity={self.complexity}, loss={self.loss:.3g})"

    def _repr_latex_(self):
        return f"${sp.latex(self.expression)}$"


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
        if not isinstance(field, GradientField):
            raise DataError(
                f"field must be a GradientField, got {type(field).__name__}: make one with gradient_field"
            )
        if backend != "native":
            raise UnknownNameError(f"no search backend {backend!r}: {nearest(backend, ['native'])}")
        _identifiable(field)
        self.field, self.backend = field, backend
        self.operators = None if operators is None else tuple(operators)
        self.max_complexity, self.random_state = (
            _whole(max_complexity, "max_complexity"),
            _whole(random_state, "random_state"),
        )
        self.guesses = tuple(as_expression(g, field.names) for g in guesses)
        self._field, self.subspace = active_subspace(field)
        self.symbols = [sp.Symbol(name, real=True) for name in self._field.names]
        self._fit, self._held, self._searched = map(Sample, _split(self._field, self.random_state))
        self._stop = False
        self._restart()

    def _restart(self):
        grammar = Grammar(self.operators, relevant_inputs(self._field))
        guesses = [
            [from_sympy(t, self.symbols) for t in sp.Add.make_args(sp.expand(g))] for g in self.guesses
        ]
        self._engine = Engine(self._searched, grammar, self.max_complexity, guesses, self.random_state)
        self._written = {}
        self.generation, self.seconds = 0, 0.0
        self.front, self.best = (), None

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
            self.front = self._judge()
            self.best = self._select()
        self.generation += 1
        self.seconds += time.perf_counter() - start
        return self.state

    def run(self, seconds=None, generations=None, evaluations=None, progress=True, callback=None):
        """Step until a budget is used up, and return the SearchState.

        Without generations or evaluations it ends when `best` has not changed for ten generations of
        evolution. `seconds` is a cap on top. `callback(state)` is called after each generation; when it
        returns True, or `stop()` is called, the run ends there.
        """
        from tqdm import tqdm

        deadline = time.monotonic() + seconds if seconds is not None else np.inf
        self._stop, settled, first = False, 0, self.generation
        bar = tqdm(desc="search", unit="gen", disable=not progress, total=generations, leave=False)
        with bar:
            while not self._stop and time.monotonic() < deadline:
                if generations is not None and self.generation - first >= generations:
                    break
                if evaluations is not None and self.evaluations >= evaluations:
                    break
                before = self.best
                state = self.step()
                settled = settled + 1 if state.best == before and self._engine.evolving else 0
                bar.update()
                bar.set_postfix_str(f"best {state.best.expression}" if state.best else "no law yet")
                if callback is not None and callback(state):
                    break
                if generations is None and evaluations is None and settled >= _SETTLED:
                    break
        return self.state

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

    def save(self, path):
        """Write field, settings and generation to an .npz file without pickle."""
        settings = {
            "format": _FORMAT,
            "generation": self.generation,
            "names": self.field.names,
            "operators": self.operators,
            "max_complexity": self.max_complexity,
            "guesses": [str(g) for g in self.guesses],
            "random_state": self.random_state,
            "dropped": self.field.dropped,
        }
        arrays = {"points": self.field.points, "gradients": self.field.gradients}
        for name in ("values", "tangent"):
            if getattr(self.field, name) is not None:
                arrays[name] = getattr(self.field, name)
        try:
            with open(path, "wb") as file:  # noqa: PTH123 - str and Path alike
                np.savez_compressed(file, settings=np.array(json.dumps(settings)), **arrays)
        except OSError as error:
            raise OutputError(f"the search cannot be saved to {path}: {error.strerror}") from None

    @classmethod
    def load(cls, path):
        """Search from a file, taken up where it was saved: the generations are replayed, bit by bit the same."""
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            settings = json.loads(str(arrays.pop("settings")))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
            raise OutputError(
                f"{path} is not a saved search ({error}): save one with search.save(path)"
            ) from None
        if settings.get("format") != _FORMAT:
            raise OutputError(
                f"{path} was saved in format {settings.get('format')!r}, this version reads {_FORMAT}: "
                "run the search again and save it"
            )
        try:
            field = GradientField(
                arrays["points"],
                arrays["gradients"],
                settings["names"],
                arrays.get("values"),
                arrays.get("tangent"),
                settings["dropped"],
            )
            search = cls(
                field,
                settings["operators"],
                settings["max_complexity"],
                settings["guesses"],
                random_state=settings["random_state"],
            )
            search.goto(settings["generation"])
        except (KeyError, TypeError, SymgradError) as error:
            raise OutputError(f"{path} does not hold what a saved search holds: {error}") from None
        return search

    # -- judging ------------------------------------------------------------------------------------------

    def _judge(self):
        """Front of canonical formulas, fitted on the training points and measured on the held-out ones."""
        contenders = [tuple(self._engine.terms(s)) for s in self._engine.contenders()]
        self._written = {terms: self._written[terms] if terms in self._written else self._write(terms) for terms in contenders}
        self._directions = {c.expression: e for c, e in filter(None, self._written.values())}
        judged = {c.expression: c for c, _ in filter(None, self._written.values())}
        return pareto(judged.values(), lambda a, b: _alike(*(self._directions[c.expression] for c in (a, b))))

    def _select(self):
        if not self.front:
            return None
        closest = self._directions[self.front[-1].expression]
        noise = noise_loss(self._held.field.points, self._held.unit, closest)
        return select(self.front, chance_loss(self._field.rank, self._field.dimension), noise)

    def _write(self, terms):
        """Candidate and its unit gradients on the held-out points, or None outside its domain."""
        terms = tidied(terms, self._fit, acceptable)
        fit, held = self._fit.features(terms), self._held.features(terms)
        written = fit and held and formula(terms, *fit, self.symbols, self._field.points)
        if not written:
            return None
        expression, numbers = written
        loss, _ = combine.losses(*held, numbers)
        e = np.tensordot(numbers, held[0], 1)
        e = e / np.maximum(np.linalg.norm(e, axis=1), 1e-300)[:, None]
        return Candidate(expression, complexity(expression), float(loss)), e


def score(field, guess):
    """Candidate for a person's own formula (text or SymPy), to be placed on the front of a search.

    Nothing is fitted: the loss is over all points of the field.

    >>> score(field, "x1*x4 - x2*x3")  # doctest: +SKIP
    Candidate(x1*x4 - x2*x3, complexity=7, loss=0.00021)

    Raises
    ------
    ExpressionError
        for text that cannot be read, unknown symbols, and a formula without any input in it.

    """
    _identifiable(field)
    expression = as_expression(guess, field.names)
    if not expression.free_symbols:
        raise ExpressionError(f"{guess} is constant: write a formula of {', '.join(field.names)}")
    return Candidate(expression, complexity(expression), loss(expression, field))


@cache
def _thread_pools():
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _one_thread():
    """Keep linear algebra on one thread: the same bits on every machine, and no slower for small matrices."""
    return _thread_pools().limit(limits=1, user_api="blas")


def _alike(a, b):
    return float(1 - (np.einsum("nm,nm->n", a, b) ** 2).mean()) < _ALIKE


def _identifiable(field):
    if field.rank >= field.dimension:
        what = "one neuron" if field.neurons == 1 else f"{field.neurons} neurons with {field.rank} independent gradients"
        raise DataError(
            f"{what} on data that fill {field.dimension} dimension(s): every gradient is parallel to every other, "
            "so any formula fits; use fewer neurons, more inputs, or data that vary in more directions"
        )


def _whole(number, what):
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 0:
        raise DataError(f"{what} must be a whole number >= 0, got {number!r}")
    return int(number)


def _split(field, seed):
    """Fields to fit on, to judge on, and the few points of the first that the search looks at."""
    order = np.random.default_rng(seed).permutation(len(field))
    if len(order) < 4 * (field.points.shape[1] + 1):
        return field, field, field  # too few to hold any out
    most = int(np.clip(_JUDGED // field.dimension, 300, 2000))
    held = order[: min(len(order) // 3, most)]
    fit = order[len(held) :][:most]
    small = fit[: int(np.clip(_SEARCHED // field.dimension, 100, 350))]
    return field.take(fit), field.take(held), field.take(small)
