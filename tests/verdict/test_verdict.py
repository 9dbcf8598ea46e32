"""`verify`: what is the same concept, what is not, on which surface, and what it refuses.

The published formulas have a file of their own, `test_published_fronts.py`.
"""

import numpy as np
import pytest
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, ExpressionError
from symgrad_widgets.field import GradientField
from symgrad_widgets.formula.expressions import parse
from symgrad_widgets.verdict import Verdict, verify
from symgrad_widgets.verdict.proof import vanishes

QUARTIC = "v^2/2 + x^2/2 + x^4/4"
DET2 = "x1*x4 - x2*x3"
KEPLER = (
    "x1*v2 - x2*v1",
    "(v1^2 + v2^2)/2 - 1/sqrt(x1^2 + x2^2)",
    "v2*(x1*v2 - x2*v1) - x1/sqrt(x1^2 + x2^2)",
    "-v1*(x1*v2 - x2*v1) - x2/sqrt(x1^2 + x2^2)",
)
ORBIT = ("x1", "x2", "v1", "v2")


def field(low, high, names, n=400, seed=0, tangent="auto"):
    """Points of a box; the neuron's own gradients play no part in a verdict."""
    rng = np.random.default_rng(seed)
    return field_at(rng.uniform(low, high, (n, len(names))), names, tangent)


def field_at(points, names=None, tangent="auto"):
    return GradientField(points, np.random.default_rng(1).normal(size=points.shape), names, tangent=tangent)


def trace_five(n=400):
    points = np.random.default_rng(2).uniform(-10, 10, (n, 4))
    points[:, [0, 3]] += (5 - points[:, [0]] - points[:, [3]]) / 2
    return field_at(points)


def antisymmetric(n=400):
    a, b, c = np.random.default_rng(3).normal(size=(3, n))
    return field_at(np.stack([0 * a, a, b, -a, 0 * a, c, -b, -c, 0 * a], axis=1))


# --- the same concept ---


@pytest.mark.parametrize(
    ("formula", "concept"),
    [
        ("3/exp(x^2 + v^2)", "x^2/2 + v^2/2"),
        ("x2*x3 - x1*x4", DET2),
        ("x^2 + 0.500*x^4 + v^2", QUARTIC),
        ("log(x1) + log(x2) - log((x3-x4)^2 + (x5-x6)^2)", "x1*x2/((x3-x4)^2 + (x5-x6)^2)"),
        ("x1*x2/(x3^2 - 2*x3*x4 + x4^2 + x5^2 - 2*x5*x6 + x6^2)", "x1*x2/((x3-x4)^2 + (x5-x6)^2)"),
        ("log(abs(x1)) - x2^2/2 - x3^2/2", "abs(x1)*exp(-(x2^2 + x3^2)/2)"),
        ("tan(x) + y", "sin(x)/cos(x) + y"),
        ("sin(x)*cos(y) + cos(x)*sin(y) + z", "sin(x + y) + z"),
        ("(exp(2*x + 2*y) - 1)/(exp(2*x + 2*y) + 1)", "tanh(x + y)"),
        ("1/sqrt(x^2 + y^2) + z", "(x^2 + y^2)^(-0.5) + z"),
        ("abs(x)*abs(y)", "abs(x*y)"),
        ("x^2*y^2", "abs(x*y)"),
        ("(x + y)^3 + x + y", "x + y"),
        ("exp(-v1^2 - v2^2 + 2/sqrt(x1^2 + x2^2))", KEPLER[1]),
    ],
)
def test_proved_either_way_round(formula, concept):
    for one, other in ((formula, concept), (concept, formula)):
        verdict = verify(one, other)
        assert (verdict.same, verdict.how) == (True, "proved"), verdict
        assert verdict.residual < 1e-25
        assert "Same concept, proved" in verdict.message


