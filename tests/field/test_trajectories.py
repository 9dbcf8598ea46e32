"""Measured motions: velocities and their errors against the equations themselves."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError
from symgrad_widgets.field.trajectories import smoothed


def pendulum(_, state):
    return np.array([state[1], -np.sin(state[0])])


def slowed(_, state):
    return np.array([state[1], -state[0] - 0.3 * state[1]])


def measured(noise, even=True, count=12, seed=0, flow=pendulum):
    """Times, states with noise, and true velocities of some motions."""
    rng = np.random.default_rng(seed)
    times, states, rates = [], [], []
    for _ in range(count):
        t = np.linspace(0, 8, 200) if even else np.sort(rng.uniform(0, 8, 200))
        true = solve_ivp(flow, (0, 8), rng.uniform(-1.5, 1.5, 2), t_eval=t, rtol=1e-9, atol=1e-9).y.T
        times.append(t)
        states.append(true + noise * rng.normal(size=true.shape))
        rates.append(flow(t, true.T).T)
    return times, states, rates


@pytest.mark.parametrize("even", [True, False])
@pytest.mark.parametrize("noise", [1e-3, 1e-2, 0.05])
def test_velocities_are_as_far_off_as_their_error_says(noise, even):
    times, states, _ = measured(noise, even)
    points, velocities, error, names = smoothed(times, states, ("angle", "rate"))
    assert names == ("angle", "rate")
    off = (velocities - pendulum(0, points.T).T) / points.std(0)
    assert 0.8 < np.sqrt((off**2).mean() / (error**2).mean()) < 1.25
    assert 0.6 < np.median(np.sqrt((off**2).mean(1)) / error) < 1.05  # 0.83 where two errors are normal


def test_smoothing_beats_differences_of_neighbours():
    times, states, rates = measured(1e-2)
    points, velocities, *_ = smoothed(times, states, None)
    ours = np.sqrt(((velocities - pendulum(0, points.T).T) ** 2).mean())
    plain = [np.gradient(x, t, axis=0) - rate for t, x, rate in zip(times, states, rates, strict=True)]
    assert ours < 0.3 * np.sqrt((np.concatenate(plain) ** 2).mean())


def test_polynomials_are_followed_exactly():
    t = np.sort(np.random.default_rng(0).uniform(-1, 1, 40))
    states = np.stack([t**4 - t, 3 * t**2, np.full(40, 0.1)], axis=1)
    points, velocities, error, _ = smoothed(t, states, None)
    np.testing.assert_array_equal(velocities[:, 2], 0)
    np.testing.assert_allclose(velocities[:, 1] ** 2, 12 * points[:, 1], rtol=1e-6, atol=1e-9)
    assert error.max() < 1e-9


def test_motion_without_any_error_is_followed():
    t = np.arange(40.0)
    field = sg.GradientField.from_trajectories(t, np.stack([t, t**2], axis=1))
    slopes = field.gradients / np.linalg.norm(field.gradients, axis=1, keepdims=True)
    np.testing.assert_allclose(slopes[:, 0] + 2 * field.points[:, 0] * slopes[:, 1], 0, atol=1e-9)


@pytest.mark.sweep
def test_the_energy_of_measured_swings_is_found():
    times, states, _ = measured(1e-2, count=20)
    field = sg.GradientField.from_trajectories(times, states, ("a", "w"))
    assert len(field) < 0.3 * sum(map(len, times))
    found = sg.interpret(field)
    assert sg.verify(found.best.expression, "w**2 - 2*cos(a)").same


@pytest.mark.sweep
@pytest.mark.parametrize("noise", [1e-3, 1e-2])
def test_of_swings_that_are_slowed_nothing_is_a_match(noise):
    times, states, _ = measured(noise, count=20, flow=slowed)
    found = sg.interpret(sg.GradientField.from_trajectories(times, states, ("a", "w")))
    assert found.kind != "match"


def test_where_times_fall_back_the_next_trajectory_begins():
    times, states, _ = measured(1e-3, count=3)
    apart = sg.GradientField.from_trajectories(times, states, ("a", "w"))
    joined = sg.GradientField.from_trajectories(np.concatenate(times), np.concatenate(states), ("a", "w"))
    np.testing.assert_array_equal(apart.points, joined.points)
    np.testing.assert_array_equal(apart.gradients, joined.gradients)
    np.testing.assert_array_equal(apart.weights, joined.weights)


def test_gaps_are_left_out():
    (t,), (x,), _ = measured(1e-3, count=1)
    holed = x.copy()
    holed[5] = np.nan
    kept = np.arange(len(t)) != 5
    for got, wanted in zip(smoothed(t, holed, None)[:3], smoothed(t[kept], x[kept], None)[:3], strict=True):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize(
    ("times", "states", "message"),
    [
        ([0.0, 1, 2], [[0.0, 1], [1, 2]], r"got \(3,\) and \(2, 2\)"),
        (
            np.arange(6.0),
            np.ones((6, 2)),
            "from time 0 to 5 has 6 measurements, but velocities need at least 7",
        ),
        (np.array([0.0, 1, 1, 2, 3, 4, 5, 6]), np.ones((8, 2)), "the time 1 occurs twice in a row"),
        ([np.arange(9.0), np.arange(9.0)], np.ones((9, 2)), "there are 2 arrays of times"),
        (
            [np.arange(9.0), np.arange(9.0)],
            [np.ones((9, 2)), np.ones((9, 3))],
            "different numbers of columns",
        ),
        (np.full(9, np.nan), np.ones((9, 2)), "the trajectory has 0 measurements"),
        ("soon", np.ones((9, 2)), "times must be"),
    ],
)
def test_what_cannot_be_followed_is_said(times, states, message):
    with pytest.raises(DataError, match=message):
        sg.GradientField.from_trajectories(times, states)
