"""A formula to look at, copy, and guess."""

import traitlets

from .. import plots
from ..errors import DataError, SymgradError
from ..formula.expressions import angles
from ..search import identifiable, score
from .fieldbox import FieldBox

__all__ = ["ExpressionView"]


class ExpressionView(FieldBox):
    """A formula as mathematics, as a tree and as text to copy, above a box for a person's own guesses.

    >>> view = sg.ExpressionView(field, search.best, hidden=True)   # the class guesses first
    >>> view.guess = "x**2 + v**2"                                  # or type it into the box
    >>> view.guess.loss

    Parameters
    ----------
    field : GradientField on which guesses are scored
    candidate : formula (text, SymPy, Candidate or Interpretation), or None
    hidden : bool
        Hide the candidate until somebody has typed a guess. A guess that a cell assigns shows its own angle,
        but not the candidate.
    language : "en" or "de", the language of all words

    Attributes
    ----------
    field, candidate, hidden : can be assigned; if the field changes, the guesses are scored again
    guess : Candidate, the last guess, or None; you can assign text or SymPy, which is then scored
        A guess that cannot be read raises an error and changes nothing. All these attributes can be observed.
    guesses : tuple of Candidate, all guesses so far
    guessed : bool, whether somebody has guessed in the view; a hidden candidate stays hidden until then

    """

    panels = ("guess", "told", "formulas", "angle")
    guess = traitlets.Any(allow_none=True)
    hidden = traitlets.Any(default_value=False)

    def __init__(self, field, candidate=None, hidden=False, *, language="en"):
        self._checked(field)
        self.guesses, self.texts = (), ()  # as they were typed
        self.guessed = False
        self._chosen = None  # text of the formula that is looked at
        super().__init__(None, language, field=field, candidate=candidate, hidden=hidden, guess=None)

    def _checked(self, field):
        identifiable(field)
        return field

    @traitlets.validate("hidden")
    def _yes_or_no(self, proposal):
        if not isinstance(proposal.value, bool):
            raise DataError(f"hidden must be True or False, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("guess")
    def _scored(self, proposal):
        value = proposal.value
        return None if value is None else score(self.field, getattr(value, "expression", value))

    def take(self, guesses, guessed=True):
        """Replace all guesses by these (text or SymPy), from a person or a cell; an error if one is wrong."""
        guesses = [getattr(guess, "expression", guess) for guess in guesses]
        self.guessed = guessed and bool(guesses)
        self._have(tuple(map(str, guesses)), tuple(score(self.field, guess) for guess in guesses))

    def _have(self, texts, guesses):
        """Set guesses that are already scored; the last one becomes `guess`."""
        self._settling = True
        try:
            self.texts, self.guesses = texts, guesses
            self.guess = guesses[-1] if guesses else None
        finally:
            self._settling = False
        self._chosen = texts[-1] if texts else self._answer
        self._draw("guess")

    def _moved_to(self, state):
        known = dict(zip(self.texts, self.guesses, strict=True))
        texts = state.guesses
        if texts != self.texts:
            self.guessed = True
            self._have(texts, tuple(known.get(text) or score(self.field, text) for text in texts))
        self._chosen = state.selected
        self._draw("guess")

    def _follow(self, name):
        super()._follow(name)
        if name == "guess" and self.guess is not None:
            self.guesses += (self.guess,)
            self.texts += (str(self.guess.expression),)
            self._chosen = self.texts[-1]
        if name == "candidate":
            self._chosen = self._answer
        if name == "field":
            anew = [(text, self._anew(guess)) for text, guess in zip(self.texts, self.guesses, strict=True)]
            anew = [(text, guess) for text, guess in anew if guess is not None]
            self.texts, self.guesses = tuple(text for text, _ in anew), tuple(guess for _, guess in anew)
            self.guess = self.guesses[-1] if self.guess is not None and anew else None
            self._chosen = self.texts[-1] if anew else self._answer

    def _anew(self, guess):
        try:
            return score(self.field, guess.expression)
        except SymgradError:  # the guess has inputs that this field lacks, or no value on it
            return None

    @property
    def _secret(self):
        return self.hidden and not self.guessed

    @property
    def _answer(self):
        return None if self.candidate is None else str(self.candidate)

    @property
    def _open(self):
        """The candidate, or None while it is hidden."""
        return None if self._secret else self.candidate

    def _parts(self):
        secret = self._secret and self._chosen == self._answer and self._chosen not in self.texts
        chosen = None if secret else self._chosen
        texts = tuple(dict.fromkeys(self.texts))
        shown = {"selected": chosen, "guesses": texts, "hidden": self.hidden}
        return super()._parts() | shown | {"generation": int(self._open is not None)}

    def _more(self):
        kept = {"kept": 0 if self._secret else None}
        if self._open is None:
            return kept | {"found": [], "tree": ""}
        front = [{"text": self._answer}]
        alone = {"generation": 1, "tried": 0, "front": front, "best": 0, "kind": ""}
        return kept | {"found": [alone], "tree": self._picture(self.candidate).svg()}

    def _picture(self, formula):
        return plots.ExpressionPicture(formula, self.field.names, self._says)

    def pictures(self):
        """Return the tree of the formula or of the last guess; if there is neither, the arrows."""
        formula = self._open
        if formula is None:
            formula = getattr(self.guess, "expression", None)
        if formula is None:
            return [plots.field_picture(self.field, say=self._says)]
        return [self._picture(formula)]

    def _description(self):
        if self.candidate is None:
            words = self._says("search.noFormula")
        elif self._secret:
            words = self._says("search.formulaHidden")
        else:
            words = f"{self._picture(self.candidate).words} {self._agreement(self.candidate)}"
        if self.guess is not None:
            guess = self.guess.expression
            told = self._says("search.guess", guess=str(guess), angles=self._agreement(guess))
            return f"{words} {told}"
        return words

    def _agreement(self, formula):
        told = plots.describe_angles(angles(formula, self.field), plots.trust(self.field), self._says)
        return self._says("search.angle", of=plots.target(self.field, self._says), angles=told)

    @property
    def words(self):
        """Description of the view, in words."""
        return "\n".join(filter(None, [self._description(), self.error]))
