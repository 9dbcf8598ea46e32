"""How to end a running search: it looks at its watch between two pieces of work."""

import time
from contextlib import contextmanager

from ..batch.locks import Lock
from .tuning import SESSION

__all__ = ["Interrupted", "Watch"]


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """Drop the current generation."""


class Watch:
    """Call it between two pieces of work: it raises `Interrupted` after a stop, or when time is up.

    One thread works at a time. A stop ends what is running, and what other threads are waiting to begin.
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
        """Whether somebody asked the current work to stop."""
        return self._asked >= self._begun

    def stop(self):
        """Ask the current work to end; if there is none, whatever begins within a second."""
        self._asked, self._early = time.monotonic(), self._depth == 0

    @contextmanager
    def over(self, seconds=float("inf")):
        """Watch over some work, for at most `seconds`; a stop counts until the outermost work has ended.

        Nested work belongs to one thread. Another thread waits here for its turn; then its time begins.
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
