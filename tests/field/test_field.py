"""The gradient field: shapes, what is dropped, the tangent space, and several neurons."""

import numpy as np
import pytest
import torch

from symgrad_widgets.errors import DataError, NoGradientError, SymgradError
from symgrad_widgets.field import GradientField
from symgrad_widgets.field.directions import outside

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 3))
G = RNG.normal(size=(50, 3))


def on_a_plane(count=200, normal=(1.0, 2.0, -1.0), offset=0.5):
    """Points of a plane in R^3, and an orthonormal basis of it that is not found by PCA."""
    basis = np.linalg.svd(np.array([normal]))[2][1:].T
    centre = offset * np.array(normal) / np.dot(normal, normal)
    return centre + RNG.normal(size=(count, 2)) @ basis.T, basis


def test_what_a_field_holds():
    field = GradientField(X, G, ("a", "b", "c"), X[:, 0])
    assert len(field) == 50
    assert field.names == ("a", "b", "c")
    assert field.neurons == field.rank == 1
    assert field.dimension == 3
    assert field.tangent is None
    assert field.dropped == 0
    np.testing.assert_array_equal(field.points, X)
    np.testing.assert_array_equal(field.gradients, G)
    np.testing.assert_array_equal(field.values, X[:, 0])
    in_spreads = G * X.std(0)
    np.testing.assert_allclose(
        field.unit[:, 0], in_spreads / np.linalg.norm(in_spreads, axis=1, keepdims=True)
    )
    assert repr(field) == "GradientField(1 neuron of (a, b, c) at 50 points)"
    assert GradientField(X, G).names == ("x1", "x2", "x3")


def test_a_field_is_a_copy_that_cannot_be_written():
    x, g = X.copy(), G.copy()
    field = GradientField(x, g, values=x[:, 0])
    x[:], g[:] = 0, 0
    np.testing.assert_array_equal(field.points, X)
    for array in (field.points, field.gradients, field.values, field.projected):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64])
def test_tensors_and_lists_and_whole_numbers_are_arrays(dtype):
    x = np.round(4 * X)
    field = GradientField(torch.tensor(x, dtype=dtype), G.tolist())
    np.testing.assert_array_equal(field.points, x)
    assert field.points.dtype == field.gradients.dtype == np.float64


def test_points_that_are_no_use_are_dropped_and_counted():
    x, g, values = X.copy(), G.copy(), X[:, 0].copy()
    x[0, 1], g[1, 2], values[2] = np.nan, np.inf, np.nan
    g[3] = 0
    g[4] *= 1e-14
    field = GradientField(x, g, values=values, dropped=7)
    assert field.dropped == 7 + 5
    np.testing.assert_array_equal(field.points, X[5:])
    np.testing.assert_array_equal(field.values, X[5:, 0])
    assert "at 45 points, 12 dropped" in repr(field)


def test_small_gradients_are_gradients():
    scale = np.logspace(-9, 0, 50)[:, None]
    field = GradientField(X, scale * G)
    assert field.dropped == 0
    np.testing.assert_allclose(field.unit, GradientField(X, G).unit)


# --------------------------------------------------------------------------------------- the tangent space


