"""One neuron that holds several concepts: said as such, and not where it holds one, or something else."""

import numpy as np
import pytest
from budgets import generations

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import evaluate, parse
from symgrad_widgets.verdict.several_concepts import mixture

NAMES = ("x1", "x2", "x3", "x4")
CONCEPTS = ("x1*x2", "x3^2 + x4", "x1 + x2 - x4")


def field(formula, noise=0.0, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.uniform(0.2, 2, (600, len(NAMES)))
    gradients = evaluate(parse(formula, NAMES), NAMES, points)[1]
    gradients /= np.linalg.norm(gradients, axis=1, keepdims=True)
    return sg.GradientField(points, gradients + noise * rng.normal(size=gradients.shape), NAMES)


@pytest.mark.parametrize("noise", [0, 0.01, 0.03])
def test_a_function_of_two_of_three_concepts_is_a_mixture_of_these(noise):
    found = mixture(field("exp((x1*x2)^2/4) + sin(x3^2 + x4)", noise), CONCEPTS)
    assert (found.how, found.same) == ("mixture", False)
    assert found.message.startswith("A mixture of x1*x2 and x3**2 + x4: ")
    assert found.residual > 0.05


def test_of_three_concepts_all_are_named():
    found = mixture(field("log(x1*x2) + x3^2 + x4 + (x1 + x2 - x4)^2", 0.01), CONCEPTS)
    assert found.message.startswith("A mixture of x1*x2, x3**2 + x4 and x1 + x2 - x4: ")


@pytest.mark.parametrize("noise", [0, 0.01, 0.03])
def test_one_concept_bent_or_noisy_is_no_mixture(noise):
    assert mixture(field("log(x1*x2)", noise), CONCEPTS) is None


def test_a_trace_of_another_concept_makes_no_mixture():
    assert mixture(field("x1*x2 + 0.001*(x3^2 + x4)"), CONCEPTS) is None


@pytest.mark.parametrize("formula", ["x1*x4 + x3", "x1*x2 + x3"])
def test_what_leaves_the_span_of_the_concepts_is_none(formula):
    assert mixture(field(formula, 0.01), CONCEPTS[:2]) is None


def test_where_the_concepts_fill_the_space_nothing_can_be_told():
    assert mixture(field("x1*x3 + x2*x4", 0.01), (*CONCEPTS, "x2")) is None


def test_points_where_a_concept_has_no_gradient_are_left_out():
    assert mixture(field("x1*x2 + sqrt(x3)"), ("x1*x2", "sqrt(x3 - 1/2)")).message.startswith("A mixture of")


def test_interpret_reports_it():
    on = field("x1*x2 + exp(x1*x2/3)*(x3^2 + x4)", 0.02)
    with generations(12):
        result = sg.interpret(on, concept=CONCEPTS[:2], operators=["add"])
    assert result.verdict.how == "mixture"
    assert "A mixture of x1*x2 and x3**2 + x4" in str(result)
