"""Run PySR as an engine that `Search` can step: a generation is a block of PySR's iterations."""

import csv
import io
import itertools
import math
import warnings
import weakref
from copy import copy

import numpy as np

from ...errors import DataError, ExpressionError
from ...formula.operators import lookup
from ..choice.writing import unwrapped
from ..terms.postfix import from_sympy
from . import julia_words, process
from .recipe import LOSSES, PAPER_OPERATORS

__all__ = ["Engine"]

_LEAST = 7  # nodes: PySR accepts no smaller limit
_BY_ITSELF = 100  # iterations: PySR's default
_SEEDS = 1 << 31
_numbers = itertools.count(1)
_open: weakref.WeakSet = weakref.WeakSet()


class Engine:
    """PySR's search on a `Sample`: a `SearchEngine` that `ReportsEarly`.

    `step()` runs the next block in the process with Julia. The engine splits each formula into terms. So the
    formulas are written, judged and selected like those of the native engine.

    Blocks are numbered, and each has its own seed. If a block is stopped, or lost with its process, it is run
    again with the same result.
    """

    evolving = divided = True

    def __init__(self, judge, names, symbols, settings, max_complexity, guesses, seed, watch, shown=()):
        if max_complexity < _LEAST:
            raise DataError(f"max_complexity must be at least {_LEAST} for PySR, got {max_complexity}")
        if settings.loss == "paper" and judge.field.rank != 1:
            raise DataError('the loss "paper" is for one neuron only: for several neurons, use "angle"')
        self._symbols, self._seed, self.watch = symbols, seed, watch
        self._guesses = [tuple(guess) for guess in guesses if guess]
        request = _request(names, len(symbols), settings, max_complexity)
        request["guesses"] = [*_planted(guesses, shown, request)]
        sample = judge.fit if request["parameters"]["batching"] else judge.searched
        self.problem = Problem(request, _arrays(sample), settings.iterations)
        self._found = []
        self._blocks = self.evaluations = 0

    @property
    def surveyed(self):
        """Whether PySR has run its default number of iterations; until then, "no answer" means nothing."""
        return self._blocks * self.problem.iterations >= _BY_ITSELF

    @property
    def log(self):
        """Path of the file with the output of PySR and Julia."""
        return self.problem.julia.log

    def copy(self):
        """Return a copy that can continue from here."""
        return copy(self)

    def step(self):
        """Run the next block."""
        answer = self.problem.block(self._blocks, self._seed, self.watch)
        self._found = self._read(answer["front"])
        self.evaluations += answer["evaluations"]
        self._blocks += 1

    def contenders(self):
        """Return the formulas of PySR's front, and the guesses, as tuples of terms."""
        return [*self._guesses, *self._found]

    def so_far(self):
        """Return the contenders, plus those that an interrupted block has written to PySR's file."""
        rows = self.problem.file()
        if rows:
            said = f"block {self._blocks + 1} of PySR was cut short: you see the front that it wrote last"
            warnings.warn(f"{said}; the next step runs that block again", stacklevel=2)
        return [*self.contenders(), *self._read(rows)]

    def _read(self, rows):
        return [terms for text, loss, _ in rows if math.isfinite(loss) and (terms := self._terms(text))]

    def _terms(self, text):
        """Return the terms of one of PySR's formulas; () if it is constant, or if we cannot write it."""
        try:
            body = unwrapped(julia_words.read(text, self._symbols))
            parts = body.as_ordered_terms() if body.is_Add else [body]
            return tuple(from_sympy(part, self._symbols) for part in parts if part.free_symbols)
        except ExpressionError:
            return ()


