"""The rule that picks a formula from a front, on fronts written by hand, and what it takes for noise."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from symgrad_widgets.expressions import parse
from symgrad_widgets.search.selection import chance_loss, noise_loss, pareto, select


def entry(loss, complexity, formula="x + v"):
    return SimpleNamespace(loss=loss, complexity=complexity, expression=parse(formula))


def front(*pairs):
    """Entries from (loss, complexity)."""
    return tuple(entry(*pair) for pair in pairs)


def chosen(entries, chance, noise=0.0):
    best = select(entries, chance, noise)
    return None if best is None else best.complexity


DETERMINANT = [(0.88, 1), (0.77, 5), (0.65, 11), (0.52, 17), (0.37, 23), (0.20, 29)]
QUARTIC = [(0.43, 2), (3e-3, 5), (9e-5, 11), (7e-5, 20)]


@pytest.mark.parametrize(
    ("why", "pairs", "chance", "answer"),
    [
        ("only the last term of a large sum helps", [*DETERMINANT, (0.01, 35), (0.0098, 40)], 8 / 9, 35),
        ("the same, trained well", [*DETERMINANT, (2e-4, 35), (1.9e-4, 38)], 8 / 9, 35),
        ("and exactly", [*DETERMINANT, (1e-17, 35)], 8 / 9, 35),
        ("the quartic term is worth its nodes", QUARTIC, 0.5, 11),
        ("so it is where nothing comes after it", QUARTIC[:3], 0.5, 11),
        ("an exact field", [(0.4, 1), (0.1, 3), (1e-17, 5)], 0.5, 5),
        ("an exact field whose mimic is close", [(0.43, 2), (3e-3, 5), (1e-6, 8), (1e-17, 11)], 0.5, 11),
        ("rounding is no reason for more", [(0.4, 1), (3e-13, 5), (2e-16, 9), (1e-17, 20)], 0.5, 5),
        ("a network's artefacts", [(1e-5, 3), (0.99e-5, 7), (2e-6, 9), (2e-7, 15)], 0.75, 3),
        ("a first step that is all too steep", [(3.4e-3, 2), (2.06e-4, 9), (2e-4, 20)], 0.5, 9),
        ("terms that help only together", [(0.3, 1), (0.01, 3), (0.0098, 20), (1e-4, 24)], 0.5, 24),
        ("a front of one", [(1e-3, 3)], 0.5, 3),
        ("nothing beats chance", [(0.5, 1), (0.47, 8), (0.44, 20), (0.41, 38)], 0.5, None),
        ("nor clearly", [(0.86, 1), (0.62, 15), (0.45, 30), (0.31, 40)], 8 / 9, None),
        ("an empty front", [], 0.5, None),
    ],
)
def test_the_rule_finds_the_knee(why, pairs, chance, answer):
    assert chosen(front(*pairs), chance) == answer, why


def test_known_noise_is_taken_off_before_gains_are_judged():
    noisy = front((0.49, 1), (0.16, 3), (0.0301, 5), (0.0299, 9), (0.0297, 16), (0.0296, 30))
    assert chosen(noisy, 0.5, noise=0.0296) == 5
    deep = front((0.49, 1), (0.0500, 5), (0.03005, 11), (0.02998, 18))
    assert chosen(deep, 0.5, noise=0.0299) == 11


def test_noise_above_the_least_loss_breaks_nothing():
    assert chosen(front((0.4, 1), (1e-2, 5), (0.99e-2, 9)), 0.5, noise=2e-2) == 5


@pytest.mark.parametrize("scale", [1e-4, 1e-3, 1e-2])
def test_more_entries_on_a_flat_tail_change_nothing(scale):
    head = [(0.5, 1), (0.2, 3), (scale, 5)]
    tail = [(scale * (1 - 0.004 * i), 5 + 2 * i) for i in range(1, 15)]
    assert chosen(front(*head), 2 / 3) == chosen(front(*head, *tail), 2 / 3) == 5


@pytest.mark.parametrize(("neurons", "dimension"), [(1, 2), (1, 9), (2, 6)])
def test_chance_is_what_random_directions_give(neurons, dimension):
    rng = np.random.default_rng(0)
    spans = np.linalg.qr(rng.normal(size=(20000, dimension, neurons)))[0]
    fixed = np.eye(dimension)[0]
    assert 1 - ((fixed @ spans) ** 2).sum(1).mean() == pytest.approx(
        chance_loss(neurons, dimension), abs=0.01
    )


# -- noise ---------------------------------------------------------------------------------------------------


def residual_field(kick, n=3, count=1500, seed=0):
    """Points, the neuron's direction (N, 1, n), and a formula's, `kick` away from it."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (count, n))
    formula = unit(np.column_stack([points[:, 1] + 2, *points[:, 1:].T]))
    return points, unit(formula + kick(points, rng))[:, None], formula


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def loss_of(spanning, formula):
    return (1 - np.einsum("nkm,nm->nk", spanning, formula) ** 2).mean()


