"""A column of a table against the one that it follows most closely."""

import numpy as np
from scipy.stats import spearmanr

from .picture import BLUE, Mark, Picture

__all__ = ["closest_picture"]


def closest_picture(columns, answer):
    """Draw a column, `answer`, of {name: numbers (N,)} against the one whose order is most like its own."""
    y = columns[answer]
    alike = {name: _alike(x, y) for name, x in columns.items() if name != answer}
    name = max(alike, key=alike.get)
    marks = (Mark("points", {"x": columns[name], "y": y}, BLUE, "", "circle", 4),)
    words = f"{len(y)} rows. Of the other columns, {answer} follows {name} most closely."
    return Picture(f"{answer} against {name}", name, answer, marks, words)


def _alike(x, y):
    """Absolute rank correlation (Spearman 1904), 0 where one of them does not vary."""
    return abs(spearmanr(x, y).statistic) if np.ptp(x) and np.ptp(y) else 0.0
