"""The experiments: how they are found, and that their data share the concept and nothing looser."""

import dataclasses

import numpy as np
import pytest
import sympy

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, UnknownNameError
from symgrad_widgets.network.concepts import CONCEPTS, gradients_of, inputs
from symgrad_widgets.network.experiment.data import redraw

SIAMESE = [experiment for experiment in sg.experiments if experiment.kind == "siamese"]
ALL = [(experiment.slug, variant) for experiment in SIAMESE for variant in experiment.variants]
COUNT = 20_000


def concept_at(experiment, points, which=0):
    symbols = [sympy.Symbol(name, real=True) for name in experiment.names]
    return sympy.lambdify(symbols, experiment.concepts[which])(*points.T)


def matrices(points):
    return points.reshape(-1, 2, 2)


# ------------------------------------------------------------------------------------------ finding them


@pytest.mark.parametrize("name", ["oscillator", "P1-07", "p1-07", "Oscillator", " OSCILLATOR "])
def test_found_by_slug_and_by_id_in_any_case(name):
    assert sg.experiments[name].slug == "oscillator"
    assert name in sg.experiments


def test_iterating_gives_all_of_them_in_the_order_of_the_paper():
    ids = [experiment.id for experiment in sg.experiments]
    assert ids == sorted(set(ids))
    assert [each for each in ids if each in CONCEPTS] == sorted(CONCEPTS)
    assert len(sg.experiments) == len(ids)
    assert {"trace2", "determinant2", "oscillator"} <= set(sg.experiments.keys())
    assert dict(sg.experiments.items()) == dict(zip(sg.experiments.keys(), sg.experiments, strict=True))
    assert all(experiment in sg.experiments for experiment in sg.experiments.values())
    assert repr(sg.experiments).count("\n") == len(ids) - 1
    assert "P1-07  oscillator" in repr(sg.experiments)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("oscilator", "'oscillator'"),
        ("P1-77", "'P1-07'"),
        ("determinant", "'determinant2'"),
        (7, "known: trace2"),
    ],
)
def test_an_unknown_experiment_names_the_nearest(name, nearest):
    with pytest.raises(UnknownNameError, match=nearest) as caught:
        sg.experiments[name]
    assert repr(name) in str(caught.value)
    assert name not in sg.experiments
    assert sg.experiments.get(name) is None


