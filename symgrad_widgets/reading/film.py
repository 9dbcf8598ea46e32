"""Show learning as a film: what a neuron computes at each checkpoint, and when its formula appears."""

import itertools
from collections.abc import Mapping
from typing import NamedTuple

import sympy as sp

from ..errors import DataError, SymgradError
from ..field import GradientField
from ..search import Candidate, Search, score
from .interpretation import interpret

__all__ = ["Film", "Frame", "film"]


class Frame(NamedTuple):
    """What a neuron computes at one checkpoint.

    Attributes
    ----------
    epoch : as given in `checkpoints`
    best : Candidate, or None if no formula stands out
    kind : "match" | "approximation" | "none" | "undecided": the kind of answer
    final : Candidate with the last checkpoint's formula, scored at this checkpoint. The loss says how close
        the neuron is to this formula, and `final.intervals` contain the formula's constants at this
        checkpoint. None if the last checkpoint has no formula
    note : why nothing can be said about the neuron; otherwise empty
    field : GradientField of the neuron at this checkpoint; None if nothing can be said about the neuron

    """

    epoch: float
    best: Candidate | None
    kind: str
    final: Candidate | None
    note: str = ""
    field: GradientField | None = None

    @property
    def formula(self) -> str | None:
        """Text of the formula, or None."""
        return None if self.best is None else str(self.best.expression)


class Film(tuple):
    """Frames in the order of training; `FilmView` plays them, and `plots.film_picture` draws them."""

    __slots__ = ()

    @property
    def final(self) -> sp.Expr | None:
        """Formula of the last checkpoint, or None."""
        return None if self[-1].best is None else self[-1].best.expression

    @property
    def appeared(self):
        """First epoch from which the formula stays the same; None if the last checkpoint has no formula."""
        return None if self.final is None else self._since(lambda frame: frame.formula == self[-1].formula)

    def within(self, degrees=2.0):
        """Return the first epoch from which the neuron stays within an angle of the last formula, or None.

        We compare `degrees` with the formula's angle, which follows from its loss. While a network learns,
        its neuron often computes the last formula with small corrections that come and go. This method
        ignores them.
        """
        return self._since(lambda frame: frame.final is not None and frame.final.angle <= degrees)

    @property
    def bands(self):
        """Periods with the same formula, in order: (formula or None, first epoch, last epoch)."""
        found = []
        for frame in self:
            first = found.pop()[1] if found and found[-1][0] == frame.formula else frame.epoch
            found.append((frame.formula, first, frame.epoch))
        return tuple(found)

    def _since(self, there):
        """Return the first epoch from which a condition holds in all frames, or None."""
        epochs = [frame.epoch for frame in itertools.takewhile(there, reversed(self))]
        return epochs[-1] if epochs else None

    def __repr__(self):
        lines = [
            f"{frame.epoch:>8g}  {frame.kind:<13}  {frame.formula or frame.note or 'none'}" for frame in self
        ]
        return "\n".join([f"Film of {len(self)} checkpoints", *lines])


def film(checkpoints, x, names=None, *, layer=None, neuron=0, random_state=0, callback=None, **reading):
    """Read a neuron at each checkpoint of a network.

    >>> sg.film({0: untrained, 10: model_at_10, 100: trained}, x, names=("x", "v"))

    We interpret the last checkpoint as `interpret` does. All earlier checkpoints get a survey, which tries
    small terms, their sums, products, powers and functions of one input, and the last checkpoint's formula.
    So the film shows a formula as soon as the neuron has learnt it, but not before.

    Parameters
    ----------
    checkpoints : mapping of epochs to modules, or list of modules, for epochs 0, 1, 2 ...
        One network, saved at two or more times during its training.
    x : array (N, n)
        The points at which every checkpoint is read.
    names, layer, neuron : as in `gradient_field`; one neuron
    random_state : int, seed of the searches
    callback : called with each Frame when it is ready; the last epoch comes first
    **reading : `wrt`, `forward_args`, `smooth`, `training` and `of`, as in `gradient_field`

    Returns
    -------
    Film

    Raises
    ------
    DataError
        if there are fewer than two checkpoints, or if you ask for several neurons.
    ModelError, UnknownNameError, NoGradientError
        if `gradient_field` raises this error for the last checkpoint. For an earlier checkpoint, the message
        becomes the frame's note.

    """
    from ..network.gradients import gradient_field  # loads torch only if needed

    epochs, models = _ordered(checkpoints)
    if isinstance(neuron, list):
        raise DataError("a film shows one neuron: pass its number, or a direction")
    given = {"layer": layer, "neuron": neuron, "names": names, **reading}
    last = interpret(models[-1], x, random_state=random_state, seconds=None, **given)
    frames = [
        Frame(epochs[-1], last.best, last.kind, last.best, field=gradient_field(models[-1], x, **given))
    ]
    _told(callback, frames[0])
    for epoch, model in zip(reversed(epochs[:-1]), reversed(models[:-1]), strict=True):
        frames.append(_frame(epoch, model, x, last, random_state, given))
        _told(callback, frames[-1])
    return Film(reversed(frames))


def _ordered(checkpoints):
    """Return epochs and models as lists, in order of rising epoch."""
    given = dict(checkpoints if isinstance(checkpoints, Mapping) else enumerate(checkpoints))
    if len(given) < 2:
        raise DataError(f"a film needs two checkpoints or more, got {len(given)}")
    try:
        epochs = sorted(given, key=float)
    except (TypeError, ValueError):
        raise DataError(f"the epochs of checkpoints must be numbers, got {[*given]}") from None
    return epochs, [given[epoch] for epoch in epochs]


def _frame(epoch, model, x, last, random_state, given):
    from ..network.gradients import gradient_field  # loads torch only if needed

    guesses = () if last.best is None else (last.best.expression,)
    try:
        field = gradient_field(model, x, **given)
        search = Search(field, guesses=guesses, random_state=random_state)
        found = search.survey()
        final = score(search.coordinates, guesses[0], random_state) if guesses else None
    except SymgradError as error:  # the neuron may be dead at this checkpoint
        return Frame(epoch, None, "undecided", None, str(error))
    return Frame(epoch, found.best, found.kind, final, field=field)


def _told(callback, frame):
    if callback is not None:
        callback(frame)