WRAPPERS = [
    lambda u: 3 * u - 2,
    lambda u: -u / 7,
    sp.exp,
    lambda u: sp.tanh(u / 3),
    lambda u: u**3,
    sp.atan,
    lambda u: sp.sinh(u / 2),
    lambda u: 1 / (1 + sp.exp(-u)),
    lambda u: u + sp.tanh(u),
]
CONCEPTS = [
    "x1 + x4",
    DET2,
    "x1^2 + x2^2",
    "x2^2/2 + x1^2/2 + x1^4/4",
    "x2^2/2 + sin(x1)",
    "x2^2/2 + x1^2/2 + exp(x1 + 1)",
    "x1^2 - x2^2 - x3^2 - x4^2",
    "x1^2 + sin(x2 + x3)",
    "exp(x1 - x2) - pi*x3",
    "x1*exp(-(x2^2 + x3^2)/2)",
    "x1*x2 + x3*x4",
    "x1*x2 + x3 + sin(x2*x3)",
]


@pytest.mark.parametrize("concept", CONCEPTS)
def test_no_monotone_wrapper_scale_sign_or_offset_matters(concept):
    rng = np.random.default_rng(len(concept))
    on = field(-1, 1, ("x1", "x2", "x3", "x4"))
    for round_ in range(2):
        formula = parse(concept)
        for wrap in rng.choice(len(WRAPPERS), 2):
            formula = WRAPPERS[wrap](formula)
        formula = sp.expand(formula) if round_ % 2 else formula
        assert verify(formula, concept, on).how == "proved", formula


@pytest.mark.parametrize("concept", CONCEPTS)
def test_different_concepts_are_different(concept):
    on = field(-1, 1, ("x1", "x2", "x3", "x4"))
    for other in CONCEPTS:
        if other != concept:
            verdict = verify(other, concept, on)
            assert (verdict.same, verdict.how) == (False, "different"), other


def test_renaming_the_inputs_changes_nothing():
    new = {"x": sp.Symbol("b1"), "v": sp.Symbol("a")}
    for formula in ("exp(x^2) + v^2", "x^2 + 0.5*x^4 + v^2", "x^2 + 0.501*x^4 + v^2"):
        renamed = [
            e.xreplace({s: new[s.name] for s in e.free_symbols}) for e in map(parse, (formula, QUARTIC))
        ]
        assert verify(*renamed).how == verify(formula, QUARTIC).how


@pytest.mark.sweep
def test_a_large_polynomial_identity_is_proved():
    matrix = sp.Matrix(4, 4, sp.symbols("x1:17"))
    concept = matrix.det()
    on = field(-1, 1, [f"x{i}" for i in range(1, 17)])
    assert verify(sp.exp(2 * concept) + 1, concept, on).how == "proved"
    assert verify(matrix.det(method="berkowitz"), concept, on).how == "proved"
    assert verify(concept + sp.Symbol("x1") / 1000, concept, on).how == "different"


def test_too_large_to_expand_ends_as_numerical_and_says_so():
    x = sp.symbols("x1:7")
    distances = [
        sp.sqrt((x[a] - x[b]) ** 2 + (x[a + 1] - x[b + 1]) ** 2) for a, b in ((0, 2), (2, 4), (0, 4))
    ]
    potential = sum(1 / d for d in distances)
    verdict = verify(sp.expand(potential**2), potential)
    assert (verdict.same, verdict.how) == (True, "numerically")
    assert "to 1e-60" in verdict.message
    assert "SymPy finds no proof" in verdict.message


# --- different concepts ---


def test_a_formula_that_agrees_to_fourth_order_is_different():
    verdict = verify("exp(x^2) + v^2", QUARTIC, field(-1, 1, ("x", "v")))
    assert (verdict.same, verdict.how) == (False, "different")
    assert 1e-4 < verdict.residual < 3e-3
    assert f"an angle of {np.degrees(np.arcsin(verdict.residual**0.5)):.2g} degrees" in verdict.message


