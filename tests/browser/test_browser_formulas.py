"""Formulas in the browser as in Python: read, computed, compared with fields, placed, shown in type."""

import base64

import drawn_formulas as drawn
import numpy as np
import pytest
import sympy as sp
from concept_cases import judged
from playwright.sync_api import expect
from scipy.optimize import minimize_scalar

import symgrad_widgets as sg
from browser import lab
from symgrad_widgets.errors import ExpressionError
from symgrad_widgets.formula.duals import evaluate_tree
from symgrad_widgets.formula.expressions import misalignments
from symgrad_widgets.formula.language import language
from symgrad_widgets.formula.operators import define_operator
from symgrad_widgets.formula.typed import read_formula
from symgrad_widgets.search import held_out
from symgrad_widgets.widgets import bundle
from symgrad_widgets.widgets.fielddata import field_data

pytestmark = pytest.mark.browser

FIELD_NAMES = ("x", "v", "x1", "alpha", "speed", "N")  # as a field takes them today
LOAD = """async ([code, language]) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  window.formulas = await import(url);
  window.language = language;
}"""
READ = """([texts, names]) => texts.map((text) => {
  try {
    return formulas.read(text, names, language);
  } catch (error) {
    if (!(error instanceof formulas.FormulaError)) throw error;
    return { message: error.message, at: error.at };
  }
})"""
EVALUATE = """([texts, names, columns]) => texts.map((text) => {
  const { tree } = formulas.read(text, names, language);
  const arrays = columns.map((column) => Float64Array.from(column));
  const { values, slopes } = formulas.evaluate(tree, names, arrays, language);
  return [values, ...slopes].map((some) => Array.from(some));
})"""
SCORES = """([texts, data, rows]) => {
  const field = formulas.unpacked(data);
  return texts.map((text) => {
    const { tree } = formulas.read(text, field.names, language);
    const score = formulas.scored(formulas.computed(tree, field, language), field);
    return [score.loss, score.angle, formulas.angleAt(score, field, rows)];
  });
}"""
LOSSES = """([texts, data]) => {
  const field = formulas.unpacked(data);
  return texts.map((text) => formulas.loss(formulas.read(text, field.names, language).tree, field, language));
}"""
PLACED = """([text, data, how = "placed"]) => {
  const field = formulas.unpacked(data);
  const { tree } = formulas.read(text, field.names, language);
  const { values, loss } = formulas[how](tree, field, language);
  return [values, loss, formulas.retyped(text, tree, values)];
}"""
MOVED = """([text, value, names]) => {
  const { tree } = formulas.read(text, names, language), all = formulas.numbers(tree).map((one) => one.value);
  const next = all.map((one) => (Math.abs(one) === 2.5 ? value : one));
  return [all.find((one) => Math.abs(one) === 2.5), formulas.retyped(text, tree, next)];
}"""
TYPE = """([texts, names]) => texts.map((text) =>
  formulas.mathml(formulas.read(text, names, language).tree, language))"""
ODD = """(all) => all.filter((one) =>
  new DOMParser().parseFromString(one, "text/xml").querySelector("parsererror"))"""


@pytest.fixture(scope="module")
def page(chromium_path):
    with lab.chromium(chromium_path) as page:
        page.evaluate(LOAD, [bundle.bundled("formula/index.js"), language()])
        yield page
        assert page.errors == []


@pytest.fixture(scope="module")
def texts():
    return drawn.good(300, seed=1)


def here(text, names):
    """What Python makes of a text, as the page says it."""
    try:
        reading = read_formula(text, names)
    except ExpressionError as error:
        return {"message": str(error), "at": list(error.at)}
    return {"tree": reading.tree, "written": reading.written, "alternatives": list(reading.alternatives)}


def test_good_and_bad_texts_are_read_alike(page, texts):
    every = [*texts, *drawn.bad(200, seed=2), *drawn.SPELLINGS, *drawn.AMBIGUOUS, "2xv", "exp(exp)"]
    for names in (drawn.NAMES, ("x", "v", "xv"), ("x", "my", "sin", "exp", "x_", "x1"), (), None):
        told = page.evaluate(READ, [every, names])
        for text, said in zip(every, told, strict=True):
            assert said == here(text, names), text


def test_values_and_gradients_are_python_s(page, texts):
    points = drawn.points()
    told = page.evaluate(EVALUATE, [texts, drawn.NAMES, points.T.tolist()])
    shares = []
    for text, (values, *slopes) in zip(texts, told, strict=True):
        expected = evaluate_tree(read_formula(text, drawn.NAMES).tree, drawn.NAMES, points)
        assert drawn.alike(expected[0], values), text
        assert drawn.alike(expected[1], np.transpose(slopes)), text
        shares.append(np.isfinite(np.array(values, dtype=float)).mean())
    assert 0.5 < np.mean(shares) < 0.9


