"""The eigenproblem behind linear combinations, against SciPy and plain loops; and the bank of terms."""

import itertools

import numpy as np
import pytest
import sympy as sp
from concept_cases import field_of, from_formula
from prefix import to_string
from scipy.linalg import eigh
from scipy.optimize import minimize

from symgrad_widgets.formula.expressions import parse
from symgrad_widgets.search.fit import combine
from symgrad_widgets.search.fit.bank import Bank, Sample
from symgrad_widgets.search.fit.sieve import _moments, _priced, sieve
from symgrad_widgets.search.terms.dictionary import products
from symgrad_widgets.search.terms.grammar import Grammar
from symgrad_widgets.search.terms.postfix import apply, from_sympy, leaf


def problem(seed, terms=5, points=60, dimension=4, neurons=1):
    """Random gradients G (K, N, m), a basis (N, k, m) of the neurons' span, and their products D."""
    rng = np.random.default_rng(seed)
    G = rng.normal(size=(terms, points, dimension)) * rng.lognormal(sigma=0.7, size=(points, 1))
    basis = np.linalg.qr(rng.normal(size=(points, dimension, neurons)))[0].swapaxes(1, 2)
    return G, basis, np.einsum("knm,ncm->knc", G, basis)


def trust(G):
    """Weights of the points, of mean 1, that differ much."""
    weights = np.random.default_rng(5).lognormal(sigma=0.5, size=G.shape[-2])
    return weights / weights.mean()


def plain_loss(G, basis, c):
    """Weighted mean of 1 - |P g|^2 / |g|^2, point by point."""
    shares = []
    for n in range(G.shape[1]):
        g = sum(c[k] * G[k, n] for k in range(len(c)))
        P = sum(np.outer(u, u) for u in basis[n])
        shares.append(1 - g @ P @ g / (g @ g))
    return np.average(shares, weights=trust(G))


def plain_moments(G, basis, weights=None):
    """A and M of `A c = lambda M c`, summed point by point."""
    A = M = 0
    for n in range(G.shape[1]):
        B = G[:, n] * np.sqrt(trust(G)[n] if weights is None else weights[n])
        P = basis[n].T @ basis[n]
        M = M + B @ B.T
        A = A + B @ (np.eye(len(P)) - P) @ B.T
    return A, M


def parallel(a, b):
    return abs(a @ b) / np.linalg.norm(a) / np.linalg.norm(b)


# -- coefficients and loss ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "neurons"), [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3)])
def test_the_first_round_solves_the_generalized_eigenproblem(seed, neurons):
    G, basis, D = problem(seed, neurons=neurons)
    values, vectors = eigh(*plain_moments(G, basis))
    c, loss = combine.solve(G, D, trust(G), rounds=1)
    assert parallel(c, vectors[:, 0]) == pytest.approx(1, abs=1e-9)
    assert loss == pytest.approx(plain_loss(G, basis, c), abs=1e-12)
    assert 0 < values[0] < 1


@pytest.mark.parametrize("neurons", [1, 2, 3])
def test_the_loss_is_the_projectors_own(neurons):
    G, basis, D = problem(11, neurons=neurons)
    c = np.random.default_rng(1).normal(size=5)
    loss, squares = combine.losses(G, D, c, trust(G))
    assert loss == pytest.approx(plain_loss(G, basis, c), abs=1e-12)
    assert squares == pytest.approx((np.tensordot(c, G, 1) ** 2).sum(1))


def test_a_point_where_the_gradient_vanishes_counts_one():
    G, _, D = problem(3)
    c = np.array([1.0, 0, 0, 0, 0])
    weights = trust(G)
    rest = combine.losses(G[:, 15:], D[:, 15:], c, weights[15:])[0]  # of weights whose mean is not 1
    G[0, :15] = D[0, :15] = 0
    dead, alive = weights[:15].sum(), weights[15:].sum()
    assert combine.losses(G, D, c, weights)[0] == pytest.approx((dead + alive * rest) / 60)


def test_many_problems_at_once_are_many_problems():
    problems = [problem(seed, neurons=2) for seed in range(5)]
    G, D = np.stack([p[0] for p in problems]), np.stack([p[2] for p in problems])
    coefficients, losses = combine.solve(G, D, trust(G))
    for c, loss, g, d in zip(coefficients, losses, G, D, strict=True):
        alone = combine.solve(g, d, trust(g))
        assert parallel(c, alone[0]) == pytest.approx(1, abs=1e-12)
        assert loss == pytest.approx(float(alone[1]), abs=1e-12)


