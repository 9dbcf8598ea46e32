"""A formula, or none, for every neuron of a layer."""

import dataclasses
import sys

import numpy as np
import pytest
import torch

import symgrad_widgets as sg
from symgrad_widgets import batch
from symgrad_widgets.formula.expressions import evaluate, parse
from symgrad_widgets.network.gradients.layers import _ELEMENTWISE
from symgrad_widgets.network.gradients.survey import Survey
from symgrad_widgets.reading.atlas import layer

QUICK = {"names": ("x", "y"), "jobs": 2, "progress": False}


class Known(torch.nn.Module):
    """Five neurons of which all is known; the third is dead, the last has a direction that is random."""

    def __init__(self, scale=1.0, dead=()):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.tensor(float(scale), dtype=torch.double))
        self.dead = dead
        self.neurons, self.head = torch.nn.Identity(), torch.nn.Linear(5, 1).double()
        torch.nn.init.constant_(self.head.weight, 0.2)
        torch.nn.init.zeros_(self.head.bias)

    def forward(self, points):
        x, y = points.T
        wild = torch.sin(9 * x + 5 * torch.cos(8 * y)) + torch.cos(11 * x * y)
        columns = [torch.tanh(x * y), torch.exp(x - 2 * y), 0 * x, x**2 + self.scale * y**2, wild]
        return self.head(
            self.neurons(torch.stack([0 * c if i in self.dead else c for i, c in enumerate(columns)], 1))
        )


class Rounded(torch.nn.Module):
    """Returns whole numbers, which no neuron can be."""

    def forward(self, points):
        return points.round().long()


class Layers(torch.nn.Module):
    """One layer that is never called, and one whose output is no tensor of real numbers."""

    def __init__(self):
        super().__init__()
        self.idle, self.rounded = torch.nn.Identity(), Rounded()

    def forward(self, points):
        return points.prod(1) + 0 * self.rounded(points).sum()


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(0).uniform(-1, 1, size=(400, 2))


@pytest.fixture(scope="module")
def made(points, tmp_path_factory):
    """An atlas, and the rows in the order in which they came."""
    seen, path = [], tmp_path_factory.mktemp("atlas") / "rows.jsonl"
    return sg.atlas(Known(), points, "neurons", path=path, callback=seen.append, **QUICK), seen, path


@pytest.mark.sweep
def test_each_neuron_has_its_formula_or_none(made):
    atlas, _, _ = made
    product, exponential, dead, ellipse, wild = atlas.rows
    assert [row.neuron for row in atlas.rows] == [0, 1, 2, 3, 4]
    assert sg.verify(product.formula, "x*y").same
    assert sg.verify(exponential.formula, "x - 2*y").same
    assert sg.verify(ellipse.formula, "x**2 + y**2").same
    assert max(product.loss, exponential.loss, ellipse.loss) < 1e-9
    assert product.angle < 0.01
    assert (dead.formula, dead.loss, dead.points) == (None, None, 0)
    assert "gradient" in dead.note
    assert wild.formula is None
    assert wild.loss > 0.05
    assert not wild.note
    assert min(product.explained, exponential.explained, ellipse.explained) > 0.99
    assert wild.explained is None
    assert {row.kind for row in (product, exponential, ellipse)} == {"match"}


@pytest.mark.sweep
def test_rows_come_one_by_one_and_are_told_in_a_table(made):
    atlas, seen, _ = made
    assert sorted(row.neuron for row in seen) == [0, 1, 2, 3, 4]
    assert atlas.ending == "finished"
    assert repr(atlas).startswith("Atlas (finished): 3 of 5 neurons have a formula (")
    assert repr(atlas).endswith("); nothing can be said about 1")
    assert {row.kind for row in atlas.laws} <= {"match", "approximation"}
    assert len(atlas.laws) == 3
    assert [row.loss for row in atlas.laws] == sorted(row.loss for row in atlas.laws)
    assert "<td style='text-align:left'>x*y</td>" in atlas._repr_html_()
    assert len(atlas.of("neurons")) == 5
    assert len(atlas.of("head")) == 0


@pytest.mark.sweep
def test_an_atlas_that_was_stopped_goes_on_where_it_was(made, points, tmp_path):
    atlas, _, path = made
    part = tmp_path / "part.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    part.write_text("".join(lines[:2]) + lines[2][:20])  # killed while it wrote
    done = []
    whole = sg.atlas(Known(), points, "neurons", path=path, callback=done.append, **QUICK)
    assert (done, whole.rows) == ([], atlas.rows)
    whole = sg.atlas(Known(), points, "neurons", path=part, callback=done.append, **QUICK)
    assert len(done) == 3
    assert whole.rows == atlas.rows
    assert len(batch.read(part)) == 5


