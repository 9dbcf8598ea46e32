"""What gradient matching is compared with: each baseline finds what it can, and is scored alike."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, SymgradError
from symgrad_widgets.reading import baselines

FEW = {"evaluations": 20_000}
fitted = pytest.mark.skipif(find_spec("pyoperon") is None, reason="pyoperon comes with the extra `compare`")


def bent(bend, count=600, seed=0):
    """Field of a neuron bend(x*y + y), whose gradient is bend' times (y, x + 1)."""
    points = np.random.default_rng(seed).uniform(0.5, 2, (count, 2))
    x, y = points.T
    g = x * y + y
    slope = (bend(g + 1e-5) - bend(g - 1e-5)) / 2e-5
    return sg.GradientField(points, slope[:, None] * np.stack([y, x + 1], 1), ("x", "y"), bend(g))


@pytest.fixture(scope="module")
def straight():
    return bent(lambda g: 3 * g + 1)


def has(front, concept, field):
    return any(sg.verify(fit.expression, concept, field=field).same for fit in front)


def is_a_front(front):
    pairs = [(fit.complexity, fit.error) for fit in front]
    return pairs == sorted(pairs, key=lambda p: (p[0], -p[1])) and len({e for _, e in pairs}) == len(pairs)


@pytest.mark.sweep
@fitted
def test_the_value_of_a_straight_neuron_is_fitted_and_the_same_seed_gives_the_same_front(straight):
    front, again = (baselines.fit_value(straight.points, straight.values, straight, **FEW) for _ in range(2))
    assert front == again
    assert is_a_front(front)
    assert has(front, "x*y + y", straight)
    assert front[-1].error < 1e-3
    assert min(fit.loss for fit in front) < 1e-6
    best = min(front, key=lambda fit: fit.loss)
    assert best.loss == pytest.approx(sg.score(straight, best.expression).loss)
    assert best.complexity == sg.score(straight, best.expression).complexity


@fitted
def test_labels_are_fitted_by_sign(straight):
    x = np.random.default_rng(1).uniform(0.5, 2, (1500, 2))
    y = np.where(x[:, 0] * x[:, 1] + x[:, 1] > 2.5, "in", "out")
    front = baselines.fit_labels(x, y, straight, **FEW)
    assert is_a_front(front)
    assert front[-1].error < 0.06  # of the labels wrong; of chance, a half
    assert all(0 <= fit.error <= 0.5 for fit in front)


def test_polynomials_read_a_polynomial_and_not_a_bent_one(straight):
    front = baselines.fit_polynomials(straight.points, straight.values, straight)
    assert is_a_front(front)
    assert has(front, "x*y + y", straight)
    bending = bent(lambda g: np.tanh(g - 2.5))
    front = baselines.fit_polynomials(bending.points, bending.values, bending)
    assert not has(front, "x*y + y", bending)
    assert front[-1].error > 1e-3
    assert front[0].loss > 1e-3


@fitted
def test_a_cap_on_the_seconds_ends_the_run(straight):
    capped = baselines.fit_value(straight.points, straight.values, straight, seconds=1, evaluations=10**9)
    assert is_a_front(capped)


@fitted
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.ones((600, 3))}, r"points \(N, 2\), columns for x, y.*got \(600, 3\)"),
        ({"values": np.ones(600)}, "values are not all equal"),
        ({"values": np.ones((600, 2))}, r"a number for each point: got .* and \(600, 2\)"),
        ({"field": "field"}, "must be a GradientField, got str"),
        ({"seconds": -1}, "seconds must be a number >= 0.*-1"),
        ({"evaluations": 0.5}, "evaluations must be a whole number.*0.5"),
        ({"random_state": "a"}, "random_state must be a whole number.*'a'"),
    ],
)
def test_what_cannot_be_fitted_is_told(straight, change, message):
    given = {"x": straight.points, "values": straight.values, "field": straight} | change
    with pytest.raises(DataError, match=message):
        baselines.fit_value(**given)


def test_labels_of_one_kind_and_absurd_degrees_are_told(straight):
    with pytest.raises(DataError, match="two kinds, got 1"):
        baselines.fit_labels(straight.points, np.ones(600), straight)
    with pytest.raises(DataError, match="from 1 to 6, got 7"):
        baselines.fit_polynomials(straight.points, straight.values, straight, degree=7)


def test_without_pyoperon_the_extra_is_named(straight, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyoperon.sklearn", None)
    with pytest.raises(SymgradError, match=r"needs pyoperon.*pip install \"symgrad-widgets\[compare\]\""):
        baselines.fit_value(straight.points, straight.values, straight)


def test_a_fit_shows_both_its_figures(straight):
    text = repr(baselines.fit_polynomials(straight.points, straight.values, straight, degree=1)[0])
    assert text.startswith("Fit(")
    assert "error=" in text
    assert "loss=" in text
