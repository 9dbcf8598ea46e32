"""Draw a column of a table against the column that it follows most closely."""

import numpy as np

from ..words import ENGLISH
from .picture import BLUE, Mark, Picture

__all__ = ["closest_picture"]


def closest_picture(columns, answer, say=ENGLISH):
    """Draw column `answer` of {name: numbers (N,)} against the column with the most similar order."""
    y = columns[answer]
    alike = {name: _alike(x, y) for name, x in columns.items() if name != answer}
    name = max(alike, key=alike.get)
    marks = (Mark("points", {"x": columns[name], "y": y}, BLUE, "", "circle", 4),)
    words = say("plots.follows", count=len(y), answer=answer, name=name)
    return Picture(say("plots.closest", answer=answer, name=name), name, answer, marks, words, say=say)


def _alike(x, y):
    """Return the absolute rank correlation (Spearman 1904) of two columns; 0 if one of them does not vary."""
    from scipy.stats import spearmanr  # takes a second

    return abs(spearmanr(x, y).statistic) if np.ptp(x) and np.ptp(y) else 0.0
