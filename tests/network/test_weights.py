"""Weights in files: what is loaded is what was trained, and what cannot be loaded says why."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from papers import OF_PAPERS
from safetensors import safe_open
from safetensors.torch import load_file, save_file

import symgrad_widgets as sg
from symgrad_widgets.commands.cli import main
from symgrad_widgets.network.training import chosen_settings, weight_files

TINY = {"epochs": 2, "count": 2000, "validation": 500, "held_out": 500, "hidden": (8,)}
SHIPPED = sorted(weight_files.SHIPPED.glob("*.safetensors"))


def description(path):
    with safe_open(path, framework="pt") as file:
        return json.loads(file.metadata()["symgrad"])


def rewrite(path, **changes):
    """Give a file another description, tensors as they are."""
    changed = description(path) | changes
    save_file(load_file(path), path, {"symgrad": json.dumps(changed)})


@pytest.fixture(scope="module")
def run():
    return sg.experiments["oscillator"].train(seed=3, progress=False, **TINY)


@pytest.fixture
def saved(run, tmp_path):
    run.save(tmp_path / "mine.safetensors")
    return tmp_path / "mine.safetensors"


@pytest.fixture
def as_shipped(saved, monkeypatch):
    """The file in place of the package's own."""
    monkeypatch.setattr(weight_files, "SHIPPED", saved.parent)
    return saved.rename(saved.with_name("oscillator.safetensors"))


def test_what_is_loaded_is_what_was_trained(run, saved):
    again = run.experiment.pretrained(saved)
    tensors = run.model.state_dict()
    assert list(tensors) == list(again.model.state_dict())
    assert all((tensors[name] == value).all() for name, value in again.model.state_dict().items())
    assert not again.model.training
    assert (again.x == run.x).all()
    assert (again.seed, again.variant, again.ending) == (3, "default", "finished")
    assert again.settings == run.settings
    assert again.neuron == run.neuron
    assert again.floor == run.floor
    assert again.history["epoch"] == [1, 2]
    assert np.allclose(again.history["loss"], run.history["loss"], rtol=1e-5)


@pytest.mark.parametrize(("slug", "latent"), [("kepler", 4), ("ellipse", None), ("quadratic", None)])
def test_several_latents_and_classifiers_come_back_with_their_neurons_and_points(slug, latent, tmp_path):
    latent = {"latent": latent} if latent else {}
    run = sg.experiments[slug].train(seed=1, progress=False, **TINY, **latent)
    run.save(tmp_path / "mine.safetensors")
    again = run.experiment.pretrained(tmp_path / "mine.safetensors")
    assert again.neuron == run.neuron
    assert (again.x == run.x).all()
    assert (again.latents == run.latents).all()


def test_weights_of_a_variant_come_back_with_its_concepts(tmp_path):
    run = sg.experiments["determinant2"].train(variant="free", progress=False, **TINY)
    run.save(tmp_path / "mine.safetensors")
    again = sg.experiments["determinant2"].pretrained(tmp_path / "mine.safetensors")
    assert (again.settings.latent, len(again.experiment.concepts)) == (4, 2)
    assert again.floor == run.floor


def test_loading_leaves_torchs_random_numbers_alone(run, saved):
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    run.experiment.pretrained(saved)
    assert (torch.rand(3) == expected).all()


def test_a_file_tells_its_settings_floor_and_how_to_make_it_again(run, saved):
    found = description(saved)
    assert found["make"] == "symgrad weights make oscillator"
    assert found["floor"] == run.floor
    assert found["settings"]["epochs"] == 2
    assert set(found["versions"]) == {"symgrad", "torch"}


def test_an_experiment_without_weights_says_so():
    mine = sg.Experiment.from_flow(lambda x, v: (v, -x), [(0, 1), (0, 1)], ["x", "v"])
    with pytest.raises(sg.SymgradError, match=r"the package has no weights for .*: train a network"):
        mine.pretrained()


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"seed": 4}, "seed 3, not 4"), ({"variant": "paper"}, "variant 'default', not 'paper'")],
)
def test_weights_of_another_seed_or_variant_are_refused_and_the_way_out_named(run, saved, asked, said):
    assert run.experiment.pretrained(saved, seed=3, variant="default").seed == 3
    with pytest.raises(
        sg.SymgradError, match=f"{said}: train the network .in a notebook, set retrain = True"
    ):
        run.experiment.pretrained(saved, **asked)