def noisy_sum(seed):
    """Three terms whose sum, but for noise, has the neuron's direction; lengths differ much."""
    rng = np.random.default_rng(seed)
    G = rng.normal(size=(3, 300, 4)) * rng.lognormal(sigma=1.5, size=(300, 1))
    unit = np.array([1.0, -2.0, 0.5]) @ G.transpose(1, 0, 2)
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True) + 0.2 * rng.normal(size=unit.shape)
    unit = (unit / np.linalg.norm(unit, axis=1, keepdims=True))[:, None]
    return G, unit, np.einsum("knm,ncm->knc", G, unit)


@pytest.mark.parametrize("seed", range(5))
def test_reweighting_comes_close_to_the_least_unweighted_loss(seed):
    G, _, D = noisy_sum(seed)
    once, thrice = (combine.solve(G, D, trust(G), rounds=r) for r in (1, 3))
    least = minimize(lambda c: combine.losses(G, D, c, trust(G))[0], once[0], tol=1e-12).fun
    assert thrice[1] < once[1]
    assert thrice[1] - least < 0.2 * (once[1] - least) + 1e-4 * least


def test_coefficients_of_an_exact_sum_are_found():
    G, _, _ = noisy_sum(0)
    wanted = np.array([1.0, -2.0, 0.5])
    unit = np.tensordot(wanted, G, 1)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    c, loss = combine.solve(G, np.einsum("knm,nm->kn", G, unit)[..., None], trust(G))
    assert c / c[0] == pytest.approx(wanted, rel=1e-9)
    assert loss < 1e-14


# -- the null space of M -------------------------------------------------------------------------------------


def test_a_combination_that_is_constant_on_the_data_never_wins():
    G, _, D = problem(7, terms=3)
    null = np.array([1.0, -1.0, 2.0])  # a fourth term that makes null . terms + fourth = 0
    G4 = np.concatenate([G, -np.tensordot(null, G, 1)[None]])
    D4 = np.concatenate([D, -np.tensordot(null, D, 1)[None]])
    c, loss = combine.solve(G4, D4, trust(G))
    assert combine.losses(G4, D4, c, trust(G))[1].min() > 0
    assert loss == pytest.approx(combine.solve(G, D, trust(G))[1], rel=1e-6)
    assert loss > 0.3  # nothing random agrees: an eigenvalue of zero would have been the null space


@pytest.mark.parametrize("noise", [0, 1e-2])
def test_the_trace_does_not_win_where_it_is_fixed(noise):
    sample = Sample(field_of("P1-02", 300, noise=noise))
    terms = [from_sympy(parse(t), sp.symbols("x1:5", real=True)) for t in ("x1", "x4", "x1*x4", "x2*x3")]
    G, D = sample.features(terms)
    c, loss = combine.solve(G, D, trust(G))
    assert loss < 1.1 * noise + 1e-14
    assert c[2] / c[3] == pytest.approx(-1, abs=0.02)
    assert c[1] - c[0] == pytest.approx(0, abs=20 * noise + 1e-9)  # x1 + x4 itself is free


def test_of_terms_that_depend_on_each_other_those_of_the_shortest_form_come_first():
    G, *_ = problem(6, terms=4)
    G = np.concatenate([G, [G[0] + 3 * G[1], G[2] - G[3], G[0] - G[2]]])
    truth = 2 * G[4] + G[5]
    basis = (truth / np.linalg.norm(truth, axis=1, keepdims=True))[:, None]
    D = np.einsum("knm,ncm->knc", G, basis)

    def exact(some):
        return combine.solve(G[list(some)], D[list(some)], trust(G))[1] < 1e-12

    shortest = next(
        some for size in range(1, 7) for some in itertools.combinations(range(7), size) if exact(some)
    )
    kept = combine.independent(G)
    order = combine.sparsest(G, D, trust(G), kept)
    assert kept.tolist() == [0, 1, 2, 3]
    assert shortest == (4, 5)
    assert order.tolist() == [4, 5, 0, 1, 2, 3, 6]


