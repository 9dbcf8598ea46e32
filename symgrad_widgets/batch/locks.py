"""A lock for work that only one thread may do at a time."""

import os
import threading
import weakref
from contextlib import contextmanager

__all__ = ["Lock"]

_all: weakref.WeakSet = weakref.WeakSet()


class Lock:
    """A lock that a thread can take again while the thread holds it.

    The lock is free in copies and pickles. A lock is also free in a process that was forked while another
    thread held the lock: the other thread does not exist in the new process, and could never release the
    lock.
    """

    def __init__(self):
        self._free()
        _all.add(self)

    def _free(self):
        self._lock = threading.RLock()

    @contextmanager
    def held(self):
        """Wait until no other thread holds the lock, and hold it inside this context."""
        with self._lock:
            yield

    def __reduce__(self):
        return type(self), ()


def _free_all():
    for lock in list(_all):
        lock._free()  # noqa: SLF001 - of this class


if hasattr(os, "register_at_fork"):  # Windows does not fork
    os.register_at_fork(after_in_child=_free_all)
