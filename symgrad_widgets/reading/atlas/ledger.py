"""Keep the rows of an atlas in a file that stays complete even if the program dies while it writes."""

import hashlib
from dataclasses import asdict, fields
from pathlib import Path
from typing import get_type_hints

import numpy as np

from ... import batch
from ...errors import OutputError
from ...search import WORDS
from ...stored import misfit
from .laws import NeuronLaw

__all__ = ["Table", "digest"]

_KINDS = get_type_hints(NeuronLaw) | {"made_of": str}


class Table:
    """Rows by layer and neuron. If there is a file, each row is written to the file before it is added here.

    Parameters
    ----------
    path : path of the file, or None
        Rows that are already in the file are used.
    made_of : text
        Identifies the model, the points and the settings. OutputError is raised if the rows in the file were
        made from another model, other points or other settings.

    """

    def __init__(self, path, made_of):
        self._path, self._made_of, self.rows = path if path is None else Path(path), made_of, {}
        if path is not None:
            batch.repair(self._path)
            for stored in batch.read(self._path):
                self._take(stored)

    def _take(self, stored):
        wrong = misfit(stored, _KINDS)
        if wrong is None and (
            stored["kind"] not in WORDS or (stored["formula"] is not None and stored["loss"] is None)
        ):
            wrong = f"its kind is {stored['kind']!r}, its formula {stored['formula']!r}"
        if wrong is not None:
            raise OutputError(
                f"{self._path} holds no atlas, or an atlas that another version made by other rules (in a "
                f"row {wrong}): choose another path"
            )
        row = NeuronLaw(**{f.name: stored[f.name] for f in fields(NeuronLaw)})
        if stored["made_of"] != self._made_of:
            raise OutputError(
                f"{self._path} holds an atlas of another model, of other points or with other settings: "
                "choose another path"
            )
        self.rows[row.layer, row.neuron] = row

    def add(self, row):
        if self._path is not None:
            batch.append(self._path, asdict(row) | {"made_of": self._made_of})
        self.rows[row.layer, row.neuron] = row


def digest(model, points, settings, reading):
    """Return a text that identifies a model's weights and buffers, the points, settings and arguments."""
    from ...network.gradients.outputs import tensors_in  # loads torch only if needed

    state = hashlib.sha256(repr(settings).encode())
    for name, value in [*model.state_dict().items(), ("", reading)]:  # extra state may be anything
        for tensor in tensors_in(value):
            plain = (
                tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor
            )  # a tensor may be distributed over processes
            plain = plain.dequantize() if plain.is_quantized else plain
            state.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            state.update(plain.detach().cpu().double().contiguous().numpy().tobytes())
    state.update(np.ascontiguousarray(points).tobytes())
    return state.hexdigest()[:16]