@pytest.mark.sweep
def test_a_callback_and_ctrl_c_end_it_with_the_rows_so_far(points, monkeypatch):
    def rows(*_):
        yield layer.NeuronLaw("neurons", 3, "x", 0.1, 1, 400)
        raise KeyboardInterrupt

    monkeypatch.setattr(layer, "_searched", rows)
    stopped = sg.atlas(Known(), points, "neurons", callback=lambda row: row.neuron == 3, **QUICK)
    assert (stopped.ending, len(stopped)) == ("stopped", 1)
    interrupted = sg.atlas(Known(), points, "neurons", **QUICK)
    assert (interrupted.ending, len(interrupted)) == ("interrupted", 1)


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("change", "arguments"),
    [({"scale": 2}, {}), ({}, {"generations": 3}), ({}, {"random_state": 1}), ({}, {"points": 200})],
)
def test_a_file_of_another_atlas_is_refused_and_kept(made, points, change, arguments):
    _, _, path = made
    before = path.read_bytes()
    with pytest.raises(sg.SymgradError, match="holds an atlas of another model, of other points"):
        sg.atlas(Known(**change), points, "neurons", path=path, **QUICK | arguments)
    assert path.read_bytes() == before


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("row", "lacks"),
    [
        ('{"experiment": "kepler"}', "layer"),
        ('{"layer": "neurons", "unit": 0, "formula": "x", "made_of": "an earlier version"}', "neuron"),
    ],
)
def test_a_file_of_something_else_or_of_another_version_is_refused_and_kept(points, tmp_path, row, lacks):
    path = tmp_path / "rows"
    path.write_text(f"{row}\n")
    said = rf"holds no atlas, or an atlas that another version made by other rules .*it lacks '{lacks}'\)"
    with pytest.raises(sg.SymgradError, match=said):
        sg.atlas(Known(), points, "neurons", path=path, **QUICK)
    assert path.read_text() == f"{row}\n"


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("model", "layer", "arguments", "said"),
    [
        (Known(), "neuron", {}, "no layer 'neuron'; did you mean 'neurons'"),
        (Layers(), "idle", {}, "layer 'idle' has no neurons: it is not called"),
        (
            Layers(),
            "rounded",
            {},
            "layer 'rounded' has no neurons: .* does not return a tensor of real numbers",
        ),
        (Known(dead=range(5)), "neurons", {}, "nothing can be said about any of 5 neurons"),
        (Known(), "neurons", {"generations": 1.5}, "generations must be a whole number"),
        (Known(), "neurons", {"jobs": 0}, "jobs"),
    ],
)
def test_what_cannot_be_done_is_said(model, layer, arguments, said, points):
    with pytest.raises(sg.SymgradError, match=said):
        sg.atlas(model, points, layer, **QUICK | arguments)


@pytest.mark.sweep
def test_tokens_need_wrt_and_have_an_atlas_with_it():
    torch.manual_seed(0)
    embedding = torch.nn.Embedding(200, 2).double()
    model = torch.nn.Sequential(embedding, torch.nn.Flatten(), Known())
    tokens = torch.arange(200)[:, None]
    with pytest.raises(sg.SymgradError, match="wrt='0'"):
        sg.atlas(model, tokens, "2.neurons", **QUICK)
    row = sg.atlas(model, tokens, "2.neurons", wrt="0", **QUICK).rows[0]
    assert sg.verify(row.formula, "x*y").same


@pytest.mark.sweep
def test_linear_neurons_are_read_in_one_generation(points):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh()).double()
    found = sg.atlas(model, points, ("0", "1"), generations=1, **QUICK)
    across = model[0].weight.detach().numpy()[:, ::-1] * [1, -1]
    assert len(found.laws) == len(found) == 8
    for row in found.rows:
        slopes = evaluate(parse(row.formula, ("x", "y")), ("x", "y"), points)[1]
        assert np.abs(slopes @ across[row.neuron]).max() < 1e-5 * np.abs(slopes).max()


class Mixed(torch.nn.Tanh):
    """An activation by its type, which adds its neighbour to each neuron."""

    def forward(self, z):
        return super().forward(z + z.roll(1, 1))


class Shifted(torch.nn.Module):
    """Changes the neurons, each in another way, between the linear layer and its activation."""

    def __init__(self):
        super().__init__()
        self.linear, self.bend = torch.nn.Linear(2, 3), torch.nn.SiLU()

    def forward(self, points):
        return self.bend(self.linear(points).mul_(points[:, :1])).sum(1)


