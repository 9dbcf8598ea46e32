"""Reading, measuring and evaluating formulas, against mpmath's differences and arithmetic by hand."""

import mpmath
import numpy as np
import pytest
import sympy as sp
from concept_cases import loss

from symgrad_widgets.errors import DataError, ExpressionError, SymgradError
from symgrad_widgets.field import GradientField
from symgrad_widgets.formula.expressions import (
    angles,
    as_expression,
    complexity,
    evaluate,
    gradient,
    misalignments,
    parse,
)

x, y = sp.symbols("x y", real=True)


# --- reading ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2 + y**3", x**2 + y**3),
        ("-x^2", -(x**2)),
        ("x - y - 1", x - y - 1),
        ("x / y / 2 * x", x**2 / (2 * y)),
        ("2^3^2 * x", 512 * x),
        ("sq(x) + cube(y) + inv(x)", x**2 + y**3 + 1 / x),
        ("ln(abs(x)) - log(Abs(x))", sp.Integer(0)),
        ("pow(x, y)", x**y),
        ("sqrt(sin(x)) + tanh(tan(y))", sp.sqrt(sp.sin(x)) + sp.tanh(sp.tan(y))),
        ("arctan(x) + asin(y)", sp.atan(x) + sp.asin(y)),
        ("pi*x + e*y + E", sp.pi * x + sp.E * y + sp.E),
        ("0.5*x + 1e-3", sp.Float(0.5) * x + sp.Float(0.001)),
        ("1/3 * x", x / 3),
        ("x − 2·y × x", x - 2 * x * y),
        ("  x\n + y ", x + y),
    ],
)
def test_reads_arithmetic(text, expected):
    assert parse(text, ("x", "y")) == expected


def test_reads_what_sympy_prints():
    expression = (
        sp.sqrt(x) * sp.exp(-(y**2) / 2) / (x - sp.Rational(2, 3))
        + sp.log(sp.Abs(x * y + 1))
        - sp.Float("1.25")
    )
    assert parse(str(expression), ("x", "y")) == expression


def test_a_sum_of_two_thousand_terms_is_no_deep_formula():
    assert parse("+".join(["x*y"] * 2000), ("x", "y")) == 2000 * x * y


def test_symbols_are_real_and_an_input_hides_a_constant():
    assert parse("e*x", ("e", "x")).free_symbols == set(sp.symbols("e x", real=True))
    assert parse("sqrt(x^2)") == sp.Abs(x)


