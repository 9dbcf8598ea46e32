"""Say what we ask PySR to do: its loss, its parameters, and the published recipe."""

import json
import re
from dataclasses import asdict, dataclass, field

from ...errors import DataError, UnknownNameError, nearest
from ...stored import fits, misfit

__all__ = ["LOSSES", "PAPER_OPERATORS", "PySR"]

LOSSES = {"angle": "symgrad_angle_loss", "paper": "symgrad_paper_loss"}
PAPER_OPERATORS = (("+", "-", "*", "/", "sg_pow", "sg_div"), ("sg_sqrt", "sg_square", "sg_sin", "sg_exp"))
_ALWAYS = {
    "batching": False,
    "deterministic": True,
    "parallelism": "serial",
    "precision": 64,
    "should_simplify": True,
}
# Operators, costs, sizes, batches and iterations as published in arXiv 2409.05305. The paper used PySR before
# 1.0; later versions changed PySR's other defaults, so we set these to the old values. Only the precision is
# ours.
_PAPER = {
    "maxsize": 25,
    "complexity_of_constants": 3,
    "complexity_of_operators": {"sg_sqrt": 4},
    "batching": True,
    "batch_size": 25,
    "populations": 15,
    "population_size": 33,
    "ncycles_per_iteration": 550,
    "parsimony": 0.0032,
    "adaptive_parsimony_scaling": 20.0,
    "use_frequency": True,
    "use_frequency_in_tournament": True,
    "annealing": False,
    "alpha": 0.1,
    "default_plugins": {"AdaptiveParsimonyPlugin": {"tournament": True, "mutation_acceptance": True}},
    "crossover_probability": 0.066,
    "fraction_replaced": 0.000364,
    "fraction_replaced_hof": 0.035,
    "weight_add_node": 0.79,
    "weight_insert_node": 5.1,
    "weight_delete_node": 1.7,
    "weight_do_nothing": 0.21,
    "weight_mutate_constant": 0.048,
    "weight_mutate_operator": 0.47,
    "weight_mutate_feature": 0.0,
    "weight_swap_operands": 0.1,
    "weight_rotate_tree": 0.0,
    "weight_randomize": 0.00023,
    "weight_simplify": 0.002,
    "weight_optimize": 0.0,
    "weight_backsolve": 0.0,
    "perturbation_factor": 0.076,
    "probability_negate_constant": 0.01,
    "tournament_selection_n": 10,
    "tournament_selection_p": 0.86,
    "topn": 12,
    "optimizer_algorithm": "BFGS",
    "optimizer_nrestarts": 2,
    "optimizer_iterations": 8,
    "optimize_probability": 0.14,
    "skip_mutation_failures": True,
    "warmup_maxsize_by": 0.0,
}
_PRESETS = {"default": {}, "paper": _PAPER}
# Parameters that a file can contain. PySR passes some parameters to Julia as code, so we refuse all
# parameters that are not listed here as plain. The following parameters are numbers, or true or false.
_NUMBERS = {
    *("adaptive_parsimony_scaling", "alpha", "annealing", "batch_size", "batching", "bumper"),
    *("complexity_of_constants", "complexity_of_variables", "crossover_probability", "deterministic"),
    *("early_stop_condition", "fast_cycle", "fraction_replaced", "fraction_replaced_guesses"),
    *("fraction_replaced_hof", "hof_migration", "max_evals", "maxdepth", "maxsize", "migration"),
    *("ncycles_per_iteration", "optimize_probability", "optimizer_f_calls_limit", "optimizer_iterations"),
    *("optimizer_nrestarts", "parsimony", "perturbation_factor", "population_size", "populations"),
    *("print_precision", "probability_negate_constant", "procs", "should_optimize_constants"),
    *("should_simplify", "skip_mutation_failures", "timeout_in_seconds", "topn", "tournament_selection_n"),
    *("tournament_selection_p", "turbo", "use_frequency", "use_frequency_in_tournament", "verbosity"),
    *("warmup_maxsize_by", "weight_add_node", "weight_delete_node", "weight_do_nothing"),
    *("weight_insert_node", "weight_mutate_constant", "weight_mutate_feature", "weight_mutate_operator"),
    *("weight_optimize", "weight_randomize", "weight_rotate_tree", "weight_simplify", "weight_swap_operands"),
    "weight_backsolve",
}
_WORDS = {
    "batching": {"auto"},
    "loss_scale": {"linear", "log"},
    "optimizer_algorithm": {"BFGS", "NelderMead"},
    "parallelism": {"multiprocessing", "multithreading", "serial"},
}
_BY_OPERATOR = {"complexity_of_operators", "constraints", "nested_constraints"}
_OPERATOR = re.compile(r"[-+*/^]|[A-Za-z]\w{,30}", re.ASCII)
_OURS = (
    *("loss_function", "loss_function_expression", "elementwise_loss", "expression_spec", "type_spec"),
    *("operators", "binary_operators", "unary_operators", "extra_sympy_mappings", "niterations"),
    *("random_state", "warm_start", "guesses", "run_id", "tempdir", "temp_equation_file", "output_directory"),
    *("input_stream", "progress", "autodiff_backend", "precision", "select_k_features", "denoise"),
)


