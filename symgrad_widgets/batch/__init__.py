"""Many jobs, seconds to minutes each: spread over processes or a Dask cluster, a line of results a job."""

from ..errors import ClusterError, WorkerDiedError
from .jsonl import append, read, repair
from .schedule import cores, stream

__all__ = ["ClusterError", "WorkerDiedError", "append", "cores", "read", "repair", "stream"]
