"""Networks and training: raw inputs in, seeded, interruptible, and the losses against what they claim."""

import dataclasses
import threading
from collections import OrderedDict

import numpy as np
import pytest
import scipy.linalg
import torch
from papers import OF_PAPERS
from scipy.spatial import cKDTree
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, ModelError, UnknownNameError
from symgrad_widgets.network.concepts import inputs
from symgrad_widgets.network.experiment import Triplets
from symgrad_widgets.network.modules import ACTIVATIONS, Standardize, mlp
from symgrad_widgets.network.training import KINDS, PRESETS, Settings, train
from symgrad_widgets.network.training.trainer import SCHEDULES, Trainer

TINY = {"epochs": 3, "count": 2000, "validation": 500, "held_out": 300, "progress": False}
OSCILLATOR = sg.experiments["oscillator"]


def weights(run):
    return torch.cat([p.flatten() for p in run.model.parameters()])


def stop_after(epochs, error=None):
    def callback(history):
        if len(history["epoch"]) >= epochs:
            if error:
                raise error
            return True
        return False

    return callback


# ------------------------------------------------------------------------------------------------ networks


def test_a_network_takes_raw_inputs():
    points = np.random.default_rng(0).normal(size=(500, 3)) * (1, 100, 0) + (0, -40, 7)
    model = mlp((3, 8, 2), generator=torch.Generator().manual_seed(0), points=points)
    scaled = model.standardize(torch.tensor(points, dtype=torch.float32))
    np.testing.assert_allclose(scaled.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(scaled.std(0, correction=0), [1, 1, 0], atol=1e-4)  # one input is constant
    assert [name for name, _ in model.named_children()] == ["standardize", "linear1", "silu1", "latent"]
    assert model(torch.zeros(5, 3)).shape == (5, 2)
    raw = sg.gradient_field(model, points, tangent=None).gradients
    inner = sg.gradient_field(model, points, wrt="standardize", tangent=None).gradients
    np.testing.assert_allclose(raw[:, :2], inner[:, :2] / points.std(0)[:2], rtol=1e-4)


def test_initial_weights_are_those_of_torch_and_seeded():
    model, again = (mlp((50, 400, 1), generator=torch.Generator().manual_seed(1)) for _ in range(2))
    assert all((a == b).all() for a, b in zip(model.parameters(), again.parameters(), strict=True))
    torch.manual_seed(0)
    usual = nn.Linear(50, 400)
    for ours, theirs in zip(model.linear1.parameters(), usual.parameters(), strict=True):
        assert ours.abs().max().item() == pytest.approx(theirs.abs().max().item(), rel=0.03)
        assert ours.std().item() == pytest.approx(theirs.std().item(), rel=0.1)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_by_name(activation):
    model = mlp((2, 4, 4, 1), activation)
    assert type(model.get_submodule(f"{activation}2")) is ACTIVATIONS[activation]


def test_an_unknown_activation():
    with pytest.raises(UnknownNameError, match="no activation 'sillu'; did you mean 'silu'"):
        mlp((2, 4, 1), "sillu")


def test_standardize_keeps_a_constant_input_in_range():
    layer = Standardize(np.full((10, 2), 3.0))
    assert (layer(torch.full((1, 2), 4.0)) == 1).all()


# -------------------------------------------------------------------------------------------------- losses


def latents(model_free_loss, anchor, positive, negative=None):
    negative = anchor if negative is None else negative
    return KINDS["siamese"].losses[model_free_loss].value(nn.Identity(), anchor, positive, negative)


def pairs(latent, noise, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shared = torch.rand(4000, latent, generator=generator)
    return [shared + noise * torch.randn(4000, latent, generator=generator) for _ in range(2)]


def features(hidden, latent=1):
    """Network whose last hidden layer is its inputs."""
    return nn.Sequential(OrderedDict(inputs=nn.Identity(), latent=nn.Linear(hidden, latent)))


@pytest.mark.parametrize("k", [1, 2])
def test_the_ratio_is_least_by_the_last_layer(k):
    """Against SciPy's generalized eigenproblem; the third input is noise, the fourth is nothing."""
    anchor, positive = pairs(4, 0.0)
    noise = torch.tensor([0.02, 0.05, 5.0, 0.0])
    anchor, positive = (
        rows * torch.tensor([1, 1, 1, 0]) + noise * torch.randn_like(rows) for rows in (anchor, positive)
    )
    model = features(4, k)
    found = KINDS["siamese"].losses["ratio"].value(model, anchor, positive, None).item()
    both, within = torch.cat([anchor, positive])[:, :3].numpy(), (anchor - positive)[:, :3].numpy()
    least = scipy.linalg.eigvalsh(within.T @ within / len(both), np.cov(both.T, bias=True))[:k]
    assert found == pytest.approx(np.log(least).sum(), abs=1e-3)
    assert model.latent.weight[:, 3].abs().max() < 1e-3 * model.latent.weight.abs().max()
    with torch.no_grad():  # validation takes the last layer as it is
        before = model.latent.weight.clone()
        model.latent.weight[0] += torch.tensor([0, 0, 1.0, 0])
        assert KINDS["siamese"].losses["ratio"].value(model, anchor, positive, None) > found + 1
        assert (model.latent.weight != before).any()


def test_the_gradient_of_the_ratio_is_that_of_its_minimum():
    anchor, positive = (rows.double() for rows in pairs(3, 0.1))
    model = features(3).double()
    scale = torch.ones(3, dtype=torch.float64, requires_grad=True)
    value = KINDS["siamese"].losses["ratio"].value

    def bent(scale):
        return value(model, *((scale * rows) ** 3 + rows for rows in (anchor, positive)), None)

    bent(scale).backward()
    assert model.latent.weight.grad is None
    step = 1e-5 * torch.eye(3, dtype=torch.float64)
    numeric = [(bent(scale + h) - bent(scale - h)).item() / 2e-5 for h in step]
    np.testing.assert_allclose(scale.grad, numeric, rtol=1e-3, atol=1e-5)


def test_triplets_are_scored_with_margin_one():
    anchor, positive, negative = (
        torch.tensor([[0.0], [0.0]]),
        torch.tensor([[0.5], [0.5]]),
        torch.tensor([[3.0], [1.0]]),
    )
    assert latents("triplet", anchor, positive, negative).item() == pytest.approx((0 + 0.5) / 2, abs=1e-5)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_contrast_is_free_of_linear_maps_of_the_latents(k):
    anchor, positive = pairs(k, 0.01)
    generator = torch.Generator().manual_seed(5)
    mix = torch.randn(k, k, generator=generator) + 2 * torch.eye(k)
    mapped = [rows @ mix + 3 for rows in (anchor, positive)]
    assert latents("contrast", *mapped).item() == pytest.approx(
        latents("contrast", anchor, positive).item(), abs=1e-3
    )


@pytest.mark.parametrize("k", [1, 2])
def test_the_contrast_is_what_its_docstring_says(k):
    anchor, positive = (rows.double().numpy() for rows in pairs(k, 0.05))
    both = np.concatenate([anchor, positive])
    values, vectors = np.linalg.eigh(np.cov(both.T).reshape(k, k))
    white = vectors / np.sqrt(values)
    if k == 1:
        strangers = np.square((both - np.roll(both, 1, 0)) @ white).sum(1)
    else:
        groups = (anchor @ white).reshape(-1, 50, k)
        strangers = np.concatenate([cKDTree(group).query(group, 2)[0][:, 1] ** 2 for group in groups])
    within = (anchor - positive) @ white
    least = 0 if k == 1 else 1e-4 * np.eye(k)
    expected = np.linalg.slogdet(within.T @ within / len(within) + least)[1] - k * np.log(strangers).mean()
    found = latents("contrast", torch.tensor(anchor), torch.tensor(positive)).item()
    assert found == pytest.approx(expected, abs=0.02)


def test_the_contrast_falls_with_the_noise_and_rises_where_a_range_is_flat():
    losses = [latents("contrast", *pairs(1, noise)).item() for noise in (0.1, 0.01, 0.001)]
    np.testing.assert_allclose(np.diff(losses), -2 * np.log(10), atol=0.3)
    anchor, positive = pairs(1, 0.001)
    flat = [rows.clamp(min=0.6) + 0.001 * torch.randn_like(rows) for rows in (anchor, positive)]
    assert latents("contrast", *flat) > losses[2] + 1


def test_exact_functions_of_one_concept_are_worth_less_than_a_second_concept():
    anchor, positive = pairs(2, 0.01)
    first, second = (rows[:, :1] for rows in pairs(2, 1e-6))
    alone = [torch.cat([rows, rows**2], 1) for rows in (first, second)]
    assert latents("contrast", anchor, positive) < latents("contrast", *alone)


def test_two_nearly_parallel_latents_count_as_two():
    anchor, positive = pairs(2, 0.01)
    doubled = [torch.stack([rows[:, 0], rows[:, 0] + 1e-3 * rows[:, 1]], 1) for rows in (anchor, positive)]
    assert latents("contrast", anchor, positive) < latents("contrast", *pairs(2, 0.1)) - 5
    assert latents("contrast", *doubled).item() == pytest.approx(
        latents("contrast", anchor, positive).item(), abs=0.05
    )


# ------------------------------------------------------------------------------------------------ training


@pytest.fixture(scope="module")
def run():
    return OSCILLATOR.train(seed=0, epochs=12, count=10_000, validation=2000, held_out=1000, progress=False)


def test_a_short_training_learns_the_concept(run):
    assert run.floor < 1e-2
    radius = np.hypot(*run.x.T)
    with torch.no_grad():
        values = run.model(torch.tensor(run.x, dtype=torch.float32))[:, 0].numpy()
    order = np.argsort(np.argsort(radius)), np.argsort(np.argsort(values))
    assert abs(np.corrcoef(*order)[0, 1]) > 0.99


def test_what_a_result_holds(run):
    assert run.x.shape == (1000, 2)
    assert run.x.dtype == np.float64
    assert run.names == ("x", "v")
    assert run.ending == "finished"
    assert run.seconds > run.history["seconds"][-1] > run.history["seconds"][0] > 0
    assert run.history["epoch"] == list(range(1, 13))
    assert {len(column) for column in run.history.values()} == {12}
    assert run.history["validation"][-1] < run.history["validation"][0]
    assert run.history["rate"][-1] < 1e-3 * max(run.history["rate"])
    assert not run.model.training
    assert "oscillator, seed 0: finished after 12 epochs" in repr(run)


def test_points_to_interpret_on_are_held_out(run):
    trained = OSCILLATOR.sample(10_000, (0, 0))
    assert not np.isin(run.x, np.concatenate(trained)).any()


def test_latents_have_mean_zero_and_variance_one(run):
    anchor = OSCILLATOR.sample(2000, (0, 1)).anchor
    with torch.no_grad():
        values = run.model(torch.tensor(anchor, dtype=torch.float32))
    assert values.mean().item() == pytest.approx(0, abs=1e-3)
    assert values.std().item() == pytest.approx(1, abs=1e-3)


def test_the_same_seed_gives_the_same_bits_whatever_goes_on_outside():
    first = OSCILLATOR.train(seed=7, **TINY)
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002 - the global state is what must not matter
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        second = OSCILLATOR.train(seed=np.int64(7), **TINY)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert (weights(first) == weights(second)).all()
    assert (first.x == second.x).all()
    assert first.history["validation"] == second.history["validation"]
    assert (weights(first) != weights(OSCILLATOR.train(seed=8, **TINY))).any()


def test_global_state_is_left_alone():
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    OSCILLATOR.train(**TINY)
    assert (torch.rand(4) == expected).all()
    assert torch.is_grad_enabled()


def test_training_in_a_thread_of_its_own():
    found = []
    worker = threading.Thread(target=lambda: found.append(OSCILLATOR.train(**TINY)))
    worker.start()
    worker.join()
    assert (weights(found[0]) == weights(OSCILLATOR.train(**TINY))).all()


def test_the_floor_is_measured_on_the_tangent_space():
    _, x2, x3, _ = inputs("x1:5")
    experiment = sg.experiments["determinant2"]
    run = experiment.train(**TINY)

    class Exact(nn.Module):
        def forward(self, x):  # det, bent, plus anything of the trace, which is constant on the data
            return (
                torch.tanh((x[:, :1] * x[:, 3:] - x[:, 1:2] * x[:, 2:3]) / 300)
                + 5 * (x[:, :1] + x[:, 3:]) ** 3
            )

    exact = dataclasses.replace(run, model=Exact())
    assert exact.floor < 1e-12
    off = dataclasses.replace(
        run, model=Exact(), experiment=dataclasses.replace(experiment, concepts=(x2 * x3,))
    )
    assert off.floor > 0.05
    nothing = dataclasses.replace(run, experiment=dataclasses.replace(experiment, concepts=()))
    assert nothing.floor is None


@pytest.mark.sweep
def test_two_latents_learn_two_concepts():
    x1, x2, x3, x4 = inputs("x1:5")
    both = (x1 + x4, x1 * x4 - x2 * x3)
    experiment = dataclasses.replace(sg.experiments["trace2"], latent=2, concepts=both)
    run = experiment.train(epochs=10, hidden=(32, 32), rate=1e-2, progress=False)
    assert run.neuron == [0, 1]
    assert run.floor < 2e-3
    assert dataclasses.replace(run, experiment=dataclasses.replace(experiment, concepts=both[:1])).floor > 0.1
    with torch.no_grad():
        values = run.model(torch.tensor(experiment.sample(5000, (0, 1)).anchor, dtype=torch.float32))
    np.testing.assert_allclose(values.mean(0), 0, atol=1e-3)
    np.testing.assert_allclose(torch.cov(values.T), np.eye(2), atol=2e-3)
    assert run.within[0] < run.within[1] < 0.1


def test_a_latent_that_pairs_do_not_share_is_not_interpreted():
    run = OSCILLATOR.train(seed=0, latent=2, epochs=10, count=10_000, held_out=500, progress=False)
    assert run.neuron == [0]
    assert run.within[1] > 0.3
    assert run.floor < 1e-2
    assert OSCILLATOR.train(latent=2, loss="triplet", **TINY).neuron == [0, 1]
    assert OSCILLATOR.train(**TINY).neuron == 0


# -------------------------------------------------------------------------------------------------- ending


def test_ctrl_c_keeps_the_best_weights_so_far():
    run = OSCILLATOR.train(callback=stop_after(2, KeyboardInterrupt), **{**TINY, "epochs": 50})
    assert run.ending == "interrupted"
    assert run.history["epoch"] == [1, 2]
    assert "interrupted after 2 epochs" in repr(run)
    assert np.isfinite(run.floor)


def test_ctrl_c_before_the_first_epoch_has_ended(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setitem(
        KINDS["siamese"].losses, "triplet", KINDS["siamese"].losses["triplet"]._replace(value=interrupted)
    )
    run = OSCILLATOR.train(loss="triplet", **TINY)
    assert run.ending == "interrupted"
    assert run.history["epoch"] == []
    assert "after 0 epochs" in repr(run)
    assert torch.get_num_threads() >= 1


def test_a_callback_sees_the_history_and_may_stop():
    seen = []
    run = OSCILLATOR.train(
        callback=lambda h: seen.append(dict(h)) or len(seen) == 2, **{**TINY, "epochs": 50}
    )
    assert run.ending == "callback"
    assert [set(h) for h in seen] == [{"epoch", "loss", "validation", "rate", "seconds"}] * 2
    whole = OSCILLATOR.train(callback=lambda _: None, **TINY)
    assert whole.ending == "finished"


def test_an_error_in_a_callback_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        OSCILLATOR.train(callback=stop_after(1, ZeroDivisionError), **TINY)


def validations(monkeypatch, values):
    """Make the validation loss follow a list; the weights of each epoch are recorded."""
    kept, left = [], iter(values)
    plain = KINDS["siamese"].losses["triplet"].value

    def value(model, *rows):
        if torch.is_grad_enabled():
            return plain(model, *rows)
        kept.append(model.latent.weight.clone())
        return torch.tensor(next(left))

    monkeypatch.setitem(
        KINDS["siamese"].losses, "triplet", KINDS["siamese"].losses["triplet"]._replace(value=value)
    )
    return kept


def test_the_weights_of_the_best_epoch_are_kept(monkeypatch):
    kept = validations(monkeypatch, [3.0, 1.0, 2.0])
    run = OSCILLATOR.train(loss="triplet", **TINY)
    assert (run.model.latent.weight == kept[1]).all()
    assert (kept[1] != kept[2]).any()


def test_where_the_refined_loss_rises_it_begins_again_at_an_eighth_of_the_rate(monkeypatch):
    losses = iter([3.0, 2.0, 1.0, 0.0, -5.0, -6.0, -5.5, -4.5, -6.0, -7.0, -7.0, -7.0])
    train_one = Trainer._epoch

    def scripted(trainer):
        train_one(trainer)
        return next(losses)

    monkeypatch.setattr(Trainer, "_epoch", scripted)
    run = OSCILLATOR.train(**{**TINY, "epochs": 12, "refined": 0.67, "rate": 1e-3})
    first, refined, slower = np.split(run.history["rate"], [4, 8])
    for rates, highest in ((first, 1e-3), (refined, 0.4e-3), (slower, 0.05e-3)):
        assert 0.5 * highest < max(rates) <= highest
    assert slower[-1] < 0.1 * max(slower)  # the schedule ends with the training all the same


def test_early_stop_by_patience(monkeypatch):
    kept = validations(monkeypatch, [3.0, 1.0, 2.0, 2.0, 0.0])
    run = OSCILLATOR.train(loss="triplet", patience=2, **{**TINY, "epochs": 50})
    assert run.ending == "early stop"
    assert run.history["epoch"] == [1, 2, 3, 4]
    assert (run.model.latent.weight == kept[1]).all()


def test_a_run_that_diverges_keeps_what_it_had(monkeypatch):
    validations(monkeypatch, [3.0, float("nan"), 1.0])
    run = OSCILLATOR.train(loss="triplet", **TINY)
    assert run.ending == "diverged"
    assert len(run.history["epoch"]) == 2
    assert torch.isfinite(weights(run)).all()


@pytest.mark.parametrize("loss", ["contrast", "triplet"])
def test_data_that_are_not_finite(loss):
    def broken(_, count):
        return Triplets(*(np.full((count, 2), np.nan) for _ in range(3)))

    experiment = dataclasses.replace(OSCILLATOR, samplers={"default": broken})
    with pytest.raises(ModelError, match=r"not finite.*: check that the data.*rate than 0.005"):
        experiment.train(loss=loss, **TINY)


# ------------------------------------------------------------------------------------------------- presets


def test_the_papers_preset():
    run = OSCILLATOR.train(preset="paper", variant="default", **{**TINY, "epochs": 1, "count": 500})
    linear = [layer for layer in run.model if isinstance(layer, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linear] == [
        (2, 256),
        *[(256, 256)] * 2,
        (256, 1),
    ]
    names = [name for name, _ in run.model.named_children()]
    assert names == ["linear1", "relu1", "linear2", "relu2", "linear3", "relu3", "latent"]
    paper = PRESETS["paper"]
    assert run.settings.loss == "triplet"
    assert (paper.rate, paper.weight_decay, paper.batch) == (1e-3, 1e-4, 256)
    assert (paper.count, paper.validation, paper.held_out) == (50_000, 5_000, 10_000)
    assert (paper.schedule, paper.plateau_patience, paper.patience) == ("plateau", 10, None)
    siamese = [experiment for experiment in OF_PAPERS if experiment.kind == "siamese"]
    own = {experiment.id: experiment.presets["paper"] for experiment in siamese}
    schedules = {name: (changed["epochs"], changed["plateau_factor"]) for name, changed in own.items()}
    short, steep = ("P1-01", "P1-03", "P1-04"), ("P1-01", "P1-02", "P1-03", "P1-04", "P1-05")
    assert schedules == {
        name: (100 if name in short else 300, 0.2 if name in steep else 0.5) for name in schedules
    }


def test_the_rate_falls_on_a_plateau(monkeypatch):
    validations(monkeypatch, [1.0] * 9)
    plateau = {"schedule": "plateau", "plateau_patience": 2, "plateau_factor": 0.1, "rate": 1e-3}
    run = OSCILLATOR.train(loss="triplet", **plateau, **{**TINY, "epochs": 9})
    np.testing.assert_allclose(run.history["rate"], [1e-3] * 4 + [1e-4] * 3 + [1e-5] * 2)


def test_the_cosine_warms_up_and_ends_at_zero():
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=2.0)
    step, _ = SCHEDULES["cosine"](optimizer, Settings(epochs=10), 100)
    rates = []
    for _ in range(1000):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        step()
    assert np.argmax(rates) in (99, 100)
    assert max(rates) == pytest.approx(2, rel=0.01)
    assert rates[0] == pytest.approx(0.01)
    assert rates[-1] < 1e-4
    assert (np.diff(rates[100:]) < 0).all()


def test_progress_goes_to_stderr_or_nowhere(capsys):
    OSCILLATOR.train(**TINY)
    silent = capsys.readouterr()
    assert silent.out + silent.err == ""
    OSCILLATOR.train(**{**TINY, "progress": True})
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "oscillator: 100%" in shown.err
    assert "validation=" in shown.err


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"preset": "papr"}, UnknownNameError, r"no preset 'papr'; did you mean 'paper'"),
        ({"variant": "paper"}, UnknownNameError, r"P1-07 \(oscillator\) has no variant 'paper'"),
        ({"epoch": 3}, UnknownNameError, r"no training setting 'epoch'; did you mean 'epochs'"),
        ({"loss": "tripled"}, UnknownNameError, r"no loss 'tripled'; did you mean 'triplet'"),
        ({"schedule": "cosin"}, UnknownNameError, r"no schedule 'cosin'; did you mean 'cosine'"),
        ({"activation": "rellu"}, UnknownNameError, r"no activation 'rellu'; did you mean 'relu'"),
        ({"seed": -1}, DataError, r"seed must be a whole number from 0 .* got -1"),
        ({"seed": "0"}, DataError, r"seed must be a whole number from 0 .* got '0'"),
        ({"epochs": 0}, DataError, r"epochs must be a whole number of at least 1, got 0"),
        ({"batch": 2.5}, DataError, r"batch must be a whole number of at least 16, got 2.5"),
        ({"count": 1}, DataError, r"count must be a whole number of at least 16, got 1"),
        ({"hidden": 64}, DataError, r"hidden must be a tuple of widths, such as \(32, 32, 32\), got 64"),
        ({"hidden": (64, 0)}, DataError, r"a hidden width must be a whole number of at least 1, got 0"),
    ],
)
def test_bad_input(arguments, error, message):
    with pytest.raises(error, match=message):
        OSCILLATOR.train(**{**TINY, **arguments})


