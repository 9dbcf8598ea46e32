"""Lie algebras are told by what does not depend on the basis; SymPy computes the same exactly."""

import itertools

import numpy as np
import pytest
import sympy as sp

from symgrad_widgets.reading.symmetry.algebra import algebra_of

RNG = np.random.default_rng(0)


def keeping(form):
    """Basis of all matrices A with A^T form + form A = 0."""
    form = np.diag(form) if np.ndim(form) == 1 else np.array(form)
    n = len(form)
    units = np.eye(n * n).reshape(-1, n, n)
    conditions = np.array([(u.T @ form + form @ u).ravel() for u in units]).T
    _, s, vt = np.linalg.svd(conditions)
    return vt[(s < 1e-9).nonzero()[0]].reshape(-1, n, n)


def entries(n, *wanted):
    """Matrices with single ones."""
    found = np.zeros((len(wanted), n, n))
    for matrix, places in zip(found, wanted, strict=True):
        for i, j, value in places:
            matrix[i, j] = value
    return found


def traceless(n):
    off = [[(i, j, 1)] for i in range(n) for j in range(n) if i != j]
    return entries(n, *off, *([(i, i, 1), (n - 1, n - 1, -1)] for i in range(n - 1)))


def side_by_side(*algebras):
    size = sum(a.shape[1] for a in algebras)
    found, at = [], 0
    for some in algebras:
        for matrix in some:
            whole = np.zeros((size, size))
            whole[at : at + some.shape[1], at : at + some.shape[1]] = matrix
            found.append(whole)
        at += some.shape[1]
    return np.array(found)


HEISENBERG = entries(3, [(0, 1, 1)], [(1, 2, 1)], [(0, 2, 1)])
TURNS = keeping([1, 1, 1])
CASES = {
    "so(3)": TURNS,
    "sl(2)": keeping([1, 1, -1]),
    "so(4)": keeping([1, 1, 1, 1]),
    "so(1,3)": keeping([1, -1, -1, -1]),
    "so(2,2)": keeping([1, 1, -1, -1]),
    "sl(2) + so(3)": side_by_side(keeping([1, 1, -1]), TURNS),
    "so(5)": keeping([1] * 5),
    "so(1,4)": keeping([-1] + [1] * 4),
    "so(2,3)": keeping([-1, -1, 1, 1, 1]),
    "sl(3)": traceless(3),
    "sl(3) + sl(3)": side_by_side(traceless(3), traceless(3)),
    "so(16)": keeping([1] * 16),
    "Heisenberg": HEISENBERG,
    "abelian": entries(3, [(0, 0, 1)], [(1, 1, 1)]),
    "e(2)": entries(3, [(0, 1, 1), (1, 0, -1)], [(0, 2, 1)], [(1, 2, 1)]),
    "e(1,1)": entries(3, [(0, 1, 1), (1, 0, 1)], [(0, 2, 1)], [(1, 2, 1)]),
    "affine motions of a line": entries(2, [(0, 0, 1)], [(0, 1, 1)]),
    "affine motions of a line + R": side_by_side(entries(2, [(0, 0, 1)], [(0, 1, 1)]), np.ones((1, 1, 1))),
    "nilpotent": entries(4, [(0, 1, 1)], [(1, 2, 1), (2, 3, 1)], [(0, 2, 1)], [(0, 3, 1)]),
    "so(3) + R": side_by_side(TURNS, np.ones((1, 1, 1))),
    "so(3) + R^2": side_by_side(TURNS, entries(2, [(0, 0, 1)], [(1, 1, 1)])),
    "so(3) and a solvable ideal of dimension 3": np.concatenate(
        [np.pad(TURNS, ((0, 0), (0, 1), (0, 1))), entries(4, *([(i, 3, 1)] for i in range(3)))]
    ),
}  # fmt: skip


def disguised(matrices):
    """The same algebra in another basis, of other coordinates."""
    size = matrices.shape[1]
    turn = np.eye(size) + 0.3 * RNG.normal(size=(size, size)) / np.sqrt(size)
    mixed = np.eye(len(matrices)) + 0.3 * RNG.normal(size=(len(matrices),) * 2) / np.sqrt(len(matrices))
    return np.einsum("de,emn->dmn", mixed, turn @ matrices @ np.linalg.inv(turn))


@pytest.mark.parametrize("name", CASES)
def test_an_algebra_is_known_in_any_basis(name):
    found = algebra_of(disguised(CASES[name]))
    assert (found.name, found.dimension) == (
        name,
        np.linalg.matrix_rank(CASES[name].reshape(len(CASES[name]), -1)),
    )
    assert found.outside < 1e-12


@pytest.mark.parametrize(
    "name", ["so(3)", "sl(2)", "so(4)", "so(1,3)", "so(2,2)", "Heisenberg", "e(2)", "so(3) + R"]
)
def test_sympy_computes_the_same_killing_form_and_derived_algebra(name):
    exact = [sp.Matrix(np.rint(m / np.abs(m).max()).astype(int)) for m in CASES[name]]
    rows = sp.Matrix([list(m) for m in exact]).T

    def coordinates(matrix):
        solution = rows.gauss_jordan_solve(sp.Matrix(list(matrix)))[0]
        return list(solution)

    brackets = {
        (i, j): coordinates(a * b - b * a) for (i, a), (j, b) in itertools.product(enumerate(exact), repeat=2)
    }
    d = len(exact)
    adjoint = [sp.Matrix(d, d, lambda k, j, i=i: brackets[i, j][k]) for i in range(d)]
    killing = sp.Matrix(d, d, lambda i, j: (adjoint[i] * adjoint[j]).trace())
    values = [float(v) for v, count in killing.eigenvals().items() for _ in range(count)]
    derived = sp.Matrix(list(brackets.values())).rank()
    found = algebra_of(CASES[name])
    assert found.killing == (
        sum(v > 0 for v in values),
        sum(v < 0 for v in values),
        sum(v == 0 for v in values),
    )
    assert found.derived[min(1, len(found.derived) - 1)] == derived
    assert found.semisimple == (killing.det() != 0)


def test_a_span_whose_brackets_lead_out_is_no_algebra():
    assert algebra_of(keeping([1, 1, 1])[:2]) is None


def test_small_errors_of_the_matrices_do_not_matter():
    for name in ("so(1,3)", "so(2,2)", "so(4)", "Heisenberg"):
        matrices = CASES[name] + 0.003 * RNG.normal(size=CASES[name].shape)
        assert algebra_of(matrices).name == name


def test_what_solvable_and_nilpotent_mean():
    assert algebra_of(HEISENBERG).nilpotent
    assert algebra_of(HEISENBERG).derived == (3, 1, 0)
    plane = algebra_of(CASES["e(2)"])
    assert plane.solvable
    assert not plane.nilpotent
    assert plane.centre == 0
    assert not algebra_of(TURNS).solvable
