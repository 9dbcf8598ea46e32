"""What a type checker knows of the public names; checked by mypy, never run."""

from typing import assert_type

import numpy as np
import sympy
import torch

import symgrad_widgets as sg


def from_a_network(model: torch.nn.Module, x: np.ndarray) -> None:
    field = sg.gradient_field(model, x, layer="0", neuron=[0, 1], names=("x", "v"))
    assert_type(field, sg.GradientField)
    assert_type(field.rank, int)
    found = sg.interpret(model, x, concept="x**2 + v**2")
    assert_type(found, sg.Interpretation)
    assert_type(found.best, sg.Candidate | None)
    assert_type(found.verdict, sg.Verdict | None)
    assert_type([candidate.expression for candidate in found.front], list[sympy.Expr])
    assert_type(found.to_torch(), torch.nn.Module)


def from_a_field(field: sg.GradientField) -> None:
    assert_type(sg.GradientField.from_flow(field.points, field.points), sg.GradientField)
    search = sg.Search(field, random_state=1)
    state = search.run(generations=3, callback=lambda state: state.best is not None)
    assert_type(state, sg.SearchState)
    assert_type(state.front, tuple[sg.Candidate, ...])
    assert_type(sg.Search.load("search.npz"), sg.Search)
    assert_type(sg.score(field, "x*v").loss, float)


def from_an_experiment() -> None:
    experiment = sg.experiments["oscillator"]
    assert_type(experiment, sg.Experiment)
    assert_type(experiment.flow_field(), sg.GradientField)
    run = experiment.train(seed=1)
    assert_type(run, sg.TrainingResult)
    assert_type(run.model, torch.nn.Module)
    assert_type(sg.verify("x", "2*x").same, bool | None)
