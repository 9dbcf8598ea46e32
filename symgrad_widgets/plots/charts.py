"""Fronts, training runs, bent values and data, as pictures."""

import numpy as np

from ..errors import DataError
from ..words import ENGLISH
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

_LOWEST = 1e-12  # a smaller loss is rounding, and is drawn here
_POINTS = 400
_OTHERS = ((ORANGE, "triangle"), (GREY, "star"), (RED, "diamond"))


def front_picture(front, best=None, guesses=(), published=(), null=(), marked=None, others=None, say=ENGLISH):
    """Draw the loss of candidates, on a logarithmic scale, against their complexity.

    All arguments hold objects with `expression`, `complexity` and `loss` (mean of `1 - cos^2`). `front` is
    sorted by complexity, and `best` is the candidate chosen from it, or None. `guesses` are a person's own
    formulas, `published` are those of a publication, and `null` are the results of a search on random
    directions. `marked` is the candidate that a person is looking at. `others` holds fronts of up to three
    other methods, by name.
    """
    front, guesses, published, null = tuple(front), tuple(guesses), tuple(published), tuple(null)
    hover = say("plots.arrows"), say("plots.loss")

    def dots(some, *look):
        return Mark("points", _told(some, hover, say), *look, hover)

    marks = [
        Mark("line", _places(front), BLUE, size=1.5),
        dots(front, BLUE, say("plots.found"), "circle", 9),
        Mark("points", _places([best] if best else []), RED, say("plots.chosen"), "ring", 17),
    ]
    if guesses:
        marks.append(dots(guesses, GREEN, say("plots.guess"), "diamond", 11))
    if published:
        marks.append(dots(published, ORANGE, say("plots.published"), "triangle", 8))
    for (label, some), (colour, shape) in zip((others or {}).items(), _OTHERS, strict=False):
        marks.append(dots(some, colour, label, shape, 8))
    if marked is not None:
        marks.append(Mark("points", _places([marked]), GREY, say("plots.marked"), "ring", 24))
    if null:
        marks.append(Mark("line", _null_line(null, front), GREY, say("plots.chance"), "dotted", 2))
    words = _describe_front(front, best, say), _describe_null(null, say), _describe_others(others or {}, say)
    return Picture(
        title=say("plots.front"),
        x_label=say("plots.complexity"),
        y_label=say("plots.lossOf"),
        marks=tuple(marks),
        words="".join(words),
        log_y=True,
        say=say,
    )


def _places(candidates):
    return {"x": [c.complexity for c in candidates], "y": [max(c.loss, _LOWEST) for c in candidates]}


def _told(candidates, hover, say):
    """Return the columns with the candidates' places, and the text to show when the pointer is over one."""
    formulas = [str(c.expression) for c in candidates]
    losses = [say.number(c.loss, ".2g") for c in candidates]
    return _places(candidates) | dict(zip(hover, (formulas, losses), strict=True))


def _null_line(null, front):
    """Return the line of the least loss on random directions up to each complexity, to the front's end."""
    x = [c.complexity for c in null]
    y = [min(c.loss for c in null[: i + 1]) for i in range(len(null))]
    last = max([*x, *(c.complexity for c in front)])
    return {"x": [*x, last], "y": [*y, y[-1]]}


def _describe_front(front, best, say):
    if not front:
        return say("plots.frontEmpty")
    many = say("plots.oneOnFront") if len(front) == 1 else say("plots.onFront", count=len(front))
    (first, last), (most, least) = (
        (f"{one.complexity}" for one in (front[0], front[-1])),
        (front[0].loss, front[-1].loss),
    )
    words = say("plots.frontOf", many=many, first=first, last=last, most=most, least=least)
    if best is None:
        return words + say("plots.noneChosen")
    what = str(best.expression)
    return words + say("plots.chosenIs", what=what, length=best.complexity, loss=best.loss)


def _describe_null(null, say):
    return say("plots.chanceGets", loss=min(c.loss for c in null)) if null else ""


def _describe_others(others, say):
    least = (
        f"{label} {say.number(min(c.loss for c in some), '.2g')}" for label, some in others.items() if some
    )
    return say("plots.others", losses=", ".join(least)) if others else ""


def history_picture(history, say=ENGLISH):
    """Draw the training curves: `loss` and `validation` of a history (dict of lists) against `epoch`."""
    columns = ("loss", "validation")
    missing = [name for name in ("epoch", *columns) if name not in history]
    if missing:
        raise DataError(f"the history has no {missing[0]!r}, only {', '.join(history)}")
    epochs, looks = history["epoch"], ((BLUE, "solid"), (RED, "dashed"))
    marks = tuple(
        Mark("line", {"x": epochs, "y": history[name]}, colour, say(f"plots.{name}"), dash, 2)
        for name, (colour, dash) in zip(columns, looks, strict=True)
    )
    values = np.concatenate([np.asarray(history[name], dtype=float) for name in columns])
    ends = ", ".join(
        say("plots.fromTo", name=say(f"plots.{name}"), first=history[name][0], last=history[name][-1])
        for name in columns
        if epochs
    )
    return Picture(
        title=say("plots.training"),
        x_label=say("plots.epoch"),
        y_label=say("plots.loss"),
        marks=marks,
        words=say("plots.epochs", count=len(epochs), ends=ends) if epochs else say("plots.notBegun"),
        log_y=bool(len(values) and np.nanmin(values) > 0),
        say=say,
    )


