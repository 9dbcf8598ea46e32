"""Long work in its own thread, one piece at a time, so that the kernel stays free and Stop works."""

import threading

__all__ = ["Worker"]


class Worker:
    """Runs one piece of work at a time, and calls `changed(running, error)` when it begins and when it ends.

    The work looks at `halted` now and then, and ends when `halted` is set. If the work raises an error, its
    message arrives as `error`; in a thread the error itself would be lost.
    """

    def __init__(self, changed):
        self._changed, self._lock, self._thread = changed, threading.Lock(), None
        self.halted = threading.Event()

    @property
    def running(self):
        """Whether work is being done now."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, work):
        """Start `work()`, unless another piece is running; return whether it started."""
        with self._lock:  # a second click, or a second kernel thread, while one is at work
            if self.running:
                return False
            self.halted.clear()
            self._changed(True, "")
            self._thread = threading.Thread(target=self._guarded, args=(work,), daemon=True)
            self._thread.start()
            return True

    def wait(self, timeout=None):
        """Wait until the work has ended; return at once if the work itself calls this."""
        if self._thread not in (None, threading.current_thread()):
            self._thread.join(timeout)

    def stop(self):
        """Ask the work to end, and wait until it has ended."""
        self.halted.set()
        self.wait()

    def _guarded(self, work):
        error = ""
        try:
            work()
        except Exception as raised:  # noqa: BLE001 - it would be lost in the thread
            error = str(raised) or type(raised).__name__
        finally:
            self._changed(False, error)
