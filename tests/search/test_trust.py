"""Points whose directions errors have turned count less: in the search, in what is shown, and in a file."""

import numpy as np
import pytest

import symgrad_widgets as sg

LAW = "v**2 - 2*cos(x)"


def saturated(noise=0.03, seed=0, steep=3, **given):
    """Field of tanh(steep u) of the standardised law, with errors that are equally large everywhere."""
    rng = np.random.default_rng(seed)
    x, v = points = rng.uniform(-2, 2, (2, 800))
    u = v**2 - 2 * np.cos(x)
    u = steep * (u - np.median(u)) / u.std()
    gradients = np.stack([2 * np.sin(x), 2 * v], 1) / np.cosh(u)[:, None] ** 2
    gradients += noise * np.sqrt((gradients**2).mean()) * rng.normal(size=gradients.shape)
    return sg.GradientField(points.T, gradients, ("x", "v"), **given)


def read(field):
    search = sg.Search(field)
    search.run(generations=4, progress=False)
    return search


@pytest.mark.sweep
def test_a_saturated_neuron_is_read_by_the_points_that_tell():
    field = saturated()
    found, equal = read(field), read(saturated(weights=np.ones(800)))
    assert sg.verify(found.best.expression, LAW).same
    assert 10 * found.best.loss < 0.1 < found.best.plain_loss
    assert equal.best is None  # where all points count alike, too much is noise
    assert equal.front[-1].loss == pytest.approx(equal.front[-1].plain_loss)


def test_of_an_exact_neuron_nearly_all_saturated_weights_may_be_nothing():
    field = saturated(noise=0, steep=60)
    search = sg.Search(field, random_state=4)
    search.run(progress=False)  # weights span 22 decades
    assert field.weights.min() < 1e-18
    assert sg.verify(search.best.expression, LAW).same


def test_a_guess_of_the_search_s_formula_has_its_loss():
    field = saturated()
    search = sg.Search(field, random_state=3)
    search.run(generations=3, progress=False)
    for found in search.front:
        guess = sg.score(field, found.expression, random_state=3)
        assert guess.loss == pytest.approx(found.loss, rel=1e-9)
        assert guess.plain_loss == pytest.approx(found.plain_loss, rel=1e-9)


def test_the_loss_is_the_weighted_mean_over_what_is_held_out():
    field = sg.GradientField(*np.random.default_rng(0).normal(size=(2, 8, 2)), weights=np.arange(1.0, 9))
    guess = sg.score(field, "x1 + x2")  # of eight points none is held out
    spread = field.points.std(0)
    neuron, formula = field.gradients * spread, spread
    cosines = neuron @ formula / np.linalg.norm(neuron, axis=1) / np.linalg.norm(formula)
    shares = 1 - cosines**2
    assert guess.loss == pytest.approx(np.average(shares, weights=np.arange(1.0, 9)))
    assert guess.plain_loss == pytest.approx(shares.mean())


@pytest.mark.parametrize("given", [{}, {"error": 0.1}, {"error": np.linspace(0.1, 0.3, 800)}])
def test_a_saved_search_has_the_same_weights(tmp_path, given):
    search = sg.Search(saturated(**given))
    search.run(generations=2, progress=False)
    search.save(tmp_path / "search.npz")
    again = sg.Search.load(tmp_path / "search.npz")
    assert np.array_equal(again.field.weights, search.field.weights)
    assert np.array_equal(again.field.error, search.field.error)
    assert again.front == search.front