def test_independent_terms_are_counted_and_earlier_ones_kept():
    G, _, _ = problem(5, terms=6)
    G[2] = G[0] - 3 * G[1]
    G[5] = 2 * G[4]
    kept = combine.independent(G)
    assert kept.tolist() == [0, 1, 3, 4]
    assert len(kept) == np.linalg.matrix_rank(G.reshape(6, -1))
    assert combine.independent(G[[5, 2, 1, 0, 3, 4]]).tolist() == [0, 1, 2, 4]


# -- elimination ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "terms"), [(0, 2), (1, 3), (2, 6), (3, 6), (4, 12)])
def test_losses_after_each_deletion_equal_brute_force(seed, terms):
    G, basis, D = problem(seed, terms=terms)
    A, M = plain_moments(G, basis, np.ones(60))
    found = combine._after_deletion(*combine.eigen(*combine._moments(G, D, np.ones(60))))
    for k in range(terms):
        left = np.delete(np.arange(terms), k)
        assert found[k] == pytest.approx(eigh(A[np.ix_(left, left)], M[np.ix_(left, left)])[0][0], abs=1e-9)


def test_the_last_term_cannot_be_spared():
    G, _, D = problem(0, terms=1)
    found = combine._after_deletion(*combine.eigen(*combine._moments(G, D, np.ones(60))))
    assert found.tolist() == [1]


def test_a_term_without_part_in_the_best_sum_is_deleted_for_free():
    A, M = np.diag([0.1, 0.4, 0.9]), np.eye(3)
    assert combine._after_deletion(*combine.eigen(A, M)) == pytest.approx([0.4, 0.1, 0.1], abs=1e-9)


def test_elimination_finds_the_six_signed_products_of_a_determinant():
    field = field_of("P1-13", 300)
    monomials, G = [], []
    for factors in itertools.chain(*(itertools.combinations(range(9), d) for d in (1, 2, 3))):
        gradient = np.zeros((300, 9))
        for i in factors:
            gradient[:, i] = field.points[:, [j for j in factors if j != i]].prod(1)
        monomials.append(tuple(i + 1 for i in factors))
        G.append(gradient)
    G = field.measure.project(np.stack(G))
    D = np.einsum("knm,ncm->knc", G, field.unit)
    steps = {len(kept): (kept, c, loss) for kept, c, loss in combine.eliminate(G, D, field.weights)}
    kept, c, loss = steps[6]
    signs = {monomials[k]: value for k, value in zip(kept, c / abs(c[0]), strict=True)}
    wanted = {(1, 5, 9): 1, (1, 6, 8): -1, (2, 4, 9): -1, (2, 6, 7): 1, (3, 4, 8): 1, (3, 5, 7): -1}
    assert signs.keys() == wanted.keys()
    assert [signs[m] * signs[1, 5, 9] for m in wanted] == pytest.approx(list(wanted.values()), abs=1e-9)
    assert loss < 1e-14
    assert steps[5][2] > 0.05  # and none can be spared


# -- the sieve for large bases ------------------------------------------------------------------------------

LAW = "x1*x2*x3 - 2*x4*x5*x6 + x7*x8*x9 - x10*x11*x12 + x1*x5*x9"


@pytest.fixture(scope="module", params=[0, 1e-2])
def basis(request):
    """All products of three of twelve inputs, a sample of the law's field, and the law's own products."""
    case = from_formula(LAW, -1, 1, " ".join(f"x{i}" for i in range(1, 13)))
    grammar = Grammar(None, range(12))
    law = [(1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12), (1, 5, 9)]
    inputs = [[grammar.inputs[i - 1] for i in factors] for factors in law]
    needed = {grammar["mul"](grammar["mul"](a, b), c) for a, b, c in inputs}
    sample = Sample(field_of(case, 150, noise=request.param))
    return products(grammar, grammar.inputs, 3), sample, needed


def test_the_sieve_keeps_what_the_law_needs(basis):
    terms, sample, needed = basis
    kept = sieve(terms, sample, 20)
    assert len(terms) == 220
    assert len(kept) == 20
    assert needed <= set(kept) <= set(terms)


def test_of_equal_terms_the_sieve_keeps_the_first(basis):
    terms, sample, needed = basis
    twice = [*terms, *(apply("neg", t) for t in terms)]
    assert needed <= set(sieve(twice, sample, 20)) <= set(terms)


