"""Data of the matrix experiments: what a pair shares, what it does not, and what is drawn uniformly."""

from dataclasses import replace

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.network.experiment.matrices import antisymmetric, haar, similar

COUNT = 20_000
TRACES = ("trace2", "trace3", "trace4")
SIMILAR = (*TRACES, "determinant2", "antisymmetric3")
VARIANTS = [
    (slug, variant) for slug in (*SIMILAR, "determinant3") for variant in sg.experiments[slug].variants
]


def stacks(slug, variant="default", seed=5):
    """Anchors, positives and negatives as stacks of matrices."""
    data = sg.experiments[slug].sample(COUNT, seed, variant)
    size = round(data.anchor.shape[1] ** 0.5)
    return [points.reshape(COUNT, size, size) for points in data]


def invariants(matrices):
    """Coefficients of the characteristic polynomials: those of similar matrices agree."""
    return np.array([np.poly(np.linalg.eigvals(matrix))[1:] for matrix in matrices]).real


def shared(slug, matrices):
    if slug in TRACES:
        return np.trace(matrices, axis1=1, axis2=2)
    if slug == "antisymmetric3":
        return (matrices**2).sum((1, 2))
    return np.linalg.det(matrices)


# ------------------------------------------------------------------------------------------------- pairs


@pytest.mark.parametrize(("slug", "variant"), VARIANTS)
def test_positives_share_the_invariant_and_negatives_do_not(slug, variant):
    anchor, positive, negative = stacks(slug, variant)
    a, p, n = (shared(slug, matrices) for matrices in (anchor, positive, negative))
    size = len(anchor[0])
    degree = size if slug.startswith("determinant") else 1  # rounding grows with the size of the entries
    rounding = 1e-13 * np.abs(positive).max((1, 2)) ** max(degree, 2)
    assert (np.abs(p - a) <= 1e-6 * np.abs(a) + rounding).all()
    assert (np.abs(p - a) <= 1e-6 * np.abs(a)).mean() > 0.99
    assert (np.abs(n - a) > 1e-6 * np.abs(a)).all()
    assert abs(np.corrcoef(n, a)[0, 1]) < 0.04


@pytest.mark.parametrize("slug", SIMILAR)
def test_similar_matrices_share_all_their_invariants(slug):
    anchor, positive, negative = (invariants(matrices[:500]) for matrices in stacks(slug))
    np.testing.assert_allclose(positive, anchor, atol=1e-7 * np.abs(anchor).max())
    assert np.abs(negative - anchor).max() > 0.1


@pytest.mark.parametrize("variant", ["default", "paper"])
def test_of_equal_determinants_nothing_else_is_shared(variant):
    anchor, positive, _ = stacks("determinant3", variant)
    a, p = (invariants(matrices)[:, :2] for matrices in (anchor[:4000], positive[:4000]))
    for quantity in range(2):  # ranks: the paper's positives have no variance
        ranks = [np.argsort(np.argsort(values[:, quantity])) for values in (a, p)]
        assert abs(np.corrcoef(*ranks)[0, 1]) < 0.05
    flat = [np.sign(matrices.reshape(COUNT, -1)) for matrices in (anchor, positive)]
    assert np.abs(flat[0].T @ flat[1] / COUNT).max() < 0.03  # entry by entry


def test_anchors_of_the_determinant_fill_their_box():
    for variant, width in (("default", 0.03), ("paper", 0.01)):  # the redrawn ones are a little smaller
        anchor, positive, negative = stacks("determinant3", variant)
        for matrices in (anchor, negative):
            assert np.abs(matrices).max() <= 1
            np.testing.assert_allclose(matrices.mean(0), 0, atol=0.02)
            np.testing.assert_allclose(matrices.std(0), 3**-0.5, atol=width)
        assert np.abs(positive).max() <= 2 or variant == "paper"
        both = np.sign(np.linalg.det(anchor))
        assert abs(both.mean()) < 0.03


@pytest.mark.parametrize(
    ("slug", "reach"),
    [("trace2", 5), ("trace3", 5), ("trace4", 5), ("determinant2", 12.5), ("determinant3", 2)],
)
def test_only_the_paper_has_positives_without_bound(slug, reach):
    assert reach * 0.9 < np.abs(stacks(slug)[1]).max() <= reach
    assert np.abs(stacks(slug, "paper")[1]).max() > 10 * reach


# ----------------------------------------------------------------------------------- where they are drawn


