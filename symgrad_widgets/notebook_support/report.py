"""The result of a notebook, in a form that the command line and other programs can read back.

A notebook ends with `sg.record(result, run, box)`, which displays the result twice: as text for a person
(after a guess in the box), and as JSON under the MIME type `RESULT_MIME` for `symgrad run`.
"""

import dataclasses
import math
from dataclasses import dataclass, field
from typing import get_type_hints

import numpy as np

from ..errors import DataError
from ..field.directions import degrees
from ..stored import from_json, misfit

__all__ = ["RESULT_MIME", "Report", "read", "record", "summarise"]

RESULT_MIME = "application/vnd.symgrad.result+json"


@dataclass(frozen=True)
class Report:
    """The outcome of interpreting one neuron (losses are mean `1 - cos^2`; angles are degrees).

    `formula` is None if no closed form was found. `same` and `how` come from the verdict; `same` is None if
    the verdict is open or missing. `angle` holds the loss as an angle, and the 95th percentile of the angles
    at the points. `formulas` has a formula for each independent concept found; `known` is the number of
    concepts that the experiment's neurons are known to hold. `front` is the front of the first formula, as
    (complexity, loss, formula); `kind` says what kind of answer the first formula is.
    """

    formula: str | None
    loss: float | None = None
    complexity: int | None = None
    angle: tuple[float, float] | None = None
    verdict: str = ""
    same: bool | None = None
    floor: float | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    experiment: str | None = None
    seed: int | None = None
    how: str | None = None
    formulas: tuple[str, ...] = ()
    known: int | None = None
    floor_median: float | None = None
    front: tuple = ()
    kind: str | None = None

    @property
    def success(self):
        """Whether every known concept was found, and nothing else."""
        return bool(self.same) and len(self.formulas) >= (self.known or 0)

    def __str__(self):
        return "\n".join(f"{label:<10} {text}" for label, text in self._lines())

    def _lines(self):
        yield "formula", self.formula or "no closed form found"
        if self.loss is not None:
            yield "agreement", f"loss {self.loss:.2e} (mean 1 - cos^2){self._degrees()}"
        if self.floor is not None:
            yield "floor", f"{self.floor:.2e} (the network against the true concept)"
        yield "verdict", self.verdict or "none: no concept to compare with"
        if self.seconds:
            yield "seconds", ", ".join(f"{name} {value:.1f}" for name, value in sorted(self.seconds.items()))

    def _degrees(self):
        return "" if self.angle is None else ", angle {:.2g} degrees, 95 % below {:.2g}".format(*self.angle)

    def _repr_mimebundle_(self, **_):
        return {"text/plain": str(self), RESULT_MIME: dataclasses.asdict(self)}


def record(result, run=None, question=None):
    """Display the outcome of a notebook as a `Report`, so that `symgrad run` finds it.

    The function returns None; otherwise the report would show twice when the call is the last line of a cell.

    Parameters
    ----------
    result : Interpretation
        What was found.
    run : TrainingResult, optional
        Adds the experiment, the seed, the floor and the training time.
    question : Question or ExpressionView, optional
        The text waits for a guess, as an `Answer` does.

    """
    report = summarise(result, run)
    if question is None:
        _display(report)
    else:
        from .asking import Answer  # brings ipywidgets, which `symgrad run` does not need

        _display({RESULT_MIME: dataclasses.asdict(report)}, raw=True)
        _display(Answer(question, str(report)))


def summarise(result, run=None):
    """Return the `Report` of an `Interpretation`, with the data that a `TrainingResult` adds."""
    best, verdict = result.best, result.verdict
    return Report(
        formula=None if best is None else str(best.expression),
        kind=result.kind,
        loss=None if best is None else _finite(best.loss),
        complexity=None if best is None else int(best.complexity),
        angle=_angles(best, result.angles),
        verdict="" if verdict is None else str(verdict.message),
        same=None if verdict is None or verdict.same is None else bool(verdict.same),
        floor=None if run is None else _finite(run.floor),
        seconds=_times(training=getattr(run, "seconds", None), search=result.seconds),
        experiment=None if run is None else str(run.experiment.slug),
        seed=None if run is None else int(run.seed),
        how=None if verdict is None else verdict.how,
        formulas=tuple(str(concept.expression) for concept in result.concepts),
        known=None if run is None else min(len(run.experiment.concepts), np.size(run.neuron)),
        floor_median=None if run is None else _finite(run.floor_median),
        front=tuple((int(c.complexity), _short(c.loss), str(c.expression)) for c in result.front),
    )


def read(notebook):
    """Return the last `Report` among the outputs of an executed notebook (as nbformat gives it), or None."""
    outputs = [out for cell in notebook["cells"] for out in cell.get("outputs", ())]
    found = [out["data"][RESULT_MIME] for out in outputs if RESULT_MIME in out.get("data", {})]
    return _report(found[-1]) if found else None


def _report(stored):
    kinds = get_type_hints(Report)
    try:
        stored = from_json(stored) if isinstance(stored, str) else dict(stored)
        stored = {k: tuple(v) if isinstance(v, list) else v for k, v in stored.items() if k in kinds}
        wrong = misfit(stored, {name: kind for name, kind in kinds.items() if name in stored})
        if wrong is None and stored.get("angle") is not None and len(stored["angle"]) != 2:
            wrong = "its angles are not two"
        report = None if wrong else Report(**stored)
    except (AttributeError, TypeError, ValueError) as error:
        report, wrong = None, error
    if report is None:
        raise DataError(f"the notebook's recorded result cannot be read ({wrong}); run the notebook again")
    return report


def _finite(value):
    # NaN and infinity are not JSON: a notebook that holds them is refused by other readers.
    return float(value) if value is not None and math.isfinite(value) else None


def _short(loss):
    return None if _finite(loss) is None else float(f"{loss:.4g}")


def _angles(best, angles):
    """Return a formula's loss as an angle, and the 95th percentile of its angles; None without a formula."""
    if best is None:
        return None
    return float(degrees(best.loss)), float(np.percentile(angles, 95))


def _times(**named):
    times = {}
    for name, value in named.items():
        times |= {str(k): v for k, v in value.items()} if isinstance(value, dict) else {name: value}
    return {name: round(float(value), 3) for name, value in times.items() if value is not None}


def _display(shown, **how):
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        print(shown)
        return
    if get_ipython() is None:
        print(shown)
    else:
        display(shown, **how)