class Problem:
    """A field, and PySR's search on it in the process with Julia; all copies of an engine share it.

    `answers` holds the answers of finished blocks. If a process dies, the next process first runs these
    blocks again.
    """

    def __init__(self, request, arrays, iterations):
        self.julia, self.answers = process.shared(), []
        self._request, self._arrays, self.iterations = request, arrays, iterations
        self._life = self._done = 0
        self._number = self._folder = None

    @property
    def number(self):
        """Number under which the process knows this problem; None if it does not know the problem."""
        return self._number if self._life == self.julia.life and self.julia.alive else None

    def block(self, index, seed, watch):
        """Return the answer of the next block, or of an earlier one."""
        while len(self.answers) <= index:
            self._open(watch)
            answer = self._step((seed * 1_000_003 + self._done) % _SEEDS, watch)
            if answer is None:  # the process has been replaced
                continue
            if self._done == len(self.answers):
                self.answers.append(answer)
            self._done += 1
        return self.answers[index]

    def losses(self, terms, watch=lambda: None):
        """Return the losses of terms, computed in Julia, for comparison with the native engine's losses."""
        self._open(watch)
        request = {
            "do": "losses",
            "number": self._number,
            "formulas": [julia_words.written(t) for t in terms],
        }
        return self.julia.ask(request, lambda answer: "losses" in answer, watch=watch)["losses"]

    def file(self):
        """Return the rows of the front from PySR's last file; [] if there is no file."""
        if self._folder is None:
            return []
        files = sorted(self._folder.glob("*/run/hall_of_fame.csv*"))  # and .bak: one of the two is complete
        return [row for file in files for row in _rows(file)]

    def _open(self, watch):
        if self.number is not None:
            return
        number = next(_numbers)
        folder = self.julia.folder / str(number)
        folder.mkdir()
        np.savez(folder / "arrays.npz", **self._arrays)
        kept = [p.number for p in _open if p.number is not None]
        place = {"number": number, "folder": str(folder), "arrays": str(folder / "arrays.npz"), "keep": kept}
        self.julia.ask(self._request | place, lambda answer: answer.get("opened") == number, watch=watch)
        self._number, self._life, self._done, self._folder = number, self.julia.life, 0, folder
        _open.add(self)

    def _step(self, seed, watch):
        request = {"do": "step", "number": self._number, "block": self._done}
        request |= {"iterations": self.iterations, "seed": seed}
        return self.julia.ask(request, _is_front, self._life, watch)


def _planted(guesses, shown, request):
    """Yield the guesses that PySR can start with, as text; warn about the others, named in `shown`."""
    known, most = {*request["binary"], *request["unary"]}, request["parameters"]["maxsize"]
    for guess, formula in zip(guesses, shown, strict=True):
        text, why = "", "it is constant"
        try:
            text = julia_words.written_sum(guess, known) if guess else ""
        except ExpressionError as refusal:
            why = refusal
        if (length := julia_words.length(text)) > most:
            text, why = "", f"it has {length} nodes in Julia, more than max_complexity={most}"
        if text:
            yield text
        else:
            warnings.warn(f"PySR does not start with the guess {formula}: {why}", stacklevel=2)


def _request(names, inputs, settings, max_complexity):
    """Return the request that opens a problem, without guesses and arrays."""
    rows = [row for row in lookup(names) if row.name != "neg"]  # constants can be negative
    if names is None:
        rows = [row for row in rows if row.julia is not None]  # all operators that Julia has
    binary, unary = ([julia_words.julia_name(row) for row in rows if row.arity == n] for n in (2, 1))
    if settings.preset == "paper" and names is None:
        rows, (binary, unary) = [], map(list, PAPER_OPERATORS)
    return {
        "do": "open",
        "definitions": julia_words.definitions(rows),
        "loss": LOSSES[settings.loss],
        "inputs": inputs,
        "binary": binary,
        "unary": unary,
        "parameters": settings.regressor(max_complexity),
    }


def _is_front(answer):
    rows = answer.get("front")
    return (
        type(answer.get("evaluations")) is int
        and isinstance(rows, list)
        and all(isinstance(r, list) and [type(x) for x in r] == [str, float, int] for r in rows)
    )


def _arrays(sample):
    """Return arrays for the objective: X (N, n), tangent (1 or N, n, m), unit (N, k, m), weights (N,)."""
    field = sample.field
    spread, basis = field.measure
    tangent = spread[:, None] * (np.eye(len(field.names)) if basis is None else basis)
    tangent = tangent.reshape(-1, *tangent.shape[-2:])
    return {"X": field.points, "tangent": tangent, "unit": sample.unit, "weights": sample.trust}


def _rows(file):
    """Yield (formula, loss, complexity) for each complete row of PySR's file of best formulas."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for row in csv.DictReader(io.StringIO(text)):
        try:
            yield str(row["Equation"] or ""), float(row["Loss"]), int(row["Complexity"])
        except (KeyError, TypeError, ValueError):
            continue  # an incomplete row
