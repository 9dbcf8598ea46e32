"""Jobs for the tests of `batch`, in a module that other processes can load quickly."""

import os
import signal
import time


def double(task):
    return os.getpid(), 2 * task


def slow_double(task):
    time.sleep(0.2)
    return double(task)


def kills_its_process_at_3(task):
    time.sleep(0.1)
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * task