def test_names_that_python_normalises_are_found():
    assert parse("µ + 1", ("µ",)) == sp.Symbol("µ", real=True) + 1


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ("x + q7", (4, 6), "I don't know q7. The inputs are x and y."),
        ("sine(x)", (0, 4), "I don't know the function sine. Did you mean sin or sinh or sign?"),
        ("erf(x)", (0, 3), "I don't know the function erf. Functions are sin, exp, sqrt and so on."),
        ("f(x)", (0, 1), "I don't know f. The inputs are x and y."),
        ("x*sin", (2, 5), "sin needs an argument. Write sin(x)."),
        ("sin(x, y)", (0, 9), "sin takes one argument. Write sin(x)."),
        ("pow(x)", (0, 6), "pow takes 2 arguments, with a comma between them. Write pow(x, v)."),
        ("exp(x, base=2)", (11, 12), "An equation has two sides"),
        ("sin(*x)", (4, 5), "Something is missing before * in sin(*x)."),
        ("x^2 + x.real", (7, 8), "I cannot read . in x^2 + x.real."),
        ("x[0] + 1", (1, 2), "I cannot read [ in x[0] + 1."),
        ("x + (lambda: 1)", (5, 11), "I don't know lambda."),
        ("x + 'a'", (4, 5), "I cannot read ' in x + 'a'."),
        ("__import__('os').system('true')", (0, 10), "I don't know the function __import__."),
        ("x == y", (3, 4), "Something is missing before = in x == y."),
        ("x = y", (2, 3), "An equation has two sides. Write one formula, such as x - (y)."),
        ("x = ", (4, 4), "Something is missing at the end of x =."),
        ("x if y else 1", (2, 4), "I don't know if."),
        ("x and y", (2, 5), "I don't know and."),
        ("x, y", (1, 2), "Use a comma only inside a number, or between the arguments of a function."),
        ("x % y", (2, 3), "I cannot read % in x % y."),
        ("~x", (0, 1), "I cannot read ~ in ~x."),
        ("True + x", (0, 4), "I don't know True."),
        ("2j*x", (1, 2), "I don't know j."),
        ("2 3 x", (2, 3), "Something is missing between 2 and 3."),
        ("x +", (3, 3), "Something is missing at the end of x +."),
        ("x + * y", (4, 5), "Something is missing before * in x + * y."),
        ("(x + y))", (7, 8), "There is one bracket ) too many in (x + y))."),
        ("2(x + y", (1, 2), "The bracket ( is not closed in 2(x + y."),
        ("2|x + y", (1, 2), "The bar | is not closed in 2|x + y."),
        ("x # y", (2, 3), "I cannot read # in x # y."),
        ("x; y", (1, 2), "I cannot read ; in x; y."),
        ("x + 1/0", (0, 7), "1/0 has no finite value, or a value of more than 300 digits."),
        ("x + 1/(1-1)", (0, 11), "1/(1 - 1) has no finite value"),
        ("log(0)*x", (0, 8), "log(0) has no finite value"),
        ("x*sqrt(-1)", (0, 10), "sqrt(-1) has no real value."),
        ("(-8)^(1/3)", (0, 10), "(-8)^(1/3) has no real value."),
        ("1/(x - x)", None, "1/(x - x) has no finite value"),
        ("9**9**9**9", (0, 10), "The exponent of 9^(9^9) is too large. The limit is 1000."),
        ("exp(exp(exp(9)))", (0, 16), "exp(exp(9)) has no finite value"),
        ("10^300 * 10^300 * x", (0, 19), "10^300*10^300 has no finite value"),
        ("1e400 + x", (0, 5), "1e400 has no finite value"),
        ("x^(10^9)", (0, 8), "The exponent of x^(10^9) is too large."),
        ("", (0, 0), "The formula is empty. Write, for example, x^2 + y^2."),
        ("   ", (0, 3), "The formula is empty."),
        ("(" * 70 + "x" + ")" * 70, (61, 62), "nested too deeply. At most 60 brackets and functions"),
        ("sin(" * 90 + "x" + ")" * 90, (244, 245), "nested too deeply"),
        ("x" + "/x" * 500, (0, 1001), "nested too deeply"),
        ("x+" * 20000 + "x", (0, 1), "The formula has 40001 characters. The limit is 20000."),
    ],
)
def test_what_is_no_formula_is_said_of_the_formula_with_its_place(text, place, sentence):
    with pytest.raises(ExpressionError) as error:
        parse(text, ("x", "y"))
    assert sentence in str(error.value)
    assert error.value.at == place


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ((), "There are no inputs."),
        (("x",), "The only input is x."),
        (tuple("abcdefghijklmn"), "The inputs are a, b, c, d, e, f, g, h, i, j, k and 3 more."),
    ],
)
def test_the_inputs_are_listed(names, sentence):
    with pytest.raises(ExpressionError, match=f"I don't know zz. {sentence}"):
        parse("zz", names)


@pytest.mark.parametrize("text", [3.5j, None])
def test_a_formula_is_text(text):
    with pytest.raises(ExpressionError, match="must be text, got"):
        parse(text)


def test_signs_and_brackets_may_be_many():
    assert parse("-" * 9001 + "x") == -x
    assert parse("(" * 50 + "x" + ")" * 50) == x


def test_reading_never_runs_anything(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("something was run")

    monkeypatch.setattr(sp, "sympify", refuse)
    monkeypatch.setattr("builtins.eval", refuse)
    monkeypatch.setattr("builtins.exec", refuse)
    assert parse("sin(x)^2 + 0.5") == sp.sin(x) ** 2 + sp.Float(0.5)
    with pytest.raises(ExpressionError):
        parse("exec('1')")


def test_sympy_expressions_are_matched_by_name():
    assert as_expression(sp.Symbol("x") ** 2 + sp.Symbol("y", positive=True), ("x", "y")) == x**2 + y
    assert as_expression(2) == 2
    assert as_expression(np.float64(0.5)) == sp.Float(0.5)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (sp.Symbol("x1") + sp.Symbol("q"), r"unknown symbol 'q'.*known: x1, x2"),
        (sp.sqrt(-1) * sp.Symbol("x1"), "has no real value here"),
        (sp.zoo * sp.Symbol("x1"), "has no real value here"),
        (sp.Function("f")(sp.Symbol("x1")), "has no real value here"),
        (sp.Eq(sp.Symbol("x1"), 1), "must be text or a SymPy expression, got Equality"),
        ([1, 2], "must be text or a SymPy expression, got list"),
        (float("nan"), "a formula that is a number must be finite, got nan"),
    ],
)
def test_sympy_objects_that_are_no_formula(formula, message):
    with pytest.raises(ExpressionError, match=message):
        as_expression(formula, ("x1", "x2"))