def fields():
    """Points that fill space, that lie on a plane, on a surface (a basis for each), and two neurons."""
    rng = np.random.default_rng(3)
    points, gradients = rng.uniform(-2, 2, (120, 6)), rng.normal(size=(120, 6))
    plane = points.copy()
    plane[:, 2] = 1 - plane[:, 0] + plane[:, 1]
    basis = np.linalg.qr(rng.normal(size=(120, 6, 4)))[0]
    yield sg.GradientField(points, gradients, FIELD_NAMES)
    yield sg.GradientField(plane, gradients, FIELD_NAMES)
    yield sg.GradientField(points, gradients, FIELD_NAMES, tangent=basis)
    yield sg.GradientField(points, rng.normal(size=(120, 2, 6)), FIELD_NAMES)


def test_losses_are_python_s(page, texts):
    plain = [text.replace("my speed", "speed") for text in texts]
    for field in fields():
        told = page.evaluate(LOSSES, [plain, field_data(field)])
        for text, value in zip(plain, told, strict=True):
            expected = judged(text, field)
            assert abs(value - expected) <= 1e-9 * expected + 1e-15, text


def test_the_angle_on_show_is_python_s_and_orders_formulas_as_losses_do(page):
    x, v = points = np.random.default_rng(4).uniform(-1, 1, (2, 300))
    field = sg.GradientField(points.T, np.column_stack([np.cos(x), 2 * v]), ("x", "v"), weights=np.exp(x))
    texts, rows = ["x² + v²", "x + v²", "x + 2 v", "sin x + v⁴", "exp(x) + v²"], [3, 50, 120, 7]
    scores = page.evaluate(SCORES, [texts, field_data(field), rows])
    for text, (loss, angle, at_some) in zip(texts, scores, strict=True):
        candidate = sg.score(field, text)
        assert (loss, angle) == pytest.approx((candidate.loss, candidate.angle), rel=1e-9)
        some = np.average(misalignments(text, field)[rows], weights=field.weights[rows])
        assert at_some == pytest.approx(np.degrees(np.arcsin(np.sqrt(some))), rel=1e-9)
    assert sorted(scores) == sorted(scores, key=lambda score: score[1])


def test_an_exact_formula_loses_nothing_and_weights_count(page):
    x, v = points = np.random.default_rng(4).uniform(-1, 1, (2, 300))
    field = sg.GradientField(points.T, np.column_stack([np.cos(x), 2 * v]), ("x", "v"))
    exact, other = page.evaluate(LOSSES, [["sin x + v²", "x + v²"], field_data(field)])
    assert exact == pytest.approx(sg.score(field, "sin x + v²").loss, abs=1e-15)
    _, plane, *_ = fields()  # x1 + x - v is constant there
    across = ["x1 + x - v + 1e-6 N", "x1 + x - v + 1e-12 N"]
    assert page.evaluate(LOSSES, [across, field_data(plane)]) == pytest.approx(
        [sg.score(plane, one).loss for one in across]
    )
    assert sg.score(plane, across[0]).loss < sg.score(plane, across[1]).loss == 1
    weights = np.exp(x)
    packed = base64.b64encode(weights.tobytes()).decode()
    (told,) = page.evaluate(LOSSES, [["x + v²"], field_data(field) | {"weights": packed}])
    judged = weights * held_out(field)
    assert told == pytest.approx(np.average(misalignments("x + v²", field), weights=judged), rel=1e-12)
    assert told != pytest.approx(other, rel=1e-3)


def test_numbers_are_placed_where_the_loss_is_least(page):
    x, v = points = np.random.default_rng(5).uniform(-1, 1, (2, 500))
    exact = sg.GradientField(
        points.T, np.column_stack([4 * 1.7 * x**3 * np.exp(x), 2 * v * np.exp(x)]), ("x", "v")
    )
    values, least, text = page.evaluate(PLACED, ["½ v² + 1,6 x^4", field_data(exact)])
    assert values == pytest.approx([0.5, 2, 0.85, 4], rel=1e-6)
    assert least < 1e-12
    assert text == "½ v² + 0.85 x^4"
    noise = np.random.default_rng(6).normal(0, 0.3, (500, 2))
    noisy = sg.GradientField(points.T, exact.gradients + noise, ("x", "v"))
    (_, c, _), least, _ = page.evaluate(PLACED, ["v² + 3 x⁴", field_data(noisy)])
    expected = minimize_scalar(lambda c: judged(f"v² + {float(c)} x⁴", noisy), (1, 2), tol=1e-10)
    assert least == pytest.approx(sg.score(noisy, f"v² + {c} x⁴").loss, rel=1e-9)
    assert least == pytest.approx(expected.fun, rel=1e-4)
    assert c == pytest.approx(expected.x, rel=1e-3)
    across = ["v² - 4 x⁴ - 3 x", field_data(exact)]
    assert page.evaluate(PLACED, across)[1] > 0.1
    values, least, text = page.evaluate(PLACED, [*across, "crossed"])
    assert least < 1e-12
    assert values == pytest.approx([2, 1.7, 4, 0], rel=1e-6, abs=1e-6)
    assert text.startswith("v² + 1.7 x⁴")
    assert page.evaluate(PLACED, ["x v", field_data(exact)])[0] == []
    assert page.evaluate(PLACED, ["v² + x⁻² + v^3", field_data(exact)])[0] == [
        2,
        2,
        3,
    ]  # whole exponents stay


