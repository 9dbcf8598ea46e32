"""A reader's own table: pairs or labels in, split without overlap, refused with one clear error."""

import numpy as np
import pytest
from budgets import briefly

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, ExpressionError, UnknownNameError

NAMES = ["a", "b"]
QUICK = {"epochs": 50, "progress": False}
_RANDOM = np.random.default_rng(0)
POINTS = _RANDOM.uniform(-1, 1, (3000, 2))
INSIDE = np.hypot(*POINTS.T) < 0.8
_ANGLE = _RANDOM.uniform(0, 2 * np.pi, 3000)
TURNED = np.hypot(*POINTS.T)[:, None] * np.column_stack([np.cos(_ANGLE), np.sin(_ANGLE)])


def rows(points):
    return {tuple(row) for row in points}


def broken(points, *where):
    points = points.copy()
    for row in where:
        points[row, 1] = np.nan
    return points


# ------------------------------------------------------------------------------------------------ from labels


@pytest.mark.sweep
def test_labels_in_three_lines(tmp_path):
    path = tmp_path / "table.csv"
    np.savetxt(path, np.column_stack([POINTS, INSIDE]), delimiter=",", header="a,b,inside")
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    experiment = sg.Experiment.from_labels(table[:, :2], table[:, 2], NAMES)
    run = experiment.train(seed=0, **QUICK)
    assert run.floor is None
    result = briefly(run.model, run.x, names=run.names, concept="a**2 + b**2", operators=["mul", "square"])
    assert result.verdict.same


@pytest.mark.parametrize(
    "labels",
    [INSIDE, INSIDE.astype(int), np.where(INSIDE, 2.5, -1), np.where(INSIDE, "yes", "no"), INSIDE[:, None]],
    ids=["truth", "0 and 1", "numbers", "texts", "a column"],
)
def test_labels_of_any_two_kinds(labels):
    x, y = sg.Experiment.from_labels(POINTS, labels, NAMES).sample(3000, seed=4)
    np.testing.assert_array_equal(y == 1, np.hypot(*x.T) < 0.8)
    assert set(y) == {0.0, 1.0}


def test_a_table_with_named_columns():
    class Frame:  # as a pandas DataFrame does
        def __array__(self, dtype=None, copy=None):
            return POINTS.astype(dtype)

    data = sg.Experiment.from_labels(Frame(), list(INSIDE), NAMES).sample(3000)
    assert rows(data.x) == rows(POINTS)


# ------------------------------------------------------------------------------------------------ from values


@pytest.mark.sweep
def test_values_in_three_lines():
    experiment = sg.Experiment.from_values(POINTS, 1e6 * POINTS.prod(1) + 3e7, NAMES)
    run = experiment.train(seed=0, **QUICK)
    result = briefly(run.model, run.x, names=run.names, concept="a*b", operators=["mul", "square"])
    assert result.verdict.same


def test_values_are_learnt_in_their_own_spread():
    x, y = sg.Experiment.from_values(POINTS, 1e6 * POINTS[:, [0]] - 7, NAMES).sample(3000, seed=4)
    assert (y.mean(), y.std()) == pytest.approx((0, 1))
    assert np.corrcoef(x[:, 0], y)[0, 1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.full(3000, 2.0), "y is 2 in every row"),
        (np.where(POINTS[:, 0] > 0, 1.0, np.nan), "rows of y hold values that are not finite"),
        (POINTS[:5, 0], "x has 3000 rows, but y has 5"),
        (["much"] * 3000, "y must be an array of numbers"),
    ],
)
def test_values_that_cannot_be_learnt_are_named(y, message):
    with pytest.raises(DataError, match=message):
        sg.Experiment.from_values(POINTS, y, NAMES)


# ------------------------------------------------------------------------------------------------- from pairs


@pytest.mark.sweep
def test_pairs_in_three_lines():
    experiment = sg.Experiment.from_pairs(POINTS, TURNED, NAMES, concepts="a**2 + b**2")
    run = experiment.train(seed=0, **QUICK)
    assert run.floor < 1e-2


def test_pairs_stay_together_and_negatives_are_other_anchors():
    data = sg.Experiment.from_pairs(POINTS, TURNED, NAMES).sample(500, seed=(3, 0))
    np.testing.assert_allclose(np.hypot(*data.anchor.T), np.hypot(*data.positive.T))
    assert rows(data.negative) == rows(data.anchor)
    assert (data.negative != data.anchor).all()


# ------------------------------------------------------------------------------------------------- both