def test_the_plane_that_the_points_fill_is_found():
    x, basis = on_a_plane()
    field = GradientField(x, RNG.normal(size=x.shape))
    np.testing.assert_allclose(field.tangent.T @ field.tangent, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(field.tangent @ field.tangent.T, basis @ basis.T, atol=1e-10)
    assert field.dimension == 2
    assert "which fill 2 dimensions" in repr(field)


def test_units_of_the_inputs_do_not_matter_to_it():
    x, basis = on_a_plane()
    scale = np.array([1e-6, 1.0, 1e6])
    tangent = GradientField(x * scale, np.ones_like(x)).tangent
    expected = np.linalg.qr(basis * scale[:, None])[0]
    np.testing.assert_allclose(tangent @ tangent.T, expected @ expected.T, atol=1e-8)


def test_constant_and_identical_inputs_are_no_directions():
    x = np.column_stack([X[:, 0], np.full(50, 1e4), X[:, 1], X[:, 0]])
    tangent = GradientField(x, np.ones_like(x)).tangent
    assert tangent.shape == (4, 2)
    assert np.abs(tangent[1]).max() == 0
    np.testing.assert_allclose(tangent[0], tangent[3])


def test_a_thin_cloud_still_fills_space():
    assert GradientField(X * (1, 1, 1e-8), G).tangent is None
    thin = np.column_stack([X[:, 0], X[:, 0] + 1e-3 * X[:, 1], X[:, 2]])
    assert GradientField(thin, G).tangent is None


def test_the_component_across_the_data_does_not_count():
    x, basis = on_a_plane()
    along = RNG.normal(size=(200, 2)) @ basis.T
    across = RNG.normal(size=(200, 1)) * (1.0, 2.0, -1.0)
    plain, disturbed = GradientField(x, along), GradientField(x, along + across)
    np.testing.assert_allclose(plain.unit, disturbed.unit, atol=1e-10)
    assert (
        np.abs(GradientField(x, along + across, tangent=None).unit - GradientField(x, along).gradients).max()
        > 0.1
    )


def test_gradients_that_only_point_across_the_data_vanish():
    x, basis = on_a_plane()
    g = RNG.normal(size=(200, 2)) @ basis.T
    g[:20] = (1.0, 2.0, -1.0)
    g[20:30] = np.array([1.0, 2.0, -1.0]) + 1e-10 * g[20:30]  # what is left of them is rounding
    assert GradientField(x, g).dropped == 30
    with pytest.raises(NoGradientError, match="only 0 of 200 points have a non-vanishing gradient"):
        GradientField(x, np.tile((1.0, 2.0, -1.0), (200, 1)))


def test_a_tangent_space_of_ones_own():
    flat = GradientField(X, G, tangent=np.eye(3)[:, :2])
    np.testing.assert_allclose(np.abs(flat.projected[:, 0]), np.abs(G * X.std(0))[:, :2])
    radial = X / np.linalg.norm(X, axis=1, keepdims=True)
    each = np.linalg.svd(radial[:, None], full_matrices=True)[2][:, 1:].transpose(0, 2, 1)  # of spheres
    field = GradientField(X, G, tangent=each)
    np.testing.assert_allclose(np.einsum("inm,in->im", field.tangent, radial), 0, atol=1e-12)
    length = [
        np.linalg.norm(g @ np.linalg.qr(t / X.std(0)[:, None])[0])
        for g, t in zip(G * X.std(0), each, strict=True)
    ]
    np.testing.assert_allclose(np.linalg.norm(field.projected[:, 0], axis=1), length)
    np.testing.assert_allclose(field.project(G), field.projected[:, 0])
    np.testing.assert_allclose(field.project(np.stack([G, X], 1))[:, 1], 0, atol=1e-12)


# ------------------------------------------------------------------------------------------ several neurons


def test_the_span_of_several_neurons():
    g = RNG.normal(size=(50, 2, 3))
    field = GradientField(X, g, values=g[..., 0])
    assert field.neurons == field.rank == 2
    assert field.values.shape == (50, 2)
    np.testing.assert_allclose(
        field.unit @ field.unit.transpose(0, 2, 1), np.tile(np.eye(2), (50, 1, 1)), atol=1e-12
    )
    projector = np.einsum("ikm,ikn->imn", field.unit, field.unit)
    np.testing.assert_allclose(np.einsum("imn,ikn->ikm", projector, g * X.std(0)), g * X.std(0), atol=1e-12)
    assert repr(field).startswith("GradientField(2 neurons of")


def test_neurons_of_one_concept_count_once():
    g = RNG.uniform(0.5, 2, (50, 3, 1)) * np.array([1, 1e-4, 1e4])[:, None] * G[:, None]
    field = GradientField(X, g)
    assert field.rank == 1
    in_spreads = G * X.std(0)
    np.testing.assert_allclose(
        np.abs((field.unit[:, 0] * in_spreads).sum(1)), np.linalg.norm(in_spreads, axis=1)
    )


def test_a_dead_neuron_among_several_does_no_harm():
    field = GradientField(X, np.stack([G, np.zeros_like(G), RNG.normal(size=G.shape)], 1))
    assert field.rank == 2
    assert np.isfinite(field.unit).all()
    assert GradientField(X, np.stack([G, 0 * G], 1)).rank == 1


def test_a_point_with_one_live_neuron_is_kept():
    g = RNG.normal(size=(50, 2, 3))
    g[:5, 0] = 0
    g[5:7] = 0
    field = GradientField(X, g)
    assert field.dropped == 2
    np.testing.assert_allclose(np.linalg.norm(field.unit[:5], axis=2), [[1, 0]] * 5, atol=1e-12)


def test_what_is_left_without_a_direction():
    x = RNG.normal(size=(60, 5))
    concepts = np.stack([x, x[:, ::-1], np.ones_like(x)], 1)
    field = GradientField(x, RNG.normal(size=(60, 4, 3)) @ concepts)  # four functions of three concepts
    rest = field.without(concepts[:, 0])
    assert (rest.dimension, rest.rank) == (4, 2)
    np.testing.assert_allclose(rest.project(concepts[:, 0]), 0, atol=1e-12)
    np.testing.assert_allclose(losses_outside(rest, concepts[:, 1:]), 0, atol=1e-12)
    last = rest.without(concepts[:, 1])
    assert (last.dimension, last.rank) == (3, 1)
    np.testing.assert_allclose(last.project(concepts[:, :2]), 0, atol=1e-12)
    np.testing.assert_allclose(losses_outside(last, concepts[:, 2:]), 0, atol=1e-12)
    with pytest.raises(DataError, match="one concept: no direction is left"):
        last.without(concepts[:, 2])


def losses_outside(field, gradients):
    """Squared lengths of what is not in the span of a field's neurons."""
    vectors = field.project(gradients)
    inside = np.einsum("nrm,nkm->nkr", field.unit, vectors)
    return (vectors**2).sum(2) - (inside**2).sum(2)


@pytest.mark.parametrize(("neurons", "dimension"), [(2, 4), (3, 3), (4, 4), (4, 6), (6, 5)])
def test_random_neurons_are_all_independent(neurons, dimension):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        field = GradientField(rng.normal(size=(300, dimension)), rng.normal(size=(300, neurons, dimension)))
        assert field.rank == min(neurons, dimension)


@pytest.mark.parametrize(("neurons", "concepts", "dimension"), [(4, 1, 4), (4, 2, 4), (4, 3, 4), (4, 2, 6)])
@pytest.mark.parametrize("noise", [0, 0.01])
def test_functions_of_fewer_concepts_and_some_noise(neurons, concepts, dimension, noise):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        mixing = rng.normal(size=(2000, neurons, concepts)) * np.geomspace(1, 0.3, concepts)
        gradients = mixing @ rng.normal(size=(2000, concepts, dimension))
        other = rng.normal(size=gradients.shape)
        gradients += np.sqrt(noise) * other * np.linalg.norm(gradients) / np.linalg.norm(other)
        field = GradientField(rng.normal(size=(2000, dimension)), gradients)
        assert field.rank == concepts


def test_rank_does_not_depend_on_linear_maps_of_the_neurons():
    rng = np.random.default_rng(0)
    x = rng.uniform(0.2, 2, (500, 4))
    a, b, c, d = x.T
    o = np.zeros(500)
    first, second = np.stack([b, a, o, o], 1), np.stack([o, o, 2 * c, 2 * d], 1)
    for weak in (1, 0.2, 0.1):
        neurons = np.stack([first + weak * second, first - weak * second, a[:, None] * first], 1)
        assert GradientField(x, neurons).rank == 2


def test_a_faint_copy_of_a_neuron_is_no_concept():
    copy = G + 1e-3 * RNG.normal(size=G.shape)
    assert GradientField(X, np.stack([G, copy], 1)).rank == 1


def test_the_points_of_the_largest_gradients():
    x = np.random.default_rng(0).normal(size=(100, 2))
    lengths = np.hypot(*(x * x.std(0)).T)
    steep = GradientField(x, x).steepest(0.1)
    np.testing.assert_allclose(np.hypot(*(steep.gradients * x.std(0)).T), sorted(lengths, reverse=True)[:10])
    assert len(GradientField(x, x).steepest(1)) == 100


def test_the_largest_are_those_along_the_data_and_neurons_count_alike():
    x = np.random.default_rng(0).normal(size=(200, 3)) * [1, 1, 0]
    along = x + [0, 0, 1] * np.random.default_rng(1).normal(size=(200, 1)) * 100
    found = GradientField(x, along).steepest(0.1).points
    np.testing.assert_array_equal(found, x[np.argsort(-np.hypot(*(x * x.std(0))[:, :2].T))[:20]])
    y = np.random.default_rng(2).normal(size=(200, 3))
    one = GradientField(x, np.stack([x + y, x[:, ::-1] - y], 1), tangent=None).steepest(0.1).points
    other = GradientField(x, np.stack([x + y, 1e6 * (x[:, ::-1] - y)], 1), tangent=None).steepest(0.1).points
    np.testing.assert_array_equal(one, other)


def test_of_equal_gradients_the_first_points_are_taken():
    x = np.random.default_rng(0).normal(size=(500, 2))
    flat = GradientField(x, np.where(x[:, :1] > 0, [2.0, 0], [0, 1.0])).steepest(0.2)
    np.testing.assert_array_equal(flat.points, x[x[:, 0] > 0][:100])


@pytest.mark.parametrize("share", [0, -0.5, 1.5, True, "half", float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(DataError, match="share must be a number above 0 and up to 1"):
        GradientField(np.eye(4, 2), np.ones((4, 2))).steepest(share)


def test_a_share_that_leaves_too_few_points_is_refused():
    x = np.random.default_rng(0).normal(size=(500, 2))
    with pytest.raises(DataError, match=r"a share of 0.004 of 500 points leaves 2, .* n \+ 1 = 3 are needed"):
        GradientField(x, x).steepest(0.004)


def test_some_of_the_points_of_several_neurons_hold_as_many_concepts_as_all():
    x = np.random.default_rng(0).normal(size=(1000, 3))
    spike = np.exp(-50 * (x[:, :1] - 1) ** 2)
    field = GradientField(x, np.stack([x, x + 0.4 * spike * [0, 1.0, 0] * x[:, :1]], 1))
    parts = [field.take(np.arange(1000) % 7 == k) for k in range(7)]
    assert {part.rank for part in parts} == {field.rank}
    for k, part in enumerate(parts):
        np.testing.assert_array_equal(part.unit, field.unit[np.arange(1000) % 7 == k])


def test_some_of_the_points():
    x, _ = on_a_plane()
    g = RNG.normal(size=x.shape)
    field = GradientField(x, g, ("a", "b", "c"), g[:, 0])
    some = field.take(np.arange(200) % 2 == 0)
    np.testing.assert_array_equal(some.points, x[::2])
    np.testing.assert_array_equal(some.values, g[::2, 0])
    np.testing.assert_array_equal(some.tangent, field.tangent)
    np.testing.assert_array_equal(some.projected, field.projected[::2])
    assert some.names == field.names
    both = GradientField(X, RNG.normal(size=(50, 2, 3)))
    bent = both.without(G)
    np.testing.assert_array_equal(bent.take([3, 5, 7, 9, 11]).tangent, bent.tangent[[3, 5, 7, 9, 11]])


# ------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((X[0], G[0]), DataError, r"points must have shape \(N, n\), got \(3,\); reshape .* x\[None\]"),
        ((X, G[:, :2]), DataError, r"gradients must have shape \(50, 3\) or \(50, k, 3\) .* got \(50, 2\)"),
        ((X, G[:9]), DataError, r"like the points, got \(9, 3\)"),
        ((X, G[:, 0]), DataError, r"like the points, got \(50,\)"),
        ((X, G, None, X), DataError, r"values must have shape \(50,\), one for each gradient, got \(50, 3\)"),
        (([["a", "b"]] * 9, [[1, 2]] * 9), DataError, r"points must be an array of numbers, got .*'a'"),
        ((X, G * 1j), DataError, r"gradients must be real numbers, got ndarray of complex numbers"),
        ((X, torch.tensor(G) * 1j), DataError, r"gradients must be real numbers, got Tensor of complex"),
        ((X, [[1.0, 2.0], [3.0]]), DataError, r"gradients must be an array of numbers, got list"),
        ((X, G, ("a", "b")), DataError, r"2 names \('a', 'b'\) for 3 inputs"),
        (
            (X, G, ("a", "b", "a")),
            DataError,
            r"input name 'a' must be one or more words, .* and occur only once",
        ),
        ((X, G, ("a", "b", "c*d")), DataError, r"input name 'c\*d' must be one or more words"),
        ((X, G, ("a", "b", "c ")), DataError, r"input name 'c ' must be one or more words"),
        ((X, G, ("a", "b", "2c")), DataError, r"input name '2c' must be one or more words"),
        (
            (X[:3], G[:3]),
            NoGradientError,
            r"only 3 of 3 points have a finite gradient, but at least n \+ 1 = 4",
        ),
        ((X, np.where(X > 9, G, np.nan)), NoGradientError, r"only 0 of 50 points have a finite gradient"),
        ((X, 0 * G), NoGradientError, r"zero at every point: the neuron does not depend on its input"),
        ((X, np.where(np.arange(50)[:, None] < 3, G, 0)), NoGradientError, r"only 3 of 50 .* non-vanishing"),
        ((np.tile(X[:1], (50, 1)), G), DataError, r"all 50 points are equal"),
        (
            (np.tile(X[:3], (17, 1)), np.tile(G, (2, 1))[:51]),
            DataError,
            r"only 3 of the points are different.*n \+ 1 = 4",
        ),
        ((X, G, None, None, "pca"), DataError, r"tangent must be 'auto', None or a basis, got 'pca'"),
        (
            (X, G, None, None, np.eye(2)),
            DataError,
            r"tangent must have shape \(3, m\) or \(50, 3, m\).* got \(2, 2\)",
        ),
        ((X, G, None, None, np.ones((3, 2))), DataError, r"orthonormal basis, .* numpy.linalg.qr"),
    ],
)
def test_bad_input(arguments, error, message):
    with pytest.raises(error, match=message) as caught:
        GradientField(*arguments)
    assert isinstance(caught.value, SymgradError)
    assert isinstance(caught.value, ValueError)


def test_many_repeats_of_enough_points_are_fine():
    x = np.concatenate([np.tile(X[:1], (100, 1)), X])
    assert len(GradientField(x, np.tile(G, (3, 1)))) == 150


# -- how much a point counts ---------------------------------------------------------------------------------


def longer_and_longer(**given):
    """Field whose gradients point one way and have lengths from 0.01 to 1, in units of the spreads."""
    points = np.random.default_rng(3).normal(size=(100, 2))
    points /= points.std(0)
    return GradientField(points, np.linspace(0.01, 1, 100)[:, None] * [0.6, 0.8], **given)


def test_short_gradients_count_less():
    length = np.linspace(0.01, 1, 100)
    square = (length**4).sum() / (length**2).sum() / 4
    wanted = length**2 / (square + length**2)
    field = longer_and_longer()
    np.testing.assert_allclose(field.weights, wanted, rtol=1e-12)
    assert field.effective == pytest.approx(wanted.sum() ** 2 / (wanted**2).sum())
    assert GradientField(X, np.tile(G[:1], (50, 1))).effective == pytest.approx(50)


def test_a_known_error_says_from_where_on():
    length = np.linspace(0.01, 1, 100)
    for error in (0.02, np.linspace(0.01, 0.05, 100)):
        wanted = length**2 / ((50 * error) ** 2 + length**2)
        np.testing.assert_allclose(longer_and_longer(error=error).weights, wanted, rtol=1e-12)


def test_weights_that_are_given_are_those_of_the_points():
    given = np.arange(100.0)
    field = longer_and_longer(weights=given)
    np.testing.assert_array_equal(field.weights, given)
    np.testing.assert_array_equal(field.take(np.arange(10, 20)).weights, given[10:20])
    gaps = np.where(given < 3, np.nan, given)
    assert longer_and_longer(weights=gaps).dropped == 3


def test_weights_do_not_depend_on_units():
    rng = np.random.default_rng(8)
    points, gradients, unit = rng.normal(size=(200, 3)), rng.normal(size=(200, 3)), [1e6, 1, 1e-9]
    there = GradientField(points * unit, gradients / unit)
    np.testing.assert_allclose(there.weights, GradientField(points, gradients).weights, rtol=1e-9)


def test_neurons_count_alike_in_the_weights():
    rng = np.random.default_rng(9)
    points, gradients = rng.normal(size=(200, 3)), rng.normal(size=(200, 2, 3))
    louder = gradients * [[1e4], [1]]
    np.testing.assert_allclose(
        GradientField(points, louder).weights, GradientField(points, gradients).weights, rtol=1e-9
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"error": 0}, "error must be a number above 0, or one number for each of the 100 points, got 0.0"),
        ({"error": np.ones(3)}, r"error must be .* got shape \(3,\)"),
        ({"error": np.nan}, "error must be .* got nan"),
        ({"weights": np.ones((100, 2))}, r"weights must be 100 numbers >= 0, .* got shape \(100, 2\)"),
        (
            {"weights": np.zeros(100)},
            "weights must be 100 numbers >= 0, one for each point, and not all 0",
        ),
        ({"weights": np.arange(100) - 1.0}, r"got shape \(100,\), the least -1"),
    ],
)
def test_weights_and_errors_that_are_none(given, message):
    with pytest.raises(DataError, match=message):
        longer_and_longer(**given)


