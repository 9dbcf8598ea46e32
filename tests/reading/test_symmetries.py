"""Linear motions that a neuron does not notice, on formulas whose symmetries are known, and on networks."""

import numpy as np
import pytest
import scipy.linalg
import sympy as sp
import torch

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError
from symgrad_widgets.formula.expressions import evaluate, parse

RNG = np.random.default_rng(3)
NINE = [f"x{i}" for i in range(1, 10)]
DETERMINANT3 = str(sp.Matrix(3, 3, sp.symbols("x1:10")).det())
MOMENTUM, ENERGY = "x*w - y*v", "(v^2 + w^2)/2 - 1/sqrt(x^2 + y^2)"


def field_of(formulas, names, low=-1.0, high=1.0, error=0.0, count=1500, scale=1.0, rng=RNG):
    """Bent gradients of one formula, or of several, whose components have an error in their own spread."""
    formulas, names = [formulas] if isinstance(formulas, str) else formulas, tuple(names)
    points = rng.uniform(low, high, (count, len(names)))
    rows = []
    for formula in formulas:
        values, slopes = evaluate(parse(formula, names), names, points)
        slopes = slopes * (1 / np.cosh(values / values.std()))[:, None]
        size = np.sqrt((slopes**2).mean())
        rows.append(slopes + error * size * rng.normal(size=slopes.shape))
    gradients = rows[0] if len(rows) == 1 else np.stack(rows, 1)
    return sg.GradientField(points * scale, gradients / scale, names)


@pytest.mark.parametrize(
    ("formula", "names", "low", "count", "algebra"),
    [
        ("t^2 - x^2 - y^2 - z^2", "txyz", 0.0, 6, "so(1,3)"),
        ("a*d - b*c", "abcd", -1.0, 6, "so(2,2)"),
        ("a^2 + b^2 + c^2 + d^2", "abcd", -1.0, 6, "so(4)"),
        ("x^2 + 3*v^2", "xv", -1.0, 1, "abelian"),
        ("v^2/2 - cos(2*x)", "xv", -1.0, 0, None),
        (MOMENTUM, "xyvw", 0.2, 6, "so(2,2)"),
        (ENERGY, "xyvw", 0.2, 2, "abelian"),
        ([MOMENTUM, ENERGY], "xyvw", 0.2, 1, "abelian"),
        ([MOMENTUM, ENERGY, f"w*({MOMENTUM}) - x/sqrt(x^2 + y^2)"], "xyvw", 0.2, 0, None),
        ("y - x^2 - z^2", "xyz", -1.0, 3, "e(2)"),
        ("x*z - y^2/2", "xyz", 0.5, 3, "sl(2)"),
        (DETERMINANT3, NINE, -1.0, 16, "sl(3) + sl(3)"),
        ("x*y*exp(z)", "xyz", 0.5, 2, "abelian"),
    ],
)  # fmt: skip
def test_the_algebra_of_a_formula(formula, names, low, count, algebra):
    found = sg.symmetries(field_of(formula, names, low), formula=formula)
    assert (len(found), found.algebra) == (count, algebra), found
    assert all(found.proved), found
    assert found.generators.shape == (count, len(names), len(names))


@pytest.mark.parametrize(("formula", "names"), [("x*y*exp(z)", "xyz"), ("x*y*z*exp(w)", "xyzw")])
def test_a_large_number_beside_small_ones_hides_no_simpler_motion(formula, names):
    for seed in range(8):
        field = field_of(formula, names, 0.5, rng=np.random.default_rng(seed))
        found = sg.symmetries(field, formula=formula)
        assert all(found.proved), found
        assert [len(one.coefficients) for one in found.motions] == [2] * (len(names) - 1), found


