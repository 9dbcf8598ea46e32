"""Fronts, trainings, bent values and data, as pictures."""

import numpy as np

from ..errors import DataError
from .angles import comparable, thin
from .picture import BLUE, GREEN, GREY, ORANGE, RED, Mark, Picture

__all__ = [
    "front_picture",
    "history_picture",
    "labels_picture",
    "pairs_picture",
    "phi_picture",
    "plane_picture",
]

_LOWEST = 1e-12  # a loss below is rounding; it is drawn here
_POINTS = 400
_OTHERS = ((ORANGE, "triangle"), (GREY, "star"), (RED, "diamond"))


def front_picture(front, best=None, guesses=(), published=(), null=(), marked=None, others=None):
    """Draw loss against complexity of the candidates found, on a logarithmic scale.

    All arguments hold objects with `expression`, `complexity` and `loss` (mean of `1 - cos^2`): the front by
    complexity; the one chosen from it, or None; a person's own guesses; those of a publication; what a search
    of random directions finds; and the one marked because a person is looking at it. `others` holds fronts of
    up to three other methods, by name.
    """
    front, guesses, published, null = tuple(front), tuple(guesses), tuple(published), tuple(null)
    marks = [
        Mark("line", _places(front, ("x", "y")), BLUE, size=1.5),
        Mark("points", _places(front), BLUE, "found", "circle", 9, ("formula", "loss")),
        Mark("points", _places([best] if best else []), RED, "chosen", "ring", 17),
    ]
    if guesses:
        marks.append(
            Mark("points", _places(guesses), GREEN, "your guess", "diamond", 11, ("formula", "loss"))
        )
    if published:
        marks.append(
            Mark("points", _places(published), ORANGE, "published", "triangle", 8, ("formula", "loss"))
        )
    for (label, some), (colour, shape) in zip((others or {}).items(), _OTHERS, strict=False):
        marks.append(Mark("points", _places(some), colour, label, shape, 8, ("formula", "loss")))
    if marked is not None:
        marks.append(Mark("points", _places([marked], ("x", "y")), GREY, "looked at", "ring", 24))
    if null:
        marks.append(Mark("line", _null_line(null, front), GREY, "random directions", "dotted", 2))
    return Picture(
        title="Loss against complexity",
        x_label="complexity (nodes)",
        y_label="loss (mean 1 - cos²)",
        marks=tuple(marks),
        words=_describe_front(front, best) + _describe_null(null) + _describe_others(others or {}),
        log_y=True,
    )


def _places(candidates, only=("x", "y", "formula", "loss")):
    columns = {
        "x": [c.complexity for c in candidates],
        "y": [max(c.loss, _LOWEST) for c in candidates],
        "formula": [str(c.expression) for c in candidates],
        "loss": [f"{c.loss:.2g}" for c in candidates],
    }
    return {name: columns[name] for name in only}


def _null_line(null, front):
    """Least loss on random directions up to each complexity, as far as the front goes."""
    x = [c.complexity for c in null]
    y = [min(c.loss for c in null[: i + 1]) for i in range(len(null))]
    last = max([*x, *(c.complexity for c in front)])
    return {"x": [*x, last], "y": [*y, y[-1]]}


def _describe_front(front, best):
    if not front:
        return "The front is empty: no step of the search has been taken."
    many = "One formula" if len(front) == 1 else f"{len(front)} formulas"
    first, last = front[0], front[-1]
    words = f"{many} on the front, complexity {first.complexity} to {last.complexity}"
    words += f", loss {first.loss:.2g} to {last.loss:.2g}. "
    if best is None:
        return words + "None stands out: no closed form so far."
    return words + f"Chosen: {best.expression} (complexity {best.complexity}, loss {best.loss:.2g})."


def _describe_null(null):
    return f" On random directions the same search gets to {min(c.loss for c in null):.2g}." if null else ""


def _describe_others(others):
    least = (f"{label} {min(c.loss for c in some):.2g}" for label, some in others.items() if some)
    return f" Least losses of other methods: {', '.join(least)}." if others else ""


def history_picture(history):
    """Training curves: `loss` and `validation` of a history (dict of lists) against its `epoch`."""
    columns = ("loss", "validation")
    missing = [name for name in ("epoch", *columns) if name not in history]
    if missing:
        raise DataError(f"the history has no {missing[0]!r}, only {', '.join(history)}")
    epochs, looks = history["epoch"], ((BLUE, "solid"), (RED, "dashed"))
    marks = tuple(
        Mark("line", {"x": epochs, "y": history[name]}, colour, name, dash, 2)
        for name, (colour, dash) in zip(columns, looks, strict=True)
    )
    values = np.concatenate([np.asarray(history[name], dtype=float) for name in columns])
    ends = ", ".join(
        f"{name} from {history[name][0]:.3g} to {history[name][-1]:.3g}" for name in columns if epochs
    )
    return Picture(
        title="Training",
        x_label="epoch",
        y_label="loss",
        marks=marks,
        words=f"Training over {len(epochs)} epochs: {ends}." if epochs else "Training has not begun.",
        log_y=bool(len(values) and np.nanmin(values) > 0),
    )


