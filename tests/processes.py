"""What tests ask of processes that ought to have ended."""

import os
import time

__all__ = ["gone"]


def gone(pid, tenths=600):
    """Whether a process ends within so many tenths of a second."""
    for _ in range(tenths):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