def _searched(model, points):
    found = sg.atlas(model.double(), points, generations=1, **QUICK)
    return {row.layer for row in found.rows}


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("layers", "searched"),
    [
        ((torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2), torch.nn.GELU()), "02"),
        ((torch.nn.Linear(2, 3), torch.nn.ReLU(inplace=True), torch.nn.Tanh()), "0"),
        ((torch.nn.Tanh(), torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.PReLU(3)), "012"),
        ((torch.nn.Linear(2, 3), torch.nn.Softmax(1)), "01"),
        ((torch.nn.Linear(2, 3), Mixed()), "01"),
        ((torch.nn.Unflatten(1, (1, 2)), torch.nn.Conv1d(1, 3, 2, padding=1), torch.nn.SiLU()), "12"),
    ],
)
def test_an_activation_is_left_out_where_it_bends_single_numbers_and_no_layer_is_named(
    layers, searched, points
):
    torch.manual_seed(0)
    assert _searched(torch.nn.Sequential(*layers).eval(), points) == set(searched)


@pytest.mark.sweep
def test_an_activation_of_what_was_changed_on_the_way_stays(points):
    torch.manual_seed(0)
    assert _searched(Shifted(), points) == {"linear", "bend", None}


def test_by_autograd_each_activation_in_the_table_works_on_each_number_by_itself():
    torch.manual_seed(0)
    z = torch.randn(200, 3, dtype=torch.double, requires_grad=True)
    for kind in sorted(_ELEMENTWISE, key=lambda kind: kind.__name__):
        module = (kind(0.1, 20.0) if kind is torch.nn.Threshold else kind()).double().eval()
        for neuron in range(3):
            (slopes,) = torch.autograd.grad(module(z)[:, neuron].sum(), z)
            assert not slopes[:, [other for other in range(3) if other != neuron]].any(), kind
            assert slopes[:, neuron].any(), kind


@pytest.mark.sweep
@pytest.mark.parametrize("kind", sorted(_ELEMENTWISE, key=lambda kind: kind.__name__))
def test_every_activation_in_the_table_is_known_for_what_it_is(kind, points):
    torch.manual_seed(0)
    bend = kind(0.1, 20.0) if kind is torch.nn.Threshold else kind()
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), bend, torch.nn.Linear(3, 1)).eval()
    assert [layer.name for layer in Survey(model, points).shown if layer.bent] == ["1"]


@pytest.mark.sweep
def test_an_atlas_that_was_begun_by_name_goes_on_without_a_name(points, tmp_path):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)).double()
    path, done = tmp_path / "rows.jsonl", []
    named = sg.atlas(model, points, ("0", "1"), generations=1, path=path, **QUICK)
    whole = sg.atlas(model, points, generations=1, path=path, callback=done.append, **QUICK)
    assert [row.layer for row in done] == ["2"]
    assert whole.of("0").rows == named.of("0").rows


@pytest.mark.sweep
def test_an_atlas_is_the_search_of_each_neuron(made, points):
    atlas, _, _ = made
    rows = np.unique(np.linspace(0, 399, 300).astype(int))
    field = sg.gradient_field(Known(), points[rows], "neurons", 3, names=("x", "y"))
    search = sg.Search(field, guesses=("x + y",))
    while search.kind == "undecided":
        search.step()
    assert dataclasses.asdict(atlas.rows[3])["formula"] == str(search.best.expression)
    assert atlas.rows[3].loss == pytest.approx(search.best.loss, abs=1e-20)


@pytest.mark.sweep
def test_what_the_architecture_makes_is_marked_and_counted_apart(points):
    torch.manual_seed(0)
    layers = torch.nn.Linear(2, 9), torch.nn.Tanh(), torch.nn.Linear(9, 1)
    found = sg.atlas(torch.nn.Sequential(*layers).double(), points, ("0", "1", "2"), generations=1, **QUICK)
    assert [row.by_construction for row in found.rows] == 18 * [True] + [False]
    assert [row.layer for row in found.free] == ["2"]
    assert found.matches == ()
    assert "of 1 neurons have a formula" in repr(found)
    assert repr(found).endswith("; 18 more by construction")
    assert "Match, by construction" in found._repr_html_()


@pytest.mark.sweep
def test_a_linear_formula_in_a_layer_that_can_hold_others_is_not_by_construction(made):
    exponential = made[0].rows[1]
    assert (exponential.formula, exponential.by_construction) == ("x - 2*y", False)


@pytest.mark.sweep
def test_a_relu_of_a_sum_of_inputs_is_by_construction_and_what_is_behind_it_is_not(points):
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(2), torch.nn.Linear(2, 4), torch.nn.ReLU(), Squares())
    found = sg.atlas(model.double().eval(), points, ("2", "3"), generations=1, **QUICK)
    assert all(row.by_construction for row in found.of("2").rows if not row.note)
    assert not any(row.by_construction for row in found.of("3").rows)


class Squares(torch.nn.Module):
    """The sum of squares of what comes in."""

    def forward(self, z):
        return z.square().sum(1, keepdim=True)