def phi_picture(formula_values, neuron_values, phi=None, what=None, title=None, say=ENGLISH):
    """Draw the neuron's value against the formula's: a dot for each point, and the fit `phi(values)`."""
    x, y = np.asarray(formula_values, dtype=float), np.asarray(neuron_values, dtype=float)
    if x.shape != y.shape or x.ndim != 1:
        raise DataError(
            f"formula and neuron values must be two equally long columns, got {x.shape} and {y.shape}"
        )
    chosen, what = thin(len(x), _POINTS), what or say("plots.formula")
    marks = [Mark("points", {"x": x[chosen], "y": y[chosen]}, BLUE, say("plots.data"), "circle", 4)]
    if phi is not None:
        line = np.linspace(*np.nanpercentile(x, [0, 100]), 200)
        marks.append(
            Mark("line", {"x": line, "y": np.asarray(phi(line), dtype=float)}, RED, "phi", "solid", 2.5)
        )
    return Picture(
        title=title or say("plots.against"),
        x_label=say("plots.valueOf", what=what),
        y_label=say("plots.neuronValue"),
        marks=tuple(marks),
        words=_describe_phi(x, y, what, say),
        say=say,
    )


def _describe_phi(x, y, what, say):
    ranks = [np.argsort(np.argsort(column)) for column in (x, y)]
    rank = np.corrcoef(*ranks)[0, 1] if len(x) > 1 else np.nan
    trend = say("plots.rises" if rank > 0 else "plots.falls")
    return say("plots.trend", trend=trend, what=what, count=len(x), rank=rank)


def pairs_picture(anchor, positive, names, inputs=(0, 1), limit=120, say=ENGLISH):
    """Draw anchors and positives; a line joins the two points of each pair, which share the concept's value.

    `anchor` and `positive` have shape (N, n); two of the n inputs are shown.
    """
    anchor, positive = np.asarray(anchor, dtype=float), np.asarray(positive, dtype=float)
    if anchor.shape != positive.shape or anchor.ndim != 2:
        raise DataError(
            "anchors and positives must be two tables of the same shape, "
            f"got {anchor.shape} and {positive.shape}"
        )
    chosen, (i, j) = thin(len(anchor), limit), inputs
    a, p = anchor[chosen], positive[chosen]
    return Picture(
        title=say("plots.pairs"),
        x_label=names[i],
        y_label=names[j],
        marks=(
            Mark("segments", {"x0": a[:, i], "y0": a[:, j], "x1": p[:, i], "y1": p[:, j]}, GREY, size=1),
            Mark("points", {"x": a[:, i], "y": a[:, j]}, BLUE, say("plots.anchor"), "circle", 6),
            Mark("points", {"x": p[:, i], "y": p[:, j]}, ORANGE, say("plots.positive"), "triangle", 7),
        ),
        equal=comparable(a[:, [i, j]]),
        words=say("plots.pairsOf", count=len(chosen), across=names[i], up=names[j]),
        say=say,
    )


def labels_picture(x, y, names, inputs=(0, 1), say=ENGLISH):
    """Draw the points `x (N, n)` over two inputs, marked by their labels `y (N,)` of two kinds."""
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    if len(x) != len(y) or len(np.unique(y)) != 2:
        raise DataError(
            "pass one label for each point, of two kinds, "
            f"got {len(y)} labels of {len(np.unique(y))} kind(s) for {len(x)} points"
        )
    chosen, (i, j), (no, yes) = thin(len(x), _POINTS), inputs, np.unique(y)
    x, y = x[chosen], y[chosen]
    looks = ((no, BLUE, "ring"), (yes, ORANGE, "triangle"))
    marks = tuple(
        Mark("points", {"x": x[y == k, i], "y": x[y == k, j]}, colour, say("plots.label", number=k), shape, 6)
        for k, colour, shape in looks
    )
    return Picture(
        title=say("plots.labels"),
        x_label=names[i],
        y_label=names[j],
        marks=marks,
        equal=comparable(x[:, [i, j]]),
        words=say(
            "plots.labelled",
            count=len(chosen),
            across=names[i],
            up=names[j],
            share=(y == yes).mean(),
            number=yes,
        ),
        say=say,
    )


def plane_picture(points, values, names, inputs=(0, 1), what=None, say=ENGLISH):
    """Draw points over two inputs, in four groups of equal size from low to high values."""
    what = what or say("plots.value")
    points, values = np.asarray(points, dtype=float), np.asarray(values, dtype=float)
    if len(points) != len(values):
        raise DataError(f"pass one value for each point, got {len(values)} values for {len(points)} points")
    chosen, (i, j) = thin(len(points), _POINTS), inputs
    points, values = points[chosen], values[chosen]
    cuts = np.quantile(values, [0.25, 0.5, 0.75])
    group = np.searchsorted(cuts, values)
    looks = ((BLUE, "circle"), (GREEN, "ring"), (ORANGE, "triangle"), (RED, "diamond"))
    below = [f"< {say.number(cut, '.2g')}" for cut in cuts]
    labels = (f"{what} {below[0]}", *below[1:], say("plots.above"))
    marks = tuple(
        Mark("points", {"x": points[group == g, i], "y": points[group == g, j]}, colour, label, shape, 6)
        for g, ((colour, shape), label) in enumerate(zip(looks, labels, strict=True))
    )
    return Picture(
        title=say("plots.over", what=f"{what[:1].upper()}{what[1:]}", across=names[i], up=names[j]),
        x_label=names[i],
        y_label=names[j],
        marks=marks,
        equal=comparable(points[:, [i, j]]),
        words=say(
            "plots.quarters",
            count=len(chosen),
            across=names[i],
            up=names[j],
            what=what,
            low=values.min(),
            high=values.max(),
        ),
        say=say,
    )
