"""Orbits: how exactly they are integrated, what close approaches do, and readers' own flows."""

import numpy as np
import pytest
import sympy
from budgets import briefly
from scipy.integrate import solve_ivp

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, ExpressionError
from symgrad_widgets.network.experiment import flow
from symgrad_widgets.network.experiment.flow import integrate
from symgrad_widgets.network.experiment.orbits import kepler_flow

COUNT = 20_000
ENERGY = {  # written out once more, beside the package's own table
    "oscillator": lambda x, v: v**2 / 2 + x**2 / 2,
    "cubic_force": lambda x, v: v**2 / 2 + x**2 / 2 + x**4 / 4,
    "cosine_force": lambda x, v: v**2 / 2 + np.sin(x),
    "exponential_force": lambda x, v: v**2 / 2 + x**2 / 2 + np.exp(x + 1),
}
FORCE = {
    "oscillator": lambda x: -x,
    "cubic_force": lambda x: -(x + x**3),
    "cosine_force": lambda x: -np.cos(x),
    "exponential_force": lambda x: -(x + np.exp(x + 1)),
}


def predators(x, y):
    return x - x * y, x * y - y


def invariants(states):
    """Angular momentum, energy and both components of the Runge-Lenz vector."""
    x, y, v, w = states.T
    r, momentum = np.hypot(x, y), x * w - y * v
    return np.stack(
        [momentum, (v**2 + w**2) / 2 - 1 / r, w * momentum - x / r, -v * momentum - y / r], axis=1
    )


# -------------------------------------------------------------------------------------------- integration


def test_an_orbit_is_followed_for_its_own_time():
    rng = np.random.default_rng(0)
    start, times = rng.normal(size=(9000, 2)), rng.uniform(0, 3, 9000)
    times[0] = 0
    end = integrate(lambda x, v: (v, -x), start, times)
    turned = (start[:, 0] + 1j * start[:, 1]) * np.exp(-1j * times)
    np.testing.assert_allclose(end, np.stack([turned.real, turned.imag], 1), atol=1e-8)
    np.testing.assert_array_equal(end[0], start[0])


def test_integration_agrees_with_one_orbit_at_a_time():
    rng = np.random.default_rng(1)
    start, times = rng.uniform(0.5, 2, (6, 2)), rng.uniform(1, 6, 6)
    end = integrate(predators, start, times)
    for first, time, last in zip(start, times, end, strict=True):
        alone = solve_ivp(
            lambda _, s: predators(*s), (0, time), first, method="Radau", rtol=1e-10, atol=1e-10
        )
        np.testing.assert_allclose(last, alone.y[:, -1], atol=1e-7)


@pytest.mark.parametrize("slug", ENERGY)
def test_the_energy_is_kept_to_a_millionth(slug):
    anchor, positive, negative = (ENERGY[slug](*p.T) for p in sg.experiments[slug].sample(COUNT, seed=1))
    assert np.abs(positive / anchor - 1).max() < 1e-6
    assert np.median(np.abs(negative / anchor - 1)) > 0.1
    energy = ENERGY[slug](*np.random.default_rng(2).uniform(size=(2, COUNT)))  # that of the starts
    for some in (anchor, negative):
        np.testing.assert_allclose(
            np.quantile(some, [0.1, 0.5, 0.9]), np.quantile(energy, [0.1, 0.5, 0.9]), rtol=0.05
        )


@pytest.mark.parametrize("slug", FORCE)
def test_the_two_points_of_a_pair_lie_on_one_orbit(slug):
    """Leapfrog from a positive leads through its anchor, forward or backward, within three units of time."""
    data = sg.experiments[slug].sample(100)
    nearest = np.full(100, np.inf)
    for step in (2e-3, -2e-3):
        x, v = data.positive.T.copy()
        for _ in range(1500):
            v += step / 2 * FORCE[slug](x)
            x += step * v
            v += step / 2 * FORCE[slug](x)
            nearest = np.minimum(nearest, np.hypot(x - data.anchor[:, 0], v - data.anchor[:, 1]))
    assert nearest.max() < 1e-2


