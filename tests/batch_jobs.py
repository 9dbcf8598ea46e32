"""Jobs for the tests of `batch`, in a module that other processes can load quickly."""

import os
import signal
import time
from pathlib import Path


def double(task):
    return os.getpid(), 2 * task


def slow_double(task):
    time.sleep(0.2)
    return double(task)


def meets(folder):
    """Wait for a job in another process, with a folder to meet in; returns the number of processes seen."""
    (Path(folder) / str(os.getpid())).touch()
    for _ in range(600):
        if len([*Path(folder).iterdir()]) > 1:
            break
        time.sleep(0.1)
    return len([*Path(folder).iterdir()])


def kills_its_process_at_3(task):
    time.sleep(0.1)
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * task
