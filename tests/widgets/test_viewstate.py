"""States of an instrument as objects."""

import json

import pytest

from symgrad_widgets.errors import DataError
from symgrad_widgets.widgets.viewstate import ViewState

STATE = ViewState("oscillator", 3, None, [0, 2], ["x", "v"], 4, "x²", ["x v", "x²"], ["time"], hidden=True)


def test_a_state_is_what_its_text_says():
    assert ViewState.read(str(STATE)) == ViewState.read(STATE.plain()) == ViewState.read(STATE) == STATE
    assert json.loads(str(STATE)) == STATE.plain()
    assert STATE.guesses == ("x v", "x²")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("experiment", 3),
        ("seed", -1),
        ("seed", True),
        ("seed", 2**40),
        ("neurons", []),
        ("neurons", [0, 0]),
        ("neurons", [1.5]),
        ("inputs", ["x", "v", "w"]),
        ("inputs", "xv"),
        ("generation", "4"),
        ("selected", "x" * 5000),
        ("guesses", [None]),
        ("guesses", ["x", "x"]),
        ("open", ["cellar"]),
        ("hidden", 1),
        ("slice", [["x", 1]]),
        ("slice", {"x": "1"}),
        ("slice", {"x": float("nan")}),
        ("slice", {"x": True}),
    ],
)
def test_what_is_wrong_is_named(name, value):
    with pytest.raises(DataError, match=name):
        ViewState.read(STATE.plain() | {name: value})


def test_all_of_it_has_to_be_there_and_nothing_else():
    with pytest.raises(DataError, match="this is no state"):
        ViewState.read("[" * 100_000)
    with pytest.raises(DataError, match="this is no state"):
        ViewState.read("[1]")
    with pytest.raises(DataError, match="this is no state"):
        ViewState.read("{")
    with pytest.raises(DataError, match="version 1"):
        ViewState.read(STATE.plain() | {"symgrad": 1})
    less = {name: value for name, value in STATE.plain().items() if name != "seed"}
    with pytest.raises(DataError, match="seed"):
        ViewState.read(less)
    with pytest.raises(DataError, match="more"):
        ViewState.read(STATE.plain() | {"more": 1})
