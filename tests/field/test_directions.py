"""Squared sines between vectors and spans, against angles known beforehand."""

import numpy as np
import pytest

from symgrad_widgets.field.directions import misalignment, orthonormal, outside, unit

ANGLE = np.linspace(0, np.pi, 100)
UNIT = np.column_stack([np.cos(ANGLE), np.sin(ANGLE)])


def rows(*vectors):
    """The same rows at each of 100 points."""
    return np.tile(np.array([vectors], dtype=float), (100, 1, 1))


@pytest.mark.parametrize("length", [1e-200, 1.0, 1e200])
def test_the_squared_sine_to_a_line_is_that_of_the_angle(length):
    span = orthonormal(rows([2.0, 0.0]))
    np.testing.assert_allclose(misalignment(length * UNIT, span), np.sin(ANGLE) ** 2, atol=1e-15)


def test_nothing_is_outside_of_the_plane_and_everything_where_nothing_is_spanned():
    np.testing.assert_allclose(misalignment(UNIT, orthonormal(rows([1, 0], [0, 1]))), 0, atol=1e-15)
    assert (misalignment(UNIT, orthonormal(rows([0, 0]))) == 1).all()


def test_small_angles_keep_their_digits():
    near = np.tile([1.0, 1e-12], (100, 1))
    np.testing.assert_allclose(misalignment(near, orthonormal(rows([3, 0]))), 1e-24, rtol=1e-12)


def test_a_vector_that_vanishes_or_is_not_finite_counts_as_orthogonal():
    bad = np.zeros((100, 2))
    bad[1::2] = np.nan
    assert (misalignment(bad, orthonormal(rows([1, 0]))) == 1).all()


@pytest.mark.parametrize("scale", [1e-150, 1e-8, 1, 1e8])
def test_a_row_counts_by_its_direction_alone(scale):
    span = orthonormal(rows([1, 0, 0], [0, scale, 0]))
    np.testing.assert_allclose(span @ np.swapaxes(span, 1, 2), rows([1, 0], [0, 1]), atol=1e-15)
    assert (misalignment(np.tile([0.0, 0, 1], (100, 1)), span) == 1).all()


def test_a_row_that_depends_on_others_spans_nothing_more():
    span = orthonormal(rows([1, 1, 0], [2, 2, 0]))
    np.testing.assert_allclose((span**2).sum((1, 2)), 1)
    np.testing.assert_allclose(misalignment(np.tile([1.0, -1, 0], (100, 1)), span), 1)


def test_what_is_outside_is_orthogonal_and_of_the_right_length():
    rest = outside(UNIT, orthonormal(rows([1, 0])))
    np.testing.assert_allclose(rest, np.column_stack([0 * ANGLE, np.sin(ANGLE)]), atol=1e-15)
    np.testing.assert_allclose(np.linalg.norm(unit(5 * UNIT), axis=1), 1)
