"""Interrupt a running search. The search calls its `Watch` regularly."""

import time
from contextlib import contextmanager

from ..batch.locks import Lock
from .tuning import SESSION

__all__ = ["Interrupted", "Watch"]


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """Raised to drop the current generation."""


class Watch:
    """Raises `Interrupted` when it is called after a stop, or after the time limit.

    Only one thread works at a time. A stop ends the running work, and also the work of waiting threads.
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
        """Whether someone has asked the current work to stop."""
        return self._asked >= self._begun

    def stop(self):
        """Ask the current work to end. If nothing is running, any work that starts within a second ends."""
        self._asked, self._early = time.monotonic(), self._depth == 0

    @contextmanager
    def over(self, seconds=float("inf")):
        """Allow at most `seconds` for the work inside. A stop holds until the outermost work has ended.

        Only one thread can work; others wait here. The time of a waiting thread starts when its turn comes.
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
