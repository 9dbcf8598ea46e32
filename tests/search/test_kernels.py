"""Terms and kernels: the compiled kernel against NumPy, SymPy, torch and 40 digits on the same terms."""

from dataclasses import replace

import mpmath
import numpy as np
import pytest
import sympy as sp
from prefix import to_string

from symgrad_widgets.errors import DataError, ExpressionError
from symgrad_widgets.formula import operators
from symgrad_widgets.formula.operators import OPERATORS, define_operator
from symgrad_widgets.search.kernel.compiled import HAS_LOOP
from symgrad_widgets.search.kernel.evaluation import gradients, on_numpy
from symgrad_widgets.search.terms import postfix
from symgrad_widgets.search.terms.postfix import Term, apply, constant, from_sympy, leaf, to_sympy

X1, X2, X3 = SYMBOLS = sp.symbols("x1 x2 x3", real=True)
UNARY = [name for name in operators.DEFAULT if OPERATORS[name].arity == 1]
BINARY = [name for name in operators.DEFAULT if OPERATORS[name].arity == 2]


def random_term(nodes, rng, inputs=3):
    if nodes == 1:
        return leaf(int(rng.integers(inputs))) if rng.random() < 0.8 else constant(rng.normal())
    if nodes == 2 or rng.random() < 0.4:
        return apply(rng.choice(UNARY), random_term(nodes - 1, rng, inputs))
    left = int(rng.integers(1, nodes - 1))
    pair = random_term(left, rng, inputs), random_term(nodes - 1 - left, rng, inputs)
    return apply(rng.choice(BINARY), *pair)


def corpus(seed, count=300, nodes=12):
    rng = np.random.default_rng(seed)
    return [random_term(int(rng.integers(1, nodes)), rng) for _ in range(count)]


def data(points, seed=0, inputs=3):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.4, 1.9, (inputs, points)) * rng.choice([-1, 1, 1], (inputs, points))


def ill_conditioned(term, X):
    """Points where changes of all values on the way in the last digits move value or gradient by 1e-10."""
    rng = np.random.default_rng(0)
    value, gradient, _ = on_numpy(term, X)
    rows = list(postfix._rows)
    try:
        postfix._rows[:] = [replace(op, value=_jittered(op.value, rng)) for op in rows]
        moved = on_numpy(term, X)
    finally:
        postfix._rows[:] = rows
    return relative_change(*moved[:2], value, gradient) > 1e-10


def relative_change(value, gradient, other_value, other_gradient):
    """Largest difference of value or gradient at each point, next to its size or 1e-6 of the largest one."""
    size = 1e-300 + np.abs(np.vstack([other_value, other_gradient]))
    change = np.abs(np.vstack([value - other_value, gradient - other_gradient]))
    return (change / (size + 1e-6 * size.max(0))).max(0)


def _jittered(value, rng):
    return lambda *at: value(*at) * (1 + 1e-14 * rng.uniform(0.5, 1))


def assert_agree(term, X, value, gradient, other_value, other_gradient, within=1e-8):
    sure = ~ill_conditioned(term, X)
    off = relative_change(value, gradient, other_value, other_gradient)
    assert off[sure].max(initial=0) < within, to_string(term)


# The compiled kernel against other evaluations


@pytest.mark.parametrize("seed", range(3))
def test_kernel_agrees_with_the_rows_of_the_table(seed):
    X = data(203, seed)
    batch = corpus(seed)
    values, grads, ok = gradients(batch, X)
    assert 100 < ok.sum() < len(batch)
    for p, term in enumerate(batch):
        value, gradient, fine = on_numpy(term, X)
        assert ok[p] == fine, to_string(term)
        if fine:
            assert_agree(term, X, values[p], grads[p], value, gradient)


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
def test_kernel_agrees_with_sympy():
    X = data(20)
    compared = 0
    for term in corpus(5, 60, 9):
        (value,), (gradient,), (ok,) = gradients([term], X)
        if not ok:
            continue
        form = to_sympy(term, SYMBOLS)
        exact = [sp.lambdify(SYMBOLS, e, "mpmath") for e in (form, *(sp.diff(form, s) for s in SYMBOLS))]
        with mpmath.workdps(40):
            rows = np.array([[float(mpmath.re(f(*map(mpmath.mpf, x)))) for x in X.T.tolist()] for f in exact])
        assert_agree(term, X, value, gradient, rows[0], rows[1:])
        compared += 1
    assert compared > 30