def independent_kick(points, rng):
    return 0.1 * rng.normal(size=points.shape)


def smooth_kick(points, _rng):
    return 0.1 * np.sin(points[:, ::-1] + points[:, :1])


@pytest.mark.parametrize("n", [2, 3, 6])
def test_noise_independent_from_point_to_point_is_all_of_the_loss(n):
    points, spanning, formula = residual_field(independent_kick, n)
    assert noise_loss(points, spanning, formula) == pytest.approx(loss_of(spanning, formula), rel=0.15)


def test_a_smooth_residual_is_no_noise():
    points, spanning, formula = residual_field(smooth_kick)
    loss = loss_of(spanning, formula)
    assert loss > 1e-3
    assert noise_loss(points, spanning, formula) < 0.1 * loss


def test_of_both_together_only_the_noise_counts():
    points, spanning, formula = residual_field(lambda p, rng: smooth_kick(p, rng) + independent_kick(p, rng))
    alone = loss_of(*residual_field(independent_kick)[1:])
    assert noise_loss(points, spanning, formula) == pytest.approx(alone, rel=0.25)


def test_an_exact_field_has_no_noise():
    assert noise_loss(*residual_field(lambda p, _: 0 * p)) == 0


def test_noise_does_not_depend_on_the_signs_of_directions_or_on_units():
    points, spanning, formula = residual_field(independent_kick)
    flipped = formula * np.random.default_rng(1).choice([-1, 1], (len(formula), 1))
    scaled = points * [1e-6, 1, 1e9]
    assert noise_loss(scaled, spanning, formula) == pytest.approx(noise_loss(points, spanning, formula))
    assert loss_of(spanning, flipped) == pytest.approx(loss_of(spanning, formula))
    assert noise_loss(points, -spanning, formula) == pytest.approx(noise_loss(points, spanning, formula))


def test_constant_inputs_do_not_upset_the_search_for_neighbours():
    points, spanning, formula = residual_field(independent_kick)
    points = np.column_stack([points, np.full(len(points), 3.0)])
    assert noise_loss(points, spanning, formula) == pytest.approx(loss_of(spanning, formula), rel=0.15)


# -- the front -----------------------------------------------------------------------------------------------


def test_a_front_rises_in_complexity_and_falls_in_loss():
    rng = np.random.default_rng(0)
    many = front(*zip(10 ** rng.uniform(-6, 0, 300), rng.integers(1, 40, 300), strict=True))
    kept = pareto(many, lambda *_: False)
    assert all(a.complexity < b.complexity and a.loss > b.loss for a, b in itertools.pairwise(kept))
    assert kept[0].complexity == 1
    for c in many:  # whatever was left out is beaten, or as good as, by something kept
        assert any(k.complexity <= c.complexity and k.loss <= c.loss / 0.98 for k in kept)


def test_a_gain_too_small_to_matter_is_no_entry():
    kept = pareto(front((0.100, 3), (0.099, 5), (0.05, 9)), lambda *_: False)
    assert [c.complexity for c in kept] == [3, 9]


def test_two_that_are_alike_are_one_entry():
    entries = front((0.5, 1), (0.2, 3), (0.1, 5), (0.01, 9))
    kept = pareto(entries, lambda a, b: {a.complexity, b.complexity} == {3, 5})
    assert [c.complexity for c in kept] == [1, 3, 9]


@pytest.mark.parametrize(("loss", "wins"), [(0.0099, "x + 2*v"), (0.008, "x + 1.91*v")])
def test_of_equal_complexity_a_number_that_is_not_simple_has_to_earn_it(loss, wins):
    (kept,) = pareto([entry(0.01, 5, "x + 2*v"), entry(loss, 5, "x + 1.91*v")], lambda *_: False)
    assert kept.expression == parse(wins)