def test_nothing_about_an_experiment_can_be_changed():
    with pytest.raises(TypeError):
        sg.experiments["mine"] = sg.experiments["oscillator"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        sg.experiments["oscillator"].concepts = ()


def test_names_concepts_and_constraints_belong_together():
    for experiment in sg.experiments:
        known = {sympy.Symbol(name, real=True) for name in experiment.names}
        for formula in (*experiment.concepts, *experiment.constraints):
            assert formula.free_symbols <= known
    x1, x2, x3, x4 = inputs("x1:5")
    assert sg.experiments["P1-01"].concepts == (x1 + x4,)
    assert sg.experiments["P1-02"].concepts == (x1 * x4 - x2 * x3,)
    assert sg.experiments["P1-02"].constraints == (sympy.Eq(x1 + x4, 5),)
    x, v = inputs("x v")
    assert sg.experiments["P1-07"].concepts == (x**2 + v**2,)


def test_exact_gradients_of_formulas():
    x, v = inputs("x v")
    points = np.random.default_rng(0).normal(size=(50, 2))
    rows = gradients_of((x**2 * v, sympy.Integer(3) + v), ("x", "v"), points)
    assert rows.shape == (50, 2, 2)
    np.testing.assert_allclose(rows[:, 0], np.stack([2 * points[:, 0] * points[:, 1], points[:, 0] ** 2], 1))
    np.testing.assert_array_equal(rows[:, 1], np.tile([0.0, 1.0], (50, 1)))


# ----------------------------------------------------------------------------------------------- the data


@pytest.mark.parametrize(("slug", "variant"), ALL)
def test_positives_share_the_concept_and_negatives_do_not(slug, variant):
    experiment = sg.experiments[slug].of(variant)
    data = experiment.sample(COUNT, seed=3, variant=variant)
    anchor, positive, negative = (concept_at(experiment, points) for points in data)
    # the rounding of M A M^-1 grows with the squares of its entries: the paper's reach a million
    size = np.abs(data.positive).max(1) ** 2 if variant == "paper" else 1.0
    assert (np.abs(positive - anchor) <= 1e-6 * np.maximum(np.abs(anchor), 1e-3 * size)).all()
    assert (np.abs(positive - anchor) <= 1e-6 * anchor.std()).mean() > 0.99
    assert (np.abs(negative - anchor) > 1e-6 * np.abs(anchor)).mean() > 0.9999  # but for a coincidence
    assert abs(np.corrcoef(negative, anchor)[0, 1]) < 0.05


@pytest.mark.parametrize(("slug", "variant"), ALL)
def test_positives_are_other_points_than_their_anchors(slug, variant):
    data = sg.experiments[slug].sample(COUNT, variant=variant)
    distance = np.linalg.norm(data.positive - data.anchor, axis=1)
    assert np.median(distance) > 0.3 * data.anchor.std(0).mean()
    assert (distance > 0).all()


@pytest.mark.parametrize(("slug", "variant"), ALL)
def test_the_same_seed_gives_the_same_bits(slug, variant):
    experiment = sg.experiments[slug]
    data, again, other = (experiment.sample(1000, seed, variant) for seed in ((1, 2), (1, 2), (1, 3)))
    for a, b, c in zip(data, again, other, strict=True):
        assert a.shape == (1000, len(experiment.names))
        assert a.dtype == np.float64
        assert np.isfinite(a).all()
        np.testing.assert_array_equal(a, b)
        assert not np.isin(a, c).all(1).any()


@pytest.mark.parametrize(("slug", "variant"), ALL)
def test_constraints_hold_on_all_data(slug, variant):
    experiment = sg.experiments[slug].of(variant)
    symbols = [sympy.Symbol(name, real=True) for name in experiment.names]
    for equation in experiment.constraints:
        residual = sympy.lambdify(symbols, equation.lhs - equation.rhs)
        data = experiment.sample(COUNT, variant=variant)
        for points in (data.anchor, data.negative):
            assert np.abs(residual(*points.T)).max() < 1e-12
        size = np.abs(data.positive).max(1) ** 2
        assert (np.abs(residual(*data.positive.T)) < 1e-12 * size.clip(100)).all()


def test_trace_anchors_are_uniform_and_positives_similar_to_them():
    data = sg.experiments["trace2"].sample(COUNT, variant="paper")
    for points in (data.anchor, data.negative):
        assert points.min() >= 0
        assert points.max() <= 1
        np.testing.assert_allclose(points.mean(0), 0.5, atol=0.02)
        np.testing.assert_allclose(points.var(0), 1 / 12, atol=0.005)
    good = np.abs(data.positive).max(1) < 10
    spectra = [np.sort_complex(np.linalg.eigvals(matrices(p[good]))) for p in (data.anchor, data.positive)]
    np.testing.assert_allclose(*spectra, atol=1e-6)


def test_determinant_data_have_trace_five():
    data = sg.experiments["determinant2"].sample(COUNT, variant="paper")
    np.testing.assert_allclose(data.anchor[:, [1, 2]].var(0), 400 / 12, rtol=0.05)  # U[-10, 10]
    half = (data.anchor[:, 0] - data.anchor[:, 3]) / 2  # half the difference of two of them: triangular
    np.testing.assert_allclose(half.var(), 400 / 24, rtol=0.05)
    assert np.abs(half).max() < 10
    assert np.abs(data.anchor[:, 0] + data.anchor[:, 3] - 5).max() < 1e-12


def test_without_the_shift_matrices_share_trace_and_determinant_and_nothing_else():
    experiment = sg.experiments["determinant2"].of("free")
    data = experiment.sample(COUNT, variant="free")
    assert (len(experiment.concepts), experiment.constraints) == (2, ())
    for points, slack in (
        (data.negative, 0.03),
        (data.anchor, 0.2),
    ):  # U[-10, 10]; redrawing takes large ones
        assert 9.9 < np.abs(points).max() <= 10
        np.testing.assert_allclose(points.var(0), 400 / 12, rtol=slack)
    assert np.abs(data.positive).max() <= 12.5
    anchor, positive, negative = (
        np.stack([concept_at(experiment, points, which) for which in range(2)]) for points in data
    )
    np.testing.assert_allclose(positive, anchor, atol=1e-6)
    assert (np.abs(np.corrcoef(anchor, negative)[:2, 2:]) < 0.04).all()
    apart = [points[:, 0] - points[:, 3] for points in data[:2]]
    assert abs(np.corrcoef(*apart)[0, 1]) < 0.2


def test_what_a_variant_does_not_change_stays():
    experiment = sg.experiments["determinant2"]
    assert experiment.of("paper") is experiment.of("default") is experiment
    free = experiment.of("free")
    assert (free.slug, free.names, free.samplers) == (experiment.slug, experiment.names, experiment.samplers)
    assert (experiment.latent, free.latent) == (1, 4)


def test_oscillator_orbits_start_in_the_unit_square_and_last_three_units():
    data = sg.experiments["oscillator"].sample(COUNT)
    x, v = data.anchor.T
    assert np.hypot(x, v).max() <= np.sqrt(2)
    angle = np.mod(np.pi / 2 - np.arctan2(v, x), 2 * np.pi)  # clockwise from the v axis
    assert angle.max() <= np.pi / 2 + 3
    assert angle.max() > np.pi / 2 + 2.9
    np.testing.assert_allclose((x**2 + v**2).mean(), 2 / 3, atol=0.01)


def test_oscillator_points_obey_the_force():
    """Integrating x' = v, v' = -x from a positive leads through its anchor."""
    data = sg.experiments["oscillator"].sample(200)
    nearest = np.full(200, np.inf)
    for sign in (1, -1):
        x, v = data.positive.T.copy()
        for _ in range(6000):  # leapfrog
            v -= 0.5 * sign * 5e-4 * x
            x += sign * 5e-4 * v
            v -= 0.5 * sign * 5e-4 * x
            nearest = np.minimum(nearest, np.hypot(x - data.anchor[:, 0], v - data.anchor[:, 1]))
    assert nearest.max() < 1e-3


# --------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("count", [0, -1, 2.5, "100", True, None])
def test_a_count_that_is_none(count):
    with pytest.raises(DataError, match=r"count must be a whole number of at least 1, got"):
        sg.experiments["oscillator"].sample(count)


@pytest.mark.parametrize("seed", [-1, 0.5, "zero"])
def test_a_seed_that_is_none(seed):
    with pytest.raises(DataError, match=rf"seed must be a whole number of at least 0, got {seed!r}"):
        sg.experiments["oscillator"].sample(10, seed=seed)


def test_a_variant_that_is_none():
    with pytest.raises(
        UnknownNameError, match=r"P1-07 \(oscillator\) has no variant 'paper'; known: default"
    ):
        sg.experiments["oscillator"].sample(10, variant="paper")
    with pytest.raises(UnknownNameError, match=r"no variant 'papers'; did you mean 'paper'"):
        sg.experiments["trace2"].sample(10, variant="papers")


def test_redrawing_keeps_rows_together_and_gives_up():
    rng = np.random.default_rng(0)

    def pairs(number):
        a = rng.uniform(size=number)
        return a, -a

    a, b = redraw(pairs, lambda a, _: a < 0.1, 500)
    assert len(a) == 500
    assert a.max() < 0.1
    np.testing.assert_array_equal(a, -b)
    with pytest.raises(DataError, match="5 of 5 rows were still refused after 1000 draws"):
        redraw(pairs, lambda a, _: a > 2, 5)
