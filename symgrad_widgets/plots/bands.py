"""A film of learning: how near the last formula is at each epoch, and which formula the neuron has there."""

import numpy as np

from .picture import BLUE, GREEN, GREY, ORANGE, RED, Mark, Picture

__all__ = ["film_picture"]

_LOWEST = 1e-12  # a loss below is rounding; it is drawn here
_COLOURS = ORANGE, GREEN, RED
_LETTERS = 16  # of a formula in the legend
_HIGH, _ROOM = 3, 2  # of a band on the logarithmic scale: its height, and the room above it


def film_picture(film, training=None):
    """Draw a `Film`: the loss of its last formula over epochs, and bands of the formulas that it had.

    `training` maps epochs to the training's own loss, or is None. The last formula's band is blue. The three
    others that last longest have colours, and the rest are grey.
    """
    epochs = np.array([frame.epoch for frame in film], dtype=float)
    losses = [np.nan if one.final is None else max(one.final.loss, _LOWEST) for one in film]
    marks = [Mark("line", {"x": epochs, "y": losses}, BLUE, "loss of the last formula", size=2)]
    if training:
        known = {"x": [*map(float, training)], "y": [*map(float, training.values())]}
        marks.append(Mark("line", known, GREY, "training loss", "dashed", 1.5))
    drawn = np.concatenate([mark.coordinates(1) for mark in marks])
    positive = drawn[np.isfinite(drawn) & (drawn > 0)]
    top = (positive.min() if len(positive) else 1) / _ROOM
    marks += _bands(film, epochs, top / _HIGH, top)
    return Picture(
        title="When the formula appears",
        x_label="epoch",
        y_label="loss (mean 1 - cos²)",
        marks=tuple(marks),
        words=_words(film),
        log_y=True,
    )


def _bands(film, epochs, bottom, top):
    edges = np.concatenate([epochs[:1], (epochs[1:] + epochs[:-1]) / 2, epochs[-1:]])
    first, runs = 0, {}
    for formula, begun, ended in film.bands:
        last = first + int(((epochs >= begun) & (epochs <= ended)).sum())
        runs.setdefault(formula, []).append((edges[first], edges[last]))
        first = last
    final = film[-1].formula
    others = [one for one in runs if one not in (final, None)]
    others.sort(key=lambda one: -sum(right - left for left, right in runs[one]))
    named = {final: BLUE} if final else {}
    named |= dict(zip(others, _COLOURS, strict=False))
    for formula, colour in named.items():
        yield Mark("bars", _bars(runs[formula], bottom, top), colour, _short(formula))
    rest = [run for formula in others[len(_COLOURS) :] for run in runs[formula]]
    if rest:
        yield Mark("bars", _bars(rest, bottom, top), GREY, "another formula")


def _short(formula):
    return formula if len(formula) <= _LETTERS else f"{formula[: _LETTERS - 1]}…"


def _bars(runs, bottom, top):
    left, right = zip(*runs, strict=True)
    return {"left": left, "right": right, "bottom": [bottom] * len(runs), "top": [top] * len(runs)}


def _words(film):
    if film.final is None:
        return f"Of {len(film)} checkpoints the last has no formula."
    near, told = film.within(), f"The neuron's last formula is {film.final}."
    if near is None:
        return f"{told} It never stays within two degrees of the neuron."
    return f"{told} From epoch {near:g} on it is within two degrees of the neuron."