_KINDS = {"preset": str, "loss": str, "iterations": int, "parameters": dict}


def _is_plain(name, value):
    """Return whether a parameter is plain data, so that Julia cannot run it as code."""
    if name in _BY_OPERATOR:
        return isinstance(value, dict) and all(map(_of_operator, value, value.values()))
    return (
        (name in _WORDS and type(value) is str and value in _WORDS[name])
        or (name in _NUMBERS and fits(value, float | bool | None))
        or (name == "complexity_of_variables" and fits(value, list[float]))
    )


def _of_operator(name, value):
    if isinstance(value, dict):
        return _OPERATOR.fullmatch(name) is not None and all(map(_of_operator, value, value.values()))
    return _OPERATOR.fullmatch(name) is not None and fits(value, float | list[int])


@dataclass(frozen=True)
class PySR:
    """How PySR searches: `Search(field, backend=PySR("paper"))`; `backend="pysr"` means `PySR()`.

    Parameters
    ----------
    preset : "default", PySR's own settings; or "paper", the published recipe of arXiv 2409.05305. The recipe
        sets everything that PySR has changed since the paper to its old value, and uses the paper's operators
        if you pass none to `Search`
    loss : "angle", the mean of `1 - cos^2` as in the native engine; or "paper", `(2 - 2 cos) / n` with one
        sign for the whole field, which is defined for a single neuron only
    iterations : PySR's iterations in one generation of the search. A generation is a block of iterations,
        because PySR loses some statistics between two runs. With the default, the paper's 200 iterations are
        20 generations
    parameters : parameters of `pysr.PySRRegressor`, by name, which override the preset

    PySR runs serially, so the same seed gives the same front.
    `{"parallelism": "multithreading", "deterministic": False}` is faster but not reproducible.
    """

    preset: str = "default"
    loss: str = "angle"
    iterations: int = 10
    parameters: dict = field(default_factory=dict)

    def __post_init__(self):
        for what, value, known in (("preset", self.preset, _PRESETS), ("loss", self.loss, LOSSES)):
            if value not in known:
                raise UnknownNameError(f"PySR has no {what} {value!r}: {nearest(value, known)}")
        if type(self.iterations) is not int or self.iterations < 1:
            raise DataError(f"iterations must be a whole number >= 1, got {self.iterations!r}")
        try:
            json.dumps(self.parameters, allow_nan=False)
            ours = sorted(set(self.parameters) & set(_OURS))
        except (TypeError, ValueError):
            raise DataError(
                f"parameters must map names to numbers, texts, or lists of them, got {self.parameters!r}"
            ) from None
        if ours:
            raise DataError(f"PySR's {', '.join(ours)} is set by the search itself: leave it out")

    @classmethod
    def read(cls, backend):
        """Return the settings for "pysr", for a PySR object, or for a saved dict."""
        if isinstance(backend, cls):
            return backend
        if not isinstance(backend, dict):
            return cls()
        known = {name: kind for name, kind in _KINDS.items() if name in backend}
        wrong = misfit(backend, known) or ", ".join(sorted(backend.keys() - known))
        if wrong:
            raise DataError(f"these are not saved settings of PySR: {wrong}")
        settings = cls(**backend)
        settings.saved()
        return settings

    def saved(self):
        """Return the settings as JSON types; raise DataError if a parameter is not plain data."""
        refused = sorted(name for name, value in self.parameters.items() if not _is_plain(name, value))
        if refused:
            raise DataError(
                f"PySR's {', '.join(refused)} may be code that Julia runs, so it is neither saved nor read "
                "from a file: pass it in Python, backend=PySR(parameters=...), or leave it out"
            )
        return asdict(self)

    def regressor(self, max_complexity):
        """Return the arguments of PySRRegressor that depend on these settings alone."""
        chosen = _ALWAYS | _PRESETS[self.preset]
        maxsize = min(chosen.get("maxsize", max_complexity), max_complexity)
        return chosen | {"maxsize": maxsize} | self.parameters
