"""What every neuron does on data, and the picker that shows it: against worked examples, no browser."""

import base64
import warnings

import numpy as np
import pytest
import torch
from clicks import choose, go, heard, send
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets import plots
from symgrad_widgets.field.directions import unit
from symgrad_widgets.formula.expressions import angles, as_expression
from symgrad_widgets.network.modules import mlp
from symgrad_widgets.reading.activity import Activity
from symgrad_widgets.reading.atlas.layer import NeuronLaw

POINTS = np.random.default_rng(0).uniform(-1, 1, (120, 2))
ENERGY = as_expression("x**2 + v**2", ("x", "v"))


@pytest.fixture(scope="module")
def network():
    return mlp((2, 6, 5, 1), generator=torch.Generator().manual_seed(0), points=POINTS)


@pytest.fixture
def picker(network):
    return sg.NeuronPicker(network, POINTS, ("x", "v"))


class Energy(nn.Module):
    """No layers; neurons x^2 + v^2, x + 2 v and zero: all their measures are known."""

    def forward(self, x):
        return torch.stack([(x**2).sum(1), x[:, 0] + 2 * x[:, 1], 0 * x[:, 0]], 1)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(3, 4, batch_first=True)
        self.out = nn.Linear(4, 1)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


def images():
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 3, 3), nn.ReLU(inplace=True), nn.Conv2d(3, 4, 2), nn.Flatten(), nn.Linear(36, 2)
    return nn.Sequential(*layers).double(), np.random.default_rng(0).normal(size=(70, 1, 6, 6))


# -- Activity ------------------------------------------------------------------------------------------------


def mean_of(degrees):
    """The angle whose squared sine is the mean squared sine of some angles."""
    return np.degrees(np.arcsin(np.sqrt((np.sin(np.radians(degrees)) ** 2).mean())))


def test_measures_of_known_neurons():
    activity = Activity(Energy(), POINTS, ("x", "v"))
    x, v = POINTS.T
    assert [(layer.name, layer.count) for layer in activity.layers] == [(None, 3)]
    np.testing.assert_allclose(activity.spread, [np.std(x**2 + v**2), np.std(x + 2 * v), 0], rtol=1e-5)
    np.testing.assert_allclose(activity.mean[:2], [np.mean(x**2 + v**2), np.mean(x + 2 * v)], rtol=1e-4)
    directions = unit(POINTS * POINTS.std(0))  # of the energy's gradient, in spreads of the inputs
    turning = 1 - np.linalg.eigvalsh(directions.T @ directions / len(directions))[-1]
    np.testing.assert_allclose(activity.gradient_spread, [turning, 0, np.nan], atol=1e-5)
    off = np.degrees(np.arccos(np.abs(directions @ unit(POINTS.std(0) * [1, 2]))))
    np.testing.assert_allclose(activity.angles(ENERGY), [0, mean_of(off), np.nan], atol=1e-3)


def test_angles_of_all_neurons_are_those_of_their_fields(network):
    activity = Activity(network, POINTS, ("x", "v"))
    for name in ("linear1", "silu2", "latent"):
        layer = activity.position(name)
        for neuron in range(activity.layers[layer].count):
            alone = mean_of(
                angles(ENERGY, sg.gradient_field(network, POINTS, name, neuron, names=("x", "v")))
            )
            assert activity.angles(ENERGY)[activity.starts[layer] + neuron] == pytest.approx(alone, abs=1e-2)
            assert mean_of(angles(ENERGY, activity.field(layer, [neuron]))) == alone


def test_gradients_are_compared_on_the_data_alone():
    flat = np.stack([POINTS[:, 0], 3 - POINTS[:, 0], POINTS[:, 1]], 1)
    activity = Activity(nn.Linear(3, 4), flat, ("a", "b", "c"))
    fields = [activity.field(0, [neuron]) for neuron in range(4)]
    formula = as_expression("a*c + b", activity.names)
    np.testing.assert_allclose(
        activity.angles(formula), [mean_of(angles(formula, f)) for f in fields], atol=1e-2
    )


