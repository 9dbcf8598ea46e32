"""Use your own rows, with labels, values or partners. A seed splits them into parts that do not overlap."""

from functools import partial

import numpy as np

from ...arrays import floats, missing, names_of
from ...checks import checked_names
from ...errors import DataError
from .data import PARTS, Labelled, Triplets, checked_concepts

__all__ = ["labels_parts", "pairs_parts", "values_parts"]

_LEAST = 120  # rows, so that each part has at least 16
_BATCHES = 8  # least number in an epoch
_SCHEDULES = {  # as many training steps for few rows as for many
    "siamese": {"steps": 5000},
    "regression": {"steps": 5000},
    "classifier": {"steps": 3000, "weight_decay": 3e-3},  # bounds the logits if labels have no noise
}


def labels_parts(x, y, names, title, concepts):
    """Return the attributes of an experiment with labels (classifier): see `Experiment.from_labels`."""
    names = _checked_names(x, "x", names)
    x, y = _checked_points(x, "x", names), _checked_labels(y)
    _checked_equal(x=x, y=y)
    classes = np.unique(y)
    if len(classes) != 2:
        listed = ", ".join(map(str, classes[:5].tolist())) + (", ..." if len(classes) > 5 else "")
        raise DataError(f"labels must be of two classes, got {len(classes)}: {listed}")
    data = Labelled(x, (y == classes[1]).astype(float))
    return _table("labels", title, names, partial(_labelled, data), len(x), concepts, "classifier")


def values_parts(x, y, names, title, concepts):
    """Return the attributes of an experiment with values (regression): see `Experiment.from_values`."""
    names = _checked_names(x, "x", names)
    x, y = _checked_points(x, "x", names), _checked_finite(floats(y, "y").reshape(-1), "y")
    _checked_equal(x=x, y=y)
    if np.ptp(y) == 0:
        raise DataError(f"y is {y[0]:g} in every row: there is nothing to learn")
    data = Labelled(x, (y - y.mean()) / y.std())
    return _table("values", title, names, partial(_labelled, data), len(x), concepts, "regression")


def pairs_parts(anchor, positive, names, title, concepts):
    """Return the attributes of an experiment with pairs that share something: see `Experiment.from_pairs`."""
    names = _checked_names(anchor, "anchor", names)
    anchor, positive = (
        _checked_points(points, what, names) for points, what in ((anchor, "anchor"), (positive, "positive"))
    )
    _checked_equal(anchor=anchor, positive=positive)
    if np.array_equal(anchor, positive):
        raise DataError("anchor and positive are the same points: nothing can be learnt from such pairs")
    return _table("pairs", title, names, partial(_paired, anchor, positive), len(anchor), concepts, "siamese")


def _labelled(data, rows):
    return Labelled(data.x[rows], data.y[rows])


def _paired(anchor, positive, rows):
    """Return triplets of rows in random order: the negative is the anchor of the row before."""
    return Triplets(anchor[rows], positive[rows], anchor[np.roll(rows, 1)])


def _table(slug, title, names, pick, size, concepts, kind):
    train, schedule = int(PARTS[0] * size), dict(_SCHEDULES[kind])
    batch = int(np.clip(train // _BATCHES, 16, 512))
    epochs = int(np.ceil(schedule.pop("steps") * batch / train))
    return {
        "id": slug,
        "slug": slug,
        "title": title,
        "names": names,
        "samplers": {"default": pick},
        "concepts": checked_concepts(concepts, names),
        "kind": kind,
        "presets": {"default": {**schedule, "batch": batch, "epochs": epochs, "count": size}},
        "size": size,
    }


def _checked_names(points, what, names):
    names = names_of(points, names)
    if names is None:
        raise DataError(f"{what} has no column names: pass names, such as ['x', 'v']")
    return checked_names(names)


def _checked_points(points, what, names):
    """Return a finite float64 array (N, n), or raise DataError."""
    array = floats(points, what)
    if array.ndim != 2 or array.shape[1] != len(names):
        raise DataError(
            f"{what} must be an array (N, {len(names)}), a column for each of {', '.join(names)}; "
            f"got shape {array.shape}"
        )
    if len(array) < _LEAST:
        raise DataError(f"{what} has {len(array)} rows, but at least {_LEAST} are needed")
    return _checked_finite(array, what)


def _checked_labels(y):
    """Return labels (N,): finite numbers, truth values or texts; other objects become texts."""
    gaps = np.flatnonzero(missing(y, "labels"))
    if len(gaps):
        raise DataError(
            f"{len(gaps)} labels are masked or missing, the first in row {gaps[0]}: leave them out"
        )
    y = np.asarray(y.detach().cpu() if hasattr(y, "detach") else y).reshape(-1)
    return _checked_finite(y, "y") if y.dtype.kind == "f" else y.astype(str) if y.dtype.kind == "O" else y


def _checked_finite(array, what):
    broken = np.flatnonzero(~np.isfinite(array.reshape(len(array), -1)).all(axis=1))
    if len(broken):
        raise DataError(
            f"{len(broken)} of {len(array)} rows of {what} hold values that are not finite, the first is row "
            f"{broken[0]}: {array[broken[0]]}; leave them out"
        )
    return array


def _checked_equal(**columns):
    (first, a), (second, b) = columns.items()
    if len(a) != len(b):
        raise DataError(f"{first} has {len(a)} rows, but {second} has {len(b)}: pass as many rows of each")
