"""Whatever reads, surveys or splices a model leaves it, and all random states, as they were: bit by bit."""

import os
import random
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from budgets import briefly
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.network.gradients.modes import undisturbed
from symgrad_widgets.reading.activity import Activity

X = np.random.default_rng(0).uniform(0.5, 2, (60, 3))


class Net(nn.Module):
    """A layer `read` of three inputs, and what each kind of model does besides."""

    def __init__(self, *middle):
        super().__init__()
        self.read, self.middle, self.head = nn.Linear(3, 4), nn.Sequential(*middle), nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.middle(torch.tanh(self.read(x))))


class Mixed(Net):
    def __init__(self):
        super().__init__(nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 4))
        self.middle[2].eval()
        self.read.weight.requires_grad_(False)
        self.head.weight.grad = torch.ones(2, 4)
        self.read.register_forward_hook(_looks_on)
        self.head.register_full_backward_hook(_looks_on)


def _looks_on(*_):
    pass


class Noisy(Net):
    def forward(self, x):
        x = x + 1e-3 * np.random.normal() + 1e-3 * random.gauss(0, 1)  # noqa: NPY002
        return super().forward(nn.functional.dropout(x, 0.01))


class Remembering(Net):
    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))
        self.register_buffer("average", torch.tensor([float("nan"), -0.0]))
        self.history, self.cache, self.kinds, self.last = [], {}, set(), None

    def forward(self, x):
        self.calls += 1
        self.average.data.fill_(float(self.calls))
        out = super().forward(x)
        self.last, self.newest = out, x
        self.history.append(out)
        self.cache[len(x)] = out
        self.kinds.add(int(self.calls))
        return out


class Clamping(Net):
    def forward(self, x):
        self.head.weight.data.clamp_(min=0)
        return super().forward(x)


class FirstBatch(Net):
    """Scales itself by the first points that it sees, as the layers of flows do."""

    def __init__(self):
        super().__init__()
        self.register_buffer("ready", torch.tensor(False))
        self.scale = nn.Parameter(torch.ones(4))

    def forward(self, x):
        hidden = self.read(x)
        if not self.ready:
            self.scale.data.copy_(1 / hidden.detach().std(0))
            self.ready.fill_(True)
        return self.head(hidden * self.scale)


class Merging(Net):
    """Adds its low-rank part to its weights in eval mode, as LoRA's layers do."""

    def __init__(self):
        super().__init__()
        self.low, self.merged = nn.Parameter(torch.full((4, 3), 0.1)), False

    def train(self, mode=True):
        super().train(mode)
        if mode == self.merged:
            self.read.weight.data += self.low if not mode else -self.low
            self.merged = not mode
        return self


class Accumulating(Net):
    """Takes a derivative inside by `backward`, which adds to the gradients of its parameters."""

    def forward(self, x):
        with torch.enable_grad():
            self.head(torch.tanh(self.read(x.detach()))).sum().backward()
        return super().forward(x)


class Moving(Net):
    def forward(self, x):
        self.double()
        self.head.weight.requires_grad_(False)
        return super().forward(x.double())


def recurrent():
    class Recurrent(Net):
        def forward(self, x):
            return self.head(self.rnn(self.read(x)[:, None])[0][:, 0])

    model = Recurrent()
    model.rnn = nn.LSTM(4, 4, 2, dropout=0.5, batch_first=True)
    return model


def normed(norm):
    model = Net(nn.Linear(4, 4))
    model.middle[0] = norm(model.middle[0])
    model(torch.ones(2, 3))
    return model


def compiled(in_place):
    model = Net(nn.Tanh())
    if in_place:
        model.compile(backend="eager")
    else:
        model = torch.compile(model, backend="eager")
    model(torch.ones(2, 3))
    return model


MODELS = {
    "mixed modes, frozen, hooks, .grad": Mixed,
    "random": Noisy,
    "remembering": Remembering,
    "clamping": Clamping,
    "first batch": FirstBatch,
    "merging": Merging,
    "accumulating": Accumulating,
    "moving": Moving,
    "recurrent": recurrent,
    "weight norm": lambda: normed(nn.utils.weight_norm),
    "parametrised": lambda: normed(nn.utils.parametrizations.spectral_norm),
    "compiled": lambda: compiled(in_place=False),
    "compiled in place": lambda: compiled(in_place=True),
}


