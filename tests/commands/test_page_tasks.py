"""The tasks of an experiment's page: they can be solved, and none gives away the formula asked for."""

import numpy as np
import pytest
import sympy as sp
from conftest import ROOT
from papers import OF_PAPERS

from symgrad_widgets.search import score
from symgrad_widgets.widgets.subject import Network, Subject
from symgrad_widgets.widgets.tasks import read_tasks

TOLD = sorted(path.stem for path in (ROOT / "notebooks" / "teaching" / "tasks").glob("*.md"))
MARGIN = 3  # degrees by which the right answer is right


def wrong(tasks, network):
    """What cannot be solved, or tells too much, as sentences."""
    field = Subject(network, None, network.neuron).field

    def off(formula):
        return score(field, formula).angle

    (asked,) = (task["guess"] for task in tasks if "guess" in task)
    if min(off(concept) for concept in network.experiment.concepts) > asked:
        yield f"no formula is known below {asked} degrees"
    for task in tasks:
        two = sorted(map(off, task.get("which", ())))
        if two and two[0] < asked:
            yield f"{task['which']} gives the formula away"
        if two and two[1] - two[0] < MARGIN:
            yield f"{task['which']} is undecided"
        if "find" in task:
            yield from _not_found(task["find"], network)


def _not_found(asked, network):
    activity, name = network.activity, asked["layer"]
    layer = [one.name for one in activity.layers].index(name)
    off = activity.angles(sp.Symbol(asked["formula"], real=True))
    neuron = int(np.nanargmin(off[activity.starts[layer] : activity.starts[layer + 1]]))
    nearest = Subject(network, name, (neuron,)).scored(asked["formula"]).angle
    if nearest + MARGIN > asked["below"]:
        yield f"the nearest neuron to {asked['formula']} is {nearest:.1f} degrees off"


def told(slug, root):
    network = Network.of(slug)
    text = (root / "notebooks" / "teaching" / "tasks" / f"{slug}.md").read_text(encoding="utf-8")
    _, _, tasks, right = read_tasks(
        text, network.experiment.names, [layer.name for layer in network.activity.layers]
    )
    return network, tasks, right


def test_the_experiments_of_the_papers_have_tasks_of_their_own():
    assert {experiment.slug for experiment in OF_PAPERS} <= {*TOLD}


@pytest.mark.parametrize("slug", TOLD)
def test_the_tasks_of_an_experiment_can_be_solved(slug, root):
    network, tasks, right = told(slug, root)
    assert right
    assert list(wrong(tasks, network)) == []


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ({"guess": 1e-6}, "no formula is known below"),
        ({"which": ["x^2 + v^2", "x*v"], "guess": 2.0}, "gives the formula away"),
        ({"which": ["x*v", "2*x*v"], "guess": 2.0}, "is undecided"),
        (
            {"find": {"formula": "x", "below": 1.0, "layer": "silu1"}, "guess": 2.0},
            "the nearest neuron to x is",
        ),
    ],
)
def test_a_planted_task_is_noticed(planted, said):
    assert any(said in line for line in wrong([planted], Network.of("oscillator")))
