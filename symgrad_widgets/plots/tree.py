"""A division as a tree: its leaves are inputs, which are joined if they act together."""

import re

import numpy as np

from ..search import branches
from ..words import ENGLISH
from .picture import BLUE, GREY, ORANGE, Mark, Picture

__all__ = ["division_picture", "left"]

_DOUBT = ((1e-3, "sure", 5.0), (3e-2, "likely", 2.5), (1.0, "doubtful", 1.0))  # residual, how sure, width
_EXACT = 1e-11  # a smaller residual is rounding
_OTHERS, _NEAREST, _FURTHER = 3, 0.3, 0.1  # most other pairs; bulge of the first, and of each more
_ROOM = 1.5  # room for the last formula, in steps
_LETTERS = 26  # most letters of a formula in the tree
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def division_picture(division, chosen=None, say=ENGLISH):
    """Draw a `Division` as a tree: inputs on the left, each quantity to the right of the two that it joins.

    The thicker a line, the more certain it is. A dashed line means that the quantity joins no other. Thin
    dotted lines show the pairs of inputs that might act together next. `chosen` is the number, in
    `branches(division)`, of a branch to mark. In the data of each mark, the column `branch` holds the number
    of the branch that each row belongs to, or -1. `say` is the language's `Words`.
    """
    tree = _Tree(division)
    return Picture(
        title=say("plots.division"),
        x_label="",
        y_label="",
        marks=(*tree.joins(say), *tree.others(say), *tree.nodes(chosen, say), *tree.names(say)),
        words=_words(division, tree, say),
        say=say,
    )


class _Tree:
    """Places (x, y) of branches: inputs are at x = 0, and each branch is to the right of its two parts."""

    def __init__(self, division):
        self.all = branches(division)
        self.over = {one.part: branch for branch in self.all for one in branch.joined}
        self.place, leaves = {}, 0
        for branch in self.all:
            if branch.joined:
                (x0, y0), (x1, y1) = (self.place[one.part] for one in branch.joined)
                self.place[branch.part] = 1 + max(x0, x1), (y0 + y1) / 2
            else:
                self.place[branch.part] = 0, -leaves
                leaves += 1
        self.end = max(x for x, _ in self.place.values()) + _ROOM
        self.tops = [branch for branch in self.all if branch.part in division.parts]
        joined = {frozenset(one.name for one in branch.joined) for branch in self.all}
        others = [pair for pair in division.pairs if frozenset(pair.inputs) not in joined]
        self.pairs = [pair for pair in others if pair.residual < 1][:_OTHERS]

    def joins(self, say):
        """Yield marks of the lines: the surest joins first, quantities that join no other (dashed) last."""
        lines = {word: [] for _, word, _ in _DOUBT} | {"apart": []}
        for i, branch in enumerate(self.all):
            (x, y), over = self.place[branch.part], self.over.get(branch.part)
            end = self.place[over.part][0] if over else self.end
            sure = _sure(over or branch) if over or (branch.joined and len(self.tops) == 1) else "apart"
            lines[sure].append((x, y, end, y, i))
            if branch.joined:
                low, high = (self.place[one.part][1] for one in branch.joined)
                lines[_sure(branch)].append((x, low, x, high, i))
        heights = [self.place[branch.part][1] for branch in self.tops]
        if len(self.tops) > 1:
            lines["apart"].append((self.end, min(heights), self.end, max(heights), -1))
        looks = {word: ("solid", width) for _, word, width in _DOUBT} | {"apart": ("dashed", 1.5)}
        for word, look in looks.items():
            if lines[word]:
                yield Mark("segments", _columns(lines[word]), GREY, say(f"plots.{word}"), *look)

    def others(self, say):
        """Yield the mark of further pairs of inputs that might act together."""
        if not self.pairs:
            return
        leaf = {branch.name: self.place[branch.part] for branch in self.all if not branch.joined}
        lines, said = [], []
        for k, pair in enumerate(self.pairs):
            (_, y0), (_, y1) = (leaf[name] for name in pair.inputs)
            x, middle = -_NEAREST - k * _FURTHER, (y0 + y1) / 2
            lines += [(0, y0, x, middle, -1), (x, middle, 0, y1, -1)]
            said += 2 * [f"{say.listed(pair.inputs)}, {left(pair.residual, say)}"]
        what = say("plots.mightJoin")
        yield Mark("segments", _columns(lines) | {what: said}, GREY, what, "dotted", 1, (what,))

    def nodes(self, chosen, say):
        """Yield the marks of inputs and quantities, and a ring around the chosen branch."""
        what = say("plots.quantity")
        for joined, colour in ((False, GREY), (True, BLUE)):
            some = [i for i, branch in enumerate(self.all) if bool(branch.joined) == joined]
            data = self._at(some) | {what: [str(self.all[i].part) for i in some]}
            yield Mark("points", data, colour, "", "circle", 9, (what,))
        if chosen is not None:
            yield Mark("points", self._at([chosen]), ORANGE, "", "ring", 17)

    def names(self, say):
        """Yield marks of the words at the lines: the quantity above, and below it the unexplained share."""
        everything, made = range(len(self.all)), [i for i, branch in enumerate(self.all) if branch.joined]
        yield Mark("text", self._at(everything) | {"text": [*map(_said, self.all)]}, shape="above", size=12)
        residuals = [_share(self.all[i].part.residual, say) for i in made]
        yield Mark("text", self._at(made) | {"text": residuals}, shape="below", size=10)

    def _at(self, some):
        places = np.array([self.place[self.all[i].part] for i in some], dtype=float).reshape(-1, 2)
        return {"x": places[:, 0], "y": places[:, 1], "branch": [*some]}


def left(residual, say=ENGLISH):
    """Return the share that a quantity leaves unexplained, in words."""
    share = _share(residual, say)
    return share if residual <= _EXACT else say("plots.leaves", share=share)


def _share(residual, say):
    return (
        say("plots.exact")
        if residual <= _EXACT
        else say("plots.percent", number=say.number(100 * residual, ".2g"))
    )


def _sure(branch):
    return next(word for most, word, _ in _DOUBT if branch.part.residual <= most)


def _columns(lines):
    return {name: [line[k] for line in lines] for k, name in enumerate(("x0", "y0", "x1", "y1", "branch"))}


def _said(branch):
    """Return a branch as it would be printed in a book, shortened if it is long."""
    raised = re.sub(r"\*\*(\d+)(?![\d.])", lambda power: power[1].translate(_RAISED), str(branch))
    text = raised.replace("*", "·") if "**" not in raised else raised
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"


def _words(division, tree, say):
    made = [part for part in division.parts if part.parts]
    rest = [str(part) for part in division.parts if not part.parts]
    steps = [f"{one}, {left(one.part.residual, say)}" for one in tree.all if one.joined]
    others = [f"{say.listed(pair.inputs)}, {left(pair.residual, say)}" for pair in tree.pairs]
    said = [say("plots.actAs", inputs=say.listed(part.inputs), part=part) for part in made]
    said += [say("plots.stepsOf", steps="; ".join(steps))] if made else [say("plots.noParts")]
    said += [say("plots.alone", inputs=say.listed(rest))] if rest and made else []
    said += [say("plots.nextPairs", pairs="; ".join(others))] if others else []
    return " ".join(said)
