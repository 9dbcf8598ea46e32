"""Read what a neuron has learnt as a formula.

A neuron often computes `f = phi(g)`: a concept `g` bent by an unknown monotone `phi`. The direction of
the neuron's input gradient does not depend on `phi`. So we compare formulas with the neuron by the directions
of their gradients.

>>> import symgrad_widgets as sg
>>> run = sg.experiments["oscillator"].train(seed=0)
>>> sg.interpret(run.model, run.x, names=("x", "v")).best.expression
v**2 + x**2
"""

import importlib

_PUBLIC = {
    "Answer": "notebook_support.asking",
    "Atlas": "reading.atlas",
    "Candidate": "search",
    "Certificate": "search",
    "DecisionView": "widgets",
    "Division": "search",
    "DivisionView": "widgets",
    "Experiment": "network.experiment",
    "ExperimentChooser": "widgets",
    "ExpressionView": "widgets",
    "FieldView": "widgets",
    "FilmView": "widgets",
    "Film": "reading.film",
    "GradientField": "field",
    "Instrument": "widgets",
    "Interpretation": "reading.interpretation",
    "NeuronPicker": "widgets",
    "OwnSystem": "widgets",
    "OwnTable": "widgets",
    "Panel": "widgets",
    "PhiBender": "widgets",
    "PhiView": "widgets",
    "PySR": "search.pysr",
    "Question": "notebook_support.asking",
    "Search": "search",
    "SearchState": "search",
    "SearchStepper": "widgets",
    "SideBySide": "network.modules",
    "SymgradError": "errors",
    "Symmetries": "reading.symmetry",
    "SymmetryView": "widgets",
    "TrainingMonitor": "widgets",
    "TrainingResult": "network.training",
    "Verdict": "verdict",
    "Workbench": "widgets",
    "atlas": "reading.atlas",
    "baselines": "reading",
    "check_answer": "notebook_support.exercises",
    "check_parameters": "notebook_support.parameters",
    "contents": "measuring",
    "define_operator": "formula.operators",
    "divide": "search",
    "experiments": "network.experiment",
    "film": "reading.film",
    "from_checkpoint": "network.checkpoints",
    "gradient_field": "network.gradients",
    "interpret": "reading.interpretation",
    "page": "widgets",
    "read_formula": "formula.typed",
    "record": "notebook_support.report",
    "score": "search",
    "studies": "measuring",
    "symmetries": "reading.symmetry",
    "to_numpy": "formula.export",
    "to_torch": "formula.export",
    "verify": "verdict",
}
__all__ = sorted(_PUBLIC)  # noqa: PLE0605
__version__ = "0.1.0"


def __getattr__(name):
    """Import the module behind a public name at its first use, because torch and bokeh take seconds."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(f".{_PUBLIC[name]}", __name__)
    value = getattr(home, name) if hasattr(home, name) else importlib.import_module(f".{name}", home.__name__)
    globals()[name] = value
    return value


def __dir__():
    return sorted([*globals(), *_PUBLIC])
