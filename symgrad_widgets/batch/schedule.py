"""Run jobs with joblib: in processes on this machine, or on a Dask cluster."""

import os
import signal
import threading
import time
import warnings
from functools import cache, partial

from ..errors import DataError, WorkerDiedError

__all__ = ["cores", "stream"]


def cores():
    """Return the number of processes that can run at a time on this machine, or on our share of it."""
    from joblib import cpu_count

    return cpu_count()


def stream(function, tasks, jobs=1, scheduler=None, prepare=None):
    """Yield pairs `(task, function(task))` as they are ready, in any order.

    Parameters
    ----------
    function : callable
        The function runs in other processes, so it must be importable. It must handle its own errors: any
        error that it raises ends the stream.
    tasks : iterable of anything that can be sent to another process
    jobs : int
        Number of processes on this machine, each with one thread for linear algebra.
    scheduler : str or None
        Address of a Dask scheduler, all of whose workers are used instead.
    prepare : callable or None
        Turns a task into the object to send to the other process. `prepare` is called in this process, just
        before the task is sent.

    If a worker dies, its job is repeated by the Dask scheduler or, on this machine, once. The repeated job
    runs alone here, so that no other job can be the cause. If the job fails again, the pair's second item is
    a `WorkerDiedError`. Closing the generator, or Ctrl-C, ends the processes on this machine.
    """
    if jobs < 1:
        raise DataError(f"jobs must be a number of processes, at least 1, got {jobs}")
    tasks = dict(enumerate(tasks))
    call = partial(_call, function)
    prepare = prepare or _as_it_is
    if scheduler is None:
        results = _on_this_machine(call, tasks, jobs, prepare)
    else:
        from .cluster import on_cluster

        results = on_cluster(call, tasks, scheduler, prepare)
    for number, result in results:
        yield tasks[number], result


def _as_it_is(task):
    return task


def _call(function, number, task):
    return number, function(task)


def _in_child(call, number, task):
    """Do a job in a child process, which ends if its parent stops it or no longer exists."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches this process too
    _watch_parent()
    return call(number, task)


@cache
def _watch_parent():
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _on_this_machine(call, tasks, jobs, prepare):
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    waiting = dict(tasks)
    while waiting:
        begun = []
        try:
            for number, result in _pool(call, waiting, jobs, begun, prepare):
                del waiting[number]
                yield number, result
        except TerminatedWorkerError:  # all running jobs have ended, and we do not know which was the cause
            for number in [n for n in begun if n in waiting]:
                yield _alone(call, number, waiting.pop(number), prepare)


def _alone(call, number, task, prepare):
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    try:
        return next(_pool(call, {number: task}, 1, [], prepare))
    except TerminatedWorkerError:
        return number, WorkerDiedError("its process died twice: killed, crashed, or out of memory")


def _pool(call, tasks, jobs, begun, prepare):
    """Yield each result of `call(number, task)` when it is ready; add numbers of started jobs to `begun`."""
    from joblib import Parallel, delayed, parallel_config

    def numbered():
        for number, task in list(tasks.items()):
            begun.append(number)
            yield delayed(_in_child)(call, number, prepare(task))

    # With one worker joblib would stay in this process; as many run at a time as are dispatched ahead.
    with parallel_config("loky", inner_max_num_threads=1):
        pool = Parallel(max(jobs, 2), return_as="generator_unordered", pre_dispatch=jobs, batch_size=1)
    results = pool(numbered())
    try:
        for result in results:  # noqa: UP028 - `yield from` would close it before the warnings are off
            yield result
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cutting jobs short is what we want
            results.close()
