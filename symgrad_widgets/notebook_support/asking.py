"""Ask first, answer later: a question with a box, and answers that unfold once somebody has guessed.

Each notebook decides whether its readers guess first, and passes `hidden=guess_first` to each question.
"""

from html import escape

import ipywidgets
import traitlets

from ..errors import DataError
from ..widgets.guard import DescribedBox
from ..words import words
from .typeset import between_dollars

__all__ = ["Answer", "Question"]

_STYLE = "font-family: var(--jp-code-font-family, monospace); white-space: pre-wrap; margin: 0"


class Question(DescribedBox):
    """A question with a box. An `Answer` below it unfolds once somebody has written something.

    >>> question = sg.Question("Will the arrows turn?", hidden=guess_first)
    >>> sg.Answer(question, view)

    Parameters
    ----------
    text : str
    hidden : bool
        Whether answers wait for a guess.
    language : "en" or "de", the language of all words

    Attributes
    ----------
    guess : str, the text written, or None; you can assign it
    hidden : bool
    guessed : bool, whether there is a guess

    """

    guess = traitlets.Unicode(None, allow_none=True)
    hidden = traitlets.Bool()

    def __init__(self, text, hidden=True, *, language="en"):
        if not isinstance(text, str) or not text.strip():
            raise DataError(f"a Question must be words, got {text!r}")
        self.text, self._says = text, words(language)
        self._box = ipywidgets.Text(
            placeholder=self._says("asking.box"),
            continuous_update=False,
            layout={"flex": "1 1 220px", "width": "auto", "max_width": "420px"},
        )
        self._button = ipywidgets.Button(description=self._says("asking.guess"), layout={"width": "auto"})
        self._note = ipywidgets.HTML(layout={"width": "100%"})
        told = ipywidgets.HTML(f"<b>{escape(text)}</b>", layout={"width": "100%"})
        super().__init__([told, self._box, self._button, self._note])
        self._box.observe(self._written, "value")
        self._button.on_click(self._written)
        self.hidden = hidden

    @property
    def guessed(self):
        """Whether somebody has guessed."""
        return self.guess is not None

    def _written(self, _):
        if self._box.value.strip():
            self.guess = self._box.value.strip()
        elif self.guess is None:
            self._note.value = self._says("asking.nothing")

    @traitlets.observe("guess")
    def _noted(self, _):
        self._note.value = "" if self.guess is None else self._says("asking.noted")

    def pictures(self):
        """No pictures, because a question has only words."""
        return []

    @property
    def words(self):
        """The question."""
        return self._says("asking.question", text=self.text)

    def _repr_mimebundle_(self, **kwargs):
        return _with_html(super()._repr_mimebundle_(**kwargs), f"<p><b>{escape(self.text)}</b></p>")


class Answer(DescribedBox):
    """Something to see after a guess: a view, a result, a number or a text.

    If the question does not hide its answers, this answer shows at once.

    Parameters
    ----------
    question : Question or ExpressionView
        Anything with `guess`, `hidden` and `guessed`. The answer unfolds when there is a new guess and
        `guessed` is true. A guess that a cell assigns counts for a Question, but not for an ExpressionView.
    answer : a widget, or anything that a notebook displays
    language : "en" or "de", the language of its message before the guess

    """

    def __init__(self, question, answer, *, language="en"):
        if not all(hasattr(question, name) for name in ("guess", "guessed", "hidden")):
            raise DataError(
                f"an Answer waits for a Question or an ExpressionView, got {type(question).__name__}: "
                "pass the question first, then the answer"
            )
        self._answer, say = answer, words(language)
        self._waits = say("asking.waits")
        self._view = answer if isinstance(answer, ipywidgets.Widget) else ipywidgets.HTML(_html(answer))
        self._button = ipywidgets.Button(description=say("asking.show"), layout={"width": "auto"})
        self._note = ipywidgets.HTML(self._waits)
        self._shown = False
        super().__init__([self._note, self._button])
        self._button.on_click(self._show)
        question.observe(lambda _: question.guessed and self._show(), "guess")
        question.observe(lambda change: change.new or self._show(), "hidden")
        if not question.hidden or question.guessed:
            self._show()

    def _show(self, _=None):
        self._shown = True
        self.children = [self._view, self.children[-1]]  # the guard, which catches keys, stays

    def pictures(self):
        """Return the pictures of the answer, once the answer is shown."""
        pictures = getattr(self._answer, "pictures", None)
        if not self._shown:
            return []
        return pictures() if pictures else [p for p in [getattr(self._answer, "picture", None)] if p]

    @property
    def words(self):
        """Description of the view, in words."""
        return str(getattr(self._answer, "words", self._answer)) if self._shown else self._waits

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        if self._shown and isinstance(self._answer, ipywidgets.Widget):
            return bundle
        return _with_html(bundle, _html(self._answer) if self._shown else f"<p>{self._waits}</p>")


def _html(answer):
    """Return HTML of what a notebook displays: tables as tables, and a formula typeset above its figures."""
    if hasattr(answer, "_repr_html_"):
        return answer._repr_html_()
    if hasattr(answer, "_repr_markdown_"):
        from .page import rendered  # brings nbconvert, which takes seconds

        return rendered(answer._repr_markdown_())
    formula = answer._repr_latex_() if hasattr(answer, "_repr_latex_") else None
    typed = "" if formula is None else f"<p>{between_dollars(formula)}</p>"
    told = escape(answer if isinstance(answer, str) else repr(answer))
    return f"{typed}<pre style='{_STYLE}'>{told}</pre>"


def _with_html(bundle, html):
    data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
    data = data | {"text/html": html}
    return (data, *rest) if rest else data
