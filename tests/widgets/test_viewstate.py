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
    with pytest.raises(DataError, match="this is not a state"):
        ViewState.read("[" * 100_000)
    with pytest.raises(DataError, match="this is not a state"):
        ViewState.read("[1]")
    with pytest.raises(DataError, match="this is not a state"):
        ViewState.read("{")
    with pytest.raises(DataError, match="version 7, but this release reads version 2"):
        ViewState.read(STATE.plain() | {"symgrad": 7})
    less = {name: value for name, value in STATE.plain().items() if name != "seed"}
    with pytest.raises(DataError, match="seed"):
        ViewState.read(less)
    with pytest.raises(DataError, match="more"):
        ViewState.read(STATE.plain() | {"more": 1})


def test_a_line_of_the_version_before_is_read():
    before = {name: value for name, value in STATE.plain().items() if name not in ("open", "slice")}
    found = ViewState.read(json.dumps(before | {"symgrad": 1}))
    assert found.plain() == STATE.plain() | {"open": []}


def test_a_line_that_grows_too_long_gives_up_its_first_guesses():
    guesses = [f"x**{power} + exp(v)*{power} + sin(x*v + {power})*cos(x)" for power in range(200)]
    line = ViewState.read(STATE.plain() | {"guesses": guesses}).line
    assert 1900 < len(line) <= 2048
    kept = json.loads(line)["guesses"]
    assert kept == guesses[-len(kept) :]
    assert STATE.line == str(STATE)
    with pytest.raises(DataError, match="choose fewer neurons"):
        _ = ViewState.read(STATE.plain() | {"selected": "x" * 2040}).line
