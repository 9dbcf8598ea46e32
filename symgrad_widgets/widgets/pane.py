"""The instrument's front end with some of its panels: the base of all views of a field or a search."""

import zlib

import traitlets

from ..errors import AnyFormulaError, NoGradientError, SymgradError
from ..formula.language import language as of_formulas
from ..words import words
from . import bokehjs
from .bundle import bundled
from .canvases import document
from .cells import adopt
from .fielddata import field_data, packed
from .frontend import Front
from .guard import Described
from .viewstate import ViewState

__all__ = ["Pane", "looked_at"]

_OFTEN = {NoGradientError: "page.still", AnyFormulaError: "told.anyFits"}
_NUMBERS = 400_000  # most numbers of a field in a page; of a larger field, the page gets some points


class Pane(Described, Front):
    """Panels of the instrument. Messages say what these show, and a page says what to change in the state.

    A subclass returns from `_given()` all that a page has to know. When a page changes the state,
    `_moved_to(state)` is called with the new state; when a person asks for something, `_do(message)` is
    called. Both methods can raise a `SymgradError`, which the page shows.

    Attributes
    ----------
    error : str, what was wrong with a page's last request; "" if nothing was wrong

    """

    panels: tuple[str, ...] = ()  # empty: all panels, opened one by one
    _script, _style = "instrument/index.js", "instrument/instrument.css"
    _version = traitlets.Unicode(bokehjs.VERSION).tag(sync=True)
    _panels: traitlets.List = traitlets.List().tag(sync=True)
    _state = traitlets.Dict().tag(sync=True)
    _choices = traitlets.Dict().tag(sync=True)
    _svg = traitlets.Bytes().tag(sync=True)  # the still picture, for a page where no Python answers
    _plots: tuple[str, ...] = ("field",)  # the plots that are drawn at once

    def __init__(self, state, panels=None, language="en", projector=False, **traits):
        self.error, self._shown, self._says = "", state, words(language)
        self._language = language
        shown = list(self.panels if panels is None else panels)
        large = {"large": True} if projector else {}
        super().__init__(
            "sgi-view",
            language=language,
            _choices=traits.pop("_choices", {}) | large,
            _state=state.plain(),
            _panels=shown,
            **traits,
        )
        self.on_msg(self._asked)
        adopt(self)

    def _given(self):
        """Return everything that a page has to know, as plain data."""
        return {
            "language": of_formulas(self._language),
            "choices": [],
            "story": "",
            "found": [],
            "ended": None,
            "running": False,
            "error": self.error,
        }

    def _tell(self, **given):
        self.send({"given": given})

    def _go(self, state, **given):
        """Show a state, and tell a page what is new in this state."""
        self._shown, plain = state, state.plain()
        if given or plain != self._state:
            self._tell(**given, state=plain)
        self._state = plain

    def _tell_all(self, **given):
        documents = {name: document(name) for name in self._plots}
        self._tell(**self._given(), **given, state=self._shown.plain(), documents=documents)

    def _asked(self, _, message, __):
        """Answer a page: `want` asks for what the page has to know, and `do` for what a person wants done.

        A page has already made its own changes to the state. The answer holds our new state and the `mark` of
        the page's message, so the page knows which message we have read. To our state, the page then applies
        the changes that it has sent since that message.
        """
        try:
            if message.get("want") == "live":
                self.send({"live": self._version}, buffers=[bokehjs.script()])
            elif message.get("want") == "paper":
                self.send({"paper": True}, buffers=[bundled("paper/index.js", self._language).encode()])
            elif message.get("want") == "given":
                self._tell_all()
            elif message.get("want") == "plots":
                self._tell(documents={name: document(name) for name in ("front", "bend")})
            elif message.get("do") == "set":
                self._moved_to(self._with(message.get("parts")))
                self._say("")
            else:
                self._do(message)
        except SymgradError as error:
            self._say(self._sentence(error))
        if "mark" in message:
            self._tell(state=self._shown.plain(), heard=message["mark"])

    def _do(self, message):
        """Do what a person has asked for; a plain view has nothing to do."""

    def _with(self, parts):
        """Return the state with some parts of it changed, as plain data."""
        return ViewState.read(self._shown.plain() | parts)

    def _sentence(self, error):
        """Return what a page says about an error; frequent errors are in the language of the view."""
        return self._says(_OFTEN[type(error)]) if type(error) in _OFTEN else str(error)

    def _say(self, error):
        if error != self.error:
            self.error = error
            self._tell(error=error)

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        self._svg = zlib.compress(data.get("image/svg+xml", "").encode())
        return bundle


def looked_at(field):
    """Plain data of a field for a page, with one neuron's values; for a large field, only some points."""
    step = -(-len(field) * len(field.names) * (field.unit.shape[1] + 1) // _NUMBERS)
    some = field.take(slice(None, None, step)) if step > 1 else field
    values = some.values.reshape(len(some)) if some.neurons == 1 and some.values is not None else None
    return field_data(some) | {"values": packed(values)}
