"""What PySR is asked to do: its loss, its parameters, and the published recipe."""

import json
from dataclasses import asdict, dataclass, field

from ...errors import DataError, UnknownNameError, nearest

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
# arXiv 2409.05305: operators, costs, sizes, batches and iterations as published; the rest are the defaults
# of PySR before 1.0, which later versions changed, and which the publication therefore rests on. Only the
# precision is ours.
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
_OURS = (
    *("loss_function", "loss_function_expression", "elementwise_loss", "expression_spec", "type_spec"),
    *("operators", "binary_operators", "unary_operators", "extra_sympy_mappings", "niterations"),
    *("random_state", "warm_start", "guesses", "run_id", "tempdir", "temp_equation_file", "output_directory"),
    *("input_stream", "progress", "autodiff_backend", "precision", "select_k_features", "denoise"),
)


@dataclass(frozen=True)
class PySR:
    """How PySR is to search: `Search(field, backend=PySR("paper"))`; `backend="pysr"` is `PySR()`.

    Parameters
    ----------
    preset : "default", PySR's own settings, or "paper", the published recipe of arXiv 2409.05305 with
        everything pinned that PySR changed since (its operators are used where `Search` is given none)
    loss : "angle", the mean of `1 - cos^2` as in the native engine, or "paper", `(2 - 2 cos) / n` with one
        sign for the whole field, for one neuron
    iterations : of PySR in one generation of the search. PySR loses a little between two runs, so a
        generation is a block of them; the paper's 200 are 20 generations
    parameters : of `pysr.PySRRegressor`, by name, instead of the preset's

    A fixed seed gives the same front, since PySR runs serially; `{"parallelism": "multithreading",
    "deterministic": False}` trades that for speed.
    """

    preset: str = "default"
    loss: str = "angle"
    iterations: int = 10
    parameters: dict = field(default_factory=dict)

    def __post_init__(self):
        for what, value, known in (("preset", self.preset, _PRESETS), ("loss", self.loss, LOSSES)):
            if value not in known:
                raise UnknownNameError(f"no {what} {value!r} of PySR: {nearest(value, known)}")
        if type(self.iterations) is not int or self.iterations < 1:
            raise DataError(f"iterations must be a whole number >= 1, got {self.iterations!r}")
        try:
            json.dumps(self.parameters, allow_nan=False)
            ours = sorted(set(self.parameters) & set(_OURS))
        except (TypeError, ValueError):
            raise DataError(
                f"parameters must be numbers, texts and lists of them by name, got {self.parameters!r}"
            ) from None
        if ours:
            raise DataError(f"PySR's {', '.join(ours)} is set by the search itself: leave it out")

    @classmethod
    def read(cls, backend):
        """Return settings: of "pysr", of settings themselves, or of what was saved of them."""
        if isinstance(backend, cls):
            return backend
        return cls(**backend) if isinstance(backend, dict) else cls()

    def saved(self):
        """Return the settings in JSON types."""
        return asdict(self)

    def regressor(self, max_complexity):
        """Return the arguments of PySRRegressor that depend on nothing else."""
        chosen = _ALWAYS | _PRESETS[self.preset]
        maxsize = min(chosen.get("maxsize", max_complexity), max_complexity)
        return chosen | {"maxsize": maxsize} | self.parameters
