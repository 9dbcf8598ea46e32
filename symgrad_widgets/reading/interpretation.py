"""Turn a neuron into a formula that you can read and check, in one call."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from ..checks import duration, whole
from ..errors import DataError
from ..field import GradientField, Measure
from ..formula.export import to_numpy, to_torch
from ..formula.expressions import angles, as_expression, evaluate
from ..search import CAVEAT, WORDS, Candidate, Evidence, Search, one_after_another, score, warm_up
from ..verdict import Verdict, read_equation, verdict_on, verdict_on_all
from .deciding import decide
from .phi import Phi, fit_phi

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Interpretation", "interpret"]

_READING = ("wrt", "forward_args", "smooth", "training", "of")  # options of `gradient_field`


@dataclass(frozen=True, repr=False)
class Interpretation:
    """What a neuron has learnt: formula, front, evidence, and a verdict if the concept is known.

    Attributes
    ----------
    kind : "match" | "approximation" | "none" | "undecided": the kind of answer
    best : Candidate, or None if no closed form was found
    concepts : a Candidate for each independent concept found, `best` first
    rank : number of independent concepts in the neurons' gradients, whether found or not; for a flow, an
        upper bound
    kinds : the kind of answer for each of `concepts`
    front : Candidates in order of rising complexity
    evidence : Evidence, which says how sure we can be of `best` without knowing the concept
    verdict : the least favourable of `verdicts`, with the messages of all; None if you named no concept
    verdicts : one Verdict for each of `concepts`; empty if you named no concept
    phi : Phi, or None without neuron values or without a formula
    angles : array (N,), angles in degrees between the formula's gradient and the neuron's; empty without a
        formula
    seconds : dict of the seconds that each step took
    names : names in the formulas: the inputs' names or, if there is a subspace, the coordinates' names
    subspace : array (n, r) if the formulas are in the r coordinates `x @ subspace`; None if they are in the
        inputs
    points : array (N, n), the points at which the neuron was read
    inputs : names of the n inputs
    asked : the layer, neuron, `wrt` and `of` that you asked for; None if you passed a field
    measure : Measure that defines the angles

    """

    best: Candidate | None
    concepts: tuple[Candidate, ...]
    front: tuple[Candidate, ...]
    evidence: Evidence
    verdict: Verdict | None
    phi: Phi | None
    angles: np.ndarray
    seconds: dict[str, float]
    names: tuple[str, ...]
    subspace: np.ndarray | None
    points: np.ndarray
    inputs: tuple[str, ...]
    measure: Measure
    asked: tuple | None = None
    rank: int = 1
    verdicts: tuple[Verdict, ...] = ()
    kind: str = "undecided"
    kinds: tuple[str, ...] = ()

    def to_numpy(self) -> Callable:
        """Return the formula as a function from points (N, n) to values (N,)."""
        return to_numpy(self._formula(), self.names, self.subspace)

    def to_torch(self) -> "nn.Module":
        """Return the formula as a torch.nn.Module from inputs (..., n) to values (...)."""
        return to_torch(self._formula(), self.names, self.subspace)

    def splice(self, model, x=None, layer=None, neuron=None, wrt=None, forward_args=(), of="value"):
        """Replace the neuron with `phi(formula)` in a copy of the model, and measure the effect.

        >>> result.splice(run.model).effect(run.loss)

        `layer`, `neuron`, `wrt` and `of` are those that you passed to `interpret`. If you passed a field to
        `interpret`, pass these four here. `symgrad_widgets.reading.splicing.splice` describes all arguments
        and the result.
        """
        from .splicing import splice  # loads torch only if needed

        if neuron is None:
            if self.asked is None:
                raise DataError(
                    "interpret was given a field: say which neuron it should replace, for example neuron=0"
                )
            layer, neuron, wrt, of = self.asked
        return splice(model, self, layer, neuron, x, wrt, forward_args, of)

    def decide(self, model, box=None, rivals=None, forward_args=(), random_state=0):
        """Ask the network at inputs where this formula differs from others with an equally good fit.

        >>> print(result.decide(model, {"x": (-3, 3), "v": (-3, 3)}))

        `symgrad_widgets.reading.deciding.decide` describes the arguments and the result.
        """
        return decide(self, model, box, rivals, forward_args, random_state)

    def with_formula(self, formula: str | sp.Expr, field: GradientField) -> "Interpretation":
        """Return a copy whose answer is another formula, as a control for `splice`.

        >>> result.with_formula("x*v", field).splice(run.model).effect(run.loss)

        The formula's loss, phi and angles are computed on the field, which must have one neuron and its
        values. The evidence and the front stay the same, but the copy has no certificate and no verdict.
        """
        planted = score(field, formula)
        return replace(
            self,
            best=planted,
            concepts=(planted,),
            evidence=replace(self.evidence, certificate=None),
            verdict=None,
            verdicts=(),
            kind="undecided",
            kinds=("undecided",),
            phi=fit_phi(planted.expression, field),
            angles=angles(planted.expression, field),
            names=field.names,
            subspace=None,
        )

    def _formula(self):
        if self.best is None:
            raise DataError(
                "no closed form was found, so there is no formula to evaluate: look at result.front"
            )
        return self.best.expression

    def __repr__(self):
        return "\n".join(f"{label:<10} {text}" for label, text in self._lines())

    def _lines(self):
        if self.best is None:
            yield "formula", f"no closed form found (chance gives a loss of {self.evidence.chance:.2g})"
        else:
            if self.rank > 1:
                yield "concepts", self._concepts_line()
            yield "formula", f"{self.best.expression}  (complexity {self.best.complexity})"
            high = np.percentile(self.angles, 95)
            yield (
                "agreement",
                f"loss {self.best.loss:.2e}, angle {self.best.angle:.2g} degrees, 95 % below {high:.2g}",
            )
            yield "kind", self._kind_line()
            if self.best.intervals:
                yield "numbers", "; ".join(map(str, self.best.intervals)) + ", each with 95 % confidence"
            yield "evidence", self._evidence_line()
        if self.evidence.certificate is not None:
            yield "certified", self.evidence.certificate.text
        if self.phi is not None:
            r2, rank = 100 * self.phi.r2, self.phi.monotonicity
            yield "phi", f"explains {r2:.2f} % of the neuron, rank correlation {rank:.4f}"
        if self.verdict is not None:
            yield "verdict", self.verdict.message
        e = self.evidence
        yield "points", f"{e.points} used, as good as {e.effective:.0f} of equal weight; {e.dropped} dropped"
        yield "seconds", ", ".join(f"{name} {value:.1f}" for name, value in self.seconds.items())

    def _concepts_line(self):
        count = len(self.concepts)
        number = f"{count} independent concept{'s'[: count > 1]}"
        more = self.rank - count
        missing = f", {more} more direction{'s'[: more > 1]} without a closed form" if more else ""
        told = (
            str(c.expression) if kind == self.kind else f"{c.expression} ({WORDS[kind][0].lower()})"
            for c, kind in zip(self.concepts, self.kinds, strict=True)
        )
        return f"{number}: {', '.join(told)}{missing}"

    def _kind_line(self):
        name, sentence = WORDS[self.kind]
        share = self.best.explained
        told = "" if share is None else f" It explains {_percent(share)} of the neuron's values."
        if self.kind == "approximation" and self.best.missing:
            told += f" Something that depends on {' and '.join(self.best.missing)} is missing."
        return f"{name}. {sentence}{told} {CAVEAT}"

    def _evidence_line(self):
        e = self.evidence
        return (
            f"loss by chance {e.chance:.2g}, with a search on random directions {e.null:.2g}; "
            f"{100 * e.agreement:.0f} % of resamples choose it; constants spread by {100 * e.spread:.2g} %"
        )

    def _repr_html_(self):
        from html import escape

        left = "style='text-align:left'"
        rows = "".join(
            f"<tr><th {left}>{escape(k)}</th><td {left}>{escape(v)}</td></tr>" for k, v in self._lines()
        )
        return f"<table>{rows}</table>"

    def _repr_latex_(self):
        return None if self.best is None else ", ".join(f"${sp.latex(c.expression)}$" for c in self.concepts)


def _percent(share):
    """Return a share as a percentage, with enough digits to show whether it is 100."""
    left = max(100 * (1 - share), 1e-4)
    return f"{100 * share:.{max(1, 1 - int(np.floor(np.log10(left))))}f} %"


def interpret(
    model_or_field: "nn.Module | GradientField | Search",
    x: ArrayLike | None = None,
    layer: str | None = None,
    neuron: object = 0,
    concept: object = None,
    seconds: float | None = 20,
    random_state: int = 0,
    *,
    names: Iterable[str] | None = None,
    constraints: Iterable = (),
    generations: int | None = None,
    progress: bool = False,
    **options,
) -> Interpretation:
    """Interpret a neuron: compute gradients, search, and compare with the concept if you name one.

    >>> interpret(model, x, layer="net.2", neuron=5, names=("x", "v"))  # doctest: +SKIP

    Parameters
    ----------
    model_or_field : torch.nn.Module, or a GradientField (then leave out x, layer, neuron and names), or a
        Search (then leave out `random_state` and the options of the search, too). A Search does not start
        again, but runs on until its answer has settled
    x : array (N, n), the points at which to read the neuron
    layer, neuron : as in `gradient_field`
    concept : formula (SymPy or text), or several. Only the verdict uses the concept, after the search has
        ended. With several concepts, the verdict says which of them was found, or that the formula is a
        function of them.
    constraints : equations that hold on the data; only the verdict uses them
    seconds : time limit of the search, which ends earlier if its answer has settled. The searches for all
        concepts share this time, and the clock starts when everything is compiled.
    generations : limit of each search in generations, so that the result does not depend on the machine's
        speed. The generations that a Search has already done count too.
    options : `wrt`, `forward_args`, `smooth`, `training` and `of` are as in `gradient_field`; all other
        options go to `Search` (operators, max_complexity, guesses, backend)

    Return an `Interpretation`. For several neurons, we search for one independent concept after another. Each
    search uses the part of the gradients' span that earlier concepts leave.

    """
    start, seconds = time.perf_counter(), duration(seconds)
    most = np.inf if generations is None else whole(generations, "generations")
    reading = {name: options.pop(name) for name in _READING if name in options}
    if isinstance(model_or_field, Search):
        first = _as_it_is(model_or_field, (x, layer, names), neuron, random_state, options | reading)
    else:
        own = _field(model_or_field, x, layer, neuron, names, reading)
        first = Search(own, random_state=random_state, **options)
    field = first.field
    _readable(concept, constraints, field.names)
    read = time.perf_counter()
    searches = _searches(first, seconds, most, progress)
    found = time.perf_counter()
    state, concepts = searches[0].state, tuple(s.best for s in searches if s.best is not None)
    evidence = searches[0].evidence()
    weighed = time.perf_counter()
    seen, best = searches[0].coordinates, state.best
    formulas = [s.in_inputs(s.best) for s in searches if s.best is not None]
    known = () if concept is None else formulas
    verdicts = tuple(verdict_on(formula, concept, field, constraints) for formula in known)
    times = {
        "gradients": read - start,
        "search": found - read,
        "evidence": weighed - found,
        "verdict": time.perf_counter() - weighed,
    }
    return Interpretation(
        best=best,
        concepts=concepts,
        front=state.front,
        evidence=evidence,
        verdict=None if concept is None else verdict_on_all(formulas, verdicts, concept, field),
        phi=None if best is None else fit_phi(best.expression, seen),
        angles=np.empty(0) if best is None else angles(best.expression, seen),
        seconds=times,
        names=seen.names,
        subspace=searches[0].subspace,
        points=field.points,
        inputs=field.names,
        measure=field.measure,
        asked=None if x is None else (layer, neuron, reading.get("wrt"), reading.get("of", "value")),
        rank=field.rank,
        verdicts=verdicts,
        kind=state.kind,
        kinds=one_after_another((s.kind, s.best.loss) for s in searches if s.best is not None),
    )


def _searches(search, seconds, generations, progress):
    """Search for one concept after another; take each concept out of the field before the next search."""
    warm_up()
    searches, deadline = [], time.monotonic() + seconds

    def enough(state):
        return state.generation >= generations

    while True:
        field = search.field
        if not search.settled and not enough(search):
            share = (deadline - time.monotonic()) / field.rank
            search.run(seconds=max(share, 0.5), progress=progress, callback=enough)
        searches.append(search)
        if search.best is None or field.rank == 1:
            return searches
        found = evaluate(search.in_inputs(search.best), field.names, field.points)[1]
        search = search.like(field.without(found))


def _field(model_or_field, x, layer, neuron, names, reading):
    if isinstance(model_or_field, GradientField):
        if any(given is not None for given in (x, layer, names)) or _chosen(neuron) or reading:
            others = ", ".join(["neuron", *reading])
            raise DataError(
                f"a GradientField brings its own points and names: leave out x, layer, names, {others}"
            )
        return model_or_field
    from ..network.gradients import gradient_field

    if x is None:
        raise DataError("pass the points at which to read the model: interpret(model, x), an array (N, n)")
    return gradient_field(model_or_field, x, layer=layer, neuron=neuron, names=names, **reading)


def _chosen(neuron):
    """Return whether the user chose a neuron other than the first, which is the default."""
    return not isinstance(neuron, int) or neuron != 0


def _as_it_is(search, given, neuron, random_state, options):
    """Return a search unchanged; raise DataError if it was given together with other settings."""
    others = any(one is not None for one in given) or _chosen(neuron) or options
    if others or random_state not in (0, search.random_state):
        raise DataError(
            "a Search brings its own field and settings: leave out x, layer, neuron, names, random_state and "
            "the search's options"
        )
    return search


def _readable(concept, constraints, names):
    """Raise ExpressionError if a text is not a formula, before the search starts."""
    for read, some in ((as_expression, concept), (read_equation, constraints)):
        for one in some if type(some) in (list, tuple) else [some]:
            if issubclass(type(one), str):  # isinstance would read the concept's `__class__`
                read(one, names)
