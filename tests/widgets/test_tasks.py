"""Tasks of a page as Markdown: what is read, and what is refused in one clear line."""

import pytest

import symgrad_widgets as sg
from symgrad_widgets.widgets.tasks import read_tasks

NAMES, LAYERS = ("x", "v"), ("linear1", "silu1", None)
GOOD = """# Springs

Look first.

## Which energy?
Find it.
guess: 2
start: #symgrad=2&open=%5B%22network%22%5D
## Look around
find: `x v` below 10° in silu1
## Which?
which: x² + v² | x² - v²
## What will happen?
With `x`.
- [ ] They turn.
- [x] They stay.
"""


def test_all_kinds_are_read():
    title, introduction, tasks, right = read_tasks(GOOD, NAMES, LAYERS)
    assert (title, introduction, right) == ("Springs", "Look first.", {3: 1})
    assert [task["title"] for task in tasks] == [
        "Which energy?",
        "Look around",
        "Which?",
        "What will happen?",
    ]
    assert tasks[0] | {"title": ""} == {
        "title": "", "text": "Find it.", "options": [], "guess": 2.0,
        "start": "#symgrad=2&open=%5B%22network%22%5D",
    }  # fmt: skip
    assert tasks[1]["find"] == {"formula": "x*v", "below": 10.0, "layer": "silu1"}
    assert tasks[2]["which"] == ["x^2 + v^2", "x^2 - v^2"]
    assert tasks[3]["options"] == ["They turn.", "They stay."]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Springs", "found 0 tasks, but a page has 1 to 40"),
        ("## A\nwords", "the task 'A' has no line such as 'guess: 2'"),
        ("## A\nguess: 2\nwhich: x | v", "has guess and which: write one"),
        ("## A\nguess: 200", "the task 'A', guess: '200': write an angle between 0 and 90 degrees"),
        ("## A\nwhich: x | x", "write two different formulas"),
        ("## A\nwhich: x | y", "I don't know y"),
        ("## A\nfind: x under 10", "write a formula, 'below', and degrees"),
        ("## A\nfind: x below 10 in silu9", "no layer 'silu9': choose one of linear1, silu1"),
        ("## A\n- [ ] x\n- [ ] v", "has 0 right options of 2: mark one"),
        ("## A\nguess: 2\nstart: here", "is not a line copied from a page"),
    ],
)
def test_what_is_wrong_is_named(text, message):
    with pytest.raises(sg.SymgradError) as raised:
        read_tasks(text, NAMES, LAYERS)
    assert message in str(raised.value)
