"""Intervals of the numbers in a formula, and their names, against fields whose numbers are known."""

import itertools

import numpy as np
import pytest
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError
from symgrad_widgets.search.choice.intervals import covariance

G = 9.81


def noisy(seed, noise=0.02, count=1500, bend=np.tanh):
    """Field of m*v^2/2 + G*m*h, its values and directions with independent errors."""
    rng = np.random.default_rng(seed)
    m, v, h = rng.uniform(0.5, 2, (3, count))
    value = m * v**2 / 2 + G * m * h
    slopes = np.stack([v**2 / 2 + G * h, m * v, G * m], 1)
    slopes += noise * np.linalg.norm(slopes, axis=1, keepdims=True) * rng.normal(size=slopes.shape)
    values = bend((value - 15) / 10) + noise * rng.normal(size=count)
    return sg.GradientField(np.stack([m, v, h], 1), slopes, ("m", "v", "h"), values=values)


@pytest.mark.parametrize("known", ["values", "directions"])
def test_intervals_hold_the_true_number_as_often_as_they_say(known):
    held = []
    for seed in range(16):
        field = noisy(seed)
        if known == "directions":
            field = sg.GradientField(field.points, field.gradients, field.names)
        candidate = sg.score(field, f"m*v**2 + {2 * G * 1.01}*m*h")
        (number,) = candidate.intervals
        assert number.value == pytest.approx(2 * G * 1.01)
        assert number.high - number.low < 0.2 * number.value
        held.append(number.low <= 2 * G <= number.high)
    assert np.mean(held) >= 0.8


def test_independent_points_give_the_textbook_covariance():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 2)) * [1, 10]
    rest = 0.3 * rng.normal(size=4000)
    found = covariance(X.T @ X, X * rest[:, None], rng.integers(0, 40, 4000))
    expected = 0.3**2 * np.linalg.inv(X.T @ X)
    np.testing.assert_allclose(np.diag(found), np.diag(expected), rtol=0.6)


def test_points_that_err_together_widen_the_interval():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 100)
    X = rng.normal(size=40)[groups][:, None]
    together = rng.normal(size=40)[groups]
    wide = covariance(X.T @ X, X * together[:, None], groups)[0, 0]
    narrow = covariance(X.T @ X, X * rng.normal(size=4000)[:, None], groups)[0, 0]
    assert wide > 20 * narrow


def test_a_number_gets_the_readers_name_where_its_interval_is_narrow():
    field = noisy(0, noise=1e-5)
    search = sg.Search(field, named={"g": G})
    search.run(generations=3, progress=False)
    (number,) = search.best.intervals  # of h*m + m*v**2/(2*g), or the same otherwise
    assert number.name in ("1/(2*g)", "2*g", "g", "1/g")
    assert str(number).endswith(number.name)
    assert sg.score(field, f"m*v**2 + {2 * G}*m*h").intervals[0].name is None  # 19.62 is no plain number


def test_plain_numbers_are_called_by_name():
    rng = np.random.default_rng(0)
    x = rng.uniform(0.5, 2, (1000, 2))
    field = sg.GradientField(x, np.stack([np.full(1000, np.pi), 2 * x[:, 1]], 1), ("a", "b"))
    (number,) = sg.score(field, "3.1415927*a + b**2").intervals
    assert number.name == "pi"


def test_what_nothing_tells_has_no_interval():
    """A common factor is free, so one number is held; x and its double cannot be told apart at all."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0.5, 2, (500, 2))
    field = sg.GradientField(x, np.stack([3 + 0 * x[:, 0], 5 + 0 * x[:, 0]], 1), ("a", "b"))
    (number,) = sg.score(field, "3*a + 5*b").intervals
    assert number.value == 3
    assert sg.score(field, "a + b").intervals == ()
    assert sg.score(field, sp.Symbol("a", real=True) ** 2).intervals == ()


@pytest.mark.sweep
def test_the_answer_tells_its_numbers():
    result = sg.interpret(noisy(1), seconds=None)
    assert "95 % confidence" in repr(result)


def test_names_are_kept_with_a_search(tmp_path):
    search = sg.Search(noisy(0), named={"g": 9.81})
    search.save(tmp_path / "one.npz")
    assert sg.Search.load(tmp_path / "one.npz").named == {"g": 9.81}
    assert search.like(search.field).named == {"g": 9.81}


@pytest.mark.parametrize("named", [["g"], {"g": "much"}, {"": 1.0}, {"g": np.nan}, 3])
def test_what_names_no_number_is_refused(named):
    with pytest.raises(DataError, match="named="):
        sg.Search(noisy(0), named=named)


FORMS = (
    "a*b + {c}*d", "a**2 + {c}*b**2", "a*b/(d + {c})", "a + exp({c}*b)",
    "sin({c}*a)*b + d", "a*log(b + {c})", "sqrt(a**2 + {c}*b**2) + d", "a*d - {c}*b",
)  # fmt: skip


@pytest.mark.nightly
def test_a_hundred_networks_with_one_free_number():
    errors, widths, held = np.array([_of_network(seed) for seed in range(100)]).T
    print(f"error {np.median(errors):.2e}, width {np.median(widths):.2e}, {held.sum():.0f} of 100 hold it")
    assert np.median(errors) < 3e-3
    assert held.sum() >= 80


def _of_network(seed):
    """Relative error of a formula's number, width of its interval, and whether that holds the true one."""
    import torch

    rng = np.random.default_rng(seed)
    form, number = FORMS[seed % len(FORMS)], float(np.exp(rng.uniform(np.log(0.4), np.log(4))))
    symbols = sorted(sp.sympify(form.format(c=number)).free_symbols, key=str)
    law = sp.lambdify(symbols, sp.sympify(form.format(c=number)))
    inputs, seen = rng.uniform(0.5, 2.5, (2, 4000, len(symbols)))
    y = law(*inputs.T)
    y = np.tanh((y - np.median(y)) / y.std()) if seed % 2 else y
    scaled = [torch.tensor((x - inputs.mean(0)) / inputs.std(0)).float() for x in (inputs, seen[:2000])]
    target = torch.tensor((y - y.mean()) / y.std()).float()
    torch.manual_seed(seed)
    sizes = (len(symbols), 48, 48)
    layers = [m for pair in itertools.pairwise(sizes) for m in (torch.nn.Linear(*pair), torch.nn.SiLU())]
    net = torch.nn.Sequential(*layers, torch.nn.Linear(48, 1))
    optimizer = torch.optim.AdamW(net.parameters(), 4e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=1000)
    for _ in range(1000):
        some = torch.randint(4000, (256,))
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(net(scaled[0][some])[:, 0], target[some]).backward()
        optimizer.step()
        schedule.step()
    points = scaled[1].requires_grad_()
    values = net(points)[:, 0]
    (slopes,) = torch.autograd.grad(values.sum(), points)
    slopes = slopes.double().numpy() / inputs.std(0)
    field = sg.GradientField(seen[:2000], slopes, [str(s) for s in symbols], values.detach().numpy())
    best = 1.03 * number
    for _ in range(4):
        (interval,) = sg.score(field, form.format(c=best)).intervals
        best = abs(interval.low + interval.high) / 2
    low, high = sorted(map(abs, (interval.low, interval.high)))
    return abs(best / number - 1), (high - low) / number, low <= number <= high