@pytest.mark.sweep
def test_a_control_says_how_many_matches_to_expect_to_be_false(made, points, tmp_path):
    _, _, path = made
    control, done = Known(dead=(0, 3)), []
    kept = tmp_path / "rows.jsonl"
    kept.write_bytes(path.read_bytes())
    found = sg.atlas(Known(), points, "neurons", path=kept, control=control, callback=done.append, **QUICK)
    assert done == []  # all of the model's had been kept, and the control's are not told
    assert [row.kind for row in found.control.rows if not row.note] == ["match", "none"]
    assert found.by_chance[:3] == (1, 2, 4 / 2)  # 1 of 2, and of 4 that can be told of here
    said = "The control gives 1 match in 2 neurons: of the 3 here, expect 2.0 to be false (0 to 4)."
    assert repr(found).endswith(said)
    assert said in found._repr_html_()
    assert len(batch.read(tmp_path / "rows.control.jsonl")) == 5
    assert (
        sg.atlas(Known(), points, "neurons", path=kept, control=control, **QUICK).by_chance == found.by_chance
    )
    assert found.of("neurons").by_chance == found.by_chance
    assert made[0].by_chance is None


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("control", "said"),
    [
        (torch.nn.Linear(2, 5).double(), "control: the model has no layer 'neurons'"),
        (Known(dead=range(5)), "control: nothing can be said about any of 5 neurons"),
        ("untrained", "control: model must be a torch.nn.Module"),
    ],
)
def test_a_control_that_is_none_is_refused(control, said, points):
    with pytest.raises(sg.SymgradError, match=said):
        sg.atlas(Known(), points, "neurons", generations=1, control=control, **QUICK)


@pytest.mark.sweep
def test_a_control_of_other_layers_is_refused_before_anything_is_searched(points, monkeypatch):
    monkeypatch.setattr(layer, "_searched", None)
    models = (torch.nn.Sequential(*(torch.nn.Linear(2, 2) for _ in range(count))) for count in (2, 3))
    with pytest.raises(
        sg.SymgradError, match="control: it has the layers 0, 1, 2, but the model has 0, 1: pass"
    ):
        sg.atlas(next(models), points, control=next(models), **QUICK)


def rows_of(matches, others, given=0, dead=0):
    """Rows of so many neurons that match, have no formula, are by construction, and are dead."""
    made = matches * [("x*y", 1e-3, "match", False)] + others * [(None, 0.5, "none", False)]
    made += given * [("x + y", 1e-15, "match", True)]
    rows = [
        layer.NeuronLaw("0", k, formula, loss, kind=kind, by_construction=straight)
        for k, (formula, loss, kind, straight) in enumerate(made)
    ]
    return rows + [layer.NeuronLaw("0", len(rows) + k, note="dead") for k in range(dead)]


def test_false_matches_are_counted_without_those_by_construction_and_the_dead():
    control = sg.Atlas(rows_of(2, 8, given=10, dead=3), "finished")
    found = sg.Atlas(rows_of(20, 10, given=7, dead=2), "finished", control)
    assert found.by_chance[:3] == (2, 10, 30 * 2 / 10)
    assert found.by_chance.low < 6 < found.by_chance.high
    assert len(found.matches) == 20
    assert sg.Atlas(rows_of(2, 2), "finished", sg.Atlas(rows_of(0, 0, 5), "finished")).by_chance is None
    assert sg.Atlas(rows_of(0, 0, 5), "finished", control).by_chance.expected == 0


@pytest.mark.parametrize("share", [0.004, 0.05, 0.3])
def test_the_bounds_hold_nineteen_times_in_twenty(share):
    rng, held, bounds = np.random.default_rng(0), 0, {}
    for control, true in rng.binomial(500, share, size=(400, 2)):
        if control not in bounds:
            beside = sg.Atlas(rows_of(control, 500 - control), "finished")
            bounds[control] = sg.Atlas(rows_of(0, 500), "finished", beside).by_chance
        held += bounds[control].low <= true <= bounds[control].high
    assert held >= 0.93 * 400


@pytest.mark.sweep
def test_an_atlas_is_a_table_with_every_figure(made):
    pytest.importorskip("pandas")
    atlas, _, _ = made
    table = atlas.to_frame()
    assert list(table["neuron"]) == [0, 1, 2, 3, 4]
    assert table.loc[0].to_dict() == dataclasses.asdict(atlas.rows[0]) | {"angle": atlas.rows[0].angle}
    assert set(table.columns) == {f.name for f in dataclasses.fields(layer.NeuronLaw)} | {"angle"}
    assert list(sg.Atlas((), "stopped").to_frame().columns) == list(table.columns)


@pytest.mark.sweep
def test_without_pandas_the_way_out_is_told(made, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(sg.SymgradError, match=r"pip install pandas.*\[dataclasses.asdict\(row\)"):
        made[0].to_frame()
