"""Predict which of two formulas a network follows where they differ, and then see what the network says."""

import ipywidgets

from .. import plots
from ..errors import DataError
from ..words import words
from .frontend import Row
from .guard import DescribedBox
from .panel import Panel

__all__ = ["DecisionView"]

_WIDE = {"width": "auto", "max_width": "100%"}


class DecisionView(DescribedBox):
    """A decisive experiment: predict which of two formulas the network follows, and then see.

    >>> decided = result.decide(model, box, rivals=["x**2 + v**4"])
    >>> sg.DecisionView(result, decided)

    For each trial the view shows the directions of two formulas at the inputs where they differ most. Once
    somebody has predicted one formula, or neither, the view also shows the network's own directions, and
    which formula these rule out.

    Parameters
    ----------
    result : Interpretation
    decided : Decided, which the result's `decide` returned, with at least one trial
    language : "en" or "de", the language of all words

    Attributes
    ----------
    trial : the Trial on show
    guesses : dict that maps the number of each predicted trial to 0, 1 or 2: the first formula, the second
        formula, or neither

    Raises
    ------
    DataError
        if the network was not asked, because no input tells the formulas apart or because there is only one
        formula.

    """

    def __init__(self, result, decided, language="en"):
        if not decided.trials:
            raise DataError(f"the network was not asked, so there is nothing to predict: {decided}")
        self._result, self._decided, self._says = result, decided, words(language)
        self.guesses, self._number = {}, 0
        self._panel, self._told = Panel(say=self._says), ipywidgets.HTML(layout={"width": "100%"})
        self._choices = [ipywidgets.Button(layout=_WIDE) for _ in range(3)]
        self._next = ipywidgets.Button(description=self._says("own.nextTrial"), layout=_WIDE)
        for number, button in enumerate(self._choices):
            button.on_click(lambda _, number=number: self.guess(number))
        self._next.on_click(lambda _: self.go((self._number + 1) % len(decided.trials)))
        super().__init__([self._panel, self._told, Row([*self._choices, self._next])], self._says)
        self._draw()

    @property
    def trial(self):
        """The trial on show."""
        return self._decided.trials[self._number]

    def go(self, number):
        """Show a trial, given by its number; the first is 0."""
        if number not in range(len(self._decided.trials)):
            raise DataError(
                f"there is no trial {number!r}: choose one from 0 to {len(self._decided.trials) - 1}"
            )
        self._number = number
        self._draw()

    def guess(self, which):
        """Predict the first formula (0), the second (1) or neither (2); only the first prediction counts."""
        if which not in range(3):
            raise DataError(f"a prediction must be 0, 1, or 2 for neither, got {which!r}")
        self.guesses.setdefault(self._number, which)
        self._draw()

    @property
    def _names(self):
        return [*map(str, self.trial.formulas), self._says("own.neither")]

    def _draw(self):
        self._panel.show(self.pictures()[0])
        self._told.value = f"<p>{self._said}</p>"
        for button, name in zip(self._choices, self._names, strict=True):
            button.description = name
            button.disabled = self._number in self.guesses
        self._next.layout.display = "" if len(self._decided.trials) > 1 else "none"

    def pictures(self):
        """Return the directions at the points of the trial on show."""
        asked = self._number in self.guesses
        data, names, measure = self._result.points, self._decided.names, self._result.measure
        return [plots.trial_picture(self.trial, data, names, measure, asked, self._says)]

    @property
    def _said(self):
        if self._number not in self.guesses:
            return self._says("own.predict")
        return self._says("own.youSaid", guess=self._names[self.guesses[self._number]])

    @property
    def words(self):
        """Description of the view, in words."""
        return f"{self._panel.words} {self._said}"
