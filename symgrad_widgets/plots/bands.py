"""A film of learning: at each epoch, how near the neuron is to the last formula, and which formula it has."""

import numpy as np

from ..words import ENGLISH
from .picture import BLUE, GREEN, GREY, ORANGE, RED, Mark, Picture

__all__ = ["film_picture"]

_LOWEST = 1e-12  # a smaller loss is rounding, and is drawn here
_COLOURS = ORANGE, GREEN, RED
_LETTERS = 16  # most letters of a formula in the legend
_HIGH, _ROOM = 3, 2  # height of a band on the logarithmic scale, and the room above it


def film_picture(film, training=None, say=ENGLISH):
    """Draw a `Film`: the loss of its last formula over epochs, and a band for each formula that it had.

    `training` maps epochs to the training's own loss, or is None; `say` is the language's `Words`. The band
    of the last formula is blue. Of the other formulas, the three that last longest have coloured bands; the
    rest are grey.
    """
    epochs = np.array([frame.epoch for frame in film], dtype=float)
    losses = [np.nan if one.final is None else max(one.final.loss, _LOWEST) for one in film]
    marks = [Mark("line", {"x": epochs, "y": losses}, BLUE, say("plots.lastLoss"), size=2)]
    if training:
        known = {"x": [*map(float, training)], "y": [*map(float, training.values())]}
        marks.append(Mark("line", known, GREY, say("plots.trainingLoss"), "dashed", 1.5))
    drawn = np.concatenate([mark.coordinates(1) for mark in marks])
    positive = drawn[np.isfinite(drawn) & (drawn > 0)]
    top = (positive.min() if len(positive) else 1) / _ROOM
    marks += _bands(film, epochs, top / _HIGH, top, say("plots.anotherFormula"))
    return Picture(
        title=say("plots.film"),
        x_label=say("plots.epoch"),
        y_label=say("plots.lossOf"),
        marks=tuple(marks),
        words=_words(film, say),
        log_y=True,
        say=say,
    )


def _bands(film, epochs, bottom, top, another):
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
        yield Mark("bars", _bars(rest, bottom, top), GREY, another)


def _short(formula):
    return formula if len(formula) <= _LETTERS else f"{formula[: _LETTERS - 1]}…"


def _bars(runs, bottom, top):
    left, right = zip(*runs, strict=True)
    return {"left": left, "right": right, "bottom": [bottom] * len(runs), "top": [top] * len(runs)}


def _words(film, say):
    if film.final is None:
        return say("plots.filmNone", count=len(film))
    near = film.within()
    then = say("plots.filmFar") if near is None else say("plots.filmNear", epoch=f"{near:g}")
    return say("plots.filmLast", formula=film.final, then=then)
