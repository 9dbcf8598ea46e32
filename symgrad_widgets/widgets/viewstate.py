"""What a Workbench shows, as one object, which is checked as a whole when it is made, and never changes."""

import json
import math
from dataclasses import asdict, dataclass, field, fields, replace

from ..checks import whole
from ..errors import DataError
from .states import opened

__all__ = ["PANELS", "ViewState"]

VERSION = 2
PANELS = ("network", "formulas", "bend", "time")
_BEFORE: tuple[int, dict] = 1, {"open": [], "slice": {}}  # what states of the previous version lack
_LONGEST = 2048  # characters of a formula, and of a state's line
_TEXT = 500_000  # characters of a state
_MOST = 200  # guesses, neurons
_LAST = 100_000  # largest generation: a search has settled long before it


@dataclass(frozen=True)
class ViewState:
    """What somebody looks at. A state is always well formed, but may not fit a given network.

    Attributes
    ----------
    experiment : str, or None for your own network
    seed : int
    layer : str, or None for the output
    neurons : numbers of the neurons, one or more
    inputs : names of the inputs along the axes
    generation : int, number of the search's generation
    selected : the formula that every panel shows, or None
    guesses : a person's formulas, as typed
    open : which of PANELS are open
    hidden : bool, whether answers are kept back
    slice : {input: value}; inputs that are not on the axes are held near these values or, if none is given,
        near the middle of the data

    Raises
    ------
    DataError
        whose message says what is wrong.

    """

    experiment: str | None = None
    seed: int = 0
    layer: str | None = None
    neurons: tuple[int, ...] = (0,)
    inputs: tuple[str, ...] = ()
    generation: int = 0
    selected: str | None = None
    guesses: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    hidden: bool = False
    slice: dict[str, float] = field(default_factory=dict)

    def __post_init__(self):
        for one in fields(self):
            value = getattr(self, one.name)
            try:
                object.__setattr__(self, one.name, _CHECKS[one.name](value))
            except (TypeError, DataError) as error:
                why = f": {error}" if isinstance(error, DataError) else ""
                raise DataError(
                    f"the state is damaged: {one.name!r} is {value!r}{why}; copy the whole line"
                ) from None

    @classmethod
    def read(cls, given):
        """Make a state from a state, from the dict that `plain` returns, or from its text."""
        if isinstance(given, cls):
            return given
        found = opened(given, "a Workbench", VERSION, _BEFORE, longest=_TEXT)
        missing = {one.name for one in fields(cls)} ^ (found.keys() - {"symgrad"})
        if missing:
            raise DataError(f"the state is damaged at {', '.join(sorted(missing))}; copy the whole line")
        return cls(**{name: value for name, value in found.items() if name != "symgrad"})

    def plain(self):
        """Return a JSON-able dict."""
        values = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}
        return {"symgrad": VERSION} | values

    def __str__(self):
        return json.dumps(self.plain(), separators=(",", ":"))

    @property
    def line(self):
        """The state as text to share, at most 2 KB; of many guesses only the last are kept."""
        for first in range(len(self.guesses) + 1):
            text = str(replace(self, guesses=self.guesses[first:]))
            if len(text) <= _LONGEST:
                return text
        raise DataError(
            f"the state has {len(text)} characters, but may have only {_LONGEST}: choose fewer neurons"
        )


def _exactly(*kinds):
    def check(value):
        if type(value) not in kinds or (isinstance(value, str) and len(value) > _LONGEST):
            raise TypeError
        return value

    return check


def _several(check, most, least=0):
    def check_all(values):
        if not isinstance(values, list | tuple) or not least <= len(values) <= most:
            raise TypeError
        checked = tuple(check(value) for value in values)
        if len(set(checked)) < len(checked):
            raise DataError("nothing may occur twice")
        return checked

    return check_all


def _slice(given):
    if not isinstance(given, dict) or len(given) > _MOST:
        raise TypeError
    return {_text(name): _number(value) for name, value in given.items()}


def _number(value):
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    return float(value)


def _panel(value):
    if value not in PANELS:
        raise DataError(f"choose panels from {', '.join(PANELS)}")
    return value


_text, _text_or_none = _exactly(str), _exactly(str, type(None))
_CHECKS = {
    "experiment": _text_or_none,
    "seed": lambda value: whole(value, "seed", most=2**31),
    "layer": _text_or_none,
    "neurons": _several(lambda value: whole(value, "neuron"), _MOST, least=1),
    "inputs": _several(_text, 2),
    "generation": lambda value: whole(value, "generation", most=_LAST),
    "selected": _text_or_none,
    "guesses": _several(_text, _MOST),
    "open": _several(_panel, len(PANELS)),
    "hidden": _exactly(bool),
    "slice": _slice,
}