def test_weights_of_another_experiment_are_refused(saved):
    with pytest.raises(sg.SymgradError, match="holds weights of oscillator, not of trace2"):
        sg.experiments["trace2"].pretrained(saved)


def test_weights_that_do_not_fit_the_network_are_refused(run, saved):
    settings = dataclasses.asdict(run.settings) | {"hidden": [8, 8]}
    rewrite(saved, settings=settings)
    with pytest.raises(sg.SymgradError, match=r"network of widths .* has other weights; make it again"):
        run.experiment.pretrained(saved)


@pytest.mark.parametrize("keep", [0, 4, 100, -200])
def test_a_damaged_file_is_refused(run, saved, keep):
    saved.write_bytes(saved.read_bytes()[:keep])
    with pytest.raises(sg.SymgradError, match=r"mine.safetensors is damaged .* `symgrad weights make`"):
        run.experiment.pretrained(saved)


def test_a_file_of_something_else_is_refused(run, tmp_path):
    save_file({"weight": torch.zeros(2)}, tmp_path / "other.safetensors")
    with pytest.raises(sg.SymgradError, match="holds no trained network"):
        run.experiment.pretrained(tmp_path / "other.safetensors")
    with pytest.raises(sg.SymgradError, match="nowhere"):
        run.experiment.pretrained(tmp_path / "nowhere")


def test_a_file_of_another_format_is_refused(run, saved):
    rewrite(saved, format=99)
    with pytest.raises(sg.SymgradError, match="has format 99, but this version reads 1"):
        run.experiment.pretrained(saved)


def test_the_packages_own_weights_are_refused_when_the_settings_have_changed_since(run, as_shipped):
    with pytest.raises(sg.SymgradError, match=r"was made with .*: run `symgrad weights make oscillator`"):
        run.experiment.pretrained()
    assert run.experiment.pretrained(as_shipped).seed == 3  # asked for by name, they are what they are


def test_a_folder_that_is_not_there_is_an_error_and_nothing_is_left_of_the_file(run, tmp_path):
    with pytest.raises(sg.SymgradError, match=r"cannot write the weights to .*No such file"):
        run.save(tmp_path / "nowhere" / "mine.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_weights_come_with_the_package_for_every_experiment_of_the_papers_and_are_small():
    assert {path.stem for path in SHIPPED} == {experiment.slug for experiment in OF_PAPERS}
    assert sum(path.stat().st_size for path in SHIPPED) < 5e6


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_weights_that_come_with_the_package_have_the_floor_they_claim(path):
    run = sg.experiments[path.stem].pretrained()
    assert (run.seed, run.variant) == (0, "default")
    assert run.settings == chosen_settings(run.experiment, "default", {})
    assert run.floor == pytest.approx(description(path)["floor"], rel=1e-2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["make", "oscilator"], "no experiment 'oscilator'; did you mean 'oscillator'"),
        (["make", "oscillator", "--jobs", "0"], "--jobs 0: must be at least 1"),
        (["bake"], "invalid choice: 'bake'"),
    ],
)
def test_bad_input_on_the_command_line(words, message, capsys):
    try:
        code = main(["weights", *words])
    except SystemExit as error:
        code = error.code
    assert code == 2
    assert message in capsys.readouterr().err


@pytest.mark.sweep
def test_the_command_that_a_file_names_makes_it_again(tmp_path, capsys):
    assert main(["weights", "make", "oscillator", "--out", str(tmp_path)]) == 0
    assert "floor" in capsys.readouterr().out
    exp = sg.experiments["oscillator"]
    made, shipped = exp.pretrained(path=tmp_path / "oscillator.safetensors"), exp.pretrained()
    for run in (made, shipped):  # other processors round otherwise, and training carries that far
        field = sg.gradient_field(run.model, run.x, names=run.names)
        assert sg.score(field, exp.concepts[0]).loss < 1e-6
