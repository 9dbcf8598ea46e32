"""The state of a Workbench as one line of text that a teacher can hand out."""

import json
from functools import partial

from ..checks import whole
from ..errors import DataError
from .states import opened

__all__ = ["VERSION", "line", "read"]

VERSION = 1
_LONGEST = 2048  # characters
_MOST_GUESSES = 40
_LAST = 100_000  # generation: a search has settled long before


def line(state):
    """A state as text; what is too long gives up its first guesses."""
    guesses = list(state["guesses"])[-_MOST_GUESSES:]
    while True:
        text = json.dumps(state | {"guesses": guesses}, separators=(",", ":"))
        if len(text) <= _LONGEST:
            return text
        if not guesses:
            raise DataError(
                f"the state has {len(text)} characters and may have {_LONGEST}: choose fewer neurons"
            )
        del guesses[0]


def read(state):
    """A state, a dict or its text, as a dict with all it has to have."""
    found = opened(state, "a Workbench", VERSION, longest=_LONGEST)
    return {"symgrad": VERSION} | {name: _read(found, name) for name in _READ}


def _read(found, name):
    try:
        return _READ[name](found[name], name)
    except (KeyError, TypeError, ValueError) as error:
        why = f" ({error})" if isinstance(error, DataError) else ""
        raise DataError(
            f"the state is damaged: {name!r} is {found.get(name, 'missing')!r}{why}; copy the whole line"
        ) from None


def _exactly(*kinds):
    def read(value, _):
        if type(value) not in kinds:
            raise TypeError
        return value

    return read


def _list_of(read, least=0, most=_LONGEST):
    def read_all(values, name):
        if not isinstance(values, list) or len(values) > most:
            raise TypeError
        values = [read(value, name) for value in values]
        if len(set(values)) < least:
            raise TypeError
        return values

    return read_all


_text, _text_or_none = _exactly(str), _exactly(str, type(None))
_READ = {
    "experiment": _text_or_none,
    "seed": partial(whole, most=2**31),
    "layer": _text_or_none,
    "neurons": _list_of(whole, least=1),
    "inputs": _list_of(_text, least=2, most=2),
    "generation": partial(whole, most=_LAST),
    "selected": _text_or_none,
    "guesses": _list_of(_text, most=_MOST_GUESSES),
    "hidden": _exactly(bool),
}
