"""The operator table: every row passes the examination, and the examination catches rows that are wrong."""

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from symgrad_widgets.errors import DataError, ExpressionError, UnknownNameError
from symgrad_widgets.formula import operators
from symgrad_widgets.formula.operators import OPERATORS, define_operator, examine, lookup


@pytest.mark.parametrize("name", OPERATORS)
def test_every_row_passes_the_examination(name):
    examine(OPERATORS[name])


@pytest.mark.parametrize("name", OPERATORS)
def test_the_examination_catches_a_wrong_derivative(name):
    right = OPERATORS[name]
    for i, partial in enumerate(right.partials):
        for wrong in (
            lambda *at, partial=partial: -partial(*at),
            lambda *at, partial=partial: 1.001 * partial(*at),
        ):
            partials = (*right.partials[:i], wrong, *right.partials[i + 1 :])
            with pytest.raises(DataError, match=rf"{name}.*derivative {i + 1} at"):
                examine(replace(right, partials=partials))


@pytest.mark.parametrize(
    ("name", "protected"),
    [
        ("div", lambda a, b: np.where(b == 0, 1.0, a / np.where(b == 0, 1, b))),
        ("log", lambda u: np.log(np.abs(u) + 1e-9)),
        ("sqrt", lambda u: np.sqrt(np.abs(u))),
        ("exp", lambda u: np.exp(np.clip(u, -50, 50))),
        ("inv", lambda u: u / (u * u + 1e-12)),
    ],
)
def test_protected_operators_are_refused(name, protected):
    with pytest.raises(DataError, match=f"{name}.*value at"):
        examine(replace(OPERATORS[name], value=protected))


def test_wrong_shapes_are_refused():
    scalar = replace(OPERATORS["sin"], value=lambda _: np.float64(0.0))
    with pytest.raises(DataError, match=r"'sin' must return float64 numbers of shape \(17,\).*shape \(\)"):
        examine(scalar)


def test_literal_values_and_derivatives():
    u = np.array([-2.0])
    assert OPERATORS["log"].value(u)[0] == pytest.approx(0.6931471805599453)
    assert OPERATORS["log"].partials[0](u, None)[0] == -0.5
    assert OPERATORS["pow4"].value(u)[0] == 16
    assert OPERATORS["pow4"].partials[0](u, None)[0] == -32
    with np.errstate(all="ignore"):
        assert np.isnan(OPERATORS["sqrt"].value(u)[0])
        assert not np.isfinite(OPERATORS["inv"].value(np.array([0.0]))[0])


def test_lookup_keeps_the_order_of_the_table_and_drops_repetitions():
    assert [op.name for op in lookup(["sin", "add", "sin"])] == ["add", "sin"]
    assert [op.code for op in lookup()] == list(range(len(operators.DEFAULT)))


def test_lookup_of_an_unknown_name_names_the_nearest():
    with pytest.raises(UnknownNameError, match=r"no operator 'sinn': did you mean 'sin'"):
        lookup(["add", "sinn"])
    with pytest.raises(UnknownNameError, match=r"no operator '\+': known: add, sub, mul"):
        lookup("+")


def test_an_empty_set_is_refused():
    with pytest.raises(DataError, match="operator set is empty"):
        lookup([])


@pytest.mark.usefixtures("scratch_table")
def test_a_defined_operator_has_its_value_and_derivative_from_sympy():
    row = define_operator("gauss", lambda u: sp.exp(-(u**2)))
    u = np.array([0.5, -1.0])
    assert row.value(u) == pytest.approx(np.exp(-(u**2)))
    assert row.partials[0](u, row.value(u)) == pytest.approx(-2 * u * np.exp(-(u**2)))
    assert OPERATORS["gauss"] is row
    assert define_operator("gauss", lambda w: sp.exp(-w * w)) is row


@pytest.mark.usefixtures("scratch_table")
@pytest.mark.parametrize(
    ("name", "function", "error", "message"),
    [
        ("sin", lambda u: u + 1, DataError, "'sin' already exists with another meaning"),
        ("mine", lambda u: 2 * np.sin(u), ExpressionError, r"write it with sympy\.sin, not numpy\.sin"),
        ("mine", dict, ExpressionError, "the arguments of <class 'dict'> are unknown"),
        ("mine", sp.Max, ExpressionError, "the arguments of Max are unknown: use a lambda"),
        ("mine", sp.zeta, ExpressionError, "takes 2 arguments|no values on arrays"),
        ("mine", lambda _: 1.0, ExpressionError, "must return a SymPy expression of its 1 argument"),
        ("mine", lambda u: u + sp.Symbol("z"), ExpressionError, "must return a SymPy expression"),
        ("mine", lambda u, v, w: u * v * w, ExpressionError, "takes 3 arguments: an operator must take"),
        ("mine", "u**2", ExpressionError, "pass a function of SymPy expressions, got 'u\\*\\*2'"),
        ("two words", lambda u: u**5, DataError, "'two words' must be an identifier"),
    ],
)
def test_what_cannot_be_an_operator_is_refused(name, function, error, message):
    before = dict(OPERATORS)
    with pytest.raises(error, match=message):
        define_operator(name, function)
    assert before == OPERATORS