# -- flows ---------------------------------------------------------------------------------------------------


def rotation(points):
    """Velocities (N, 3) of points (N, 3) that turn about the axis (1, 2, 2), each at a speed of its own."""
    return np.cross([1.0, 2.0, 2.0], points) * (1 + points[:, :1] ** 2)


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_the_field_of_a_flow_is_across_it(dimension):
    points, velocities = RNG.normal(size=(2, 100, dimension))
    points *= 1e3
    field = GradientField.from_flow(points, velocities, error=1e-5)
    assert field.rank == field.neurons == dimension - 1
    assert field.gradients.shape == ((100, 2) if dimension == 2 else (100, dimension - 1, dimension))
    across = np.einsum("nkm,nm->nk", field.gradients.reshape(100, -1, dimension), velocities)
    np.testing.assert_allclose(across, 0, atol=1e-12)
    flow = velocities / points.std(0)
    seen = outside(flow, field.unit)
    np.testing.assert_allclose(seen, flow, atol=1e-12)
    squares = (flow**2).sum(1)
    np.testing.assert_allclose(field.weights, squares / (squares + (1e-5 / 0.02) ** 2))


def test_units_and_time_do_not_matter_to_the_field_of_a_flow():
    points, unit = RNG.normal(size=(200, 3)), np.array([1e6, 1, 1e-9])
    here = GradientField.from_flow(points, rotation(points))
    there = GradientField.from_flow(points * unit, -1e4 * rotation(points) * unit)
    np.testing.assert_allclose(there.weights, here.weights, rtol=1e-9)
    directions = RNG.normal(size=(200, 3))
    np.testing.assert_allclose(outside(directions, there.unit), outside(directions, here.unit), atol=1e-9)


