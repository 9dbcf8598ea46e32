"""A lock for what one thread at a time may do."""

import os
import threading
import weakref
from contextlib import contextmanager

__all__ = ["Lock"]

_all: weakref.WeakSet = weakref.WeakSet()


class Lock:
    """A lock that the thread which holds it may take again.

    It is free in a process that was forked while another thread held it, and in copies and pickles: there is
    no such thread there that would release it.
    """

    def __init__(self):
        self._free()
        _all.add(self)

    def _free(self):
        self._lock = threading.RLock()

    @contextmanager
    def held(self):
        """Wait until no other thread holds it, and hold it while this lasts."""
        with self._lock:
            yield

    def __reduce__(self):
        return type(self), ()


def _free_all():
    for lock in list(_all):
        lock._free()  # noqa: SLF001 - of this class


if hasattr(os, "register_at_fork"):  # Windows does not fork
    os.register_at_fork(after_in_child=_free_all)
