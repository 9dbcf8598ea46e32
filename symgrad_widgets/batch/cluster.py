"""A Dask cluster as a backend of joblib.

joblib's own Dask backend does not notice that the scheduler has given up a job, and waits for the job
forever.
"""

import contextlib
import gc
from concurrent.futures import CancelledError

from joblib import Parallel, delayed, parallel_config
from joblib.parallel import ParallelBackendBase

from ..errors import ClusterError, SymgradError, WorkerDiedError

__all__ = ["on_cluster"]

_REACHED = 20  # seconds in which the scheduler must answer
_STARTED = 60  # seconds in which it must have a worker


def on_cluster(call, tasks, scheduler, prepare):
    """Yield pairs `(number, result)` of `call(number, task)` as the workers of a scheduler return them.

    `tasks` maps numbers to tasks; `prepare` turns each task into the object to send. If a worker dies, the
    scheduler repeats its job. Jobs that the scheduler gives up are tried again at the end, one by one. If a
    job fails again, its result is a `WorkerDiedError`.

    Raises
    ------
    ClusterError
        if the scheduler cannot be reached or is lost; if there are no workers; or if workers have several
        threads or lack this package.

    """
    with _connected(scheduler) as client:
        lost = dict(tasks)
        for number, result in _answers(client, call, tasks, scheduler, prepare):
            del lost[number]
            yield number, result
        for number, task in lost.items():  # even those that only waited for a dying worker
            died = number, WorkerDiedError("its worker died at each attempt")
            yield next(_answers(client, call, {number: task}, scheduler, prepare), died)


def _answers(client, call, tasks, scheduler, prepare):
    """Yield the results of the tasks that the scheduler does not give up."""
    with parallel_config(_Backend(client)):
        pool = Parallel(-1, return_as="generator_unordered", pre_dispatch="all", batch_size=1)
    try:
        for answer in pool(delayed(call)(number, prepare(task)) for number, task in tasks.items()):
            if answer is not None:
                yield answer
    except ImportError as error:
        raise ClusterError(
            f"a worker of {scheduler} cannot load the package ({error}): install this version on all workers"
        ) from None
    except (CancelledError, OSError) as error:
        raise ClusterError(f"lost the Dask scheduler at {scheduler} ({type(error).__name__})") from None


class _Backend(ParallelBackendBase):
    supports_retrieve_callback = True

    def __init__(self, client):
        super().__init__(nesting_level=0)
        self.client = client

    def effective_n_jobs(self, _):
        return max(2, len(self.client.nthreads()))  # for 1, joblib would stay in this process

    def submit(self, func, callback=None):
        future = self.client.submit(func, pure=False)
        future.add_done_callback(callback)
        return future

    def retrieve_result_callback(self, out):
        from dask.distributed import KilledWorker

        try:
            return out.result()
        except KilledWorker:
            return [None]  # if raised, it would end all other jobs, too


@contextlib.contextmanager
def _connected(scheduler):
    with _client(scheduler) as client:
        _check_workers(client, scheduler)
        yield client


def _client(scheduler):
    try:
        from dask.distributed import Client
    except ImportError:
        raise SymgradError('Dask is not installed: pip install "symgrad-widgets[dask]"') from None
    try:
        return Client(scheduler, timeout=_REACHED, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = error.with_traceback(None)  # the traceback holds a half-made client
    gc.collect()  # later, it and the next client could wait for each other
    raise ClusterError(
        f"no Dask scheduler answers at {scheduler!r} ({reason}): pass its address, tcp://HOST:8786"
    )


def _check_workers(client, scheduler):
    try:
        client.wait_for_workers(1, timeout=_STARTED)
    except TimeoutError:
        raise ClusterError(
            f"{scheduler} has no workers after {_STARTED} s: start `dask worker {scheduler} --nthreads 1`"
        ) from None
    most = max(client.nthreads().values(), default=1)
    if most > 1:
        raise ClusterError(
            f"workers of {scheduler} have up to {most} threads, and these would disturb each other's "
            "measurements: start the workers with --nthreads 1, and use --nworkers to have one for each core"
        )
