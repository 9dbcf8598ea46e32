"""Relativity: what Lorentz transformations preserve, and that the data share exactly that."""

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.network.experiment.relativity import field_tensor, fields, lorentz, rotations

METRIC = np.diag([1.0, -1, -1, -1])
COUNT = 20_000
FASTEST = {"default": 0.8, "paper": 1.0}
STRETCH = 3.0  # gamma (1 + v) at v = 0.8: the largest singular value of a boost


def rng():
    return np.random.default_rng(0)


def interval(points):
    return (points**2) @ np.diag(METRIC)


def invariants(points):
    """E.B and E^2 - B^2, from the fields themselves."""
    e, b = points[:, :3], points[:, 3:]
    return np.stack([(e * b).sum(1), (e**2).sum(1) - (b**2).sum(1)], 1)


# ------------------------------------------------------------------------------------------ transformations


def test_rotations_are_rotations():
    r = rotations(rng(), COUNT)
    np.testing.assert_allclose(r @ r.swapaxes(1, 2), np.tile(np.eye(3), (COUNT, 1, 1)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(r), 1)


def test_rotations_are_uniform_over_the_group():
    """Each row is uniform on the sphere, so each entry in [-1, 1]; cos of the angle has density (1 - cos)."""
    r = rotations(rng(), COUNT)
    deciles = np.linspace(-1, 1, 11)
    for entries in r.reshape(COUNT, 9).T:
        np.testing.assert_allclose(np.quantile(entries, np.linspace(0, 1, 11)), deciles, atol=0.04)
    cosine = (np.trace(r, axis1=1, axis2=2) - 1) / 2
    # angle density (1 - cos a) / pi: the mean cosine is -1/2, where angles uniform on a circle have 0
    assert cosine.mean() == pytest.approx(-0.5, abs=0.02)


@pytest.mark.parametrize("fastest", [0.0, 0.8, 1.0])
def test_lorentz_transformations_preserve_the_metric(fastest):
    boosts = lorentz(rng(), COUNT, fastest)
    size = np.abs(boosts).max(axis=(1, 2), keepdims=True) ** 2
    assert (np.abs(boosts.swapaxes(1, 2) @ METRIC @ boosts - METRIC) <= 1e-12 * size).all()
    assert (boosts[:, 0, 0] >= 1).all()  # time keeps its direction
    slow = boosts[boosts[:, 0, 0] < 10]
    np.testing.assert_allclose(np.linalg.det(slow), 1, rtol=1e-8)  # and so does space


def test_velocities_are_uniform():
    velocity = np.sqrt(1 - lorentz(rng(), COUNT, 0.8)[:, 0, 0] ** -2)
    np.testing.assert_allclose(
        np.quantile(velocity, [0, 0.25, 0.5, 0.75, 1]), np.linspace(0, 0.8, 5), atol=0.02
    )


def test_a_field_tensor_is_what_its_docstring_says():
    points = rng().normal(size=(5, 6))
    tensor = field_tensor(points)
    np.testing.assert_array_equal(tensor, -tensor.swapaxes(1, 2))
    np.testing.assert_array_equal(fields(tensor), points)
    np.testing.assert_array_equal(tensor[:, 0, 1:], -points[:, :3])
    np.testing.assert_array_equal(tensor[:, 1, 2], -points[:, 5])  # -e_123 B3


def test_fields_in_a_moving_frame():
    """E' = E along the motion, gamma (E + v x B) across it; B' = B, gamma (B - v x E)."""
    v = 0.6
    boost = np.eye(4)
    boost[:2, :2] = np.array([[1, -v], [-v, 1]]) / 0.8
    points = rng().normal(size=(50, 6))
    seen = fields(boost @ field_tensor(points) @ boost.T)
    e, b = points[:, :3], points[:, 3:]
    along = np.array([v, 0, 0])
    for found, one, other in ((seen[:, :3], e, np.cross(along, b)), (seen[:, 3:], b, -np.cross(along, e))):
        expected = (one + other) / 0.8
        expected[:, 0] = one[:, 0]
        np.testing.assert_allclose(found, expected, atol=1e-12)


# ------------------------------------------------------------------------------------------------- the data


@pytest.mark.parametrize("variant", FASTEST)
@pytest.mark.parametrize(("slug", "shared"), [("interval", interval), ("fieldstrength", invariants)])
def test_positives_share_all_invariants_and_negatives_none(slug, shared, variant):
    data = sg.experiments[slug].sample(COUNT, 1, variant)
    anchor, positive, negative = (shared(points).reshape(COUNT, -1) for points in data)
    size = (data.positive**2).sum(1, keepdims=True)  # of what cancels
    assert (np.abs(positive - anchor) <= 1e-12 * size).all()
    assert (np.abs(positive - anchor) <= 1e-6 * anchor.std(0)).all()
    assert (np.abs(negative - anchor) > 1e-6 * np.abs(anchor)).all()


@pytest.mark.parametrize("slug", ["interval", "fieldstrength"])
def test_only_the_paper_has_positives_without_bound(slug):
    stretch = {}
    for variant in FASTEST:
        data = sg.experiments[slug].sample(COUNT, 1, variant)
        stretch[variant] = np.linalg.norm(data.positive, axis=1) / np.linalg.norm(data.anchor, axis=1)
    most = STRETCH if slug == "interval" else STRETCH**2
    assert 0.3 * most < stretch["default"].max() <= most
    assert stretch["paper"].max() > 5 * most


def test_only_the_papers_negatives_fill_half_the_box():
    experiment = sg.experiments["fieldstrength"]
    for variant, side in (("default", 2), ("paper", 1)):
        data = experiment.sample(COUNT, 1, variant)
        np.testing.assert_allclose(np.quantile(data.anchor, [0, 0.5, 1], axis=0)[:, 0], [0, 1, 2], atol=0.05)
        np.testing.assert_allclose(data.negative.max(0), side, atol=0.01)
    data = sg.experiments["interval"].sample(COUNT, 1)
    for points in (data.anchor, data.negative):
        np.testing.assert_allclose(np.quantile(points, [0, 0.5, 1], axis=0)[:, 0], [0, 0.5, 1], atol=0.02)


# ------------------------------------------------------------------------------------------------- training


@pytest.mark.sweep
def test_the_network_holds_two_concepts_and_says_so():
    run = sg.experiments["fieldstrength"].train(
        epochs=8, count=10_000, batch=128, rate=1e-2, held_out=1500, progress=False
    )
    assert len(run.neuron) >= 2
    assert run.within[1] < 0.1
    field = sg.gradient_field(run.model, run.x, neuron=run.neuron, names=run.names)
    assert field.rank == 2
    assert run.floor < 0.02


def test_the_papers_network_has_one_neuron():
    settings = {"epochs": 1, "count": 512, "validation": 100, "held_out": 50}
    run = sg.experiments["fieldstrength"].train(preset="paper", variant="paper", progress=False, **settings)
    assert run.neuron == 0
    assert run.settings.latent == 1