@pytest.mark.parametrize("slug", TRACES)
def test_entries_of_the_traces_are_uniform(slug):
    anchor, _, negative = stacks(slug, "paper")
    for matrices in (anchor, negative):
        flat = np.sort(matrices.reshape(COUNT, -1), axis=0)
        expected = (np.arange(COUNT) + 0.5)[:, None] / COUNT
        assert np.abs(flat - expected).max() < 2 / np.sqrt(COUNT)  # Kolmogorov and Smirnov
    for slack in (anchor, stacks(slug)[0]):  # redrawing hardly changes the anchors
        np.testing.assert_allclose(slack.mean(0), 0.5, atol=0.02)
        np.testing.assert_allclose(slack.var(0), 1 / 12, atol=0.005)


def test_antisymmetric_anchors_are_normal_and_their_positives_of_equal_length():
    anchor, positive, _ = stacks("antisymmetric3")
    np.testing.assert_array_equal(anchor, -anchor.transpose(0, 2, 1))
    upper = anchor[:, *np.triu_indices(3, 1)]
    np.testing.assert_allclose(np.cov(upper.T), np.eye(3), atol=0.04)
    np.testing.assert_allclose((upper**4).mean(0), 3, atol=0.3)
    np.testing.assert_allclose(positive, -positive.transpose(0, 2, 1), atol=1e-14 * 50)
    moved = positive[:, *np.triu_indices(3, 1)]
    cosine = (moved * upper).sum(1) / (upper**2).sum(1)  # uniform on the sphere: uniform in [-1, 1]
    assert np.abs(np.sort(cosine) - np.linspace(-1, 1, COUNT)).max() < 4 / np.sqrt(COUNT)


# ------------------------------------------------------------------------------------------------ rotations


def test_haar_matrices_are_orthogonal_and_of_both_determinants():
    q = haar(np.random.default_rng(0), COUNT)
    np.testing.assert_allclose(q @ q.transpose(0, 2, 1), np.broadcast_to(np.eye(3), q.shape), atol=1e-13)
    determinant = np.linalg.det(q)
    np.testing.assert_allclose(np.abs(determinant), 1)
    assert abs(determinant.mean()) < 4 / np.sqrt(COUNT)


def uniformity(q):
    """Largest deviation, in standard errors, of moments whose values over O(3) are known.

    Traces: E tr = 0, E tr^2 = 1, E tr^4 = 3 (Diaconis and Shahshahani 1994); products of single entries; and
    all of it again after a fixed rotation, from either side, which changes nothing for a uniform one.
    """
    turn, _ = np.linalg.qr(np.arange(9).reshape(3, 3) ** 2 + np.eye(3))
    worst = 0.0
    for moved in (q, turn @ q, q @ turn):
        trace = np.trace(moved, axis1=1, axis2=2)
        flat = moved.reshape(-1, 9)
        moments = [trace, trace**2 - 1, trace**4 - 3, *flat.T, *(flat**2 - 1 / 3).T, *(flat**4 - 1 / 5).T]
        worst = max(worst, *(abs(m.mean()) / m.std() * np.sqrt(len(m)) for m in map(np.asarray, moments)))
    return worst


def test_haar_matrices_are_uniform_and_the_test_would_see_it_if_not():
    assert uniformity(haar(np.random.default_rng(1), COUNT)) < 4.5
    plain, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(COUNT, 3, 3)))  # LAPACK's signs
    assert uniformity(plain) > 20


# ------------------------------------------------------------------------------------------------ redrawing


def test_pairs_are_refused_together():
    """A and M are drawn again with each other: the positive is still similar to its own anchor."""
    rng = np.random.default_rng(2)
    data = similar(rng, 2000, antisymmetric, change=lambda r, n: r.normal(size=(n, 3, 3)), reach=3)
    assert np.abs(data.positive).max() <= 3
    anchor, positive = (invariants(points.reshape(-1, 3, 3)) for points in data[:2])
    np.testing.assert_allclose(positive, anchor, atol=1e-6)


# ------------------------------------------------------------------------------------------------- training


@pytest.mark.sweep
def test_a_short_training_learns_a_determinant_from_pairs_and_nothing_from_strangers():
    experiment = sg.experiments["determinant3"]
    short = {"batch": 1024, "validation": 1000, "held_out": 1000, "progress": False}
    assert experiment.train(epochs=4, count=40_000, **short).floor < 0.05  # chance gives 8/9

    def strangers(rng, count):
        data = experiment.samplers["default"](rng, count)
        return data._replace(positive=rng.permutation(data.positive))

    alone = replace(experiment, samplers={"default": strangers}).train(epochs=2, count=10_000, **short)
    assert alone.floor > 0.8
    assert min(alone.history["validation"]) > -0.2  # the log of a ratio of about 1