def phi_picture(formula_values, neuron_values, phi=None, what="the formula", title="Neuron against formula"):
    """Neuron value against formula value, one dot for each point, with the fitted curve `phi(values)`."""
    x, y = np.asarray(formula_values, dtype=float), np.asarray(neuron_values, dtype=float)
    if x.shape != y.shape or x.ndim != 1:
        raise DataError(
            f"formula and neuron values must be two equally long columns, got {x.shape} and {y.shape}"
        )
    chosen = thin(len(x), _POINTS)
    marks = [Mark("points", {"x": x[chosen], "y": y[chosen]}, BLUE, "data", "circle", 4)]
    if phi is not None:
        line = np.linspace(*np.nanpercentile(x, [0, 100]), 200)
        marks.append(
            Mark("line", {"x": line, "y": np.asarray(phi(line), dtype=float)}, RED, "phi", "solid", 2.5)
        )
    return Picture(
        title=title,
        x_label=f"value of {what}",
        y_label="value of the neuron",
        marks=tuple(marks),
        words=_describe_phi(x, y, what),
    )


def _describe_phi(x, y, what):
    ranks = [np.argsort(np.argsort(column)) for column in (x, y)]
    rank = np.corrcoef(*ranks)[0, 1] if len(x) > 1 else np.nan
    trend = "rises" if rank > 0 else "falls"
    return (
        f"The neuron's value {trend} with the value of {what} at {len(x)} points "
        f"(rank correlation {rank:.3f}; +-1 means that one is a monotone function of the other)."
    )


def pairs_picture(anchor, positive, names, inputs=(0, 1), limit=120):
    """Anchors and positives; a line joins each pair that shares the concept's value.

    `anchor` and `positive` have shape (N, n); two of the n inputs are shown.
    """
    anchor, positive = np.asarray(anchor, dtype=float), np.asarray(positive, dtype=float)
    if anchor.shape != positive.shape or anchor.ndim != 2:
        raise DataError(
            f"anchors and positives must be two tables of one shape, got {anchor.shape}, {positive.shape}"
        )
    chosen, (i, j) = thin(len(anchor), limit), inputs
    a, p = anchor[chosen], positive[chosen]
    return Picture(
        title="Pairs that share the concept",
        x_label=names[i],
        y_label=names[j],
        marks=(
            Mark("segments", {"x0": a[:, i], "y0": a[:, j], "x1": p[:, i], "y1": p[:, j]}, GREY, size=1),
            Mark("points", {"x": a[:, i], "y": a[:, j]}, BLUE, "anchor", "circle", 6),
            Mark("points", {"x": p[:, i], "y": p[:, j]}, ORANGE, "positive", "triangle", 7),
        ),
        equal=comparable(a[:, [i, j]]),
        words=f"{len(chosen)} pairs of points over {names[i]} and {names[j]}; a line joins each pair.",
    )


def labels_picture(x, y, names, inputs=(0, 1)):
    """Points `x (N, n)` over two inputs, by their labels `y (N,)` of two kinds."""
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    if len(x) != len(y) or len(np.unique(y)) != 2:
        raise DataError(f"{len(x)} points and {len(y)} labels: give one for each point, of two kinds")
    chosen, (i, j), (no, yes) = thin(len(x), _POINTS), inputs, np.unique(y)
    x, y = x[chosen], y[chosen]
    looks = ((no, BLUE, "ring"), (yes, ORANGE, "triangle"))
    marks = tuple(
        Mark("points", {"x": x[y == k, i], "y": x[y == k, j]}, colour, f"label {k:g}", shape, 6)
        for k, colour, shape in looks
    )
    return Picture(
        title="Labels over the data",
        x_label=names[i],
        y_label=names[j],
        marks=marks,
        equal=comparable(x[:, [i, j]]),
        words=f"{len(chosen)} points over {names[i]} and {names[j]}, "
        f"{(y == yes).mean():.0%} labelled {yes:g}.",
    )


def plane_picture(points, values, names, inputs=(0, 1), what="value"):
    """Points over two inputs, in four groups of equal size from low to high values."""
    points, values = np.asarray(points, dtype=float), np.asarray(values, dtype=float)
    if len(points) != len(values):
        raise DataError(f"{len(points)} points and {len(values)} values: give one value for each point")
    chosen, (i, j) = thin(len(points), _POINTS), inputs
    points, values = points[chosen], values[chosen]
    cuts = np.quantile(values, [0.25, 0.5, 0.75])
    group = np.searchsorted(cuts, values)
    looks = ((BLUE, "circle"), (GREEN, "ring"), (ORANGE, "triangle"), (RED, "diamond"))
    labels = (f"{what} < {cuts[0]:.2g}", f"< {cuts[1]:.2g}", f"< {cuts[2]:.2g}", "above")
    marks = tuple(
        Mark("points", {"x": points[group == g, i], "y": points[group == g, j]}, colour, label, shape, 6)
        for g, ((colour, shape), label) in enumerate(zip(looks, labels, strict=True))
    )
    return Picture(
        title=f"{what[:1].upper()}{what[1:]} over {names[i]} and {names[j]}",
        x_label=names[i],
        y_label=names[j],
        marks=marks,
        equal=comparable(points[:, [i, j]]),
        words=f"{len(chosen)} points over {names[i]} and {names[j]}, in four groups by {what}, "
        f"from {values.min():.3g} to {values.max():.3g}.",
    )
