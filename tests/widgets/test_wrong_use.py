"""What is given in a wrong way is answered by what to give instead."""

import numpy as np
import pytest
import torch
from torch import nn

import symgrad_widgets as sg

X = np.random.default_rng(0).normal(size=(200, 2))
LINEAR = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
CONVOLUTION = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 1))
TOKENS = nn.Sequential(nn.Embedding(10, 4), nn.Flatten(), nn.Linear(8, 1))


class Silent(nn.Module):
    """A model whose output holds no number."""

    def forward(self, _):
        return None


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        ((CONVOLUTION,), r"Workbench\(model, x\), where x is an array \(N, 3, height, width\)"),
        ((LINEAR,), r"also pass points: Workbench\(model, x\), where x is an array \(N, 2\)"),
        ((TOKENS,), r"where x is whole numbers from 0 to 9 in an array \(N, n\)"),
        ((CONVOLUTION, X), r"its first layer takes an array \(N, 3, height, width\)"),
        ((LINEAR, np.ones((200, 3))), r"its first layer takes an array \(N, 2\)"),
        ((TOKENS, X), "its first layer takes whole numbers from 0 to 9"),
        (
            (LINEAR, X[:, 0]),
            r"pass a single input as one column, x\[:, None\], and a single point .* x\[None\]",
        ),
        ((Silent(), X), "the model has no neurons to look at"),
        ((nn.Linear(2, 0), X), "the model has no neurons to look at: .* a tensor of shape"),
        ((lambda x: x, X), r"put it into a class Own\(torch.nn.Module\) as its forward"),
        ((nn.Linear, X), r"build one, model = Linear\(...\), and pass it"),
        ((LINEAR.state_dict(), X), r"load these weights into it, model.load_state_dict"),
        (("mine.pt",), "'mine.pt' is a file of weights: build its network, load the weights into it"),
        ((X,), r"got ndarray; for your own network, also pass points: Workbench\(model, x\)$"),
        (("oscilator",), "did you mean 'oscillator'"),
    ],
)
def test_what_to_give_instead_is_said(given, instead):
    with pytest.raises(sg.SymgradError, match=instead):
        sg.Workbench(*given)


@pytest.mark.parametrize(
    ("options", "instead"),
    [
        ({"show": "fields"}, "no panel 'fields': choose from network, field"),
        ({"hidden": "yes"}, "hidden must be True or False, got 'yes'"),
        ({"language": "fr"}, "there is no language 'fr': choose one of de, en"),
    ],
)
def test_an_option_that_is_none_is_named(options, instead):
    with pytest.raises(sg.SymgradError, match=instead):
        sg.Workbench("oscillator", **options)


def test_one_panel_may_be_named_alone():
    view = sg.Workbench("oscillator", show="field")
    assert view._panels == ["field"]
    view.close()


def test_an_error_of_a_model_whose_input_fits_says_nothing_of_shapes():
    class Fails(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 1)

        def forward(self, _):
            raise RuntimeError("no road")

    with pytest.raises(sg.SymgradError, match=r"RuntimeError: no road$"):
        sg.Workbench(Fails(), torch.from_numpy(X))
