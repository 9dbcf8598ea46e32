"""Processor time and peak memory of a piece of work in this process."""

import contextlib
import time
from pathlib import Path

__all__ = ["Usage"]

_RESET = Path("/proc/self/clear_refs")


class Usage:
    """Context manager. Afterwards, `cpu` is the processor time in seconds, and `memory` the peak resident MB.

    On Linux, the peak is that of this piece of work; elsewhere it is the peak of the process so far.
    """

    def __enter__(self):
        with contextlib.suppress(OSError):
            _RESET.write_text("5")
        self._start = time.process_time()
        return self

    def __exit__(self, *_):
        self.cpu = round(time.process_time() - self._start, 3)
        self.memory = round(_peak_bytes() / 2**20, 1)


def _peak_bytes():
    try:
        status = Path("/proc/self/status").read_text()
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):  # not Linux
        import psutil

        memory = psutil.Process().memory_info()
        return getattr(memory, "peak_wset", memory.rss)
