"""What a reader has worked out is right, or off and by how much; the answer stays untold."""

import numpy as np
import pytest

import symgrad_widgets as sg


@pytest.mark.parametrize(
    ("answer", "right", "said"),
    [
        (..., 0.5, "Not solved yet: replace the three dots with your answer"),
        (0.5, 0.5, "Right."),
        (0.505, 0.5, "Right, to 1 %."),
        (1.5, 0.5, "Not yet: it is too large by a factor of 3."),
        (0.1, 0.5, "Not yet: it is too small by a factor of 5."),
        (-0.5, 0.5, "the largest difference is 2 times the largest right number"),
        ([1, 2], [1, 2], "Right."),
        ([1, 3], [1, 2], "the largest difference is 0.5 times the largest right number"),
        ([1, 3, 4], [1, 2], "the shape should be (2,), but yours is (3,)"),
        ("left", "left", "Right."),
        ("right", "left", "'right' is not it. Try again."),
        (True, False, "True is not it. Try again."),
        ("x + y", lambda text: sg.verify(text, "y + x"), "Right."),
        ("x*y", lambda text: sg.verify(text, "y + x"), "'x*y' is not it yet. Its directions are off by"),
        (np.float64(3), lambda number: number > 2, "Right."),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_it_says_how_far_off(answer, right, said):
    checked = sg.check_answer(answer, right)
    assert said in repr(checked)
    assert bool(checked) == said.startswith("Right")


def test_an_answer_that_is_no_number_is_named():
    with pytest.raises(sg.SymgradError, match="'much' must be a number"):
        sg.check_answer("much", 0.5)
