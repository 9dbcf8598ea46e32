"""DecisionView as an object: a prediction, then what the network says; models are known functions."""

import numpy as np
import pytest
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets import plots

NEAR = np.random.default_rng(0).uniform(-0.2, 0.2, (600, 2))
WIDE = {"x": (-3, 3), "v": (-3, 3)}
RIVALS = ["cos(2*x) + cos(2*v)", "cos(x) + cos(v)"]


class Sum(nn.Module):
    """A model that is the sum of two squares."""

    def forward(self, given):
        return (given**2).sum(1, keepdim=True)


@pytest.fixture(scope="module")
def read():
    return sg.interpret(Sum(), NEAR, names=("x", "v"), operators=["mul", "square", "cos"])


@pytest.fixture(scope="module")
def decided(read):
    return read.decide(Sum(), WIDE, rivals=RIVALS)


@pytest.mark.sweep
def test_the_network_is_seen_after_a_prediction_only(read, decided):
    view = sg.DecisionView(read, decided)
    assert "Which of the two" in view.words
    assert "ruled out" not in view.words
    arrows = [mark.label for mark in view.pictures()[0].marks if mark.kind == "segments"]
    assert arrows == ["cos(2*v) + cos(2*x)", "v**2 + x**2"]
    view._choices[0].click()
    assert view.guesses == {0: 0}
    assert "The network is under 0.01° off the first formula, and 72° off the second." in view.words
    assert view.words.endswith("cos(2*v) + cos(2*x) is ruled out. You said: v**2 + x**2.")
    shown = [mark for mark in view.pictures()[0].marks if mark.kind == "segments"]
    network, _, first = shown
    assert network.label == "the network"
    for end in ("x1", "y1"):  # it lies upon the formula that it is
        np.testing.assert_allclose(network.data[end], first.data[end], atol=1e-5)
    assert all(button.disabled for button in view._choices)


@pytest.mark.sweep
def test_each_trial_has_its_own_prediction_and_the_first_one_counts(read, decided):
    view = sg.DecisionView(read, decided, language="de")
    view.guess(2)
    view.guess(1)
    assert view.guesses == {0: 2}
    assert "Dein Tipp: keiner" in view.words
    view._next.click()
    assert view.trial is decided.trials[1]
    assert not view._choices[0].disabled
    view._next.click()
    assert view.trial is decided.trials[0]
    for wrong in (lambda: view.go(2), lambda: view.guess(3)):
        with pytest.raises(sg.SymgradError, match=r"there is no trial 2|neither, got 3"):
            wrong()


@pytest.mark.sweep
def test_without_a_trial_there_is_nothing_to_predict(read):
    with pytest.raises(sg.SymgradError, match="nothing to predict"):
        sg.DecisionView(read, read.decide(Sum(), WIDE, rivals=[]))


@pytest.mark.sweep
def test_the_inputs_in_which_the_formulas_differ_are_seen():
    x = np.random.default_rng(1).uniform(0.5, 1, (400, 3))
    model = sg.to_torch("a + b + c", names=("a", "b", "c"))
    read = sg.interpret(model, x, names=("a", "b", "c"))
    (trial,) = read.decide(model, dict.fromkeys("abc", (-3, 3)), ["a + 2*b + c/2"]).trials
    picture = plots.trial_picture(trial, read.points, read.inputs, read.measure)
    assert (picture.x_label, picture.y_label) == ("b", "c")
