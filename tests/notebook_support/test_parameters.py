"""Parameters that are misspelt or make no sense end a notebook at once, in one line that says what to do."""

import ast
import types

import IPython
import nbformat
import numpy as np
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from notebook_runs import OF_EXPERIMENTS, code_cells, execute, name

import symgrad_widgets as sg
from symgrad_widgets.errors import SymgradError
from symgrad_widgets.notebook_support import notebook_files

GOOD = {"seed": 0, "retrain": False, "variant": "default", "budget": 20, "guess_first": False}
CALL = f"sg.check_parameters({', '.join(f'{name}={name}' for name in GOOD)})"


def test_what_notebooks_have_is_allowed():
    sg.check_parameters(**GOOD)
    sg.check_parameters(seed=np.int64(3), retrain=True, budget=0.5, experiment="ellipse")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"seed": "a"}, "seed = 'a' of this notebook must be a whole number of at least 0, such as 1"),
        ({"seed": -1}, "seed = -1 of this notebook must be a whole number of at least 0"),
        ({"seed": True}, "seed = True of this notebook must be a whole number"),
        ({"retrain": 3}, "retrain = 3 of this notebook must be True, to train here, or False"),
        ({"retrain": "false"}, "retrain = 'false' of this notebook must be True"),
        (
            {"variant": 2},
            'variant = 2 of this notebook must be the name of a variant of the data, such as "d',
        ),
        ({"budget": -1}, "budget = -1 of this notebook must be a positive number of seconds, such as 20"),
        ({"budget": "20"}, "budget = '20' of this notebook must be a positive number of seconds"),
        ({"budget": float("nan")}, "budget = nan of this notebook must be a positive number of seconds"),
        ({"guess_first": 1}, "guess_first = 1 of this notebook must be True, to guess before answers unfold"),
        ({"buget": 3}, "no notebook has a parameter 'buget': did you mean 'budget'?"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_has_to_be(wrong, message):
    with pytest.raises(SymgradError) as raised:
        sg.check_parameters(**GOOD | wrong)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("cells", "unknown"),
    [
        (["seed = 0", "# Parameters\nseed = 1\nbudget = 5.0\n"], None),
        (["seed = 0", "# Parameters\nseed = 1\nretran = True\n"], "'retran': did you mean 'retrain'"),
        (["seed = 0", "# my own\nretran = True\n"], None),
    ],
)
def test_a_name_that_papermill_only_logs_is_an_error(cells, unknown, monkeypatch):
    shell = types.SimpleNamespace(user_ns={"In": ["", *cells]})
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    if unknown is None:
        sg.check_parameters(**GOOD)
        return
    with pytest.raises(SymgradError) as raised:
        sg.check_parameters(**GOOD)
    assert f"the notebook has no parameter {unknown}" in str(raised.value)


@pytest.mark.parametrize("path", sorted(set(OF_EXPERIMENTS.values())), ids=name)
def test_every_experiment_notebook_checks_them_before_anything_that_they_change(path):
    _, parameters, check, *_ = code_cells(path)
    given = {n.arg: ast.unparse(n.value) for n in ast.parse(check.source).body[-1].value.keywords}
    assert "parameters" in parameters.metadata["tags"]
    assert given == {name: name for name in notebook_files.defaults(path)}
    assert ast.unparse(ast.parse(check.source).body[-1].value.func) == "sg.check_parameters"


@pytest.mark.notebook
@pytest.mark.parametrize(("given", "said"), [({"retran": True}, "retran"), ({"variant": "x"}, "variant 'x'")])
def test_papermill_ends_with_the_one_line(given, said, tmp_path):
    notebook = new_notebook(
        cells=[
            new_code_cell("\n".join(f"{key} = {value!r}" for key, value in GOOD.items())),
            new_code_cell(f"import symgrad_widgets as sg\n\n{CALL}"),
            new_code_cell('sg.experiments["oscillator"].sample(20, seed=seed, variant=variant)'),
        ]
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, tmp_path / "source.ipynb")
    (tmp_path / "out").mkdir()
    with pytest.raises(papermill.PapermillExecutionError) as failure:
        execute(tmp_path / "source.ipynb", tmp_path / "out", **given)
    assert failure.value.ename == "UnknownNameError"
    assert said in failure.value.evalue
    sentence, own, rest = failure.value.traceback
    assert sentence == f"{failure.value.ename}: {failure.value.evalue}"
    assert own.startswith("----> ")
    assert rest == "For the rest: import traceback; traceback.print_last()"