def test_the_sieve_prices_terms_as_elimination_does(basis):
    terms, sample, _ = basis
    G, D = sample.features(terms)
    G, D, size = combine.normalised(G, D)
    values, vectors = combine.eigen(*combine._moments(G, D, np.ones(150)))
    M, along, scale = _moments(terms, sample, np.ones(150), lambda: None)
    kept, c, price = _priced(M, along, lambda: None)
    assert scale == pytest.approx(size * np.sqrt(150))
    assert kept.tolist() == list(range(220))
    assert parallel(c, vectors[:, 0]) == pytest.approx(1, abs=1e-9)
    exact = combine._after_deletion(values, vectors) - values[0]
    dear = exact > 0.05 * exact.max()
    assert (price[dear] > 0.9 * exact[dear]).all()
    assert (price[dear] < 2 * exact[dear]).all()
    assert price[~dear].max() < 0.1 * exact.max()


def test_the_sieve_can_be_stopped_all_the_time(basis):
    looks = []
    sieve(*basis[:2], 20, lambda: looks.append(None))
    assert len(looks) > 30


def waves_times_monomials(points):
    """Gradients (K, N, 3) of a^i b^j times 1 and four waves of c, and the numbers of a^2, b^2, a b cos(c)."""
    a, b, c = points.T
    powers = [p for p in itertools.product(range(-2, 3), repeat=2) if sum(map(abs, p)) <= 4]
    one = np.ones_like(c), np.zeros_like(c)
    waves = [one, *((f(k * c), k * df(k * c)) for k in (1, 2) for f, df in WAVES)]
    kept, G = [], []
    for (i, j), (number, (w, dw)) in itertools.product(powers, enumerate(waves)):
        if (i, j, number) != (0, 0, 0):
            value = a**i * b**j
            G.append(np.stack([i * value / a * w, j * value / b * w, value * dw], axis=1))
            kept.append((i, j, number))
    return np.array(G), [kept.index(one) for one in ((2, 0, 0), (0, 2, 0), (1, 1, 2))]


WAVES = ((np.sin, np.cos), (np.cos, lambda x: -np.sin(x)))


