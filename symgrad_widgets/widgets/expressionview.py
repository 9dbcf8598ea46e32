"""A formula to look at, copy, and guess."""

import json

import numpy as np
import traitlets

from .. import plots
from ..errors import DataError, SymgradError
from ..formula.expressions import angles
from ..search import identifiable, score
from .fieldbox import FieldBox
from .frontend import Front

__all__ = ["ExpressionView"]


class _Formula(Front):
    """The formula, its tree and texts, and a box whose text comes back as the message {"guess": text}."""

    _script, _style = "expressionview.js", "expressionview.css"
    shown = traitlets.Unicode("{}").tag(sync=True)
    guesses = traitlets.Unicode("[]").tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)


class ExpressionView(FieldBox):
    """A formula as mathematics, as a tree and as text to copy, above a box for a person's own guesses.

    >>> view = sg.ExpressionView(field, search.best, hidden=True)   # the class guesses first
    >>> view.guess = "x**2 + v**2"                                  # or type it into the box
    >>> view.guess.loss

    Parameters
    ----------
    field : GradientField that guesses are scored on
    candidate : formula (text, SymPy, Candidate or Interpretation), or None
    hidden : bool
        Keep the candidate back until somebody has guessed.

    Attributes
    ----------
    field, candidate, hidden : may be assigned; on another field the guesses are scored anew
    guess : Candidate, the last guess, or None; text or SymPy may be assigned and is scored
        A guess that cannot be read raises, and nothing changes. All of these may be observed.
    guesses : tuple of Candidate, all so far

    """

    guess = traitlets.Any(allow_none=True)
    hidden = traitlets.Any(default_value=False)

    def __init__(self, field, candidate=None, hidden=False):
        self._checked(field)
        self.guesses = ()
        self._formula = _Formula("symgrad-line")
        self._formula.on_msg(self._typed)
        super().__init__([self._formula], field=field, candidate=candidate, hidden=hidden, guess=None)

    def _checked(self, field):
        identifiable(field)
        return field

    @traitlets.validate("hidden")
    def _yes_or_no(self, proposal):
        if not isinstance(proposal.value, bool):
            raise DataError(f"hidden is True or False, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("guess")
    def _scored(self, proposal):
        value = proposal.value
        return None if value is None else score(self.field, getattr(value, "expression", value))

    def take(self, guesses):
        """Have these guesses (text or SymPy) in the place of all so far; one that cannot be read raises."""
        *before, last = [score(self.field, guess) for guess in guesses] or [None]
        self.guess = None
        self.guesses = tuple(before)
        self.guess = last  # comes to the others
        self._draw()

    def _typed(self, _, message, __):
        try:
            self.guess = message.get("guess", "")
            self._formula.error = ""  # also when it is the same guess again
        except SymgradError as error:
            self._formula.error = str(error)

    def _follow(self, name):
        super()._follow(name)
        if name == "guess" and self.guess is not None:
            self.guesses += (self.guess,)
        if name == "field":
            anew = [self._anew(guess) for guess in self.guesses]
            self.guesses = tuple(guess for guess in anew if guess is not None)
            self.guess = anew[-1] if self.guess is not None else None

    def _anew(self, guess):
        try:
            return score(self.field, guess.expression)
        except SymgradError:  # of inputs that this field does not have, or of no value on it
            return None

    @property
    def _secret(self):
        return self.hidden and not self.guesses

    def _draw(self):
        with self._formula.hold_sync():
            self._formula.shown = json.dumps(self._shown())
            self._formula.guesses = json.dumps([_row(guess, self.field) for guess in self.guesses])
            self._formula.words, self._formula.error = self._description(), ""

    def _picture(self, formula):
        return plots.ExpressionPicture(formula, self.field.names)

    def _shown(self):
        if self.candidate is None or self._secret:
            return {}
        picture = self._picture(self.candidate)
        return {"mathml": picture.mathml(), "tree": picture.svg(), "texts": picture.texts}

    def pictures(self):
        """The tree of the formula, or of the last guess where no formula is shown."""
        formula = self.candidate
        if formula is None or self._secret:
            formula = getattr(self.guess, "expression", None)
        return [] if formula is None else [self._picture(formula)]

    def _description(self):
        if self.candidate is None:
            words = "No formula yet."
        elif self._secret:
            words = "The formula is hidden until somebody has guessed."
        else:
            words = f"{self._picture(self.candidate).words} {_agreement(self.candidate, self.field)}"
        if self.guess is not None:
            guess = self.guess.expression
            words += f" Your guess {guess}: {_agreement(guess, self.field)}"
        return words

    @property
    def words(self):
        """What is shown, in words."""
        return "\n".join(filter(None, [self._description(), self._formula.error]))


def _agreement(formula, field):
    return f"Angle to {plots.target(field)}: {plots.describe_angles(angles(formula, field))}."


def _row(guess, field):
    return {
        "formula": str(guess.expression),
        "complexity": guess.complexity,
        "loss": _short(guess.loss, 1e-8),
        "angle": _short(np.median(angles(guess.expression, field)), 0.01) + "°",
    }


def _short(number, least):
    return f"{number:.2g}" if number >= least else f"under {least:g}"
