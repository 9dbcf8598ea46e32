"""How a search under way is asked to end: it looks at its watch between two pieces of work."""

import time
from contextlib import contextmanager

from ..batch.locks import Lock
from .tuning import SESSION

__all__ = ["Interrupted", "Watch"]


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """Drop the generation under way."""


class Watch:
    """Call it between two pieces of work: it raises `Interrupted` after a stop, or when the time is over.

    One thread works at a time. A stop ends what runs, and what other threads wait to begin.
    """

    def __init__(self):
        self._lock, self._depth, self._deadline = Lock(), 0, float("inf")
        self._begun = self._asked = float("-inf")
        self._early = False  # the last stop came while nothing ran

    def __call__(self):
        if self.stopped or time.monotonic() >= self._deadline:
            raise Interrupted

    @property
    def stopped(self):
        """Whether what runs was asked to stop."""
        return self._asked >= self._begun

    def stop(self):
        """Ask what runs to end; while nothing does, what begins within a second."""
        self._asked, self._early = time.monotonic(), self._depth == 0

    @contextmanager
    def over(self, seconds=float("inf")):
        """Watch over some work, for at most so many seconds; a stop counts until the outermost has ended.

        Work within work is of one thread. Another thread waits here for its turn, and its time begins then.
        """
        arrived = time.monotonic()
        with self._lock.held():
            if self._depth == 0:
                self._begun = arrived - SESSION.stop_holds if self._early else arrived
            outer, self._deadline = self._deadline, min(self._deadline, time.monotonic() + seconds)
            self._depth += 1
            try:
                yield
            finally:
                self._deadline = outer
                self._depth -= 1
                if self._depth == 0:
                    self._early = False
