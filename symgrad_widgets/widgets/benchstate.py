"""The state of a Workbench as one line of text that a teacher can hand out."""

import json

from ..errors import DataError

__all__ = ["VERSION", "line", "read"]

VERSION = 1
_LONGEST = 2048  # characters
_KINDS = {
    "experiment": (str, type(None)), "seed": int, "layer": (str, type(None)), "neurons": list, "inputs": list,
    "generation": int, "selected": (str, type(None)), "guesses": list, "hidden": bool,
}  # fmt: skip


def line(state):
    """A state as text; what is too long gives up its first guesses."""
    guesses = list(state["guesses"])
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
    try:
        found = json.loads(state) if isinstance(state, str) else dict(state)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, dict):
        raise DataError(f"this is no state of a Workbench: {str(state)[:60]!r}; copy the whole line")
    if found.get("symgrad") != VERSION:
        raise DataError(
            f"this state is of version {found.get('symgrad', 'none')!r}, and version {VERSION} is read here: "
            "take it anew from a Workbench of this release"
        )
    for name, kind in _KINDS.items():
        if not isinstance(found.get(name, ...), kind):
            raise DataError(
                f"the state is damaged: {name!r} is {found.get(name, 'missing')!r}; copy the whole line"
            )
    return found