def test_an_unknown_kind_of_training():
    with pytest.raises(UnknownNameError, match="no kind of training 'siamise'; did you mean 'siamese'"):
        train(dataclasses.replace(OSCILLATOR, kind="siamise"), **TINY)


def test_epochs_that_are_kept_are_the_network_as_it_was_and_change_nothing():
    short = {"epochs": 4, "count": 500, "validation": 100, "held_out": 100, "progress": False}
    plain = OSCILLATOR.train(**short)
    run = OSCILLATOR.train(keep=(0, 2, 4), **short)
    assert [*run.kept] == [0, 2, 4]
    assert plain.kept == {}
    assert plain.history["loss"] == run.history["loss"]
    first, later = ([*run.kept[epoch].parameters()][-1] for epoch in (0, 2))
    assert not torch.equal(first, later)
    shorter = sg.experiments["oscillator"].train(
        callback=lambda told: len(told["epoch"]) == 2, keep=[2], **short
    )
    for one, same in zip(run.kept[2].parameters(), shorter.kept[2].parameters(), strict=True):
        assert torch.equal(one, same)


@pytest.mark.parametrize("keep", [[-1], [5], [1.5], "all", 3.5, [True]])
def test_epochs_that_are_none_cannot_be_kept(keep):
    with pytest.raises(DataError, match="keep must be epochs from 0 to 4"):
        OSCILLATOR.train(keep=keep, epochs=4, progress=False)


def test_a_training_is_watched_and_goes_on_as_it_would():
    watched = []
    run = OSCILLATOR.train(
        seed=1, keep=(2,), watch=lambda history, model: watched.append((len(history["epoch"]), model)), **TINY
    )
    assert [epoch for epoch, _ in watched] == [1, 2, 3]
    assert run.history["validation"] == OSCILLATOR.train(seed=1, **TINY).history["validation"]
    then, kept = watched[1][1].parameters(), run.kept[2].parameters()
    assert all(torch.equal(one, other) for one, other in zip(then, kept, strict=True))