def test_kernel_agrees_with_torch():
    torch = pytest.importorskip("torch")
    symbols = sp.symbols("u v", real=True)
    functions = {
        row.name: sp.lambdify(symbols[: row.arity], row.sympy(sp, *symbols[: row.arity]), "torch")
        for row in OPERATORS.values()
    }
    X = data(50, 1)
    batch = corpus(9, 120)
    values, grads, ok = gradients(batch, X)
    assert ok.sum() > 50
    for p in np.flatnonzero(ok):
        x = torch.tensor(X, requires_grad=True)
        stack = []
        for t in batch[p].tokens:
            if t < 0 or t >= postfix.CONSTANT:
                number = batch[p].constants[t - postfix.CONSTANT] if t >= 0 else 0.0
                stack.append(x[-1 - t] if t < 0 else x[0] * 0 + number)
                continue
            row = postfix.operator(t)
            arguments = [stack.pop() for _ in range(row.arity)][::-1]
            stack.append(functions[row.name](*arguments))
        (gradient,) = torch.autograd.grad(stack[0].sum(), x)
        other = stack[0].detach().numpy(), gradient.numpy()
        assert_agree(batch[p], X, values[p], grads[p], *other, within=1e-6)  # its 1 - tanh^2 cancels


@pytest.mark.parametrize("name", [row.name for row in OPERATORS.values() if HAS_LOOP[row.code]])
def test_a_wrong_derivative_would_be_noticed(name, monkeypatch):
    """The comparison above is worth something: with one sign changed in the table it fails."""
    right = OPERATORS[name]
    wrong = replace(right, partials=tuple(lambda *at, d=d: -d(*at) for d in right.partials))
    monkeypatch.setattr(postfix, "_rows", [wrong if op is right else op for op in OPERATORS.values()])
    X = np.abs(data(40))
    term = apply(name, *[leaf(0), leaf(1)][: right.arity])
    (value,), (gradient,), _ = gradients([term], X)
    with pytest.raises(AssertionError, match=name):
        assert_agree(term, X, value, gradient, *on_numpy(term, X)[:2])


def test_literal_values():
    X = np.array([[2.0, 3.0], [5.0, -1.0]])
    term = from_sympy(sp.log(sp.Abs(sp.Symbol("a", real=True))) * 0 + X1**2 * X2 - 3 / X2, SYMBOLS[:2])
    (value,), (gradient,), (ok,) = gradients([term], X)
    assert ok
    assert value == pytest.approx([19.4, -6.0])
    assert gradient == pytest.approx(np.array([[20.0, -6.0], [4.12, 12.0]]))


def test_the_gradient_of_a_constant_in_disguise_is_exactly_zero():
    X = data(100)
    x = leaf(0)
    batch = [
        apply("div", x, x),
        apply("sub", x, x),
        apply("mul", constant(2.0), constant(3.0)),
        constant(1.0),
    ]
    _, grads, ok = gradients(batch, X)
    assert ok.all()
    assert not grads.any()


# Domains


