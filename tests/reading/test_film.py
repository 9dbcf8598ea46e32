"""A film of a network that turns from one known function into another."""

import numpy as np
import pytest
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets import plots
from symgrad_widgets.errors import DataError

X = np.random.default_rng(0).uniform(0.5, 2, (400, 2))


class Turning(nn.Module):
    """A product that becomes a sum of squares: `share` of it."""

    def __init__(self, share):
        super().__init__()
        self.share = share

    def forward(self, given):
        x, v = given.T
        return ((1 - self.share) * x * v + self.share * (x**2 + v**2))[:, None]


class Dead(nn.Module):
    def forward(self, given):
        return 0 * given[:, :1]


CHECKPOINTS = {0: Dead(), 10: Turning(0.0), 20: Turning(0.3), 100: Turning(1.0), 200: Turning(1.0)}


@pytest.fixture(scope="module")
def told():
    seen = []
    return sg.film(CHECKPOINTS, X, ("x", "v"), callback=seen.append), seen


@pytest.mark.sweep
def test_each_checkpoint_has_the_formula_that_it_has(told):
    film, _ = told
    assert [frame.epoch for frame in film] == [0, 10, 20, 100, 200]
    assert [film[i].formula for i in (0, 1, 3, 4)] == [None, "v*x", "v**2 + x**2", "v**2 + x**2"]
    assert film[1].kind == film[4].kind == "match"
    assert "zero at every point" in film[0].note


@pytest.mark.sweep
def test_it_says_when_the_last_formula_appeared_and_how_far_it_was_before(told):
    film, _ = told
    assert str(film.final) == "v**2 + x**2"
    assert film.appeared == film.within() == 100
    assert film.within(60) == 10
    assert film.within(0) is None
    assert film[1].final.loss > film[2].final.loss > 1e-3 > film[3].final.loss
    assert [(first, last) for _, first, last in film.bands][-1] == (100, 200)


@pytest.mark.sweep
def test_the_last_epoch_is_told_first_and_the_same_seed_gives_the_same_film(told):
    film, seen = told
    assert [frame.epoch for frame in seen] == [200, 100, 20, 10, 0]
    again = sg.film(CHECKPOINTS, X, ("x", "v"))
    assert repr(again) == repr(film)


@pytest.mark.sweep
def test_epochs_are_sorted_and_a_list_counts_from_0():
    film = sg.film({5: Turning(1.0), 1: Turning(0.0)}, X, ("x", "v"))
    assert [frame.epoch for frame in film] == [1, 5]
    assert [frame.epoch for frame in sg.film([Turning(0.0), Turning(0.0)], X, ("x", "v"))] == [0, 1]


@pytest.mark.sweep
def test_its_picture_has_a_band_for_each_formula(told):
    film, _ = told
    picture = plots.film_picture(film, {0: 1.0, 200: 0.01})
    bands = {mark.label: mark.data for mark in picture.marks if mark.kind == "bars"}
    assert {"v*x", "v**2 + x**2"} <= {*bands}
    assert bands["v**2 + x**2"]["left"] == (60,)
    assert bands["v**2 + x**2"]["right"] == (200,)
    assert "From epoch 100 on" in picture.words
    assert picture.svg().startswith("<svg")


@pytest.mark.parametrize(
    ("checkpoints", "neuron", "said"),
    [
        ([Turning(1.0)], 0, "two checkpoints"),
        ({"a": 1, "b": 2}, 0, "must be numbers"),
        (CHECKPOINTS, [0], "one neuron"),
    ],
)
def test_what_is_no_film_is_refused(checkpoints, neuron, said):
    with pytest.raises(DataError, match=said):
        sg.film(checkpoints, X, neuron=neuron)
