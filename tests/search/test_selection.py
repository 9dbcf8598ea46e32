"""The rule that picks a formula, on fronts written by hand, and what it takes for noise."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sympy import Symbol, symbols

from symgrad_widgets.field import GradientField
from symgrad_widgets.formula.expressions import complexity, parse
from symgrad_widgets.search.choice.evidence import spread
from symgrad_widgets.search.choice.judge import Judge
from symgrad_widgets.search.choice.selection import (
    chance_loss,
    effort,
    neighbours,
    pareto,
    select,
    smooth_share,
)
from symgrad_widgets.search.choice.witnesses import effective_count
from symgrad_widgets.search.choice.writing import unwrapped
from symgrad_widgets.search.terms.postfix import apply, leaf

X, Y, Z, W = map(leaf, range(4))


def entry(loss, complexity, formula="x + v"):
    return SimpleNamespace(loss=loss, complexity=complexity, expression=parse(formula))


def front(*pairs):
    """Entries from (loss, complexity)."""
    return tuple(entry(*pair) for pair in pairs)


def chosen(pairs, chance, smooth=1.0, count=3000):
    """Effort of the one selected of (loss, effort), all of whose losses are smooth by default."""
    losses, efforts = zip(*pairs, strict=True)
    best = select(losses, efforts, np.broadcast_to(smooth, len(losses)), chance, count)
    return None if best is None else efforts[best]


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
    ],
)
def test_the_rule_finds_the_knee(why, pairs, chance, answer):
    assert chosen(pairs, chance) == answer, why


def test_values_choose_where_directions_cannot_tell_formulas_apart():
    """Points of a classifier lie near d^2 = m n, where d^2 - m n has the directions of m n / d^2."""
    losses, efforts, smooth = [0.2, 2.4e-5, 2.7e-5, 2e-5], [9, 13, 13, 15], np.ones(4)

    def best(*rests):
        return select(losses, efforts, smooth, 5 / 6, 3000, rests)

    assert select(losses, efforts, smooth, 5 / 6, 3000) == 1
    assert best(1, 0.019, 0.008, 0.007) == 2
    assert best(1, 0.0080, 0.0079, 0.001) == 1  # they leave the same; a longer formula has no say
    losses[2] = losses[1] * (1 + 1e-9)  # the same directions
    assert best(1, 0.019, 0.008, 0.007) == 1
    losses[2] = 4e-5  # directions can tell
    assert best(1, 0.019, 0.008, 0.007) == 1


LINE = [(0.34, 1), (0.0274, 3), (1.25e-3, 7), (1.01e-3, 13)]  # a plane in the place of a quadratic form


def test_small_gains_count_where_what_is_left_is_noise():
    noisy = [1, 0.97, 0.15, 0]
    assert chosen(LINE, 0.5, noisy, count=1000) == 13
    assert chosen(LINE, 0.5, noisy, count=50) == 7  # few points cannot tell
    assert chosen(LINE, 0.5, smooth=1.0, count=1000) == 7  # and a network's error may be of that size


@pytest.mark.parametrize("count", [300, 1000, 4000])
def test_what_fitting_noise_gains_is_no_reason_for_more(count):
    by_chance = 2 / count  # of the loss, for each node: twice what a fitted constant gains on average
    tail = [(0.03 * (1 - by_chance * i), 5 + i) for i in range(1, 25)]
    head = [(0.49, 1), (0.16, 3), (0.03, 5)]
    assert chosen([*head, *tail], 0.5, [1, 0.9] + 25 * [0.02], count) == 5


def test_a_wild_formula_of_middling_loss_changes_nothing():
    """One with a pole has a residual like noise, at the points near it."""
    network = [(0.5, 1), (1e-3, 3), (3e-4, 14)]
    wild = (6e-4, 12)
    assert chosen(network, 0.75) == 3
    assert chosen([*network[:2], wild, network[2]], 0.75, [1, 1, 0.01, 1]) == 3


@pytest.mark.parametrize(
    ("formula", "extra"),
    [
        ("x^2 + 2*v^2", 0),
        ("x^4/2 + 3*x*v", 0),
        ("abs(x) + v", 0),
        ("cos(x^2) + v", 2),
        ("cos(tan(x)) + v", 4),
        ("x^2 + 1.27*v^2", 2),
        ("(x^2 + v^2 - 305)^2 - 3250*x", 4),
        ("x*(v + 3/100) + v^2", 2),
        ("x*(v + 1/100) + v^2", 0),
        ("x*(v/100 + 3/100) + v^2", -2),  # 1/100 is free
        ("log(v + 1) + log(v + x)", 4),
    ],
)
def test_functions_and_numbers_that_are_not_simple_are_charged_on_top(formula, extra):
    assert effort(parse(formula)) - complexity(parse(formula)) == extra


def test_terms_that_differ_by_a_power_of_ten_are_charged_one_by_one():
    apart, alike = (effort(parse(f"log(v + x) + log({ten}v + 2*x)")) for ten in ("10*", ""))
    assert apart == alike


@pytest.mark.parametrize("scale", [1e-4, 1e-3, 1e-2])
def test_more_entries_on_a_flat_tail_change_nothing(scale):
    head = [(0.5, 1), (0.2, 3), (scale, 5)]
    tail = [(scale * (1 - 0.004 * i), 5 + 2 * i) for i in range(1, 15)]
    assert chosen(head, 2 / 3) == chosen([*head, *tail], 2 / 3) == 5


@pytest.mark.parametrize(("neurons", "dimension"), [(1, 2), (1, 9), (2, 6)])
def test_chance_is_what_random_directions_give(neurons, dimension):
    rng = np.random.default_rng(0)
    spans = np.linalg.qr(rng.normal(size=(20000, dimension, neurons)))[0]
    fixed = np.eye(dimension)[0]
    assert 1 - ((fixed @ spans) ** 2).sum(1).mean() == pytest.approx(
        chance_loss(neurons, dimension), abs=0.01
    )


def test_a_sum_that_cancels_has_no_gradient_there():
    """x - |x| is constant for x > 0, and what rounding leaves of its gradient points the right way."""
    rng = np.random.default_rng(0)
    gradients = unit(np.array([1, 0, 0]) + 0.1 * rng.normal(size=(600, 3)))
    field = GradientField(rng.uniform(-1, 1, (600, 3)), gradients)
    judge = Judge(field, [Symbol(name, real=True) for name in field.names], 40, 0)
    (found,) = judge.front([(leaf(0), apply("abs", leaf(0)))])
    assert found.loss == pytest.approx(0.5, abs=0.1)


# -- how far constants are known -----------------------------------------------------------------------------


@pytest.mark.parametrize("noise", [0.03, 0.1])
def test_the_spread_is_that_of_the_constants_which_are_written(noise):
    """Of x3^2 the gradients have but noise of 1e-9: it is dropped, so its coefficient is no constant."""
    rng = np.random.default_rng(1)
    points = rng.uniform(-1, 1, (900, 3))
    directions = unit(points * [1, 2, 0]) + noise * rng.normal(size=points.shape) * [1, 1, 1e-8]
    field = GradientField(points, directions)
    squares = tuple(apply("square", leaf(i)) for i in range(3))
    judge = Judge(field, [Symbol(name, real=True) for name in field.names], 40, 0)
    (found,) = judge.front([squares])
    assert len(found.expression.free_symbols) == 2

    def constant(i):  # of x1^2 + c x2^2, by trying values, without any eigenproblem
        a, b = points[i, 0], points[i, 1]
        return minimize_scalar(
            lambda c: loss_of(unit(directions[i])[:, None], unit(np.column_stack([a, c * b, 0 * a]))),
            bounds=(1, 4),
            method="bounded",
        ).x

    resampled = [constant(rng.integers(900, size=600)) for _ in range(100)]  # as many as are fitted
    assert spread(judge, found.expression) == pytest.approx(np.std(resampled) / np.mean(resampled), rel=0.4)


@pytest.mark.parametrize(
    "terms",
    [
        (X, Y, Z),
        (apply("log", apply("add", apply("add", X, Y), Z)),),
        (X, Y, W, apply("add", Z, W)),  # W cancels
    ],
)
def test_the_spread_of_a_formula_does_not_depend_on_the_terms_that_the_search_had(terms):
    rng = np.random.default_rng(2)
    points = rng.uniform(1, 2, (900, 4))
    directions = unit([1, 1, 1, 0] + 0.1 * rng.normal(size=points.shape))
    judge = Judge(GradientField(points, directions), symbols("x1:5", real=True), 40, 0)
    (found,) = judge.front([terms])
    assert found.expression == parse("x1 + x2 + x3")

    def coefficients(i):  # of the direction with the largest mean cos^2: the first principal one
        main = np.linalg.svd(directions[i, :3] / np.linalg.norm(directions[i], axis=1)[:, None])[2][0]
        return main / main[0]

    resampled = [coefficients(rng.integers(900, size=600)) for _ in range(100)]
    assert spread(judge, found.expression) == pytest.approx(np.std(resampled, 0).max(), rel=0.4)


def test_of_a_product_the_spread_is_that_of_its_powers():
    """The gradient of x^a y has the direction (a y, x): a is seen in each slope, with the noise put on it."""
    rng = np.random.default_rng(3)
    points = rng.uniform(-1, 1, (900, 2)) * (np.arange(900) > 0)[:, None]  # log|x| has no gradient at (0, 0)
    turned = np.arctan2(points[:, 0], points[:, 1]) + 0.1 * rng.normal(size=900)
    judge = Judge(
        GradientField(points, np.column_stack([np.cos(turned), np.sin(turned)])),
        symbols("x1:3", real=True), 40, 0,
    )  # fmt: skip
    (found,) = judge.front([(apply("mul", X, Y),)])
    assert found.expression == parse("x1*x2")

    def power(i):
        x, y = points[i].T
        slopes = np.column_stack([np.cos(turned[i]), np.sin(turned[i])])[:, None]
        return minimize_scalar(
            lambda a: loss_of(slopes, unit(np.column_stack([a * y, x]))), bounds=(0.5, 2), method="bounded"
        ).x

    resampled = [power(rng.integers(1, 900, size=600)) for _ in range(100)]
    assert spread(judge, found.expression) == pytest.approx(np.std(resampled), rel=0.4)


def test_of_an_exact_field_the_constants_have_no_spread():
    points = np.random.default_rng(0).uniform(-1, 1, (300, 2))
    field = GradientField(points, points * [1, 2])
    terms = (*(apply("square", leaf(i)) for i in range(2)), apply("mul", leaf(0), leaf(1)))
    judge = Judge(field, [Symbol(name, real=True) for name in field.names], 40, 0)
    (found,) = judge.front([terms])
    assert found.expression == parse("x1^2 + 2*x2^2")
    assert spread(judge, found.expression) < 1e-6


# -- which numbers are simple --------------------------------------------------------------------------------


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_a_loss_rests_on_all_components_of_gaussian_residuals_and_on_few_where_few_are_large(dimension):
    rest = 0.01 * np.random.default_rng(0).normal(size=(4000, dimension - 1))

    def count(rest):
        G = np.column_stack([np.ones(len(rest)), rest])[None]
        return effective_count(G, G[..., :1], np.ones(len(rest)), np.ones(1))

    assert count(rest) == pytest.approx(rest.size, rel=0.1)
    rest[:10] *= 30
    assert count(rest) < 100 * (dimension - 1)


def written(directions, points):
    field = GradientField(points, directions)
    judge = Judge(field, [Symbol(name, real=True) for name in field.names], 40, 0)
    (found,) = judge.front([tuple(apply("square", leaf(i)) for i in range(2))])
    return found.expression


@pytest.mark.parametrize(("every", "tilt"), [(20, 4), (20, 10), (30, 10)])
def test_few_wild_points_do_not_keep_a_number_from_being_simple(every, tilt):
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (900, 2))
    noise = 0.01 * rng.normal(size=points.shape)
    wild = unit(points * [1, 2])
    wild[::every] = unit(points * [1, tilt])[::every]
    assert written(wild + noise, points) == parse("x1^2 + 2*x2^2")
    off = written(unit(points * [1, 2.04]) + noise, points)  # here all points say so
    assert 2.03 < float(off.coeff(Symbol("x2", real=True), 2)) < 2.05


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


def smooth_loss(points, spanning, formula):
    return smooth_share(spanning, formula, neighbours(points)) * loss_of(spanning, formula)


@pytest.mark.parametrize("n", [2, 3, 6])
def test_noise_independent_from_point_to_point_is_not_smooth(n):
    points, spanning, formula = residual_field(independent_kick, n)
    assert smooth_share(spanning, formula, neighbours(points)) < 0.15


def test_an_error_that_varies_smoothly_is():
    points, spanning, formula = residual_field(smooth_kick)
    assert smooth_share(spanning, formula, neighbours(points)) > 0.9


def waves(points, _rng):
    return 0.1 * np.sin(2 * points[:, ::-1] + 3 * points[:, :1])


def test_an_error_that_varies_smoothly_is_seen_among_many_inputs_too():
    """Where the nearest points are a third of the box away, and have little in common."""
    points, spanning, formula = residual_field(waves, 6)
    near = neighbours(points)
    assert smooth_share(spanning, formula, near._replace(reach=0)) < 0.7
    assert smooth_share(spanning, formula, near) > 0.95
    _, *both = residual_field(lambda p, rng: waves(p, rng) + independent_kick(p, rng), 6)
    part = loss_of(spanning, formula) / loss_of(*both)
    assert 0.7 * part < smooth_share(*both, near) < 1.6 * part


def test_of_both_together_the_smooth_part_is_found():
    both = residual_field(lambda p, rng: smooth_kick(p, rng) + independent_kick(p, rng))
    assert smooth_loss(*both) == pytest.approx(smooth_loss(*residual_field(smooth_kick)), rel=0.25)


def test_an_exact_field_has_neither():
    assert smooth_loss(*residual_field(lambda p, _: 0 * p)) == pytest.approx(0, abs=1e-15)


def test_the_smooth_share_does_not_depend_on_signs_or_on_units():
    points, spanning, formula = residual_field(lambda p, rng: smooth_kick(p, rng) + independent_kick(p, rng))
    share = smooth_share(spanning, formula, neighbours(points))
    flipped = spanning * np.random.default_rng(1).choice([-1, 1], (len(formula), 1, 1))
    assert smooth_share(flipped, formula, neighbours(points)) == pytest.approx(share)
    assert smooth_share(spanning, -formula, neighbours(points)) == pytest.approx(share)
    assert_alike(neighbours(points * [1e-6, 1, 1e9]), neighbours(points))


def test_constant_inputs_do_not_upset_the_search_for_neighbours():
    points = residual_field(independent_kick)[0]
    with_constant = np.column_stack([points, np.full(len(points), 3.0)])
    assert_alike(neighbours(with_constant), neighbours(points))


def assert_alike(found, others):
    assert (found.near == others.near).all()
    assert (found.far == others.far).all()
    assert found.reach == pytest.approx(others.reach)


@pytest.mark.parametrize("points", [np.eye(3), np.repeat(np.eye(3), 9, axis=0)])
def test_few_points_and_repeated_ones_have_neighbours(points):
    share = smooth_share(np.eye(points.shape[1])[None, :1].repeat(len(points), 0), points, neighbours(points))
    assert 0 <= share <= 1


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


def test_the_answer_stays_on_the_front_though_the_shown_points_favour_another():
    entries = front((0.5, 1), (0.0102, 7), (0.0101, 11), (0.0097, 20), (0.005, 30))
    kept = pareto(entries, lambda *_: False, entries[2])
    assert [c.complexity for c in kept] == [1, 7, 11, 20, 30]
    kept = pareto(front((0.5, 1), (0.0100, 7)) + entries[2:], lambda *_: False, entries[2])
    assert [c.complexity for c in kept] == [1, 11, 20, 30]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("exp(3 - 2*(x - y*z))", "x - y*z"),
        ("-x*y - z", "x*y + z"),
        ("1 - x + y", "x - y"),  # of two signs alike the one with a positive first term
        ("-4/(x*y)", "x*y"),
        ("2*x^2 + 6*y^2 + 1", "x^2 + 3*y^2"),
        ("log(abs(-x))", "x"),
        ("x/y", "x/y"),
    ],
)
def test_a_formula_is_written_without_what_does_not_turn_its_gradient(text, wanted):
    assert unwrapped(parse(text)) == parse(wanted)