EXPERIMENTS = {
    "labels": sg.Experiment.from_labels(POINTS, INSIDE, NAMES),
    "pairs": sg.Experiment.from_pairs(POINTS, TURNED, NAMES),
    "values": sg.Experiment.from_values(POINTS, POINTS.prod(1), NAMES),
}


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_a_seed_splits_the_rows_without_overlap(experiment):
    parts = [rows(experiment.sample(10**6, (7, part))[0]) for part in range(3)]
    assert [len(part) for part in parts] == [2100, 450, 450]
    assert set.union(*parts) == rows(POINTS)
    assert rows(experiment.sample(10**6, (8, 0))[0]) != parts[0]
    np.testing.assert_array_equal(experiment.sample(100, (7, 1))[0], experiment.sample(100, (7, 1))[0])


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_what_is_interpreted_was_not_trained_on(experiment):
    run = experiment.train(seed=2, epochs=1, progress=False)
    assert 0 < len(run.x) <= 450
    assert rows(run.x) <= rows(experiment.sample(10**6, (2, 2))[0])
    assert run.names == ("a", "b")


def test_whole_numbers_and_few_rows_are_enough():
    few = np.random.default_rng(1).integers(-5, 5, (120, 2))
    run = sg.Experiment.from_labels(few, few[:, 0] > 0, NAMES).train(epochs=2, progress=False)
    assert np.isfinite(run.history["validation"]).all()


# ------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("x", "y", "names", "message"),
    [
        (POINTS, INSIDE[:-1], NAMES, "x has 3000 rows, but y has 2999: pass as many rows of each"),
        (POINTS, np.ones(3000), NAMES, "labels must be of two classes, got 1: 1.0"),
        (POINTS, np.arange(3000) % 3, NAMES, "labels must be of two classes, got 3: 0, 1, 2"),
        (POINTS, POINTS[:, 0], NAMES, r"labels must be of two classes, got 3000: .*, \.\.\."),
        (broken(POINTS, 17, 40), INSIDE, NAMES, "2 of 3000 rows of x hold values .* first is row 17: .* nan"),
        (
            POINTS,
            np.where(INSIDE, 1, np.nan),
            NAMES,
            "1[0-9]* labels are masked or missing, the first in row",
        ),
        (POINTS[:119], INSIDE[:119], NAMES, "x has 119 rows, but at least 120 are needed"),
        (POINTS, INSIDE, ["a", "b", "c"], r"x must be an array \(N, 3\), a column for each of a, b, c; got"),
        (POINTS[:, 0], INSIDE, ["a"], r"x must be an array \(N, 1\), .* got shape \(3000,\)"),
        (POINTS.astype(str)[:, :1] + "m", INSIDE, ["a"], "x must be an array of numbers, got ndarray"),
        (POINTS, INSIDE, ["a", "a"], "input name 'a' must be one or more words, .* and occur only once"),
        (POINTS, INSIDE, "ab", "names must be a list such as"),
    ],
)
def test_labels_that_are_refused(x, y, names, message):
    with pytest.raises(DataError, match=message):
        sg.Experiment.from_labels(x, y, names)


@pytest.mark.parametrize(
    ("anchor", "positive", "names", "message"),
    [
        (POINTS, TURNED[1:], NAMES, "anchor has 3000 rows, but positive has 2999: pass as many rows of each"),
        (POINTS, TURNED[:, :1], NAMES, r"positive must be an array \(N, 2\), .* got shape \(3000, 1\)"),
        (POINTS, broken(TURNED, 5), NAMES, "1 of 3000 rows of positive hold values .* first is row 5"),
        (POINTS[:50], TURNED[:50], NAMES, "anchor has 50 rows, but at least 120 are needed"),
        (POINTS, POINTS, NAMES, "anchor and positive are the same points: nothing can be learnt"),
    ],
)
def test_pairs_that_are_refused(anchor, positive, names, message):
    with pytest.raises(DataError, match=message):
        sg.Experiment.from_pairs(anchor, positive, names)


def test_what_else_is_refused():
    experiment = EXPERIMENTS["labels"]
    with pytest.raises(UnknownNameError, match="no variant 'paper'"):
        experiment.sample(10, variant="paper")
    with pytest.raises(DataError, match="count must be a whole number of at least 1, got 0"):
        experiment.sample(0)
    with pytest.raises(DataError, match="seed must be a whole number of at least 0, got -1"):
        experiment.sample(10, seed=-1)
    with pytest.raises(ExpressionError):
        sg.Experiment.from_pairs(POINTS, TURNED, NAMES, concepts="a + nothing")