# ------------------------------------------------------------------------------------------------- Kepler


def test_kepler_orbits_keep_their_invariants_through_the_closest_approach():
    rng = np.random.default_rng(3)
    start, times = rng.uniform(size=(COUNT, 4)), rng.uniform(0, 3, COUNT)
    before, after = invariants(start), invariants(kepler_flow(start, times))
    assert (np.abs(after - before) <= 1e-9 * np.maximum(np.abs(before), 1)).all()


def test_kepler_orbits_agree_with_the_equation_of_motion():
    def rhs(x, y, v, w):
        cube = np.hypot(x, y) ** 3
        return v, w, -x / cube, -y / cube

    rng = np.random.default_rng(4)
    start, times = rng.uniform(size=(4000, 4)), rng.uniform(0, 3, 4000)
    start[:, 2] = -2 * start[:, 2]  # around the centre, and some fast enough to leave
    momentum, energy, *lenz = invariants(start).T
    far = momentum**2 / (1 + np.hypot(*lenz)) > 0.1  # distance of closest approach
    assert far.sum() > 1000
    assert (energy[far] > 0).sum() > 10
    np.testing.assert_allclose(
        kepler_flow(start, times)[far], integrate(rhs, start[far], times[far]), atol=1e-5
    )


def test_kepler_orbits_that_are_known_by_heart():
    circle = kepler_flow(np.array([[1.0, 0, 0, 1]] * 3), np.array([0, np.pi / 2, 2 * np.pi]))
    np.testing.assert_allclose(circle, [[1, 0, 0, 1], [0, 1, -1, 0], [1, 0, 0, 1]], atol=1e-12)
    quick = kepler_flow(np.array([[0.01, 0, 0, 10.0]]), np.array([3.0]))  # 477 revolutions
    np.testing.assert_allclose(np.angle(quick[0, 0] + 1j * quick[0, 1]), np.angle(np.exp(3000j)), atol=1e-9)
    fall = np.pi / np.sqrt(
        8
    )  # of a unit mass at rest in 1: collision after this time, back at rest after twice
    fallen = kepler_flow(np.array([[1.0, 0, 0, 0]] * 2), np.array([2 * fall, fall - 1e-6]))
    np.testing.assert_allclose(fallen[0], [1, 0, 0, 0], atol=1e-9)
    assert fallen[1, 0] == pytest.approx((4.5e-12) ** (1 / 3), rel=1e-3)  # r^3 = 9/2 t^2 near a collision


def test_kepler_points_are_seen_away_from_the_centre_except_in_the_paper():
    ours, paper = (sg.experiments["kepler"].sample(COUNT, variant=v) for v in ("default", "paper"))
    assert min(np.hypot(p[:, 0], p[:, 1]).min() for p in ours) >= 0.2
    assert max(np.abs(p).max() for p in ours) < 4
    assert np.hypot(paper.anchor[:, 0], paper.anchor[:, 1]).min() < 0.01
    assert np.abs(paper.anchor).max() > 20
    for some in ours:  # orbits that come close at other times are among them
        momentum, _, *lenz = invariants(some).T
        assert 0.2 < (momentum**2 / (1 + np.hypot(*lenz)) < 0.01).mean() < 0.4
    assert paper.negative.min() >= 0
    assert paper.negative.max() <= 1
    assert ours.negative.min() < -0.5


def test_kepler_pairs_share_all_three_concepts():
    experiment = sg.experiments["kepler"]
    formulas = sympy.lambdify([sympy.Symbol(n, real=True) for n in experiment.names], experiment.concepts)
    data = experiment.sample(COUNT)
    anchor, positive, negative = (np.stack(formulas(*p.T), 1) for p in data)
    assert np.abs(positive - anchor).max() < 1e-9
    assert (np.abs(negative - anchor).min(0) > 0).all()
    np.testing.assert_allclose(anchor, invariants(data.anchor)[:, :3], atol=1e-12)


# ---------------------------------------------------------------------------------------- a reader's flow