@pytest.mark.parametrize("points", [1, 7, 8, 9, 512, 513, 1000])
def test_one_bad_point_rejects_a_term_wherever_it_is(points):
    batch = [apply(name, leaf(0)) for name in ("inv", "log", "sqrt", "inv_sqrt", "square")]
    for place in {0, points // 2, points - 1}:
        X = np.ones((1, points))
        assert gradients(batch, X)[2].all()
        X[0, place] = 0.0
        assert gradients(batch, X)[2].tolist() == [False] * 4 + [True]


def test_what_is_not_a_number_rejects_a_term_however_it_is_hidden():
    X = data(50)
    x, bad = leaf(0), apply("sqrt", constant(-1.0))
    batch = [apply("add", x, apply(name, bad)) for name in UNARY]
    batch += [
        apply("mul", x, bad),
        apply("div", x, bad),
        apply("exp", apply("exp", apply("exp", constant(9.0)))),
        bad,
    ]
    batch += [apply("tanh", apply("inv", apply("sub", x, x))), apply("exp", apply("log", apply("sub", x, x)))]
    assert not gradients(batch, X)[2].any()


def test_an_overflow_rejects_a_term():
    X = np.full((1, 5), 700.0)
    x = leaf(0)
    batch = [apply("exp", x), apply("exp", apply("add", x, leaf(0))), apply("cube", apply("exp", x))]
    assert gradients(batch, X)[2].tolist() == [True, False, False]


def test_far_arguments_are_as_accurate_as_near_ones():
    X = np.array([[1e13, -3e15, 1.0, 1e300, 22.0, -745.0, -730.0, 400.0, -400.0]])
    batch = [apply(name, leaf(0)) for name in ("sin", "cos", "tan", "tanh", "log", "abs")]
    values, _, ok = gradients(batch, X)
    assert ok.all()
    for value, f in zip(
        values, (np.sin, np.cos, np.tan, np.tanh, lambda u: np.log(abs(u)), np.abs), strict=True
    ):
        assert value == pytest.approx(f(X[0]), rel=1e-13)
    low = np.array([[-745.0, -730.0, -900.0, 709.0, 1.0]])
    (value,), (gradient,), (ok,) = gradients([apply("exp", leaf(0))], low)
    assert ok
    assert value == pytest.approx(np.exp(low[0]), rel=1e-12, abs=1e-323)
    assert (gradient[0] == value).all()


# Independence of how the work is cut


def test_points_and_terms_do_not_depend_on_their_neighbours():
    X = data(700)
    batch = corpus(3, 100)
    values, grads, ok = gradients(batch, X)
    for stop in (1, 13, 350, 512):
        some = gradients(batch, X[:, :stop])
        assert np.array_equal(some[0][ok], values[ok][:, :stop])
        assert np.array_equal(some[1][ok], grads[ok][:, :, :stop])
    backwards = gradients(batch[::-1], X)
    assert np.array_equal(backwards[1][::-1][ok], grads[ok])
    alone = [gradients([term], X)[1][0] for term in batch[:20]]
    assert all(np.array_equal(g, grads[p]) for p, g in enumerate(alone) if ok[p])


def test_no_terms_give_empty_results():
    X = data(5)
    assert [a.shape for a in gradients([], X)] == [(0, 5), (0, 3, 5), (0,)]


# User-defined operators


@pytest.mark.usefixtures("scratch_table")
def test_a_defined_operator_runs_beside_compiled_ones():
    define_operator("gauss", lambda u: sp.exp(-(u**2)))
    X = data(30)
    inner = apply("add", leaf(0), leaf(1))
    mine = apply("mul", leaf(2), apply("gauss", inner))
    native = apply("mul", leaf(2), apply("exp", apply("neg", apply("square", inner))))
    values, grads, ok = gradients([native, mine, leaf(0)], X)
    assert ok.all()
    assert values[1] == pytest.approx(values[0])
    assert grads[1] == pytest.approx(grads[0])
    assert sp.simplify(to_sympy(mine, SYMBOLS) - X3 * sp.exp(-((X1 + X2) ** 2))) == 0


# Bad input


def test_tokens_that_are_no_formula_are_refused_before_memory_is_touched():
    X = data(5)
    add, sine = OPERATORS["add"].code, OPERATORS["sin"].code
    for tokens in ((add,), (-1, add), (-1, -2), (sine,), (), (-1, -4, add), (-1, 999, add), (-1, 1000, add)):
        with pytest.raises(ExpressionError, match=r"not one formula|stands for nothing"):
            gradients([leaf(0), Term(tokens)], X)


def test_wrong_shapes_are_refused():
    X = data(5)
    with pytest.raises(DataError, match=r"X must have shape \(n, N\), one row for each input, got \(5,\)"):
        gradients([leaf(0)], X[0])
    with pytest.raises(DataError, match=r"got \(3, 0\)"):
        gradients([leaf(0)], X[:, :0])


# Terms


@pytest.mark.parametrize(
    "form",
    [
        X1 * X2 - X3,
        -X1 / (X2**2 + X3**2) ** sp.Rational(3, 2),
        sp.exp(-(X1**2 + X2**2) / 2),
        3 * sp.log(sp.Abs(X1)) - 2 * sp.log(sp.Abs(X2)),
        X1**7 - X2**-5 + X1**12,
        sp.Pow(X2**2, sp.Rational(37, 100)),
        1 / sp.sqrt(X2**2 + 1),
        -X1 - X2,
        2**X1,
        sp.sin(sp.pi * X1) / X1,
        -2 * X1 * X2 / X3 * sp.tan(X1) * sp.tanh(X3) * sp.cos(X2),
        (X1**2) ** X2,
        sp.Float(0.25) * X1 + sp.sqrt(2),
    ],
)
def test_an_expression_survives_the_way_through_a_term(form):
    term = from_sympy(form, SYMBOLS)
    postfix.check(term, 3)
    X = data(12)
    (value,), _, (ok,) = gradients([term], X)
    assert ok
    expected = [float(form.subs(dict(zip(SYMBOLS, x, strict=True))).evalf()) for x in X.T.tolist()]
    assert value == pytest.approx(expected)
    again, _, _ = gradients([from_sympy(to_sympy(term, SYMBOLS), SYMBOLS)], X)
    assert again[0] == pytest.approx(expected)


def test_a_power_keeps_its_domain():
    batch = [from_sympy(sp.Pow(X1, e), [X1]) for e in (sp.Rational(37, 100), sp.Rational(3, 2), 3)]
    assert gradients(batch, np.array([[-1.0, 2.0]]))[2].tolist() == [False, False, True]


@pytest.mark.parametrize("name", ["log", "abs"])
def test_a_modulus_of_an_exponential_stays_real(name):
    deep = apply("exp", apply("tanh", apply("inv_sqrt", leaf(0))))
    term = apply(name, apply("mul", leaf(0), deep))
    written = to_sympy(term, SYMBOLS)
    assert not written.has(sp.re, sp.im, sp.arg, sp.atan2)
    (value,), _, _ = gradients([term], np.array([[2.5]]))
    assert float(written.subs(X1, 2.5)) == pytest.approx(value.item(), rel=1e-12)


def test_what_is_no_term_is_refused():
    with pytest.raises(ExpressionError, match=r"x4 is not an input: did you mean 'x"):
        from_sympy(sp.Symbol("x4", real=True) + X1, SYMBOLS)
    with pytest.raises(ExpressionError, match=r"sign in sign\(x1\) is not an operator: did you mean 'sin'"):
        from_sympy(sp.sign(X1), SYMBOLS)
    with pytest.raises(ExpressionError, match="I is not a finite real number"):
        from_sympy(sp.I * X1, SYMBOLS)


def test_subtrees_are_found_taken_out_and_replaced():
    term = apply(
        "add", apply("mul", constant(2.0), leaf(0)), apply("sin", apply("sub", leaf(1), constant(3.0)))
    )
    assert to_string(term) == "add(mul(2, x1), sin(sub(x2, 3)))"
    spans = [(postfix.start(term.tokens, end), end) for end in range(len(term.tokens))]
    assert spans == [(0, 0), (1, 1), (0, 2), (3, 3), (4, 4), (3, 5), (3, 6), (0, 7)]
    assert to_string(postfix.subtree(term, 6)) == "sin(sub(x2, 3))"
    assert postfix.replace(term, 2, leaf(2)) == Term((-3, -2, 1000, 1, term.tokens[6], 0), (3.0,))
    assert to_string(postfix.replace(term, 6, constant(5.0))) == "add(mul(2, x1), 5)"


def test_packing_and_unpacking():
    batch = corpus(1, 40)
    programs = postfix.pack(batch)
    assert len(programs) == 40
    assert [programs.term(p) for p in range(40)] == batch
    assert postfix.pack(programs) is programs


@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_the_derivative_by_a_constant_is_exact(name):
    X = data(15)
    inner = apply(
        "add", apply("mul", constant(1.3), leaf(0)), apply("square", apply("sub", leaf(1), constant(4.0)))
    )
    term = apply(
        "mul", leaf(2), apply(name, *[inner, apply("sub", leaf(2), constant(7.0))][: OPERATORS[name].arity])
    )
    assert len(term.constants) >= 2
    for j, c in enumerate(term.constants):
        h = 1e-5

        def moved(by, j=j, c=c):
            numbers = [*term.constants[:j], c + by, *term.constants[j + 1 :]]
            return gradients([Term(term.tokens, tuple(numbers))], np.abs(X))

        slope = postfix.derivative(term, j)
        (value,), (gradient,), (ok,) = gradients([slope], np.abs(X))
        assert ok
        up, down = moved(h), moved(-h)
        for exact, i in ((value, 0), (gradient, 1)):
            difference = (up[i][0] - down[i][0]) / (2 * h)
            assert np.abs(exact - difference).max() < 2e-6 * max(np.abs(difference).max(), 1e-3)


def test_a_constant_that_does_not_matter_has_no_derivative():
    assert postfix.derivative(Term((-1,), (2.0,)), 0) is None