def test_a_flow_on_a_surface_has_the_rank_of_the_surface():
    points = RNG.normal(size=(200, 3))
    points[:, 2] = 4 - points[:, 0] - points[:, 1]
    velocities = np.cross([1.0, 1.0, 1.0], points)
    field = GradientField.from_flow(points, velocities)
    assert (field.dimension, field.rank) == (2, 1)
    np.testing.assert_allclose((field.gradients * velocities).sum(1), 0, atol=1e-9)
    basis = np.linalg.qr(np.concatenate([points[..., None], np.tile(np.eye(3), (200, 1, 1))], 2))[0][:, :, 1:]
    assert GradientField.from_flow(points, rotation(points), tangent=basis).rank == 1


def test_states_without_motion_are_dropped_and_counted():
    points, velocities = RNG.normal(size=(2, 60, 3))
    velocities[:7] = 0
    velocities[7] = np.nan
    field = GradientField.from_flow(points, velocities, ("a", "b", "c"))
    assert (len(field), field.dropped, field.names) == (52, 8, ("a", "b", "c"))
    np.testing.assert_array_equal(field.points, points[8:])
    weights = np.where(np.arange(60) < 30, np.nan, 1.0)
    assert GradientField.from_flow(points, velocities, weights=weights).dropped == 30