@pytest.mark.sweep
def test_lotka_volterra_in_three_lines():
    experiment = sg.Experiment.from_flow(predators, [(0.5, 2), (0.5, 2)], ["x", "y"], duration=6)
    run = experiment.train(progress=False, epochs=20, count=10_000, validation=500, held_out=500)
    law = "x - log(x) + y - log(y)"
    options = {"names": experiment.names, "operators": ["mul", "log"], "concept": law}
    result = briefly(run.model, run.x, count=12, **options)
    assert run.floor is None
    assert result.verdict.same
    assert experiment.names == ("x", "y")
    assert "Flow" in repr(experiment)


def test_a_flow_is_an_experiment_like_any_other():
    experiment = sg.Experiment.from_flow(
        lambda x, v: (v, -9.81 * np.sin(x)), [(-1, 1), (2, 3)], ("x", "v"), duration=2, title="Pendulum"
    )
    assert experiment.title == "Pendulum"
    data, again, other = (experiment.sample(500, seed) for seed in (3, 3, 4))
    for a, b, c in zip(data, again, other, strict=True):
        assert a.shape == (500, 2)
        np.testing.assert_array_equal(a, b)
        assert not np.isin(a, c).any()
    anchor, positive, negative = (v**2 / 2 - 9.81 * np.cos(x) for x, v in (p.T for p in data))
    assert np.abs(positive - anchor).max() < 1e-7
    assert np.abs(negative - anchor).min() > 1e-7
    with pytest.raises(sg.SymgradError, match="no variant 'paper'; known: default"):
        experiment.sample(10, variant="paper")


def test_constant_rates_and_arrays_will_do():
    free = sg.Experiment.from_flow(lambda _x, v: (v, 0), [(0, 1)] * 2, ["x", "v"])
    data = free.sample(100)
    np.testing.assert_allclose(data.anchor[:, 1], data.positive[:, 1], atol=1e-12)
    turned = sg.Experiment.from_flow(lambda *s: np.array([[0, 1], [-1, 0]]) @ s, [(0, 1)] * 2, ["x", "v"])
    np.testing.assert_allclose(
        turned.sample(100).anchor, sg.experiments["oscillator"].sample(100).anchor, atol=1e-8
    )


@pytest.mark.parametrize("concept", ["x^2 + v^2", sympy.Symbol("x") ** 2 + sympy.Symbol("v") ** 2])
def test_concepts_as_text_or_with_any_symbols_give_a_floor(concept):
    known = sg.experiments["oscillator"]
    mine = sg.Experiment.from_flow(lambda x, v: (v, -x), [(0, 1)] * 2, ["x", "v"], concepts=concept)
    assert mine.concepts == known.concepts
    tiny = {"epochs": 2, "count": 2000, "validation": 500, "held_out": 500, "progress": False}
    assert mine.train(**tiny).floor == pytest.approx(known.train(**tiny).floor, rel=0.1)


PLANE = ("oscillator", "cubic_force", "cosine_force", "exponential_force")


@pytest.mark.parametrize("slug", [*PLANE, "kepler"])
def test_the_concepts_of_a_motion_are_its_first_integrals(slug):
    experiment = sg.experiments[slug]
    field = experiment.flow_field(count=300, seed=2)
    np.testing.assert_array_equal(field.points, experiment.sample(300, seed=2).anchor)
    assert field.rank == len(experiment.names) - 1
    assert field.names == experiment.names
    for concept in experiment.concepts:
        assert sg.score(field, concept).loss < 1e-13
    assert sg.score(field, "+".join(experiment.names)).loss > 1e-2


def test_a_flow_of_ones_own_has_such_a_field_too():
    mine = sg.Experiment.from_flow(lambda _x, v: (v, 0), [(0, 1)] * 2, ["x", "v"])
    assert sg.score(mine.flow_field(count=100), "v").loss < 1e-20


def test_what_does_not_move_has_none():
    with pytest.raises(sg.SymgradError, match=r"P1-12 \(interval\) has no velocities.*Experiment.from_flow"):
        sg.experiments["interval"].flow_field()


