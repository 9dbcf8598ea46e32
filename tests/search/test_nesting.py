"""Functions inside functions of one quantity: read, told from what mimics them, and not invented."""

import re

import numpy as np
import pytest
import sympy

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import as_expression, evaluate
from symgrad_widgets.search.composition import Look
from symgrad_widgets.search.fit.bank import Sample
from symgrad_widgets.search.nesting import nested, without
from symgrad_widgets.search.terms.grammar import Grammar
from symgrad_widgets.search.terms.postfix import from_sympy, to_sympy

NAMES = ("x", "y", "z")


def term_of(text):
    symbols = [sympy.Symbol(name, real=True) for name in NAMES]
    return from_sympy(as_expression(text, NAMES), symbols)


def field_of(formula, count=800):
    names = tuple(sorted({*re.findall(r"\b[a-z]\b", formula)}))
    points = np.random.default_rng(3).uniform(-1, 1, (count, len(names)))
    values, slopes = evaluate(as_expression(formula, names), names, points)
    bend = np.exp(values / values.std())[:, None]  # no direction changes
    return sg.GradientField(points, slopes * bend, names)


@pytest.mark.parametrize(
    "formula",
    [
        "x*y + sin(cos(exp(z)))",
        "x*y*sin(exp(z))",
        *(
            pytest.param(formula, marks=pytest.mark.nightly)
            for formula in (
                "z + sin(exp(x*y))",
                "z + cos(sin(x + 2*y))",
                "x + y**2 + tanh(sin(exp(z)))",
                "x*y + exp(cos(z)) + sin(cos(w))",
            )
        ),
    ],
)
def test_functions_inside_functions_are_read_from_exact_directions(formula):
    field = field_of(formula)
    search = sg.Search(field, random_state=0)
    search.run(generations=12, progress=False)
    assert search.kind == "match"
    assert sg.verify(search.best.expression, formula, field=field).same


def test_the_terms_of_other_inputs_stay():
    x, y, both, deep = (term_of(text) for text in ("x", "y", "x*y", "sin(y)"))
    assert without([x, both, deep], y) == [x]
    assert without([x, deep], x) == [deep]


def test_every_function_of_a_function_is_tried_and_what_does_not_help_is_left_out():
    field = field_of("x*y + cos(exp(z))")
    look, grammar = Look(Sample(field)), Grammar(None, range(3))
    found = nested(grammar, look, [term_of("x*y")], term_of("z"), 1.0)
    written = [str(to_sympy(terms[1], sympy.symbols(NAMES))) for terms in found]
    assert "cos(exp(z))" in written[:2]
    assert all(terms[0] == term_of("x*y") for terms in found)
    assert nested(grammar, look, [term_of("x*y")], term_of("z"), 1e-30) == []


@pytest.mark.parametrize("seed", [0, 1])
def test_a_random_smooth_field_is_no_nested_function(seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (600, 3))
    phase = points @ rng.normal(size=(3, 12)) * 2 + rng.uniform(0, 6, 12)
    field = sg.GradientField(points, np.cos(phase) @ rng.normal(size=(12, 3)), NAMES)
    search = sg.Search(field, random_state=seed)
    search.run(generations=9, progress=False)
    assert search.kind != "match"
