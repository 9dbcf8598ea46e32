"""The experiments: `experiments["oscillator"]` or, by the paper's id, `experiments["P1-07"]`.

Each module of this package lists some experiments in `EXPERIMENTS`. A new module is found automatically.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cached_property

from ...errors import UnknownNameError, nearest
from .data import Triplets
from .definition import Experiment

__all__ = ["Experiment", "Triplets", "experiments"]


class _Experiments(Mapping):
    """All experiments, by slug or paper id, in upper or lower case; iteration gives experiments."""

    @cached_property
    def _rows(self):
        modules = (importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__))
        rows = [row for module in modules for row in getattr(module, "EXPERIMENTS", ())]
        return tuple(sorted(rows, key=lambda row: row.id))

    @cached_property
    def _by_name(self):
        return {name.lower(): row for row in self._rows for name in (row.slug, row.id)}

    def __getitem__(self, name: str) -> Experiment:
        found = self._by_name.get(str(name).strip().lower())
        if found is None:
            known = [name for row in self._rows for name in (row.slug, row.id)]
            raise UnknownNameError(f"there is no experiment {name!r}; {nearest(name, known)}")
        return found

    def __contains__(self, name):
        return name in self._rows or str(name).strip().lower() in self._by_name

    def __iter__(self):
        return iter(self._rows)

    def __len__(self):
        return len(self._rows)

    def keys(self):
        """Return slugs, in the order of the ids."""
        return tuple(row.slug for row in self._rows)

    def values(self):
        """Return experiments, in the order of the ids."""
        return self._rows

    def items(self):
        """Return the pairs of slug and experiment."""
        return tuple((row.slug, row) for row in self._rows)

    def __repr__(self):
        return "\n".join(f"{row.id}  {row.slug:<14}{row.title}" for row in self._rows)


experiments = _Experiments()