def met(seed, ridge):
    """Whether elimination meets a^2 + b^2 - 2 a b cos(c), whose gradients have smooth errors of 2 degrees."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(1, 3, (300, 3))
    G, law = waves_times_monomials(points)
    frequencies, phases = rng.normal(size=(12, 3)) * 1.5, rng.uniform(0, 6, 12)
    true = np.tensordot([1, 1, -2], G[law], 1)
    error = np.cos(points @ frequencies.T + phases) @ frequencies
    seen = true + 0.004 * np.linalg.norm(true, axis=1).mean() * error
    unit = seen / np.linalg.norm(seen, axis=1, keepdims=True)
    G, _, _ = combine.normalised(G, G)
    D = np.einsum("knm,nm->kn", G, unit)[..., None]
    return any(sorted(kept) == sorted(law) for kept, _, _ in combine.eliminate(G, D, np.ones(300), ridge))


def test_a_ridge_keeps_elimination_from_fitting_errors():
    assert all(met(seed, 3e-4) for seed in range(6))
    assert sum(met(seed, 0.0) for seed in range(6)) <= 1


def test_elimination_meets_the_set_in_which_no_term_can_be_spared():
    rng = np.random.default_rng(0)
    G = rng.normal(size=(61, 200, 30))
    unit = G[:29].sum(0) / np.linalg.norm(G[:29].sum(0), axis=1, keepdims=True)
    found = {
        len(kept): loss
        for kept, _, loss in combine.eliminate(G, np.einsum("knm,nm->kn", G, unit)[..., None], trust(G))
    }
    assert found[29] < 1e-14
    assert len(found) < 45


# -- the bank of terms ---------------------------------------------------------------------------------------

SYMBOLS = sp.symbols("x1:4", real=True)


def terms_of(*texts):
    return [from_sympy(parse(text, ("x1", "x2", "x3")), SYMBOLS) for text in texts]


@pytest.fixture
def sample():
    return Sample(field_of(from_formula("x1*x2 + x3", -1, 1), 200))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x1*x2", "-3*x1*x2"),
        ("x1*x2", "x1*x2 + 7"),
        ("x1^2 + x2^2", "1 - (x1^2 + x2^2)/9"),
        ("x1*(x2 + x3)", "x1*x2 + x1*x3"),
        ("exp(x1 + x2)", "exp(x1)*exp(x2 + 3)"),
        ("log(x1*x2)", "log(3*x1) + log(x2)"),
        ("(x1 + x2)^2 - x1^2 - x2^2", "x1*x2"),
    ],
)
def test_terms_equal_up_to_scale_sign_and_offset_share_a_row(sample, text, same):
    bank = Bank(sample)
    first, second, other = bank.rows(terms_of(text, same, "x1 + 1.001*x2^3"))
    assert first == second != other
    assert len(bank) == 2
    assert len(bank.terms[first].tokens) == min(len(t.tokens) for t in terms_of(text, same))


@pytest.mark.parametrize("text", ["x1 + 1e-4*x2", "x1 + 1e-4*x1^2", "sin(x1)", "exp(x1)", "x1 - 1e-4*x3"])
def test_terms_that_differ_have_rows_of_their_own(sample, text):
    first, second = Bank(sample).rows(terms_of("x1", text))
    assert first != second


@pytest.mark.parametrize("text", ["sqrt(x1)", "1/sqrt(x2*x3)", "x1 - x1 + 2", "exp(exp(exp(9*x1 + 9)))"])
def test_terms_without_a_finite_gradient_at_every_point_are_refused(sample, text):
    bank = Bank(sample)
    assert bank.rows([*terms_of(text), *terms_of("x1")]) == [None, 0]
    assert bank.rows(terms_of(text)) == [None]


X2 = leaf(1)


@pytest.mark.parametrize(
    "term",
    [
        apply("mul", X2, apply("inv", X2)),
        apply("mul", X2, apply("square", apply("inv_sqrt", X2))),
    ],
    ids=to_string,
)
def test_terms_that_are_constant_by_cancellation_are_refused(term):
    sample = Sample(field_of(from_formula("x1*x2 + x3", 0.5, 2), 200))
    assert Bank(sample).rows([term]) == [None]


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("P1-02", "x1 + x4"),
        ("P1-02", "exp(x1 + x4)"),
        ("P1-02", "(x1 + x4)^2"),
        ("P1-04", "x1"),
        ("P1-04", "x2 + x4"),
        ("P1-04", "x5*x2"),
        ("P1-04", "x9^2 + x3*x5"),
    ],
)
def test_terms_that_are_constant_on_the_data_are_refused(case, text):
    field = field_of(case, 200)
    symbols = [sp.Symbol(name, real=True) for name in field.names]
    assert Bank(Sample(field)).rows([from_sympy(parse(text), symbols)]) == [None]


def test_the_order_of_insertion_changes_no_direction(sample):
    texts = ["x1*x2", "2*x1*x2", "x3", "sin(x1)", "sin(x1) + 4", "x1/(x2 + 3)", "-x3", "sqrt(x3 + 2)"]
    forth, back = Bank(sample), Bank(sample)
    rows, reversed_rows = forth.rows(terms_of(*texts)), back.rows(terms_of(*texts)[::-1])[::-1]
    for r, s in zip(rows, reversed_rows, strict=True):
        assert parallel(forth.G[r].ravel(), back.G[s].ravel()) == pytest.approx(1, abs=1e-12)


def test_a_row_holds_the_normalised_gradient_of_its_term(sample):
    bank = Bank(sample)
    bank.rows(terms_of("-3*x1*x2", "x1*x2", "exp(x1 + x3) + 1", "exp(x1 + x3)", "x2/(x1 + 2)"))
    for term, row, along, scale in zip(bank.terms, bank.G, bank.D, bank.scale, strict=False):
        direct, _, _, _ = sample.project([term])
        assert row * scale == pytest.approx(direct[0], abs=1e-9)
        assert np.average((row**2).sum(1), weights=sample.trust) == pytest.approx(1)
        assert along[:, 0] == pytest.approx((row * sample.unit[:, 0]).sum(1))


def test_the_bank_grows(sample):
    powers = terms_of(*(f"x1^{p} + {c}*x2" for p in range(1, 6) for c in range(1, 121)))
    bank = Bank(sample)
    rows = bank.rows(powers)
    assert sorted(rows) == list(range(600)) == list(range(len(bank)))
    again = Bank(sample)
    assert [again.rows([t])[0] for t in powers] == rows
    assert np.array_equal(again.G, bank.G)