@pytest.mark.parametrize(
    ("text", "value", "moved", "back"),
    [
        ("x² + 2.5 v²", 2.5, "x² - 1.5 v²", "x² + 3.5 v²"),
        ("x² - 2.5 v²", -2.5, "x² - 1.5 v²", "x² + 3.5 v²"),
        ("x − 2.5 v", -2.5, "x − 1.5 v", "x + 3.5 v"),
        ("-2.5/v", -2.5, "-1.5/v", "3.5/v"),
        ("2.5 x", 2.5, "(-1.5) x", "3.5 x"),
        ("x (-2.5)", -2.5, "x (-1.5)", "x (3.5)"),
        ("x - 2.5^v", 2.5, "x - (-1.5)^v", "x - 3.5^v"),
        ("exp(-2.5 x)", -2.5, "exp(-1.5 x)", "exp(3.5 x)"),
        ("|x| - 2.5", -2.5, "|x| - 1.5", "|x| + 3.5"),
        ("v - x*2.5", 2.5, "v - x*(-1.5)", "v - x*3.5"),
    ],
)
def test_a_number_has_the_sign_before_it_and_may_change_it(page, text, value, moved, back):
    assert page.evaluate(MOVED, [text, -1.5, ["x", "v"]]) == [value, moved]
    assert page.evaluate(MOVED, [text, 3.5, ["x", "v"]]) == [value, back]


@pytest.mark.usefixtures("scratch_table")
def test_a_new_operator_is_one_row_for_the_page_too(page):
    define_operator("gauss", lambda u: sp.exp(-(u**2)))
    define_operator("bell", sp.erf)
    page.evaluate("(told) => { window.before = language; window.language = told; }", language())
    points = drawn.points()[:, :2]
    ((values, *slopes),) = page.evaluate(EVALUATE, [["gauss(x v) + x"], ("x", "v"), points.T.tolist()])
    expected = evaluate_tree(read_formula("gauss(x v) + x", ("x", "v")).tree, ("x", "v"), points)
    assert drawn.alike(expected[0], values)
    assert drawn.alike(expected[1], np.transpose(slopes))
    (refused,) = page.evaluate(READ, [["2 bell(x)"], ("x", "v")])
    assert refused == {"message": "This page cannot compute bell. Ask the notebook.", "at": [2, 6]}
    page.evaluate("() => { window.language = window.before; }")


def test_formulas_are_shown_in_type(page, texts, root):
    written = page.evaluate(TYPE, [texts, drawn.NAMES])
    assert page.evaluate(ODD, written) == []
    shown = ["½ v² + 1,6 x⁴", "sin² x_{1} √(x/α)", "1e-6 x - |v|^0.5 exp(-x)", "(x + v)(x - v)/(2 N + 3*4)"]
    names = ("x", "v", "x_{1}", "alpha", "N")
    first, *others = page.evaluate(TYPE, [shown, names])
    assert '<mn data-start="7" data-end="10">1.6</mn>' in first
    assert "<msub><mi>x</mi><mn>1</mn></msub>" in others[0]
    assert "<mi>α</mi>" in others[0]
    lines = "".join(f"<p style='font-size: 28px'>{one}</p>" for one in (first, *others))
    page.evaluate("(html) => { document.body.innerHTML = html; }", lines)
    expect(page.locator("math")).to_have_count(len(shown))
    (root / "tests" / "artefacts").mkdir(exist_ok=True)
    page.screenshot(path=root / "tests" / "artefacts" / "formulas.png")


def test_modules_in_one_text_keep_their_names_to_themselves(page, tmp_path, monkeypatch):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.js").write_text("const own = 1;\nexport const one = () => own;\n")
    (tmp_path / "parts" / "b.js").write_text(
        'import { one as other } from "./a.js";\nconst own = 2;\n'
        "export function two() { return own + other(); }\n"
    )
    (tmp_path / "c.js").write_text(
        'import { two } from "./parts/b.js";\nexport { one } from "./parts/a.js";\n'
        "const own = 3;\nexport default { sum: own + two() };\n"
    )
    monkeypatch.setattr(bundle, "_ASSETS", tmp_path)
    found = page.evaluate(
        """async (code) => {
          const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
          const { default: told, one } = await import(url);
          return [told.sum, one()];
        }""",
        bundle.bundled("c.js"),
    )
    assert found == [6, 1]
