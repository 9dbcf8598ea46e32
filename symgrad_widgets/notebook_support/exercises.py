"""Check a reader's answer: say "right", or how far off the answer is, but never the right answer."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError

__all__ = ["Checked", "check_answer"]

_OPEN = "Not solved yet: replace the three dots with your answer, and run the cell again."


@dataclass(frozen=True, repr=False)
class Checked:
    """Whether an answer is right (None: no answer yet), and a sentence about it."""

    right: bool | None
    message: str

    def __repr__(self):
        return self.message

    def __bool__(self):
        return self.right is True


def check_answer(answer, right, within=0.02):
    """Compare a reader's number, array or text with the right one.

    >>> loss = ...  # write your number here
    >>> sg.check_answer(loss, right=sg.score(field, "x**2 + v**2").loss)

    Parameters
    ----------
    answer : number, array, text, bool, or `...` if the exercise is not solved yet
    right : the right answer, of the same kind, or a function of the reader's answer
        A function must return a `Verdict` on a formula, or whether the answer is right.
    within : float
        The largest error allowed in a number, as a share of the largest right number.

    """
    if answer is Ellipsis:
        return Checked(None, _OPEN)
    if callable(right):
        return _judged(answer, right(answer))
    if isinstance(right, str | bool):
        same = type(answer) is type(right) and answer == right
        return Checked(same, "Right." if same else f"{answer!r} is not it. Try again.")
    return _measured(answer, right, within)


def _judged(answer, verdict):
    if verdict:
        return Checked(True, "Right.")
    residual = getattr(verdict, "residual", None)
    off = "" if residual is None else f" Its directions are off by a mean 1 - cos² of {residual:.2g}."
    return Checked(False, f"{answer!r} is not it yet.{off}")


def _measured(answer, right, within):
    right = np.asarray(right, dtype=float)
    try:
        answer = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"the answer {answer!r} must be a number, or an array of numbers") from None
    if answer.shape != right.shape:
        return Checked(False, f"Not yet: the shape should be {right.shape}, but yours is {answer.shape}.")
    scale = np.abs(right).max() or 1.0
    off = np.abs(answer - right).max() / scale
    if off <= within:
        return Checked(True, "Right." if off < 1e-6 else f"Right, to {100 * off:.1g} %.")
    return Checked(False, f"Not yet: {_by_how_much(answer, right, off)}.")


def _by_how_much(answer, right, off):
    if answer.ndim or not np.isfinite(off) or answer == 0 or right == 0 or (answer < 0) != (right < 0):
        return f"the largest difference is {off:.2g} times the largest right number"
    size, factor = ("large", answer / right) if abs(answer) > abs(right) else ("small", right / answer)
    return f"it is too {size} by a factor of {factor:.2g}"
