"""A formula as a function of arrays and as a module of torch: the same values, wherever it is sent."""

import io
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
import sympy as sp
import torch

import symgrad_widgets as sg
from symgrad_widgets.errors import ExpressionError
from symgrad_widgets.formula.expressions import evaluate

X = np.random.default_rng(0).uniform(0.5, 2, (40, 2))
A, B = sp.symbols("a b", real=True)
FORMULAS = [
    "a*sqrt(2) + b", "a*exp(2) + b", "a*log(3)*b", "a*tanh(1) + b", "3", "sqrt(2)", "pi", "1/3", "a", "-a",
    "2*a - b/3", "a**3*b**-2", "1/a", "1/sqrt(a*b)", "a**0.37", "2**a", "a**b", "sqrt(a)", "exp(-a**2)",
    "log(abs(a - b))", "sin(a)*cos(b) + tan(a)", "sinh(a) + cosh(b) - tanh(a*b)", "asinh(a) + atanh(b/3)",
    "asin(a/3) + acos(b/3) + atan(a)", "sign(a - b)*abs(a - b)", "log(a - 3)", "(a + b)**4/(a - b)",
]  # fmt: skip
OTHERS = [
    sp.Max(A, B, 1), sp.Min(A, sp.Rational(1, 2)), sp.atan2(A, 2), sp.erf(A) + sp.erfc(B), sp.loggamma(A),
    sp.acosh(A + 1), sp.Piecewise((A, A < B), (B**2, True)), sp.Piecewise((A, A < 1), (B, B > 1)),
    sp.Piecewise((A, (A < B) & (A > 1)), (sp.Integer(2), True)),
]  # fmt: skip


def exact(formula):
    from symgrad_widgets.formula.expressions import as_expression

    return evaluate(as_expression(formula, ("a", "b")), ("a", "b"), X)[0]


@pytest.mark.parametrize("formula", FORMULAS + OTHERS, ids=str)
def test_values_are_those_of_numpy(formula):
    module, expected = sg.to_torch(formula, ("a", "b")), exact(formula)
    np.testing.assert_array_equal(sg.to_numpy(formula, ("a", "b"))(X), expected)
    for dtype, tolerance in ((torch.float64, 1e-12), (torch.float32, 1e-4)):
        value = module(torch.tensor(X, dtype=dtype))
        assert value.dtype == dtype
        np.testing.assert_allclose(value, expected, rtol=tolerance, atol=tolerance)
    deep = module(torch.tensor(X).reshape(5, 2, 4, 2))
    np.testing.assert_allclose(deep, expected.reshape(5, 2, 4), rtol=1e-12)


@pytest.mark.parametrize("formula", ["3", "a*sqrt(2) + b", "1/sqrt(a) - exp(b)*2**a", "a**3 - b**-1"])
def test_a_module_goes_everywhere(formula):
    module, x = sg.to_torch(formula, ("a", "b")), torch.tensor(X)
    expected = module(x)
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    scripted = torch.jit.script(module)
    again = [
        pickle.loads(pickle.dumps(module)),
        torch.load(file, weights_only=False),
        scripted,
        torch.vmap(module),
        torch.compile(module, backend="eager"),
        torch.export.export(module, (x,)).module(),
        torch.nn.Sequential(module),
    ]
    for one in again:
        torch.testing.assert_close(one(x), expected, rtol=1e-12, atol=0)
    assert scripted(x.float()).dtype == torch.float32


def test_derivatives_go_through_a_module():
    module, x = sg.to_torch("a*b**2 + sqrt(a)", ("a", "b")), torch.tensor(X, requires_grad=True)
    (slopes,) = torch.autograd.grad(module(x).sum(), x)
    np.testing.assert_allclose(slopes, evaluate(A * B**2 + sp.sqrt(A), ("a", "b"), X)[1])
    inside = torch.vmap(torch.func.grad(module))(torch.tensor(X))
    np.testing.assert_allclose(inside, slopes)


def test_whole_numbers_are_taken_as_floating_ones():
    whole = torch.arange(1, 9).reshape(4, 2)
    for formula in ("3", "a/b", "1/a + b**-2", "sqrt(2)*a"):
        value = sg.to_torch(formula, ("a", "b"))(whole)
        assert value.dtype == torch.get_default_dtype()
        torch.testing.assert_close(value, sg.to_torch(formula, ("a", "b"))(whole.float()))


def test_a_subspace_moves_with_its_module():
    subspace = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 2)))[0]
    points = np.random.default_rng(2).normal(size=(30, 5))
    module = sg.to_torch("a*b", ("a", "b"), subspace)
    expected = (points @ subspace).prod(1)
    np.testing.assert_allclose(module(torch.tensor(points)), expected)
    np.testing.assert_allclose(module(torch.tensor(points).float()), expected, atol=1e-5)
    np.testing.assert_allclose(sg.to_numpy("a*b", ("a", "b"), subspace)(points), expected)
    assert module.half().subspace.dtype == torch.float16
    assert torch.jit.script(sg.to_torch("a*b", ("a", "b"), subspace))(torch.tensor(points)).shape == (30,)


def test_a_function_of_arrays_goes_to_other_processes():
    function = sg.to_numpy("a*sqrt(2) + b", ("a", "b"))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        np.testing.assert_array_equal(pool.submit(function, X).result(), function(X))


@pytest.mark.parametrize("export", [sg.to_numpy, sg.to_torch])
def test_what_is_no_formula_of_the_inputs_is_refused(export):
    with pytest.raises(ExpressionError, match="I don't know c"):
        export("a*c", ("a", "b"))


def test_a_function_that_torch_does_not_have_is_named():
    with pytest.raises(ExpressionError, match=r"torch has no function gamma, in gamma\(a\): use to_numpy"):
        sg.to_torch(sp.gamma(A), ("a", "b"))