@pytest.mark.parametrize("half", [1e-1, 1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("formula", ["exp(x^2) + v^2", "1.0*exp(1.0*x^2) + 1.0*v^2"])
def test_different_in_the_tiniest_box_too(half, formula):
    verdict = verify(formula, QUARTIC, field(-half, half, ("x", "v")))
    assert verdict.how == "different"
    assert "An exact computation shows that they differ" in verdict.message


def test_what_a_decision_region_hides():
    names = ("x1", "x2", "x3")
    assert verify("sin(x2+x3) + exp(-0.864*x1)", "x1^2 + sin(x2+x3)", field(-2, 0, names)).how == "different"


def test_a_part_of_the_concept_is_another_concept():
    assert not verify("x1*x4", DET2)
    assert not verify("x1*x4 - x2*x3 + 1/1000000*x1", DET2)
    assert not verify("x^2 + 2*v^2", "x^2 + v^2")


def test_parallel_but_not_monotone_is_different():
    on = field(-1, 1, ("x1", "x2", "x3", "x4"))
    for bent in ("cos(20*({}))", "({})^2", "1/({})", "abs({})"):
        verdict = verify(bent.format(DET2), DET2, on)
        assert verdict.how == "different", bent
        assert verdict.message.endswith(
            "the gradients are parallel, but neither formula is a monotone function of the other."
        )
    assert (
        verify("cos({})".format("x1 + x4"), "x1 + x4", field(0, 1, ("x1", "x2", "x3", "x4"))).how == "proved"
    )


def test_one_branch_each_side_is_no_function():
    assert verify("sign(x)*(x^2 + v^2)", "x^2 + v^2", field(-1, 1, ("x", "v"))).how == "different"


def test_without_a_field_the_message_says_where_it_is_monotone():
    verdict = verify("1/(x1 + x4)", "x1 + x4")
    assert verdict.same
    assert "monotone in the concept only for inputs between 0.2 and 2" in verdict.message
    assert verify("1/(x1 + x4)", "x1 + x4", field(-1, 1, ("x1", "x4"))).how == "different"
    assert "monotone" not in verify("2*x1 + 2*x4", "x1 + x4").message


def test_a_formula_that_differs_at_few_points_differs():
    points = np.vstack([np.random.default_rng(0).uniform(0.1, 1, (1990, 2)), [[-0.5, 0.5]]])
    assert verify("abs(x) + y", "x + y", field_at(points[:-1], ("x", "y"))).how == "proved"
    assert verify("abs(x) + y", "x + y", field_at(points, ("x", "y"))).how == "different"


def test_constant_on_a_part_of_the_data():
    x, y = sp.symbols("x y")
    on = field(-1, 1, ("x", "y"))
    verdict = verify(sp.Max(x + y, 0), x + y, on)
    assert verdict.how == "different"
    assert "constant on the data, or on a part of them" in verdict.message
    with pytest.raises(
        ExpressionError, match=r"concept Max\(0, x \+ y\) is constant.* at \d\d% of the points"
    ):
        verify(x + y, sp.Max(x + y, 0), on)


def test_a_constant_in_disguise():
    fifth = parse("(x + y/3)^5")
    verdict = verify(fifth - sp.expand(fifth), "x + y", field(-1, 1, ("x", "y")))
    assert verdict.how == "different"
    assert "constant on the data" in verdict.message


def test_undefined_on_a_part_of_the_data():
    verdict = verify("log(x) + log(y)", "x*y", field(-1, 1, ("x", "y")))
    assert verdict.how == "different"
    assert "no finite real value at 7" in verdict.message
    assert verify("log(x) + log(y)", "x*y", field(0.1, 1, ("x", "y"))).how == "proved"


# --- constants ---


@pytest.mark.parametrize("digits", range(3, 16))
def test_rounded_constants_are_never_different(digits):
    half, pi = 1 / 2 + 3 * 10.0**-digits, round(np.pi, digits)
    verdict = verify(f"{half!r}*x^4 + x^2 + v^2", QUARTIC, field(-1, 1, ("x", "v")))
    assert verdict.same, verdict
    assert verdict.how in ("proved", "constants")
    assert verify(f"exp(x1 - x2) - {pi!r}*x3", "exp(x1 - x2) - pi*x3").same


@pytest.mark.parametrize("off", [1e-2, 1e-4, 1e-8, 1e-13])
@pytest.mark.parametrize("form", ["x1*x4 - {}*x2*x3", "x1 + {}*x4", "exp({}*x1)*x4", "x1/(x2 + {})"])
def test_an_approximate_constant_is_never_proved(form, off):
    exact, other = form.format("1"), form.format(repr(1 + off))
    on = field(-1, 1, ("x1", "x2", "x3", "x4")) if "x3" in form else None
    assert verify(exact, exact, on).how == "proved"
    assert verify(other, exact, on).how in ("constants", "numerically", "different")
    several = (exact, "x2 + x3")
    assert verify(other, several, field(0.2, 2, ("x1", "x2", "x3", "x4"))).how != "proved"


def test_constants_within_one_per_cent_are_listed_with_the_exact_ones():
    verdict = verify("x1^2 + x2^2 + exp(x1)/sin(0.184)", "x2^2/2 + x1^2/2 + exp(x1 + 1)")
    assert (verdict.same, verdict.how) == (True, "constants")
    assert verdict.message == "Same form, constants within 1 %: 5.466 where 5.437 is exact."
    assert 1e-7 < verdict.residual < 1e-4


def test_the_nearest_constants_are_found():
    verdict = verify("2.03*x1*x4 - 2.05*x2*x3 + 7.7", DET2)
    assert verdict.how == "constants"
    found = {
        float(word)
        for word in verdict.message.replace(",", " ").replace(" exact.", "").split()
        if word[0] in "-2"
    }
    assert found == {2.03, 2.04, -2.05, -2.04}


@pytest.mark.parametrize(
    "formula",
    ["x^2 + 0.49*x^4 + v^2", "x^2 + 0.506*x^4 + v^2", "x^2 - 0.5*x^4 + v^2", "x^1.99 + 0.5*x^4 + v^2"],
)
def test_more_than_one_per_cent_a_sign_or_an_exponent_is_different(formula):
    assert verify(formula, QUARTIC, field(0.1, 1, ("x", "v"))).how == "different"


def test_a_constant_that_removes_an_input_is_no_correction():
    concept, on = "x1 + x4", field(0.1, 1, ("x1", "x2", "x4"))
    assert verify("1/(x1 + x4) - 0.993^x2", concept, on).how == "different"
    assert verify("1.00^x2/(x1 + x4)", concept, on).how == "proved"


def test_a_term_too_small_for_its_decimals_is_numerically_the_same():
    verdict = verify("x*y + z + 1e-9*x", "x*y + z", field(-1, 1, ("x", "y", "z")))
    assert (verdict.same, verdict.how) == (True, "numerically")
    assert verdict.message == "Same concept, numerically: to 1e-18."
    assert verify("x*y + z + 1e-4*x", "x*y + z", field(-1, 1, ("x", "y", "z"))).how == "different"
    assert verify("x*y + z + x/10^9", "x*y + z", field(-1, 1, ("x", "y", "z"))).how == "different"


# --- on a surface ---


@pytest.mark.parametrize(
    "constraints", [("x1 + x4 = 5",), "x1 + x4 == 5", [sp.Eq(sp.Symbol("x4"), 5 - sp.Symbol("x1"))], ()]
)
def test_on_the_trace_surface_three_formulas_are_one(constraints):
    on = trace_five()
    for formula in (f"({DET2})/(x1 + x4)", f"({DET2})/exp(sin(sin(x1 + x4)))", "x1*(5 - x1) - x2*x3"):
        verdict = verify(formula, DET2, on, constraints)
        assert verdict.how == "proved", verdict
        assert verdict.message.endswith("on x1 + x4 = 5.")
    assert verify(f"{DET2} - x1", DET2, on, constraints).how == "different"
    assert verify(f"({DET2})/(x1 + x4)", DET2).how == "different"
    assert verify(f"({DET2})/(x1 + x4)", DET2, constraints=constraints).how == (
        "proved" if constraints else "different"
    )


def test_what_is_constant_on_the_surface():
    assert verify("x1 + x4", DET2, trace_five()).how == "different"
    with pytest.raises(ExpressionError, match=r"concept x1 \+ x4 is constant.*at 100% of the points"):
        verify(DET2, "x1 + x4", trace_five())
    assert verify("x1 + x4 + 0*x2", DET2, constraints="x1 + x4 = 5").how == "different"


def test_antisymmetric_matrices_from_their_points_alone():
    concept = "x1*x5 + x5*x9 + x1*x9 - x2*x4 - x3*x7 - x6*x8"
    verdict = verify("x8*x6 + (x4*x2 + x3*x7)", concept, antisymmetric())
    assert verdict.how == "proved"
    assert "x2 + x4 = 0" in verdict.message
    assert verify("x2^2 + x3^2 + x6^2", concept, antisymmetric()).how == "proved"
    assert verify("x8*x6 + (x4*x2 - x3*x7)", concept, antisymmetric()).how == "different"


def test_a_plane_without_simple_coefficients_is_judged_numerically():
    basis, _ = np.linalg.qr(np.random.default_rng(4).normal(size=(4, 4)))
    on = field_at(np.random.default_rng(5).normal(size=(300, 3)) @ basis[:3])
    normal = " + ".join(f"({float(c)!r})*x{i + 1}" for i, c in enumerate(basis[3]))
    verdict = verify(f"{DET2} + {normal}", DET2, on)
    assert (verdict.same, verdict.how) == (True, "numerically"), verdict
    assert verify(f"exp({DET2})", DET2, on).how == "proved"
    assert verify(f"{DET2} + x1", DET2, on).how == "different"


def sphere(n=300):
    points = np.random.default_rng(6).normal(size=(n, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    tangent = np.stack([np.linalg.svd(p[None])[2][1:].T for p in points])
    return field_at(points, ("x", "y", "z"), tangent), field_at(points, ("x", "y", "z"), None)


@pytest.mark.sweep
def test_a_curved_surface_by_its_equation_or_its_tangents():
    by_point, plain = sphere()
    equation = "x^2 + y^2 + z^2 = 1"
    same, other = "z*(x^2 + y^2 + z^2)", "z + y/10"
    assert verify(same, "z", by_point).how == "numerically"
    assert verify(other, "z", by_point).how == "different"
    assert verify(same, "z", plain).how == "different"
    for on in (None, plain, by_point):
        assert verify(same, "z", on, equation).how == "proved"
        assert verify("x^2 + y^2 + 2*z", "2*z - z^2", on, equation).how == "proved"
        assert verify(other, "z", on, equation).how == "different"


# --- several concepts ---


@pytest.mark.sweep
def test_functions_of_several_concepts():
    on = field(0.1, 1, ORBIT)
    angular, energy, runge, lenz = KEPLER
    for formula in (angular, energy, f"({energy})*({angular})^2", f"({runge})^2 + ({lenz})^2"):
        verdict = verify(formula, (angular, energy), on)
        assert verdict.how == "proved", verdict
        assert verdict.message.startswith("A function of the 2 concepts, proved")
    assert verify(lenz, (angular, energy, runge), on).how == "proved"
    verdict = verify(runge, (angular, energy), on)
    assert verdict.how == "different"
    assert verdict.message.startswith("Not a function of the 2 concepts")


def test_dependent_concepts_count_once():
    on = field(0, 1, ("x1", "x2", "x3", "x4"))
    assert verify("exp(x1)", ("x1", "2*x1"), on).how == "proved"
    assert verify("exp(x2)", ("x1", "2*x1"), on).how == "different"


# --- what cannot be told ---


def test_with_one_effective_input_it_cannot_tell():
    line = field_at(np.linspace(0, 1, 50)[:, None] * [1.0, 2.0], ("x", "y"))
    for verdict in (
        verify("sin(x)", "x"),
        verify("x", "exp(x)", field(0, 1, ("x",))),
        verify("x + y", "x*y", line),
        verify("x + y", "x*y", constraints="x = y"),
    ):
        assert (verdict.same, verdict.how) == (None, "undecided")
        assert verdict.message == "Cannot tell: with one effective input every formula agrees."
        assert not verdict
    on = field(0, 1, ("x", "y", "z"))
    assert verify("x", ("y", "z", "x*y"), on).message.startswith(
        "Cannot tell: with 3 effective inputs and 3 concepts"
    )


def test_constants_of_a_function_of_several_concepts():
    """How much of each concept there is does not matter and stays; that it is the same in all terms does."""
    concepts = ["a*b + c*d", "a^2 - c^2"]
    verdict = verify("a^2 - 1.004*c^2 + 0.31*a*b + 0.309*c*d", concepts)
    assert (verdict.same, verdict.how) == (True, "constants")
    assert verdict.message.startswith("A function of the 2 concepts, constants: -1.004 where -1 is exact")
    assert verify("a^2 - 1.03*c^2 + 0.31*a*b + 0.31*c*d", concepts).how == "different"


def test_one_input_of_several_can_be_told():
    assert verify("exp(x)", "x", field(0, 1, ("x", "y"))).how == "proved"


def test_a_verdict_is_true_only_when_the_same():
    assert bool(Verdict(True, "proved", 0.0, "")) is True
    assert bool(Verdict(False, "different", 1.0, "")) is False
    assert bool(Verdict(None, "undecided", 0.0, "")) is False
    with pytest.raises(AttributeError):
        verify("x + y", "x*y").same = True
    assert sg.verify is verify


# --- refusals ---


@pytest.mark.parametrize(
    ("formula", "concept", "on", "constraints", "error", "message"),
    [
        ("x1 + q", "x1 + x2", ("x1", "x2"), (), ExpressionError, "I don't know q. The inputs are x1 and x2."),
        ("x1", "x1 + y2", ("x1", "x2"), (), ExpressionError, "I don't know y2."),
        ("x1 - x1", "x1 + x2", None, (), ExpressionError, "the formula 0 is a constant"),
        ("x1", "3", None, (), ExpressionError, "the concept 3 is a constant"),
        ("x1", (), None, (), ExpressionError, "the list of concepts is empty"),
        ("log(-x^2 - 1) + y", "x + y", None, (), ExpressionError, "no point was found where both y"),
        ("log(x1 - 9) + x2", "x1 + x2", ("x1", "x2"), (), ExpressionError, "has no finite real value at any"),
        (
            "x1",
            "log(x1 - 9) + x2",
            ("x1", "x2"),
            (),
            ExpressionError,
            "at 100% of the points where it is compared",
        ),
        ("__import__('os').getcwd()", "x", None, (), ExpressionError, "I don't know the function __import__"),
        ("x + y", "x*y*z", None, ("x = 1", "x = 2"), DataError, "contradict each other: x = 1, x = 2"),
        ("x + y", "x*y*z", None, ("0 = 1",), DataError, "contradict each other"),
        (
            "x + y",
            "z + w",
            None,
            ("x^2 + y^2 = -1",),
            DataError,
            r"no real point was found on x\*\*2 \+ y\*\*2 = -1",
        ),
        ("x + y", "x*y", None, ("x = 1", "y = 2"), DataError, "leave no direction"),
        (
            "x1 + x2",
            "x1*x2",
            ("x1", "x2", "x3"),
            ("x1 = 5",),
            DataError,
            "the data contradict the constraint x1 = 5",
        ),
        ("x + y", "x*y", None, ("x = y = 2",), ExpressionError, "has 2 equals signs"),
        ("x + y", "x*y", None, ("x < 2",), ExpressionError, "I cannot read < in x < 2"),
    ],
)
def test_refuses_with_one_clear_error(formula, concept, on, constraints, error, message):
    with pytest.raises(error, match=message):
        verify(formula, concept, on and field(0, 1, on), constraints)


# --- the parts of a proof ---


@pytest.mark.parametrize(
    "text",
    [
        "(x + y)^2 - x^2 - 2*x*y - y^2",
        "sin(x)^2 + cos(x)^2 - 1",
        "1/(x - y) - 1/(x + y) - 2*y/(x^2 - y^2)",
        "abs(x)*abs(y) - abs(x*y)",
        "abs(x)*sign(x) - x",
        "exp(x + y) - exp(x)*exp(y)",
        "cosh(x)^2 - sinh(x)^2 - 1",
        "sqrt(x^2 + 1)^3 - x^2*sqrt(x^2 + 1) - sqrt(x^2 + 1)",
    ],
)
def test_zero_is_seen_and_nearly_zero_is_not(text):
    assert vanishes(parse(text))
    assert not vanishes(parse(f"{text} + x/10^30"))


def test_zero_on_a_curve():
    circle = parse("x^2 + y^2 - 1")
    assert vanishes(parse("x^4 + 2*x^2*y^2 + y^4 - 1"), [circle])
    assert not vanishes(parse("x^4 + y^4 - 1"), [circle])


def test_numbers_with_a_point_are_told_the_same_on_either_side():
    scaled, plain = "0.671890986664566*v**2 - 1.34378197332913*cos(x)", "v**2 - 2*cos(x)"
    assert verify(plain, scaled).same
    assert verify(scaled, plain).same
    assert not verify(plain, "0.671890986664566*v**2 - 1.37*cos(x) + x").same