def bits(value):
    """Anything in a module as something to compare: tensors by their bits, other objects by what they are."""
    if isinstance(value, torch.Tensor):
        data = value.detach()
        grad = None if not value.is_leaf or value.grad is None else (id(value.grad), bits(value.grad))
        whole = data.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        place = data.data_ptr(), data.device, data.dtype, tuple(data.shape)
        return id(value), value.requires_grad, grad, whole, place
    if isinstance(value, dict):
        return id(value), [(key, bits(one)) for key, one in value.items()]
    if isinstance(value, list | set):
        return id(value), [bits(one) for one in value]
    if isinstance(value, bool | int | float | str | tuple | type(None)):
        return value
    return id(value)


def photograph(model):
    """All there is of a model, and the states of the random generators."""
    modules = {
        name: {key: bits(value) for key, value in vars(m).items()} for name, m in model.named_modules()
    }
    numpy = [np.asarray(part).tolist() for part in np.random.get_state()]  # noqa: NPY002
    return modules, torch.get_rng_state().tolist(), numpy, random.getstate()


def differences(before, after):
    """Where two photographs differ, for a failure to say."""
    (one, *rest), (other, *others) = before, after
    found = [f"{name}.{key}" for name in one for key in one[name] if other[name].get(key) != one[name][key]]
    found += [f"{name}.{key}" for name in other for key in set(other[name]) - set(one.get(name, ()))]
    return found + [f"random state {i}" for i, (a, b) in enumerate(zip(rest, others, strict=True)) if a != b]


@pytest.fixture(scope="module")
def formula():
    """An interpretation to splice into any of the models."""
    gradients = np.stack([X[:, 1], X[:, 0], np.zeros(60)], 1)
    return briefly(sg.GradientField(X, gradients, None, X[:, 0] * X[:, 1]), operators=["mul"])


def spliced(model, formula):
    return formula.splice(model, X, layer="read", neuron=1)


def surveyed(model, _):
    activity = Activity(model, X)
    for measure in ("activation", "gradient"):
        activity.measure(measure)


READINGS = {
    "gradient_field": lambda model, _: sg.gradient_field(model, X, "read", [0, 1], smooth=1),
    "of a layer": lambda model, _: sg.gradient_field(model, X, neuron=1, wrt="read", tangent=None),
    "in train mode": lambda model, _: sg.gradient_field(model, X, "read", training=True),
    "survey": surveyed,
    "picker": lambda model, _: sg.NeuronPicker(model, X).field,
    "splice": spliced,
    "effect": lambda model, formula: spliced(model, formula).effect(_random_loss),
    "a neuron that raises": lambda model, _: sg.gradient_field(model, X, neuron=lambda _: 1 / 0),
    "Ctrl-C": lambda model, _: sg.gradient_field(model, X, neuron=_interrupts),
    "a loss that raises": lambda model, formula: spliced(model, formula).effect(lambda q: q(None)),
}


RAISE = {"a neuron that raises", "Ctrl-C", "a loss that raises"}
REFUSED = {
    "accumulating": {"of a layer"},  # which it calls twice
}


def _random_loss(model):
    points = torch.rand(20, 3)
    return model(points).square().mean()


def _interrupts(_):
    raise KeyboardInterrupt


@pytest.mark.filterwarnings(
    "ignore:the model is in train mode", "ignore:.*weight_norm", "ignore:.*backward hook"
)
@pytest.mark.parametrize("kind", MODELS)
def test_every_reading_leaves_every_model_as_it_was(kind, formula):
    torch.manual_seed(0)
    for mode in (True, False):
        model = MODELS[kind]()
        if not mode:
            model.eval()
        changed, refused = {}, set()
        for name, reading in READINGS.items():
            before = photograph(model)
            try:
                reading(model, formula)
            except (sg.SymgradError, KeyboardInterrupt, AttributeError, TypeError):
                refused.add(name)
            changed[name] = differences(before, photograph(model))
        assert not any(changed.values()), {name: found for name, found in changed.items() if found}
        assert refused == RAISE | REFUSED.get(kind, set())


def test_the_photograph_sees_what_each_of_them_changes():
    """The check is worth nothing for a model that a plain call leaves alone, too."""
    for kind in set(MODELS) - {"merging", "recurrent", "parametrised", "compiled", "compiled in place"}:
        model = MODELS[kind]()
        before = photograph(model)
        model(torch.as_tensor(X, dtype=torch.float32))
        assert differences(before, photograph(model)), kind
    model = Merging()
    before = photograph(model)
    model.eval()
    assert "read._parameters" in differences(before, photograph(model))
    model.train()
    assert differences(before, photograph(model)), "the sum is not undone bit by bit"


@pytest.mark.sweep
@pytest.mark.filterwarnings("ignore:the model is in train mode")
def test_an_atlas_leaves_the_model_as_it_was_also_when_it_is_stopped():
    torch.manual_seed(0)
    for callback in (None, lambda _: True):
        model = Remembering()
        before = photograph(model)
        sg.atlas(model, X, "read", generations=1, jobs=1, progress=False, callback=callback)
        assert not differences(before, photograph(model))


