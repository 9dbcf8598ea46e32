"""Training, choice of points, gradients and search are done without the concept: reading it raises here."""

import pytest

import symgrad_widgets as sg
from symgrad_widgets.network.training import train

TINY = {"epochs": 1, "count": 1000, "validation": 300, "held_out": 300}


class LeakError(BaseException):
    """Not an `Exception`, so that no handler on the way can hide it."""


class Blind:
    """An experiment whose answer cannot be read."""

    def __init__(self, experiment):
        self._experiment = experiment

    def __getattr__(self, name):
        if name in {"concepts", "constraints"}:
            raise LeakError(name)
        return getattr(self._experiment, name)


@pytest.mark.parametrize("slug", sg.experiments.keys())
def test_nothing_reads_the_concept_before_a_formula_is_chosen(slug):
    run = train(Blind(sg.experiments[slug]), seed=0, progress=False, **TINY)
    field = sg.gradient_field(run.model, run.x, names=run.names)
    search = sg.Search(field.take(slice(200)), operators=["mul", "sin"], random_state=0)
    search.run(generations=2, progress=False)
    assert search.front
    with pytest.raises(LeakError, match="concepts"):
        _ = run.floor  # and so the test would see it


def test_the_same_network_comes_of_it_with_the_concept_in_reach():
    blind, seeing = (
        train(experiment, seed=0, progress=False, **TINY)
        for experiment in (Blind(sg.experiments["oscillator"]), sg.experiments["oscillator"])
    )
    pairs = zip(blind.model.parameters(), seeing.model.parameters(), strict=True)
    assert all((a == b).all() for a, b in pairs)