def test_every_error_is_one_of_ours():
    with pytest.raises(SymgradError):
        parse("x +* y")


# --- size ---


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("x", 1),
        ("-x", 1),
        ("3", 1),
        ("x1*x4 - x2*x3", 7),
        ("x2*x3 - x1*x4", 7),
        ("x^2 + v^2", 5),
        ("x^2", 2),
        ("x^3", 2),
        ("sqrt(x)", 2),
        ("1/x", 2),
        ("1/x^2", 3),
        ("1/sqrt(x)", 3),
        ("x^4", 3),
        ("x^2.5", 3),
        ("x^(3/2)", 3),
        ("a^b", 3),
        ("2*x", 3),
        ("x/2", 3),
        ("2/x", 3),
        ("pi*x", 3),
        ("a/b", 3),
        ("a/b^2", 4),
        ("a/(b*c)", 5),
        ("a*b/c", 5),
        ("1/(b*c)", 4),
        ("x + 1", 3),
        ("x - 0.5", 3),
        ("-x - y", 3),
        ("-3*x + 2*y", 7),
        ("exp(-x)", 2),
        ("exp(2*x)", 4),
        ("log(abs(x))", 3),
        ("sin(x2 + x3) + x1^2", 7),
        ("x1*x2/((x3 - x4)^2 + (x5 - x6)^2)", 13),
        ("v^2/2 + x^2/2 + x^4/4", 15),
    ],
)
def test_complexity(text, size):
    assert complexity(parse(text)) == size


# --- values and gradients ---

_FORMULAS = [
    ("x^2*y - y/x", lambda a, b: a**2 * b - b / a),
    ("exp(-x*y)/(1 + y^2)", lambda a, b: mpmath.exp(-a * b) / (1 + b**2)),
    ("log(abs(x*y - 1))", lambda a, b: mpmath.log(abs(a * b - 1))),
    ("log(abs(x)*abs(y)^2)", lambda a, b: mpmath.log(abs(a) * abs(b) ** 2)),
    ("abs(sin(3*x))*y", lambda a, b: abs(mpmath.sin(3 * a)) * b),
    ("sqrt(abs(x - y))", lambda a, b: mpmath.sqrt(abs(a - b))),
    ("tanh(x)^3 + tan(y/4)", lambda a, b: mpmath.tanh(a) ** 3 + mpmath.tan(b / 4)),
    ("abs(x)*y + sign(y)*x", lambda a, b: abs(a) * b + mpmath.sign(b) * a),
    ("(x^2 + y^2)^1.5 + 2^x", lambda a, b: (a**2 + b**2) ** 1.5 + 2**a),
    ("0*x + 3", lambda _a, _b: mpmath.mpf(3)),
]


@pytest.mark.parametrize(("text", "oracle"), _FORMULAS, ids=[t for t, _ in _FORMULAS])
def test_values_and_gradients_against_differences(text, oracle):
    points = np.random.default_rng(3).uniform(-2, 2, (20, 2))
    values, gradients = evaluate(parse(text, ("x", "y")), ("x", "y"), points)
    for value, slope, (a, b) in zip(values, gradients, points, strict=True):
        assert value == pytest.approx(float(oracle(mpmath.mpf(a), mpmath.mpf(b))), rel=1e-12, abs=1e-12)
        expected = [float(mpmath.diff(oracle, (a, b), order)) for order in ((1, 0), (0, 1))]
        np.testing.assert_allclose(slope, expected, rtol=1e-6, atol=1e-7)


def test_the_difference_oracle_notices_a_wrong_gradient():
    slope = float(mpmath.diff(lambda a, b: a**2 * b, (1.3, 0.7), (1, 0)))
    assert abs(slope - 1.3 * 0.7) > 0.1  # the factor 2 forgotten


@pytest.mark.parametrize(
    "text", ["abs(log(abs(x)))", "log(abs(x*y - 1))", "abs(x)*abs(y)", "abs(abs(x) - y)"]
)
def test_no_derivative_is_left_undone(text):
    slopes = gradient(parse(text, ("x", "y")), ("x", "y"))
    assert not any(s.has(sp.Derivative, sp.re, sp.im, sp.conjugate, sp.DiracDelta) for s in slopes)


