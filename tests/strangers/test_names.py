"""Inputs called as people call them, in whatever takes or shows a name."""

import pickle

import numpy as np
import pytest
import torch
from budgets import briefly

import symgrad_widgets as sg
from symgrad_widgets.formula.expressions import as_expression
from symgrad_widgets.search.pysr import julia_words
from symgrad_widgets.search.terms.postfix import from_sympy

NAMES = [
    ("N", "S"), ("E", "I"), ("pi", "beta"), ("Q", "O"), ("lambda", "gamma"), ("α", "Ω"), ("x_{1}", "x_{2}"),
    ("speed of light", "speed"), ("速度", "質量"), ("a" * 60, "b" * 60), ("mass (kg)", "v_0 (m.s)"),
    ("exp", "sin"),
    ("None", "True"), ("x 1", "x 11"), ("x", "x.1"), ("e", "re"), ("import", "class"), ("x", "x%"),
    ("Symbol", "diff"),
]  # fmt: skip
X = np.random.default_rng(0).uniform(1, 2, (80, 2))


class Product(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Identity()

    def forward(self, x):
        return self.inner(x[:, :1] * x[:, 1:] + x[:, :1])


BY_DAY = {"N", "lambda", "speed of light", "速度", "mass (kg)", "exp", "None", "x 1"}  # one of each kind
SOME = [pytest.param(pair, marks=() if pair[0] in BY_DAY else pytest.mark.nightly) for pair in NAMES]


@pytest.fixture(params=SOME, ids="|".join)
def names(request):
    return request.param


@pytest.fixture
def formula(names):
    return "{0}*{1} + {0}".format(*names)


@pytest.fixture
def field(names):
    return sg.gradient_field(Product(), X, names=names)


@pytest.mark.parametrize("names", NAMES, ids="|".join)
def test_formulas_are_read_and_written_in_them(names, field, formula):
    read = as_expression(formula, names)
    assert {symbol.name for symbol in read.free_symbols} == set(names)
    assert sg.score(field, formula).loss < 1e-20
    a, b = names
    for text in (f"sin({a})^2/{b}", f"sqrt({a})*exp(-{b}) + 2.5*{a}", f"-{a} - {b}", f"({a})*({b})"):
        again = as_expression(text, names)
        assert as_expression(str(again), names) == again
    with pytest.raises(sg.SymgradError, match="nobody"):
        as_expression(f"{a} + nobody", names)


def test_a_search_finds_keeps_and_saves_them(names, field, formula, tmp_path):
    search = sg.Search(field, guesses=[formula], units={names[0]: "m", names[1]: "1"})
    search.run(generations=2, progress=False)
    assert sg.score(field, search.best.expression).loss < 1e-20
    for candidate in search.front:
        assert as_expression(str(candidate.expression), names) == candidate.expression
    search.save(tmp_path / "search.npz")
    assert sg.Search.load(tmp_path / "search.npz").best == search.best
    assert pickle.loads(pickle.dumps(search)).best == search.best
    symbols = search.symbols
    term = from_sympy(as_expression(formula, names), symbols)
    assert julia_words.read("x1*x2 + x1", symbols) == as_expression(formula, names)
    assert julia_words.written(term)


@pytest.mark.sweep
def test_an_interpretation_tells_exports_and_splices_them(names, formula):
    result = briefly(Product(), X, names=names, concept=formula, count=3)
    assert result.verdict.same
    assert all(name in repr(result) for name in names)
    assert result._repr_html_()
    assert result._repr_latex_()
    exported = pickle.loads(pickle.dumps(result.to_torch()))
    np.testing.assert_allclose(exported(torch.as_tensor(X)).numpy(), result.to_numpy()(X), rtol=1e-9)
    assert result.splice(Product(), X).change < 1e-3


def test_views_show_them(names, field, formula):
    for view in (sg.FieldView, sg.PhiView, sg.ExpressionView):
        shown = view(field, formula)
        assert all(name in shown.words for name in (names if view is not sg.PhiView else ()))
        assert shown._repr_mimebundle_()
    assert sg.SearchStepper(sg.Search(field)).words
    assert sg.PhiBender(lambda x, bend: (bend * x.prod(1), x[:, ::-1]), X, names).words


def test_a_workbench_and_its_state_know_them(names, formula):
    bench = sg.Workbench(Product(), X, names)
    bench.expression.guess = formula
    bench.stepper.goto(1)
    again = sg.Workbench.from_state(bench.state_line, Product(), X, names)
    assert again.state_line == bench.state_line
    assert [str(guess.expression) for guess in again.expression.guesses]


@pytest.mark.sweep
def test_atlas_and_baselines_know_them(names, field):
    found = sg.atlas(Product(), X, names=names, generations=1, jobs=1, progress=False)
    assert all(as_expression(row.formula, names) for row in found.rows if row.formula)
    assert found._repr_html_()
    assert sg.baselines.fit_polynomials(field.points, field.values, field, degree=2)[-1].error < 1e-9


@pytest.mark.parametrize(
    "name", ["a*b", "2x", "", "a\nb", " a", "a ", "x^2", "a-b", "x;y", "a=b", "#", "x,y"]
)
def test_what_would_have_a_meaning_in_a_formula_is_no_name(name):
    with pytest.raises(sg.SymgradError, match=r"must be one or more words, .* and occur only once"):
        sg.GradientField(X, X + 1, (name, "y"))