@pytest.mark.parametrize(
    ("formula", "names", "low", "count", "algebra", "errors"),
    [
        ("t^2 - x^2 - y^2 - z^2", "txyz", 0.0, 6, "so(1,3)", (0.01, 0.03)),
        ("a*d - b*c", "abcd", -1.0, 6, "so(2,2)", (0.01, 0.03, 0.1)),
        ("x^2 + v^2", "xv", -1.0, 1, "abelian", (0.01, 0.03, 0.1)),
        ("v^2/2 - cos(2*x)", "xv", -1.0, 0, None, (0.01, 0.03, 0.1)),
        ("x^2 + y^2", "xyz", -1.0, 1, "abelian", (0.01, 0.03, 0.1)),
    ],
)
def test_errors_of_the_gradients_leave_the_algebra(formula, names, low, count, algebra, errors):
    for error in errors:
        found = sg.symmetries(field_of(formula, names, low, error=error), formula=formula)
        assert (len(found), found.algebra) == (count, algebra), (error, found)


def test_motions_are_simple_and_have_names():
    found = sg.symmetries(field_of("t^2 - x^2 - y^2", "txy", 0.0))
    assert [str(one) for one in found.motions] == [
        "boosts t-x: t' = x, x' = t",
        "boosts t-y: t' = y, y' = t",
        "turns x into y: x' = -y, y' = x",
    ]
    assert [one.kind for one in found.motions] == ["boost", "boost", "turn"]
    (scaling,) = sg.symmetries(field_of("x*v", "xv", 0.5)).motions
    assert (scaling.kind, scaling.name) == ("scaling", "stretches x, shrinks v")
    (about,) = sg.symmetries(field_of("(x - 1)^2 + 2*v^2", "xv")).motions
    assert str(about) == "turns x into v around x = 1: x' = -v, v' = x/2 - 1/2"
    (shear,) = sg.symmetries(field_of("y - x^2/2", "xy")).motions
    assert (shear.kind, str(shear)) == ("shear", "adds x to y, shifts x: x' = 1, y' = x")


def test_numbers_have_intervals_that_hold_the_truth():
    held = 0
    for seed in range(20):
        field = field_of("x^2 + 3.7*v^2", "xv", error=0.05, rng=np.random.default_rng(seed))
        (turn,) = sg.symmetries(field).motions
        number = min(turn.coefficients, key=lambda c: abs(c.value))
        assert 0 < number.high - number.low < 0.1 * number.value
        held += number.low < 1 / 3.7 < number.high
    assert held >= 16


def test_what_is_not_seen_counts_apart():
    found = sg.symmetries(field_of("x^2 + y^2", "xyz"))
    assert (len(found), found.without, found.trivial) == (1, ("z",), 4)
    linear = sg.symmetries(field_of("x + 2*y - z", "xyz"))
    n = 3
    assert (len(linear), linear.trivial) == (0, n * (n - 1) + (n - 1))
    assert np.allclose(np.array([1, 2, -1]) @ linear.unseen, 0, atol=1e-9)
    difference = sg.symmetries(field_of("x*(y - z)", "xyz", 0.5))
    assert (len(difference), difference.without, difference.trivial) == (1, (), 4)
    assert "1 direction is not seen at all: 4 trivial" in repr(difference)


def test_motions_stay_on_a_plane_of_the_data():
    points = RNG.uniform(-1, 1, (1000, 4))
    points[:, 3] = 5 - points[:, 0]
    x1, x2, x3, x4 = points.T
    field = sg.GradientField(points, np.stack([x4, -x3, -x2, x1], 1))
    found = sg.symmetries(field, formula="x1*x4 - x2*x3", constraints=["x1 + x4 = 5"])
    assert (len(found), found.algebra, found.proved) == (3, "sl(2)", (True,) * 3)
    moved = np.einsum("dij,nj->dni", found.generators, points) + found.offsets[:, None]
    assert np.allclose(moved[..., 0] + moved[..., 3], 0, atol=1e-12)