def test_logarithm_of_a_modulus_has_a_plain_derivative():
    assert gradient(parse("log(abs(x*y^2))"), ("x", "y")) == [1 / x, 2 / y]


def test_outside_the_domain_nothing_is_hidden():
    values, gradients = evaluate(
        parse("log(x) + 1/y", ("x", "y")), ("x", "y"), [[-1.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    )
    assert np.isfinite(values).tolist() == [False, False, True]
    assert not np.isfinite(gradients[1]).all()


def test_functions_of_the_readers_own_and_names_of_functions():
    values, gradients = evaluate(sp.erf(x), ("x",), [[0.3]])
    assert (values[0], gradients[0, 0]) == pytest.approx(
        (0.3286267594591274, 2 / np.sqrt(np.pi) * np.exp(-0.09))
    )
    names = ("exp", "lambda_")
    values, _ = evaluate(sp.exp(sp.Symbol("exp", real=True)) * parse("lambda_", names), names, [[0.0, 4.0]])
    assert values[0] == 4


def test_points_of_the_wrong_shape():
    with pytest.raises(DataError, match=r"points must have shape \(N, 2\).*got \(3, 3\)"):
        evaluate(x, ("x", "y"), np.zeros((3, 3)))


# --- comparison with a field ---


def field_of(function, n=200, dimension=2, names=None, seed=0, **options):
    points = np.random.default_rng(seed).uniform(0.5, 2, (n, dimension))
    return GradientField(points, function(points), names, **options)


def test_loss_is_one_minus_squared_cosine():
    field = field_of(lambda p: 2 * p, names=("x", "v"))
    gradients = np.stack([np.ones(200), 3 * np.ones(200)], axis=1)
    spread = field.points.std(0)
    a, b = gradients * spread, field.points * spread
    cosines = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    assert loss("x + 3*v", field) == pytest.approx(np.average(1 - cosines**2, weights=field.weights))
    np.testing.assert_allclose(angles("x + 3*v", field), np.degrees(np.arccos(cosines)), rtol=1e-7)
    assert loss("-7/exp(x^2 + v^2) + 1", field) < 1e-25


def test_small_angles_keep_their_digits():
    field = field_of(lambda p: np.stack([np.ones(len(p)), 1e-9 * np.ones(len(p))], axis=1), names=("x", "v"))
    x, v = field.points.std(0)
    np.testing.assert_allclose(np.radians(angles("x", field)), 1e-9 * v / x, rtol=1e-6)


def test_points_without_direction_count_one():
    field = field_of(lambda p: p, names=("x", "v"))
    below = field.points[:, 0] < 1
    np.testing.assert_array_equal(misalignments("log(x - 1) + 0*v", field)[below], 1)
    assert loss("exp(1e6*x)", field) == 1
    assert loss("3", field) == 1
    assert angles("3", field).tolist() == [90] * 200


def test_huge_gradients_are_still_directions():
    field = field_of(lambda p: p, names=("x", "v"))
    assert loss("exp(85*(x^2 + v^2))*1e-20", field) < 1e-20
    assert loss("1e-200*(x^2 + v^2)", field) < 1e-25


def test_only_the_tangent_component_counts():
    points = np.random.default_rng(1).uniform(-1, 1, (300, 3))
    points[:, 2] = 2 - points[:, 0]
    arbitrary = np.random.default_rng(2).normal(size=(300, 1)) * [1, 0, 1]  # along the normal
    field = GradientField(points, np.tile([1.0, 1.0, 0.0], (300, 1)) + arbitrary)
    assert loss("x1 + x2", field) < 1e-25
    assert loss("x2 - x3", field) < 1e-25
    assert loss("x1 + x3", field) == 1  # constant on the data


def test_several_neurons_span_a_plane():
    rng = np.random.default_rng(5)
    points, gradients = rng.uniform(0.5, 2, (100, 3)), rng.normal(size=(100, 2, 3))
    field = GradientField(points, gradients, ("x", "y", "z"))
    wanted = np.stack([points[:, 1], points[:, 0], np.ones(100)], axis=1)
    pairs = zip(gradients * points.std(0), wanted * points.std(0), strict=True)
    rests = [np.linalg.lstsq(g.T, w, rcond=None)[1][0] / (w @ w) for g, w in pairs]
    np.testing.assert_allclose(misalignments("x*y + z", field), rests, rtol=1e-9)


def test_unknown_symbols_are_named():
    with pytest.raises(ExpressionError, match="I don't know w"):
        loss("x + w", field_of(lambda p: p, names=("x", "v")))
