"""Errors that say what was wrong, with the value, and what to do instead."""

import difflib
import linecache

__all__ = [
    "AnyFormulaError",
    "ClusterError",
    "DataError",
    "EngineError",
    "ExpressionError",
    "ModelError",
    "NoGradientError",
    "OutputError",
    "SymgradError",
    "UnknownNameError",
    "WorkerDiedError",
    "nearest",
]

_LONGEST = 1500  # characters of a message, which may quote what a person or a file says
_REST = "For the rest: import traceback; traceback.print_last()"


class SymgradError(Exception):
    """Base of every error that this package raises on purpose. The middle of a long message is left out."""

    def __init__(self, message=""):
        fits = len(message) <= _LONGEST
        super().__init__(message if fits else f"{message[: _LONGEST // 2]} ... {message[-_LONGEST // 2 :]}")

    def _render_traceback_(self):
        """Return what IPython shows: the sentence, the reader's own line, and how to see the rest."""
        sentence = f"{type(self).__name__}: {' '.join(str(self).split())}"
        return [sentence, *_own_line(self.__traceback__), _REST]


class UnknownNameError(SymgradError, KeyError):
    """An experiment, layer, operator, symbol or option that does not exist; the message names the nearest."""

    def __str__(self):
        return Exception.__str__(self)  # KeyError would show the repr, quotes and all


class DataError(SymgradError, ValueError):
    """Points, gradients or labels of the wrong shape, type or content."""


class NoGradientError(DataError):
    """Too few points are left on which the neuron has a usable gradient."""


class AnyFormulaError(DataError):
    """So many neurons for so few inputs that any formula fits."""


class EngineError(SymgradError, RuntimeError):
    """A search engine in a separate process is missing, has died, or has answered nonsense."""


class ModelError(SymgradError, ValueError):
    """A network that cannot be read in the way requested."""


class ExpressionError(SymgradError, ValueError):
    """A formula that cannot be read; `at` is the place (start, end) in its text, if known."""

    def __init__(self, *message, at=None):
        super().__init__(*message)
        self.at = at


class OutputError(SymgradError, OSError):
    """A file or folder that cannot be written or read."""


class WorkerDiedError(SymgradError, RuntimeError):
    """The process that worked on a job ended without an answer: killed, out of memory, or crashed."""


class ClusterError(SymgradError, ConnectionError):
    """A Dask cluster that cannot be reached, or whose workers cannot do the jobs."""


def _own_line(traceback):
    """Return the innermost line of a cell that led to an error, marked as in IPython; empty if none did."""
    found = []
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_globals.get("__name__") == "__main__":
            line = linecache.getline(frame.f_code.co_filename, traceback.tb_lineno).strip()
            found = [f"----> {traceback.tb_lineno} {line}"]
        traceback = traceback.tb_next
    return found


def nearest(name, known):
    """Return a sentence for an error message that lists the known names, the nearest to `name` first."""
    known = [str(k) for k in known]
    close = difflib.get_close_matches(str(name), known, n=3, cutoff=0.4)
    if close:
        return f"did you mean {' or '.join(map(repr, close))}?"
    listed = ", ".join(known[:30]) + (", ..." if len(known) > 30 else "")
    return f"known: {listed}" if known else "there are none"
