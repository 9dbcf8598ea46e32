"""A division as a tree: inputs are leaves, joined if they act together."""

from .picture import BLUE, GREY, Mark, Picture

__all__ = ["division_picture"]

_DOUBT = ((1e-3, "sure", 5.0), (3e-2, "likely", 2.5), (1.0, "doubtful", 1.0))  # residual, word, width


def division_picture(division):
    """Tree of a `Division`: inputs below, each quantity above its parts; thick lines are sure."""
    nodes, joins, leaves = [], [], []
    for part in division.parts:
        _place(part, nodes, joins, leaves)
    marks = [
        Mark("segments", _columns([j for j in joins if j[4] == word]), GREY, label=word, size=width)
        for _, word, width in _DOUBT
    ]
    columns = {"x": [], "y": [], "quantity": [], "residual": []}
    for x, y, part in nodes:
        for name, value in zip(columns, (x, y, str(part), f"{part.residual:.1e}"), strict=True):
            columns[name].append(value)
    marks.append(Mark("points", columns, BLUE, label="acts as one", size=9, hover=("quantity", "residual")))
    return Picture(
        title="Which inputs act together",
        x_label="inputs",
        y_label="steps",
        marks=tuple(marks),
        words=_words(division),
        ticks=tuple(enumerate(leaves)),
    )


def _place(part, nodes, joins, leaves):
    """Position (x, y) of a part, after placing all parts below it."""
    if not part.parts:
        leaves.append(str(part))
        return len(leaves) - 1.0, 0.0
    below = [_place(inner, nodes, joins, leaves) for inner in part.parts]
    x, y = sum(at for at, _ in below) / len(below), 1 + max(height for _, height in below)
    word = next(word for most, word, _ in _DOUBT if part.residual <= most)
    joins += [(at, height, x, y, word) for at, height in below]
    nodes.append((x, y, part))
    return x, y


def _columns(joins):
    return {name: [join[k] for join in joins] for k, name in enumerate(("x0", "y0", "x1", "y1"))}


def _words(division):
    made = [part for part in division.parts if part.parts]
    if not made:
        return "No inputs act together through a small formula."
    rest = [str(part) for part in division.parts if not part.parts]
    acts = "; ".join(f"{', '.join(part.inputs)} act as {part}" for part in made)
    return f"{acts}." + (f" By themselves: {', '.join(rest)}." if rest else "")