def test_a_backward_pass_that_is_yet_to_be_done_can_still_be_done():
    model = Net(nn.BatchNorm1d(4)).eval()
    loss = model(torch.as_tensor(X, dtype=torch.float32)).sum()
    sg.gradient_field(model, X)
    loss.backward()
    assert model.read.weight.grad.abs().sum() > 0


@pytest.mark.filterwarnings("ignore:the model is in train mode")
def test_the_change_is_measured_without_the_noise_of_train_mode(formula):
    torch.manual_seed(0)
    model = Net(nn.BatchNorm1d(4), nn.Dropout(0.5)).double()
    in_train_mode = spliced(model.train(), formula).change
    assert in_train_mode == spliced(model.eval(), formula).change


def test_all_models_of_an_effect_are_asked_with_the_same_random_points(formula):
    drawn = []

    def loss(model):
        drawn.append(torch.rand(20, 3))
        return model(drawn[-1]).square().mean()

    spliced(Net(nn.Tanh()).eval(), formula).effect(loss)
    assert len(drawn) == 4
    assert all(torch.equal(one, drawn[0]) for one in drawn)


def test_train_mode_is_for_the_models_own_question_and_not_for_dropout():
    class Asking(Net):
        def forward(self, x):
            return super().forward(x) * (2 if self.training else 1)

    torch.manual_seed(0)
    model = Asking(nn.BatchNorm1d(4), nn.Dropout(0.9)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain, asked = sg.gradient_field(model, X), sg.gradient_field(model, X, training=True)
    np.testing.assert_allclose(asked.gradients, 2 * plain.gradients, rtol=1e-6)


# -- threads and processes ---------------------------------------------------------------------------------


@pytest.fixture
def frequent_switches():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("frequent_switches")
@pytest.mark.filterwarnings("ignore:the model is in train mode")
def test_one_model_read_by_several_threads_gives_what_one_thread_gets(formula):
    torch.manual_seed(0)
    model = Net(nn.BatchNorm1d(4), nn.Dropout(0.5))
    both = sg.SideBySide(model, Net(nn.Tanh()))  # shares all layers of the first
    readings = [
        lambda: sg.gradient_field(model, X, "read", 0).gradients,
        lambda: sg.gradient_field(both, X, neuron=1).gradients,
        lambda: Activity(model, X).gradient_spread,
        lambda: spliced(model, formula).change,
    ]
    alone = [reading() for reading in readings]
    before = photograph(model)
    with ThreadPoolExecutor(4) as pool:
        jobs = [(i, pool.submit(reading)) for _ in range(15) for i, reading in enumerate(readings)]
        for i, job in jobs:
            np.testing.assert_array_equal(job.result(), alone[i])
    assert not differences(before, photograph(model))
    assert torch.backends.mha.get_fastpath_enabled()
    assert torch.backends.cudnn.enabled


@pytest.mark.usefixtures("frequent_switches")
def test_a_model_that_its_owner_runs_while_it_is_read_gives_both_what_is_right():
    torch.manual_seed(0)
    model, points = Net(nn.Tanh()).eval(), torch.rand(7, 3)
    right, alone = model(points).detach(), sg.gradient_field(model, X, neuron=0, wrt="read", tangent=None)
    running = threading.Event()

    def owner():
        wrong = 0
        while not running.is_set():
            wrong += not torch.equal(model(points), right)
        return wrong

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(owner)
        try:
            for _ in range(50):
                field = sg.gradient_field(model, X, neuron=0, wrt="read", tangent=None)
                np.testing.assert_array_equal(field.gradients, alone.gradients)
        finally:
            running.set()
        assert job.result() == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork")
def test_a_process_forked_while_a_thread_reads_can_read():
    inside, release = threading.Event(), threading.Event()

    def holds(output):
        inside.set()
        release.wait(60)
        return output[:, 0]

    model = Net(nn.Tanh())
    thread = threading.Thread(target=sg.gradient_field, args=(model, X), kwargs={"neuron": holds})
    thread.start()
    assert inside.wait(60)
    child = os.fork()
    if child == 0:
        with undisturbed(model):
            os._exit(7)
    release.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def _field_of(model):
    return sg.gradient_field(model, X, "read").gradients


@pytest.mark.sweep
def test_a_model_goes_to_processes_as_it_is():
    from joblib import Parallel, delayed

    torch.manual_seed(0)
    model = Net(nn.Tanh()).eval()
    here = _field_of(model)
    for there in Parallel(2)(delayed(_field_of)(model) for _ in range(2)):
        np.testing.assert_array_equal(there, here)
