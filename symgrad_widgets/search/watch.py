"""How a search under way is asked to end: it looks at its watch between two pieces of work."""

import time
from contextlib import contextmanager

from .tuning import SESSION

__all__ = ["Interrupted", "Watch"]


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """The generation under way is to be dropped."""


class Watch:
    """Call it between two pieces of work: it raises `Interrupted` after a stop, or when the time is over."""

    def __init__(self):
        self._asked, self._deadline, self._depth = None, float("inf"), 0

    def __call__(self):
        if self._asked is not None or time.monotonic() >= self._deadline:
            raise Interrupted

    @property
    def stopped(self):
        """Whether a stop was asked for, and not yet heard to its end."""
        return self._asked is not None

    def stop(self):
        """Ask what runs to end; while nothing does, what begins within a second."""
        self._asked = time.monotonic()

    @contextmanager
    def over(self, seconds=float("inf")):
        """Watch over some work, for at most so many seconds; a stop counts until the outermost has ended."""
        now, outer = time.monotonic(), self._deadline
        if self._depth == 0 and self._asked is not None and now - self._asked > SESSION.stop_holds:
            self._asked = None
        self._deadline = min(outer, now + seconds)
        self._depth += 1
        try:
            yield
        finally:
            self._deadline = outer
            self._depth -= 1
            if self._depth == 0:
                self._asked = None
