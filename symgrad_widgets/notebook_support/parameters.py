"""Check a notebook's parameters at its start: papermill mentions a misspelt parameter only in a log."""

import ast
import sys
from numbers import Integral, Real

from ..errors import DataError, UnknownNameError, nearest

__all__ = ["check_parameters"]

_MARK = "# Parameters\n"  # papermill adds a cell after the notebook's own, and begins it with this


def _is(value, kind):
    return isinstance(value, kind) and not isinstance(value, bool)


_RULES = {  # name: what it has to be
    "seed": (lambda v: _is(v, Integral) and v >= 0, "a whole number of at least 0, such as 1"),
    "retrain": (
        lambda v: isinstance(v, bool),
        "True, to train here, or False, to use the package's weights",
    ),
    "variant": (lambda v: isinstance(v, str), 'the name of a variant of the data, such as "default"'),
    "budget": (lambda v: _is(v, Real) and 0 < v < float("inf"), "a positive number of seconds, such as 20"),
    "guess_first": (
        lambda v: isinstance(v, bool),
        "True, to guess before answers unfold, or False, to see all of them",
    ),
    "experiment": (lambda v: isinstance(v, str), 'the name of an experiment, such as "oscillator"'),
}


def check_parameters(**values):
    """Check the parameters of a notebook, given by name, and check that papermill was given no others.

    >>> sg.check_parameters(seed=seed, retrain=retrain, budget=budget, guess_first=guess_first)

    Raises
    ------
    DataError
        if a parameter cannot have its value.
    UnknownNameError
        if a name is not a parameter of this notebook, and would be ignored.

    """
    for name in _injected():
        if name not in values:
            raise UnknownNameError(f"the notebook has no parameter {name!r}: {nearest(name, values)}")
    for name, value in values.items():
        if name not in _RULES:
            raise UnknownNameError(f"no notebook has a parameter {name!r}: {nearest(name, _RULES)}")
        allows, what = _RULES[name]
        if not allows(value):
            raise DataError(f"the parameter {name} = {value!r} of this notebook must be {what}")


def _injected():
    """Return the names that papermill has set, in the cell that it adds."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    sources = [] if shell is None else shell.user_ns.get("In", [])
    cells = [ast.parse(source) for source in sources if source.startswith(_MARK)]
    return [node.targets[0].id for cell in cells[-1:] for node in cell.body if isinstance(node, ast.Assign)]
