"""The twelve published fronts of arXiv 2409.05305, each of which you can score on your own neuron."""

import functools
import json
from importlib import resources

from ..errors import UnknownNameError, nearest
from ..formula.expressions import parse
from ..search import score

__all__ = ["published_front", "published_fronts"]


@functools.cache
def published_fronts():
    """Return fronts by experiment: `{"P1-01": {"chosen": index, "entries": [{...}, ...]}, ...}`.

    An entry has `expression`, a text for `parse` whose constants have three digits as in print. Each entry
    also has the paper's own `complexity` and `mse`. The `mse` is the squared difference of unit gradients,
    averaged over points and components: `(2 - 2 cos) / n` for n inputs, with one sign for the whole field.
    """
    text = (
        resources.files("symgrad_widgets").joinpath("data/published_fronts.json").read_text(encoding="utf-8")
    )
    return json.loads(text)["fronts"]


def published_front(experiment, field):
    """Candidates of arXiv 2409.05305 for an experiment ("P1-07"), in the paper's order, scored on `field`.

    The paper numbers the inputs x1, x2, ...; here they have the field's names. Complexity and loss are as
    this package computes them.
    """
    fronts = published_fronts()
    if experiment not in fronts:
        raise UnknownNameError(
            f"there is no published front for {experiment!r}: {nearest(experiment, fronts)}"
        )
    formulas = [parse(entry["expression"]) for entry in fronts[experiment]["entries"]]
    numbered = {f"x{i + 1}": name for i, name in enumerate(field.names)}
    return tuple(score(field, _renamed(formula, numbered)) for formula in formulas)


def _renamed(formula, names):
    return formula.xreplace({s: type(s)(names[s.name], real=True) for s in formula.free_symbols})
