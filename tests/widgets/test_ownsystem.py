"""A system of one's own: typed, trained on, and read, in one form."""

import numpy as np
import pytest

import symgrad_widgets as sg

SHORT = {"epochs": 2, "count": 500, "validation": 100, "held_out": 200}


@pytest.fixture
def form():
    return sg.OwnSystem("x' = v; v' = -4x", **SHORT)


def test_equations_are_read_trained_on_and_their_network_is_shown(form):
    form._button.click()
    assert form.said == ""
    assert form.experiment.names == ("x", "v")
    run = form.monitor.train()
    assert form.bench.field.names == ("x", "v")
    assert form.children[-1] is form.bench
    assert run.experiment is form.experiment


def test_the_motion_is_drawn_as_soon_as_it_can_be_read(form):
    segments = form.pictures()[0].marks[1].data
    x, up = np.array(segments["x0"]), np.array(segments["y1"]) - segments["y0"]
    np.testing.assert_array_equal(np.sign(up), -np.sign(x))
    form.text = "x' = "
    assert form.pictures()[0].marks[1].data is segments
    form.text = "x' = v; v' = 4x"
    assert form.pictures()[0].marks[1].data is not segments


def test_what_cannot_be_read_is_said_and_the_network_stays(form):
    form.read()
    form.monitor.train()
    bench = form.bench
    form.text = "x' = v; v' = -y<b>"
    form.read()
    assert "v' = -y" in form.said
    assert "<b>" not in form._error.value
    assert form.bench is bench
    assert bench in form.children
    form.text = "x' = 0; v' = 0"
    form.read()
    assert "nothing moves" in form.said


def test_another_system_takes_the_place_of_the_first(form):
    form.read()
    first = form.monitor
    form.text, form.span = "a' = b; b' = c; c' = -a", (0.0, 2.0)
    form.read()
    assert first.comm is None
    assert form.experiment.names == ("a", "b", "c")
    assert form.bench is None
    assert form.experiment.sample(50, 0)[0].shape == (50, 3)
