"""Play what a neuron has learnt, epoch by epoch."""

import traitlets

from ..errors import DataError
from ..reading.film import Film
from .fieldview import FieldView

__all__ = ["FilmView"]


class FilmView(FieldView):
    """A film in the instrument: field, angles, formulas, and a timeline that plays the epochs.

    >>> run = sg.experiments["oscillator"].train(keep=(0, 1, 2, 4, 8, 16, 40))
    >>> sg.FilmView(sg.film(run.kept, run.x, run.names))

    All panels show one epoch and one formula: at first the first epoch, and the formula at the end of the
    film. If somebody types a formula, the view also shows the formula's angle to the neuron at each epoch.

    Parameters
    ----------
    film : Film, of two inputs or more
        Checkpoints at which nothing could be said about the neuron are left out.
    inputs : names of the two inputs along the axes
    language : "en" or "de", the language of all words
    **choices : slice, band, overlay, levels, worst, arrows, as in `FieldView`

    Attributes
    ----------
    film : as given
    epoch : one of the film's epochs; can be assigned and observed
    field, candidate : the GradientField at this epoch, and the formula on show

    Raises
    ------
    DataError
        if `film` is not a Film, has a single input, or has so many inputs that its formulas use coordinates
        of a subspace.

    """

    panels = ("field", "angle", "guess", "formulas", "time")
    epoch = traitlets.Any()

    def __init__(self, film, inputs=None, *, language="en", **choices):
        self.film, self._guesses, self._written = film, (), {}
        self._frames = {frame.epoch: frame for frame in _frames(film)}
        first = next(iter(self._frames.values()))
        self.epoch = first.epoch
        super().__init__(first.field, film.final or first.best, inputs, language=language, **choices)
        self.observe(self._changed, "epoch")

    @traitlets.validate("epoch")
    def _kept(self, proposal):
        if proposal.value not in self._frames:
            raise DataError(f"the film has no epoch {proposal.value!r}: it has {[*self._frames]}")
        return proposal.value

    def _checked(self, field):
        if field is not self._frames[self.epoch].field:
            raise DataError("a FilmView shows only the fields of its film: set its epoch instead")
        return super()._checked(field)

    def _moved_to(self, state):
        epochs, before = [*self._frames], self.epoch
        self._settling = True
        try:
            self.candidate = state.selected
            self.epoch = epochs[max(state.generation, 1) - 1 if state.generation < len(epochs) else -1]
            super()._moved_to(state)
            self._follow("epoch")
        finally:
            self._settling = False
        self._guesses, self._written = state.guesses, {str(self.candidate): state.selected}
        self._draw("candidate" if self.epoch == before else "epoch")

    def _follow(self, name):
        if name == "epoch":
            self.field, name = self._frames[self.epoch].field, "field"
        super()._follow(name)

    def _draw(self, changed):
        super()._draw("field" if changed == "epoch" else changed)

    def _parts(self):
        parts, generation = super()._parts(), [*self._frames].index(self.epoch) + 1
        selected = self._written.get(parts["selected"], parts["selected"])
        return parts | {"generation": generation, "selected": selected, "guesses": self._guesses}

    def _given(self):
        found = [self._plain(number, *one) for number, one in enumerate(self._frames.items(), start=1)]
        return super()._given() | {"found": found, "first": 1}

    def _plain(self, number, epoch, frame):
        """Return a frame as plain data, in the same form as a generation of a search."""
        known = {str(one.expression): one for one in (frame.best, frame.final) if one is not None}
        front = [{"text": text, "length": one.complexity, "loss": one.loss} for text, one in known.items()]
        return {
            "generation": number,
            "said": self._says("told.atEpoch", number=epoch),
            "front": front,
            "best": 0 if frame.best else -1,
            "kind": frame.kind,
        }

    @property
    def words(self):
        """Description of the view, in words."""
        return f"{self._says('told.atEpoch', number=self.epoch)}: {super().words}"


def _frames(film):
    """Return the frames of a film that can be shown: those with a field."""
    if not isinstance(film, Film):
        raise DataError(f"a FilmView plays a film, got {type(film).__name__}: make one with sg.film")
    names = film[-1].field.names
    used = {one.name for frame in film if frame.best for one in frame.best.expression.free_symbols}
    if not used <= set(names):
        raise DataError(
            f"{len(names)} inputs are too many to play: the formulas would be in coordinates of a subspace"
        )
    return [frame for frame in film if frame.field is not None]
