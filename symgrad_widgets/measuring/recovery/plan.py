"""Plan the runs of a sweep, and check them before the first run starts."""

import dataclasses
import json
import re
from dataclasses import dataclass

from ...errors import DataError, UnknownNameError, nearest
from ...network.experiment import experiments
from ...notebook_support import notebook_files

__all__ = ["Run", "parse_seeds", "planned"]

_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


@dataclass(frozen=True)
class Run:
    """One network to train and interpret, in JSON types.

    `settings` are those of the training. `budget` gives the seconds that a search may take (None: the
    default). `notebook` is the path of a notebook to execute; if it is None, the library is called.
    """

    experiment: str
    seed: int
    variant: str
    preset: str
    settings: dict
    budget: float | None
    notebook: str | None

    @property
    def key(self):
        """The values that distinguish this run from the other runs in a folder."""
        return self.experiment, self.seed

    @property
    def setup(self):
        """The values that must be equal in two runs with the same key, so that one can replace the other."""
        names = ("variant", "preset", "settings", "budget")
        by = "library" if self.notebook is None else "notebook"
        return {name: getattr(self, name) for name in names} | {"by": by}

    def parameters(self):
        """Return the parameters for the notebook, checked against the parameters that it takes."""
        if self.notebook is None:
            return {}
        pairs = {"seed": self.seed, "variant": self.variant, "preset": self.preset, "budget": self.budget}
        told = [(name, str(v)) for name, v in pairs.items() if name == "seed" or v not in ("default", None)]
        return notebook_files.parameters(self.notebook, experiments[self.experiment], told)

    def __str__(self):
        return f"{self.experiment} seed {self.seed}"


def parse_seeds(text):
    """Read seeds from a text such as "0-19" or "0,3,7-9", and return them sorted."""
    seeds = set()
    for part in text.split(","):
        found = _RANGE.fullmatch(part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if first > last:
            raise DataError(f"--seeds {text}: write numbers and rising ranges, for example 0-19 or 0,3,7-9")
        seeds.update(range(first, last + 1))
    return sorted(seeds)


def planned(
    names=(), seeds=(0,), variant="default", preset="default", budget=None, notebooks=None, epochs=None
):
    """Runs of the experiments `names` with each seed, ordered by seed, so that early runs cover all names.

    Parameters
    ----------
    names : sequence of slugs or paper ids
        Without names, all experiments that have the variant and, if notebooks are asked for, a notebook.
    seeds : sequence of int
    variant, preset : as in `Experiment.train`
    budget : float or None
        Seconds that a search may take at most; None means the default of `interpret` or of the notebook.
    notebooks : path or None
        Folder of notebooks to execute. With None, the library is called.
    epochs : int or None
        Length of the training, in place of the preset's. The patience of a plateau schedule changes in
        proportion; the patience of an early stop does not change.

    Raises
    ------
    UnknownNameError
        if an experiment, variant, preset or notebook does not exist.
    DataError
        if budget or epochs are not valid, or if a notebook does not take a setting.

    """
    if budget is not None and not budget > 0:
        raise DataError(f"the budget must be a positive number of seconds, got {budget}")
    if epochs is not None and notebooks is not None:
        raise DataError(
            f"a notebook sets its own epochs, but you gave epochs={epochs}: leave out "
            "either the epochs or the notebooks"
        )
    setups, refused = [], []
    for experiment in dict.fromkeys(experiments[name] for name in names) or experiments:
        try:
            setups.append(_setup(experiment, variant, preset, budget, notebooks, epochs))
        except UnknownNameError as error:
            refused.append(error)
    if refused and (names or not setups):
        raise refused[0]
    runs = [Run(seed=int(seed), **setup) for seed in seeds for setup in setups]
    for run in runs:
        run.parameters()
    return runs


def _setup(experiment, variant, preset, budget, notebooks, epochs):
    if variant not in experiment.variants:
        known = nearest(variant, experiment.variants)
        raise UnknownNameError(f"{experiment.slug} has no variant {variant!r}; {known}")
    settings = dataclasses.asdict(_settings(experiment.of(variant), preset, epochs))
    notebook = None if notebooks is None else str(notebook_files.find(experiment, notebooks))
    return {
        "experiment": experiment.slug,
        "variant": variant,
        "preset": preset,
        "settings": json.loads(json.dumps(settings)),
        "budget": budget,
        "notebook": notebook,
    }


def _settings(experiment, preset, epochs):
    from ...network.training import chosen_settings

    whole = chosen_settings(experiment, preset, {})
    if epochs is None:
        return whole
    cut = dataclasses.replace(whole, epochs=epochs)
    patience = max(round(whole.plateau_patience * epochs / whole.epochs), 1)
    return dataclasses.replace(cut, plateau_patience=patience)