def test_channels_of_an_image_count_by_their_mean():
    model, x = images()
    activity = Activity(model, x)
    assert [layer.label for layer in activity.layers] == [
        "0 Conv2d · 3", "1 ReLU · 3", "2 Conv2d · 4", "4 Linear · 2",
    ]  # fmt: skip
    with torch.no_grad():
        expected = model[:3](torch.from_numpy(x)).mean((2, 3)).numpy()
        before = model[0](torch.from_numpy(x)).mean((2, 3)).numpy()  # the activation overwrites it in place
    np.testing.assert_allclose(activity.values[:, 6:10], expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(activity.values[:, :3], before, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(activity.field(2, [1]).values, expected[:, 1])
    assert np.isfinite(activity.gradient_spread).all()  # 36 inputs: 32 random directions


@pytest.mark.sweep
def test_random_directions_leave_a_small_error_in_an_angle():
    x = np.random.default_rng(0).normal(size=(400, 60))
    activity = Activity(nn.Linear(60, 20).double(), x)
    formula = as_expression(" + ".join(activity.names), activity.names)
    exact = [mean_of(angles(formula, activity.field(0, [neuron]))) for neuron in range(20)]
    assert np.abs(activity.angles(formula) - exact).max() < 25
    assert np.abs(activity.angles(formula) - exact).mean() < 12


def test_sequences_and_recurrent_layers_count_by_feature():
    x = np.random.default_rng(0).normal(size=(80, 5, 3))
    activity = Activity(Recurrent(), x)
    assert [(layer.title, layer.count) for layer in activity.layers] == [("rnn", 4), ("out", 1)]
    assert (activity.gradient_spread > 0).all()
    encoder = nn.TransformerEncoderLayer(6, 2, 7, dropout=0.0, batch_first=True).eval()
    layers = Activity(encoder, np.random.default_rng(0).normal(size=(80, 4, 6))).layers
    assert [(layer.title, layer.count) for layer in layers][:3] == [
        ("self_attn", 6), ("norm1", 6), ("linear1", 7),
    ]  # fmt: skip


def test_the_model_is_left_as_it_was(network):
    state = {name: value.clone() for name, value in network.state_dict().items()}
    activity = Activity(network.train(), POINTS)
    _ = activity.gradient_spread
    assert network.training
    assert not any(module._forward_hooks for module in network.modules())
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert torch.backends.mha.get_fastpath_enabled()


def test_a_model_in_train_mode_warns_once():
    model = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Linear(3, 1))
    with pytest.warns(UserWarning, match="holds Dropout"):
        activity = Activity(model, POINTS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _ = activity.gradient_spread


class Fails(nn.Module):
    def forward(self, x):
        raise RuntimeError(f"no road for {len(x)}")


class Says(nn.Module):
    def forward(self, x):
        return {"loss": x.sum()}


class Square(torch.autograd.Function):
    """Without a derivative in forward mode."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(context, slope):
        return 2 * context.saved_tensors[0] * slope


class Once(Square):
    """Whose backward pass cannot be differentiated either."""

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(context, slope):
        return 2 * context.saved_tensors[0] * slope


class Twice(nn.Module):
    def forward(self, x):
        return Square.apply(x)


class Custom(nn.Module):
    def forward(self, x):
        return Once.apply(x)


@pytest.mark.parametrize(
    ("model", "x", "message"),
    [
        (Fails(), POINTS, "forward failed on points of shape .* no road for 64"),
        (Says(), POINTS, "no neurons to look at: .* its output is a dict of 'loss'"),
        (nn.Linear(2, 3), POINTS[:1], "x holds one point"),
        (nn.Linear(2, 3), POINTS[0], r"shape \(N, n\)"),
        (nn.Linear(2, 20_000), POINTS, r"1 layers hold 20,000 neurons \('output' alone 20,000\), more than"),
        ("model", POINTS, r"must be a torch.nn.Module, got str"),
    ],
)
def test_what_cannot_be_shown_is_said_in_words(model, x, message):
    with pytest.raises(sg.SymgradError, match=message):
        sg.NeuronPicker(model, x)


def test_layers_can_be_chosen(network):
    activity = Activity(network, POINTS, layers=("silu2", "linear1"))
    assert [layer.title for layer in activity.layers] == ["linear1", "silu2"]
    with pytest.raises(sg.SymgradError, match="no layer 'linear'; did you mean 'linear"):
        Activity(network, POINTS, layers=("linear",))


def test_ten_million_parameters_are_read():
    model = nn.Sequential(nn.Linear(2, 3200, bias=False), nn.Linear(3200, 3200, bias=False))
    assert sum(p.numel() for p in model.parameters()) > 10_000_000
    assert sg.NeuronPicker(model, POINTS[:20]).activity.starts[-1] == 6400


# -- NeuronPicker --------------------------------------------------------------------------------------------


def test_the_output_is_chosen_first_and_gradients_wait(picker):
    assert (picker.layer, picker.neurons, picker.colour_by) == ("latent", (0,), "activation")
    told = heard(picker)
    assert "_gradients" not in picker.activity.__dict__
    titles = [column["title"] for column in told["network"]["columns"]]
    assert titles == ["inputs", "silu1", "silu2", "output"]
    by_activity = told["network"]["columns"][1]["strength"]
    own = slice(*picker.activity.starts[picker.activity.position("silu1") :][:2])
    spread = picker.activity.spread[own]
    np.testing.assert_allclose(by_activity, np.sqrt(spread / spread.max()), atol=1e-3)
    values = np.frombuffer(base64.b64decode(told["field"]["values"]))
    np.testing.assert_allclose(values, picker.activity.values[:, -1], rtol=1e-6)
    picker.colour_by = "gradient"
    assert "gradient spread" in picker.words
    strength = picker.activity.measure("gradient").strength[own]
    np.testing.assert_allclose(heard(picker)["network"]["columns"][1]["strength"], strength, atol=1e-3)


def test_a_layer_that_is_chosen_has_tiles_and_the_page_may_see_all_of_one(picker):
    picker.choose("linear1", 2)
    told = heard(picker)
    assert "linear1" in [column["layer"] for column in told["network"]["columns"]]
    assert told["what"] == "Neuron 2 of layer linear1"
    picker.send = lambda message, **_: told.update(message["given"])
    send(picker, want="layer", layer="silu2")
    assert told["layer"]["neurons"] == list(range(5))
    go(picker, inputs=["v", "x"])
    assert told["section"][0] == ["v", "x"]


@pytest.mark.parametrize("given", [{}, {"wrt": "0"}])
def test_where_a_network_cannot_be_asked_for_other_points_tiles_show_the_data(given):
    model, x = nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1)).double(), POINTS[:, :1]
    told = heard(sg.NeuronPicker(model, x, **given))
    assert told["section"][1] is None
    tiles = [base64.b64decode(column["tiles"]) for column in told["network"]["columns"]]
    assert all(
        len(tile) == 256 * len(c["neurons"])
        for tile, c in zip(tiles, told["network"]["columns"], strict=True)
    )


def test_the_choice_gives_a_field_and_is_observed(picker, network):
    seen = []
    picker.observe(lambda change: seen.append((change.name, change.new)), ["layer", "neurons"])
    picker.choose("silu1", 4, 2)
    assert seen == [("layer", "silu1"), ("neurons", (4, 2))]
    assert picker.neuron == 2
    assert picker.field.neurons == 2
    picker.neuron = 3
    assert picker.neurons == (3,)
    expected = sg.gradient_field(network, POINTS, "silu1", 3, names=("x", "v"))
    np.testing.assert_array_equal(picker.field.gradients, expected.gradients)
    assert picker.field is picker.field


def test_a_new_layer_keeps_the_neurons_it_has(picker):
    picker.choose("linear1", 1, 5)
    picker.layer = "silu2"
    assert picker.neurons == (1,)
    picker.layer = None
    assert (picker.layer, picker.neurons) == ("latent", (0,))


def test_words_follow_what_is_shown(picker):
    assert picker.words.startswith("Neuron 0 of layer latent (Linear, 1 neuron). Over 120 points")
    assert picker.words.endswith("The 25 neurons are coloured by activation spread.")
    picker.choose("linear1", 1, 3)
    assert "Neuron 3 of layer linear1 (Linear, 6 neurons), one of 2 chosen: 1, 3." in picker.words
    picker.formula = "x**2 + v**2"
    picker.colour_by = "alignment"
    angle = picker.activity.angles(ENERGY)[picker.activity.starts[1] + 3]
    assert f"its angle to v**2 + x**2 {angle:.2g} degrees" in picker.words
    assert "Values of neuron 3 of layer linear1" in picker.pictures()[1].words


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("layer", "linear9", "no layer 'linear9' is shown; did you mean 'linear"),
        ("neurons", (0, 6), "'linear1' has neurons 0 to 5, got 6"),
        ("neurons", (), r"such as \(0, 3\), got \(\)"),
        ("neurons", 2, r"such as \(0, 3\), got 2"),
        ("neuron", -1, "neurons 0 to 5, got -1"),
        ("neuron", True, "by its number, got True"),
        ("neuron", "three", "by its number, got 'three'"),
        ("colour_by", "colour", "no measure 'colour'"),
        ("colour_by", "alignment", "no formula to compare the neurons with"),
        ("formula", "x*y", "I don't know y. The inputs are x and v."),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_changes(picker, name, value, message):
    picker.choose("linear1", 1, 3)
    before = picker.words, picker.layer, picker.neurons, picker.neuron, picker.colour_by, picker.formula
    with pytest.raises(sg.SymgradError, match=message):
        setattr(picker, name, value)
    after = picker.words, picker.layer, picker.neurons, picker.neuron, picker.colour_by, picker.formula
    assert after == before


def test_a_click_reaches_python_and_a_wrong_one_is_said_in_the_view(picker):
    go(picker, layer="linear1", neurons=[5, 2])
    assert (picker.layer, picker.neurons) == ("linear1", (5, 2))
    shown = picker._state
    for layer, neurons in (("linear1", [77]), ("linear9", [0]), (3, [0]), ("linear1", [])):
        go(picker, layer=layer, neurons=neurons)
        assert picker.error
        assert picker.error in picker.words
        assert picker._state == shown
    choose(picker, colour_by="alignment")
    assert "no formula" in picker.error
    assert picker._choices == {"colour_by": "activation"}
    go(picker, layer=None, neurons=[0])
    assert picker.error == ""
    assert picker.layer == "latent"


def test_what_the_view_can_colour_by_depends_on_the_formula(picker):
    def ready():
        return {name for name, _, ready in heard(picker)["measures"] if ready}

    assert ready() == {"activation", "gradient"}
    picker.formula = sg.score(picker.field, "x**2 + v**2")
    assert ready() == {"activation", "gradient", "alignment"}
    choose(picker, colour_by="alignment")
    assert picker.colour_by == "alignment"
    assert heard(picker)["legend"] == ["mean angle", "90°", "0°"]
    picker.formula = None
    assert picker.colour_by == "activation"
    assert picker._choices == {"colour_by": "activation"}


def atlas_of(*rows, layer=None):
    return sg.Atlas([NeuronLaw(layer, *row) for row in rows], "finished")


def test_neurons_are_coloured_by_the_formulas_of_an_atlas():
    found = atlas_of(
        (0, "x**2 + v**2", 1e-12, 7, 120), (1, None, 0.3, None, 120), (2, None, None, None, 0, "dead")
    )
    picker = sg.NeuronPicker(Energy(), POINTS, ("x", "v"), atlas=found)
    picker.colour_by = "law"
    measure = picker.activity.measure("law", atlas=found)
    np.testing.assert_array_equal(measure.strength, [1, 0, np.nan])
    assert measure.values[0] == pytest.approx(np.degrees(1e-6))
    assert "its formula x**2 + v**2 (loss 1.0e-12)" in picker.words
    picker.neuron = 1
    assert "its formula none (loss 3.0e-01)" in picker.words
    picker.neuron = 2
    assert "its formula" not in picker.words
    picker.atlas = None
    assert picker.colour_by == "activation"
    with pytest.raises(sg.SymgradError, match=r"must be an atlas of this model, .* got None"):
        picker.colour_by = "law"


def test_the_words_say_what_is_by_construction_and_how_many_matches_may_be_false():
    match = NeuronLaw(None, 0, "x + v", 1e-12, 3, 120, kind="match", by_construction=True)
    others = [NeuronLaw(None, k, "x*v", 1e-4, 3, 120, kind="match") for k in (1, 2)]
    control = sg.Atlas([others[0], NeuronLaw(None, 2, None, 0.4, kind="none")], "finished")
    found = sg.Atlas([match, *others], "finished", control)
    picker = sg.NeuronPicker(Energy(), POINTS, ("x", "v"), atlas=found)
    said = "The control gives 1 match in 2 neurons: of the 2 here, expect 1.0 to be false (0 to 2)."
    assert "its formula x + v (loss 1.0e-12, by construction)" in picker.words
    assert said not in picker.words
    picker.colour_by = "law"
    assert picker.words.endswith(said)


@pytest.mark.parametrize(
    ("atlas", "message"),
    [
        ("rows", "atlas must be an atlas of this model, .* got 'rows'"),
        (atlas_of((7, "x", 0.1, 1, 9)), "has neuron 7 of layer None"),
        (atlas_of((0, "x", 0.1, 1, 9), layer="linear1"), "no layer 'linear1' is shown"),
    ],
)
def test_the_atlas_of_another_model_is_refused_and_the_last_one_stays(atlas, message):
    known = atlas_of((0, "x**2 + v**2", 1e-12, 7, 120))
    picker = sg.NeuronPicker(Energy(), POINTS, ("x", "v"), atlas=known)
    with pytest.raises(sg.SymgradError, match=message):
        picker.atlas = atlas
    assert picker.atlas is known


def test_gradients_without_forward_mode_are_had_by_two_passes_backwards():
    activity = sg.NeuronPicker(Twice(), POINTS).activity
    directions, rows, derivatives = activity._gradients
    expected = np.stack([2 * POINTS[rows, :1] * directions[0], 2 * POINTS[rows, 1:] * directions[1]])
    np.testing.assert_allclose(derivatives, expected, rtol=1e-5)


def test_gradients_that_have_no_derivative_are_refused_and_single_fields_work():
    picker = sg.NeuronPicker(Custom(), POINTS)
    with pytest.raises(sg.SymgradError, match="an operation of this model lacks; look at single neurons"):
        picker.colour_by = "gradient"
    assert picker.colour_by == "activation"
    assert picker.field.neurons == 1


def test_a_saved_picker_of_4096_neurons_is_small():
    picker = sg.NeuronPicker(nn.Sequential(nn.Linear(2, 4095), nn.Linear(4095, 1)), POINTS, ("x", "v"))
    picker.colour_by = "gradient"
    bundle = picker._repr_mimebundle_()
    values = picker.get_state().values()
    state = sum(len(v) * 4 / 3 if isinstance(v, bytes) else len(str(v)) for v in values)
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/plain"] == picker.words
    assert data["image/svg+xml"].count("h0") == 4096
    assert state + len(data["image/svg+xml"]) < 180_000


# -- Pictures ------------------------------------------------------------------------------------------------


def test_levels_tell_strong_from_weak_and_from_nothing():
    assert plots.levels_of([0, 0.124, 0.126, 1, np.nan]).tolist() == [0, 0, 1, 7, 255]


def test_the_still_picture_shows_every_neuron_and_those_chosen():
    levels = plots.levels_of([0, 1, np.nan, 0.5])
    picture = plots.NeuronsPicture((("a", 3), ("b", 1)), levels, (1, 3), ("spread", "0", "2"), "Four & more.")
    svg = picture.svg()
    assert svg.count("h0") == 3
    assert svg.count("<circle") == 2
    assert "m-.2-.2" in svg
    assert "<title>Four &amp; more.</title>" in svg


def test_activation_of_one_input_two_or_many():
    line = plots.activation_picture(POINTS[:, :1], POINTS[:, 1], ("x",))
    assert [mark.kind for mark in line.marks] == ["points"]
    plane = plots.activation_picture(POINTS, POINTS[:, 0], ("x", "v"), (0, 1), "neuron 3")
    assert [len(mark.data["x"]) for mark in plane.marks] == [30, 30, 30, 30]
    assert max(plane.marks[0].data["x"]) < min(plane.marks[3].data["x"])
    assert "Values of neuron 3 at 120 points" in plane.words
    assert [mark.kind for mark in plots.activation_picture(POINTS, POINTS[:, 0], ("x", "v")).marks] == [
        "bars"
    ]
    with pytest.raises(sg.SymgradError, match="one value for each of the 120 points, got shape"):
        plots.activation_picture(POINTS, POINTS, ("x", "v"))
