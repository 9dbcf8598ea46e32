"""Search space and settings: operators, budget, longest formula."""

import sympy as sp

from ....field import GradientField
from ....formula.operators import DEFAULT, define_operator
from ...cases.blind_reading import answered
from ...cases.made_neurons import CASES, HARD, directions, disturbed, of_seed
from ...cases.study import Study

_ARITHMETIC = ("add", "sub", "mul", "div")
_EXTRA = {
    "cosh": lambda u: (sp.exp(u) + sp.exp(-u)) / 2,
    "gauss": lambda u: sp.exp(-(u**2)),
    "sigmoid": lambda u: 1 / (1 + sp.exp(-u)),
    "lorentz": lambda u: 1 / (1 + u**2),
    "pow5": lambda u: u**5,
    "pow6": lambda u: u**6,
}
_OPERATORS = {  # maps a case to the allowed operators
    "those needed": lambda case: case.needs,
    "all 18": lambda _: None,
    "all and 6 more": lambda _: _more(),
    "+ - * / only": lambda _: _ARITHMETIC,
    "without the one needed most": lambda case: [name for name in DEFAULT if name != case.needs[-1]],
}


def _more():
    for name, function in _EXTRA.items():
        define_operator(name, function)
    return [*DEFAULT, *_EXTRA]


def _measure(seed, operators="all 18", cases=CASES, noise=0.01, lawless=False, **settings):
    case = of_seed(seed, cases)
    points = case.points(seed)
    allowed = _OPERATORS[operators](case)
    kicks = directions(points, seed)
    if lawless:
        field = GradientField(points, kicks, case.names)
        return answered(field, None, seed, operators=allowed, **settings)
    field = disturbed(case.field(points), kicks, noise)
    return answered(field, case.formula, seed, operators=allowed, **settings)


STUDY = Study(
    title="Search space and settings",
    question=(
        "We allow too many operators, or too few, or all except the one that the formula needs most. The "
        "gradients are noisy (mean 1 - cos² of 0.01), so a longer formula always fits a little better. On "
        "five harder formulas, we also limit the number of generations, or the length of a formula."
    ),
    groups={
        "operators": {name: {"operators": name} for name in _OPERATORS},
        "generations at most": {str(most): {"generations": most, "cases": HARD} for most in (4, 8, 16, 32)},
        "nodes at most": {str(most): {"max_complexity": most, "cases": HARD} for most in (10, 20, 80)},
        "no law": {
            "all 18": {"lawless": True},
            "all and 6 more": {"operators": "all and 6 more", "lawless": True},
            "80 nodes": {"max_complexity": 80, "lawless": True},
        },
    },
    measure=_measure,
)