def test_motions_stay_on_a_curved_surface():
    points = RNG.normal(size=(1000, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    basis = np.linalg.svd(points[:, :, None], full_matrices=True)[0][:, :, 1:]
    field = sg.GradientField(points, np.tile([0.0, 0, 1], (1000, 1)), "xyz", tangent=basis)
    found = sg.symmetries(field)
    assert [one.name for one in found.motions] == ["turns x into y"]


def test_units_and_a_shift_of_the_inputs_do_not_matter():
    rng = np.random.default_rng
    scale = np.array([1e3, 1e-2, 10.0, 1.0])
    first, again = (sg.symmetries(field_of("a*d - b*c", "abcd", scale=s, rng=rng(1))) for s in (1.0, scale))
    assert again.algebra == first.algebra == "so(2,2)"
    assert np.allclose(again.residuals, first.residuals, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [2, 4, 8])
def test_random_fields_have_none(seed, count):
    rng = np.random.default_rng(seed)
    points, weights, shift, outer = (rng.normal(size=s) for s in ((1500, count), (count, 20), 20, 20))
    smooth = ((1 - np.tanh(points @ weights + shift) ** 2) * outer) @ weights.T
    for gradients in (smooth, rng.normal(size=points.shape)):
        found = sg.symmetries(sg.GradientField(points, gradients))
        assert len(found) == 0, found
        assert found.structure is None
        assert "No linear motion" in repr(found)


@pytest.mark.parametrize(
    ("name", "count", "algebra"),
    [
        ("interval", 6, "so(1,3)"),
        ("fieldstrength", 6, "so(1,3)"),
        ("oscillator", 1, "abelian"),
        ("antisymmetric3", 3, "so(3)"),
        ("determinant2", 3, "sl(2)"),
        ("cosine_force", 0, None),
        ("cubic_force", 0, None),
    ],
)
def test_networks_of_the_experiments(name, count, algebra):
    run = sg.experiments[name].pretrained()
    found = sg.symmetries(
        run.model, run.x, neuron=run.neuron, names=run.names, formula=list(run.experiment.concepts)
    )
    assert (len(found), found.algebra) == (count, algebra)
    assert all(found.proved)


def test_autograd_finds_no_slope_along_an_orbit():
    run = sg.experiments["interval"].pretrained()
    x = torch.tensor(run.x[:500], dtype=torch.float32)
    spread = run.model(x).std()
    found = sg.symmetries(run.model, run.x, names=run.names)
    for one in found.motions:
        flow = torch.tensor(scipy.linalg.expm(0.2 * one.matrix), dtype=torch.float32)
        place = (x @ flow.T).requires_grad_()
        (slope,) = torch.autograd.grad(run.model(place).sum(), place)
        along = (slope * (place @ torch.tensor(one.matrix, dtype=torch.float32).T)).sum(1)
        across = (slope * (place @ torch.tensor(one.matrix, dtype=torch.float32))).norm(dim=1)
        assert along.square().mean().sqrt() < 0.02 * spread
        assert across.mean() > 0.02 * spread


def test_what_cannot_be_asked_says_what_to_do():
    with pytest.raises(DataError, match="up to 16 inputs, got 17"):
        sg.symmetries(sg.GradientField(RNG.normal(size=(100, 17)), RNG.normal(size=(100, 17))))
    with pytest.raises(DataError, match="leave out x, names"):
        sg.symmetries(field_of("x*v", "xv"), np.zeros((3, 2)), names="xv")
    with pytest.raises(DataError, match="pass points"):
        sg.symmetries(torch.nn.Linear(2, 1))


@pytest.mark.sweep
def test_sixteen_inputs_are_not_too_many():
    names = [f"x{i}" for i in range(1, 17)]
    found = sg.symmetries(field_of(" + ".join(f"{n}^2" for n in names), names, count=2000))
    assert found.algebra == "so(16)"
    assert found.motions[0].name == "turns x1 into x2"


def test_a_seed_gives_the_same_bits():
    field = field_of("t^2 - x^2 - y^2", "txy", error=0.03)
    first, again = (sg.symmetries(field, random_state=4) for _ in range(2))
    assert np.array_equal(first.generators, again.generators)
    assert first.by_chance == again.by_chance