def test_time_is_an_input():
    with pytest.raises(
        sg.SymgradError, match=r"missing 1 required .* 't'\. Time is an input like any other, with rate 1"
    ):
        sg.Experiment.from_flow(lambda x, v, t: (v, np.cos(t) - x), [(0, 1)] * 2, ["x", "v"])


# ---------------------------------------------------------------------------------------------- bad input

BOX, NAMES = [(0.0, 1.0), (0.0, 1.0)], ["x", "v"]


@pytest.mark.parametrize(
    ("rhs", "message"),
    [
        (lambda x: (x, x), r"rhs must take 2 arrays \(x, v\) .* as lambda x, v: .*TypeError: .*positional"),
        (lambda x, v: x + v, r"rhs returned 256 arrays, but there are 2 inputs \(x, v\)"),
        (lambda x, v: (x, v, v), "rhs returned 3 arrays, but there are 2 inputs"),
        (lambda x, v: (x[:5], v), r"return their time derivatives, .*ended in ValueError"),
        (lambda _x, _v: None, "ended in TypeError: 'NoneType' object is not iterable"),
        (lambda x, v: (x * 1j, v), "ended in TypeError: Cannot cast .*complex"),
        ("x' = v; v' = x", "leave out names"),
        (
            lambda x, v: (np.log(x - 1), v),
            r"rhs is not finite at \(0.\d+, .*it returned \(nan, .*choose a box",
        ),
        (lambda x, v: (0 * x, 0 * v), "rhs is zero at every point of the box: nothing moves there"),
        (
            lambda x, v: (x**2 + 1, v),
            r"the flow diverges: the orbit from \(.*e\+.* at t = .*a shorter duration",
        ),
        (
            lambda x, v: (np.sign(v), -np.sign(x - 0.5)),
            "changes too fast to follow: 500 steps reach only t = ",
        ),
    ],
)
def test_a_flow_that_cannot_be_used(rhs, message, monkeypatch):
    monkeypatch.setattr(flow, "_STEPS", 500)
    with pytest.raises(DataError, match=message):
        sg.Experiment.from_flow(rhs, BOX, NAMES)


@pytest.mark.parametrize(
    "box",
    [[(0, 1)], [(0, 1)] * 3, [(1, 0), (0, 1)], [(0, 0), (0, 1)], [(0, np.inf), (0, 1)], "unit", None, [0, 1]],
)
def test_a_box_that_does_not_fit_the_names(box):
    with pytest.raises(
        DataError, match=r"box must be a pair \(low, high\) .* for each of x, v, such as"
    ) as e:
        sg.Experiment.from_flow(predators, box, NAMES)
    assert repr(box) in str(e.value)


@pytest.mark.parametrize("names", [["x", "x"], ["x", "2v"], ["x", "v²"]])
def test_names_that_are_none(names):
    with pytest.raises(
        DataError, match=f"input name {names[-1]!r} must be one or more words, .* and occur only once"
    ):
        sg.Experiment.from_flow(predators, BOX, names)


def test_names_as_one_text():
    with pytest.raises(DataError, match=r"names must be a list such as \['x', 'v'\], got the string 'xv'"):
        sg.Experiment.from_flow(predators, BOX, "xv")


@pytest.mark.parametrize("duration", [0, -1, np.inf, np.nan, "long", None, True])
def test_a_duration_that_is_none(duration):
    with pytest.raises(DataError, match=f"duration must be a finite number above 0, got {duration!r}"):
        sg.Experiment.from_flow(predators, BOX, NAMES, duration=duration)


def test_a_concept_of_other_inputs():
    with pytest.raises(ExpressionError, match="I don't know y"):
        sg.Experiment.from_flow(lambda x, v: (v, -x), BOX, NAMES, concepts="x + y")


def test_an_orbit_that_no_probe_met_diverges_when_it_is_drawn():
    experiment = sg.Experiment.from_flow(
        lambda x, v: (0, np.where(x > 0.9999, v**2, 1)), [(0, 1), (1, 2)], NAMES
    )
    with pytest.raises(DataError, match=r"the flow diverges: the orbit from \((0.9999|1), "):
        experiment.sample(50_000)