def test_pictures_of_a_flow_have_arrows_that_turn_smoothly():
    angle = np.linspace(0, 2 * np.pi, 101)[:-1]
    points = np.stack([np.cos(angle), np.sin(angle)], 1)
    field = GradientField.from_flow(points, np.stack([-points[:, 1], points[:, 0]], 1))
    signs = np.sign((field.gradients * points).sum(1))
    assert abs(signs.sum()) == 100


@pytest.mark.parametrize(
    ("points", "velocities", "message"),
    [
        (
            X,
            X[:, :2],
            r"must have the same shape \(N, n\), got \(50, 3\) and \(50, 2\): one velocity for each",
        ),
        (X[0], X[0], r"got \(3,\) and \(3,\)"),
        (X, np.zeros_like(X), "only 0 of 50 points have a finite nonzero velocity"),
        (np.tile(X[:10], (5, 1)), G, "has two velocities: if a flow depends on time, make time an input"),
        (
            X * [1, 1, 0],
            G,
            "x3 is the same at all points, but has a velocity: use states from all parts of the flow",
        ),
        (
            np.stack([X[:, 0], X[:, 1], X[:, 0] - X[:, 1]], 1),
            G,
            "the velocities lead out of the 2 dimensions of the points",
        ),
        (X[:, :1] * [1, 2, 3], X[:, 1:2] * [1, 2, 3], "the points lie on one line"),
    ],
)
def test_flows_that_are_none(points, velocities, message):
    with pytest.raises(DataError, match=message):
        GradientField.from_flow(points, velocities)


def test_neurons_at_the_same_points_have_the_same_surroundings():
    points = np.random.default_rng(0).normal(size=(200, 2))
    one, other = (GradientField(points.copy(), slopes) for slopes in (2 * points, points[:, ::-1]))
    assert one.surroundings is other.surroundings
    assert GradientField(points + 1, points).surroundings is not one.surroundings
